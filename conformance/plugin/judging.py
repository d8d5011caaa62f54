"""One run, from settings to its summary, by way of pytest."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import conformance
from conformance.exceptions import ConformanceError
from conformance.plugin.conductor import Conductor
from conformance.plugin.hooks import CONDUCTOR

if TYPE_CHECKING:
    from conformance.plugin.settings import Settings
    from conformance.verdict.run import Run

SUITES = Path(conformance.__file__).resolve().parent / "suites"

UNUSED = (
    "cacheprovider",
    "logging",
    "unraisableexception",
    "threadexception",
    "faulthandler",
    "doctest",
    "junitxml",
)
"""pytest's own plugins that would only cost time at each of ten thousand items."""

ARGUMENTS = (
    "-p",
    "conformance.plugin.hooks",
    "-p",
    "no:terminal",
    *(f"-pno:{name}" for name in UNUSED),
    "--import-mode=importlib",
    "--assert=plain",
    "--capture=no",
    f"--rootdir={SUITES}",
    "-c",
    os.devnull,
)
"""Nobody's stray configuration or plugin changes a verdict; we print what there is to say."""


class SuiteFault(ConformanceError):
    """The suite could not be run: our fault, so nothing is decided."""

    exit_code = 4


def judge(settings: Settings) -> Run:
    """Judge the target and write the run's files.

    Raises UsageError, TargetError or EmptySelection when nothing could be judged, and SuiteFault
    when we are to blame.
    """
    conductor = Conductor(settings)
    plugins: list[object] = []
    try:
        conductor.open()
        plugins.append(_Registrar(conductor))
        held = os.environ.get("PYTEST_DISABLE_PLUGIN_AUTOLOAD")
        os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
        try:
            code = pytest.main([*ARGUMENTS, str(SUITES)], plugins=plugins)
        finally:
            if held is None:
                del os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"]
            else:
                os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = held
    finally:
        conductor.close()
    if conductor.run is not None:
        return conductor.run
    if conductor.empty and not conductor.not_collected:
        raise settings.nothing_selected()
    reason = "; ".join(conductor.not_collected) or f"pytest ended with {code!r}"
    raise SuiteFault(f"the suite could not be run: {reason}")


class _Registrar:
    """Hands the conductor to pytest under the name by which the hooks find it."""

    def __init__(self, conductor: Conductor) -> None:
        self._conductor = conductor

    def pytest_configure(self, config: pytest.Config) -> None:
        """Register the conductor."""
        config.pluginmanager.register(self._conductor, CONDUCTOR)
