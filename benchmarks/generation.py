"""How quickly calls are drawn over every action of a schema, and how few of them are wasted.

Each row is measured in a process of its own, one after the other, in one run: positive calls and
labelled near misses out of our strategies, the plain generator, and schemathesis on the exported
OpenAPI document. Cases are what reaches the test; overruns are attempts that ran out of choices, in
per cent of all attempts; memory is the process's peak. Reading the schema is not counted.

Goals: at least 900 positive and 800 negative cases a CPU-second, nothing rejected, at most 4 %
overruns, under 80 MB.

    python benchmarks/generation.py [SCHEMA] [--examples N] [--share N]
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
import warnings
from collections import Counter
from importlib.resources import files
from random import Random
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.statistics import collector

from conformance.generation.near_misses import NearMisses
from conformance.generation.strategies import Strategies
from conformance.schema.lineage import Lineage
from conformance.schema.openapi import openapi
from conformance.schema.reader import parse_schema, read_schema

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from hypothesis.strategies import SearchStrategy

    from conformance.schema.model import Action, Schema

    Make = Callable[[Action], SearchStrategy[Any]]

ROWS = ("positive", "near misses", "near misses, plain", "schemathesis")
GOALS = {"positive": 900, "near misses": 800}
MOST_OVERRUNS = 4.0
MOST_MEGABYTES = 80


def strategies(row: str, schema: Schema, *, share: int) -> Iterator[SearchStrategy[Any]]:
    """A strategy for each action; for schemathesis, of every `share`th action."""
    lineage = Lineage(schema)
    if row == "positive":
        calls = Strategies(schema, lineage)
        yield from (calls.call(action) for action in schema.actions)
    elif row == "near misses":
        misses = NearMisses(schema, lineage)
        yield from (misses.strategy(a) for a in schema.actions if misses.possible(a))
    else:
        import schemathesis  # noqa: PLC0415 - measured in its own process only

        loaded = schemathesis.openapi.from_dict(openapi(schema))
        for action in schema.actions[::share]:
            path = f"/service/{action.service}/action/{action.name}"
            yield loaded[path]["POST"].as_strategy()


def measure(row: str, source: str | None, *, examples: int, share: int) -> dict[str, Any]:
    """One row: what was drawn, what was wasted, in how many CPU-seconds."""
    own = files("conformance.reference").joinpath("files/KalturaClient.xml").read_bytes()
    schema = read_schema(source) if source else parse_schema(own, "own")
    seen: Counter[str] = Counter()
    started = time.process_time()
    if row == "near misses, plain":
        seen["valid"] = _plain(schema, examples)
    else:
        for strategy in strategies(row, schema, share=share):
            seen += _drawn(strategy, examples)
    seconds = time.process_time() - started
    return {
        "cases": seen["valid"],
        "per second": seen["valid"] / seconds,
        "rejected": 100 * seen["invalid"] / max(1, seen.total()),
        "overruns": 100 * seen["overrun"] / max(1, seen.total()),
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def _plain(schema: Schema, examples: int) -> int:
    misses, random = NearMisses(schema, Lineage(schema)), Random(7)  # noqa: S311 - inputs
    possible = [action for action in schema.actions if misses.possible(action)]
    return sum(
        misses.plain(action, random).codes != () for action in possible for _ in range(examples)
    )


def _drawn(strategy: SearchStrategy[Any], examples: int) -> Counter[str]:
    seen: Counter[str] = Counter()

    @settings(
        max_examples=examples,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def draws(_case: Any) -> None:
        pass

    def note(statistics: Any) -> None:
        seen.update(case["status"] for case in statistics["generate-phase"]["test-cases"])

    with warnings.catch_warnings(), collector.with_value(note):
        warnings.simplefilter("ignore")
        draws()
    return seen


def main() -> int:
    """Print the table; 1 where a goal is missed."""
    parser = argparse.ArgumentParser(description="Cases a CPU-second over every action.")
    parser.add_argument("schema", nargs="?", help="A schema file; else the embedded server's.")
    parser.add_argument("--examples", type=int, default=20, help="Cases of each action.")
    parser.add_argument("--share", type=int, default=10, help="Schemathesis gets every Nth action.")
    parser.add_argument("--row", choices=ROWS, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.row:
        row = measure(options.row, options.schema, examples=options.examples, share=options.share)
        print(json.dumps(row))
        return 0
    print(f"{'':<20} {'cases':>8} {'a CPU-second':>13} {'rejected':>9} {'overruns':>9} {'peak':>8}")
    missed = False
    for name in ROWS:
        row = _in_its_own_process(name, options)
        rate, overruns, peak = row["per second"], row["overruns"], row["megabytes"]
        print(
            f"{name:<20} {row['cases']:>8} {rate:>13.0f} {row['rejected']:>7.1f} %"
            f" {overruns:>7.1f} % {peak:>5.0f} MB"
        )
        if name in GOALS:
            wasteful = row["rejected"] > 0 or overruns > MOST_OVERRUNS or peak > MOST_MEGABYTES
            missed = missed or wasteful or rate < GOALS[name]
    print("goals missed" if missed else "goals met")
    return int(missed)


def _in_its_own_process(name: str, options: argparse.Namespace) -> dict[str, Any]:
    command = [sys.executable, __file__, "--row", name, "--examples", str(options.examples)]
    command += ["--share", str(options.share), *([options.schema] if options.schema else [])]
    ended = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - ourselves
    row: dict[str, Any] = json.loads(ended.stdout)
    return row


if __name__ == "__main__":
    sys.exit(main())
