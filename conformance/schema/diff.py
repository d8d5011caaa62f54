"""Two schemas compared, change by change, for the clients that exist.

Descriptions, line numbers and the order of members are no changes. A property that moved to a base
is none either: an object has it as before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.schema.change import additive, breaking, compatible
from conformance.schema.diff_types import class_changes, enum_changes, error_changes
from conformance.schema.lineage import Lineage
from conformance.schema.substitution import accepts, reads_as
from conformance.schema.wording import words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.schema.change import Change
    from conformance.schema.model import Action, Param, Schema, Service

_NEED = {"none": 0, "optional": 1, "always": 2}


def schema_diff(old: Schema, new: Schema) -> tuple[Change, ...]:
    """What changed from the older schema to the newer, the breaking changes first."""
    lineages = Lineage(old), Lineage(new)
    found = [
        *_services(old, new, lineages[1]),
        *class_changes(old, new, *lineages),
        *enum_changes(old, new),
        *error_changes(old, new),
        *_plugins(old, new),
    ]
    return tuple(sorted(found, key=lambda change: change.impact.rank))


def _services(old: Schema, new: Schema, lineage: Lineage) -> Iterator[Change]:
    for service in old.services.values():
        other = new.services.get(service.id)
        if other is None:
            yield breaking("service removed", service.id, f"{len(service.actions)} actions")
            continue
        yield from _service(service, other, lineage)
    for service in new.services.values():
        if service.id not in old.services:
            yield additive("service added", service.id, f"{len(service.actions)} actions")


def _service(old: Service, new: Service, lineage: Lineage) -> Iterator[Change]:
    if old.name != new.name:
        yield compatible("service renamed", old.id, old.name, new.name)
    yield from _deprecation(old.id, old=old.deprecated, new=new.deprecated)
    for action in old.actions.values():
        other = new.actions.get(action.name)
        if other is None:
            yield breaking("action removed", action.id)
            continue
        yield from _action(action, other, lineage)
    for action in new.actions.values():
        if action.name not in old.actions:
            yield additive("action added", action.id)


def _action(old: Action, new: Action, lineage: Lineage) -> Iterator[Change]:
    place = old.id
    if old.result != new.result:
        told = compatible if reads_as(new.result, old.result, lineage) else breaking
        yield told("result type changed", place, words(old.result), words(new.result))
    if old.session != new.session:
        told = breaking if _NEED[new.session] > _NEED[old.session] else compatible
        yield told("need of a session changed", place, old.session, new.session)
    if old.in_multirequest != new.in_multirequest:
        told = compatible if new.in_multirequest else breaking
        words_of = {True: "allowed", False: "barred"}
        yield told(
            "use in multirequests changed",
            place,
            words_of[old.in_multirequest],
            words_of[new.in_multirequest],
        )
    if set(old.throws) != set(new.throws):
        gone, came = set(old.throws) - set(new.throws), set(new.throws) - set(old.throws)
        yield compatible(
            "documented errors changed", place, ", ".join(sorted(gone)), ", ".join(sorted(came))
        )
    if old.beta != new.beta:
        yield compatible("beta mark changed", place, str(old.beta), str(new.beta))
    yield from _deprecation(place, old=old.deprecated, new=new.deprecated)
    yield from _params(old, new, lineage)


def _params(old: Action, new: Action, lineage: Lineage) -> Iterator[Change]:
    for param in old.params:
        place = f"{old.id}({param.name})"
        other = new.param(param.name)
        if other is None:
            # The server ignores unknown parameters: the call succeeds without what it asked for.
            yield breaking("parameter removed", place, words(param.type))
            continue
        yield from _param(place, param, other, lineage)
    for param in new.params:
        if old.param(param.name) is None:
            place = f"{old.id}({param.name})"
            if param.optional:
                yield additive("optional parameter added", place, words(param.type))
            else:
                yield breaking("required parameter added", place, after=words(param.type))


def _param(place: str, old: Param, new: Param, lineage: Lineage) -> Iterator[Change]:
    if old.type != new.type:
        told = compatible if accepts(new.type, old.type, lineage) else breaking
        yield told("parameter type changed", place, words(old.type), words(new.type))
    if old.optional and not new.optional:
        yield breaking("parameter became required", place, "optional", "required")
    elif new.optional and not old.optional:
        yield compatible("parameter became optional", place, "required", "optional")
    if old.default != new.default:
        yield compatible("documented default changed", place, str(old.default), str(new.default))


def _plugins(old: Schema, new: Schema) -> Iterator[Change]:
    for name in old.plugins:
        if name not in new.plugins:
            # What it took along (services, classes, values) is told where it went missing.
            yield compatible("plugin removed", name)
    for name in new.plugins:
        if name not in old.plugins:
            yield additive("plugin added", name)


def _deprecation(place: str, *, old: bool, new: bool) -> Iterator[Change]:
    if old != new:
        yield compatible("deprecated" if new else "no longer deprecated", place)
