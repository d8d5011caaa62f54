"""A schema file to the model. What later code could not rely on is one SchemaError here."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from hashlib import sha256
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeVar

from msgspec.structs import replace

from conformance.exceptions import SchemaError
from conformance.schema.actions import read_service
from conformance.schema.attributes import Reading
from conformance.schema.classes import read_class, read_enum
from conformance.schema.document import SECTIONS, elements
from conformance.schema.extras import read_error, read_plugin, read_settings
from conformance.schema.model import Schema, Service
from conformance.schema.references import References, as_enum, check_bases
from conformance.schema.salvage import sound_classes, sound_service

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from lxml.etree import _Element

    from conformance.schema.model import Class, Enum, ErrorTemplate, Plugin, Setting

Named = TypeVar("Named", "Class", "Enum", "Plugin", "Service", "ErrorTemplate")


def parse_schema(content: bytes, source: str) -> Schema:
    """Read a schema from its bytes; `source` names it in errors.

    Raises SchemaError with `source:line <element name>` for: what is no schema at all, a name that
    is doubled or missing, a reference to nothing, a class that is its own ancestor, a limit that is
    no number. What the grammar does not name is kept in `oddities` (CONTRACT section 1.2).
    """
    with _collector_paused():
        return _File(Reading(source)).read(content)


def salvage_schema(content: bytes, source: str) -> Schema:
    """Read what a server publishes, sound or not; `unsound` tells what was left out, and why.

    Raises the SchemaError of `parse_schema` where no class and no enum can be read.
    """
    with _collector_paused():
        try:
            return _File(Reading(source)).read(content)
        except SchemaError:
            salvaged = _File(Reading(source, salvage=True)).salvage(content)
            if salvaged.classes or salvaged.enums:
                return salvaged
            raise


@contextmanager
def _collector_paused() -> Iterator[None]:
    """No collections meanwhile: there is no garbage yet, and looking costs a third more."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


class _File:
    """One file being read, section by section."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.references = References(reading.source)
        self.version = ""
        self.generated_at: int | None = None
        self.enums: dict[str, Enum] = {}
        self.classes: dict[str, Class] = {}
        self.services: dict[str, Service] = {}
        self.plugins: dict[str, Plugin] = {}
        self.errors: dict[str, ErrorTemplate] = {}
        self.settings: list[Setting] = []

    def read(self, content: bytes) -> Schema:
        self._take(content)
        self.references.check(self.classes, self.enums)
        check_bases(self.classes, self.reading.source)
        return self._schema(sha256(content).hexdigest())

    def salvage(self, content: bytes) -> Schema:
        with self.reading.leaving_out:
            self._take(content)
        with self.reading.leaving_out:
            self.references.check(self.classes, self.enums)
        with self.reading.leaving_out:
            check_bases(self.classes, self.reading.source)
        self.classes = sound_classes(self.classes, self.enums)
        self.services = {
            name: sound_service(service, self.classes, self.enums)
            for name, service in self.services.items()
        }
        return self._schema(sha256(content).hexdigest())

    def _take(self, content: bytes) -> None:
        handlers: Mapping[str, Callable[[_Element], None]] = {
            "class": self._class,
            "enum": self._enum,
            "service": self._service,
            "error": self._error,
            "plugin": self._plugin,
            "xml": self._root,
            **dict.fromkeys(("client", "request"), self._settings),
            **dict.fromkeys(SECTIONS, self._section),
        }
        for element in elements(content, self.reading.source):
            with self.reading.leaving_out:
                handlers.get(str(element.tag), self._stray)(element)

    def _schema(self, digest: str) -> Schema:
        services = {name: self._settled(service) for name, service in self.services.items()}
        return Schema(
            api_version=self.version,
            sha256=digest,
            source=self.reading.source,
            services=MappingProxyType(services),
            classes=MappingProxyType(self.classes),
            enums=MappingProxyType(self.enums),
            errors=MappingProxyType(self.errors),
            plugins=MappingProxyType(self.plugins),
            settings=tuple(self.settings),
            oddities=self.reading.oddities.all(),
            unsound=tuple(map(str, self.reading.leaving_out.errors)),
            generated_at=self.generated_at,
        )

    def _settled(self, service: Service) -> Service:
        """The service with results that are bare enum names read as such."""
        bare = [a for a in service.actions.values() if a.result.name in self.enums]
        if not bare:
            return service
        settled = {a.name: replace(a, result=as_enum(a.result, self.enums)) for a in bare}
        return replace(service, actions=MappingProxyType({**service.actions, **settled}))

    def _root(self, element: _Element) -> None:
        found = self.reading.attributes(element)
        self.version = found.get("apiVersion", "")
        date = found.get("generatedDate", "")
        if date.isascii() and date.isdigit():
            self.generated_at = int(date)
        elif date:
            self.reading.oddities.note(element, f"generatedDate='{date[:40]}' is no time")

    def _class(self, element: _Element) -> None:
        self._keep(self.classes, element, read_class(element, self.reading, self.references))

    def _enum(self, element: _Element) -> None:
        self._keep(self.enums, element, read_enum(element, self.reading))

    def _plugin(self, element: _Element) -> None:
        self._keep(self.plugins, element, read_plugin(element, self.reading))

    def _service(self, element: _Element) -> None:
        service = read_service(element, self.reading, self.references)
        self._keep(self.services, element, service, name=service.id)

    def _error(self, element: _Element) -> None:
        error = read_error(element, self.reading)
        if error.code in self.errors:
            # The first one wins on the server too (CONTRACT SCHEMA-26).
            self.reading.oddities.note(element, f"code '{error.code}' is declared twice")
        else:
            self.errors[error.code] = error

    def _settings(self, element: _Element) -> None:
        self.settings.extend(read_settings(element, self.reading, self.references))

    def _section(self, element: _Element) -> None:
        expected = {
            "enums": {"enum"},
            "classes": {"class"},
            "services": {"service"},
            "plugins": {"plugin"},
            "errors": {"error"},
            "configurations": {"client", "request"},
        }[str(element.tag)]
        for child in element:
            if child.tag not in expected:
                self._stray(child)

    def _stray(self, element: _Element) -> None:
        parent = element.getparent()
        within = f" in <{parent.tag}>" if parent is not None else ""
        self.reading.oddities.note(element, f"element <{element.tag}>{within}")

    def _keep(
        self, kept: dict[str, Named], element: _Element, value: Named, name: str | None = None
    ) -> None:
        key = name or value.name
        if key in kept:
            raise self.reading.error(
                element,
                f"the {element.tag} '{key}' is declared twice",
                f"The first is at line {getattr(kept[key], 'line', '?')}",
            )
        kept[key] = value
