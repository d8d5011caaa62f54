"""Whether a value of one declared type may stand where one of another was declared.

A client reads what the server writes, and the server reads what a client writes, so that a type
may become narrower where it is only read and wider where it is only written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conformance.schema.lineage import Lineage
    from conformance.schema.model import TypeRef

_WIDER = {"int": {"bigint", "float"}, "bigint": {"float"}}


def accepts(new: TypeRef, old: TypeRef, lineage: Lineage) -> bool:
    """Whether what a client sends as `old` is taken where `new` is declared now.

    `lineage` is that of the newer schema.
    """
    if new.is_time != old.is_time:
        return False
    if new.enum not in {None, old.enum}:
        return False
    if new.kind == old.kind:
        return _class_accepts(new.name, old.name, lineage) and _class_accepts(
            new.element, old.element, lineage
        )
    return new.kind in _WIDER.get(old.kind, ()) or (
        new.kind == "string" and old.kind in {"int", "bigint", "float"}
    )


def reads_as(new: TypeRef, old: TypeRef, lineage: Lineage) -> bool:
    """Whether what the server answers as `new` is understood where `old` was declared."""
    if old.kind == "void":
        return True
    if new.kind != old.kind or new.is_time != old.is_time:
        return False
    if old.enum not in {None, new.enum}:
        return False
    return _class_accepts(old.name, new.name, lineage) and _class_accepts(
        old.element, new.element, lineage
    )


def _class_accepts(declared: str | None, given: str | None, lineage: Lineage) -> bool:
    if declared is None or given is None:
        return declared == given
    return lineage.is_a(given, declared)
