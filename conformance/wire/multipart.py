"""A body of `multipart/form-data`, the only way in which a file travels (CONTRACT WIRE-31)."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from conformance.wire.request import Upload


def multipart_body(
    fields: Iterable[tuple[str, str]], files: Mapping[str, Upload]
) -> tuple[str, bytes]:
    """The content type, with its boundary, and the body.

    The boundary is a digest of the content, so the same call makes the same bytes.
    """
    parts: list[tuple[str, bytes]] = [
        (f'Content-Disposition: form-data; name="{_quoted(name)}"', _utf8(value))
        for name, value in fields
    ]
    parts += [(_file_head(name, upload), upload.content) for name, upload in files.items()]
    digest = hashlib.sha256()
    for head, content in parts:
        digest.update(_utf8(head))
        digest.update(content)
    boundary = f"conformance-{digest.hexdigest()[:32]}"
    pieces: list[bytes] = []
    for head, content in parts:
        pieces += [f"--{boundary}\r\n".encode(), _utf8(head), b"\r\n\r\n", content, b"\r\n"]
    pieces.append(f"--{boundary}--\r\n".encode())
    return f"multipart/form-data; boundary={boundary}", b"".join(pieces)


def _file_head(name: str, upload: Upload) -> str:
    return (
        f'Content-Disposition: form-data; name="{_quoted(name)}"; '
        f'filename="{_quoted(upload.name)}"\r\nContent-Type: {upload.content_type}'
    )


def _quoted(name: str) -> str:
    """A name as browsers write it between the quotes."""
    return name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")


def _utf8(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
