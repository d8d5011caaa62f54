from __future__ import annotations

import base64
import hashlib

from conformance.reference import ks

SECRET = "8cbd4cfd23ec9b85d5833c7500bd0cca"
FIELDS = ks.KsFields(102, "a;b|c", 2, 1_900_000_000, "edit:0_x,actionslimit:3")


def secret_of(partner: int) -> str | None:
    return SECRET if partner == 102 else None


def test_a_built_ks_says_what_it_was_built_from() -> None:
    """Version 2 survives the round trip, privileges included."""
    text = ks.build(FIELDS, SECRET, noise=b"n" * 16)

    assert ks.parse(text, secret_of) == FIELDS


def test_a_tampered_ks_is_not_genuine() -> None:
    """One flipped character is enough."""
    text = ks.build(FIELDS, SECRET, noise=b"n" * 16)
    flipped = text[:40] + ("A" if text[40] != "A" else "B") + text[41:]

    assert ks.parse(flipped, secret_of) is None


def test_a_ks_of_an_unknown_account_is_not_genuine() -> None:
    """Without the account there is no secret to read it with."""
    text = ks.build(ks.KsFields(999, "u", 2, 1), SECRET, noise=b"n" * 16)

    assert ks.parse(text, secret_of) is None


def test_version_1_is_read_as_well() -> None:
    """A hash, a bar and fields between semicolons."""
    info = "102;102;1900000000;2;12345;v1u;edit:*;;"
    digest = hashlib.sha1((SECRET + info).encode(), usedforsecurity=False).hexdigest()
    text = base64.b64encode(f"{digest}|{info}".encode()).decode()

    assert ks.parse(text, secret_of) == ks.KsFields(102, "v1u", 2, 1_900_000_000, "edit:*")


def test_garbage_is_no_ks() -> None:
    """Neither base64 nor anything else."""
    assert [ks.parse(text, secret_of) for text in ("garbage", "eHx5", "😀", "v2|102|")] == [
        None
    ] * 4
