"""Which oracle speaks for which requirement, gathered from the modules of this room."""

from __future__ import annotations

from functools import lru_cache
from importlib import import_module
from pkgutil import iter_modules
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from conformance import oracles
from conformance.exceptions import CatalogueError

if TYPE_CHECKING:
    from collections.abc import Mapping


@lru_cache(maxsize=1)
def claims() -> Mapping[str, Any]:
    """Every claimed requirement id with its oracle; CatalogueError if two claim one id."""
    found: dict[str, Any] = {}
    for module in iter_modules(oracles.__path__, f"{oracles.__name__}."):
        for value in vars(import_module(module.name)).values():
            requirement = getattr(value, "requirement", None)
            if not isinstance(requirement, str):
                continue
            other = found.setdefault(requirement, value)
            if other is not value:
                raise CatalogueError(
                    f"{requirement} is claimed by {other.__name__} and by {value.__name__}",
                    place=module.name,
                )
    return MappingProxyType(found)
