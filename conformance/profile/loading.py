"""From a profile's name to the resolved profile: find, read, check, and climb `extends`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.exceptions import ProfileError
from conformance.profile import document
from conformance.profile.checking import check
from conformance.profile.location import find, folder
from conformance.profile.options import with_values
from conformance.profile.resolved import Resolved, origins_of, resolve

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from conformance.profile.resolved import Key

OTHER_PARTNER_ID = "KALTURA_CONFORMANCE_OTHER_PARTNER_ID"

WITH_TARGET = "ce"
"""What is used when a target is named and no profile."""
WITHOUT_TARGET = "reference"
"""What is used for the embedded server."""


def default_profile(target: str | None) -> str:
    """The profile that is used when none is named."""
    return WITHOUT_TARGET if target is None else WITH_TARGET


def load_profile(name_or_path: str, *, environ: Mapping[str, str]) -> Resolved:
    """The resolved profile of that name or path.

    Of the environment only the second account's id is read. Raises ProfileError.
    """
    layers = _layers(name_or_path)
    table: dict[str, Any] = {}
    origins: dict[Key, str] = {}
    for layer in layers:
        table = document.merged(table, layer.table)
        origins |= origins_of(layer.table, layer.place)
    resolved = resolve(
        table,
        origins,
        chain=tuple(layer.place for layer in layers),
        folders={layer.place: layer.folder for layer in layers},
    )
    return _with_second_account(resolved, environ)


class _Layer:
    """One file of the chain."""

    def __init__(self, path: Path) -> None:
        ours = path.parent == folder()
        self.place = f"profiles/{path.name}" if ours else str(path)
        self.folder = path.parent
        self.identity = path.resolve()
        self.table = document.read(path, place=self.place)
        check(self.table, place=self.place)


def _layers(name_or_path: str) -> list[_Layer]:
    """The files from the base to the one that was asked for."""
    layers = [_Layer(find(name_or_path))]
    while "extends" in layers[0].table:
        child = layers[0]
        layers.insert(0, _Layer(_parent_of(child)))
        if any(layers[0].identity == each.identity for each in layers[1:]):
            ring = " -> ".join(each.place for each in reversed(layers))
            raise ProfileError(f"a circle: {ring}", place=f"{child.place}: extends")
    return layers


def _parent_of(child: _Layer) -> Path:
    try:
        return find(child.table["extends"], beside=child.folder)
    except ProfileError as error:
        problem = f"{error.place}: {error.problem}" if error.place else error.problem
        raise ProfileError(problem, place=f"{child.place}: extends", hint=error.hint) from error


def _with_second_account(resolved: Resolved, environ: Mapping[str, str]) -> Resolved:
    text = environ.get(OTHER_PARTNER_ID)
    if text is None:
        return resolved
    if not text.strip().isascii() or not text.strip().isdigit():
        raise ProfileError(f"expected a partner id, got {text!r}", place=OTHER_PARTNER_ID)
    key = ("target", "other-partner-id")
    return with_values(resolved, {key: int(text)}, origin=OTHER_PARTNER_ID)
