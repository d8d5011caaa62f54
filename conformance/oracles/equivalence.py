"""Whether two answers say the same, whatever format each came in.

XML cannot tell null from the empty string (CONTRACT WIRE-43) and JSON is loose with scalar types
(WIRE-47), so both answers are first brought to a neutral form by the schema's declared type.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from conformance.schema.model import ROOT_CLASSES, Schema, TypeRef
from conformance.wire.answer import ApiError, Result

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.wire.exchange import Exchange

ABSENT = None
"""Null, the empty string, the empty list and what is not there: the same in some format."""

NUMERIC = frozenset({"int", "bigint", "float", "bool"})


class View(Struct, frozen=True):
    """How two answers are compared.

    `type` is the action's declared result. Paths in `volatile` changed between two equal calls and
    say nothing. With `fold`, the texts of an error are compared without regard to case.
    """

    type: TypeRef
    schema: Schema
    lineage: Any
    volatile: frozenset[str] = frozenset()
    fold: bool = False


class Difference(Struct, frozen=True):
    """One place where two answers differ; texts are cut to what a person reads."""

    where: str
    first: str
    second: str


def readable(exchange: Exchange) -> bool:
    """Whether the answer is a result or an API error, which alone can be compared."""
    return isinstance(exchange.answer, Result | ApiError)


def differences(first: Exchange, second: Exchange, view: View) -> Iterator[Difference]:
    """Where the two answers differ, but for volatile paths."""
    for difference in _compare(neutral(first, view), neutral(second, view), "$"):
        if not _is_volatile(difference.where, view.volatile):
            yield difference


def neutral(exchange: Exchange, view: View) -> Any:
    """The answer in a form that does not depend on its format."""
    answer = exchange.answer
    if isinstance(answer, Result):
        return neutral_value(answer.value, view.type, view)
    if isinstance(answer, ApiError):
        return {
            "error": _error_text(answer.code, view),
            "message": _error_text(answer.message, view),
            "args": {name: _error_text(text, view) for name, text in answer.args.items()} or ABSENT,
        }
    return {"unreadable": type(answer).__name__}


def neutral_value(value: Any, type_: TypeRef, view: View) -> Any:
    """A value in neutral form: texts, lists and mappings, with nothing empty in them."""
    if value is None or value == "":
        return ABSENT
    if isinstance(value, Mapping):
        return _mapping(value, type_, view)
    if isinstance(value, list | tuple):
        return _items(value, type_, view)
    return scalar_text(value, type_)


def scalar_text(value: Any, type_: TypeRef) -> str | None:
    """The text of a scalar: `1` for true, numbers in shortest form, line ends as XML keeps them."""
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return _number_text(value)
    text = str(value).replace("\r\n", "\n").replace("\r", "\n").strip()
    if type_.kind in NUMERIC or type_.enum:
        return _canonical(text)
    return text or ABSENT


def _canonical(text: str) -> str | None:
    folded = {"true": "1", "false": "0"}.get(text.casefold(), text)
    try:
        return str(int(folded))
    except ValueError:
        pass
    try:
        return _number_text(float(folded))
    except ValueError:
        return folded or ABSENT


def _number_text(number: float) -> str:
    """Twelve digits: PHP prints fewer digits in XML than in JSON."""
    return str(int(number)) if number.is_integer() else f"{number:.12g}"


def _mapping(value: Mapping[str, Any], type_: TypeRef, view: View) -> Any:
    if type_.kind == "array":
        return _items(list(value.values()), type_, view)
    if type_.kind == "map":
        element = TypeRef(kind="object", name=type_.element)
        return _filled({str(k): neutral_value(v, element, view) for k, v in value.items()})
    return _object(value, type_, view)


def _object(value: Mapping[str, Any], type_: TypeRef, view: View) -> Any:
    """Only declared properties count: others may come and go (WIRE-49)."""
    named = str(value.get("objectType") or type_.name or "")
    declared = view.lineage.properties(named) if named in view.schema.classes else None
    if declared is None:
        return _filled({str(k): neutral_value(v, _untyped(), view) for k, v in value.items()})
    members = {
        name: neutral_value(value[name], declared[name].type, view)
        for name in value
        if name in declared
    }
    return _filled({"objectType": str(value.get("objectType") or "")} | members)


def _items(value: list[Any] | tuple[Any, ...], type_: TypeRef, view: View) -> Any:
    if type_.kind == "map" and all(
        isinstance(item, Mapping) and "itemKey" in item for item in value
    ):
        keyed = {
            str(item["itemKey"]): {k: v for k, v in item.items() if k != "itemKey"}
            for item in value
        }
        return _mapping(keyed, type_, view) if keyed else ABSENT
    element = _untyped() if type_.element in {None, *ROOT_CLASSES} else _element(type_)
    return [neutral_value(item, element, view) for item in value] or ABSENT


def _element(type_: TypeRef) -> TypeRef:
    return TypeRef(kind="object", name=type_.element)


def _untyped() -> TypeRef:
    return TypeRef(kind="string")


def _filled(members: dict[str, Any]) -> Any:
    return {name: value for name, value in members.items() if value is not ABSENT} or ABSENT


def _error_text(text: str, view: View) -> str:
    words = " ".join(str(text).split())
    return words.casefold() if view.fold else words


def _compare(first: Any, second: Any, where: str) -> Iterator[Difference]:
    if isinstance(first, dict) and isinstance(second, dict):
        for name in sorted(first.keys() | second.keys()):
            yield from _compare(first.get(name), second.get(name), f"{where}.{name}")
    elif isinstance(first, list) and isinstance(second, list) and len(first) == len(second):
        for index, (one, other) in enumerate(zip(first, second, strict=True)):
            yield from _compare(one, other, f"{where}[{index}]")
    elif not _same_scalar(first, second):
        yield Difference(where, _shown(first), _shown(second))


def _same_scalar(first: Any, second: Any) -> bool:
    """Equal, or texts of one number: an untyped place may hold 1 here and 1.0 there."""
    if first == second:
        return True
    return (
        isinstance(first, str)
        and isinstance(second, str)
        and _canonical(first) == _canonical(second)
    )


def _is_volatile(where: str, volatile: frozenset[str]) -> bool:
    return any(where == path or where.startswith((f"{path}.", f"{path}[")) for path in volatile)


def _shown(value: Any) -> str:
    if value is ABSENT:
        return "absent or empty"
    if isinstance(value, list):
        return f"{len(value)} items"
    text = repr(value)
    return text if len(text) <= 120 else f"{text[:117]}..."  # noqa: PLR2004 - what fits a line
