"""A certified run of the embedded server over a small schema, and hands to tamper with it."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from conformance.certification.issuing import SETTINGS, issue
from conformance.plugin.judging import judge
from conformance.plugin.settings import from_options

if TYPE_CHECKING:
    from pathlib import Path

    from tests.certification.forging import Certified


@pytest.fixture(scope="session")
def key() -> Ed25519PrivateKey:
    """The signer's key."""
    return Ed25519PrivateKey.generate()


@pytest.fixture(scope="session")
def certified(tmp_path_factory: pytest.TempPathFactory, key: Ed25519PrivateKey) -> Path:
    """The folder of a certified run. Its schema is a part of the own one, so that it is quick."""
    from tests.certification.forging import small_schema  # noqa: PLC0415 - beside this file

    tmp = tmp_path_factory.mktemp("certified")
    schema = tmp / "small.xml"
    schema.write_bytes(small_schema())
    options = {**SETTINGS, "schema": str(schema), "output": str(tmp / "run")}
    run = judge(from_options(options, quiet=True, testimony=True))
    assert run.exit == 0, [
        (f.requirement, f.subject, f.actual) for f in run.findings
    ] or run.reasons
    issue(run, tmp / "run", key)
    return tmp / "run"


@pytest.fixture
def copy(certified: Path, tmp_path: Path, key: Ed25519PrivateKey) -> Certified:
    """A copy of it to tamper with."""
    from tests.certification.forging import Certified  # noqa: PLC0415 - as above

    folder = tmp_path / "elsewhere"
    shutil.copytree(certified, folder)
    return Certified(folder, key)
