"""The pytest plugin.

It is loaded into every pytest session of its environment, so it imports little and does nothing
until a suite of ours is collected.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from conformance.plugin.conductor import Conductor
    from conformance.verdict.breach import Breach

CONDUCTOR = "kaltura-conformance-conductor"
"""The name under which a session's conductor is registered with pytest."""

OPTIONS: tuple[tuple[str, str], ...] = (
    ("profile", "which target: a profile's name or file"),
    ("target", "the server's URL, over the profile's"),
    ("partner-id", "the account, over the profile's"),
    ("other-partner-id", "the second account, for checks of isolation"),
    ("schema", "a schema file or URL, over the server's own"),
    ("level", "the least level that is judged: must, should or may"),
    ("examples", "generated inputs for each property"),
    ("schemathesis", "requests that schemathesis draws for each service"),
    ("seed", "the seed of all generated inputs"),
    ("workers", "checks that run at once"),
    ("rate", "requests per second at most"),
    ("time-limit", "seconds after which no new check starts"),
    ("output", "the folder for the run's files"),
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Offer the options of `run` to people who live in pytest."""
    group = parser.getgroup("kaltura-conformance", "Kaltura API conformance")
    for name, text in OPTIONS:
        group.addoption(f"--conformance-{name}", default=None, help=text)
    for name in ("select", "deselect"):
        group.addoption(
            f"--conformance-{name}",
            action="append",
            default=None,
            help=f"{name} by requirement id, area, service or service.action (globs)",
        )
    group.addoption(
        "--conformance-read-only",
        action="store_true",
        default=None,
        help="make, change and remove nothing",
    )


@pytest.hookimpl(tryfirst=True)
def pytest_pycollect_makeitem(
    collector: pytest.Module | pytest.Class, name: str, obj: object
) -> list[pytest.Item] | None:
    """Turn a function with `@check` into an item for each of its subjects."""
    if not hasattr(obj, "__check__"):
        return None
    body: Callable[..., Iterable[Breach]] = obj  # type: ignore[assignment]
    return conductor_of(collector.config).items(collector, name, body)


def conductor_of(config: pytest.Config) -> Conductor:
    """The session's conductor; made from the options when `run` has not brought one."""
    held: Conductor | None = config.pluginmanager.get_plugin(CONDUCTOR)
    if held is None:
        from conformance.plugin.conductor import Conductor  # noqa: PLC0415 - see the module's docstring
        from conformance.plugin.settings import from_pytest  # noqa: PLC0415 - as above

        held = Conductor(from_pytest(config))
        held.open()
        config.pluginmanager.register(held, CONDUCTOR)
    return held
