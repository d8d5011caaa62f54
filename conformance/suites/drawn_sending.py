"""Sends what a second generator drew, and looks for the smallest request that shows the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct, structs

from conformance.generation.drawn import WHOLE, DrawnRequest
from conformance.generation.reduction import Questions, reduced
from conformance.generation.shrinking import Shrinker
from conformance.suites.reading import NONCE
from conformance.wire.encoding import API_PATH, json_text, urlencoded
from conformance.wire.exchange import Exchange
from conformance.wire.multipart import multipart_body
from conformance.wire.request import Upload

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from conformance.plugin.context import Context
    from conformance.schema.model import Action
    from conformance.verdict.breach import Breach

    Judge = Callable[[Exchange, str], Iterable[Breach]]

SHRINKING_CALLS = 60
LONG_TEXT = 12_000
HALVINGS = 10
PIECES = 40
"""Into so many pieces a body is cut, of which those are left out that do not matter."""
QUESTIONS = 25
"""In each round; the next one cuts what is left."""
ROUNDS = 3


class Sent(Struct, frozen=True):
    """One drawn request with what was answered."""

    drawn: DrawnRequest
    exchange: Exchange


def send(context: Context, drawn: DrawnRequest) -> Sent:
    """Send a request as it was drawn, with the admin's KS where its body holds parameters.

    The format is in the URL, for the body may be lost. Without a KS a nonce keeps the answer out of
    the cache that callers without one share (OBSERVED 15).
    """
    content_type, body = drawn.content_type, drawn.content
    query = [("format", "1"), *drawn.query]
    if drawn.params is None:
        query.append((NONCE, f"{context.random.getrandbits(48):x}"))
    else:
        params = {**drawn.params, "format": 1, "ks": context.ks("admin")}
        content_type, body = _written(drawn, params)
    body = body[: len(body) * drawn.cut // WHOLE]
    headers = dict(drawn.headers)
    if content_type is not None:
        headers["Content-Type"] = content_type
    service, _, action = drawn.action.partition(".")
    path = f"{API_PATH}/service/{service}/action/{action}?{urlencoded(query)}"
    return Sent(drawn, context.send_raw(drawn.method, path, headers=headers, body=body))


def _written(drawn: DrawnRequest, params: Mapping[str, Any]) -> tuple[str | None, bytes]:
    """The parameters as a body; beside a file, as the part that is called `json`."""
    if drawn.file_part is None:
        return drawn.content_type, json_text(params)
    text = json_text(params).decode("utf-8", "replace")
    files = {drawn.file_part: Upload("conformance.bin", drawn.file)}
    return multipart_body([("json", text)], files)


def smallest(context: Context, sent: Sent, fails: Callable[[Sent], bool]) -> Sent:
    """The smallest request like this one, which fails, that still fails; as it was sent last."""
    search = _Search(context, sent, fails)
    search.run()
    return search.best


class _Search:
    """One search: the best request so far."""

    def __init__(self, context: Context, sent: Sent, fails: Callable[[Sent], bool]) -> None:
        self._context = context
        self._fails = fails
        self.best = sent

    def run(self) -> None:
        """Take away from the URL, then from the body."""
        drawn = self.best.drawn
        if drawn.query:
            self._fewer(
                drawn.query,
                lambda kept: structs.replace(self.best.drawn, query=tuple(kept)),
                may_be_empty=True,
            )
        if drawn.file_part is not None:
            return  # a file is small, and where its body breaks off says more than what is in it
        if drawn.params is not None:
            self._plainer(drawn.params)
        else:
            self._shorter()

    def _works(self, candidate: DrawnRequest) -> bool:
        """Whether a request still fails; it is then the best."""
        sent = send(self._context, candidate)
        if not self._fails(sent):
            return False
        self.best = sent
        return True

    def _plainer(self, params: Mapping[str, Any]) -> None:
        for name, value in params.items():
            if isinstance(value, str) and len(value) > LONG_TEXT:
                self._halved(name, value)
                return  # what makes such a body fail is its size
        action = _action(self._context, self.best.drawn)

        def fails(candidate: Mapping[str, Any]) -> bool:
            return self._works(structs.replace(self.best.drawn, params=dict(candidate)))

        shrinker = Shrinker(self._context.schema, self._context.lineage)
        shrinker.shrink(action, params, fails, most_calls=SHRINKING_CALLS)

    def _halved(self, name: str, text: str) -> None:
        """Come near to the least length that fails."""
        passing, failing = 0, len(text)
        for _ in range(HALVINGS):
            middle = (passing + failing) // 2
            params = {**(self.best.drawn.params or {}), name: text[:middle]}
            if self._works(structs.replace(self.best.drawn, params=params)):
                failing = middle
            else:
                passing = middle

    def _shorter(self) -> None:
        """Leave out pieces of the body, down to single bytes."""
        for _ in range(ROUNDS):
            content = self.best.drawn.content
            size = -(-len(content) // PIECES)
            if not size:
                return
            pieces = [content[at : at + size] for at in range(0, len(content), size)]
            self._fewer(
                pieces,
                lambda kept: structs.replace(self.best.drawn, content=b"".join(kept)),
            )
            if size == 1:
                return

    def _fewer(
        self,
        parts: Sequence[Any],
        made: Callable[[Sequence[Any]], DrawnRequest],
        *,
        may_be_empty: bool = False,
    ) -> None:
        def holds(kept: tuple[Any, ...]) -> bool:
            return self._works(made(kept))

        if may_be_empty and holds(()):
            return
        reduced(parts, Questions(holds, most=QUESTIONS), leave_out=_without)


def _without(parts: Sequence[Any], places: Collection[int]) -> tuple[Any, ...]:
    return tuple(part for place, part in enumerate(parts) if place not in places)


def _action(context: Context, drawn: DrawnRequest) -> Action:
    service, _, action = drawn.action.partition(".")
    return context.schema.services[service].actions[action]
