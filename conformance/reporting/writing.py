"""Puts reports into a folder: each file whole or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.exceptions import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

OF_A_RUN_BEFORE = ("*-result.json", "*-attachment.txt")
"""What a folder below the reports' may hold of another run, and what would be mixed with ours."""


def write(files: Iterable[tuple[str, bytes]], folder: Path) -> tuple[Path, ...]:
    """Write the files; the paths of what was made, a folder of many files as one.

    Raises UsageError where the folder cannot be written to.
    """
    made: dict[Path, None] = {}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in files:
            path = folder / name
            if path.parent != folder and path.parent not in made:
                _empty(path.parent)
            made[path if path.parent == folder else path.parent] = None
            _write(path, content)
    except OSError as error:
        place = str(error.filename or folder)
        raise UsageError(f"cannot write: {error.strerror}", place=place) from error
    return tuple(made)


def append(text: str, path: Path) -> None:
    """Add the text to a file that others write to as well; UsageError where that cannot be."""
    try:
        with path.open("a", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise UsageError(f"cannot write: {error.strerror}", place=str(path)) from error


def _write(path: Path, content: bytes) -> None:
    partial = path.with_name(f"{path.name}.partial")
    partial.write_bytes(content)
    partial.replace(path)


def _empty(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for pattern in OF_A_RUN_BEFORE:
        for old in folder.glob(pattern):
            old.unlink()
