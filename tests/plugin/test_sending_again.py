"""A request is sent again only where that can change nothing, whoever sends it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, cast

import pytest

from conformance.plugin.bench import Bench
from conformance.plugin.memory import Memory
from conformance.profile.loading import load_profile
from conformance.wire.answer import Answer, ApiError, Result
from conformance.wire.exchange import Exchange, Received, SentRequest
from conformance.wire.request import Call, Form

if TYPE_CHECKING:
    from conformance.plugin.scope import Scope
    from conformance.profile.profile import Profile

REFUSED = ApiError("INVALID_KS", "", {}, {})
DONE = Result(None)
UNUSED: Any = None


@pytest.fixture(scope="module")
def profile() -> Profile:
    """The one with which an unknown server is judged."""
    return load_profile("ce", environ={}).profile


def exchange(action: str, answer: Answer, *, session: str) -> Exchange:
    """An exchange of a session."""
    service, _, name = action.partition(".")
    return Exchange(
        number=0,
        call=Call(service, name),
        form=Form(),
        session=session,
        request=SentRequest("POST", "http://127.0.0.1/", (), b""),
        response=Received(200, (), b""),
        answer=answer,
        started_at=0.0,
        elapsed_ms=1.0,
    )


@pytest.mark.parametrize(
    ("action", "answer", "session", "expected"),
    [
        ("media.get", DONE, "admin", True),
        ("media.get", DONE, "given", True),
        ("media.update", REFUSED, "user", True),
        ("media.update", DONE, "admin", False),
        ("category.unlockCategories", REFUSED, "given", False),
        ("media.update", REFUSED, "given", False),
        ("batch.getExclusiveJobs", DONE, "admin", False),
        ("partner.update", REFUSED, "admin", False),
    ],
)
def test_what_may_be_sent_again(
    profile: Profile,
    action: str,
    answer: Answer,
    session: str,
    expected: bool,  # noqa: FBT001 - a case's last word
) -> None:
    """Reads, and what the same caller was refused; never what another KS was refused."""
    scope = cast("Scope", _Scope(profile))
    bench = Bench(
        scope=scope,
        target=UNUSED,
        traffic=UNUSED,
        provisioner=UNUSED,
        lifecycles=UNUSED,
        settling=UNUSED,
        seed=7,
        memory=Memory(None, "", recalls=False),
        today=date(2026, 11, 26),
    )

    assert bench.may_send_again(exchange(action, answer, session=session)) is expected


class _Scope:
    """A scope of which only the profile is asked."""

    def __init__(self, profile: Profile) -> None:
        self.profile = profile
