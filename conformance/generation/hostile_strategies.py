"""Our hostile values as Hypothesis strategies, for a generator that takes such.

Each is drawn by a number, so that the labels come equally often and nothing is rejected.
"""

from __future__ import annotations

import string
from random import Random
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from conformance.generation.hostile import (
    BIG_BYTES,
    INJECTED,
    LONG_URL,
    HostileBody,
    hostile_bodies,
    hostile_texts,
)
from conformance.wire.encoding import JSON_TYPE

if TYPE_CHECKING:
    from collections.abc import Callable

    Strategy = st.SearchStrategy[Any]

SEEDS = st.integers(0, 2**32 - 1)
LINE_BREAKS = ("\r\n", "\n", "\r")
MODERATE_BYTES = 150_000
URL_LENGTHS = (LONG_URL // 4, LONG_URL, 2 * LONG_URL)
BODY_LENGTHS = (MODERATE_BYTES // 10, MODERATE_BYTES, BIG_BYTES)
SPOKEN = string.ascii_letters + string.digits + "'\"<>&%_*;|`${}()[]/\\:=#@!?.,-+~^ äßéłждあ한"
"""What people type, and what means something to queries, pages, shells and templates. No control
characters, which are refused (CONTRACT WIRE-21), and nothing that is stored as something else."""
SPOILERS = (b"\x00", b"\xff", b"'", b",", b"}", b"\xed\xa0\x80", b"\xef\xbb\xbf", b"\\", b"/*")
"""Bytes that make a document unreadable wherever they stand, or nearly."""


def odd_texts() -> Strategy:
    """Every text of which attacks and bugs are made, with a mark of its own."""
    return SEEDS.map(lambda number: hostile_texts(Random(number), most=1)[0].text)  # noqa: S311 - inputs, not secrets


def human_texts() -> Strategy:
    """What people write into names and descriptions."""
    return st.text(SPOKEN, min_size=1, max_size=60).map(lambda text: text.strip() or "x")


def long_texts() -> Strategy:
    """Texts that make a URL longer than usual web servers take."""
    return st.sampled_from(URL_LENGTHS).map(lambda length: "y" * length)


def big_texts() -> Strategy:
    """Texts of up to two megabytes."""
    return st.sampled_from(BODY_LENGTHS).map(lambda length: "x" * length)


def broken_lines() -> Strategy:
    """Values that break the line where a server writes them into a header."""
    return st.builds(
        lambda opening, line: f"{opening}{line}{INJECTED}: 1{line}{line}",
        st.sampled_from(("text/plain", "a")),
        st.sampled_from(LINE_BREAKS),
    )


def unreadable_bodies(parameter: str, written: bytes) -> Strategy:
    """Bodies that cannot be read, or call themselves something else: ours, and a spoilt one."""

    def known(number: int) -> HostileBody:
        return hostile_bodies(parameter, Random(number), most=1)[0]  # noqa: S311 - inputs, not secrets

    return st.one_of(SEEDS.map(known), _spoilt(written))


def _spoilt(written: bytes) -> Strategy:
    """A document that was good: cut, with a byte too many, or with all its members twice."""
    place = st.integers(1, max(1, len(written) - 1))
    ways: tuple[tuple[str, Strategy], ...] = (
        ("JSON that breaks off", place.map(lambda at: written[:at])),
        (
            "JSON with bytes that do not belong there",
            st.builds(
                lambda at, spoiler: written[:at] + spoiler + written[at:],
                place,
                st.sampled_from(SPOILERS),
            ),
        ),
        ("JSON with its keys twice", st.just(written[:-1] + b"," + written[1:])),
    )
    return st.one_of(*(_labelled(label, content) for label, content in ways))


def _labelled(label: str, content: Strategy) -> Strategy:
    made: Callable[[bytes], HostileBody] = lambda body: HostileBody(label, body, JSON_TYPE)  # noqa: E731 - a strategy's map
    return content.map(made)


def cuts() -> Strategy:
    """After how many thousandths a body breaks off; 1,000 where it does not."""
    return st.one_of(st.integers(50, 990), st.just(1000))
