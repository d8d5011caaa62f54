"""Who descends from whom, and what a class inherits. Worked out once; threads may share it."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from conformance.schema.model import ROOT_CLASSES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.schema.model import Class, Property, Schema


class Lineage:
    """The inheritance of one schema's classes.

    The roots (`KalturaObject`, `KalturaObjectBase`) are everybody's ancestors without being listed
    as such (CONTRACT SCHEMA-16, SCHEMA-17). Unknown names have no ancestors, descendants or
    properties; nothing here raises for them.
    """

    def __init__(self, schema: Schema) -> None:
        self._classes = schema.classes
        self._ancestors = {name: self._chain(name) for name in schema.classes}
        children: dict[str, list[str]] = {}
        for name, chain in self._ancestors.items():
            for ancestor in chain:
                children.setdefault(ancestor, []).append(name)
        self._descendants = {name: tuple(found) for name, found in children.items()}
        # Filled as asked for. Two threads may work out the same value, never a different one.
        self._properties: dict[str, Mapping[str, Property]] = {}

    def ancestors(self, name: str) -> tuple[str, ...]:
        """The bases, nearest first, without the implicit root."""
        return self._ancestors.get(name, ())

    def is_a(self, name: str, base: str) -> bool:
        """Whether a class is `base` or descends from it. Every class is a root."""
        return name == base or base in ROOT_CLASSES or base in self._ancestors.get(name, ())

    def descendants(self, name: str) -> tuple[str, ...]:
        """Every class below, in the file's order; of a root, every class but the roots."""
        if name in ROOT_CLASSES:
            return tuple(other for other in self._classes if other not in ROOT_CLASSES)
        return self._descendants.get(name, ())

    def concrete(self, name: str) -> tuple[str, ...]:
        """What an object declared as `name` can be: that class and those below, if concrete."""
        family = (name, *self.descendants(name))
        return tuple(n for n in family if (found := self._classes.get(n)) and not found.abstract)

    def properties(self, name: str) -> Mapping[str, Property]:
        """Own and inherited properties by name, base to derived; one redeclared is the nearest's.

        Without what the root itself declares (`root_properties`).
        """
        known = self._properties.get(name)
        if known is None:
            merged: dict[str, Property] = {}
            for each in (*reversed(self.ancestors(name)), name):
                declared = self._classes.get(each)
                if declared is not None:
                    merged.update((p.name, p) for p in declared.properties)
            known = self._properties[name] = MappingProxyType(merged)
        return known

    def of_plugin(self, name: str) -> bool:
        """Whether a plugin brings the class."""
        found = self._classes.get(name)
        return found is not None and found.plugin is not None

    def root_properties(self) -> Mapping[str, Property]:
        """What the schema declares on the root (`relatedObjects`): any answer may carry it."""
        merged: dict[str, Property] = {}
        for root in sorted(ROOT_CLASSES):
            merged.update(self.properties(root))
        return MappingProxyType(merged)

    def common_ancestor(self, a: str, b: str) -> str | None:
        """The nearest class that both are, one of the two included; None where only the root is."""
        line = (b, *self.ancestors(b))
        return next((name for name in (a, *self.ancestors(a)) if name in line), None)

    def _chain(self, name: str) -> tuple[str, ...]:
        chain: list[str] = []
        found: Class | None = self._classes[name]
        while found is not None and found.base and found.base not in ROOT_CLASSES:
            chain.append(found.base)
            found = self._classes.get(found.base)
        return tuple(chain)
