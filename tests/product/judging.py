"""One run in a process of its own, and what it found."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

PROGRAM = """
import json, sys
from conformance.plugin.judging import judge
from conformance.plugin.settings import from_options

asked = json.loads(sys.argv[1])
changed = {name: tuple(asked[name]) for name in ("faults", "variations")}
run = judge(from_options(asked["options"], quiet=True, **changed))
print(run.exit)
"""


def judged(
    folder: Path,
    *,
    faults: Sequence[str] = (),
    variations: Sequence[str] = (),
    profile: str = "",
    **options: Any,
) -> dict[str, Any]:
    """The `run.json` of a run of the embedded server, changed so, with these options.

    `profile` is the text of a profile of its own. A run that cannot be ended is an AssertionError.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if profile:
        file = folder / "profile.toml"
        file.write_text(profile, encoding="utf-8")
        options["profile"] = str(file)
    output = folder / "run"
    asked = {
        "options": {**options, "output": str(output)},
        "faults": list(faults),
        "variations": list(variations),
    }
    command = [sys.executable, "-c", PROGRAM, json.dumps(asked)]
    done = subprocess.run(  # noqa: S603 - our own text
        command, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-4000:]
    run: dict[str, Any] = json.loads((output / "run.json").read_text(encoding="utf-8"))
    return run


def told(run: dict[str, Any]) -> list[str]:
    """The findings as one reads them in a failed assertion."""
    return [
        f"{each['requirement']} {each['subject']} at {each['where']}: expected {each['expected']}, "
        f"was {each['actual']}"
        for each in run["findings"]
    ]
