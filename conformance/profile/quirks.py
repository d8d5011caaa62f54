"""How a product departs from what one would expect of it, as data (CONTRACT section 11).

A quirk widens what is right; it never demands the odd behaviour.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct, field

from conformance.profile.kinds import Codes, Glob, Notes
from conformance.profile.pattern import matches_any, nearest


def _notes(description: str) -> Meta:
    return Meta(description=description)


class Quirks(Struct, frozen=True, kw_only=True, rename="kebab", forbid_unknown_fields=True):
    """Departures by name. Keys of a table are globs, its values say why and by what rule."""

    loose_scalars: Annotated[
        bool, _notes("Numbers may come as text, booleans as numbers and the like (WIRE-47).")
    ] = True
    extra_properties: Annotated[
        bool, _notes("Answers may hold properties that the schema does not name (WIRE-49).")
    ] = True
    stale_schema: Annotated[
        bool, _notes("A plugin's service of the schema may be missing (TRAP-03).")
    ] = False

    not_found: Annotated[
        Codes,
        _notes("By `service.action`: the codes for an unknown id (ERR-30). `null`: a null result."),
    ] = field(default_factory=dict)
    template_skip: Annotated[
        Notes, _notes("Codes whose message and arguments are not compared (ERR-34).")
    ] = field(default_factory=dict)
    odd_codes: Annotated[
        Notes,
        _notes("By `service.action`: may answer a code that is no upper-case token (ERR-07)."),
    ] = field(default_factory=dict)
    remapped_errors: Annotated[
        Notes, _notes("By `service.action`: errors are hidden or replaced on purpose (ERR-09).")
    ] = field(default_factory=dict)
    internal_errors: Annotated[
        Notes, _notes("By `service.action`: known to answer INTERNAL_SERVERL_ERROR (TRAP-21).")
    ] = field(default_factory=dict)
    bare_answers: Annotated[
        Notes,
        _notes("By `service.action`: an empty body, a web page, a redirect or another status."),
    ] = field(default_factory=dict)

    unpublished_values: Annotated[
        Notes, _notes("By `Class.property`: values outside the published enum occur.")
    ] = field(default_factory=dict)
    untyped_properties: Annotated[
        Notes,
        _notes(
            "By `Class.property`: the value is not of the published type. "
            "`Class.objectType`: what is answered for it calls itself another class."
        ),
    ] = field(default_factory=dict)

    read_only_ignored: Annotated[
        Notes,
        _notes("By `service.action` or `service.action:property`: read-only input is not refused."),
    ] = field(default_factory=dict)
    insert_only_ignored: Annotated[
        Notes,
        _notes(
            "By `service.action` or `service.action:property`: insert-only input is not refused."
        ),
    ] = field(default_factory=dict)
    ignored_input: Annotated[
        Notes, _notes("By `service.property`: what is sent is dropped without a word (CRUD-11).")
    ] = field(default_factory=dict)
    normalised: Annotated[
        Notes,
        _notes(
            "By `Class.property`: stored otherwise than sent in a way that the suite does not know "
            "(CRUD-13); not compared."
        ),
    ] = field(default_factory=dict)
    kept_after_delete: Annotated[
        Notes, _notes("By service: an object stays readable after its deletion (CRUD-16).")
    ] = field(default_factory=dict)
    natural_keys: Annotated[
        Codes, _notes("By service: the codes for adding the same thing again (CRUD-18).")
    ] = field(default_factory=dict)

    indexed: Annotated[
        Notes, _notes("By service: its lists come from an index and lag behind writes (LIST-20).")
    ] = field(default_factory=dict)
    mandatory_filter: Annotated[
        Codes, _notes("By `service.action`: the codes for a list without its filter (LIST-19).")
    ] = field(default_factory=dict)
    hidden_by_default: Annotated[
        Notes, _notes("By service: a list without a status filter hides fresh objects (LIST-17).")
    ] = field(default_factory=dict)
    no_objects: Annotated[
        Notes, _notes("By `service.action`: an empty list may lack `objects` (LIST-01).")
    ] = field(default_factory=dict)
    pager_ignored: Annotated[
        Notes, _notes("By `service.action`: the pager does not limit the objects (LIST-07).")
    ] = field(default_factory=dict)
    filter_ignored: Annotated[
        Notes, _notes("By `service.action`: the filter does not restrict the list (LIST-07).")
    ] = field(default_factory=dict)
    filters_known: Annotated[
        dict[Glob, tuple[Glob, ...]],
        _notes(
            "By `service.action`: the filter properties that are known to select; others may be "
            "offered and do nothing (LIST-10)."
        ),
    ] = field(default_factory=dict)
    total_count_loose: Annotated[
        Notes, _notes("By `service.action`: totalCount is not the number of matches (LIST-05).")
    ] = field(default_factory=dict)
    page_size: Annotated[
        dict[Glob, Annotated[int, Meta(ge=1, le=100_000)]],
        _notes("By `service.action`: its own default page size (LIST-07)."),
    ] = field(default_factory=dict)
    order_loose: Annotated[
        Notes, _notes("By `service.action:property`: an order that is not kept (LIST-16).")
    ] = field(default_factory=dict)

    shared_objects: Annotated[
        Notes, _notes("By service: reads also show partner 0's global objects (SESS-15).")
    ] = field(default_factory=dict)
    isolation_exempt: Annotated[
        Notes, _notes("By `service.action`: may show another account's objects (TRAP-20).")
    ] = field(default_factory=dict)
    shared_ids: Annotated[
        Notes, _notes("By service: takes ids of a sibling service over the same table (INH-17).")
    ] = field(default_factory=dict)
    foreign_types: Annotated[
        Notes, _notes("By `service.action`: takes objects of sibling types as well (INH-08).")
    ] = field(default_factory=dict)

    def not_found_codes(self, action: str) -> tuple[str, ...]:
        """The codes that `service.action` answers for an unknown id; empty when none are known."""
        return nearest(self.not_found, action) or ()

    def selects(self, action: str, name: str) -> bool:
        """Whether that property of the filter of `service.action` is known to select."""
        return matches_any(nearest(self.filters_known, action) or (), name)

    def why(self, quirk: str, *names: str) -> str | None:
        """Why a quirk holds of the first name that its table knows, or None.

        `quirk` is the field's name, for example `why("indexed", service)`.
        """
        table: Notes = getattr(self, quirk)
        return next((reason for name in names if (reason := nearest(table, name))), None)
