"""`python -m tests.hunt`: tries combinations of fault and scope, and reports what was noticed."""

from __future__ import annotations

import json
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from fnmatch import fnmatchcase
from pathlib import Path
from random import Random
from typing import Any

import click

from tests.hunt.draw import Combination, combinations, drawn
from tests.hunt.draw import together as grouped
from tests.hunt.mutant import Mutant, mutants
from tests.hunt.report import summary
from tests.hunt.runs import ROOT, Setting, tried

DATA = Path(os.environ.get("KALTURA_CONFORMANCE_DATA", ROOT.parent / "shared" / "data"))
REAL_SCHEMA = DATA / "KalturaClient-22.19.0.xml"


@click.group()
def main() -> None:
    """Measure how many hidden faults the suite notices, and which sound servers it alarms on."""


@main.command("list")
@click.option("--benign", is_flag=True, help="The variations instead of the faults.")
def list_mutants(*, benign: bool) -> None:
    """Print every mutant with its fault."""
    for name, mutant in sorted(mutants(package(benign)).items()):
        click.echo(f"{name:60} {mutant.fault}")


@main.command()
@click.option("--draw", "count", type=int, help="How many combinations to draw.")
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--scope", "kind", type=click.Choice(["everywhere", "service", "one-in-ten"]))
@click.option("--only", multiple=True, metavar="MUTANT[@SCOPE]", help="These instead of a draw.")
@click.option("--among", multiple=True, metavar="PATTERN", help="Draw only from these mutants.")
@click.option("--benign", is_flag=True, help="Every variation instead of a draw.")
@click.option("--together", type=int, default=1, help="So many variations in one run.")
@click.option("--sound", type=int, default=0, help="So many runs with nothing altered.")
@click.option("--real-schema", is_flag=True, help="Serve the schema of a real server.")
@click.option("--jobs", type=click.IntRange(1, 4), default=2, show_default=True)
@click.option("--suite", type=click.Path(path_type=Path), default=ROOT, help="The suite measured.")
@click.option("--profile", default="ce", show_default=True)
@click.option("--select", multiple=True, help="Passed on to the suite.")
@click.option("--quick", is_flag=True, help="A part of the plan first; the whole if it misses.")
@click.option("--timeout", type=float, default=420.0, show_default=True, help="Seconds a run.")
@click.option("--keep", type=click.Path(path_type=Path), help="Keep the runs' folders here.")
@click.option("--output", type=click.Path(path_type=Path), default=Path("hunt.jsonl"))
def run(
    *,
    count: int | None,
    seed: int,
    kind: str | None,
    only: tuple[str, ...],
    among: tuple[str, ...],
    benign: bool,
    together: int,
    sound: int,
    real_schema: bool,
    jobs: int,
    suite: Path,
    profile: str,
    select: tuple[str, ...],
    quick: bool,
    timeout: float,
    keep: Path | None,
    output: Path,
) -> None:
    """Try combinations and append one JSON line for each."""
    if real_schema and not REAL_SCHEMA.is_file():
        raise click.UsageError(f"no schema in {REAL_SCHEMA}: set KALTURA_CONFORMANCE_DATA")
    options = tuple(part for pattern in select for part in ("--select", pattern))
    setting = Setting(
        suite, REAL_SCHEMA if real_schema else None, profile, timeout, options, keep, quick
    )
    schema = setting.schema()
    found = mutants(package(benign))
    every = combinations(_among(found, among), schema)
    chosen: list[Combination | None] = [None] * sound
    if only:
        chosen += [_named(text, found) for text in only]
    elif benign:
        chosen += grouped([one for one in every if one.scope == "everywhere"], together)
        chosen = chosen[:count] if count else chosen
    elif count:
        chosen += drawn(every, count, Random(seed), kind)
    click.echo(f"{len(chosen)} of {len(every)} combinations", err=True)
    lock = threading.Lock()

    def one(place: int, what: Combination | None) -> None:
        row: dict[str, Any] = tried(what, setting, schema, seed * 1000 + place)
        row["benign"] = benign
        with lock, output.open("a") as file:
            file.write(json.dumps(row) + "\n")
            click.echo(
                f"{row['exit']} {row['mutant']} @ {row['scope']}: {row['altered']} altered, "
                f"{row['seconds']} s, {row.get('requirements')}"
            )

    with ThreadPoolExecutor(jobs) as pool:
        for done in [pool.submit(one, i, what) for i, what in enumerate(chosen)]:
            done.result()


def package(benign: bool) -> str:  # noqa: FBT001 - a yes or no of the command line
    """The package of the faults, or of the variations."""
    return "tests.hunt.benign" if benign else "tests.hunt.mutants"


def _among(found: dict[str, Mutant], patterns: tuple[str, ...]) -> dict[str, Mutant]:
    if not patterns:
        return found
    kept = {n: m for n, m in found.items() if any(fnmatchcase(n, p) for p in patterns)}
    if not kept:
        raise click.UsageError(f"no mutant fits {', '.join(patterns)}; `list` prints them")
    return kept


def _named(text: str, found: Any) -> Combination:
    names, _, scope = text.partition("@")
    wanted = [name.strip() for name in names.split("+")]
    for name in wanted:
        if name not in found:
            raise click.UsageError(f"no mutant is called {name!r}; `list` prints them")
    first, *more = (found[name] for name in wanted)
    return Combination(first, scope or "everywhere", tuple(more))


@main.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
def report(files: tuple[Path, ...]) -> None:
    """Summarise what was tried, by scope and area."""
    rows = [json.loads(line) for file in files for line in file.read_text().splitlines() if line]
    click.echo(summary(rows))


if __name__ == "__main__":
    main()
