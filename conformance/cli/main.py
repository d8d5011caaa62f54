"""The entry point: finds a command's module when it is asked for, and turns errors into exit codes.

Commands are not imported for `--help`: pytest, Hypothesis and httpx would make it ten times slower.
"""

from __future__ import annotations

import os
import sys
import traceback
from importlib import import_module
from typing import TYPE_CHECKING, Any

import click

from conformance import __version__
from conformance.exceptions import ConformanceError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

COMMANDS: Mapping[str, tuple[str, str]] = {
    "run": ("run", "Judge a target; with no option, the embedded server."),
    "certify": ("certify", "Judge a target by all that is required, and sign a certificate."),
    "doctor": ("doctor", "Reach a target step by step, and say what to mend."),
    "init": ("init", "Write a first profile of a target, by asking it."),
    "list": ("listing", "List requirements, services, actions, checks, faults or profiles."),
    "explain": ("explain", "Tell all about a requirement."),
    "replay": ("replay", "Send the calls of a finding again."),
    "report": ("report", "Make a run's reports: a page, JUnit, CTRF, Markdown, HAR and more."),
    "serve": ("serve", "Run the embedded server alone."),
    "prove": ("prove", "Run the suite against each seeded fault: the detection score."),
    "diff": ("diff", "Tell what changed from one run to another."),
    "verify": ("verify", "Check a certificate offline, and judge its record again."),
    "schema": ("schema", "Show, lint or compare schemas."),
    "clean": ("clean", "Remove what a run left on its target."),
}
"""Each command's module in this room, and what `--help` says of it."""

INTERRUPTED = 130
OUR_FAULT = 4
"""Nothing could be decided: the exit of an error that we did not foresee."""


class LazyGroup(click.Group):
    """A group that imports a command's module only when the command is run."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """The commands, in the order in which one meets them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The command's `command`, or None."""
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"conformance.cli.{COMMANDS[cmd_name][0]}")
        command: click.Command = module.command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, with a guess at what was meant."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            hint = did_you_mean(args[0], COMMANDS)
            ctx.fail(f"no command '{args[0]}'. {hint}".rstrip())
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="kaltura-conformance")
def program() -> None:
    """Judge whether a server honours the Kaltura API v3, with evidence.

    Results go to stdout, progress to stderr. Exit codes: 0 conformant, 1 not conformant, 2 usage,
    profile or schema error, 3 target not reachable or login refused, 4 inconclusive, 5 the
    selection holds no check, 130 interrupted.
    """


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit."""
    sys.exit(invoke(arguments))


def invoke(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; the exit code. Says what went wrong on stderr, never as a traceback."""
    try:
        code: Any = program.main(
            args=arguments, prog_name="kaltura-conformance", standalone_mode=False
        )
    except click.exceptions.Exit as end:
        return end.exit_code
    except click.exceptions.Abort:
        return _say("interrupted", INTERRUPTED)
    except click.ClickException as error:
        error.show()
        return 2
    except ConformanceError as error:
        return _say(str(error), error.exit_code)
    except KeyboardInterrupt:
        return _say("interrupted", INTERRUPTED)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OUR_FAULT
    except OSError as error:
        return _say(str(error), 2)
    except Exception as error:  # noqa: BLE001 - the last line of defence
        return _unforeseen(error)
    return code if isinstance(code, int) else 0


def _say(text: str, code: int) -> int:
    click.echo(f"kaltura-conformance: {text}", err=True)
    return code


def _unforeseen(error: Exception) -> int:
    """Say that we broke; the trace only for those who ask, since it may hold what was sent."""
    if os.environ.get("KALTURA_CONFORMANCE_DEBUG"):
        traceback.print_exception(error)
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return _say(
        f"a fault of the suite itself: {type(error).__name__}: {error} "
        f"(in {frame.name}, line {frame.lineno}). Nothing was decided. "
        "Set KALTURA_CONFORMANCE_DEBUG=1 for the trace, and please report it.",
        OUR_FAULT,
    )
