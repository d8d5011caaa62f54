"""Broken schemas get one clear error; sound ones are read whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conformance.exceptions import SchemaError
from conformance.schema.model import Oddity, Setting, TypeRef
from conformance.schema.reader import parse_schema, read_schema

if TYPE_CHECKING:
    from pathlib import Path

SMALL = b"""<?xml version="1.0"?>
<xml apiVersion="1.2.3" generatedDate="1700000000">
<!-- a comment -->
<enums>
<enum name="KalturaColor" enumType="int"><const name="RED" value="1"/></enum>
</enums>
<classes>
<class name="KalturaBase" abstract="1" description="">
<property name="id" type="int" readOnly="1" insertOnly="0" writeOnly="0" description=""/>
</class>
<class name="KalturaThing" base="KalturaBase" requiresPermissions="insert,update,insert">
<property name="color" type="int" enumType="KalturaColor" minValue="1" maxLength="9"/>
<property name="made" type="int" isTime="1"/>
<property name="any" type="KalturaObjectBase"/>
<property name="list" type="array" arrayType="KalturaObject"/>
</class>
</classes>
<services>
<service id="thing" name="thing">
<action name="get" sessionRequired="none" enableInMultiRequest="1">
<param name="id" type="int" optional="0"/><result type="KalturaThing"/><throws name="NONE"/>
</action>
<action name="color"><result type="KalturaColor"/></action>
<action name="serve" enableInMultiRequest="0"><result type="file"/></action>
<action name="drop"><result/></action>
</service>
</services>
<plugins><plugin name="p"><dependency pluginName="q"/><pluginService name="s"/></plugin></plugins>
<errors>
<error name="NONE" code="NONE" message="No @ID@"><parameter name="ID"/></error>
<error name="NONE" code="NONE" message="again"/>
</errors>
<configurations><request type="R"><ks type="string" alias="sessionId"/></request></configurations>
</xml>
"""


def changed(old: bytes, new: bytes) -> bytes:
    """The small schema with one part replaced, which must be there."""
    assert old in SMALL
    return SMALL.replace(old, new, 1)


def prop(attributes: bytes) -> bytes:
    """The small schema with one more property."""
    return changed(
        b'<property name="made" type="int" isTime="1"/>', b"<property " + attributes + b"/>"
    )


BROKEN = {
    "dangling property class": (
        prop(b'name="x" type="KalturaThin"'),
        (
            "s.xml:13 <property x>: type names the class 'KalturaThin', which the schema does "
            "not have. Did you mean 'KalturaThing'"
        ),
    ),
    "unknown kind": (
        prop(b'name="x" type="flaot"'),
        (
            "s.xml:13 <property x>: type names the class 'flaot', which the schema does not have. "
            "Did you mean 'float'"
        ),
    ),
    "an enum's name as a property's type": (
        prop(b'name="x" type="KalturaColor"'),
        "s.xml:13 <property x>: type names the class 'KalturaColor', which the schema does not",
    ),
    "dangling element": (
        prop(b'name="x" type="array" arrayType="KalturaGone"'),
        "s.xml:13 <property x>: arrayType names the class 'KalturaGone'",
    ),
    "dangling enum": (
        prop(b'name="x" type="int" enumType="KalturaColour"'),
        (
            "s.xml:13 <property x>: enumType names the enum 'KalturaColour', which the schema "
            "does not have. Did you mean 'KalturaColor'?"
        ),
    ),
    "dangling values": (
        prop(b'name="x" type="string" valuesEnumType="KalturaGone"'),
        "s.xml:13 <property x>: valuesEnumType names the enum 'KalturaGone'",
    ),
    "dangling base": (
        changed(b'base="KalturaBase"', b'base="KalturaBass"'),
        "s.xml:11 <class KalturaThing>: base names the class 'KalturaBass'",
    ),
    "dangling parameter": (
        changed(b'name="id" type="int" optional', b'name="id" type="Int" optional'),
        "s.xml:21 <param id>: type names the class 'Int'",
    ),
    "dangling result": (
        changed(b'<result type="KalturaThing"/>', b'<result type="KalturaGone"/>'),
        "s.xml:21 <result>: result type names the class 'KalturaGone'",
    ),
    "own ancestor": (
        changed(b'"KalturaBase" abstract="1"', b'"KalturaBase" base="KalturaThing"'),
        (
            "s.xml:8 <class KalturaBase>: the class is its own ancestor: "
            "KalturaBase > KalturaThing > KalturaBase"
        ),
    ),
    "own base": (
        changed(b'"KalturaBase" abstract="1"', b'"KalturaBase" base="KalturaBase"'),
        "s.xml:8 <class KalturaBase>: the class is its own ancestor: KalturaBase > KalturaBase",
    ),
    "service twice": (
        changed(b"</services>", b'<service id="thing" name="other"/></services>'),
        "s.xml:27 <service other>: the service 'thing' is declared twice. The first is at line 19",
    ),
    "class twice": (
        changed(b"</classes>", b'<class name="KalturaBase"/></classes>'),
        (
            "s.xml:17 <class KalturaBase>: the class 'KalturaBase' is declared twice. "
            "The first is at line 8"
        ),
    ),
    "enum twice": (
        changed(b"</enums>", b'<enum name="KalturaColor" enumType="int"/></enums>'),
        (
            "s.xml:6 <enum KalturaColor>: the enum 'KalturaColor' is declared twice. "
            "The first is at line 5"
        ),
    ),
    "plugin twice": (
        changed(b"</plugins>", b'<plugin name="p"/></plugins>'),
        "s.xml:28 <plugin p>: the plugin 'p' is declared twice",
    ),
    "action twice in another letter case": (
        changed(b'name="serve"', b'name="GET"'),
        "s.xml:24 <action GET>: the action 'GET' of 'thing' is declared twice",
    ),
    "property twice": (
        prop(b'name="color" type="int"'),
        "s.xml:13 <property color>: the property 'color' of 'KalturaThing' is declared twice",
    ),
    "property without a type": (prop(b'name="x"'), "<property x>: attribute 'type' is missing"),
    "property without a name": (prop(b'type="int"'), "<property>: attribute 'name' is missing"),
    "property with an empty name": (
        prop(b'name="" type="int"'),
        "<property>: attribute 'name' is empty",
    ),
    "service without an id": (
        changed(b'id="thing" name', b"name"),
        "s.xml:19 <service thing>: attribute 'id' is missing",
    ),
    "error without a code": (
        changed(b'code="NONE" message="No', b'message="No'),
        "s.xml:30 <error NONE>: attribute 'code' is missing",
    ),
    "enum of no kind": (
        changed(b'enumType="int">', b'enumType="float">'),
        "s.xml:5 <enum KalturaColor>: enumType='float'. Choices: int, string",
    ),
    "length that is no number": (
        changed(b'maxLength="9"', b'maxLength="9.5"'),
        "s.xml:12 <property color>: maxLength='9.5' is not a whole number",
    ),
    "limit that is no number": (
        changed(b'minValue="1"', b'minValue="one"'),
        "s.xml:12 <property color>: minValue='one' is not a number",
    ),
    "limit that is infinite": (
        changed(b'minValue="1"', b'minValue="1e999"'),
        "s.xml:12 <property color>: minValue='1e999' is not a number",
    ),
    "empty": (b"", "s.xml: empty. Was the schema not generated"),
    "blank": (b" \n ", "s.xml: empty."),
    "the server's notice": (
        b"It was never made.\n",
        "s.xml:1: schema not generated on the server: it answers the text 'It was never made.'",
    ),
    "JSON": (b'{"code": "X"}', 's.xml:1: JSON, not XML: \'{"code": "X"}\''),
    "HTML": (b"<!DOCTYPE html><html></html>", "s.xml:1: an HTML page, not a schema"),
    "binary": (b"\x89PNG\r\n\x1a\n" + bytes(3000), "s.xml:1: not XML: it starts with"),
    "zeros": (bytes(3000), "not well-formed XML"),
    "an API answer": (
        b"<xml><result><error><code>X</code></error></result></xml>",
        "s.xml:1 <result>: an answer of the API, not a schema",
    ),
    "another root": (
        b"<schema/>",
        "s.xml:1 <schema>: the root element is <schema>, not <xml>",
    ),
    "cut in the middle": (SMALL[: len(SMALL) // 2], "Was the file cut?"),
    "cut in a tag": (SMALL[: SMALL.index(b"isTime") + 3], "s.xml:13: not well-formed XML"),
    "two roots": (SMALL + b"<xml/>", "not well-formed XML"),
    "undeclared entity": (changed(b"1.2.3", b"&boom;"), "not well-formed XML"),
    "entity bomb": (
        (
            b'<?xml version="1.0"?><!DOCTYPE xml [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
            b'<xml apiVersion="&b;"/>'
        ),
        "s.xml:1 <!DOCTYPE>: the file declares XML entities",
    ),
    "entity bomb in UTF-16": (
        '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE xml [<!ENTITY a "aaaa">]><xml/>'.encode(
            "utf-16"
        ),
        "s.xml:1 <!DOCTYPE>: the file declares XML entities",
    ),
    "external entity": (
        b'<!DOCTYPE xml [<!ENTITY x SYSTEM "file:///etc/passwd">]><xml apiVersion="&x;"/>',
        "s.xml:1 <!DOCTYPE>: the file declares XML entities",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_schema_gets_one_error_that_names_the_place(name: str) -> None:
    content, message = BROKEN[name]

    with pytest.raises(SchemaError) as caught:
        parse_schema(content, "s.xml")

    assert message in str(caught.value)
    assert str(caught.value).startswith("s.xml")


def test_too_many_bytes_are_refused_without_parsing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("conformance.schema.document.LARGEST_BYTES", 1_000)

    with pytest.raises(SchemaError, match=r"bytes is more than the 1,000 bytes"):
        parse_schema(b"<xml>" + b" " * 2_000, "s.xml")


def test_small_schema_is_read_whole() -> None:
    schema = parse_schema(SMALL, "s.xml")

    thing = schema.classes["KalturaThing"]
    get = schema.services["thing"].actions["get"]
    assert (schema.api_version, schema.generated_at) == ("1.2.3", 1_700_000_000)
    assert (thing.base, thing.line, thing.requires_permissions) == (
        "KalturaBase",
        11,
        ("insert", "update"),
    )
    assert [p.type for p in thing.properties] == [
        TypeRef("int", enum="KalturaColor"),
        TypeRef("int", is_time=True),
        TypeRef("object", "KalturaObjectBase"),
        TypeRef("array", element="KalturaObject"),
    ]
    assert (get.id, get.session, get.throws, get.line) == ("thing.get", "none", ("NONE",), 20)
    assert schema.settings == (Setting("request", "ks", TypeRef("string"), alias="sessionId"),)
    assert schema.plugins["p"].dependencies == ("q",)


def test_result_that_names_an_enum_is_a_scalar_of_its_kind() -> None:
    schema = parse_schema(SMALL, "s.xml")

    assert TypeRef("int", enum="KalturaColor") == schema.services["thing"].actions["color"].result


def test_result_without_a_type_is_void() -> None:
    schema = parse_schema(SMALL, "s.xml")

    assert TypeRef("void") == schema.services["thing"].actions["drop"].result


def test_first_of_two_errors_with_one_code_is_kept_and_the_second_reported() -> None:
    schema = parse_schema(SMALL, "s.xml")

    assert schema.errors["NONE"].message == "No @ID@"
    assert schema.oddities == (Oddity(31, "error", "code 'NONE' is declared twice"),)


def test_what_the_grammar_does_not_name_is_kept_aside_and_counted() -> None:
    content = changed(b'type="int" isTime="1"', b'type="int" isTime="1" nullable="1" minItems="2"')
    content = content.replace(b'name="any" type', b'nullable="1" name="any" type')
    content = content.replace(b"</services>", b"<policy/></services><extra/>")
    content = content.replace(b'sessionRequired="none"', b'sessionRequired="never"')

    schema = parse_schema(content, "s.xml")

    told = {(oddity.element, oddity.what) for oddity in schema.oddities}
    assert told == {
        ("property", "attribute 'nullable' (2 times)"),
        ("property", "attribute 'minItems'"),
        ("action", "sessionRequired='never'"),
        ("policy", "element <policy> in <services>"),
        ("extra", "element <extra> in <xml>"),
        ("error", "code 'NONE' is declared twice"),
    }


def test_flag_that_is_neither_0_nor_1_is_reported_each_time() -> None:
    content = SMALL.replace(b'readOnly="1" insertOnly="0"', b'readOnly="yes" insertOnly="0"')

    schema = parse_schema(content, "s.xml")

    assert not schema.classes["KalturaBase"].properties[0].read_only
    assert Oddity(9, "property", "readOnly='yes' is not 0 or 1") in schema.oddities


def test_encoding_and_missing_declaration_make_no_difference() -> None:
    body = SMALL.split(b"?>\n", 1)[1].decode()

    plain = parse_schema(SMALL, "s")
    bare = parse_schema(body.encode(), "s")
    utf16 = parse_schema(body.encode("utf-16"), "s")

    assert plain.classes.keys() == bare.classes.keys() == utf16.classes.keys()
    assert plain.services["thing"].actions.keys() == utf16.services["thing"].actions.keys()


def test_mappings_of_a_schema_cannot_be_changed() -> None:
    schema = parse_schema(SMALL, "s.xml")

    with pytest.raises(TypeError):
        schema.classes["KalturaNew"] = schema.classes["KalturaBase"]  # type: ignore[index]


def test_real_schema_has_the_known_numbers(data_folder: Path) -> None:
    schema = read_schema(data_folder / "KalturaClient-22.19.0.xml")

    assert len(schema.services) == 146
    assert len(schema.actions) == 1004
    assert len(schema.classes) == 1630
    assert sum(found.abstract for found in schema.classes.values()) == 353
    assert len(schema.enums) == 679
    assert len(schema.errors) == 725
    assert len(schema.plugins) == 123
    assert sum(len(found.properties) for found in schema.classes.values()) == 5923
    assert sum(len(enum.constants) for enum in schema.enums.values()) == 6134
    assert len(schema.settings) == 6
    assert schema.oddities == ()
    assert (schema.api_version, schema.generated_at) == ("22.19.0", 1795411998)
