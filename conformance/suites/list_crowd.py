"""More objects of one service than a page holds: made once a run, and once more for each look."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from conformance.oracles import list as oracles
from conformance.oracles.list_answer import identities
from conformance.plugin.check import NotApplicable
from conformance.suites.list_listing import Asking, Listing, asking, listing_of
from conformance.suites.list_population import Member, ask, until
from conformance.suites.shared import Shared

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.plugin.context import Context
    from conformance.plugin.subject import Subject
    from conformance.verdict.breach import Breach
    from conformance.wire.exchange import Exchange

MORE_THAN_A_PAGE = 3
A_USUAL_BOUND = 100
"""Where other servers cut a page, whatever is asked for; this one has to go up to 500."""


class _Crowd(Struct, frozen=True):
    """Who they are, and how the list is asked for them alone."""

    listing: Listing
    asking: Asking
    ids: frozenset[str]
    settled_at: float


class Crowd:
    """A crowd as one check sees it."""

    def __init__(self, context: Context, held: _Crowd) -> None:
        self._context = context
        self._held = held

    def without_pager(self, size: int) -> Iterator[Breach]:
        """Breaches of a list that is asked for without a pager."""
        known = len(self._held.ids)
        yield from self._judged(
            lambda: self._ask(None),
            lambda listed: oracles.page_has_its_default_size(listed, size=size, known=known),
        )

    def page_by_page(self, size: int) -> Iterator[Breach]:
        """Breaches of all pages together, asked for by their index alone."""
        pages = math.ceil(len(self._held.ids) / size)
        last: list[Exchange] = []

        def act() -> Exchange:
            last[:] = [self._ask({"pageIndex": index}) for index in range(1, pages + 1)]
            return last[-1]

        yield from self._judged(
            act,
            lambda _: oracles.pages_are_complete(last, self._held.listing.names, self._held.ids),
        )

    def on_one_page(self) -> Iterator[Breach]:
        """Breaches of a page that has room for all of them, and as much again."""
        known = len(self._held.ids)
        yield from self._judged(
            lambda: self._ask({"pageSize": 2 * known}),
            lambda listed: oracles.page_has_the_asked_size(listed, size=2 * known, left=known),
        )

    def _ask(self, pager: dict[str, Any] | None) -> Exchange:
        listing = self._held.listing
        params: dict[str, Any] = {str(listing.filter_param): dict(self._held.asking.filter)}
        if pager is not None:
            params[str(listing.pager_param)] = pager
        return self._context.call(listing.service, "list", params)

    def _judged(self, act: Any, judge: Any) -> tuple[Breach, ...]:
        found: tuple[Breach, ...] = until(
            self._context, act, judge, deadline=self._held.settled_at
        )[1]
        return found


def crowd(context: Context, subject: Subject) -> Crowd:
    """The service's crowd; NotApplicable where its list cannot be asked for it alone."""
    return Crowd(context, _CROWDS.of(context, subject.name))


def _gathered(context: Context, service: str) -> _Crowd:
    listing = listing_of(context.schema, context.lineage, context.recipe(service))
    if listing is None or listing.pager_param is None:
        raise NotApplicable("its list cannot be asked for certain objects")
    size = max(context.profile.limits.page_size, A_USUAL_BOUND) + MORE_THAN_A_PAGE
    made = [context.make(service) for _ in range(size)]
    members = [
        Member(each, str(each.id), each.value if isinstance(each.value, dict) else {}, None)
        for each in made
    ]
    asked = asking(context, listing, members)
    if asked is None or not asked.exact:
        raise NotApplicable("its list cannot be asked for certain objects alone")
    ids = frozenset(member.who for member in members)
    deadline = context.settling.deadline
    pages: list[Exchange] = []

    def look() -> Exchange:
        """A page for all, and where it lacks some, the pages as they come without a size.

        A page that is cut shorter than was asked for is to be judged, not taken for a late index.
        """
        pages[:] = [ask(context, listing, asked, pager={"pageSize": 2 * size})]
        if ids.difference(identities(pages[0], listing.names)):
            count = math.ceil(size / context.profile.limits.page_size)
            pages.extend(
                ask(context, listing, asked, pager={"pageIndex": index})
                for index in range(1, count + 1)
            )
        return pages[-1]

    _, missing = until(
        context,
        look,
        lambda _: ids.difference(*(identities(page, listing.names) for page in pages)),
        deadline=deadline,
    )
    if missing:
        raise NotApplicable("its list does not show all of them; another requirement judges that")
    indexed = context.profile.quirks.why("indexed", service) is not None
    return _Crowd(listing, asked, ids, deadline if indexed else 0.0)


_CROWDS: Shared[_Crowd] = Shared(_gathered)
