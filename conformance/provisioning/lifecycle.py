"""Plays one object's life: add, get, update, delete, and what must fail in between and after."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.provisioning.life import Attempt, Lifecycle, Update
from conformance.provisioning.stage import Beginning, Stage

if TYPE_CHECKING:
    from random import Random

    from conformance.provisioning.provisioner import Caller, Provisioner

__all__ = ["Attempt", "Beginning", "Lifecycle", "Update", "begin", "play"]


def begin(
    provisioner: Provisioner,
    call: Caller,
    service_id: str,
    *,
    random: Random,
    whole: bool = False,
) -> Beginning:
    """Play a life up to its first update. Raises ProvisioningFailed when there is no object.

    A `whole` one has every property that its recipe draws.
    """
    return Stage(provisioner, call, service_id.lower(), random, whole=whole).begin()


def play(provisioner: Provisioner, call: Caller, service_id: str, *, random: Random) -> Lifecycle:
    """Play one life. Raises ProvisioningFailed when there is no object to begin with."""
    return begin(provisioner, call, service_id, random=random).finish(rests=False)
