"""What additional actions owe when they are called with objects that exist."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.oracles.claim import oracle
from conformance.oracles.codes import GONE
from conformance.oracles.comparison import changes, shown
from conformance.oracles.upload_answer import number
from conformance.verdict.breach import Breach
from conformance.wire.answer import ApiError, Result

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from conformance.schema.lineage import Lineage
    from conformance.wire.exchange import Exchange

APPROVED, REJECTED = 2, 3
"""Moderation statuses of an entry."""
COUNTS = ("totalEntryCount", "actualEntryCount", "requireTranscodingCount")


@oracle("ACT-CALL-001")
def existing_object_is_found(exchange: Exchange, own: Collection[str]) -> Iterator[Breach]:
    """An action that is asked for an existing object of its service does not miss it."""
    error = exchange.error
    if error is None or not GONE.search(error.code):
        return
    for found in sorted(set(error.args.values()) & set(own)):
        yield _breach("$", f"something about {found}", f"{error.code}: {error.message}",
                      "the object was made before and not deleted", exchange)  # fmt: skip


@oracle("ACT-CLONE-001")
def clone_is_another_object(clone: Exchange, original: str) -> Iterator[Breach]:
    """A clone has an id of its own."""
    copied = _object(clone)
    if copied is None:
        yield _not_done(clone, "the copy")
    elif copied.get("id") in (None, "") or str(copied["id"]) == original:
        yield _breach("$.id", f"another id than {original}", shown(copied.get("id")), "", clone)


@oracle("ACT-CLONE-002")
def clone_is_like_its_original(
    clone: Exchange, expected: Mapping[str, Any], kind: str, lineage: Lineage
) -> Iterator[Breach]:
    """A clone has the class and the properties of its original."""
    copied = _object(clone)
    if copied is None:
        return
    if copied.get("objectType") not in (None, kind):
        yield _breach("$.objectType", kind, shown(copied["objectType"]), "", clone)
    for change in changes(expected, copied, kind, lineage):
        yield _breach(change.path, change.expected, change.actual, "", clone)


@oracle("ACT-CLONE-003")
def clone_stays(clone: Exchange, get: Exchange) -> Iterator[Breach]:
    """A clone can be got by the id that was answered."""
    copied = _object(clone)
    if copied is None:
        return
    read = _object(get)
    if read is None:
        yield _not_done(get, f"the object {copied.get('id')}", clone)
    elif str(read.get("id")) != str(copied.get("id")):
        yield _breach("$.id", shown(copied.get("id")), shown(read.get("id")), "", clone, get)


@oracle("ACT-STATUS-001")
def new_status_is_stored(update: Exchange, get: Exchange, status: Any) -> Iterator[Breach]:
    """A status that updateStatus took is what get answers."""
    read = _object(get)
    if update.result is None or read is None:
        return
    if str(read.get("status")) != str(status):
        yield _breach("$.status", shown(status), shown(read.get("status")), "", update, get)


@oracle("ACT-IDS-001")
def asked_ids_are_answered(
    answered: Exchange, living: Collection[str], others: Collection[str]
) -> Iterator[Breach]:
    """getByIds answers the objects that exist, each once, and passes over the ids of nothing."""
    value = answered.result.value if answered.result is not None else None
    if isinstance(answered.answer, ApiError):
        yield _not_done(answered, "the objects")
        return
    if value in (None, ""):
        value = []
    if not isinstance(value, list):
        return
    ids = [str(each.get("id")) for each in value if isinstance(each, dict)]
    for missing in sorted(set(living) - set(ids)):
        yield _breach("$", f"{missing} among them", shown(ids), "", answered)
    for stray in sorted(set(ids) - set(living)):
        hint = "it was deleted, or never was" if stray in others else "nobody asked for it"
        yield _breach("$", f"without {stray}", shown(ids), hint, answered)
    if len(ids) != len(set(ids)):
        yield _breach("$", "each object once", shown(ids), "", answered)


@oracle("ACT-MODERATE-001")
def moderation_is_stored(act: Exchange, get: Exchange, status: int) -> Iterator[Breach]:
    """An entry that was approved or rejected says so."""
    if act.error is not None:
        if "INTERNAL" not in act.error.code:
            yield _not_done(act, "null")
        return
    entry = _object(get)
    if entry is not None and number(entry.get("moderationStatus")) != status:
        yield _breach(
            "$.moderationStatus", str(status), shown(entry.get("moderationStatus")), "", act, get
        )


@oracle("ACT-REFERENCE-001")
def reference_leads_to_its_entry(
    listed: Exchange, entry_id: str, reference: str
) -> Iterator[Breach]:
    """listByReferenceId answers the entries of that reference id, and no others."""
    answer = _object(listed)
    if answer is None:
        yield _not_done(listed, "a list")
        return
    objects = answer.get("objects")
    entries = [e for e in objects if isinstance(e, dict)] if isinstance(objects, list) else []
    if entry_id not in {str(entry.get("id")) for entry in entries}:
        yield _breach("$.objects", f"{entry_id} among them", shown(len(entries)), "", listed)
    for index, entry in enumerate(entries):
        if entry.get("referenceId") not in (None, reference):
            yield _breach(
                f"$.objects[{index}].referenceId", repr(reference), shown(entry["referenceId"]),
                "", listed,
            )  # fmt: skip


@oracle("ACT-FEED-001")
def feed_counts_its_entries(counted: Exchange) -> Iterator[Breach]:
    """A feed's counts are there and are no negative numbers."""
    counts = _object(counted)
    if counts is None:
        yield _not_done(counted, "the counts")
        return
    for name in COUNTS:
        found = number(counts.get(name))
        if found is None or found < 0:
            yield _breach(f"$.{name}", "0 or more", shown(counts.get(name)), "", counted)


@oracle("ACT-FEED-002")
def conversion_is_requested_quietly(requested: Exchange) -> Iterator[Breach]:
    """requestConversion of a feed answers a text, mostly an empty one."""
    value = requested.result.value if requested.result is not None else None
    if isinstance(requested.answer, ApiError):
        yield _not_done(requested, "a text")
    elif requested.result is not None and value is not None and not isinstance(value, str):
        yield _breach("$", "a text", shown(value), "", requested)


@oracle("ACT-DEFAULT-001")
def default_profile_is_the_default(got: Exchange) -> Iterator[Breach]:
    """The default conversion profile says that it is the default."""
    profile = _object(got)
    if profile is not None and profile.get("isDefault") in (False, 0, "0", "false"):
        yield _breach("$.isDefault", "true", shown(profile["isDefault"]), "", got)


@oracle("ACT-ASSETS-001")
def fresh_entry_has_no_assets(listed: Exchange) -> Iterator[Breach]:
    """An entry without content has no flavors and no thumbnails of its own."""
    answer = listed.answer
    if isinstance(answer, ApiError):
        yield _not_done(listed, "an empty list")
    elif isinstance(answer, Result) and answer.value not in (None, "") and list(answer.value):
        yield _breach("$", "an empty list", shown(answer.value), "", listed)


def _not_done(exchange: Exchange, expected: str, *more: Exchange) -> Breach:
    answer = exchange.answer
    actual = shown(getattr(answer, "value", None))
    if isinstance(answer, ApiError):
        actual = f"error {answer.code}: {answer.message}"
    return _breach("$", expected, actual, "", *more, exchange)


def _object(exchange: Exchange) -> dict[str, Any] | None:
    value = exchange.result.value if exchange.result is not None else None
    return value if isinstance(value, dict) else None


def _breach(where: str, expected: str, actual: str, hint: str, *exchanges: Exchange) -> Breach:
    numbers = tuple(exchange.number for exchange in exchanges)
    return Breach(where, expected, actual, hint, exchanges=numbers)
