"""What is wrong with what we are given: each case has its exit code and its message."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING

import pytest
from msgspec import Struct

from conformance.cli.main import invoke

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conformance.plugin.embedded import Ready

SECRET = "0123456789abcdef0123456789abcdef"
ADMIN = "KALTURA_CONFORMANCE_ADMIN_SECRET"

HASTY = """
extends = "ce"
[limits]
connect-timeout-seconds = 0.5
read-timeout-seconds = 0.5
retries = 0
"""
TO_SERVER = ("run", "--profile", "hasty.toml", "--target", "{url}", "--partner-id", "102")
EMPTY_RUN = {"run/ledger.jsonl": ""}


class Case(Struct, frozen=True, kw_only=True):
    """Arguments with places for `{url}`, `{sound}` and `{closed}`; what must come of them.

    `server` names a faulty server, `files` what lies in the working folder, `environ` what is set.
    `says` is a pattern that the error output must hold.
    """

    name: str
    arguments: tuple[str, ...]
    exit: int
    says: str
    server: str = ""
    files: Mapping[str, str] = {}
    environ: Mapping[str, str] = {}


def flag(*arguments: str, says: str, exit: int = 2, **more: Mapping[str, str]) -> Case:  # noqa: A002
    return Case(
        name=" ".join(arguments) or "nothing", arguments=arguments, exit=exit, says=says, **more
    )


def profile(name: str, text: str, *, says: str, **files: str) -> Case:
    written = {"own.toml": text} | {f"{stem}.toml": each for stem, each in files.items()}
    arguments = ("run", "--profile", "own.toml")
    return Case(name=f"profile: {name}", arguments=arguments, exit=2, says=says, files=written)


def schema(name: str, text: str, *, says: str) -> Case:
    arguments = ("run", "--schema", "own.xml")
    files = {"own.xml": text}
    return Case(name=f"schema: {name}", arguments=arguments, exit=2, says=says, files=files)


def server(name: str, *more: str, exit: int, says: str) -> Case:  # noqa: A002 - the command line's word
    return Case(
        name=f"a server that {name}",
        arguments=(*TO_SERVER, *more),
        exit=exit,
        says=says,
        server=name,
        files={"hasty.toml": HASTY},
        environ={ADMIN: SECRET},
    )


def ledger(name: str, text: str, *, says: str) -> Case:
    files = {"run/ledger.jsonl": text}
    return Case(name=f"clean: {name}", arguments=("clean", "run"), exit=2, says=says, files=files)


FLAGS = [
    flag(says=r"Commands:"),
    flag("frobnicate", says=r"no command 'frobnicate'"),
    flag("rnu", says=r"Did you mean 'run'\?"),
    flag("run", "--nonsense", says=r"No such option.*--nonsense"),
    flag("run", "--level", "maximum", says=r"'maximum' is not one of 'must', 'should', 'may'"),
    flag("run", "--partner-id", "abc", says=r"--partner-id.*'abc' is not a valid integer"),
    flag("run", "--partner-id", "0", says=r"--partner-id: 0 is out of range"),
    flag("run", "--workers", "0", says=r"--workers: 0 is out of range\. Allowed: 1 to 64"),
    flag("run", "--examples", "-1", says=r"--examples: -1 is out of range"),
    flag("run", "--rate", "0", says=r"--rate: 0\.0 is out of range"),
    flag("run", "--time-limit", "nan", says=r"--time-limit: expected a finite number, got nan"),
    flag("run", "--seed", "luck", says=r"--seed.*'luck' is not a valid integer"),
    flag("run", "--target", "kaltura.example", says=r"--target: .*start with http"),
    flag("run", "--target", "ftp://kaltura.example", says=r"--target: .*start with http"),
    flag("run", "--target", "http://me:pw@kaltura.example", says=r"user name or password in it"),
    flag("run", "--target", "http://{closed}", says=r"No partner id is given\. Say --partner-id"),
    flag("run", "--profile", "nowhere", says=r"no profile is called 'nowhere'\. Choices: ce,"),
    flag("run", "--profile", "own.toml", says=r"own\.toml: no such file"),
    flag("run", "--select", "", says=r"--select: an empty pattern"),
    flag("run", "--select", "NOPE-*", exit=5, says=r"no check\. --select NOPE-\*: matches no"),
    flag("run", "--select", "medai", exit=5, says=r"Did you mean 'media'\?"),
    flag("list", "checks", "--deselect", "*", exit=5, says=r"the selection holds no check"),
    flag("run", "--output", "file", files={"file": ""}, says=r"file: no folder for the run's file"),
    flag("run", "--schema", "http://{closed}/x.xml", says=r"x\.xml: cannot be fetched"),
    flag("list", "stuff", says=r"nothing to list called 'stuff'\. Choices: actions, checks"),
    flag("list", "services", "--schema", "own.xml", says=r"own\.xml: cannot be read: No such"),
    flag("explain", says=r"Missing argument 'REQUIREMENT'"),
    flag("explain", "ERR-CODE-000", says=r"no requirement 'ERR-CODE-000'\. Did you mean 'ERR-CO"),
    flag("schema", "show", "KalturaMediaEntri", says=r"Did you mean 'KalturaMediaEntry'"),
    flag("schema", "show", "a", "b", "c", says=r"3 arguments\. Give a SOURCE and a NAME at most"),
    flag("schema", "lint", "own.xml", says=r"own\.xml: cannot be read"),
    flag("serve", "--port", "99999", says=r"99999 is not in the range"),
    flag("serve", "--host", "256.1.1.1", says=r"256\.1\.1\.1:0: cannot listen"),
    flag("serve", "--fault", "no-such-fault", says=r"unknown fault 'no-such-fault'"),
    flag("serve", "--schema", "own.xml", files={"own.xml": "<html/>"}, says=r"own\.xml:1"),
    flag("prove", "--fault", "no-such-fault", says=r"no fault 'no-such-fault'"),
]

PROFILES = [
    profile("no TOML", "[target\n", says=r"own\.toml:.*line 1"),
    profile("a misspelt key", "[target]\nverison = '1'\n",
            says=r"\[target\] verison: unknown key\. Did you mean 'version'\?"),
    profile("a misspelt table", "[limit]\nrate = 1\n", says=r"\[limit\]: unknown table\. Did you "
            r"mean 'limits'\?"),
    profile("a text for a number", "[limits]\nworkers = 'two'\n", says=r"\[limits\] workers: "
            r"expected a whole number, got 'two'"),
    profile("out of range", "[limits]\nworkers = 1000\n", says=r"1000 is out of range"),
    profile("a secret in it", "[target]\nadmin-secret = 'x'\n", says=r"a secret in a profile\. "
            r"Secrets never stand in a profile"),
    profile("extends nothing", "extends = 'nowhere'\n", says=r"own\.toml: extends: no profile"),
    profile("extends itself", "extends = './own.toml'\n", says=r"a circle: .*own\.toml -> "),
    profile("extends in a ring", "extends = './b.toml'\n", b="extends = './own.toml'\n",
            says=r"a circle: .*own\.toml -> .*b\.toml"),
    profile("a waiver without a reason", "[[waivers]]\nrequirement = 'ERR-CODE-001'\n"
            "expires = 2030-01-01\n", says=r"\[\[waivers\]\] 1: 'reason' is missing"),
    profile("a waiver of a bad day", "[[waivers]]\nrequirement = 'ERR-CODE-001'\n"
            "reason = 'long enough a reason'\nexpires = 'soon'\n", says=r"expected a date such as"),
    profile("a binary file", "\x00\x01", says=r"own\.toml"),
]  # fmt: skip

SCHEMAS = [
    schema("empty", "", says=r"own\.xml"),
    schema("no XML", "Schema is being generated", says=r"own\.xml"),
    schema("HTML", "<html><body/></html>", says=r"own\.xml:1: an HTML page, not a schema"),
    schema("cut", "<xml apiVersion='1'><services><service id='a'", says=r"own\.xml:1"),
    schema("without services", "<xml apiVersion='1'/>", says=r"own\.xml: it describes no action"),
    schema("of another kind", "<schema><services/></schema>", says=r"own\.xml:1"),
    schema("a bomb", '<!DOCTYPE x [<!ENTITY a "b">]><xml>&a;</xml>', says=r"own\.xml"),
]

SECRETS = [
    flag("run", "--target", "http://{closed}", "--partner-id", "1", says=rf"{ADMIN}: no admin sec"),
    flag("run", "--target", "http://{closed}", "--partner-id", "2", environ={ADMIN: " "},
         says=rf"{ADMIN}: the secret is empty"),
    flag("run", "--target", "http://{closed}", "--partner-id", "3",
         environ={f"{ADMIN}_FILE": "nothing"}, says=rf"{ADMIN}_FILE: nothing cannot be read"),
    flag("run", "--target", "http://{closed}", "--partner-id", "4",
         environ={ADMIN: SECRET, f"{ADMIN}_FILE": "x"}, says=rf"{ADMIN}: .*is set as well"),
    flag("run", "--target", "http://{closed}", "--partner-id", "5", environ={ADMIN: SECRET}, exit=3,
         says=r"no answer \(connect: .*refused\)\. Is the URL right"),
    flag("run", "--target", "http://nowhere.invalid", "--partner-id", "6", environ={ADMIN: SECRET},
         exit=3, says=r"http://nowhere\.invalid: no answer"),
    Case(name="no certificates", arguments=("run", "--profile", "own.toml"), exit=2,
         files={"own.toml": "[target]\nurl = 'https://{closed}'\npartner-id = 1\n"
                "verify-tls = 'none.pem'\n"}, environ={ADMIN: SECRET}, says=r"none\.pem"),
    flag("run", environ={"KALTURA_CONFORMANCE_OTHER_PARTNER_ID": "one"},
         says=r"OTHER_PARTNER_ID: expected a partner id, got 'one'"),
    flag("run", "--target", "{sound}", "--partner-id", "102", environ={ADMIN: SECRET}, exit=3,
         says=r"session\.start: START_SESSION_ERROR: .*Is the secret that of partner 102\?"),
    flag("run", "--target", "{sound}", "--partner-id", "77", environ={ADMIN: SECRET}, exit=3,
         says=r"session\.start: .*partner 77"),
    flag("run", "--target", "{sound}/elsewhere", "--partner-id", "102", environ={ADMIN: SECRET},
         exit=2, says=r"HTTP status 404 instead of a schema"),
]  # fmt: skip

SERVERS = [
    server("hangs", exit=3, says=r"no answer \(timeout"),
    server("resets", exit=3, says=r"no answer \(reset"),
    server("closes at once", exit=3, says=r"no answer \("),
    server("speaks SSH", exit=3, says=r"no answer|not HTTP|malformed"),
    server("says HTML", exit=2, says=r"api_schema\.php:1: an HTML page, not a schema"),
    server("says 500", exit=2, says=r"HTTP status 500 instead of a schema"),
    server("says 503", exit=3, says=r"no answer \(busy: status 503"),
    server("says 404", exit=2, says=r"HTTP status 404 instead of a schema"),
    server("redirects for ever", exit=2, says=r"more than 5 redirects"),
    server("says nothing", exit=2, says=r"api_schema\.php"),
    server("hangs at the schema", exit=2, says=r"api_schema\.php: cannot be fetched: .*timed out"),
    server("resets at the schema", exit=2, says=r"cannot be fetched"),
    server("cuts the schema", exit=2, says=r"cannot be fetched"),
    server("publishes half a schema", "--select", "schema", exit=1, says=r"SCHEMA-SERVE-002 "),
    server("publishes HTML", exit=2, says=r"api_schema\.php:1: an HTML page, not a schema"),
    server("publishes a notice", exit=2, says=r"Schema is being generated"),
    server("publishes nothing", exit=2, says=r"api_schema\.php"),
    server("publishes JSON", exit=2, says=r"api_schema\.php"),
    server("publishes a bomb", exit=2, says=r"api_schema\.php"),
    server("publishes 404", exit=2, says=r"HTTP status 404 instead of a schema"),
    server("publishes 500", exit=2, says=r"HTTP status 500 instead of a schema"),
    server("redirects the schema for ever", exit=2, says=r"more than 5 redirects"),
    server("publishes false gzip", exit=2, says=r"cannot be fetched"),
    server("cuts gzip", "--select", "schema", exit=1, says=r"as far as it could be read"),
    server("refuses", exit=3, says=r"session\.start: START_SESSION_ERROR: .*Is the secret"),
    server("blocks", exit=3, says=r"session\.start: SERVICE_FORBIDDEN_CONTENT_BLOCKED"),
    server("cuts the login", exit=3, says=r"session\.start|no answer"),
    server("hangs at the login", exit=3, says=r"no answer \(timeout"),
    server("resets at the login", exit=3, says=r"no answer \(reset"),
    server("logs in with HTML", exit=3, says=r"Is the URL that of a Kaltura API\?"),
    server("logs in with null", exit=3, says=r"the answer holds no KS"),
    server("logs in with garbage", exit=3, says=r"session\.start"),
    server("logs in with 500", exit=3, says=r"session\.start"),
    server("sends the login elsewhere", exit=3, says=r"redirects to https://login\.example/"),
]

RUNS = [
    flag("replay", "nowhere", "f-1", says=r"nowhere: no run\.json: not the folder of a run"),
    flag("replay", "run", "f-1", files=EMPTY_RUN, says=r"run: no run\.json: .*did not end"),
    flag("replay", "run", "f-1", files={"run/run.json": "{}"}, says=r"not the summary of a run"),
    flag("replay", "run", "f-1", files={"run/run.json": '{"cut'}, says=r"not the summary of a run"),
    flag("replay", "run", says=r"Missing argument 'FINDING'"),
    flag("clean", "nowhere", says=r"nowhere/ledger\.jsonl: no such file in the run's folder"),
    flag("clean", "run", files={"run/run.json": "{}"}, says=r"ledger\.jsonl: no such file"),
    ledger("no JSON", "hello\n{}\n", says=r"run/ledger\.jsonl:1: JSON is malformed"),
    ledger("no ledger", '{"n": 1}\n', says=r"run/ledger\.jsonl:1: no event of a ledger"),
    ledger(
        "no target",
        '{"event":"intent","number":1,"service":"media","action":"add","marker":"kc-1"}\n',
        says=r"run: no run\.json",
    ),
]

CASES = [*FLAGS, *PROFILES, *SCHEMAS, *SECRETS, *SERVERS, *RUNS]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder of the test's own, and an environment without secrets."""
    monkeypatch.chdir(tmp_path)
    for name in (
        ADMIN,
        "KALTURA_CONFORMANCE_USER_SECRET",
        "KALTURA_CONFORMANCE_OTHER_ADMIN_SECRET",
    ):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(f"{name}_FILE", raising=False)
    monkeypatch.delenv("KALTURA_CONFORMANCE_OTHER_PARTNER_ID", raising=False)
    return tmp_path


@pytest.fixture(scope="session")
def closed() -> str:
    """An address where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return f"127.0.0.1:{listener.getsockname()[1]}"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_bad_input_is_told_and_never_ends_in_success(
    case: Case,
    place: Path,
    closed: str,
    sound: Ready,
    faulty: Callable[[str], str],
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """Each case exits as the README says and tells what is wrong; none shows a trace or secret."""
    places = {"closed": closed, "sound": sound.url}
    if case.server:
        places["url"] = faulty(case.server)
    for name, text in case.files.items():
        path = place / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text.replace("{closed}", closed), encoding="utf-8")
    for name, value in case.environ.items():
        monkeypatch.setenv(name, value)
    code = invoke([argument.format(**places) for argument in case.arguments])
    told = capfd.readouterr()

    assert code == case.exit, told.err
    assert code != 0
    assert re.search(case.says, told.out if case.exit == 1 else told.err), told
    for text in (told.out, told.err):
        assert "Traceback" not in text
        assert "a fault of the suite itself" not in text
        assert SECRET not in text


def test_the_table_is_long_enough() -> None:
    """There are at least forty-five cases, each with a name of its own."""
    assert len(CASES) >= 45
    assert len({case.name + str(case.files) for case in CASES}) == len(CASES)


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("run", "--profile", "nowhere"), 2, "no profile is called 'nowhere'"),
        (("explain", "NOPE"), 2, "no requirement 'NOPE'"),
        (("run", "--select", "NOPE-*"), 5, "the selection holds no check"),
    ],
)
def test_the_program_ends_with_the_code(
    place: Path, arguments: tuple[str, ...], code: int, says: str
) -> None:
    """What `invoke` returns is the exit code of the process; results have stdout for themselves."""
    ended = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-m", "conformance", *arguments],
        cwd=place,
        capture_output=True,
        text=True,
        check=False,
    )

    assert ended.returncode == code
    assert says in ended.stderr
    assert ended.stdout == ""


def test_a_finding_that_the_run_does_not_have(
    place: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """replay of an unknown finding says that there is none, without asking any server."""
    ran = invoke(["run", "--select", "SCHEMA-*", "--output", "run"])
    before = json.loads((place / "run" / "run.json").read_bytes())["findings"]
    code = invoke(["replay", "run", "f-00000000"])
    told = capfd.readouterr()

    assert (ran, before) == (0, [])
    assert code == 2
    assert "no finding 'f-00000000'. The run has no findings" in told.err
