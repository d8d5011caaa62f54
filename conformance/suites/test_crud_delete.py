"""Deletes: what is gone, and that nothing else is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.oracles import crud_delete
from conformance.plugin.check import check
from conformance.provisioning.life import stored
from conformance.suites.crud_subjects import (
    lives,
    may_be_refused,
    not_found,
    services_that_delete,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.plugin.context import Context
    from conformance.plugin.subject import Subject
    from conformance.verdict.breach import Breach


@check(crud_delete.delete_touches_no_other_object, over=services_that_delete, writes=True)
def test_delete_touches_no_other_object(context: Context, subject: Subject) -> Iterator[Breach]:
    """Read another object after the delete."""
    for life in lives(context, subject):
        # Whether it was there before does not matter: an earlier delete may have taken it along.
        can_read = bool(stored(life.get))
        if life.bystander is not None and life.bystander_after_delete is not None and can_read:
            yield from crud_delete.delete_touches_no_other_object(
                life.bystander_after_delete, life.bystander.id
            )


@check(crud_delete.delete_is_accepted, over=services_that_delete, writes=True)
def test_delete_is_accepted(context: Context, subject: Subject) -> Iterator[Breach]:
    """Delete the object."""
    for life in lives(context, subject):
        if life.delete is None or may_be_refused(context, life.delete):
            continue
        if life.recipe.proven:
            yield from crud_delete.delete_is_accepted(life.delete)


@check(crud_delete.deleted_object_is_not_found, over=services_that_delete, writes=True)
def test_deleted_object_is_not_found(context: Context, subject: Subject) -> Iterator[Breach]:
    """Get the object that was deleted."""
    for life in lives(context, subject):
        codes = not_found(context, life, "get")
        if life.delete is not None and life.get_after_delete is not None:
            yield from crud_delete.deleted_object_is_not_found(
                life.delete, life.get_after_delete, codes
            )


@check(crud_delete.deleted_object_cannot_be_updated, over=services_that_delete, writes=True)
def test_deleted_object_cannot_be_updated(context: Context, subject: Subject) -> Iterator[Breach]:
    """Update the object that was deleted."""
    for life in lives(context, subject):
        codes = not_found(context, life, "update")
        if life.delete is not None and life.update_after_delete is not None:
            yield from crud_delete.deleted_object_cannot_be_updated(
                life.delete, life.update_after_delete, codes
            )


@check(crud_delete.second_delete_fails, over=services_that_delete, writes=True)
def test_second_delete_fails(context: Context, subject: Subject) -> Iterator[Breach]:
    """Delete the object that was deleted."""
    for life in lives(context, subject):
        codes = not_found(context, life, "delete")
        if life.delete is not None and life.second_delete is not None:
            yield from crud_delete.second_delete_fails(life.delete, life.second_delete, codes)
