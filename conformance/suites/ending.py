"""Sessions that were ended: one for the run, and fresh ones for a second look."""

from __future__ import annotations

import time
from threading import Lock
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from conformance.oracles.session import is_taken
from conformance.plugin.check import Inconclusive
from conformance.suites.reading import read, usual_action

if TYPE_CHECKING:
    from conformance.plugin.context import Context
    from conformance.schema.lineage import Lineage
    from conformance.wire.exchange import Exchange

GRACE_SECONDS = 5.0
"""For caches between the servers of one installation (CONTRACT SESS-07)."""
NAP_SECONDS = 0.25

_ENDED: WeakKeyDictionary[Lineage, tuple[str, bool]] = WeakKeyDictionary()
_LOCK = Lock()


def ending(context: Context, session: str = "admin") -> tuple[str, Exchange]:
    """A session started, used and ended, and the answer to using it after that."""
    action = usual_action(context)
    ks = context.start_session(session=session)
    if not is_taken(read(context, action, ks=ks)):
        raise Inconclusive("a session just started is not taken")
    context.call("session", "end", ks=ks)
    return ks, until_refused(context, ks, grace(context))


def grace(context: Context) -> float:
    """How many seconds the servers of an installation are given to agree that a KS is over."""
    return max(GRACE_SECONDS, context.profile.limits.settle_seconds)


def until_refused(context: Context, ks: str, seconds: float) -> Exchange:
    """The first refusal of the KS, or what a call was answered that began after the time."""
    action = usual_action(context)
    deadline = time.monotonic() + seconds
    while True:
        in_time = time.monotonic() < deadline
        last = read(context, action, ks=ks)
        if not (is_taken(last) and in_time):
            return last
        time.sleep(NAP_SECONDS)


def ended_ks(context: Context) -> str:
    """A KS that was ended; Inconclusive when the server still takes it, which is judged elsewhere.

    The run has one, for 140 services to be asked with; a second look has its own.
    """
    with _LOCK:
        held = _ENDED.get(context.lineage) if context.attempt == 0 else None
        if held is None:
            ks, last = ending(context)
            held = ks, not is_taken(last)
            if context.attempt == 0:
                _ENDED[context.lineage] = held
    ks, is_over = held
    if not is_over:
        raise Inconclusive("session.end does not end a session")
    return ks
