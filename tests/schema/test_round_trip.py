"""A generated schema, written as XML, is read as what it was."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from conformance.schema.model import (
    Action,
    Class,
    Constant,
    Enum,
    ErrorTemplate,
    Param,
    Plugin,
    Property,
    Schema,
    Service,
    TypeRef,
)
from conformance.schema.reader import parse_schema

from .writing import written

NAMES = st.from_regex(r"[a-z][a-zA-Z0-9]{0,8}", fullmatch=True)
TEXT = st.text(
    st.characters(exclude_categories=("Cc", "Cs"), exclude_characters="\ufffe\uffff"), max_size=20
)
FLAGS = st.booleans()
PERMISSIONS = st.lists(
    st.sampled_from(["read", "insert", "update", "all"]), unique=True, max_size=3
).map(tuple)


def limits(numbers: st.SearchStrategy[float]) -> st.SearchStrategy[float | None]:
    """A limit, or none."""
    return st.none() | numbers


LENGTHS = limits(st.integers(0, 10_000))
VALUES = limits(st.floats(allow_nan=False, allow_infinity=False))


@st.composite
def enums(draw: st.DrawFn) -> Enum:
    """An enum of either kind."""
    return Enum(
        name="KalturaE" + draw(NAMES),
        kind=draw(st.sampled_from(["int", "string"])),
        constants=tuple(
            Constant(name, draw(TEXT)) for name in draw(st.lists(NAMES, unique=True, max_size=3))
        ),
        plugin=draw(st.none() | NAMES),
        deprecated=draw(FLAGS),
    )


def types(classes: list[str], known: list[Enum]) -> st.SearchStrategy[TypeRef]:
    """A type that only names what there is."""
    choices = [
        st.sampled_from(["int", "bigint", "float", "bool", "string", "file"]).map(TypeRef),
        st.just(TypeRef("int", is_time=True)),
        st.sampled_from([*classes, "KalturaObjectBase"]).map(lambda n: TypeRef("object", n)),
        st.sampled_from([*classes, "KalturaObject"]).map(lambda n: TypeRef("array", element=n)),
        st.sampled_from([*classes, "KalturaObject"]).map(lambda n: TypeRef("map", element=n)),
    ]
    if known:
        choices.append(st.sampled_from(known).map(lambda e: TypeRef(e.kind, enum=e.name)))
    return st.one_of(choices)


@st.composite
def properties(draw: st.DrawFn, name: str, kinds: st.SearchStrategy[TypeRef]) -> Property:
    """A property with any flags and limits."""
    return Property(
        name=name,
        type=draw(kinds),
        read_only=draw(FLAGS),
        insert_only=draw(FLAGS),
        write_only=draw(FLAGS),
        multilingual=draw(FLAGS),
        requires_permissions=draw(PERMISSIONS),
        min_length=draw(LENGTHS),  # type: ignore[arg-type]
        max_length=draw(LENGTHS),  # type: ignore[arg-type]
        min_value=draw(VALUES),
        max_value=draw(VALUES),
        utf8_truncate=draw(LENGTHS),  # type: ignore[arg-type]
        deprecated=draw(FLAGS),
        description=draw(TEXT),
    )


@st.composite
def actions(draw: st.DrawFn, service: str, name: str, kinds: st.SearchStrategy[TypeRef]) -> Action:
    """An action with up to three parameters."""
    return Action(
        service=service,
        name=name,
        params=tuple(
            Param(param, draw(kinds), draw(FLAGS), draw(st.none() | TEXT), draw(TEXT))
            for param in draw(st.lists(NAMES, unique=True, max_size=3))
        ),
        result=draw(st.just(TypeRef("void")) | kinds),
        throws=tuple(draw(st.lists(NAMES, max_size=2))),
        session=draw(st.sampled_from(["always", "optional", "none"])),
        in_multirequest=draw(FLAGS),
        alias=draw(st.none() | NAMES),
        plugin=draw(st.none() | NAMES),
        beta=draw(FLAGS),
        deprecated=draw(FLAGS),
        description=draw(TEXT),
    )


@st.composite
def schemas(draw: st.DrawFn) -> Schema:
    """A schema of a few of everything, each class extending an earlier one or none."""
    known = draw(st.lists(enums(), unique_by=lambda e: e.name, max_size=3))
    names = ["KalturaC" + n for n in draw(st.lists(NAMES, unique=True, max_size=4))]
    kinds = types(names, known)
    classes = [
        Class(
            name=name,
            base=draw(st.none() | st.sampled_from(names[:at])) if at else None,
            abstract=draw(FLAGS),
            properties=tuple(
                draw(properties(own, kinds))
                for own in draw(st.lists(NAMES, unique=True, max_size=3))
            ),
            plugin=draw(st.none() | NAMES),
            requires_permissions=draw(PERMISSIONS),
            deprecated=draw(FLAGS),
            description=draw(TEXT),
        )
        for at, name in enumerate(names)
    ]
    services = []
    for service in draw(st.lists(NAMES, unique=True, max_size=2)):
        own = draw(st.lists(NAMES, unique_by=str.casefold, max_size=2))
        offered = {name: draw(actions(service, name, kinds)) for name in own}
        services.append(Service(service, draw(NAMES), offered, draw(st.none() | NAMES)))
    errors = [
        ErrorTemplate(code, code, draw(TEXT), tuple(draw(st.lists(NAMES, max_size=2))))
        for code in draw(st.lists(NAMES, unique=True, max_size=2))
    ]
    plugins = [
        Plugin(
            name, tuple(draw(st.lists(NAMES, max_size=2))), tuple(draw(st.lists(NAMES, max_size=2)))
        )
        for name in draw(st.lists(NAMES, unique=True, max_size=2))
    ]
    return Schema(
        api_version=draw(TEXT),
        sha256="",
        source="",
        services={s.id: s for s in services},
        classes={c.name: c for c in classes},
        enums={e.name: e for e in known},
        errors={e.code: e for e in errors},
        plugins={p.name: p for p in plugins},
        generated_at=draw(st.none() | st.integers(0, 2**33)),
    )


def without_lines(schema: Schema) -> Schema:
    """The schema without what writing it cannot keep: lines, digest, source."""
    return replace(
        schema,
        sha256="",
        source="",
        services={
            s.id: replace(s, line=0, actions={n: replace(a, line=0) for n, a in s.actions.items()})
            for s in schema.services.values()
        },
        classes={n: replace(c, line=0) for n, c in schema.classes.items()},
        enums={n: replace(e, line=0) for n, e in schema.enums.items()},
        errors={n: replace(e, line=0) for n, e in schema.errors.items()},
    )


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(schemas())
def test_schema_survives_writing_and_reading(schema: Schema) -> None:
    read = parse_schema(written(schema), "generated")

    assert read.oddities == ()
    assert list(read.classes) == list(schema.classes)
    assert without_lines(read) == schema
