"""How true the embedded server is to a real one: recorded exchanges, asked again."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

from conformance.reference.application import Application
from conformance.reference.partners import Partner, Partners

from .conftest import Clock
from .recording import Ids, kind_of, recordings, request_of

if TYPE_CHECKING:
    from pathlib import Path

    from conformance.schema.model import Schema

FIDELITY = 0.93
ACCOUNTS = Partners(
    by_id={
        102: Partner(102, "8cbd4cfd23ec9b85d5833c7500bd0cca", "8ae857b261da58ed6a90e4d966f0983f"),
        103: Partner(103, "047b3737f3c7288b5f23ac135ab0e420", "b8b44d713d4008b8ba247d58f5720757"),
    }
)


def test_most_recorded_exchanges_are_answered_alike(data_folder: Path, real_schema: Schema) -> None:
    """The same kind of answer, the same error with the same arguments."""
    clock, ids = Clock(), Ids()
    server = Application(real_schema, clock=clock, rng=Random(1))
    server.world.partners = ACCOUNTS
    different = []
    total = 0
    for recorded in recordings(data_folder):
        clock.time = recorded.time
        reply = server.handle(request_of(recorded, ids))
        ids.learn(recorded.text, reply)
        theirs = kind_of(
            recorded.response["status"], recorded.headers.get("content-type", ""), recorded.text
        )
        headers = {name.lower(): value for name, value in reply.headers}
        ours = kind_of(
            reply.status, headers.get("content-type", ""), reply.body.decode("utf-8", "replace")
        )
        total += 1
        if theirs != ours:
            different.append(f"{recorded.name}: {theirs} here {ours}")

    assert 1 - len(different) / total >= FIDELITY, "\n".join(different[:40])
