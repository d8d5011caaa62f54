"""The attributes of one element, read strictly: what is wrong is told with its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.exceptions import SchemaError
from conformance.schema.document import line_of, place
from conformance.schema.model import Oddity

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

    from lxml.etree import _Element

TYPED = frozenset({"type", "arrayType", "enumType", "isTime"})

GRAMMAR: Mapping[str, frozenset[str]] = {
    "xml": frozenset({"apiVersion", "generatedDate", "revision"}),
    "enum": frozenset({"name", "enumType", "plugin", "deprecated"}),
    "const": frozenset({"name", "value"}),
    "class": frozenset(
        {"name", "abstract", "base", "plugin", "description", "deprecated", "requiresPermissions"}
    ),
    "property": TYPED
    | {
        *("name", "readOnly", "insertOnly", "writeOnly", "multiLingual", "valuesEnumType"),
        *("requiresPermissions", "description", "minLength", "maxLength", "minValue", "maxValue"),
        *("utf8truncate", "deprecated"),
    },
    "service": frozenset({"id", "name", "description", "deprecated", "plugin"}),
    "action": frozenset(
        {
            *("name", "deprecated", "description", "enableInMultiRequest", "actionAlias"),
            *("plugin", "beta", "sessionRequired"),
        }
    ),
    "param": TYPED | {"name", "optional", "default", "description"},
    "result": TYPED,
    "throws": frozenset({"name"}),
    "plugin": frozenset({"name"}),
    "dependency": frozenset({"pluginName"}),
    "pluginService": frozenset({"name"}),
    "error": frozenset({"name", "code", "message", "description"}),
    "parameter": frozenset({"name"}),
    "client": frozenset({"type"}),
    "request": frozenset({"type"}),
    "setting": TYPED | {"alias", "volatile", "description"},
}
"""The attributes that the generator can write (CONTRACT section 1.2), element by element."""

TRUTHS = {"1": True, "0": False, "true": True, "false": False}


class Oddities:
    """What the grammar does not name, by kind, so that a habit is told once with its count."""

    def __init__(self) -> None:
        self._first: dict[tuple[str, str], int] = {}
        self._count: dict[tuple[str, str], int] = {}

    def note(self, element: _Element, what: str) -> None:
        """Count one more."""
        key = (str(element.tag), what)
        self._first.setdefault(key, line_of(element))
        self._count[key] = self._count.get(key, 0) + 1

    def all(self) -> tuple[Oddity, ...]:
        """One for each kind, at the line where it shows first."""
        return tuple(
            Oddity(
                line=line,
                element=element,
                what=what if (n := self._count[element, what]) == 1 else f"{what} ({n:,} times)",
            )
            for (element, what), line in self._first.items()
        )


class LeavingOut:
    """Around the reading of one piece: one that cannot be read is noted and left out, if wanted."""

    def __init__(self, *, wanted: bool) -> None:
        self.wanted = wanted
        self.errors: list[SchemaError] = []

    def __enter__(self) -> None:
        """Nothing to prepare."""

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        error: BaseException | None,
        _trace: TracebackType | None,
    ) -> bool:
        if not self.wanted or not isinstance(error, SchemaError):
            return False
        self.errors.append(error)
        return True


class Reading:
    """One file being read: its name for the places in errors, and the oddities seen so far.

    With `salvage`, pieces that cannot be read are left out instead of ending the reading.
    """

    def __init__(self, source: str, *, salvage: bool = False) -> None:
        self.source = source
        self.oddities = Oddities()
        self.leaving_out = LeavingOut(wanted=salvage)
        self._flags: dict[tuple[str | None, ...], tuple[bool, ...]] = {}

    def attributes(self, element: _Element, grammar: str | None = None) -> dict[str, str]:
        """The element's attributes; what the grammar does not name is noted."""
        found: dict[str, str] = dict(element.items())  # type: ignore[arg-type]
        known = GRAMMAR[grammar or str(element.tag)]
        if not known.issuperset(found):
            for name in found:
                if name not in known:
                    self.oddities.note(element, f"attribute '{name}'")
        return found

    def required(self, element: _Element, found: dict[str, str], name: str) -> str:
        """An attribute that must be there and not empty."""
        value = found.get(name)
        if not value:
            state = "empty" if value == "" else "missing"
            raise self.error(element, f"attribute '{name}' is {state}")
        return value

    def flag(
        self, element: _Element, found: dict[str, str], name: str, *, default: bool = False
    ) -> bool:
        """A flag written as 0 or 1; anything else is noted and read as the default."""
        value = found.get(name)
        if value is None:
            return default
        truth = TRUTHS.get(value)
        if truth is None:
            self.oddities.note(element, f"{name}='{value}' is not 0 or 1")
            return default
        return truth

    def flags(
        self, element: _Element, found: dict[str, str], names: tuple[str, ...]
    ) -> tuple[bool, ...]:
        """Several flags at once; combinations that were sound before are not looked at again."""
        written = tuple(map(found.get, names))
        known = self._flags.get(written)
        if known is None:
            known = tuple(self.flag(element, found, name) for name in names)
            if all(value is None or value in TRUTHS for value in written):
                self._flags[written] = known
        return known

    def whole(self, element: _Element, found: dict[str, str], name: str) -> int | None:
        """A limit that is a whole number."""
        value = found.get(name)
        if value is None:
            return None
        try:
            return int(value)
        except ValueError:
            raise self.error(element, f"{name}='{value}' is not a whole number") from None

    def number(self, element: _Element, found: dict[str, str], name: str) -> float | None:
        """A limit that is a number; infinity and not-a-number are none."""
        value = found.get(name)
        if value is None:
            return None
        try:
            number = float(value)
        except ValueError:
            number = float("nan")
        if number - number != 0:
            raise self.error(element, f"{name}='{value}' is not a number")
        return number

    def names(self, found: dict[str, str], name: str) -> tuple[str, ...]:
        """A comma-separated list, each name once."""
        value = found.get(name)
        if not value:
            return ()
        return tuple(dict.fromkeys(part.strip() for part in value.split(",") if part.strip()))

    def error(self, element: _Element, problem: str, hint: str = "") -> SchemaError:
        """A SchemaError at the element."""
        return SchemaError(problem, place=place(self.source, element), hint=hint)
