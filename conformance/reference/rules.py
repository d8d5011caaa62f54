"""What no schema tells of single services: read from `files/behaviour.toml`, looked up here."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

import msgspec
from msgspec import Struct, field


class NotFound(Struct, frozen=True):
    """How a service says that an object is not there."""

    code: str
    args: dict[str, str] | None = None
    message: str | None = None


class Unique(Struct, frozen=True, rename={"class_name": "class", "even_missing": "even-missing"}):
    """A natural key: no two objects of an account agree in all these properties.

    `below` names another object, which may be none: the key holds among those below one. With
    `even_missing` two objects without the key are doubles of each other.
    """

    class_name: str
    properties: list[str]
    code: str
    below: str = ""
    even_missing: bool = False


class Reference(Struct, frozen=True, rename={"class_name": "class", "only_when": "only-when"}):
    """A property that names another object, which must exist.

    With `demanded` an object without it is refused with the same code.
    """

    class_name: str
    property: str
    to: str
    code: str
    only_when: dict[str, Any] = {}
    demanded: bool = False


class MandatoryFilter(Struct, frozen=True):
    """Filter properties of which a list demands at least one."""

    properties: list[str]
    code: str = "PROPERTY_VALIDATION_CANNOT_BE_NULL"


class ListDefault(Struct, frozen=True, rename={"lifted_by": "lifted-by"}):
    """What a list is narrowed to while none of the lifting filters is given."""

    property: str
    equals: list[Any]
    lifted_by: list[str]


class Discriminator(Struct, frozen=True):
    """A property whose value follows from the class."""

    property: str
    values: dict[str, Any]


class Seed(Struct, frozen=True, rename={"class_name": "class", "per_partner": "per-partner"}):
    """An object that is there from the start, for each account or for partner 0."""

    class_name: str
    properties: dict[str, Any]
    per_partner: bool = False
    id: Any = None


class Access(Struct, frozen=True, rename="kebab"):
    """Who may call what; patterns are services or `service.action`."""

    internal: frozenset[str] = frozenset()
    admin_only: frozenset[str] = frozenset()
    widget_actions: frozenset[str] = frozenset()
    widget_not: frozenset[str] = frozenset()
    anonymous: frozenset[str] = frozenset()
    owned: frozenset[str] = frozenset()


class Rules(Struct, frozen=True, rename="kebab"):
    """All of it."""

    access: Access
    not_found: dict[str, str | NotFound]
    required: dict[str, list[str]]
    unique: list[Unique]
    reference: list[Reference]
    mandatory_filter: dict[str, MandatoryFilter]
    list_default: dict[str, ListDefault]
    lookup: dict[str, str]
    alias: dict[str, str]
    discriminator: list[Discriminator]
    defaults: dict[str, dict[str, Any]]
    seed: list[Seed]
    numeric_enums: frozenset[str] = field(default_factory=frozenset)
    absolute_times: frozenset[str] = field(default_factory=frozenset)
    lenient_read_only: frozenset[str] = field(default_factory=frozenset)
    ignored_on_update: frozenset[str] = field(default_factory=frozenset)
    ignored_on_add: frozenset[str] = field(default_factory=frozenset)
    global_services: frozenset[str] = field(default_factory=frozenset)
    own_only: frozenset[str] = field(default_factory=frozenset)
    indexed: frozenset[str] = field(default_factory=frozenset)
    soft_deletes: frozenset[str] = field(default_factory=frozenset)
    exact_class: frozenset[str] = field(default_factory=frozenset)
    null_when_missing: frozenset[str] = field(default_factory=frozenset)
    admin_properties: frozenset[str] = field(default_factory=frozenset)
    wrong_class: dict[str, str] = {}
    shown_as: dict[str, str] = {}
    refused: dict[str, list[str]] = {}

    def not_found_of(self, service: str, action: str) -> NotFound:
        """The not-found rule of an action, the most exact pattern winning."""
        for pattern in (f"{service}.{action}", service, "*"):
            rule = self.not_found.get(pattern)
            if rule is not None:
                return NotFound(code=rule) if isinstance(rule, str) else rule
        return NotFound(code="INVALID_OBJECT_ID")


def matches(patterns: frozenset[str], service: str, action: str) -> bool:
    """Whether a service or one of its actions is named by the patterns."""
    return service in patterns or f"{service}.{action}" in patterns


@cache
def load_rules() -> Rules:
    """The rules that come with the package."""
    text = files("conformance.reference").joinpath("files/behaviour.toml").read_bytes()
    return msgspec.toml.decode(text, type=Rules)
