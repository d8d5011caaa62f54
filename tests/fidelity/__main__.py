"""`python -m tests.fidelity [FOLDER]`: the share of recorded exchanges that are answered alike."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from conformance.schema.reader import parse_schema
from tests.fidelity.causes import by_cause
from tests.fidelity.replay import replay
from tests.reference.recording import FILES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.fidelity.replay import Comparison

LEAST = 0.90
SCHEMA = "KalturaClient-22.19.0.xml"


def main(arguments: list[str]) -> int:
    """Print the share and the rest by cause; 1 when too few are alike, 2 without recordings."""
    given = arguments[0] if arguments else os.environ.get("KALTURA_CONFORMANCE_DATA")
    folder = Path(given) if given else Path(__file__).parents[3] / "shared" / "data"
    lacking = [name for name in (SCHEMA, *FILES) if not (folder / name).is_file()]
    if lacking:
        sys.stderr.write(
            f"{folder}: no {', no '.join(lacking)}. Name the folder of the recordings as an "
            "argument, or in KALTURA_CONFORMANCE_DATA\n"
        )
        return 2
    content = (folder / SCHEMA).read_bytes()
    compared = tuple(replay(folder, parse_schema(content, SCHEMA)))
    sys.stdout.writelines(f"{line}\n" for line in _report(compared))
    return 0 if _share(compared) >= LEAST else 1


def _report(compared: Sequence[Comparison]) -> Iterator[str]:
    for cause, members in by_cause(compared).items():
        yield f"\n{cause}: {len(members)}"
        for each in members:
            answers = f"{' '.join(each.theirs)}  here {' '.join(each.ours)}"
            yield f"  {each.action:45} {answers}  [{each.name}]"
    alike = sum(1 for each in compared if each.alike)
    equal = sum(1 for each in compared if each.equal)
    total = len(compared)
    yield f"\n{alike} of {total} recorded exchanges are answered alike: {_share(compared):.2%}"
    yield f"{equal} of them with the same arguments of the error: {equal / total:.2%}"


def _share(compared: Sequence[Comparison]) -> float:
    return sum(1 for each in compared if each.alike) / len(compared)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
