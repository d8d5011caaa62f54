"""Signs a certificate for a run, if there is nothing that speaks against it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from conformance.certification.envelope import sealed
from conformance.certification.keys import public_pem
from conformance.certification.provenance import SuiteIdentity, suite_identity
from conformance.certification.statement import statement
from conformance.exceptions import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from conformance.profile.profile import Profile
    from conformance.verdict.run import Run

CERTIFICATE = "certificate.json"
PUBLIC_KEY = "certificate.pub"
SETTINGS: Mapping[str, Any] = {"seed": 0, "examples": 20, "level": "must", "record": "all"}
"""What a certification never leaves to choice: two of one server ask the same."""


def refuse_partial(profile: Profile) -> None:
    """UsageError for a profile that leaves out a part of what is required."""
    if profile.read_only:
        raise UsageError("a read-only run certifies nothing", place="[capabilities] writes")
    chosen = profile.selection
    if chosen.select or chosen.deselect:
        raise UsageError(
            "a selection certifies nothing",
            place="[selection]",
            hint="A certificate is for all that is required",
        )
    if profile.limits.deadline_seconds is not None:
        raise UsageError(
            "a run with a time limit certifies nothing", place="[limits] time-limit-seconds"
        )


def objections(run: Run) -> Iterator[str]:
    """Why no certificate is given for the run; nothing where one is."""
    if run.exit != 0:
        yield f"the verdict is {run.verdict}, exit {run.exit}"
    if run.executed != run.plan:
        yield f"{run.executed.checks} of {run.plan.checks} checks were executed"


def issue(run: Run, folder: Path, key: Ed25519PrivateKey) -> SuiteIdentity:
    """Write certificate and public key into the run's folder; what it says of this suite.

    Raises UsageError where an objection stands.
    """
    for objection in objections(run):
        raise UsageError(f"no certificate: {objection}", place=str(folder))
    suite = suite_identity()
    envelope = sealed(statement(run, folder, suite), key)
    text = msgspec.json.format(msgspec.json.encode(envelope), indent=2)
    (folder / CERTIFICATE).write_bytes(text + b"\n")
    (folder / PUBLIC_KEY).write_bytes(public_pem(key.public_key()))
    return suite
