"""How long reading a schema takes, and how much memory stays: goal under 150 ms and under 30 MB.

`python benchmarks/schema.py SCHEMA`: the median of seven readings in one process, and the growth of
the peak resident size in a fresh process for one reading.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from statistics import median

from conformance.schema.lineage import Lineage
from conformance.schema.reader import parse_schema

READINGS = 7


def peak_bytes() -> int:
    """The largest resident size of this process so far.

    From the kernel's own count: `getrusage` starts with the parent's peak.
    """
    status = Path("/proc/self/status").read_text(encoding="ascii")
    line = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) * 1024


def grow(path: Path) -> None:
    """Print by how many bytes one reading raises this process's peak."""
    content = path.read_bytes()
    before = peak_bytes()
    schema = parse_schema(content, path.name)
    print(peak_bytes() - before)
    assert schema.classes


def milliseconds(path: Path) -> list[float]:
    """The durations of seven readings of the bytes, in ms."""
    content = path.read_bytes()
    durations = []
    for _ in range(READINGS):
        start = time.perf_counter()
        parse_schema(content, path.name)
        durations.append((time.perf_counter() - start) * 1000)
    return durations


def main() -> None:
    """Measure and print."""
    path = Path(sys.argv[1])
    if sys.argv[2:] == ["--grow"]:
        grow(path)
        return
    durations = milliseconds(path)
    child = subprocess.run(  # noqa: S603 - this very program
        [sys.executable, __file__, str(path), "--grow"], check=True, capture_output=True, text=True
    )
    schema = parse_schema(path.read_bytes(), path.name)
    start = time.perf_counter()
    Lineage(schema)
    lineage_ms = (time.perf_counter() - start) * 1000
    print(f"classes      {len(schema.classes):>8}")
    print(f"reading      {median(durations):>8.1f} ms median of {READINGS}, goal 150")
    print(f"slowest      {max(durations):>8.1f} ms")
    print(f"lineage      {lineage_ms:>8.1f} ms")
    print(f"peak growth  {int(child.stdout) / 1e6:>8.1f} MB, goal 30")


if __name__ == "__main__":
    main()
