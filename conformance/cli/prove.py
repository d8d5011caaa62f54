"""`prove`: would we notice, and would we cry wolf? The suite against one changed server a time.

A seeded fault has to be found by the requirement that it breaks; a benign variation must not be
noticed at all.
"""

from __future__ import annotations

import os
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec
from msgspec import Struct

from conformance import __version__
from conformance.exceptions import ConformanceError, UsageError, did_you_mean
from conformance.verdict.quality import Detection, FalseAlarms, record_quality

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from conformance.reference.faults import Fault
    from conformance.reference.variations import Variation

USUAL_LEVEL = "should"
"""A MAY is judged on demand: products depart from it legally."""


class Proof(Struct, frozen=True):
    """What the suite said of one fault. `others` are requirements that it broke besides its own.

    `whole` means that the whole plan was run, because it was wanted or the area alone missed it.
    """

    fault: str
    requirement: str
    found: bool
    exit: int
    seconds: float
    others: tuple[str, ...] = ()
    whole: bool = False


class Trial(Struct, frozen=True):
    """What the suite said of one benign variation. `alarms` are the requirements of its findings.

    `quiet` means that the run ended with 0, so nothing was found and nothing left undecided.
    """

    variation: str
    rule: str
    quiet: bool
    exit: int
    seconds: float
    alarms: tuple[str, ...] = ()
    undecided: int = 0


@click.command("prove")
@click.option("--fault", "wanted", multiple=True, metavar="ID", help="Only these; repeatable.")
@click.option(
    "--variations", "all_benign", is_flag=True, help="Not faults, but what must not be noticed."
)
@click.option("--variation", "benign", multiple=True, metavar="ID", help="Only these; repeatable.")
@click.option("--seed", type=int, default=7, show_default=True, help="The seed of all inputs.")
@click.option(
    "--whole", is_flag=True, help="Run the whole plan at once, not the fault's area first."
)
@click.option("--jobs", type=int, default=os.cpu_count() or 1, show_default=True)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@click.option(
    "--record",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Put the score into this file of quality figures, which reports show.",
)
def command(
    wanted: tuple[str, ...],
    benign: tuple[str, ...],
    seed: int,
    jobs: int,
    form: str,
    record: Path | None,
    *,
    all_benign: bool,
    whole: bool,
) -> int:
    """Run the suite against each seeded fault: the detection score.

    A fault is found when the run ends with 1 and a finding of the requirement that it breaks: by
    the checks of its area or, where these miss it, by the whole plan. The sound server is judged
    first and must be conformant.

    With --variations, run the whole plan against each benign variation of the sound server instead,
    with the profile of an unknown server: the rate of false alarms.
    """
    if record and (wanted or benign):
        raise UsageError(
            "a part of the faults or variations is no score", place="--record", hint="Prove all"
        )
    if all_benign or benign:
        return _try_variations(benign, seed, jobs, form, record)
    faults = _chosen(wanted)
    context = get_context("spawn")
    with ProcessPoolExecutor(jobs, mp_context=context, max_tasks_per_child=1) as pool:
        sound = pool.submit(_judged, None, None, seed, whole).result()
        if sound.exit != 0:
            click.echo(f"the sound server is not conformant: exit {sound.exit}", err=True)
            return 1
        proofs = list(_proofs(pool, faults, seed, whole=whole))
    missed = [proof for proof in proofs if not proof.found]
    if record:
        found = len(proofs) - len(missed)
        record_quality(record, Detection(found, len(proofs), _today(), __version__))
    _tell(proofs, form, f"{len(proofs) - len(missed)} of {len(proofs)} faults found")
    return 1 if missed else 0


def _tell(results: Sequence[Struct], form: str, summary: str) -> None:
    if form == "json":
        sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(results), indent=2) + b"\n")
    else:
        click.echo(summary)


def _today() -> str:
    return datetime.now(UTC).date().isoformat()


def _try_variations(
    wanted: Sequence[str], seed: int, jobs: int, form: str, record: Path | None
) -> int:
    """Judge each variation; 1 when one of them is noticed."""
    from conformance.reference.variations import all_variations  # noqa: PLC0415 - the server's room

    known = all_variations()
    for name in wanted:
        if name not in known:
            raise UsageError(f"no variation '{name}'", hint=did_you_mean(name, known))
    chosen = [known[name] for name in wanted] if wanted else list(known.values())
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        trials = list(_trials(pool, chosen, seed))
    noticed = [trial for trial in trials if not trial.quiet]
    alarms = sum(bool(trial.alarms) for trial in trials)
    if record:
        record_quality(record, FalseAlarms(alarms, len(trials), _today(), __version__))
    summary = (
        f"{len(trials) - len(noticed)} of {len(trials)} variations pass unnoticed; "
        f"false-alarm rate {alarms / len(trials):.1%}"
    )
    _tell(trials, form, summary)
    return 1 if noticed else 0


def _trials(
    pool: ProcessPoolExecutor, variations: Sequence[Variation], seed: int
) -> Iterator[Trial]:
    futures = [pool.submit(_tried, each.id, each.rule, seed) for each in variations]
    for future in futures:
        trial = future.result()
        word = "quiet  " if trial.quiet else "NOTICED"
        said = f"  {', '.join(trial.alarms)}" if trial.alarms else ""
        open_ = f"  {trial.undecided} undecided" if trial.undecided else ""
        click.echo(f"{word}  {trial.variation}  {trial.seconds:.0f} s{open_}{said}", err=True)
        yield trial


def _tried(variation: str, rule: str, seed: int) -> Trial:
    """Judge one variation as an unknown server; runs in a process of its own."""
    from conformance.plugin.judging import judge  # noqa: PLC0415 - heavy, and in the child only
    from conformance.plugin.settings import from_options  # noqa: PLC0415 - as above
    from conformance.profile.loading import default_profile  # noqa: PLC0415 - as above

    with tempfile.TemporaryDirectory(prefix="kc-prove-") as folder:
        options: dict[str, Any] = {
            "profile": default_profile("any server"),
            "level": USUAL_LEVEL,
            "seed": seed,
            "output": str(Path(folder) / "run"),
        }
        run = judge(from_options(options, quiet=True, reproduce=False, variations=(variation,)))
    return Trial(
        variation=variation,
        rule=rule,
        quiet=run.exit == 0,
        exit=run.exit,
        seconds=run.seconds,
        alarms=tuple(sorted({finding.requirement for finding in run.findings})),
        undecided=run.outcomes["inconclusive"],
    )


def _chosen(wanted: Sequence[str]) -> list[Fault]:
    from conformance.reference.faults import all_faults  # noqa: PLC0415 - the server's room

    known = all_faults()
    for name in wanted:
        if name not in known:
            raise UsageError(f"no fault '{name}'", hint=did_you_mean(name, known))
    return [known[name] for name in wanted] if wanted else list(known.values())


def _proofs(
    pool: ProcessPoolExecutor, faults: Sequence[Fault], seed: int, *, whole: bool
) -> Iterator[Proof]:
    futures = [pool.submit(_judged, f.id, f.requirement, seed, whole) for f in faults]
    for future in futures:
        proof = future.result()
        word = "found " if proof.found else "MISSED"
        others = f"  (also {', '.join(proof.others)})" if proof.others else ""
        by = "  by the whole plan" if proof.whole and not whole else ""
        click.echo(
            f"{word}  {proof.requirement:<22} {proof.fault}  {proof.seconds:.0f} s{by}{others}",
            err=True,
        )
        yield proof


def _judged(fault: str | None, requirement: str | None, seed: int, whole: bool) -> Proof:  # noqa: FBT001 - crosses a process
    """Judge the embedded server with one fault, or sound; runs in a process of its own."""
    from conformance.requirements.catalogue import read_catalogue  # noqa: PLC0415 - in the child

    if requirement is None or whole:
        return _proof(fault, requirement, seed, ())
    # What the whole run's answers are held against may take more answers than the area asks for.
    alone = _proof(fault, requirement, seed, (read_catalogue().get(requirement).area,))
    return alone if alone.found else _proof(fault, requirement, seed, ())


def _proof(
    fault: str | None, requirement: str | None, seed: int, selection: tuple[str, ...]
) -> Proof:
    from conformance.plugin.judging import judge  # noqa: PLC0415 - heavy, and in the child only
    from conformance.plugin.settings import from_options  # noqa: PLC0415 - as above

    with tempfile.TemporaryDirectory(prefix="kc-prove-") as folder:
        options: dict[str, Any] = {"seed": seed, "output": str(Path(folder) / "run")}
        if selection:
            options["select"] = selection
        faults = (fault,) if fault else ()
        try:
            run = judge(from_options(options, quiet=True, reproduce=False, faults=faults))
        except ConformanceError as error:
            return Proof(
                fault or "", requirement or "", found=False, exit=error.exit_code, seconds=0
            )
    broken = {finding.requirement for finding in run.findings}
    return Proof(
        fault=fault or "",
        requirement=requirement or "",
        found=run.exit == 1 and requirement in broken,
        exit=run.exit,
        seconds=run.seconds,
        others=tuple(sorted(broken - {requirement or ""})),
        whole=not selection,
    )
