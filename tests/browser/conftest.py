"""A headless Chromium, and the pages that it opens. Skipped, saying so, where there is none."""

from __future__ import annotations

import os
import runpy
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from conformance.plugin.judging import judge
from conformance.plugin.settings import from_options
from conformance.reporting.evidence import read_evidence
from conformance.reporting.formats import render
from conformance.reporting.writing import write

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Page

ROOT = Path(__file__).parent.parent.parent
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
)
READY_MS = 20_000
FAULTS = (
    "errors.error_answers_with_status_500",
    "crud.update_forgets_what_was_not_sent",
    "crud.delete_is_refused_in_one_service",
)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The browser; no test of this folder runs without it."""
    playwright = pytest.importorskip(
        "playwright.sync_api", reason="playwright is not installed (tox -e browser has it)"
    )
    found = os.environ.get("KALTURA_CONFORMANCE_CHROMIUM") or shutil.which("chromium")
    if found is None:
        pytest.skip("no chromium is installed (apt-get install chromium)")
    with playwright.sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=found, args=list(FLAGS))
        yield started
        started.close()


class Opened:
    """A page and whatever it complained about."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.complaints: list[str] = []
        self.requests: list[str] = []
        page.on("console", lambda message: self.complaints.append(f"{message.type} {message.text}"))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", lambda request: self.requests.append(request.url))

    def go(self, path: Path, fragment: str = "") -> Page:
        """Open the file and wait until it is drawn."""
        self.page.goto(f"{path.as_uri()}{fragment}")
        self.page.wait_for_selector("html[data-ready]", timeout=READY_MS)
        return self.page


@pytest.fixture
def opened(browser: Browser) -> Iterator[Callable[..., Opened]]:
    """A function that makes a window; `scheme` is light or dark."""
    contexts = []

    def make(
        *, width: int = 1280, height: int = 860, scheme: str = "light", **more: bool
    ) -> Opened:
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme=scheme,  # type: ignore[arg-type]
            **more,  # type: ignore[arg-type]
        )
        contexts.append(context)
        return Opened(context.new_page())

    yield make
    for context in contexts:
        context.close()


def _page(folder: str) -> Path:
    (path,) = write(render(read_evidence(folder), ["html"]), Path(folder))
    return path


@pytest.fixture(scope="session")
def real_page(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of a run against the embedded server with three faults."""
    assert browser.is_connected()
    folder = tmp_path_factory.mktemp("real") / "run"
    select = ("CRUD-UPDATE-*", "CRUD-DELETE-001", "ERR-HTTP-001")
    options = {"select": select, "seed": 7, "output": str(folder), "examples": 2}
    judge(from_options(options, quiet=True, faults=FAULTS))
    return _page(str(folder))


@pytest.fixture(scope="session")
def hostile_page(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of a run whose every text tries to break out."""
    assert browser.is_connected()
    shared = runpy.run_path(str(ROOT / "tests" / "reporting" / "hostile.py"))
    return _page(shared["write_hostile_run"](tmp_path_factory.mktemp("hostile") / "run"))


@pytest.fixture(scope="session")
def large_page(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of 50,000 synthetic results."""
    assert browser.is_connected()
    shared = runpy.run_path(str(ROOT / "benchmarks" / "report.py"))
    return _page(shared["synthetic_run"](tmp_path_factory.mktemp("large") / "run"))
