"""A busy server is asked again, and one that is always busy is not waited for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conformance.plugin.patience import MOST_IN_VAIN, PAUSES_SECONDS, Patience
from conformance.wire.answer import Answer, ApiError, Result
from conformance.wire.exchange import Exchange, Received, SentRequest
from conformance.wire.request import Call, Form

if TYPE_CHECKING:
    from collections.abc import Callable

DONE = Result("done")
UNKNOWN = ApiError("ENTRY_ID_NOT_FOUND", "", {}, {})


def busy(code: str = "ACTION_BLOCKED") -> ApiError:
    """A refusal that passes."""
    return ApiError(code, "", {}, {})


def exchange(answer: Answer) -> Exchange:
    """An exchange with that answer."""
    return Exchange(
        number=0,
        call=Call("media", "list"),
        form=Form(),
        session="admin",
        request=SentRequest("POST", "http://127.0.0.1/", (), b""),
        response=Received(200, (), b""),
        answer=answer,
        started_at=0.0,
        elapsed_ms=1.0,
        retries=0,
    )


def server(*answers: Answer) -> tuple[Callable[[], Exchange], list[Answer]]:
    """A server that gives these answers in turn, the last one for good; and what it has given."""
    given: list[Answer] = []

    def send() -> Exchange:
        given.append(answers[min(len(given), len(answers) - 1)])
        return exchange(given[-1])

    return send, given


@pytest.mark.parametrize("code", ["ACTION_BLOCKED", "CATEGORIES_LOCKED", "LOCK_TIMED_OUT"])
def test_a_busy_server_is_asked_again(code: str) -> None:
    """Until it answers."""
    slept: list[float] = []
    send, given = server(busy(code), busy(code), DONE)

    assert Patience(slept.append).ask(send).answer == DONE
    assert len(given) == len(slept) + 1 == 3


@pytest.mark.parametrize("answer", [DONE, UNKNOWN])
def test_any_other_answer_is_final(answer: Answer) -> None:
    """An error of the call itself too."""
    send, given = server(answer)

    assert Patience(lambda _seconds: None).ask(send).answer == answer
    assert given == [answer]


def test_patience_ends() -> None:
    """After some calls in vain each refusal is taken as it is."""
    patience = Patience(lambda _seconds: None)
    send, given = server(busy())
    for _ in range(MOST_IN_VAIN):
        patience.ask(send)

    assert len(given) == MOST_IN_VAIN * (1 + len(PAUSES_SECONDS))
    given.clear()
    patience.ask(send)
    assert len(given) == 1
