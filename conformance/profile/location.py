"""Where profiles lie: in the checkout's `profiles/`, or inside the installed package."""

from __future__ import annotations

from pathlib import Path

from conformance.exceptions import ProfileError, did_you_mean

_PACKAGED = Path(__file__).resolve().parent / "files"
_CHECKOUT = Path(__file__).resolve().parent.parent.parent / "profiles"


def folder() -> Path:
    """The folder of the profiles that come with the suite."""
    return _PACKAGED if _PACKAGED.is_dir() else _CHECKOUT


def profile_files() -> dict[str, Path]:
    """The profiles that come with the suite, by name, in alphabetical order."""
    return {path.stem: path for path in sorted(folder().glob("*.toml"))}


def find(name_or_path: str, *, beside: Path | None = None) -> Path:
    """The file of a profile: one of ours by name, or a path (from `beside`, else from here).

    What ends in `.toml` or holds a slash is a path. Raises ProfileError when there is none.
    """
    if not name_or_path.strip():
        raise ProfileError("a profile needs a name", hint=did_you_mean("", profile_files()))
    if "/" in name_or_path or "\\" in name_or_path or name_or_path.endswith(".toml"):
        return _by_path(name_or_path, beside)
    known = profile_files()
    if name_or_path not in known:
        raise ProfileError(
            f"no profile is called {name_or_path!r}", hint=did_you_mean(name_or_path, known)
        )
    return known[name_or_path]


def _by_path(text: str, beside: Path | None) -> Path:
    path = Path(text).expanduser()
    if beside is not None and not path.is_absolute():
        path = beside / path
    if path.is_dir():
        raise ProfileError("a folder, not a profile", place=text)
    if not path.is_file():
        near = did_you_mean(path.name, (each.name for each in path.parent.glob("*.toml")))
        raise ProfileError("no such file", place=text, hint=near)
    return path
