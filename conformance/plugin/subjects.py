"""The usual sets of subjects that a check ranges over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.plugin.subject import Subject

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.plugin.scope import Scope
    from conformance.schema.model import Action

TARGET = Subject(kind="target", name="target")


def target(scope: Scope) -> Iterator[Subject]:  # noqa: ARG001 - the shape of every subject set
    """The target as a whole."""
    yield TARGET


def services(scope: Scope) -> Iterator[Subject]:
    """Every service of the schema."""
    for service in scope.schema.services.values():
        yield Subject(kind="service", name=service.id, service=service.id)


def action_subject(action: Action) -> Subject:
    """The subject of one action."""
    return Subject(kind="action", name=action.id, service=action.service, action=action.name)


def actions(scope: Scope) -> Iterator[Subject]:
    """Every action of the schema."""
    for action in scope.schema.actions:
        yield action_subject(action)


def types(scope: Scope) -> Iterator[Subject]:
    """Every class of the schema."""
    for name in scope.schema.classes:
        yield Subject(kind="type", name=name, type=name)
