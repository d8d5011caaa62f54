"""Asks a fresh embedded server what a real one was asked, and sets the two answers side by side.

The accounts have the recorded secrets and the clock stands where it stood, so the recorded sessions
are good here too; ids are learned from answers and put into later requests.
"""

from __future__ import annotations

import re
from random import Random
from typing import TYPE_CHECKING

from msgspec import Struct

from conformance.reference.application import Application
from conformance.reference.partners import Partner, Partners
from tests.reference.recording import Ids, Recorded, kind_of, recordings, request_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from conformance.schema.model import Schema

ACCOUNTS = (
    (102, "8cbd4cfd23ec9b85d5833c7500bd0cca", "8ae857b261da58ed6a90e4d966f0983f"),
    (103, "047b3737f3c7288b5f23ac135ab0e420", "b8b44d713d4008b8ba247d58f5720757"),
)
"""The throwaway accounts of the recordings: id, admin secret, user secret."""
_ACTION = re.compile(r"/service/(\w+)(?:/action/(\w+))?")


class Comparison(Struct, frozen=True):
    """One recorded exchange: what the real server answered and what ours does, by kind."""

    name: str
    action: str
    theirs: tuple[str, ...]
    ours: tuple[str, ...]
    cut: bool = False

    @property
    def alike(self) -> bool:
        """Whether both are the same error, or results of one type and shape.

        Of a recorded answer that was cut the shape is all there is.
        """
        if self.cut:
            return self.theirs[0] == self.ours[0]
        return _kind(self.theirs) == _kind(self.ours)

    @property
    def equal(self) -> bool:
        """Whether an error also has the same arguments."""
        return self.alike and (self.cut or self.theirs == self.ours)


class Clock:
    """Stands still until it is set."""

    def __init__(self) -> None:
        self.time = 1_795_400_000.0

    def __call__(self) -> float:
        """The time it was set to."""
        return self.time


def replay(folder: Path, schema: Schema) -> Iterator[Comparison]:
    """Every recorded exchange of the folder, asked again in order."""
    clock, ids = Clock(), Ids()
    server = Application(schema, clock=clock, rng=Random(1))
    server.world.partners = Partners(by_id={id_: Partner(id_, *keys) for id_, *keys in ACCOUNTS})
    for recorded in recordings(folder):
        clock.time = recorded.time
        reply = server.handle(request_of(recorded, ids))
        ids.learn(recorded.text, reply)
        headers = {name.lower(): value for name, value in reply.headers}
        yield Comparison(
            name=recorded.name,
            action=_action(recorded),
            theirs=kind_of(
                recorded.response["status"], recorded.headers.get("content-type", ""), recorded.text
            ),
            ours=kind_of(
                reply.status,
                headers.get("content-type", ""),
                reply.body.decode("utf-8", "replace"),
            ),
            cut=bool(recorded.response.get("truncated")),
        )


def _kind(answer: tuple[str, ...]) -> tuple[str, ...]:
    return answer[:2] if answer[0] == "error" else answer


def _action(recorded: Recorded) -> str:
    found = _ACTION.search(recorded.request["path"])
    return f"{found[1]}.{found[2] or ''}".lower() if found else recorded.request["path"]
