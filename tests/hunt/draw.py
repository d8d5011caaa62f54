"""Which combinations of mutant and scope there are, and a sample of them by seed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.hunt.mutant import EVERYWHERE, ONE_IN_TEN, Mutant, services_of

if TYPE_CHECKING:
    from random import Random

    from conformance.schema.model import Schema

SERVICES = (
    "media", "baseentry", "data", "playlist", "category", "categoryentry", "categoryuser", "user",
    "userrole", "uiconf", "uploadtoken", "accesscontrolprofile", "accesscontrol",
    "conversionprofile", "flavorparams", "thumbparams", "thumbasset", "flavorasset",
    "caption_captionasset", "attachment_attachmentasset", "cuepoint_cuepoint",
    "annotation_annotation", "metadata_metadata", "metadata_metadataprofile", "syndicationfeed",
    "responseprofile", "apptoken", "permission", "widget", "group_group", "groupuser",
    "document_documents", "schedule_scheduleevent", "schedule_scheduleresource", "session",
    "system", "livestream", "mixing",
)  # fmt: skip
"""Services that a Community Edition server runs: where a fault may be put."""

KINDS = (EVERYWHERE, "service", ONE_IN_TEN)


@dataclass(frozen=True)
class Combination:
    """A mutant and where it is at work."""

    mutant: Mutant
    scope: str
    more: tuple[Mutant, ...] = ()
    """Others at work at the same time: variations are tried several at once."""

    @property
    def name(self) -> str:
        """The name of the mutant, or the names of all."""
        return " + ".join(each.name for each in (self.mutant, *self.more))

    @property
    def kind(self) -> str:
        """The kind of the scope."""
        return self.scope if self.scope in (EVERYWHERE, ONE_IN_TEN) else "service"


def combinations(mutants: dict[str, Mutant], schema: Schema) -> list[Combination]:
    """Every combination, in the order of the names."""
    found = []
    for name in sorted(mutants):
        mutant = mutants[name]
        found.append(Combination(mutant, EVERYWHERE))
        if mutant.area != "schema":
            found.append(Combination(mutant, ONE_IN_TEN))
        if mutant.narrow:
            services = services_of(mutant, schema, SERVICES)
            found += [Combination(mutant, service) for service in services]
    return found


def drawn(
    every: list[Combination], count: int, random: Random, kind: str | None = None
) -> list[Combination]:
    """A sample in which the kinds of scope take turns, and no mutant comes twice in a kind.

    A service is drawn after the mutant, so that mutants of many services are not favoured.
    """
    kinds = [kind] if kind else list(KINDS)
    piles: dict[str, list[Combination]] = {}
    for each in kinds:
        of_kind: dict[str, list[Combination]] = {}
        for one in every:
            if one.kind == each:
                of_kind.setdefault(one.mutant.name, []).append(one)
        names = sorted(of_kind)
        random.shuffle(names)
        piles[each] = [random.choice(of_kind[name]) for name in names]
    taken: list[Combination] = []
    while len(taken) < count and any(piles.values()):
        for each in kinds:
            if piles[each] and len(taken) < count:
                taken.append(piles[each].pop())
    return taken


def together(every: list[Combination], size: int) -> list[Combination]:
    """Variations in groups: those far apart by name, which touch different things, together."""
    count = max(1, -(-len(every) // size))
    piles = [every[start::count] for start in range(count)]
    return [
        Combination(pile[0].mutant, pile[0].scope, tuple(each.mutant for each in pile[1:]))
        for pile in piles
    ]
