"""The options that say what is judged, how, and where the evidence goes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Command = TypeVar("Command", bound="Callable[..., Any]")

WHO = (
    click.option("--profile", metavar="NAME|FILE", help="What is known of the target."),
    click.option("--target", metavar="URL", help="The server's root; over the profile's."),
    click.option("--partner-id", type=int, metavar="N", help="The account; over the profile's."),
    click.option(
        "--other-partner-id", type=int, metavar="N", help="A second account, for isolation checks."
    ),
    click.option(
        "--schema", metavar="FILE|URL", help="The schema; else the one that the server publishes."
    ),
)

READ_ONLY = click.option("--read-only", is_flag=True, default=None, help="Make and change nothing.")

WHICH = (
    click.option(
        "--select",
        multiple=True,
        metavar="PATTERN",
        help="Requirement ids, areas, services or service.action (globs); repeatable.",
    ),
    click.option("--deselect", multiple=True, metavar="PATTERN", help="What to leave out."),
    click.option(
        "--level", type=click.Choice(["must", "should", "may"]), help="The least level judged."
    ),
    READ_ONLY,
)

INPUTS = (
    click.option("--examples", type=int, metavar="N", help="Generated inputs for each property."),
    click.option(
        "--schemathesis",
        type=int,
        metavar="N",
        help="Requests that schemathesis draws for each service.",
    ),
    click.option("--seed", type=int, metavar="N", help="The seed of all generated inputs."),
    click.option("--time-limit", type=float, metavar="SECONDS", help="Then no new check starts."),
)

PACE = (
    click.option("--workers", type=int, metavar="N", help="Checks that run at once."),
    click.option("--rate", type=float, metavar="REQUESTS_PER_SECOND", help="At most so many."),
    click.option("--output", metavar="DIR", help="The run's folder; else reports/RUN-ID."),
)

KEPT = (
    click.option(
        "--record",
        type=click.Choice(["evidence", "all"]),
        default="evidence",
        show_default=True,
        help="Which exchanges are kept whole.",
    ),
)


def run_options(command: Command) -> Command:
    """Give a command the options of a run."""
    return _given(command, WHO + WHICH + INPUTS + PACE + KEPT)


def doctor_options(command: Command) -> Command:
    """Give a command the options that say which target, and what is allowed there."""
    return _given(command, (*WHO, READ_ONLY))


def plan_options(command: Command) -> Command:
    """Give a command the options that say what is judged."""
    return _given(command, WHO + WHICH)


def certification_options(command: Command) -> Command:
    """Give a command the options of a run but for what a certification fixes."""
    return _given(command, WHO + PACE)


def _given(command: Command, options: Sequence[Callable[[Command], Command]]) -> Command:
    for option in reversed(options):
        command = option(command)
    return command
