"""The throwaway accounts that a server is born with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from random import Random

    from conformance.reference.storage import Storage

FIRST_PARTNER = 102
SECOND_PARTNER = 103
_SECRET_BITS = 128


class Partner(Struct, frozen=True):
    """An account with its two secrets."""

    id: int
    admin_secret: str
    user_secret: str


class Partners(Struct, frozen=True):
    """The accounts by id."""

    by_id: dict[int, Partner]

    def get(self, partner_id: int) -> Partner | None:
        """The account of that id, or None."""
        return self.by_id.get(partner_id)

    def admin_secret(self, partner_id: int) -> str | None:
        """The secret that seals this account's sessions."""
        partner = self.by_id.get(partner_id)
        return partner.admin_secret if partner else None


def make_partners(storage: Storage, rng: Random) -> Partners:
    """Two accounts with random secrets; a database keeps those of its first start."""

    def secret(name: str) -> str:
        return storage.setting(name, f"{rng.getrandbits(_SECRET_BITS):032x}")

    return Partners(
        by_id={
            number: Partner(number, secret(f"admin {number}"), secret(f"user {number}"))
            for number in (FIRST_PARTNER, SECOND_PARTNER)
        }
    )
