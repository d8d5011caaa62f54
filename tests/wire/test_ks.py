from __future__ import annotations

import base64
import json
import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.wire.ks import KsError, KsInfo, build_v1, build_v2, parse

if TYPE_CHECKING:
    from pathlib import Path

SECRETS = {102: "8cbd4cfd23ec9b85d5833c7500bd0cca", 103: "047b3737f3c7288b5f23ac135ab0e420"}
V1 = (
    "ZGM5NzFhMDQ2YzEzOTgyNmVlZjUzMzQyNThkZjI3Yjk2NzYwODA2NHwx"
    "MDI7MTAyOzE3OTU0MTQxODA7MjsxMjM0NTt2MXU7Ozs="
)
privileges = st.lists(
    st.from_regex(r"[a-z]{1,8}(:[a-zA-Z0-9_*/]{1,8})?", fullmatch=True),
    max_size=3,
    unique_by=lambda privilege: privilege.partition(":")[0],
).map(",".join)


@given(
    user_id=st.text(st.characters(codec="utf-8", exclude_characters=";"), max_size=20),
    type=st.sampled_from([0, 2]),
    expires_at=st.integers(0, 2**33),
    privileges=privileges,
    random=st.binary(min_size=16, max_size=16),
    version=st.sampled_from([1, 2]),
)
def test_what_is_built_is_read_back(
    user_id: str,
    type: int,  # noqa: A002 - the protocol's word
    expires_at: int,
    privileges: str,
    random: bytes,
    version: int,
) -> None:
    """Both versions say who, what kind, until when and what for."""
    ks = (build_v1 if version == 1 else build_v2)(
        partner_id=102,
        secret=SECRETS[102],
        user_id=user_id,
        type=type,
        expires_at=expires_at,
        privileges=privileges,
        random=random,
    )

    expected = KsInfo(version, 102, user_id, type, expires_at, privileges)
    assert parse(ks, SECRETS) == expected


def test_a_recorded_ks_of_version_1_is_read() -> None:
    """A real server accepted this one."""
    assert parse(V1, SECRETS) == KsInfo(1, 102, "v1u", 2, 1795414180, "")


def test_a_bare_star_is_the_privilege_all() -> None:
    """As the server stores it."""
    ks = build_v2(partner_id=1, secret="s", expires_at=9, privileges=" *, list:* ")

    assert parse(ks, {1: "s"}).privileges == "all:*,list:*"


def test_every_ks_that_a_server_made_is_read(data_folder: Path) -> None:
    """Those that session.start returned open with the admin secret of their partner."""
    started = []
    for name in ("exchanges-22.19.0.jsonl", "sweep-22.19.0.jsonl"):
        with (data_folder / name).open(encoding="utf-8") as lines:
            for recording in map(json.loads, lines):
                body = recording["response"].get("body") or ""
                if re.fullmatch(r'"djJ8[^"]+"', body):
                    started.append(json.loads(body))
    infos = [parse(ks, SECRETS) for ks in started]

    assert len(infos) >= 20
    assert {info.version for info in infos} == {2}
    assert {info.partner_id for info in infos} <= {102, 103}
    assert all(info.expires_at > 1_700_000_000 for info in infos)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "neither version"),
        ("!", "not base64"),
        ("Z2FyYmFnZQ==", "neither version 2 nor"),
        (base64.b64encode(b"v2|102|123").decode(), "whole blocks"),
        (base64.b64encode(b"v2|abc|" + bytes(16)).decode(), "partner id is no number"),
        (build_v2(partner_id=7, secret="s", expires_at=9), "no secret is known for partner 7"),
        (build_v2(partner_id=102, secret="other", expires_at=9), "not of the secret"),
        (build_v1(partner_id=102, secret="other", expires_at=9), "not of the secret"),
    ],
)
def test_what_is_no_ks_says_why(text: str, says: str) -> None:
    """A person may have pasted the wrong thing, or the wrong secret."""
    with pytest.raises(KsError, match=says):
        parse(text, SECRETS)


@given(place=st.integers(8, 60))
def test_a_flipped_byte_is_noticed(place: int) -> None:
    """The digest covers all of the body."""
    ks = build_v2(partner_id=102, secret=SECRETS[102], expires_at=9, random=bytes(16))
    raw = bytearray(base64.urlsafe_b64decode(ks))
    raw[place] ^= 1

    with pytest.raises(KsError):
        parse(base64.urlsafe_b64encode(raw).decode(), SECRETS)


def test_what_cannot_be_said_is_refused() -> None:
    """Version 1 separates by semicolons; the random part has a fixed size."""
    with pytest.raises(KsError, match="semicolon"):
        build_v1(partner_id=1, secret="s", user_id="a;b", expires_at=9)
    with pytest.raises(KsError, match="16 random bytes"):
        build_v2(partner_id=1, secret="s", expires_at=9, random=b"short")
