"""One admitted call: what is asked, by whom, with which decoded arguments."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from conformance.reference.behaviour import Behaviour
    from conformance.reference.families import Room
    from conformance.reference.request import Invocation
    from conformance.reference.session import Session
    from conformance.reference.world import World
    from conformance.schema.model import Action


@dataclass(frozen=True, slots=True)
class Call:
    """What every step after admission gets to see."""

    world: World
    behaviour: Behaviour
    action: Action
    session: Session
    arguments: dict[str, Any]
    invocation: Invocation

    @property
    def room(self) -> Room | None:
        """Where the service keeps its objects, if it keeps any."""
        return self.world.rooms.get(self.action.service)
