"""One add, mended by what its errors say until the target takes it or nothing is left to try."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import structs

from conformance.provisioning.address import addresses, identity
from conformance.provisioning.failure import ProvisioningFailed
from conformance.provisioning.learning import FORBIDDEN, Mending
from conformance.provisioning.made import Made
from conformance.schema.model import Property
from conformance.wire.answer import ApiError, Result
from conformance.wire.request import Call

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from random import Random

    from conformance.provisioning.draft import Draft
    from conformance.provisioning.failure import Kind
    from conformance.provisioning.provisioner import Provisioner
    from conformance.provisioning.recipe import Need, Recipe
    from conformance.schema.model import Param, Service
    from conformance.wire.exchange import Exchange

MOST_ATTEMPTS = 8
REDRAWS = 2
INTERNAL = frozenset({"INTERNAL_SERVERL_ERROR", "INTERNAL_SERVER_ERROR"})


class Adding:
    """An add in the making. Used once, by one thread."""

    def __init__(
        self,
        provisioner: Provisioner,
        service: Service,
        recipe: Recipe,
        random: Random,
        *,
        properties: Mapping[str, Any],
        needs: Sequence[tuple[Need, Any]],
        learned: tuple[Mending, ...],
        presence: float | None,
        fixture: Callable[[str], Made],
    ) -> None:
        self._provisioner = provisioner
        self._service = service
        self._action = service.actions["add"]
        self._recipe = recipe
        self._random = random
        self._properties = properties
        self._needs = needs
        self._presence = presence
        self._fixture = fixture
        self._exchanges: list[Exchange] = []
        self.learned = learned
        self.draft = self._drafted()

    def run(self) -> Made:
        """Send it, mend it, send it again. Raises ProvisioningFailed."""
        for attempt in range(MOST_ATTEMPTS):
            made, exchange = self.send(self.draft)
            if made is not None:
                return made
            answer = exchange.answer
            if not isinstance(answer, ApiError):
                if attempt:
                    raise self._failed("no-answer", None, f"{type(answer).__name__}: {answer}")
                continue
            if answer.code in FORBIDDEN:
                raise self._failed("forbidden", answer)
            if answer.code in INTERNAL and not attempt:
                continue
            mending = self._provisioner.learning.mend(answer, self._action, self.draft)
            if mending is None or self.learned.count(mending) >= _often(mending):
                raise self._failed("refused", answer)
            self.learned = (*self.learned, mending)
            self.draft = self._mended(self.draft, mending)
        raise self._failed("refused", self._exchanges[-1].error)

    def send(self, draft: Draft) -> tuple[Made | None, Exchange]:
        """Send a draft as it is, with the ledger kept; the object, where the target made one."""
        provisioner, recipe = self._provisioner, self._recipe
        ledger, marker = provisioner.ledger, provisioner.names.marker
        number = ledger.intent(self._service.id, "add", marker=marker)
        sent = draft.sent
        exchange = provisioner.send(Call(self._service.id, "add", sent), recipe.session)
        self._exchanges.append(exchange)
        answer = exchange.answer
        if isinstance(answer, ApiError):
            ledger.refused(number)
        if not isinstance(answer, Result) or answer.value is None:
            return None, exchange
        value = answer.value
        keys = addresses(self._service, recipe, value=value, sent=draft.params, entity=draft.entity)
        made_id = identity(recipe, value, draft.params, draft.entity)
        ledger.created(number, id=made_id, delete_params=keys.get("delete"))
        made = Made(
            service=self._service.id,
            id=made_id,
            type=draft.type,
            value=value,
            sent=sent,
            entity=draft.entity,
            keys=keys,
            exchange=exchange,
            record=number,
        )
        return made, exchange

    def _drafted(self) -> Draft:
        """A fresh draft with prerequisites, what the schema demands, and what was learned."""
        drafting = self._provisioner.drafting
        draft = drafting.add(
            self._action, self._recipe, self._random, self._properties, presence=self._presence
        )
        for need, value in self._needs:
            if need.param is not None:
                draft = draft.with_param(need.param, value)
            elif need.property is not None and need.property not in self._properties:
                draft = draft.with_value(need.property, value)
        for param in self._action.params:
            if not param.optional and param.name not in {draft.holder, *draft.params}:
                draft = draft.with_param(param.name, self._param(param))
        for mending in self.learned:
            draft = self._mended(draft, mending)
        return draft

    def _mended(self, draft: Draft, mending: Mending) -> Draft:
        match mending.deed:
            case "drop" if mending.place == "params":
                return draft.without_param(mending.name)
            case "drop":
                return draft.without(mending.name)
            case "set":
                return draft.with_value(mending.name, mending.value)
            case "refer":
                return self._placed(draft, mending, self._fixture(mending.value).id)
            case "fill" if mending.place == "params":
                param = self._action.param(mending.name)
                return draft.with_param(mending.name, self._param(param)) if param else draft
            case "fill":
                return draft.with_value(mending.name, self._drawn(draft, mending.name))
            case "type":
                return structs.replace(draft, type=mending.value)
            case "redraw":
                unique = self._provisioner.names.unique()
                fresh = {name: unique for name in self._recipe.natural_keys if name in draft.entity}
                return structs.replace(draft, entity={**draft.entity, **fresh})
            case "bare":
                return draft.without(*draft.drawn)

    def _placed(self, draft: Draft, mending: Mending, value: Any) -> Draft:
        if mending.place == "params":
            return draft.with_param(mending.name, value)
        return draft.with_value(mending.name, value)

    def _param(self, param: Param) -> Any:
        """A value for a required parameter that no recipe mentions."""
        service = self._provisioner.learning.referred(param.name, self._service.id)
        if service is not None:
            return self._fixture(service).id
        prop = Property(name=param.name, type=param.type)
        try:
            return self._provisioner.drafting.drawn(prop, self._random)
        except LookupError:
            raise self._failed(
                "not-made", None, f"nothing is known to send for the parameter {param.name}"
            ) from None

    def _drawn(self, draft: Draft, name: str) -> Any:
        try:
            return self._provisioner.drafting.value(
                draft.type or "", name, self._random, self._recipe
            )
        except LookupError:
            return {}

    def _failed(self, kind: Kind, error: ApiError | None, reason: str = "") -> ProvisioningFailed:
        return ProvisioningFailed(
            self._service.id,
            kind,
            reason=reason,
            last_error=error,
            tried=tuple(map(str, self.learned)),
            exchanges=tuple(self._exchanges),
            expected=self._recipe.gated,
        )


def _often(mending: Mending) -> int:
    """How often one mending may be tried: names may be taken twice, anything else helps or not."""
    return REDRAWS if mending.deed == "redraw" else 1
