"""The four views of a class: what add and update may send, a filter ask, an answer carry.

The `multiLingual_` twins (CONTRACT SCHEMA-21) are in none of them: writing through a twin is a
protocol of its own, and answers carry the plain property only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.schema.lineage import Lineage
    from conformance.schema.model import Property

TWIN_PREFIX = "multiLingual_"


def is_twin(prop: Property) -> bool:
    """Whether this is the array form of a multi-lingual string."""
    return prop.multilingual and prop.name.startswith(TWIN_PREFIX)


def add_view(lineage: Lineage, name: str) -> tuple[Property, ...]:
    """What may be sent when an object is made: everything that is not read-only."""
    return tuple(p for p in _plain(lineage, name) if not p.read_only)


def update_view(lineage: Lineage, name: str) -> tuple[Property, ...]:
    """What may be sent when an object is changed: neither read-only nor insert-only."""
    return tuple(p for p in _plain(lineage, name) if not (p.read_only or p.insert_only))


def filter_view(lineage: Lineage, name: str) -> tuple[Property, ...]:
    """What a filter may ask, `orderBy` and `advancedSearch` included."""
    return tuple(p for p in _plain(lineage, name) if not p.read_only)


def response_view(lineage: Lineage, name: str) -> tuple[Property, ...]:
    """What an answer may carry: everything that is not write-only.

    `Lineage.root_properties` may come on top of it.
    """
    return tuple(p for p in _plain(lineage, name) if not p.write_only)


def _plain(lineage: Lineage, name: str) -> Iterator[Property]:
    return (p for p in lineage.properties(name).values() if not is_twin(p))
