"""Reading calls that our own generator draws out of the schema."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.generation.plain import PlainGenerator
from conformance.generation.rules import ValueRules
from conformance.plugin.subject import Subject
from conformance.schema.views import filter_view
from conformance.suites.hostility import QUIRKS, Said
from conformance.suites.misuse import concrete, is_decoded_as_usual, is_required
from conformance.wire.encoding import API_PATH, json_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.plugin.context import Context
    from conformance.plugin.scope import Scope
    from conformance.schema.model import Action

CALLS = 2
RULES = ValueRules(depth=1, presence=0.3)
"""Filters of plain values: what hangs below them is asked for where it is understood."""
PAGE = {"objectType": "KalturaFilterPager", "pageSize": 2, "pageIndex": 1}


def list_services(scope: Scope) -> Iterator[Subject]:
    """Services with a list by a filter that answers in the ordinary way, as far as is known."""
    for service in scope.schema.services.values():
        action = service.actions.get("list")
        if action is not None and _is_asked(scope, action):
            yield Subject(kind="service", name=service.id, service=service.id)


def _is_asked(scope: Scope, action: Action) -> bool:
    taken = action.param("filter")
    return (
        taken is not None
        and taken.type.kind == "object"
        and bool(scope.lineage.concrete(str(taken.type.name)))
        and all(p.name == "filter" or not is_required(p) for p in action.params)
        and scope.profile.actions.probe_only_because(action.id) is None
        and is_decoded_as_usual(action, scope.profile)
        and not any(scope.profile.quirks.why(table, action.id) for table in QUIRKS)
    )


def drawn_lists(context: Context, service: str) -> Iterator[Said]:
    """Lists by drawn filters, as the account's admin; two objects of the answer are enough.

    All but the first hold an empty text as well, which filters ignore (OBSERVED 29).
    """
    action = context.schema.services[service].actions["list"]
    taken = action.param("filter")
    if taken is None:
        return
    kind = concrete(str(taken.type.name), context.schema, context.lineage)
    generator = PlainGenerator(context.schema, context.lineage)
    texts = [
        prop.name
        for prop in filter_view(context.lineage, kind)
        if prop.type.kind == "string" and prop.type.enum is None and prop.values_enum is None
    ]
    for number in range(CALLS):
        drawn = generator.object(kind, context.random, view="filter", rules=RULES)
        if number and texts:
            drawn[context.random.choice(texts)] = ""
        params = {"filter": drawn, **({"pager": PAGE} if action.param("pager") else {})}
        body = json_text({"format": 1, "ks": context.ks("admin"), **params})
        exchange = context.send_raw(
            "POST",
            f"{API_PATH}/service/{service}/action/list",
            headers={"Content-Type": "application/json"},
            body=body,
        )
        asked = ", ".join(name for name in drawn if name != "objectType") or "nothing"
        yield Said(f"{kind} with {asked}", exchange)
