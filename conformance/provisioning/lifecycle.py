"""Plays one object's life: add, get, update, delete, and what must fail in between and after."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.provisioning.life import Attempt, Lifecycle
from conformance.provisioning.stage import Stage

if TYPE_CHECKING:
    from random import Random

    from conformance.provisioning.provisioner import Caller, Provisioner

__all__ = ["Attempt", "Lifecycle", "play"]


def play(provisioner: Provisioner, call: Caller, service_id: str, *, random: Random) -> Lifecycle:
    """Play one life. Raises ProvisioningFailed when there is no object to begin with."""
    return Stage(provisioner, call, service_id.lower(), random).play()
