"""A mutant: one fault as a small function, and where it may be put."""

from __future__ import annotations

from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from random import Random

    from conformance.schema.model import Action, Schema
    from tests.hunt.message import Call, HttpAnswer, HttpRequest
    from tests.hunt.world import World

    Step = Generator[None, Any, Any]
    Around = Callable[[Call, World], Step]

SPARSE = 0.1
EVERYWHERE, ONE_IN_TEN = "everywhere", "one-in-ten"


class Exchange(Protocol):
    """What a fault of the bytes sees: the request, its calls, and the answer to change."""

    request: HttpRequest
    calls: list[Call]
    answer: HttpAnswer


@dataclass(frozen=True)
class Mutant:
    """One fault. `on` holds patterns of `action` or `service.action`."""

    name: str
    area: str
    fault: str
    on: tuple[str, ...]
    narrow: bool
    around: Around | None = None
    bytewise: Callable[[Exchange, World], None] | None = None
    before: Callable[[HttpRequest, World], HttpRequest | None] | None = None

    def touches(self, service: str, action: str) -> bool:
        """Whether it can alter calls of that action."""
        both, low = f"{service}.{action}".lower(), action.lower()
        return any(fnmatchcase(both if "." in p else low, p.lower()) for p in self.on)


@dataclass
class Scope:
    """Where a mutant is at work: everywhere, in one service, or in one call in ten."""

    text: str
    random: Random
    hits: int = field(default=0)

    def selects(self, service: str) -> bool:
        """Whether this call is to be altered; drawn anew at each call."""
        if self.text == EVERYWHERE:
            return True
        if self.text == ONE_IN_TEN:
            return self.random.random() < SPARSE
        return service == self.text


_FOUND: dict[str, Mutant] = {}


def _register(function: Any, on: tuple[str, ...], *, narrow: bool, **hook: Any) -> None:
    name = f"{function.__module__.rpartition('.')[2]}.{function.__name__}"
    if name in _FOUND and _FOUND[name].fault != " ".join(str(function.__doc__).split()):
        raise ValueError(f"two mutants are named {name}")
    fault = " ".join(str(function.__doc__).split())
    area = name.partition(".")[0]
    _FOUND[name] = Mutant(name, area, fault, on or ("*",), narrow, **hook)


def asking(*on: str, narrow: bool = True) -> Any:
    """A fault that changes what is asked: a function of (call, world)."""

    def keep(function: Callable[[Call, World], None]) -> Any:
        def around(call: Call, world: World) -> Step:
            function(call, world)
            return (yield)

        _register(function, on, narrow=narrow, around=around)
        return function

    return keep


def answering(*on: str, narrow: bool = True) -> Any:
    """A fault that changes what is answered: a function of (call, value, world) to a value."""

    def keep(function: Callable[[Call, Any, World], Any]) -> Any:
        def around(call: Call, world: World) -> Step:
            value = yield
            return function(call, value, world)

        _register(function, on, narrow=narrow, around=around)
        return function

    return keep


def around(*on: str, narrow: bool = True) -> Any:
    """A fault of both: a generator of (call, world) that yields once, for the answer's value."""

    def keep(function: Around) -> Any:
        _register(function, on, narrow=narrow, around=function)
        return function

    return keep


def bytewise(*on: str, narrow: bool = True) -> Any:
    """A fault of the answer's bytes and headers: a function of (exchange, world)."""

    def keep(function: Callable[[Exchange, World], None]) -> Any:
        _register(function, on, narrow=narrow, bytewise=function)
        return function

    return keep


def before(*on: str, narrow: bool = False) -> Any:
    """A fault of the request's bytes: a function of (request, world) to another, or None."""

    def keep(function: Callable[[HttpRequest, World], HttpRequest | None]) -> Any:
        _register(function, on, narrow=narrow, before=function)
        return function

    return keep


def mutants(package: str = "tests.hunt.mutants") -> dict[str, Mutant]:
    """Every mutant of a package of modules, by name."""
    found = import_module(package)
    areas = [module.name for module in iter_modules(found.__path__)]
    for area in areas:
        import_module(f"{package}.{area}")
    return {name: mutant for name, mutant in _FOUND.items() if mutant.area in areas}


def services_of(mutant: Mutant, schema: Schema, candidates: tuple[str, ...]) -> list[str]:
    """The services in which a mutant can be at work."""

    def offers(action: Action) -> bool:
        return mutant.touches(action.service, action.name)

    return [
        service
        for service in candidates
        if service in schema.services
        and any(offers(action) for action in schema.services[service].actions.values())
    ]
