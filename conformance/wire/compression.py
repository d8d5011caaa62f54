"""Decompression with a bound, so that a small body cannot fill the memory."""

from __future__ import annotations

import zlib

_WINDOW_BITS = {
    "gzip": 16 + zlib.MAX_WBITS,
    "x-gzip": 16 + zlib.MAX_WBITS,
    "deflate": zlib.MAX_WBITS,
}


class CompressionError(Exception):
    """A body that cannot be decompressed; the text is the reason."""


def decompressed(body: bytes, encoding: str, max_bytes: int) -> bytes:
    """`body` without its content encodings; raises CompressionError."""
    for name in reversed([part.strip().lower() for part in encoding.split(",")]):
        if name in {"", "identity"}:
            continue
        if name not in _WINDOW_BITS:
            raise CompressionError(f"content encoding '{name}', which was not asked for")
        body = _inflated(body, name, max_bytes)
    return body


def _inflated(body: bytes, name: str, max_bytes: int) -> bytes:
    inflater = zlib.decompressobj(_WINDOW_BITS[name])
    try:
        plain = inflater.decompress(body, max_bytes)
    except zlib.error as error:
        if name == "deflate":
            return _raw_deflated(body, max_bytes)
        raise CompressionError(f"the body is not {name}: {error}") from error
    return _finished(inflater, plain, max_bytes)


def _raw_deflated(body: bytes, max_bytes: int) -> bytes:
    """Some servers say `deflate` and leave the zlib header out."""
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        plain = inflater.decompress(body, max_bytes)
    except zlib.error as error:
        raise CompressionError(f"the body is not deflate: {error}") from error
    return _finished(inflater, plain, max_bytes)


def _finished(inflater: zlib._Decompress, plain: bytes, max_bytes: int) -> bytes:
    if inflater.unconsumed_tail or len(plain) >= max_bytes:
        raise CompressionError(f"a body that decompresses to {max_bytes} bytes or more")
    if not inflater.eof:
        raise CompressionError(f"body cut: the compressed data ends after {len(plain)} bytes")
    return plain
