"""What the commands that judge nothing print, and what they leave unimported."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from conformance import __version__
from conformance.cli.main import COMMANDS, invoke
from conformance.requirements.catalogue import read_catalogue

if TYPE_CHECKING:
    from collections.abc import Callable

    Printed = Callable[..., str]

HEAVY = ("httpx", "hypothesis", "pytest", "uvicorn", "starlette", "lxml", "rich")
SLOW = ("pytest", "hypothesis", "httpx")
REQUIREMENTS = tuple(read_catalogue().requirements)


@pytest.fixture
def printed(capsys: pytest.CaptureFixture[str]) -> Printed:
    """A function that runs the command line and gives what it printed; it must end with 0."""

    def run(*arguments: str) -> str:
        code = invoke(arguments)
        told = capsys.readouterr()

        assert code == 0, told.err
        assert told.err == ""
        return told.out

    return run


@pytest.mark.parametrize("arguments", [("--help",), ("-h",)])
def test_help_names_every_command(printed: Printed, arguments: tuple[str, ...]) -> None:
    """The program's help lists each command with a sentence, and the exit codes."""
    told = printed(*arguments)

    assert all(f"  {name} " in told for name in COMMANDS)
    assert "130 interrupted" in " ".join(told.split())


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_has_help(printed: Printed, name: str) -> None:
    """`COMMAND --help` says how it is used and does nothing."""
    assert f"Usage: kaltura-conformance {name}" in printed(name, "--help")


def test_version_is_the_package_s(printed: Printed) -> None:
    """--version prints the name and the version alone."""
    assert printed("--version") == f"kaltura-conformance, version {__version__}\n"


@pytest.mark.parametrize(
    ("what", "keys", "known"),
    [
        ("requirements", {"id", "area", "level", "statement", "source"}, ("id", "ERR-CODE-001")),
        ("services", {"id", "name", "actions"}, ("id", "media")),
        ("actions", {"id", "parameters", "result", "session"}, ("id", "media.add")),
        ("checks", {"requirement", "subject", "level", "check"}, ("subject", "media.get")),
        ("faults", {"id", "requirement", "description"}, ("requirement", "ERR-CODE-001")),
        ("profiles", {"name", "description", "file"}, ("name", "ce")),
    ],
)
def test_a_list_is_the_same_as_text_and_as_json(
    printed: Printed, what: str, keys: set[str], known: tuple[str, str]
) -> None:
    """Each row of the JSON has the keys that people filter by, and is a line of the text."""
    rows = json.loads(printed("list", what, "--format", "json"))
    lines = printed("list", what).splitlines()
    key, value = known

    assert all(keys <= row.keys() for row in rows)
    assert value in {row[key] for row in rows}
    assert len(lines) == len(rows)
    assert all(
        line.startswith(str(row[next(iter(row))])) for line, row in zip(lines, rows, strict=True)
    )


def test_a_list_of_nothing_named_is_of_requirements(printed: Printed) -> None:
    """`list` alone lists the requirements."""
    assert printed("list") == printed("list", "requirements")


def test_the_plan_follows_the_selection(printed: Printed) -> None:
    """`list checks` shows what a run with the same options would judge."""
    options = ("--select", "media", "--deselect", "wire", "--format", "json")
    rows = json.loads(printed("list", "checks", *options))

    assert rows
    assert {row["subject"].split(".")[0].split(":")[0] for row in rows} == {"media"}
    assert not [row for row in rows if row["requirement"].startswith("WIRE-")]


@pytest.mark.parametrize("requirement", REQUIREMENTS)
def test_each_requirement_is_explained(printed: Printed, requirement: str) -> None:
    """What it says, why, who says so, and where it lives, or why nothing tests it."""
    found = read_catalogue().get(requirement)
    told = printed("explain", requirement)

    assert told.startswith(f"{requirement}  {found.level}\n  {found.statement}\n")
    for part in (found.why, found.source, found.breach, f"catalogue/{found.area}.toml"):
        assert part in told
    assert found.not_tested or "conformance/suites/test_" in told


@pytest.mark.parametrize(
    "arguments",
    [("--help",), ("--version",), ("list", "requirements"), ("explain", "ERR-CODE-001")],
    ids=" ".join,
)
def test_quick_commands_import_nothing_heavy(arguments: tuple[str, ...]) -> None:
    """Help, lists of requirements and explanations pay for no test framework and no client."""
    program = (
        "import sys\n"
        "from conformance.cli.main import invoke\n"
        f"code = invoke({list(arguments)!r})\n"
        f"print(code, sorted(set({HEAVY!r}) & sys.modules.keys()), file=sys.stderr)\n"
    )
    ended = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert ended.stderr == "0 []\n"


def test_help_of_a_heavy_command_imports_no_framework() -> None:
    """`run --help` is quick as well."""
    program = (
        "import sys\n"
        "from conformance.cli.main import invoke\n"
        "code = invoke(['run', '--help'])\n"
        f"print(code, sorted(set({SLOW!r}) & sys.modules.keys()), file=sys.stderr)\n"
    )
    ended = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert ended.stderr == "0 []\n"


def test_the_schema_is_shown(printed: Printed) -> None:
    """`schema show` without a source tells of the embedded server's own schema."""
    told = printed("schema", "show")

    assert "services" in told
    assert "service media" in printed("schema", "show", "media")
    assert "action media.get" in printed("schema", "show", "media.get")


def test_the_schema_has_no_finding_of_a_must(printed: Printed) -> None:
    """`schema lint` of the embedded server's own schema ends well."""
    rows = json.loads(printed("schema", "lint", "--format", "json"))

    assert not [row for row in rows if row["level"] == "MUST"]
