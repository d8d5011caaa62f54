"""Everything that the checks of a run share: target, traffic, provisioner, seed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from conformance.profile.pattern import matches_any
from conformance.verdict.finding import WaivedBy
from conformance.wire.answer import ApiError

if TYPE_CHECKING:
    from datetime import date

    from conformance.plugin.lifecycles import Lifecycles
    from conformance.plugin.memory import Memory
    from conformance.plugin.plan import Check
    from conformance.plugin.scope import Scope
    from conformance.plugin.settling import Settling
    from conformance.plugin.target import Target
    from conformance.plugin.traffic import Traffic
    from conformance.provisioning.provisioner import Provisioner
    from conformance.wire.exchange import Exchange

READING_ACTIONS = ("*.get", "*.list", "*.count", "*.get*", "system.*", "*.serve*")
"""Actions that change nothing: their requests may be sent again as they were."""
SESSIONS = frozenset({"admin", "user", "none", "widget", "other-admin"})
"""Whose calls can be sent again by the same caller; another KS was a check's own."""


@dataclass(frozen=True, slots=True)
class Bench:
    """One run's shared parts. Thread-safe as its parts are."""

    scope: Scope
    target: Target
    traffic: Traffic
    provisioner: Provisioner
    lifecycles: Lifecycles
    settling: Settling
    seed: int
    today: date
    memory: Memory

    def may_send_again(self, exchange: Exchange) -> bool:
        """Whether sending the request once more can change nothing: it reads, or it was refused.

        What a KS of a check's own was refused, an administrator's might carry out.
        """
        actions = self.scope.profile.actions
        if actions.denied(exchange.action):
            return False
        if matches_any(READING_ACTIONS, exchange.action):
            return not actions.probe_only_because(exchange.action)
        return isinstance(exchange.answer, ApiError) and exchange.session in SESSIONS

    def send_again(self, exchange: Exchange) -> Exchange:
        """The same call, with the same session's present KS."""
        known = exchange.session in SESSIONS
        declared = self.scope.schema.services.get(exchange.call.service.lower())
        action = declared.actions.get(exchange.call.action) if declared else None
        return self.target.send(
            exchange.call,
            form=exchange.form,
            session=exchange.session if known else "admin",
            expect_file=action is not None and action.result.kind == "file",
        )

    def waiver_for(self, check: Check) -> WaivedBy | None:
        """The profile's waiver for a breach of this check, if one holds today."""
        return self.waiver(check.requirement.id, check.subject.name)

    def waiver(self, requirement: str, subject: str) -> WaivedBy | None:
        """The profile's waiver for this requirement and subject, if one holds today."""
        waiver = self.scope.profile.waiver_for(requirement, subject, self.today)
        if waiver is None:
            return None
        return WaivedBy(
            reason=waiver.reason,
            expires=waiver.expires.isoformat(),
            issue=waiver.issue,
            owner=waiver.owner,
        )
