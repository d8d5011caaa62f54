"""`python -m tests.product`: counts the findings that have a right program, over a sample."""

from __future__ import annotations

from pathlib import Path

import click

from conformance.exceptions import UsageError, did_you_mean
from conformance.reference.faults import all_faults
from tests.product.programs import RIGHT, WRONG, Trial, sampled, table, tried


@click.command()
@click.option("--an-area", type=int, default=3, show_default=True, help="Faults of each area.")
@click.option("--sample", type=int, default=1, show_default=True, help="Which faults are drawn.")
@click.option("--area", "areas", multiple=True, help="Only these areas; repeatable.")
@click.option("--fault", "wanted", multiple=True, metavar="ID", help="These instead of a draw.")
@click.option("--seed", type=int, default=7, show_default=True, help="The seed of all inputs.")
@click.option("--jobs", type=click.IntRange(1, 8), default=2, show_default=True)
@click.option("--narrow", is_flag=True, help="Judge the requirement alone, not its area.")
@click.option("--keep", type=click.Path(path_type=Path), help="Keep the runs' folders here.")
def main(
    an_area: int,
    sample: int,
    areas: tuple[str, ...],
    wanted: tuple[str, ...],
    seed: int,
    jobs: int,
    keep: Path | None,
    *,
    narrow: bool,
) -> None:
    """Run each finding's program alone, where its fault is and where it is not."""
    known = all_faults()
    for name in wanted:
        if name not in known:
            raise UsageError(f"no fault '{name}'", hint=did_you_mean(name, known))
    faults = [known[name] for name in wanted] or sampled(an_area=an_area, seed=sample, areas=areas)
    trials: list[Trial] = []
    for trial in tried(faults, seed=seed, jobs=jobs, keep=keep, narrow=narrow):
        trials.append(trial)
        if trial.ended != RIGHT:
            click.echo(
                f"{trial.ended:9}  {trial.fault}  {trial.requirement}  {trial.why}", err=True
            )
    click.echo(table(trials))
    raise SystemExit(any(trial.ended == WRONG for trial in trials))


main()
