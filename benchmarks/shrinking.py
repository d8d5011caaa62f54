"""How many calls it takes from a failing call to the smallest one: ours, and schemathesis's.

Twenty bugs are planted as predicates over a call's parameters. Each generator draws until it meets
the bug; the calls from there to the end of its shrinking are counted, and its last failing call is
compared with the stated minimal one, by members and then by letters and digits. Ours draws by its
own strategies and shrinks by `generation.shrinking`; schemathesis shrinks by Hypothesis.

Goal: ours minimal in all, with at most a third of schemathesis's calls (median of the ratios).

    python benchmarks/shrinking.py [--seed N]
"""

from __future__ import annotations

import argparse
import statistics
import sys
from collections.abc import Callable
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import hypothesis
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from msgspec import Struct

from conformance.generation.shrinking import Shrinker, size_of
from conformance.generation.strategies import Strategies
from conformance.schema.lineage import Lineage
from conformance.schema.openapi import openapi
from conformance.schema.reader import parse_schema

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.schema.model import Schema

    Params = Mapping[str, Any]

MOST_EXAMPLES = 3_000
GOAL = 1 / 3


class Bug(Struct, frozen=True):
    """One planted bug: when it shows, and the smallest call that shows it."""

    name: str
    action: str
    shows: Callable[[Params], bool]
    minimal: dict[str, Any]


class Outcome(Struct, frozen=True):
    """What one generator made of a bug. `calls` is None where it never met it."""

    calls: int | None
    case: Any = None


def inner(params: Params, name: str) -> dict[str, Any]:
    """The object of that parameter, or an empty one."""
    value = params.get(name)
    return value if isinstance(value, dict) else {}


def text(params: Params, name: str, prop: str) -> str:
    """The text of a property, or an empty one."""
    value = inner(params, name).get(prop)
    return value if isinstance(value, str) else ""


def number(params: Params, name: str, prop: str) -> float:
    """The number of a property, or one below all."""
    value = inner(params, name).get(prop)
    return value if isinstance(value, int | float) and not isinstance(value, bool) else -1e18


def items(value: dict[str, Any], prop: str) -> list[dict[str, Any]]:
    """The objects that a property holds."""
    held = value.get(prop)
    return [each for each in held if isinstance(each, dict)] if isinstance(held, list) else []


def of(kind: str, **values: Any) -> dict[str, Any]:
    """An object of a class."""
    return {"objectType": kind, **values}


MEDIA, CATEGORY, LIST = "KalturaMediaEntry", "KalturaCategory", "KalturaPlaylist"
BUGS = (
    Bug(
        "an entry with a description",
        "media.add",
        lambda p: bool(text(p, "entry", "description")),
        {"entry": of(MEDIA, description="a")},
    ),
    Bug(
        "a description of more than twenty letters",
        "media.add",
        lambda p: len(text(p, "entry", "description")) > 20,  # noqa: PLR2004 - the bug
        {"entry": of(MEDIA, description="a" * 21)},
    ),
    Bug(
        "two tags",
        "media.add",
        lambda p: "," in text(p, "entry", "tags"),
        {"entry": of(MEDIA, tags=",")},
    ),
    Bug(
        "a start and an end",
        "media.add",
        lambda p: {"startDate", "endDate"} <= inner(p, "entry").keys(),
        {"entry": of(MEDIA, startDate=0, endDate=0)},
    ),
    Bug(
        "an image",
        "media.add",
        lambda p: inner(p, "entry").get("mediaType") == 2,  # noqa: PLR2004 - the bug
        {"entry": of(MEDIA, mediaType=2)},
    ),
    Bug(
        "a category's privacy beside its place in lists",
        "category.add",
        lambda p: {"privacy", "appearInList"} <= inner(p, "category").keys(),
        {"category": of(CATEGORY, privacy=1, appearInList=1)},
    ),
    Bug(
        "a name beyond ASCII",
        "category.update",
        lambda p: not text(p, "category", "name").isascii(),
        {"id": 0, "category": of(CATEGORY, name="ж")},
    ),
    Bug(
        "two filters",
        "playlist.add",
        lambda p: len(items(inner(p, "playlist"), "filters")) > 1,
        {"playlist": of(LIST, filters=[of("KalturaMediaEntryFilterForPlaylist")] * 2)},
    ),
    Bug(
        "an ordered filter",
        "playlist.add",
        lambda p: any("orderBy" in f for f in items(inner(p, "playlist"), "filters")),
        {
            "playlist": of(
                LIST, filters=[of("KalturaMediaEntryFilterForPlaylist", orderBy="+createdAt")]
            )
        },
    ),
    Bug(
        "a wide player",
        "uiconf.add",
        lambda p: number(p, "uiConf", "width") > 1_000,  # noqa: PLR2004 - the bug
        {"uiConf": of("KalturaUiConf", width=1_001)},
    ),
    Bug(
        "a list by two ids",
        "baseentry.list",
        lambda p: "idIn" in inner(p, "filter") and "idEqual" in inner(p, "filter"),
        {"filter": of("KalturaBaseEntryFilter", idIn="a", idEqual="a")},
    ),
    Bug(
        "a long page",
        "baseentry.list",
        lambda p: number(p, "pager", "pageSize") > 100,  # noqa: PLR2004 - the bug
        {"pager": of("KalturaFilterPager", pageSize=101)},
    ),
    Bug(
        "a filter beside a pager",
        "category.list",
        lambda p: bool(inner(p, "filter")) and bool(inner(p, "pager")),
        {"filter": of("KalturaCategoryFilter"), "pager": of("KalturaFilterPager")},
    ),
    Bug(
        "three parts of a user",
        "user.add",
        lambda p: {"firstName", "lastName", "email"} <= inner(p, "user").keys(),
        {"user": of("KalturaUser", firstName="a", lastName="a", email="a")},
    ),
    Bug(
        "a default profile",
        "conversionprofile.add",
        lambda p: inner(p, "conversionProfile").get("isDefault") == 1,
        {"conversionProfile": of("KalturaConversionProfile", isDefault=1)},
    ),
    Bug(
        "a high bitrate",
        "flavorparams.add",
        lambda p: number(p, "flavorParams", "videoBitrate") > 5_000,  # noqa: PLR2004 - the bug
        {"flavorParams": of("KalturaFlavorParams", videoBitrate=5_001)},
    ),
    Bug(
        "a rule with a condition",
        "accesscontrolprofile.add",
        lambda p: any(
            items(rule, "conditions") for rule in items(inner(p, "accessControlProfile"), "rules")
        ),
        {
            "accessControlProfile": of(
                "KalturaAccessControlProfile",
                rules=[of("KalturaRule", conditions=[of("KalturaAuthenticatedCondition")])],
            )
        },
    ),
    Bug(
        "a late conversion profile",
        "media.update",
        lambda p: number(p, "mediaEntry", "conversionProfileId") >= 1_000,  # noqa: PLR2004 - the bug
        {"entryId": "a", "mediaEntry": of(MEDIA, conversionProfileId=1_000)},
    ),
    Bug(
        "any order",
        "category.list",
        lambda p: bool(text(p, "filter", "orderBy")),
        {"filter": of("KalturaCategoryFilter", orderBy="+createdAt")},
    ),
    Bug(
        "a long reference beside a user",
        "media.add",
        lambda p: len(text(p, "entry", "referenceId")) > 8 and "userId" in inner(p, "entry"),  # noqa: PLR2004 - the bug
        {"entry": of(MEDIA, referenceId="a" * 9, userId="a")},
    ),
)
QUIET = settings(
    max_examples=MOST_EXAMPLES,
    database=None,
    deadline=None,
    report_multiple_bugs=False,
    phases=[Phase.generate, Phase.shrink],
    suppress_health_check=list(HealthCheck),
)


def ours(schema: Schema, lineage: Lineage, bug: Bug, seed: int) -> Outcome:
    """Draw by our strategies until the bug shows, then shrink by what the schema says."""
    action = next(a for a in schema.actions if a.id == bug.action)
    found: list[Any] = []

    @hypothesis.seed(seed)
    @settings(QUIET, phases=[Phase.generate])
    @hypothesis.given(Strategies(schema, lineage).call(action))
    def drawn(params: dict[str, Any]) -> None:
        if found or bug.shows(params):
            found.append(params)
            raise AssertionError

    _run(drawn)
    if not found:
        return Outcome(None)
    shrunk = Shrinker(schema, lineage).shrink(action, found[0], bug.shows)
    return Outcome(shrunk.calls, shrunk.params)


def theirs(document: dict[str, Any], bug: Bug, seed: int) -> Outcome:
    """Draw by schemathesis until the bug shows, then let Hypothesis shrink."""
    service, _, action = bug.action.partition(".")
    operation = schemathesis.openapi.from_dict(document)[f"/service/{service}/action/{action}"][
        "POST"
    ]
    failing: list[Any] = []
    calls = 0

    @hypothesis.seed(seed)
    @QUIET
    @hypothesis.given(operation.as_strategy())
    def drawn(case: Any) -> None:
        nonlocal calls
        calls += bool(failing)
        if isinstance(case.body, dict) and bug.shows(case.body):
            failing.append(case.body)
            raise AssertionError

    _run(drawn)
    return Outcome(calls, failing[-1]) if failing else Outcome(None)


def _run(test: Callable[[], None]) -> None:
    try:
        test()
    except AssertionError:
        return


def main() -> int:
    """Print the table; 1 where a goal is missed."""
    parser = argparse.ArgumentParser(description="Calls until minimal, ours and schemathesis's.")
    parser.add_argument("--seed", type=int, default=7)
    seed = parser.parse_args().seed
    own = files("conformance.reference").joinpath("files/KalturaClient.xml").read_bytes()
    schema = parse_schema(own, "the embedded server's schema")
    lineage = Lineage(schema)
    document = openapi(schema)
    print(f"{'bug':<50} {'minimal':>8} {'ours':>14} {'schemathesis':>14}")
    ratios: list[float] = []
    missed: list[str] = []
    for bug in BUGS:
        mine, other = ours(schema, lineage, bug, seed), theirs(document, bug, seed)
        least = size_of(bug.minimal)
        print(
            f"{bug.name:<50} {_size(least):>8} {_told(mine, least):>14} {_told(other, least):>14}"
        )
        if mine.calls is None or size_of(mine.case) > least:
            missed.append(f"{bug.name}: {mine.case}")
        if mine.calls and other.calls:
            ratios.append(mine.calls / other.calls)
    median = statistics.median(ratios)
    print(f"median of ours / schemathesis's: {median:.2f} (goal at most {GOAL:.2f})")
    print(f"ours minimal in {len(BUGS) - len(missed)} of {len(BUGS)}")
    for complaint in missed:
        print(f"  {complaint}")
    return int(bool(missed) or median > GOAL)


def _size(size: tuple[int, int]) -> str:
    return f"{size[0]}/{size[1]}"


def _told(outcome: Outcome, least: tuple[int, int]) -> str:
    if outcome.calls is None:
        return "never met"
    size = size_of(outcome.case)
    return f"{outcome.calls} {'minimal' if size <= least else _size(size)}"


if __name__ == "__main__":
    sys.exit(main())
