"""Small real pictures of any size in bytes, for uploads whose content a server looks at."""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from random import Random

SIGNATURE = b"\x89PNG\r\n\x1a\n"
WIDTH = 16
BYTES_OF_A_PIXEL = 3
TRUE_COLOUR = 2
OVERHEAD = 100
"""Roughly, what a picture has besides its pixels."""


def png(random: Random, about: int = 1500) -> bytes:
    """A PNG of about so many bytes, all of whose pixels are drawn: no two are alike."""
    height = max(1, (about - OVERHEAD) // (WIDTH * BYTES_OF_A_PIXEL + 1))
    row = WIDTH * BYTES_OF_A_PIXEL
    pixels = b"".join(b"\0" + random.randbytes(row) for _ in range(height))
    head = struct.pack(">IIBBBBB", WIDTH, height, 8, TRUE_COLOUR, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(pixels)), (b"IEND", b""))
    return SIGNATURE + b"".join(_chunk(kind, data) for kind, data in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
