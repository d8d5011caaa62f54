"""What may be called, by whom, and what must be left alone."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct, field

from conformance.profile.kinds import Glob, Notes
from conformance.profile.pattern import matches_any, nearest


class Actions(Struct, frozen=True, kw_only=True, rename="kebab", forbid_unknown_fields=True):
    """Globs over `service.action`; the most specific one that fits counts."""

    deny: Annotated[
        Notes,
        Meta(description="Never called: what it would harm (CONTRACT TRAP-16). Empty lifts."),
    ] = field(default_factory=dict)
    probe_only: Annotated[
        Notes,
        Meta(description="Only asked in ways that are refused before the action's own code runs."),
    ] = field(default_factory=dict)
    allow_destructive: Annotated[
        tuple[Glob, ...],
        Meta(description="Called in spite of the two above: for a target that is thrown away."),
    ] = ()
    no_ks_allowed: Annotated[
        Notes,
        Meta(
            description="Work, or may answer something else than a refusal, without a KS (SESS-12)."
        ),
    ] = field(default_factory=dict)
    ownership: Annotated[
        Notes,
        Meta(description="Refuse a user's KS on somebody else's object with INVALID_KS (SESS-16)."),
    ] = field(default_factory=dict)
    internal: Annotated[
        Notes,
        Meta(
            description="May refuse an ordinary account's admin: internal, or a feature it lacks."
        ),
    ] = field(default_factory=dict)

    def denied(self, action: str) -> str | None:
        """Why `service.action` must not be called at all, or None when it may be."""
        return self._unless_allowed(self.deny, action)

    def probe_only_because(self, action: str) -> str | None:
        """Why `service.action` must not be called so that it could work, or None when it may be.

        Denied actions are among these. Calls that must be refused before the action's own code
        (a missing parameter, a foreign enum value, a wrong shape) are still fine for the others.
        """
        return self.denied(action) or self._unless_allowed(self.probe_only, action)

    def _unless_allowed(self, table: Notes, action: str) -> str | None:
        reason = nearest(table, action)
        return None if not reason or matches_any(self.allow_destructive, action) else reason

    def open_without_ks(self, action: str) -> str | None:
        """Why `service.action` may answer without a KS, or None when it must refuse."""
        return nearest(self.no_ks_allowed, action) or None

    def checks_ownership(self, action: str) -> str | None:
        """Why `service.action` may answer INVALID_KS instead of SERVICE_FORBIDDEN, or None."""
        return nearest(self.ownership, action) or None

    def may_be_forbidden(self, action: str) -> str | None:
        """Why an account's admin may be refused `service.action`, or None when not."""
        return nearest(self.internal, action) or None
