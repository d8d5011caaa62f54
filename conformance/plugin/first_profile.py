"""A first profile of a target, from what its diagnosis came to."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from conformance.plugin.diagnosis import OWN_SESSION

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from conformance.plugin.diagnosis import Step
    from conformance.profile.profile import Target


def first_profile(steps: Sequence[Step], target: Target, *, extends: str) -> str:
    """The profile as TOML, with what was seen as comments. Holds no secret."""
    return "\n".join(_lines(steps, target, extends)) + "\n"


def _lines(steps: Sequence[Step], target: Target, extends: str) -> Iterator[str]:
    told = {step.name: step for step in steps}
    yield "# Written by `kaltura-conformance init`; profiles/README.md explains every key."
    yield "# Secrets stand in the environment, never here."
    yield ""
    yield f"extends = {_text(extends)}"
    yield ""
    yield "[target]"
    yield f"url = {_text(target.url or '')}"
    yield f"partner-id = {target.partner_id}"
    if target.other_partner_id is not None:
        yield f"other-partner-id = {target.other_partner_id}"
    if "version" in told:
        yield f"version = {_text(told['version'].told)}"
    if target.schema:
        yield f"schema = {_text(target.schema)}"
    yield ""
    yield "[capabilities]"
    for key, able in _capabilities(told, target):
        yield f"{key} = {'true' if able else 'false'}"
    remarks = [step for step in steps if step.state == "limited"]
    if remarks:
        yield ""
        yield "# What the target's diagnosis remarked:"
    for step in remarks:
        yield f"# {step.name}: {_comment(step.told)}"


def _capabilities(told: dict[str, Step], target: Target) -> Iterator[tuple[str, bool]]:
    writing = [step for name, step in told.items() if name.startswith("writing")]
    tried = [step for step in writing if step.name != "writing"]
    yield "writes", any(step.state == "good" for step in tried)
    for key, step in (
        ("uploads", "writing uploadtoken"),
        ("user-sessions", "login as user"),
        ("local-sessions", OWN_SESSION),
    ):
        yield key, step in told and told[step].state == "good"
    if target.other_partner_id is not None:
        other = told.get("login as other-admin")
        yield "second-account", other is not None and other.state == "good"


def _text(value: str) -> str:
    """A basic string of TOML, which escapes as JSON does."""
    return json.dumps(value).replace("\x7f", "\\u007f")


def _comment(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
