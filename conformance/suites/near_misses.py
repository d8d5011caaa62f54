"""Near misses sent as they are drawn: the calls with one thing wrong that nobody wrote down."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from conformance.generation.near_misses import NearMisses
from conformance.plugin.check import NotApplicable
from conformance.plugin.subjects import action_subject
from conformance.suites.misuse import action_of, asked, is_decoded_as_usual
from conformance.wire.request import Upload

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conformance.generation.near_misses import NearMiss
    from conformance.generation.spots import Rule
    from conformance.plugin.context import Context
    from conformance.plugin.scope import Scope
    from conformance.plugin.subject import Subject
    from conformance.schema.lineage import Lineage
    from conformance.wire.exchange import Exchange

_DRAWN: WeakKeyDictionary[Lineage, NearMisses] = WeakKeyDictionary()
_LOCK = Lock()


def near_misses(source: Scope | Context) -> NearMisses:
    """The run's near misses; where its schema may be stale, without other plugins' classes."""
    with _LOCK:
        found = _DRAWN.get(source.lineage)
        if found is None:
            stale = source.profile.quirks.stale_schema
            found = NearMisses(source.schema, source.lineage, stale=stale)
            _DRAWN[source.lineage] = found
        return found


def actions_with(*rules: Rule, inside: bool = False) -> Callable[[Scope], Iterator[Subject]]:
    """The actions that may be called and in whose calls one of the rules can be broken."""

    def subjects(scope: Scope) -> Iterator[Subject]:
        drawn, wanted = near_misses(scope), frozenset(rules)
        possible = drawn.possible_inside if inside else drawn.possible
        for action in scope.schema.actions:
            if scope.profile.actions.denied(action.id):
                continue
            if is_decoded_as_usual(action, scope.profile) and possible(action, wanted):
                yield action_subject(action)

    return subjects


def missed(
    context: Context, subject: Subject, *rules: Rule, count: int, inside: bool = False
) -> Iterator[tuple[NearMiss, Exchange]]:
    """So many different near misses of the action with what was answered to each."""
    action, wanted = action_of(context, subject), frozenset(rules)
    tried: set[tuple[str, str]] = set()
    for _ in range(count):
        try:
            miss = near_misses(context).plain(action, context.random, wanted, inside=inside)
        except LookupError as error:
            raise NotApplicable(str(error)) from error
        if (miss.where, repr(miss.params)) in tried:
            continue
        tried.add((miss.where, repr(miss.params)))
        files = {
            name: Upload("probe.txt", b"conformance probe", "text/plain") for name in miss.files
        }
        params = dict(miss.params)
        if "partnerId" in params and miss.parameter != "partnerId":
            params["partnerId"] = context.partner_id
        yield miss, asked(context, action, params, files)
