"""The page as a person meets it: opened, filtered, linked to, printed, read out."""

from __future__ import annotations

import re
import sys
from statistics import median
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from .conftest import Opened

    Open = Callable[..., Opened]

FILTER = """async (text) => {
  const box = document.querySelector("#filters [name=q]");
  const started = performance.now();
  box.value = text;
  box.dispatchEvent(new Event("input", { bubbles: true }));
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  return performance.now() - started;
}"""
"""Milliseconds from a keystroke to the frame that shows its effect."""


def test_it_opens_without_a_complaint_or_a_request(opened: Open, real_page: Path) -> None:
    """One file is all; the console stays empty."""
    window = opened()
    page = window.go(real_page)

    assert page.inner_text("h1") == "Not conformant"
    assert page.locator("details.finding").count() > 2
    assert page.locator("#matrix button").count() > 50
    assert page.locator("#latency-table tbody tr").count() == 25
    assert window.complaints == []
    assert window.requests == [real_page.as_uri()]


def test_a_finding_is_linked_to(opened: Open, real_page: Path) -> None:
    """The link opens the finding, with its calls, its curl line and its replay line."""
    window = opened()
    page = window.go(real_page)
    name = page.locator("details.finding").nth(1).get_attribute("id")
    page = opened().go(real_page, f"#{name}")
    finding = page.locator(f"#{name}")

    assert finding.get_attribute("open") is not None
    assert finding.locator(".body").is_visible()
    assert finding.locator(".calls > li").count() >= 1
    finding.locator(".calls summary").first.click()
    assert "curl -sS" in finding.locator(".calls .copy pre").first.inner_text()
    assert re.search(f"kaltura-conformance replay .* {name}", finding.inner_text())
    box = finding.locator("summary").first.bounding_box()
    assert box is not None
    assert 100 < box["y"] < 400


def test_filters_narrow_findings_and_checks(opened: Open, real_page: Path) -> None:
    """By text, service, area, level and outcome; the address keeps what was asked."""
    page = opened().go(real_page)
    everything = page.locator("details.finding").count()
    page.select_option("#filters [name=service]", "media")
    page.select_option("#filters [name=outcome]", "failed")
    page.fill("#filters [name=q]", "update")
    page.locator("#filters output:text('checks')").wait_for()
    subjects = page.locator("#checks-table tbody tr td:nth-child(3)").all_inner_texts()
    outcomes = page.locator("#checks-table tbody tr td:nth-child(1)").all_inner_texts()

    assert 0 < page.locator("details.finding").count() < everything
    assert subjects
    assert all(subject.split(".")[0] == "media" for subject in subjects)
    assert set(outcomes) == {"failed"}
    assert page.evaluate("location.hash") == "#?q=update&service=media&outcome=failed"
    shared = opened().go(real_page, "#?q=update&service=media&outcome=failed")
    assert shared.locator("#checks-table tbody tr td:nth-child(3)").all_inner_texts() == subjects
    page.click("#filters [type=reset]")
    page.locator("details.finding").nth(everything - 1).wait_for(state="attached")


def test_the_matrix_leads_to_its_checks_by_keyboard(opened: Open, real_page: Path) -> None:
    """One stop of the tab key; arrows move; Enter shows what is behind a square."""
    page = opened().go(real_page)

    assert page.locator("#matrix button[tabindex='0']").count() == 1
    page.locator("#matrix button[tabindex='0']").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    label = page.evaluate("document.activeElement.getAttribute('aria-label')")
    service, area = label.split(":")[0].split(", ")
    page.keyboard.press("Enter")
    assert page.input_value("#filters [name=service]") == service
    assert page.input_value("#filters [name=area]") == area
    assert page.evaluate("document.activeElement.id") == "checks-title"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_barrier(opened: Open, real_page: Path, scheme: str) -> None:
    """With a finding and a call open, in both colour schemes."""
    axe = pytest.importorskip(
        "axe_playwright_python.sync_playwright", reason="axe is not installed (tox -e browser)"
    )
    # axe itself is a script that the page's policy would refuse.
    window = opened(scheme=scheme, bypass_csp=True)
    page = window.go(real_page)
    page.locator("details.finding > summary").first.click()
    page.locator(".calls summary").first.click()
    violations = axe.Axe().run(page).response["violations"]

    assert [(v["id"], [n["html"] for n in v["nodes"][:3]]) for v in violations] == []


def test_no_answer_of_a_server_is_run(opened: Open, hostile_page: Path) -> None:
    """Script in names, values, versions and bodies is shown as text."""
    window = opened()
    page = window.go(hostile_page)
    for summary in page.locator("details > summary").all():
        if summary.is_visible():
            summary.click()

    assert page.title().startswith("Not conformant: http://127.0.0.1:8080")
    assert page.locator("img, iframe, main script").count() == 0
    assert "<script>document.title='owned'</script>" in page.inner_text("#findings")
    assert page.inner_text(".expected mark") == "b"
    assert page.inner_text(".actual mark") == "c"
    assert window.complaints == []


def test_it_prints_with_its_findings_open(opened: Open, real_page: Path, tmp_path: Path) -> None:
    """Paper has no triangles to click; filters and buttons stay away."""
    page = opened(scheme="dark").go(real_page)
    findings = page.locator("details.finding").count()
    printed = page.pdf(path=tmp_path / "page.pdf", format="A4")

    assert printed.startswith(b"%PDF-")
    assert page.locator("details.finding[open] .body").count() == findings
    page.emulate_media(media="print")
    assert not page.locator("#filters").is_visible()
    assert not page.locator(".copy button").first.is_visible()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


@pytest.mark.parametrize("width", [320, 390, 800])
def test_a_narrow_window_scrolls_one_way_only(opened: Open, real_page: Path, width: int) -> None:
    """Nothing sticks out sideways."""
    page = opened(width=width).go(real_page)
    page.locator("details.finding > summary").first.click()
    wide, window = page.evaluate(
        "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    )

    assert wide <= window


def test_fifty_thousand_results_are_filtered_at_once(
    opened: Open, large_page: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The page is below a megabyte; a keystroke is answered in well under a second."""
    page = opened().go(large_page)
    times = [page.evaluate(FILTER, text) for text in ("m", "me", "service7", "add", "")]

    with capsys.disabled():
        told = ", ".join(f"{ms:.0f}" for ms in times)
        sys.stdout.write(
            f"\n50,000 results, {large_page.stat().st_size:,} bytes; a filter in ms: {told}\n"
        )
    assert large_page.stat().st_size < 1_000_000
    assert "of 50,000" in page.inner_text("#checks-table .pager")
    assert median(times) < 1000


def test_the_copy_button_copies(opened: Open, real_page: Path) -> None:
    """The replay line, as it stands there."""
    window = opened()
    window.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = window.go(real_page)
    finding = page.locator("details.finding").first
    finding.locator("summary").first.click()
    copy = finding.locator(".copy").last
    copy.locator("button").click()
    copy.locator("button:text('Copied')").wait_for()

    assert page.evaluate("navigator.clipboard.readText()") == copy.locator("pre").inner_text()
