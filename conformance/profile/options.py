"""What the command line changes of a profile: later than any file, and named as the origin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.exceptions import ProfileError, did_you_mean
from conformance.profile.checking import check
from conformance.profile.document import merged
from conformance.profile.resolved import Resolved, resolve

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.profile.resolved import Key

OPTIONS: dict[str, Key] = {
    "target": ("target", "url"),
    "partner-id": ("target", "partner-id"),
    "other-partner-id": ("target", "other-partner-id"),
    "schema": ("target", "schema"),
    "select": ("selection", "select"),
    "deselect": ("selection", "deselect"),
    "level": ("selection", "level"),
    "examples": ("limits", "examples"),
    "schemathesis": ("generation", "schemathesis"),
    "time-limit": ("limits", "time-limit-seconds"),
    "workers": ("limits", "workers"),
    "rate": ("limits", "rate"),
    "read-only": ("capabilities", "writes"),
}
"""The options of `run` that stand for a key of the profile."""


def with_options(resolved: Resolved, options: Mapping[str, Any]) -> Resolved:
    """The profile with the options that were given; None and empty lists were not.

    `--select` replaces what the profile selects; `--deselect` adds to what it leaves out, because
    a profile's reason for leaving something out still holds. Raises ProfileError.
    """
    for name, value in options.items():
        if name not in OPTIONS:
            raise ProfileError(
                "no such option", place=f"--{name}", hint=did_you_mean(name, OPTIONS)
            )
        # Not `in`: a rate of 0.0 equals False, and has to be refused instead of ignored.
        if value is None or value is False or (isinstance(value, list | tuple) and not value):
            continue
        key = OPTIONS[name]
        if name == "read-only":
            value = False  # noqa: PLW2901 - the option says the opposite of the key
        if name == "deselect":
            value = [*resolved.profile.selection.deselect, *value]  # noqa: PLW2901 - see above
        resolved = with_values(resolved, {key: value}, origin=f"--{name}")
    return resolved


def with_values(resolved: Resolved, values: Mapping[Key, Any], *, origin: str) -> Resolved:
    """The profile with these values over its own. Raises ProfileError whose place is the origin."""
    table = resolved.document
    for key, value in values.items():
        layer: Any = list(value) if isinstance(value, tuple) else value
        for part in reversed(key):
            layer = {part: layer}
        try:
            check(layer, place=origin)
        except ProfileError as error:
            raise ProfileError(error.problem, place=origin, hint=error.hint) from error
        table = merged(table, layer)
    return resolve(
        table,
        resolved.origins | dict.fromkeys(values, origin),
        chain=resolved.chain,
        folders=resolved.folders,
    )
