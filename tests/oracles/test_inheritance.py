from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from conformance.oracles import inheritance
from conformance.schema.lineage import Lineage
from conformance.schema.reader import parse_schema

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.schema.model import Schema
    from tests.oracles.conftest import Answered, Refused

FAMILY = b"""<?xml version="1.0"?>
<xml apiVersion="1.0.0" generatedDate="1795413176">
 <enums/>
 <classes>
  <class name="KalturaBase" description="">
   <property name="id" type="string" readOnly="1" insertOnly="0" writeOnly="0"/>
   <property name="name" type="string" readOnly="0" insertOnly="0" writeOnly="0"/>
   <property name="plays" type="int" readOnly="1" insertOnly="0" writeOnly="0"/></class>
  <class name="KalturaClip" base="KalturaBase" description="">
   <property name="credit" type="string" readOnly="0" insertOnly="0" writeOnly="0"/></class>
  <class name="KalturaAdminClip" base="KalturaClip" description=""/>
  <class name="KalturaSheet" base="KalturaBase" description=""/>
  <class name="KalturaOdd" base="KalturaBase" plugin="odd" description=""/>
 </classes>
 <services/><plugins/><errors/><configurations/>
</xml>"""
CLIP = {"id": "1_a", "name": "n", "credit": "c", "plays": 1, "objectType": "KalturaClip"}


@pytest.fixture(scope="module")
def family() -> Schema:
    """A base class, a clip with an admin's form, a sheet, and a plugin's kind."""
    return parse_schema(FAMILY, "family.xml")


@pytest.fixture(scope="module")
def lineage(family: Schema) -> Lineage:
    """Its inheritance."""
    return Lineage(family)


@pytest.fixture
def listed(answered: Answered) -> Callable[..., Any]:
    """A maker of list answers."""
    return lambda *objects: answered({"objects": list(objects), "totalCount": len(objects)})


def test_an_object_is_got_through_the_other_service(answered: Answered) -> None:
    """The same id passes."""
    found = inheritance.relative_shows_the_object(answered(CLIP), answered(CLIP), "1_a")

    assert not list(found)


def test_an_object_that_the_other_service_does_not_know_is_told(
    answered: Answered, refused: Refused
) -> None:
    """A refusal and another object are both breaches; an object that its maker lost is none."""
    own, lost = answered(CLIP), refused("ENTRY_ID_NOT_FOUND")

    assert list(inheritance.relative_shows_the_object(own, lost, "1_a"))
    assert list(inheritance.relative_shows_the_object(own, answered({"id": "1_b"}), "1_a"))
    assert not list(inheritance.relative_shows_the_object(lost, lost, "1_a"))


@pytest.mark.parametrize(
    ("shown", "kind", "breaches"),
    [
        ("KalturaClip", "KalturaClip", 0),
        ("KalturaAdminClip", "KalturaClip", 0),
        ("KalturaBase", "KalturaClip", 1),
        ("KalturaSheet", "KalturaClip", 1),
        (None, "KalturaClip", 1),
        ("KalturaBase", "KalturaOdd", 0),
        ("KalturaClip", "KalturaOdd", 1),
    ],
)
def test_an_object_keeps_its_class(
    answered: Answered,
    listed: Callable[..., Any],
    family: Schema,
    lineage: Lineage,
    shown: str | None,
    kind: str,
    breaches: int,
) -> None:
    """A subclass passes, a base passes for a plugin's kind only; in get, list and add alike."""
    value = {"id": "1_a", "objectType": shown}
    get, page = answered(value), listed(value)

    for found in (
        inheritance.object_keeps_its_class(get, kind, family, lineage),
        inheritance.subclass_is_what_it_is_made_as(get, kind, family, lineage),
        inheritance.listed_object_keeps_its_class(page, "1_a", kind, family, lineage),
    ):
        assert len(list(found)) == breaches


def test_relatives_agree_but_for_what_changes_by_itself(
    answered: Answered, lineage: Lineage
) -> None:
    """A count of plays may differ, a name may not; what a base class lacks is not missed."""
    own = answered(CLIP)
    base = {"id": "1_a", "name": "n", "plays": 5, "objectType": "KalturaBase"}
    renamed = {**CLIP, "name": "other"}
    nameless = answered({name: value for name, value in CLIP.items() if name != "name"})

    assert not list(inheritance.relatives_agree(own, answered(base), lineage))
    assert [b.where for b in inheritance.relatives_agree(nameless, own, lineage)] == ["$.name"]
    assert not list(inheritance.relatives_agree(answered(base), own, lineage))
    assert [b.where for b in inheritance.relatives_agree(own, answered(renamed), lineage)] == [
        "$.name"
    ]


def test_a_list_holds_the_object_once(answered: Answered, listed: Callable[..., Any]) -> None:
    """Neither never nor twice."""
    own = answered(CLIP)

    assert not list(inheritance.relative_lists_the_object(own, listed(CLIP), "1_a"))
    assert list(inheritance.relative_lists_the_object(own, listed(), "1_a"))
    assert list(inheritance.relative_lists_the_object(own, listed(CLIP, CLIP), "1_a"))


def test_a_count_is_one(answered: Answered) -> None:
    """As a number or as text."""
    own = answered(CLIP)

    assert not list(inheritance.relative_counts_the_object(own, answered("1")))
    assert list(inheritance.relative_counts_the_object(own, answered(0)))


def test_an_update_through_a_relative_is_stored(
    answered: Answered, refused: Refused, lineage: Lineage
) -> None:
    """A refusal and a value that nobody shows are breaches."""
    judge = inheritance.update_through_a_relative_is_stored
    done, sent = answered(CLIP), {"name": "new"}
    new = answered({**CLIP, "name": "new"})

    assert not list(judge(sent, done, [new], "KalturaClip", lineage))
    assert list(judge(sent, done, [new, answered(CLIP)], "KalturaClip", lineage))
    assert list(judge(sent, refused("ENTRY_ID_NOT_FOUND"), [], "KalturaClip", lineage))


def test_an_update_through_a_relative_keeps_the_rest(
    answered: Answered, refused: Refused, lineage: Lineage
) -> None:
    """Neither the class nor what was not sent may be lost."""
    judge = inheritance.update_through_a_relative_keeps_the_rest
    before, update = answered(CLIP), answered(CLIP)
    bare = answered({"id": "1_a", "name": "n", "objectType": "KalturaBase"})
    gone = refused("ENTRY_ID_NOT_FOUND")

    assert not list(judge(before, update, before, ["credit", "plays"], lineage))
    assert {b.where for b in judge(before, update, bare, ["credit"], lineage)} == {
        "$.objectType",
        "$.credit",
    }
    assert list(judge(before, update, gone, ["credit"], lineage))


def test_a_delete_through_a_relative_is_final(answered: Answered, refused: Refused) -> None:
    """The object is unknown after it."""
    judge, done = inheritance.delete_through_a_relative_is_final, answered(None)
    codes = frozenset({"ENTRY_ID_NOT_FOUND"})

    assert not list(judge(done, refused("ENTRY_ID_NOT_FOUND"), codes))
    assert list(judge(done, answered(CLIP), codes))
    assert list(judge(done, refused("SERVICE_FORBIDDEN"), codes))
    assert list(judge(refused("ENTRY_ID_NOT_FOUND"), refused("ENTRY_ID_NOT_FOUND"), codes))


def test_an_odd_object_type_is_read_as_the_declared_class(
    answered: Answered, refused: Refused, lineage: Lineage
) -> None:
    """Neither refused nor taken for another class."""
    for judge in (
        inheritance.unfit_object_type_is_passed_over,
        inheritance.object_type_is_optional,
    ):
        assert not list(judge(answered(CLIP), "x", "KalturaClip", lineage))
        assert list(judge(refused("OBJECT_TYPE_ABSTRACT"), "x", "KalturaClip", lineage))
        other = answered({"objectType": "KalturaSheet"})
        assert list(judge(other, "x", "KalturaClip", lineage))


def test_a_write_with_an_odd_object_type_is_stored(answered: Answered, lineage: Lineage) -> None:
    """An accepted write that changed nothing is a breach."""
    judge = inheritance.write_with_an_odd_object_type_is_stored

    assert not list(judge({"name": "n"}, answered(CLIP), answered(CLIP), "KalturaClip", lineage))
    assert list(judge({"name": "m"}, answered(CLIP), answered(CLIP), "KalturaClip", lineage))


def test_a_foreign_object_is_not_shown(answered: Answered, refused: Refused) -> None:
    """An unknown id's code, or a word for the wrong type."""
    judge, codes = inheritance.foreign_object_is_not_shown, frozenset({"SHEET_MISSING"})

    for code in ("SHEET_MISSING", "ENTRY_ID_NOT_FOUND", "INVALID_PLAYLIST_TYPE"):
        assert not list(judge(refused(code), codes, "KalturaClip"))
    assert list(judge(answered(CLIP), codes, "KalturaClip"))
    assert list(judge(refused("SERVICE_FORBIDDEN"), codes, "KalturaClip"))


def test_a_foreign_object_is_not_changed(answered: Answered, refused: Refused) -> None:
    """A write that is refused and carried out is a breach as well."""
    judge, codes = inheritance.foreign_object_is_not_changed, frozenset({"SHEET_MISSING"})
    unknown = refused("SHEET_MISSING")

    assert not list(judge(unknown, codes, "KalturaClip", answered(CLIP)))
    assert list(judge(answered(None), codes, "KalturaClip", answered(CLIP)))
    assert list(judge(unknown, codes, "KalturaClip", unknown))


def test_a_foreign_object_is_not_listed(listed: Callable[..., Any]) -> None:
    """Whatever else the list holds."""
    judge = inheritance.foreign_object_is_not_listed

    assert not list(judge(listed({"id": "1_b"}), "1_a", "KalturaClip"))
    assert list(judge(listed({"id": "1_b"}, CLIP), "1_a", "KalturaClip"))


def test_a_derived_filter_selects_by_its_own(listed: Callable[..., Any], refused: Refused) -> None:
    """The one of the asked kind is there and the other is not; strangers do not matter."""

    def judge(exchange: Any) -> list[Any]:
        return list(inheritance.derived_filter_selects_by_its_own(exchange, "1_a", "1_b", "x 1"))

    one, other, stranger = ({"id": name} for name in ("1_a", "1_b", "1_x"))
    assert not judge(listed(one, stranger))
    assert judge(listed(one, other))
    assert judge(listed(stranger))
    assert judge(refused("INTERNAL_SERVERL_ERROR"))


def test_a_derived_filter_restricts_the_base_list(
    listed: Callable[..., Any], refused: Refused
) -> None:
    """What it wants is there, what it does not want is not; strangers do not matter."""
    judge = inheritance.derived_filter_restricts_the_base_list
    wanted, unwanted = {"1_a": "KalturaClip"}, {"1_s": "KalturaSheet"}
    sheet, stranger = {"id": "1_s"}, {"id": "1_x"}

    assert not list(judge(listed(CLIP, stranger), wanted, unwanted))
    assert list(judge(listed(CLIP, sheet), wanted, unwanted))
    assert list(judge(listed(stranger), wanted, unwanted))
    assert list(judge(refused("INTERNAL_SERVERL_ERROR"), wanted, unwanted))
