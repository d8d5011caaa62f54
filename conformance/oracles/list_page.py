"""What a server owes when a list is read page by page (CONTRACT LIST-02…05, OBSERVED 28).

All of it is judged on lists that ask for objects of the run alone, so that nobody else's writing
changes what is right. `names` are the properties that tell one object from another.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.oracles.claim import oracle
from conformance.oracles.list_answer import breach, identities, page_of, refused

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from conformance.verdict.breach import Breach
    from conformance.wire.exchange import Exchange

DEFAULT_HINT = "a page has 30 objects unless the pager asks for another size"


@oracle("LIST-PAGE-001")
def page_has_its_default_size(listed: Exchange, *, size: int, known: int = 0) -> Iterator[Breach]:
    """Without a pager, a page holds 30 objects at most, and 30 where there are as many.

    `known` is how many objects match for certain, where the list asks for these alone.
    """
    page = page_of(listed)
    if page is None:
        return
    found = len(page.objects)
    if found > size:
        yield breach("$.objects", f"{size} objects at most", str(found), DEFAULT_HINT, listed)
    elif known and found < min(size, known):
        yield breach("$.objects", f"{min(size, known)} objects", str(found), DEFAULT_HINT, listed)


@oracle("LIST-PAGE-002")
def page_has_the_asked_size(
    listed: Exchange, *, size: int, left: int, expected_of: str = ""
) -> Iterator[Breach]:
    """A page holds as many objects as were asked for, or what is left.

    `left` is how many matching objects come on this page and after it.
    """
    yield from refused(listed, f"a page of {size}")
    page = page_of(listed)
    if page is not None and len(page.objects) != min(size, left):
        expected = f"{min(size, left)} objects{expected_of}"
        yield breach("$.objects", expected, str(len(page.objects)), "", listed)


@oracle("LIST-PAGE-003")
def page_past_the_end_is_empty(listed: Exchange, *, total: int | None) -> Iterator[Breach]:
    """A page past the end has no objects, and the usual total (None: the total is not judged)."""
    yield from refused(listed, "an empty page")
    page = page_of(listed)
    if page is None:
        return
    if page.objects:
        hint = "is the page's index ignored?"
        yield breach("$.objects", "no object", str(len(page.objects)), hint, listed)
    if total is not None and page.total != total:
        yield breach("$.totalCount", str(total), str(page.total), "the total of page 1", listed)


@oracle("LIST-PAGE-004")
def pages_are_disjoint(pages: Sequence[Exchange], names: Sequence[str]) -> Iterator[Breach]:
    """No object comes twice, on one page or on two."""
    first: dict[str, Exchange] = {}
    for page in pages:
        for index, one in enumerate(identities(page, names)):
            if one in first:
                yield breach(f"$.objects[{index}]", f"{one} once", "again", "", first[one], page)
            first.setdefault(one, page)


@oracle("LIST-PAGE-005")
def pages_are_complete(
    pages: Sequence[Exchange], names: Sequence[str], expected: Collection[str]
) -> Iterator[Breach]:
    """All pages together hold every object that matches, and no other."""
    found = {one for page in pages for one in identities(page, names)}
    if any(page_of(page) is None for page in pages):
        return
    for one in sorted(set(expected) - found):
        yield breach("$.objects", f"{one} on one of the pages", "on none", "", *pages)
    for one in sorted(found - set(expected)):
        yield breach("$.objects", "the objects that were asked for", f"{one} as well", "", *pages)


@oracle("LIST-PAGE-006")
def page_without_a_size_holds_all(listed: Exchange, *, expected: int) -> Iterator[Breach]:
    """A page size of 0 or less means the largest page, of which there is only one."""
    yield from refused(listed, "the largest page")
    page = page_of(listed)
    if page is not None and len(page.objects) != expected:
        yield breach("$.objects", f"{expected} objects", str(len(page.objects)), "", listed)


@oracle("LIST-PAGE-007")
def index_below_one_is_the_first_page(
    listed: Exchange, first: Exchange, names: Sequence[str]
) -> Iterator[Breach]:
    """A page index below 1 means the first page."""
    yield from refused(listed, "the first page")
    page, same = page_of(listed), page_of(first)
    if page is None or same is None:
        return
    found, expected = identities(listed, names), identities(first, names)
    if found != expected:
        yield breach("$.objects", ", ".join(expected), ", ".join(found), "", first, listed)


@oracle("LIST-PAGE-008")
def page_has_a_largest_size(listed: Exchange, *, largest: int, expected: int) -> Iterator[Breach]:
    """A larger size than 500 is not refused, and means 500."""
    yield from refused(listed, f"a page of {largest} at most")
    page = page_of(listed)
    if page is None:
        return
    found = len(page.objects)
    if found > largest:
        yield breach("$.objects", f"{largest} objects at most", str(found), "", listed)
    elif found < expected:
        yield breach("$.objects", f"{expected} objects", str(found), "", listed)


@oracle("LIST-TOTAL-001")
def total_is_the_same_on_every_page(pages: Sequence[Exchange]) -> Iterator[Breach]:
    """totalCount does not depend on the page that was asked for."""
    totals = [(page.total, each) for each in pages if (page := page_of(each)) is not None]
    for total, each in totals[1:]:
        expected, first = totals[0]
        if total != expected:
            yield breach("$.totalCount", str(expected), str(total), "", first, each)


@oracle("LIST-TOTAL-002")
def total_counts_what_matches(listed: Exchange, *, expected: int) -> Iterator[Breach]:
    """totalCount is the number of all objects that match."""
    yield from refused(listed, "a list")
    page = page_of(listed)
    if page is not None and page.total != expected:
        yield breach("$.totalCount", str(expected), str(page.total), "", listed)


@oracle("LIST-TOTAL-003")
def page_holds_no_more_than_the_total(listed: Exchange) -> Iterator[Breach]:
    """A page never holds more objects than totalCount says there are."""
    page = page_of(listed)
    if page is not None and page.total is not None and len(page.objects) > page.total:
        expected = f"at least {len(page.objects)}"
        yield breach("$.totalCount", expected, str(page.total), "", listed)
