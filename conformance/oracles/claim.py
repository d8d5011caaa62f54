"""How an oracle says for which requirement it speaks, and how one listens to what it is asked."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import TYPE_CHECKING, Any, ParamSpec, Protocol, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from conformance.verdict.breach import Breach

    Witness = Callable[["Oracle[...]", tuple[Any, ...], Mapping[str, Any]], None]

P = ParamSpec("P")

_WITNESS: ContextVar[Witness | None] = ContextVar("witness", default=None)


class Oracle(Protocol[P]):
    """A pure function from observations to breaches, with the id that it claims."""

    requirement: str
    __name__: str
    __qualname__: str
    __doc__: str | None

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> Iterator[Breach]:
        """Yield a breach for each departure; nothing where the rule does not apply."""


def oracle(requirement: str) -> Callable[[Callable[P, Iterator[Breach]]], Oracle[P]]:
    """Mark a function as the oracle of the requirement with this id."""

    def claim(function: Callable[P, Iterator[Breach]]) -> Oracle[P]:
        @wraps(function)
        def judged(*args: P.args, **kwargs: P.kwargs) -> Iterator[Breach]:
            witness = _WITNESS.get()
            if witness is not None:
                witness(claimed, args, kwargs)
            return function(*args, **kwargs)

        claimed = cast("Oracle[P]", judged)
        claimed.requirement = requirement
        return claimed

    return claim


@contextmanager
def witnessed(witness: Witness | None) -> Iterator[None]:
    """Tell the witness of every oracle that is asked in this thread, with what it is given.

    A judgement can then be made again from what was written down of it.
    """
    token = _WITNESS.set(witness)
    try:
        yield
    finally:
        _WITNESS.reset(token)
