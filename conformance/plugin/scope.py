"""What a plan is made from: the schema, the profile and the catalogue. No traffic, no state."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conformance.profile.profile import Profile
    from conformance.requirements.catalogue import Catalogue
    from conformance.schema.lineage import Lineage
    from conformance.schema.model import Schema


@dataclass(frozen=True, slots=True)
class Scope:
    """The fixed inputs of a run: the same scope and seed give the same plan."""

    schema: Schema
    lineage: Lineage
    profile: Profile
    catalogue: Catalogue
