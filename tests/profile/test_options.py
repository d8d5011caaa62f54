"""Command-line options over a resolved profile."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.exceptions import ProfileError
from conformance.profile.loading import load_profile
from conformance.profile.options import OPTIONS, with_options

CE = load_profile("ce", environ={})


def test_an_option_wins_and_is_the_origin() -> None:
    """Whatever the files say."""
    resolved = with_options(CE, {"rate": 5.0, "target": "http://127.0.0.1:8080"})

    assert resolved.profile.limits.requests_per_second == 5.0
    assert resolved.profile.target.url == "http://127.0.0.1:8080"
    assert resolved.origin("limits", "rate") == "--rate"
    assert resolved.origin("limits", "workers") == "profiles/ce.toml"


def test_options_that_were_not_given_change_nothing() -> None:
    """None, an empty list and an unset flag are no options."""
    nothing: dict[str, Any] = dict.fromkeys(OPTIONS)

    resolved = with_options(CE, nothing | {"select": (), "deselect": [], "read-only": False})

    assert resolved == CE


def test_read_only_takes_the_right_to_write() -> None:
    """The option and the capability say opposite things."""
    resolved = with_options(CE, {"read-only": True})

    assert resolved.profile.read_only
    assert resolved.origin("capabilities", "writes") == "--read-only"


def test_select_replaces_and_deselect_adds() -> None:
    """A profile's reason to leave something out still holds."""
    first = with_options(CE, {"select": ("list",), "deselect": ("media",)})

    second = with_options(first, {"select": ("crud",), "deselect": ("user.*",)})

    assert second.profile.selection.select == ("crud",)
    assert second.profile.selection.deselect == ("media", "user.*")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"rate": 0.0}, "--rate: 0.0 is out of range. Allowed: 0.01 to 100000"),
        ({"workers": 65}, "--workers: 65 is out of range. Allowed: 1 to 64"),
        ({"time-limit": 0}, "--time-limit: 0 is out of range. Allowed: 1 to 31536000"),
        (
            {"target": "kaltura.example"},
            (
                "--target: 'kaltura.example' does not start with http:// or https://. "
                "The server's root is wanted, for example https://kaltura.example"
            ),
        ),
        (
            {"level": "mst"},
            """--level: expected "may" or "must" or "should", got 'mst'. Did you mean 'must'?""",
        ),
        ({"ratte": 5}, "--ratte: no such option. Did you mean 'rate'?"),
    ],
)
def test_a_bad_option_is_told_by_its_name(options: dict[str, Any], message: str) -> None:
    """Not by the key that it stands for."""
    with pytest.raises(ProfileError) as caught:
        with_options(CE, options)

    assert message == str(caught.value)


def test_an_option_s_path_starts_where_the_command_does() -> None:
    """Not in the folder of a profile."""
    resolved = with_options(CE, {"schema": "KalturaClient.xml"})

    assert resolved.profile.target.schema == "KalturaClient.xml"
