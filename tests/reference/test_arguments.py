from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.reference.conftest import Caller

NOW = 1_800_000_000


def add(server: Caller, **entry: Any) -> Any:
    return server.as_admin("media", "add", entry={"name": "n", "mediaType": 1, **entry})


@pytest.mark.parametrize(
    ("entry", "code", "args"),
    [
        ({"mediaType": 99}, "INVALID_ENUM_VALUE", {"ENUM_VAL": "99"}),
        ({"mediaType": None}, "INVALID_ENUM_VALUE", {"ENUM_VAL": "N/A"}),
        ({"mediaType": ""}, "INVALID_ENUM_VALUE", {"ENUM_VAL": ""}),
        ({"mediaType": [1]}, "INTERNAL_SERVERL_ERROR", {}),
        ({"name": "a\u0001"}, "INVALID_PARAMETER_CHAR", {"XML_FIELD": "name"}),
        ({"userId": "x" * 101}, "PROPERTY_VALIDATION_MAX_LENGTH", {"MAX_LEN": "100"}),
        ({"id": "1"}, "PROPERTY_VALIDATION_NOT_UPDATABLE", {"PROP_NAME": "KalturaMediaEntry::id"}),
        ({"name": None}, "WRONG_REQUEST_LANGUAGE", {"LANGUAGE": "N/A"}),
    ],
)
def test_a_wrong_value_is_refused_by_name(
    server: Caller, entry: dict[str, Any], code: str, args: dict[str, str]
) -> None:
    """Each rule of CONTRACT 3.2 has its code and arguments."""
    error = add(server, **entry)

    assert error["code"] == code
    assert args.items() <= dict(error["args"]).items()


@pytest.mark.parametrize(
    ("sent", "expected"), [(5, "5"), (True, "1"), (1.5, "1.5"), ("", ""), ("é", "é")]
)
def test_texts_are_cast(server: Caller, sent: object, expected: str) -> None:
    """A scalar for a string is its text (WIRE-20)."""
    assert expected == add(server, name=sent)["name"]


@pytest.mark.parametrize(
    "wrong", ["KalturaNoSuch", "", None, 5, "KalturaBaseEntry", "KalturaCategory"]
)
def test_an_unfitting_object_type_means_the_declared_one(server: Caller, wrong: object) -> None:
    """There is no "not assignable" error (INH-04)."""
    assert add(server, objectType=wrong)["objectType"] == "KalturaMediaEntry"


def test_an_abstract_type_is_refused(server: Caller) -> None:
    """A missing type for an abstract parameter is the abstract type (INH-05)."""
    error = server.as_admin("syndicationFeed", "add", syndicationFeed={"name": "x"})

    assert error["code"] == "OBJECT_TYPE_ABSTRACT"
    assert error["args"] == {"OBJ_TYPE": "KalturaBaseSyndicationFeed"}


@pytest.mark.parametrize("scalar", ["abc", 5, True, ""])
def test_a_scalar_for_an_object_is_refused(server: Caller, scalar: object) -> None:
    """The format asked for is `array` (WIRE-28)."""
    error = server.as_admin("media", "add", entry=scalar)

    assert error["code"] == "PROPERTY_VALIDATION_WRONG_FORMAT"
    assert error["args"] == {"PROP_NAME": "entry", "FORMAT": "array"}


def test_null_for_an_object_is_absence(server: Caller) -> None:
    """So a required one is missing (WIRE-26)."""
    assert server.as_admin("media", "add", entry=None)["code"] == "MISSING_MANDATORY_PARAMETER"


def test_small_times_are_relative_to_now(server: Caller) -> None:
    """An hour from now is 3600 (WIRE-24)."""
    assert add(server, startDate=3600)["startDate"] == NOW + 3600


def test_unknown_properties_are_dropped(server: Caller) -> None:
    """Neither refused nor kept (WIRE-29)."""
    assert "bogus" not in add(server, bogus=1, NAME="upper")


def test_a_null_marker_clears_a_property(server: Caller) -> None:
    """`<name>__null` inside an object (WIRE-25)."""
    entry = add(server, startDate=NOW)

    cleared = server.as_admin(
        "media", "update", entryId=entry["id"], mediaEntry={"startDate__null": ""}
    )

    assert "startDate" not in cleared
