"""What a certificate says: an in-toto Statement with the test-result predicate (v0.1).

Its subject is the API that the target publishes; its configuration names every file of the run by
digest, and the suite that judged.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

import msgspec

from conformance.exceptions import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from conformance.certification.provenance import SuiteIdentity
    from conformance.verdict.run import Run

STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE = "https://in-toto.io/attestation/test-result/v0.1"
FILES = (
    "run.json",
    "results.jsonl",
    "traffic.jsonl",
    "testimony.jsonl",
    "profile.json",
    "schema.xml",
)
"""The files that a certificate stands on."""


class Descriptor(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """An in-toto ResourceDescriptor."""

    name: str
    digest: dict[str, str] = {}
    uri: str = ""
    annotations: dict[str, str] = {}


class TestResult(msgspec.Struct, frozen=True, rename="camel"):
    """The predicate: requirements that hold, that a waiver accepts, and that fail."""

    result: str
    configuration: tuple[Descriptor, ...]
    passed_tests: tuple[str, ...]
    warned_tests: tuple[str, ...]
    failed_tests: tuple[str, ...]


class Statement(msgspec.Struct, frozen=True, rename="camel"):
    """The statement as it is signed."""

    kind: str = msgspec.field(name="_type")
    subject: tuple[Descriptor, ...]
    predicate_type: str
    predicate: TestResult

    def described(self, name: str) -> Descriptor:
        """The descriptor of that name; UsageError where the statement has none."""
        for descriptor in self.predicate.configuration:
            if descriptor.name == name:
                return descriptor
        raise UsageError(f"says nothing of {name}", place="certificate")


def statement(run: Run, folder: Path, suite: SuiteIdentity) -> Statement:
    """What can be stated of the run in that folder."""
    by_outcome: dict[str, list[str]] = {}
    for requirement in run.requirements:
        by_outcome.setdefault(requirement.outcome, []).append(requirement.id)
    schema = Descriptor(
        name=f"Kaltura API {run.schema.api_version}",
        uri=run.target.url,
        digest={"sha256": run.schema.sha256},
    )
    return Statement(
        kind=STATEMENT_TYPE,
        subject=(schema,),
        predicate_type=PREDICATE_TYPE,
        predicate=TestResult(
            result="WARNED" if by_outcome.get("waived") else "PASSED",
            configuration=(_suite(suite), _target(run), _plan(run), *_files(folder)),
            passed_tests=tuple(by_outcome.get("passed", ())),
            warned_tests=tuple(by_outcome.get("waived", ())),
            failed_tests=(),
        ),
    )


def read_statement(payload: bytes) -> Statement:
    """The statement in an envelope; UsageError where it is of another kind."""
    try:
        found = msgspec.json.decode(payload, type=Statement)
    except msgspec.DecodeError as error:
        raise UsageError(f"no statement of ours: {error}", place="certificate") from error
    if (found.kind, found.predicate_type) != (STATEMENT_TYPE, PREDICATE_TYPE):
        raise UsageError(
            f"a statement of another kind: {found.kind}, {found.predicate_type}",
            place="certificate",
        )
    return found


def file_digest(path: Path) -> str:
    """SHA-256 of a file, in hex; UsageError where it cannot be read."""
    total = sha256()
    try:
        with path.open("rb") as file:
            while part := file.read(1 << 20):
                total.update(part)
    except OSError as error:
        raise UsageError(f"cannot be read: {error.strerror}", place=str(path)) from error
    return total.hexdigest()


def _suite(suite: SuiteIdentity) -> Descriptor:
    return Descriptor(
        name="suite",
        digest={"sha256": suite.sha256},
        annotations={"version": suite.version, "source": suite.source},
    )


def _target(run: Run) -> Descriptor:
    return Descriptor(
        name="target",
        uri=run.target.url,
        annotations={
            "partner_id": str(run.target.partner_id),
            "server_version": run.target.server_version,
            "started": run.started,
        },
    )


def _plan(run: Run) -> Descriptor:
    return Descriptor(
        name="plan",
        digest={"sha256": run.plan.sha256},
        annotations={"checks": str(run.plan.checks), "seed": str(run.seed)},
    )


def _files(folder: Path) -> list[Descriptor]:
    return [Descriptor(name=name, digest={"sha256": file_digest(folder / name)}) for name in FILES]
