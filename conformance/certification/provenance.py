"""Which suite judged: its version, the digest of its files, and whether that is a release.

A certificate of a suite that somebody changed on the way says so on its face.
"""

from __future__ import annotations

import subprocess
from hashlib import sha256
from importlib import resources
from pathlib import Path

from msgspec import Struct

from conformance import __version__

SOURCES = (".py", ".toml", ".xml", ".txt", ".j2")


class SuiteIdentity(Struct, frozen=True):
    """`source` is `release` (as installed), `commit <id>`, or `changed <id>` for a dirty tree."""

    version: str
    sha256: str
    source: str


def suite_identity() -> SuiteIdentity:
    """This suite's identity."""
    root = Path(str(resources.files("conformance")))
    return SuiteIdentity(__version__, _digest(root), _source(root))


def _digest(root: Path) -> str:
    """Over every source file with its path, in order: the same for a checkout and its wheel."""
    total = sha256()
    for path in sorted(root.rglob("*")):
        if path.suffix in SOURCES and path.is_file():
            name = path.relative_to(root).as_posix()
            total.update(f"{name}\0{sha256(path.read_bytes()).hexdigest()}\n".encode())
    return total.hexdigest()


def _source(root: Path) -> str:
    if "site-packages" in root.parts or "dist-packages" in root.parts:
        return "release"
    try:
        commit = _git(root, "rev-parse", "HEAD")
        changes = _git(root, "status", "--porcelain", "--", ".")
    except (OSError, subprocess.SubprocessError):
        return "unknown"
    return f"changed {commit}" if changes else f"commit {commit}"


def _git(root: Path, *arguments: str) -> str:
    done = subprocess.run(  # noqa: S603 - fixed arguments
        ["git", "-C", str(root), *arguments],  # noqa: S607 - whichever git is the user's
        capture_output=True,
        check=True,
        text=True,
        timeout=30,
    )
    return done.stdout.strip()
