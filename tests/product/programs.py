"""What the programs of findings are worth: each runs alone, on a broken and on a sound server."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from importlib import metadata
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from conformance.plugin.embedded import EmbeddedServer
from conformance.reference.faults import all_faults
from conformance.requirements.catalogue import read_catalogue
from tests.product.judging import judged

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from conformance.plugin.embedded import Ready
    from conformance.reference.faults import Fault

RIGHT, NONE, WRONG, NOT_FOUND = "right", "none", "wrong", "not found"
"""Shows the breach and its absence; there is no program; it does not; the run found nothing."""
UNTOLD = "it is not told why"
OWN, OTHERS = 3, 2
"""Findings that are looked at of one run: of the requirement that the fault breaks, of others."""
SHOWN, ABSENT = 1, 0
PROGRAM_SECONDS = 120
TOLD = 160
"""Characters that are told of how a program ended."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What one finding's program did; `why` says what was wrong, or why there is none."""

    fault: str
    requirement: str
    subject: str
    own: bool
    ended: str
    why: str = ""


def sampled(*, an_area: int, seed: int, areas: Sequence[str] = ()) -> list[Fault]:
    """So many faults of each area (by the fault's name), drawn by the seed."""
    by_area = defaultdict(list)
    for fault in all_faults().values():
        by_area[fault.id.partition(".")[0]].append(fault)
    draw = Random(seed)
    chosen = []
    for area, faults in by_area.items():
        drawn = draw.sample(faults, min(an_area, len(faults)))
        chosen += drawn if not areas or area in areas else []
    return chosen


def tried(
    faults: Iterable[Fault], *, seed: int, jobs: int, keep: Path | None = None, narrow: bool = False
) -> Iterator[Trial]:
    """The programs of the runs against each of these faults, fault by fault.

    A run judges the fault's area; a narrow one the requirement that it breaks.
    """
    with TemporaryDirectory(prefix="kc-programs-") as scratch:
        python = _httpx_alone(Path(scratch) / "python")
        runs = keep or Path(scratch) / "runs"
        with ThreadPoolExecutor(jobs) as pool:
            work = partial(_tried, runs=runs, python=python, seed=seed, narrow=narrow)
            for trials in pool.map(work, faults):
                yield from trials


def table(trials: Sequence[Trial]) -> str:
    """Counts by area, and each finding that has no right program."""
    endings = (RIGHT, NONE, WRONG, NOT_FOUND)
    rows = Counter((trial.fault.partition(".")[0], trial.ended) for trial in trials)
    lines = [f"{'area':14}" + "".join(f"{ending:>11}" for ending in endings)]
    lines += [
        f"{area:14}" + "".join(f"{rows[area, ending]:>11}" for ending in endings)
        for area in dict.fromkeys(area for area, _ in rows)
    ]
    total = Counter(trial.ended for trial in trials)
    lines.append(f"{'all':14}" + "".join(f"{total[ending]:>11}" for ending in endings))
    lines += [
        f"{each.ended:9}  {each.fault}: {each.requirement} on {each.subject}: {each.why}"
        for each in trials
        if each.ended != RIGHT
    ]
    return "\n".join(lines)


def ended(program: Path, server: Ready, python: Path) -> tuple[int, str]:
    """How the program ends in an empty folder, with httpx and the standard library alone."""
    environment = {
        "PATH": os.environ.get("PATH", ""),
        "PYTHONPATH": str(python),
        "KALTURA_CONFORMANCE_ADMIN_SECRET": server.admin_secret,
        "KALTURA_CONFORMANCE_USER_SECRET": server.user_secret,
        "KALTURA_CONFORMANCE_OTHER_ADMIN_SECRET": server.other_admin_secret,
        "KALTURA_CONFORMANCE_OTHER_PARTNER_ID": str(server.other_partner_id),
    }
    with TemporaryDirectory(prefix="kc-program-") as empty:
        alone = Path(empty) / program.name
        alone.write_bytes(program.read_bytes())
        try:
            done = subprocess.run(  # noqa: S603 - our own interpreter, and what the run wrote
                [sys.executable, "-S", "-B", str(alone), server.url, str(server.partner_id)],
                cwd=empty,
                env=environment,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=PROGRAM_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return -1, "out of time"
    said = (done.stdout + done.stderr).strip().splitlines()
    if done.returncode == SHOWN and not done.stdout:
        return -1, said[-1] if said else "ended with 1 and told nothing"
    return done.returncode, said[-1] if said else ""


def _tried(fault: Fault, *, runs: Path, python: Path, seed: int, narrow: bool) -> list[Trial]:
    """One run against the fault, and what the programs of its findings do."""
    area = read_catalogue().get(fault.requirement).area
    folder = runs / fault.id
    selected = (fault.requirement if narrow else area,)
    run = judged(folder, faults=(fault.id,), select=selected, seed=seed)
    own = [each for each in run["findings"] if each["requirement"] == fault.requirement]
    others = [each for each in run["findings"] if each["requirement"] != fault.requirement]
    trials = [] if own else [Trial(fault.id, fault.requirement, "", own=True, ended=NOT_FOUND)]
    with EmbeddedServer() as sound:
        for finding in (*own[:OWN], *others[:OTHERS]):
            ending, why = _judged(folder / "run", finding, fault, sound, python)
            mine = finding["requirement"] == fault.requirement
            trials.append(
                Trial(fault.id, finding["requirement"], finding["subject"], mine, ending, why)
            )
    return trials


def _judged(
    run: Path, finding: dict[str, Any], fault: Fault, sound: Ready, python: Path
) -> tuple[str, str]:
    if not finding.get("script"):
        told = run / "findings" / finding["id"] / "why-not.txt"
        return NONE, told.read_text("utf-8").strip() if told.is_file() else UNTOLD
    program = run / finding["script"]
    with EmbeddedServer(faults=(fault.id,)) as broken:
        code, said = ended(program, broken, python)
    if code != SHOWN:
        return WRONG, f"on the broken server it ends with {code}: {said[:TOLD]}"
    code, said = ended(program, sound, python)
    if code != ABSENT:
        return WRONG, f"on a sound server it ends with {code}: {said[:TOLD]}"
    return RIGHT, ""


def _httpx_alone(folder: Path) -> Path:
    """A folder for `PYTHONPATH` with httpx and what it needs, and nothing else."""
    folder.mkdir(parents=True)
    waiting, held = ["httpx"], set()
    while waiting:
        name = waiting.pop()
        if name in held:
            continue
        held.add(name)
        try:
            package = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            continue  # what an older Python needs
        for top in {file.parts[0] for file in package.files or () if file.parts[0][0] not in "._"}:
            source = Path(str(package.locate_file(top)))
            if source.exists() and not top.endswith(".dist-info"):
                (folder / top).symlink_to(source)
        needed = (each for each in package.requires or () if "extra ==" not in each)
        waiting += [match[0] for match in (re.match(r"[\w.-]+", each) for each in needed) if match]
    return folder
