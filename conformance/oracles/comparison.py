"""What was sent against what came back, property by property, each read by its schema type."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct

from conformance.oracles.normal_form import NotOfThisType, normal_form

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from conformance.schema.lineage import Lineage
    from conformance.schema.model import TypeRef

TIME_TOLERANCE_SECONDS = 2
FLOAT_TOLERANCE = 1e-6
DEEPEST = 6
SHOWN = 120


class Change(Struct, frozen=True):
    """One property that is not what it should be; `path` as in `$.rules[0].code`."""

    path: str
    expected: str
    actual: str


def changes(
    expected: Mapping[str, Any],
    actual: Mapping[str, Any],
    class_name: str,
    lineage: Lineage,
    *,
    path: str = "$",
    depth: int = 0,
) -> Iterator[Change]:
    """Every property of `expected` that `actual` does not hold with the same value.

    Only what is in `expected` is compared: a server may fill in more. Properties that the schema
    does not know or never shows and `objectType` are passed over.
    """
    properties = lineage.properties(class_name)
    for name, value in expected.items():
        prop = properties.get(name)
        if prop is None or prop.write_only or name == "objectType":
            continue
        yield from _member(value, actual.get(name), prop.type, lineage, f"{path}.{name}", depth)


def shown(value: Any) -> str:
    """A value as a person reads it in a finding, cut to a readable length."""
    if value is None:
        return "absent"
    text = repr(value)
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"


def _member(
    expected: Any, actual: Any, ref: TypeRef, lineage: Lineage, path: str, depth: int
) -> Iterator[Change]:
    if ref.kind == "object" and isinstance(expected, dict):
        yield from _object(expected, actual, ref.name or "", lineage, path, depth)
    elif ref.kind == "array" and isinstance(expected, list):
        yield from _array(expected, actual, ref, lineage, path, depth)
    elif ref.kind not in {"object", "array", "map", "file"} and not (
        same_scalar(expected, actual, ref) or _same_ids(expected, actual, ref, path)
    ):
        yield Change(path, shown(expected), shown(actual))


def _same_ids(expected: Any, actual: Any, ref: TypeRef, path: str) -> bool:
    """Whether both are a text of the same ids: they come in the order of a table of their own."""
    if ref.kind != "string" or not path.endswith("Ids"):
        return False
    one, other = (sorted(str(value).split(",")) for value in (expected, actual))
    return one == other


def _object(
    expected: Mapping[str, Any], actual: Any, name: str, lineage: Lineage, path: str, depth: int
) -> Iterator[Change]:
    if depth >= DEEPEST:
        return
    if not isinstance(actual, dict):
        if expected:
            yield Change(path, shown(dict(expected)), shown(actual))
        return
    kind = str(expected.get("objectType") or name)
    found = actual.get("objectType", kind)
    if kind != name and not _may_be(str(found), kind, lineage):
        yield Change(f"{path}.objectType", shown(kind), shown(found))
    yield from changes(expected, actual, kind, lineage, path=path, depth=depth + 1)


def _may_be(found: str, kind: str, lineage: Lineage) -> bool:
    """Whether an object's class is the one that was sent, a finer one, or one of a newer schema."""
    known = (lineage.properties(one) or lineage.descendants(one) for one in (found, kind))
    return lineage.is_a(found, kind) or not all(known)


def _array(
    expected: list[Any], actual: Any, ref: TypeRef, lineage: Lineage, path: str, depth: int
) -> Iterator[Change]:
    try:
        items = normal_form(actual, ref)
    except NotOfThisType:
        items = None
    if items is None or len(items) != len(expected):
        yield Change(path, shown(expected), shown(actual))
        return
    for index, (one, other) in enumerate(zip(expected, items, strict=True)):
        if isinstance(one, dict):
            yield from _object(one, other, ref.element or "", lineage, f"{path}[{index}]", depth)


def same_scalar(expected: Any, actual: Any, ref: TypeRef) -> bool:
    """Whether two scalars are one value of the type: null is the empty text, `2` is `"2"`."""
    try:
        one, other = normal_form(expected, ref), normal_form(actual, ref)
    except NotOfThisType:
        # Whether a value may look so is another rule's matter; here the question is of change.
        return bool(expected == actual)
    if one in (None, "") and other in (None, ""):
        return True
    if one is None or other is None:
        return False
    if ref.is_time and ref.kind != "string":
        return abs(int(one) - int(other)) <= TIME_TOLERANCE_SECONDS
    if isinstance(one, float) and isinstance(other, float):
        return abs(one - other) <= FLOAT_TOLERANCE * max(1.0, abs(one))
    return bool(one == other)
