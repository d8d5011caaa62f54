"""XML as the server writes it: every property in its order, nulls as empty elements (WIRE-43)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from conformance.reference.errors import EXCEPTION_TYPE

if TYPE_CHECKING:
    from collections.abc import Callable

PROLOG = '<?xml version="1.0" encoding="utf-8"?>'
_QUOTES = {'"': "&quot;", "'": "&apos;"}


def to_xml(
    value: Any, *, names_of: Callable[[str], tuple[str, ...]], seconds: float, ignore_null: bool
) -> bytes:
    """The document `xml/result` with the execution time.

    `names_of` gives the properties of a class, base to derived.
    """
    writer = _Writer(names_of, ignore_null=ignore_null)
    if type(value) is dict and value.get("objectType") == EXCEPTION_TYPE:
        writer.error(value)
    else:
        writer.value(value)
    result = "".join(writer.parts)
    text = f"{PROLOG}<xml><result>{result}</result><executionTime>{seconds!r}</executionTime></xml>"
    return text.encode("utf-8", "replace")


class _Writer:
    """Collects the pieces of one document."""

    def __init__(self, names_of: Callable[[str], tuple[str, ...]], *, ignore_null: bool) -> None:
        self.parts: list[str] = []
        self._names_of = names_of
        self._ignore_null = ignore_null

    def value(self, value: Any) -> None:
        """Any value, without an element around it."""
        if value is None:
            return
        if value is True or value is False:
            self.parts.append("1" if value else "0")
        elif type(value) is list:
            self._items(value)
        elif type(value) is dict:
            if "objectType" in value:
                self._object(value)
            else:
                self._map(value)
        else:
            self.parts.append(escape(str(value), _QUOTES))

    def error(self, error: dict[str, Any]) -> None:
        """An error object with its args as items (CONTRACT ERR-03)."""
        add = self.parts.append
        add(f"<error><code>{escape(str(error.get('code', '')), _QUOTES)}</code>")
        add(f"<message>{escape(str(error.get('message', '')), _QUOTES)}</message>")
        add(f"<objectType>{EXCEPTION_TYPE}</objectType><args>")
        arguments = error.get("args")
        for name, value in arguments.items() if isinstance(arguments, dict) else ():
            add(
                f"<item><objectType>KalturaApiExceptionArg</objectType><name>{escape(str(name))}</name>"
            )
            add(f"<value>{escape(str(value), _QUOTES)}</value></item>")
        add("</args></error>")

    def _items(self, items: list[Any]) -> None:
        """An array as `item` elements."""
        for item in items:
            self.parts.append("<item>")
            if type(item) is dict and item.get("objectType") == EXCEPTION_TYPE:
                self.error(item)
            else:
                self.value(item)
            self.parts.append("</item>")

    def _map(self, members: dict[str, Any]) -> None:
        """A map as `item` elements with their keys."""
        for key, member in members.items():
            self.parts.append(f"<item><itemKey>{escape(str(key), _QUOTES)}</itemKey>")
            self.value(member)
            self.parts.append("</item>")

    def _object(self, value: dict[str, Any]) -> None:
        """An object: its type, `relatedObjects`, its class's properties, then any others."""
        name = str(value["objectType"])
        self.parts.append(f"<objectType>{escape(name)}</objectType>")
        declared = self._names_of(name)
        others = [key for key in value if key not in declared and key != "objectType"]
        self._member("relatedObjects", value.get("relatedObjects"))
        for key in (*declared, *(key for key in others if key != "relatedObjects")):
            self._member(key, value.get(key))

    def _member(self, key: str, value: Any) -> None:
        """One property as an element, empty for null unless nulls are left out."""
        if value is None and self._ignore_null:
            return
        self.parts.append(f"<{key}>")
        self.value(value)
        self.parts.append(f"</{key}>")
