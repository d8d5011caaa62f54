"""How an oracle says which requirement it speaks for."""

from __future__ import annotations

from typing import TYPE_CHECKING, ParamSpec, Protocol, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conformance.verdict.breach import Breach

P = ParamSpec("P")


class Oracle(Protocol[P]):
    """A pure function from observations to breaches, with the id that it claims."""

    requirement: str
    __name__: str
    __doc__: str | None

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> Iterator[Breach]:
        """Yield a breach for each departure; nothing where the rule does not apply."""


def oracle(requirement: str) -> Callable[[Callable[P, Iterator[Breach]]], Oracle[P]]:
    """Mark a function as the oracle of the requirement with this id."""

    def claim(function: Callable[P, Iterator[Breach]]) -> Oracle[P]:
        claimed = cast("Oracle[P]", function)
        claimed.requirement = requirement
        return claimed

    return claim
