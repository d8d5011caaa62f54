"""What a forger would do to a certified run, and the small schema of the run in these tests."""

from __future__ import annotations

import json
from importlib import resources
from typing import TYPE_CHECKING, Any, NamedTuple

from lxml import etree

from conformance.certification.issuing import CERTIFICATE, issue
from conformance.reporting.reading import read_run

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

KEPT = ("session", "system", "uiconf", "responseprofile", "category")


def small_schema() -> bytes:
    """The embedded server's own schema with a few of its services."""
    own = resources.files("conformance.reference") / "files" / "KalturaClient.xml"
    root = etree.fromstring(own.read_bytes())
    for service in root.findall("services/service"):
        if service.get("id") not in KEPT:
            service.getparent().remove(service)
    return etree.tostring(root)


class Certified(NamedTuple):
    """The folder of a certified run, and the key that signed for it."""

    folder: Path
    key: Ed25519PrivateKey

    @property
    def certificate(self) -> Path:
        """The certificate's file."""
        return self.folder / CERTIFICATE

    def edit(self, name: str, change: Callable[[bytes], bytes]) -> None:
        """Change a file of the run; something must change."""
        path = self.folder / name
        before = path.read_bytes()
        after = change(before)
        assert after != before
        path.write_bytes(after)

    def edit_json(self, name: str, change: Callable[[dict[str, Any]], None]) -> None:
        """Change a JSON file of the run."""

        def edit(content: bytes) -> bytes:
            held = json.loads(content)
            change(held)
            return json.dumps(held).encode()

        self.edit(name, edit)

    def edit_line(
        self, name: str, which: Callable[[dict[str, Any]], bool], change: Callable[[Any], Any]
    ) -> None:
        """Change the first fitting line of a file of lines, or remove it (by None)."""

        def edit(content: bytes) -> bytes:
            lines = [json.loads(line) for line in content.splitlines()]
            at = next(i for i, line in enumerate(lines) if which(line))
            changed = change(lines[at])
            lines[at : at + 1] = [] if changed is None else [changed]
            return b"".join(json.dumps(line).encode() + b"\n" for line in lines)

        self.edit(name, edit)

    def sign_again(self, key: Ed25519PrivateKey | None = None) -> None:
        """A forger who holds a key: the digests of what was changed are signed anew."""
        issue(read_run(str(self.folder)), self.folder, key or self.key)
