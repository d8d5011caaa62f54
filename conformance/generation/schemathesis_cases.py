"""Calls drawn by schemathesis out of the exported OpenAPI document: the second, other generator.

It is an optional extra with an exact pin, for its behaviour changes from week to week and its
phases are not all public. Only its generation is used: we send, judge and record the calls.
"""

from __future__ import annotations

import warnings
from importlib import import_module
from importlib.util import find_spec
from itertools import islice
from threading import Lock
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded
from msgspec import Struct

from conformance.schema.openapi import openapi

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.schema.model import Action, Schema

EXTRA = "schemathesis"
MOST_EXAMPLES = 5
_LOCK = Lock()
"""One thread draws at a time: the work is all computation, and caches are shared."""


class DrawnCase(Struct, frozen=True):
    """One call's parameters, the phase that drew them, and whether they fit the document."""

    phase: str
    params: dict[str, Any]
    is_valid: bool


def is_installed() -> bool:
    """Whether the extra is there."""
    return find_spec(EXTRA) is not None


def drawn_cases(schema: Schema, action: Action, *, seed: int, most: int) -> tuple[DrawnCase, ...]:
    """Up to `most` calls of an action from each phase: examples, coverage, fuzzing.

    The same seed gives the same calls. What is no set of parameters, because a negative replaced
    the whole body or the method, is left out.
    """
    schemathesis: Any = import_module(EXTRA)
    document = openapi(schema, services=(action.service,))
    with _LOCK, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        loaded = schemathesis.openapi.from_dict(document)
        operation = loaded[f"/service/{action.service}/action/{action.name}"]["POST"]
        drawn = (
            *_examples(operation, min(most, MOST_EXAMPLES), seed),
            *islice(_coverage(operation), most),
            *_fuzzing(operation, most, seed),
        )
    return tuple(drawn)


def _examples(operation: Any, most: int, seed: int) -> Iterator[DrawnCase]:
    for strategy in islice(operation.get_strategies_from_examples(), most):
        for case in _of(strategy, 1, seed):
            yield from _as_drawn(case, "examples")


def _coverage(operation: Any) -> Iterator[DrawnCase]:
    """The cases of the coverage phase, those that fit and those that do not by turns."""
    modes: Any = import_module(f"{EXTRA}.generation").GenerationMode
    project = operation.schema.config
    found = (
        operation.schema.iter_coverage_cases(
            operation,
            generation_modes=[mode],
            generation_config=project.generation_for(operation=operation, phase="coverage"),
        )
        for mode in (modes.POSITIVE, modes.NEGATIVE)
    )
    for pair in _by_turns(*found):
        yield from _as_drawn(pair, "coverage")


def _fuzzing(operation: Any, most: int, seed: int) -> Iterator[DrawnCase]:
    for case in _of(operation.as_strategy(), most, seed):
        yield from _as_drawn(case, "fuzzing")


def _of(strategy: Any, most: int, seed: int) -> list[Any]:
    """So many draws of a strategy."""
    drawn: list[Any] = []

    @seeded(seed)
    @settings(
        max_examples=most,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def keep(case: Any) -> None:
        drawn.append(case)

    keep()
    return drawn


def _by_turns(*sources: Iterator[Any]) -> Iterator[Any]:
    waiting = [iter(source) for source in sources]
    while waiting:
        for source in list(waiting):
            try:
                yield next(source)
            except StopIteration:
                waiting.remove(source)


def _as_drawn(case: Any, phase: str) -> Iterator[DrawnCase]:
    absent = import_module(f"{EXTRA}.core").NOT_SET
    body = {} if case.body is absent else case.body
    if case.method != "POST" or not isinstance(body, dict):
        return
    meta = case.meta
    negative = meta is not None and meta.generation.mode.is_negative
    # Query and headers are ours; a case that is wrong only there sends what fits.
    yield DrawnCase(phase, body, is_valid=not negative)
