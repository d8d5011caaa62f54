"""Bytes to an `Answer`, for each format that a server speaks."""

from conformance.wire.decoding.body import decode

__all__ = ["decode"]
