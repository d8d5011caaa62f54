"""What a sound server answers to the same call tells what a breach means, and no more than that."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.plugin.contrasts import contrasts
from conformance.plugin.staging import holds
from conformance.verdict.breach import Breach


class Answer:
    """As a program has it."""

    def __init__(
        self, value: Any, *, error: str | None = None, status: int = 200, **headers: str
    ) -> None:
        self.value, self.error, self.status = value, error, status
        self.headers = {name.replace("_", "-"): held for name, held in headers.items()}


def at(answer: Answer, path: str) -> Any:
    """Of a path with one name."""
    name = path.removeprefix("$").removeprefix(".")
    return answer.value.get(name) if name and isinstance(answer.value, dict) else answer.value


def same(one: Any, other: Any) -> bool:
    """As a program has it, for texts."""
    return str(one) == str(other)


NONCE = "0f3a"

CASES = (
    (Breach("$", "THING_NOT_FOUND", "a result"), Answer({}), Answer(None, error="THING_NOT_FOUND")),
    (Breach("$.name", "no name", "'x'"), Answer({"name": "x"}), Answer({})),
    (Breach("$.size", "a number", "'4'"), Answer({"size": "4"}), Answer({"size": 4})),
    (Breach("HTTP status", "200", "500"), Answer({}, status=500), Answer({})),
    (Breach("Pragma", "no-cache", "absent"), Answer({}), Answer({}, Pragma="no-cache")),
    (
        Breach("Content-Type", "application/json", "text/html"),
        Answer({}, content_type="text/html"),
        Answer({}, content_type="application/json"),
    ),
)


@pytest.mark.parametrize(("breach", "seen", "sound"), CASES, ids=[c[0].where for c in CASES])
def test_a_condition_tells_one_answer_from_the_other(
    breach: Breach, seen: Answer, sound: Answer
) -> None:
    """It holds of the sound one, and not of the one that was seen."""
    claims = list(contrasts(breach, "r1", seen, sound, at=at, nonce=NONCE))

    names = {"at": at, "same": same}
    assert any(
        holds(claim, {**names, "r1": sound}) is True
        and holds(claim, {**names, "r1": seen}) is False
        for claim in claims
    ), claims


def test_what_the_breach_does_not_speak_of_is_passed_over() -> None:
    """Two sound servers may differ in an error, a status and a header."""
    seen = Answer({"name": "b"}, status=201, error="ONE", X_Me="one")
    sound = Answer({"name": "b"}, status=200, error="TWO", X_Me="two")

    claims = list(contrasts(Breach("$.name", "'a'", "'b'"), "r1", seen, sound, at=at, nonce=NONCE))

    assert claims == []


def test_what_holds_the_nonce_is_no_contrast() -> None:
    """It was drawn for the calls to the sound server; the next calls draw another one."""
    seen, sound = Answer({"name": "b"}), Answer({"name": f"meeting x{NONCE}41"})

    claims = list(
        contrasts(Breach("$.name", "one of them", "'b'"), "r1", seen, sound, at=at, nonce=NONCE)
    )

    assert [claim for claim in claims if NONCE in claim] == []


def test_ids_and_times_are_no_contrast() -> None:
    """Another server answers others."""
    seen, sound = Answer({"id": "0_ab12cd34"}), Answer({"id": "0_99zz8877"})

    claims = list(
        contrasts(Breach("$.id", "an id", "'0_ab12cd34'"), "r1", seen, sound, at=at, nonce=NONCE)
    )

    assert [claim for claim in claims if "0_" in claim] == []
