"""Makes `tests.hunt` importable by the name that its command has, installed package or not."""

from __future__ import annotations

import sys
from pathlib import Path

# At the end: an installed `conformance` is the one that the tests are about.
sys.path.append(str(Path(__file__).resolve().parents[2]))
