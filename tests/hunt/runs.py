"""One combination tried: a fresh server, the proxy before it, the suite as a user runs it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from conformance.schema.reader import read_schema
from tests.hunt.mutant import Scope
from tests.hunt.proxy import Proxy
from tests.hunt.world import World

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.schema.model import Schema
    from tests.hunt.draw import Combination

ROOT = Path(__file__).resolve().parents[2]
OWN_SCHEMA = ROOT / "conformance" / "reference" / "files" / "KalturaClient.xml"
SECRETS = {
    "KALTURA_CONFORMANCE_ADMIN_SECRET": "admin_secret",
    "KALTURA_CONFORMANCE_USER_SECRET": "user_secret",
    "KALTURA_CONFORMANCE_OTHER_ADMIN_SECRET": "other_admin_secret",
}


@dataclass(frozen=True)
class Setting:
    """What all runs of a hunt share. `suite` is the checkout whose suite is measured."""

    suite: Path
    schema_file: Path | None
    profile: str
    timeout_seconds: float
    options: tuple[str, ...] = ()
    keep: Path | None = None
    quick: bool = False
    """Judge a part first, and the whole only where the part found nothing."""

    def schema(self) -> Schema:
        """The schema that the server behind the proxy publishes."""
        return read_schema(self.schema_file or OWN_SCHEMA)


@contextmanager
def server(setting: Setting) -> Iterator[dict[str, Any]]:
    """An embedded server of the checkout that is measured; its accounts and address."""
    command = [sys.executable, "-m", "conformance", "serve"]
    if setting.schema_file:
        command += ["--schema", str(setting.schema_file)]
    process = subprocess.Popen(  # noqa: S603 - our own command
        command, cwd=setting.suite, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        if not line:
            raise RuntimeError(f"the server did not start: exit {process.wait()}")
        yield json.loads(line)
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()


PART = ("media", "category", "uploadtoken", "session", "multirequest", "playlist")
"""What a quick run judges of a fault that is everywhere."""


def tried(one: Combination | None, setting: Setting, schema: Schema, seed: int) -> dict[str, Any]:
    """Run the suite against one combination (None: nothing altered); one row of the report.

    What a part of the plan finds, the whole finds too: a quick run that ends in exit 1 is enough.
    """
    if setting.quick and one and one.kind != "one-in-ten":
        part = (one.scope,) if one.kind == "service" else PART
        options = tuple(word for pattern in part for word in ("--select", pattern))
        row = _tried(one, replace(setting, options=options), schema, seed)
        if row["exit"] == 1:
            return row | {"quick": True}
    return _tried(one, setting, schema, seed)


def _tried(one: Combination | None, setting: Setting, schema: Schema, seed: int) -> dict[str, Any]:
    with server(setting) as accounts, tempfile.TemporaryDirectory() as folder:
        random = Random(seed)
        world = World(accounts, schema, random)
        scope = Scope(one.scope if one else "everywhere", random)
        proxy = Proxy(world, (one.mutant, *one.more) if one else (), scope)
        started = time.monotonic()
        output = (setting.keep or Path(folder)) / f"run-{seed}-{time.time_ns()}"
        try:
            exit_code, text = _judged(proxy.url, accounts, setting, output, seed)
        finally:
            proxy.stop()
        row: dict[str, Any] = {
            "mutant": one.name if one else None,
            "area": one.mutant.area if one else None,
            "fault": one.mutant.fault if one else None,
            "scope": one.scope if one else "none",
            "kind": one.kind if one else "none",
            "seed": seed,
            "schema": "real" if setting.schema_file else "own",
            "altered": proxy.altered,
            "altered_by": proxy.altered_by,
            "exchanges": proxy.exchanges,
            "troubles": proxy.troubles[:3],
            "exit": exit_code,
            "seconds": round(time.monotonic() - started, 1),
        }
        row |= _read(output)
        if exit_code not in (0, 1):
            row["text"] = text[-600:]
        return row


def _judged(
    url: str, accounts: dict[str, Any], setting: Setting, output: Path, seed: int
) -> tuple[int | None, str]:
    command = [
        sys.executable, "-m", "conformance", "run", "--target", url,
        "--partner-id", str(accounts["partner_id"]),
        "--other-partner-id", str(accounts["other_partner_id"]),
        "--profile", setting.profile, "--seed", str(seed), "--output", str(output),
        *setting.options,
    ]  # fmt: skip
    environment = dict(os.environ) | {name: accounts[key] for name, key in SECRETS.items()}
    try:
        done = subprocess.run(  # noqa: S603 - our own command
            command,
            cwd=setting.suite,
            env=environment,
            capture_output=True,
            text=True,
            timeout=setting.timeout_seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return None, "timed out"
    return done.returncode, done.stdout + done.stderr


def _read(output: Path) -> dict[str, Any]:
    """What the run's own files say."""
    try:
        run = json.loads((output / "run.json").read_text())
    except FileNotFoundError:
        return {"findings": [], "outcomes": {}, "inconclusive": {}}
    findings = [
        [f["requirement"], f["subject"], str(f["where"])[:80], str(f["actual"])[:80]]
        for f in run["findings"]
        if not f.get("waived")
    ]
    uncertain = {r["id"]: r["inconclusive"] for r in run["requirements"] if r.get("inconclusive")}
    return {
        "findings": findings[:80],
        "requirements": sorted({f[0] for f in findings}),
        "outcomes": run["outcomes"],
        "inconclusive": uncertain,
    }
