"""Asks one call in two guises and hands both answers over, with what changes by itself masked.

Other clients write at the same time and some values are never the same twice, so a difference
counts only if the plain call, asked again at once, still differs from the other guise.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import structs

from conformance.oracles.equivalence import View, differences, readable
from conformance.plugin.check import Inconclusive
from conformance.wire.request import Form

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from conformance.plugin.context import Context
    from conformance.suites.probe import Probe
    from conformance.verdict.breach import Breach
    from conformance.wire.exchange import Exchange

    Ask = Callable[[], Exchange]
    Judge = Callable[[Exchange, Exchange, View], Iterable[Breach]]

PLAIN = Form()
ROUNDS = 3
"""How often an answer may change under our hands before we give up."""

LIVE_ROUNDS = 4
"""How often a list has to differ in the same place before that is no coincidence."""


def ask(context: Context, probe: Probe, form: Form = PLAIN, *, session: str = "admin") -> Exchange:
    """The probe's call in a form."""
    return context.call(probe.service, probe.action, probe.params, form=form, session=session)


def compare(
    context: Context,
    probe: Probe,
    judge: Judge,
    variant: Ask,
    *,
    baseline: Ask | None = None,
    fold: bool = False,
) -> Iterator[Breach]:
    """The breaches that `judge` sees between the plain call and its variant.

    `baseline` replaces the plain call. Inconclusive when the plain call has no readable answer or
    never the same twice.
    """
    view = View(type=probe.result, schema=context.schema, lineage=context.lineage, fold=fold)
    plain = baseline or (lambda: ask(context, probe))
    first = (_known(context, probe) if baseline is None else None) or plain()
    if probe.live:
        yield from _lasting(judge, plain, variant, view, first)
        return
    for _ in range(ROUNDS):
        other = variant()
        if readable(first) and not any(judge(first, other, view)):
            return
        again = plain()
        if not readable(again):
            raise Inconclusive(f"{_name(probe)}: no readable answer to compare with")
        volatile = _changed(first, again, view)
        if volatile is not None:
            yield from judge(again, other, structs.replace(view, volatile=volatile))
            return
        first = again
    raise Inconclusive(f"{_name(probe)}: never answered the same twice")


def _lasting(
    judge: Judge, plain: Ask, variant: Ask, view: View, first: Exchange
) -> Iterator[Breach]:
    """The breaches at places that differ each time: others may add and remove what a list shows.

    The plain call is asked again after its variant, then before it, in turn: of two servers that
    answer by turns one may be behind, and would else always be asked in the same guise.
    """
    lasting: dict[str, Breach] | None = None
    rounds = 0
    for number in range(LIVE_ROUNDS * ROUNDS):
        if not readable(first):
            raise Inconclusive("the list has no readable answer to compare with")
        before = plain() if number % 2 else None
        seen = {breach.where: breach for breach in judge(first, variant(), view)}
        if not seen:
            return
        again = before or plain()
        changed = _changed(first, again, view)
        first = again
        if changed is None:
            # Somebody added or removed an object meanwhile: this round says nothing.
            continue
        lasting = {
            where: breach
            for where, breach in seen.items()
            if where not in changed and (lasting is None or where in lasting)
        }
        rounds += 1
        if not lasting:
            return
        if rounds == LIVE_ROUNDS:
            yield from lasting.values()
            return
    raise Inconclusive("the list never answered the same twice")


def _changed(first: Exchange, again: Exchange, view: View) -> frozenset[str] | None:
    """The paths that changed between two equal calls; None if these were two different answers."""
    if not readable(first):
        return None
    paths = frozenset(difference.where for difference in differences(first, again, view))
    return None if paths & {"$", "$.error", "$.objectType", "$.objects", "$.totalCount"} else paths


def _known(context: Context, probe: Probe) -> Exchange | None:
    """An answer to the plain call that the run has seen already, to save asking again."""
    if context.attempt or probe.live:
        return None
    return next(
        (
            exchange
            for exchange in context.seen(_name(probe))
            if exchange.session == "admin"
            and exchange.form == PLAIN
            and exchange.call.service == probe.service
            and exchange.call.action == probe.action
            and dict(exchange.call.params) == probe.params
        ),
        None,
    )


def _name(probe: Probe) -> str:
    return f"{probe.service}.{probe.action}"
