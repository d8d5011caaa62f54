"""What only the server may write, and what a refusal leaves as it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.oracles import crud_refusals
from conformance.plugin.check import check
from conformance.provisioning.life import stored
from conformance.suites.crud_subjects import (
    judged_attempt,
    lives,
    services_that_add,
    services_that_update,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.plugin.context import Context
    from conformance.plugin.subject import Subject
    from conformance.verdict.breach import Breach


@check(crud_refusals.read_only_is_refused_on_add, over=services_that_add, writes=True)
def test_read_only_is_refused_on_add(context: Context, subject: Subject) -> Iterator[Breach]:
    """Add an object with a property that only the server sets."""
    for life in lives(context, subject):
        for tried in life.read_only_on_add:
            attempt = judged_attempt(context, tried, "read_only_ignored", "add", life)
            if attempt is not None:
                yield from crud_refusals.read_only_is_refused_on_add(
                    attempt.exchange, attempt.kind, attempt.name
                )


@check(crud_refusals.read_only_is_refused_on_update, over=services_that_update, writes=True)
def test_read_only_is_refused_on_update(context: Context, subject: Subject) -> Iterator[Breach]:
    """Update a property that only the server sets."""
    for life in lives(context, subject):
        for tried in life.read_only_on_update:
            attempt = judged_attempt(context, tried, "read_only_ignored", "update", life)
            if attempt is not None:
                yield from crud_refusals.read_only_is_refused_on_update(
                    attempt.exchange, attempt.kind, attempt.name
                )


@check(crud_refusals.insert_only_is_refused_on_update, over=services_that_update, writes=True)
def test_insert_only_is_refused_on_update(context: Context, subject: Subject) -> Iterator[Breach]:
    """Update a property that can only be set on add."""
    for life in lives(context, subject):
        attempt = judged_attempt(
            context, life.insert_only_on_update, "insert_only_ignored", "update", life
        )
        if attempt is not None:
            yield from crud_refusals.insert_only_is_refused_on_update(
                attempt.exchange, attempt.kind, attempt.name
            )


@check(crud_refusals.refused_update_changes_nothing, over=services_that_update, writes=True)
def test_refused_update_changes_nothing(context: Context, subject: Subject) -> Iterator[Breach]:
    """Look at the object after updates that had to be refused."""
    for life in lives(context, subject):
        attempts = [a for a in (*life.read_only_on_update, life.insert_only_on_update) if a]
        if life.get_after_attempts is None or any(a.exchange.error is None for a in attempts):
            continue
        before = stored(life.get_after_empty_update or life.updated)
        # A refused time may be one that the server moves for reasons of its own.
        tried = [attempt.name for attempt in attempts if attempt.name != "updatedAt"]
        held = {name: before[name] for name in (*life.must_return, *tried) if name in before}
        yield from crud_refusals.refused_update_changes_nothing(
            held, life.get_after_attempts, life.kind or "", context.lineage
        )
