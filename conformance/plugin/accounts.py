"""The accounts that a run acts as. Secrets never show in a repr."""

from __future__ import annotations

from msgspec import Struct


class Account(Struct, frozen=True):
    """One partner account with its secrets; `user_id` is the user that user sessions are for."""

    partner_id: int
    admin_secret: str
    user_secret: str | None = None
    user_id: str = "kc-user"

    @property
    def secret_of_users(self) -> str:
        """The secret for a user session: the admin secret opens both kinds (SESS-01)."""
        return self.user_secret or self.admin_secret

    def __repr__(self) -> str:
        """The partner alone."""
        return f"Account(partner_id={self.partner_id})"


class Accounts(Struct, frozen=True):
    """The judged account, and the second one that isolation checks need."""

    own: Account
    other: Account | None = None

    @property
    def secrets(self) -> tuple[str, ...]:
        """Every secret, for the redactor."""
        accounts = [self.own] + ([self.other] if self.other else [])
        return tuple(
            secret for a in accounts for secret in (a.admin_secret, a.user_secret) if secret
        )
