"""How much of the schema a run has touched, and why the rest was left alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.wire.answer import Result

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from conformance.plugin.bench import Bench


def coverage(bench: Bench) -> dict[str, Any]:
    """The `coverage` key of `run.json`: actions, lifecycles, types, enums, errors."""
    schema = bench.scope.schema
    called = [a.id for a in schema.actions if bench.traffic.was_called(a.id)]
    answered = [a.id for a in schema.actions if bench.traffic.was_answered(a.id)]
    full = [
        s.id for s in schema.services.values() if s.offers("add", "get", "update", "delete", "list")
    ]
    done = set(bench.lifecycles.completed)
    types, values = _met(bench)
    concrete = [c.name for c in schema.classes.values() if not c.abstract]
    constants = sum(len(enum.constants) for enum in schema.enums.values())
    return {
        "actions": {
            "called": len(called),
            "answered": len(answered),
            "total": len(schema.actions),
            "not_called": _reasons(bench, set(called)),
        },
        "lifecycles": {
            "completed": sum(1 for service in full if service in done),
            "total": len(full),
            "services": sorted(done),
            "objects": _objects_made(bench),
        },
        "types": {"met": len(types & set(concrete)), "total": len(concrete)},
        "enums": {"met": len(values), "total": constants},
        "errors": {
            "met": sum(1 for code in schema.errors if bench.traffic.errors.get(code)),
            "total": len(schema.errors),
            "codes": dict(sorted(bench.traffic.errors.items())),
        },
    }


def _objects_made(bench: Bench) -> dict[str, Any]:
    """Which services made an object, what had to be learned for it, and why the others did not."""
    provisioner = bench.provisioner
    adding = [s.id for s in bench.scope.schema.services.values() if "add" in s.actions]
    made, failed = provisioner.made, provisioner.failed
    return {
        "made": sum(1 for service in adding if service in made),
        "total": len(adding),
        "learned": {name: list(deeds) for name, deeds in sorted(provisioner.learned.items())},
        "not_made": {
            service: failed.get(service) or provisioner.recipe(service).never or "not asked for"
            for service in adding
            if service not in made
        },
    }


def _reasons(bench: Bench, called: set[str]) -> dict[str, str]:
    return {a.id: _reason(bench, a.id) for a in bench.scope.schema.actions if a.id not in called}


def _reason(bench: Bench, action: str) -> str:
    """Why an action was not called, as far as the profile knows."""
    profile = bench.scope.profile
    if denied := profile.actions.denied(action):
        return f"denied: {denied}"
    if remapped := profile.quirks.why("remapped_errors", action):
        return f"its answers tell nothing: {remapped}"
    return "not selected"


def _met(bench: Bench) -> tuple[set[str], set[tuple[str, str]]]:
    """The classes that answers named, and the enum values that their properties held."""
    types: set[str] = set()
    values: set[tuple[str, str]] = set()
    for action in bench.scope.schema.actions:
        for exchange in bench.traffic.seen(action.id):
            if isinstance(exchange.answer, Result):
                for name, node in _objects(exchange.answer.value):
                    types.add(name)
                    values.update(_enum_values(bench, name, node))
    return types, values


def _objects(value: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    pending = [value]
    while pending:
        node = pending.pop()
        if isinstance(node, list):
            pending.extend(node)
        elif isinstance(node, dict):
            if isinstance(node.get("objectType"), str):
                yield node["objectType"], node
            pending.extend(child for child in node.values() if isinstance(child, (dict, list)))


def _enum_values(bench: Bench, name: str, node: dict[str, Any]) -> Iterable[tuple[str, str]]:
    if name not in bench.scope.schema.classes:
        return
    for prop in bench.scope.lineage.properties(name).values():
        enum = bench.scope.schema.enums.get(prop.type.enum or "")
        if enum is None or node.get(prop.name) is None:
            continue
        text = str(node[prop.name])
        if any(constant.value == text for constant in enum.constants):
            yield enum.name, text
