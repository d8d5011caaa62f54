"""The values that a schema file becomes: frozen, cheap, and without behaviour beyond look-up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct

Kind = Literal["int", "bigint", "float", "bool", "string", "array", "map", "file", "object", "void"]
SessionNeed = Literal["always", "optional", "none"]

ROOT_CLASSES = frozenset({"KalturaObject", "KalturaObjectBase"})
"""The implicit root of every class (CONTRACT SCHEMA-16)."""

STANDARD_ACTIONS = ("add", "get", "update", "delete", "list")
"""The standard vocabulary (CONTRACT CRUD-01)."""


class TypeRef(Struct, frozen=True, gc=False):
    """The type of a property, parameter or result.

    `name` is the class of an `object`, `element` the class of an array's or map's items,
    `enum` the enum that the scalar is drawn from. `is_time` marks epoch seconds.
    """

    kind: Kind
    name: str | None = None
    element: str | None = None
    enum: str | None = None
    is_time: bool = False


class Property(Struct, frozen=True, gc=False):
    """One property of a class, with the flags and limits that the server publishes.

    Lengths are in bytes (CONTRACT CRUD-20); `None` means that no limit is published.
    """

    name: str
    type: TypeRef
    read_only: bool = False
    insert_only: bool = False
    write_only: bool = False
    multilingual: bool = False
    values_enum: str | None = None
    requires_permissions: tuple[str, ...] = ()
    min_length: int | None = None
    max_length: int | None = None
    min_value: float | None = None
    max_value: float | None = None
    utf8_truncate: int | None = None
    deprecated: bool = False
    description: str = ""


class Class(Struct, frozen=True):
    """A class with its own properties; inherited ones come from `Lineage`."""

    name: str
    base: str | None
    abstract: bool
    properties: tuple[Property, ...]
    plugin: str | None = None
    requires_permissions: tuple[str, ...] = ()
    deprecated: bool = False
    description: str = ""
    line: int = 0


class Param(Struct, frozen=True, gc=False):
    """A parameter of an action. `default` is documentation only (CONTRACT SCHEMA-22)."""

    name: str
    type: TypeRef
    optional: bool
    default: str | None = None
    description: str = ""


class Action(Struct, frozen=True):
    """An action of a service. `result.kind` is `void` where none is declared."""

    service: str
    name: str
    params: tuple[Param, ...]
    result: TypeRef
    throws: tuple[str, ...] = ()
    session: SessionNeed = "always"
    in_multirequest: bool = True
    alias: str | None = None
    plugin: str | None = None
    beta: bool = False
    deprecated: bool = False
    description: str = ""
    line: int = 0

    @property
    def id(self) -> str:
        """`service.action` with the wire id of the service."""
        return f"{self.service}.{self.name}"

    def param(self, name: str) -> Param | None:
        """The parameter of that name, or None."""
        return next((param for param in self.params if param.name == name), None)


class Service(Struct, frozen=True):
    """A service: `id` is what goes on the wire, `name` its documented spelling (SCHEMA-19)."""

    id: str
    name: str
    actions: Mapping[str, Action]
    plugin: str | None = None
    deprecated: bool = False
    description: str = ""
    line: int = 0

    def offers(self, *actions: str) -> bool:
        """Whether the service has every one of these actions."""
        return all(action in self.actions for action in actions)


class Constant(Struct, frozen=True, gc=False):
    """One constant of an enum, its value as written."""

    name: str
    value: str


class Enum(Struct, frozen=True):
    """An enum stored as int or as string."""

    name: str
    kind: Literal["int", "string"]
    constants: tuple[Constant, ...]
    plugin: str | None = None
    deprecated: bool = False
    line: int = 0


class ErrorTemplate(Struct, frozen=True, gc=False):
    """A published error: `message` holds `@NAME@` placeholders in the order of `parameters`."""

    name: str
    code: str
    message: str
    parameters: tuple[str, ...] = ()
    line: int = 0


class Plugin(Struct, frozen=True):
    """A plugin with the plugins that it needs and the short names of its services."""

    name: str
    dependencies: tuple[str, ...] = ()
    services: tuple[str, ...] = ()


class Setting(Struct, frozen=True):
    """A client or request setting from `configurations`."""

    group: str
    name: str
    type: TypeRef
    alias: str | None = None
    volatile: bool = False
    description: str = ""


class Oddity(Struct, frozen=True):
    """Something in the file that the grammar does not name; kept and reported, never fatal."""

    line: int
    element: str
    what: str


class Schema(Struct, frozen=True):
    """One published schema. All mappings are read-only and keep the file's order.

    `errors` is keyed by wire code, the first of a doubled code wins (SCHEMA-26).
    `unsound` is empty unless the file had to be salvaged: then it tells what could not be read.
    """

    api_version: str
    sha256: str
    source: str
    services: Mapping[str, Service]
    classes: Mapping[str, Class]
    enums: Mapping[str, Enum]
    errors: Mapping[str, ErrorTemplate]
    plugins: Mapping[str, Plugin]
    settings: tuple[Setting, ...] = ()
    oddities: tuple[Oddity, ...] = ()
    unsound: tuple[str, ...] = ()
    generated_at: int | None = None

    @property
    def actions(self) -> tuple[Action, ...]:
        """Every action, in the file's order."""
        return tuple(a for service in self.services.values() for a in service.actions.values())
