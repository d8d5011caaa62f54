"""Why no object of a service could be had."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from conformance.wire.answer import ApiError
    from conformance.wire.exchange import Exchange

Kind = Literal["forbidden", "refused", "no-answer", "not-made"]
"""`forbidden`: the account may not. `refused`: every attempt ended in an error. `no-answer`: what
came back could not be read. `not-made`: we know no way, or choose not to."""


class ProvisioningFailed(Exception):
    """No object of a service, after everything that was tried.

    `expected` says that the recipe knows accounts which may not; `tried` tells each mending, and
    `exchanges` are all that was asked, the last one last.
    """

    def __init__(
        self,
        service: str,
        kind: Kind,
        *,
        reason: str = "",
        last_error: ApiError | None = None,
        tried: tuple[str, ...] = (),
        exchanges: tuple[Exchange, ...] = (),
        expected: bool = False,
    ) -> None:
        """Keep the facts; the text is made from them."""
        super().__init__(service)
        self.service = service
        self.kind: Kind = kind
        self.reason = reason
        self.last_error = last_error
        self.tried = tried
        self.exchanges = exchanges
        self.expected = expected

    def __str__(self) -> str:
        """Service, why, and what was tried, in one line."""
        error = self.last_error
        why = self.reason or (f"{error.code}: {error.message}" if error else self.kind)
        text = f"no object of {self.service} ({self.kind}): {why}"
        return f"{text}; tried: {'; '.join(self.tried)}" if self.tried else text
