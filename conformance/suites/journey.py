"""Makes a journey step by step, alone or in batches, and keeps what each step was answered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from conformance.oracles.slots import slot
from conformance.oracles.workflows import Step, is_broken, is_limit
from conformance.plugin.check import NotApplicable
from conformance.provisioning.address import addresses
from conformance.suites.batch import member
from conformance.wire.answer import ApiError, Result

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.plugin.context import Context
    from conformance.wire.exchange import Exchange


class Interrupted(Exception):
    """The journey ends here: a step has no result to go on with."""


class Ask(Struct, frozen=True, kw_only=True):
    """One call of a journey, with what its answer has to show."""

    what: str
    behind: str
    service: str
    action: str
    params: Mapping[str, Any] = {}
    expected: Mapping[str, Any] = {}
    holds: tuple[str, ...] = ()
    unlike: Mapping[str, Any] = {}
    may_be_refused: bool = False


class Journey:
    """One traveller's steps. `session` and `ks` say who it is."""

    def __init__(self, context: Context, *, session: str = "admin", ks: str | None = None) -> None:
        self._context = context
        self._session = session
        self._ks = ks
        self.steps: list[Step] = []

    def call(self, ask: Ask) -> Any:
        """One call; its value. Raises Interrupted when it has none."""
        number = self._intent(ask)
        exchange = self._context.call(
            ask.service, ask.action, ask.params, session=self._session, ks=self._ks
        )
        self._outcome(ask, number, exchange)
        return self.note(ask, exchange)

    def batch(self, *asks: Ask) -> list[Any]:
        """Several calls in one request; their values."""
        numbers = [self._intent(ask) for ask in asks]
        members = {
            str(position): member(ask.service, ask.action, **ask.params)
            for position, ask in enumerate(asks, 1)
        }
        whole = self._context.call("multirequest", "", members, session=self._session, ks=self._ks)
        answers = [slot(whole, position) for position in range(1, len(asks) + 1)]
        for ask, number, exchange in zip(asks, numbers, answers, strict=True):
            self._outcome(ask, number, exchange)
        return [self.note(ask, each) for ask, each in zip(asks, answers, strict=True)]

    def until(self, ask: Ask, *, total: int | None = None) -> Any:
        """One call, again until it holds what it has to or the index must have settled."""

        def act() -> Exchange:
            return self._context.call(
                ask.service, ask.action, ask.params, session=self._session, ks=self._ks
            )

        def unsettled(exchange: Exchange) -> list[Exchange]:
            return [] if _has_settled(exchange, ask, total) else [exchange]

        return self.note(ask, self._context.settling.until(act, unsettled)[0])

    def note(self, ask: Ask, exchange: Exchange) -> Any:
        """Keep what a step was answered; its value."""
        step = Step(
            ask.what, ask.behind, exchange, ask.expected, ask.holds, ask.unlike, ask.may_be_refused
        )
        self.steps.append(step)
        if is_limit(step):
            if len(self.steps) == 1:
                raise NotApplicable(f"{exchange.action} is not for this account")
            raise Interrupted
        if is_broken(step):
            raise Interrupted
        return exchange.result.value if exchange.result is not None else None

    def _intent(self, ask: Ask) -> int | None:
        if ask.action != "add":
            return None
        provisioner = self._context.provisioner
        return provisioner.ledger.intent(ask.service, "add", marker=provisioner.names.marker)

    def _outcome(self, ask: Ask, number: int | None, exchange: Exchange) -> None:
        if number is None:
            return
        ledger = self._context.provisioner.ledger
        answer = exchange.answer
        if isinstance(answer, ApiError):
            ledger.refused(number)
        if isinstance(answer, Result) and isinstance(answer.value, dict):
            keys = addresses(
                self._context.schema.services[ask.service],
                self._context.recipe(ask.service),
                value=answer.value,
                sent=ask.params,
                entity={},
            )
            found = answer.value.get("id")
            ledger.created(number, id=found, delete_params=keys.get("delete"))


def objects_of(value: Any) -> list[dict[str, Any]]:
    """The objects of a list response or of an array."""
    found = value.get("objects") if isinstance(value, dict) else value
    items: Sequence[Any] = found if isinstance(found, list) else ()
    return [each for each in items if isinstance(each, dict)]


def _has_settled(exchange: Exchange, ask: Ask, total: int | None) -> bool:
    value = exchange.result.value if exchange.result is not None else None
    if not isinstance(value, dict):
        return True
    if total is not None and str(value.get("totalCount")) != str(total):
        return False
    held = {str(each.get("id", each.get("entryId"))) for each in objects_of(value)}
    return set(ask.holds) <= held
