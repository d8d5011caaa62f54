from __future__ import annotations

from typing import Any

from conformance.provisioning.ledger import Ledger, read_leftovers


def test_an_intent_is_written_before_anything_else_is_known() -> None:
    """A run that is killed while its add is under way leaves a line to search by."""
    events: list[dict[str, Any]] = []
    ledger = Ledger(events.append, clock=lambda: 5.0)

    ledger.intent("media", "add", marker="kc-1")

    assert events == [
        {"event": "intent", "number": 1, "service": "media", "action": "add", "marker": "kc-1",
         "at": 5.0}
    ]  # fmt: skip
    assert not ledger.leftovers[0].certain


def test_a_removed_object_is_no_leftover() -> None:
    """What was created and removed leaves nothing, neither in memory nor for a later reader."""
    events: list[dict[str, Any]] = []
    ledger = Ledger(events.append)
    kept, gone = (ledger.intent("media", "add", marker="kc-1") for _ in range(2))
    ledger.created(kept, id="0_a", delete_params={"entryId": "0_a"})
    ledger.created(gone, id="0_b", delete_params={"entryId": "0_b"})

    ledger.removed(gone)

    assert [entry.id for entry in ledger.leftovers] == ["0_a"]
    assert read_leftovers(events) == ledger.leftovers


def test_a_refused_add_leaves_nothing() -> None:
    """An error means that there is no object."""
    ledger = Ledger(lambda _: None)

    ledger.refused(ledger.intent("media", "add", marker="kc-1"))

    assert ledger.leftovers == ()


def test_removing_twice_writes_once() -> None:
    """The file tells each removal one time, however often it is reported."""
    events: list[dict[str, Any]] = []
    ledger = Ledger(events.append)
    number = ledger.intent("media", "add", marker="kc-1")
    ledger.created(number, id="0_a", delete_params=None)

    ledger.removed(number)
    ledger.removed(number)

    assert [event["event"] for event in events] == ["intent", "created", "removed"]
