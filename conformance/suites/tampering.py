"""A KS changed in one way, and the words for the way."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

BITS = 4
"""Of a byte, from the low end: so a digit before the seal stays one, of another account."""
BLOCK = 16


def flipped(ks: str, position: int, bit: int) -> str:
    """The KS with one bit of one of its bytes turned over.

    Of its bytes, not of its text: base64 has texts that differ and mean the same bytes.
    """
    raw = bytearray(decoded(ks))
    raw[position] ^= 1 << bit
    return encoded(bytes(raw))


def every_byte_flipped(ks: str, random: Random) -> Iterator[tuple[str, str]]:
    """For each byte the KS with one bit of it turned over."""
    for position in range(len(decoded(ks))):
        bit = random.randrange(BITS)
        yield f"bit {bit} of byte {position} turned over", flipped(ks, position, bit)


def mangled(ks: str, *, partner_id: int) -> Iterator[tuple[str, str]]:
    """The KS cut, lengthened, rearranged, and as if it were another account's."""
    raw = decoded(ks)
    head, sealed = _parts(raw)
    yield "cut in half", ks[: len(ks) // 2]
    yield "the letters' case exchanged", ks.swapcase()
    if len(sealed) < 2 * BLOCK:
        return
    first, second, rest = sealed[:BLOCK], sealed[BLOCK : 2 * BLOCK], sealed[2 * BLOCK :]
    yield "the last block cut off", encoded(raw[:-BLOCK])
    yield "a block added", encoded(raw + raw[-BLOCK:])
    yield "two blocks exchanged", encoded(head + second + first + rest)
    yield f"in the name of account {partner_id}", of_another_account(ks, partner_id)


def of_another_account(ks: str, partner_id: int) -> str:
    """The KS as if it were of another account: the seal is that of the first one."""
    _head, sealed = _parts(decoded(ks))
    return encoded(b"v2|%d|" % partner_id + sealed)


def decoded(ks: str) -> bytes:
    """The bytes of a KS, in either alphabet of base64."""
    plain = ks.translate(str.maketrans("-_", "+/"))
    return base64.b64decode(plain + "=" * (-len(plain) % 4))


def encoded(raw: bytes) -> str:
    """Bytes as the text of a KS."""
    return base64.urlsafe_b64encode(raw).decode()


def _parts(raw: bytes) -> tuple[bytes, bytes]:
    """What stands before the sealed part, and that part; for a KS of version 1 all is before."""
    version, _, rest = raw.partition(b"|")
    partner, bar, sealed = rest.partition(b"|")
    if version != b"v2" or not bar:
        return raw, b""
    return version + b"|" + partner + b"|", sealed
