"""What a run was asked to do, whoever asked: the command line or pytest's."""

from __future__ import annotations

import os
import secrets as randomness
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from platformdirs import user_cache_path

from conformance.exceptions import EmptySelection
from conformance.profile.loading import default_profile, load_profile
from conformance.profile.options import OPTIONS, with_options
from conformance.profile.secrets import Secrets, from_environment
from conformance.profile.selection import Selection

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pytest

    from conformance.plugin.plan import Check
    from conformance.profile.profile import Profile
    from conformance.profile.resolved import Resolved

EXAMPLES_A_LIFE = 5
"""A life of an object takes a dozen calls, so one is played for every so many examples."""

SEEDS = 1_000_000


@dataclass(frozen=True, slots=True, repr=False)
class Settings:
    """A run's settings, all options applied. Holds secrets: it has no repr to leak them."""

    profile: Profile
    profile_name: str
    profile_file: str
    profile_sha256: str
    secrets: Secrets
    selection: Selection
    seed: int
    run_id: str
    output: Path
    faults: tuple[str, ...] = ()
    variations: tuple[str, ...] = ()
    record_all: bool = False
    testimony: bool = False
    """Whether what oracles are asked is written down, so that they can be asked again."""
    quiet: bool = False
    reproduce: bool = True
    """Whether each finding gets a program that shows it."""
    memory: Path | None = None
    """Where failing histories are kept for the next run, or None."""
    recalls: bool = False
    """Whether the run tries what is kept there; one with a seed of its own sends what that says."""

    @property
    def schema_source(self) -> str | None:
        """The schema that was asked for, or None for the target's own."""
        return self.profile.target.schema

    @property
    def workers(self) -> int:
        """Checks that run at once."""
        return self.profile.limits.workers

    @property
    def lives(self) -> int:
        """Lives played of each service."""
        return ceil(self.profile.limits.examples / EXAMPLES_A_LIFE)

    @property
    def deadline_seconds(self) -> float | None:
        """After how long no new check starts, or None."""
        return self.profile.limits.deadline_seconds

    @property
    def inconclusive_share(self) -> float:
        """The share of undecided checks (0..1) above which the run is inconclusive."""
        return self.profile.limits.max_inconclusive_percent / 100

    @property
    def origin(self) -> dict[str, str]:
        """What leads to the same target again: profile, digest, schema, and whether it was ours."""
        return {
            "name": self.profile_file,
            "sha256": self.profile_sha256,
            "schema": self.schema_source or "",
            "embedded": "no" if self.profile.target.url else "yes",
        }

    def selects(self, check: Check) -> bool:
        """Whether the check belongs to the plan."""
        return selects(check, self.profile, self.selection)

    def nothing_selected(self) -> EmptySelection:
        """The error for a plan without a check; names the patterns that fit nothing."""
        unmatched = "; ".join(self.selection.unmatched())
        hint = unmatched or "`list checks` with the same options shows what there is"
        return EmptySelection("the selection holds no check", hint=hint)


def selects(check: Check, profile: Profile, selection: Selection) -> bool:
    """Whether the check belongs to the plan of a run with this profile and selection."""
    if check.declaration.writes and profile.read_only:
        return False
    subject = check.subject
    return selection.judges(check.requirement.level) and selection.matches(
        check.requirement.id,
        check.requirement.area,
        subject.service,
        subject.action,
        subject.name,
    )


def resolve(options: Mapping[str, Any]) -> Resolved:
    """The profile that the options name, with the options that stand for its keys applied.

    Options are keyed as click does: `time_limit`. Raises ProfileError.
    """
    target = options.get("target")
    name = options.get("profile") or default_profile(target)
    resolved = load_profile(name, environ=os.environ)
    keys = {option: options.get(option.replace("-", "_")) for option in OPTIONS}
    return with_options(resolved, keys)


def from_options(
    options: Mapping[str, Any],
    *,
    quiet: bool = False,
    testimony: bool = False,
    reproduce: bool = True,
    faults: tuple[str, ...] = (),
    variations: tuple[str, ...] = (),
) -> Settings:
    """The settings that the options ask for. Raises UsageError for what cannot be used."""
    resolved = resolve(options)
    seed = options.get("seed")
    started = datetime.now(UTC).strftime("%Y-%m-%dT%H-%M-%S")
    run_id = f"{started}-{randomness.token_hex(2)}"
    output = options.get("output")
    embedded = resolved.profile.target.url is None
    return Settings(
        profile=resolved.profile,
        profile_name=resolved.name,
        profile_file=options.get("profile") or default_profile(options.get("target")),
        profile_sha256=resolved.digest,
        secrets=Secrets() if embedded else from_environment(os.environ, warn=_warn),
        selection=Selection.of(resolved.profile.selection),
        seed=randomness.randbelow(SEEDS) if seed is None else seed,
        run_id=run_id,
        output=Path(output) if output else Path("reports") / run_id,
        faults=faults,
        variations=variations,
        record_all=options.get("record") == "all",
        testimony=testimony,
        quiet=quiet,
        reproduce=reproduce,
        # Faults are planted to be found, and a certification is to be the same for everybody.
        memory=(
            user_cache_path("kaltura-conformance") / "histories"
            if resolved.profile.generation.remember and not (testimony or faults or variations)
            else None
        ),
        recalls=seed is None,
    )


def from_pytest(config: pytest.Config) -> Settings:
    """The settings that pytest's `--conformance-…` options ask for."""
    prefix = "conformance_"
    given = {
        name.removeprefix(prefix): value
        for name, value in vars(config.option).items()
        if name.startswith(prefix)
    }
    for name in ("partner_id", "other_partner_id", "examples", "schemathesis", "seed", "workers"):
        given[name] = None if given.get(name) is None else int(given[name])
    for name in ("rate", "time_limit"):
        given[name] = None if given.get(name) is None else float(given[name])
    return from_options(given, quiet=True)


def _warn(text: str) -> None:
    sys.stderr.write(f"kaltura-conformance: {text}\n")
