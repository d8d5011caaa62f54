from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from conformance.oracles import refusals

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from conformance.schema.model import Schema
    from conformance.verdict.breach import Breach
    from conformance.wire.exchange import Exchange
    from tests.oracles.conftest import Answered, Refused

    Judge = Callable[[Exchange], Iterable[Breach]]

ENUM = {"ENUM_VAL": "987654", "PARAM_NAME": "status", "ENUM_TYPE": "KalturaThingStatus"}
CASES: list[tuple[Judge, str, dict[str, str]]] = [
    (
        lambda e: refusals.unknown_service_is_named(e, "noSuch"),
        "SERVICE_DOES_NOT_EXISTS",
        {"SRV_NAME": "nosuch"},
    ),
    (refusals.missing_service_is_refused, "SERVICE_NOT_SPECIFIED", {}),
    (
        lambda e: refusals.unknown_action_is_named(e, "Thing", "noSuch"),
        "ACTION_DOES_NOT_EXISTS",
        {"ACTION_NAME": "nosuch", "SERVICE_NAME": "thing"},
    ),
    (refusals.missing_action_is_refused, "ACTION_NOT_SPECIFIED", {}),
    (refusals.missing_action_is_refused, "ACTION_DOES_NOT_EXISTS", {}),
    (
        lambda e: refusals.unknown_language_is_refused(e, "!!"),
        "INVALID_LANGUAGE_CODE",
        {"LANGUAGE_CODE": "!!"},
    ),
    (
        lambda e: refusals.missing_parameter_is_named(e, "id"),
        "MISSING_MANDATORY_PARAMETER",
        {"PARAM_NAME": "id"},
    ),
    (
        lambda e: refusals.foreign_enum_value_is_refused(
            e, "status", enum="KalturaThingStatus", value="987654"
        ),
        "INVALID_ENUM_VALUE",
        ENUM,
    ),
    (
        lambda e: refusals.foreign_enum_property_is_refused(
            e, "status", enum="KalturaThingStatus", value="987654"
        ),
        "INVALID_ENUM_VALUE",
        ENUM,
    ),
    (
        lambda e: refusals.abstract_type_is_refused(e, "KalturaAbstractThing"),
        "OBJECT_TYPE_ABSTRACT",
        {"OBJ_TYPE": "KalturaAbstractThing"},
    ),
    (
        lambda e: refusals.scalar_is_no_object(e, "thing"),
        "PROPERTY_VALIDATION_WRONG_FORMAT",
        {"PROP_NAME": "thing"},
    ),
    (
        lambda e: refusals.control_character_is_refused(e, "name"),
        "INVALID_PARAMETER_CHAR",
        {"XML_FIELD": "name"},
    ),
    (
        lambda e: refusals.limit_of_a_property_is_enforced(e, "name", "MAX_LENGTH", 5),
        "PROPERTY_VALIDATION_MAX_LENGTH",
        {"PROP_NAME": "name", "MAX_LEN": "5"},
    ),
    (refusals.forged_session_is_refused_first, "INVALID_KS", {}),
    (refusals.unknown_action_precedes_the_session, "ACTION_DOES_NOT_EXISTS", {}),
    (
        lambda e: refusals.expired_session_is_noticed_after_decoding(e, "id"),
        "MISSING_MANDATORY_PARAMETER",
        {"PARAM_NAME": "id"},
    ),
    (
        lambda e: refusals.anonymous_call_is_decoded_first(e, "id"),
        "MISSING_MANDATORY_PARAMETER",
        {"PARAM_NAME": "id"},
    ),
]
NAMES = [f"{code} {number}" for number, (_, code, _) in enumerate(CASES)]


def places(breaches: Iterable[Breach]) -> list[str]:
    """Where each breach is."""
    return [breach.where for breach in breaches]


@pytest.mark.parametrize(("judge", "code", "args"), CASES, ids=NAMES)
def test_right_refusal_is_sound(
    refused: Refused, judge: Judge, code: str, args: dict[str, str]
) -> None:
    """The one right answer is accepted, also with more arguments than asked for."""
    assert places(judge(refused(code, **args, MORE="1"))) == []


@pytest.mark.parametrize(("judge", "code", "args"), CASES, ids=NAMES)
def test_other_answers_are_breaches(
    answered: Answered, refused: Refused, judge: Judge, code: str, args: dict[str, str]
) -> None:
    """Another code, a result, and the right code with another argument are breaches."""
    assert places(judge(refused("SOMETHING_ELSE", **args))) == ["$.code"]
    assert places(judge(answered({"id": 5, "objectType": "KalturaThing"}))) == ["$.code"]
    for name in args:
        assert places(judge(refused(code, **{**args, name: "other"}))) == [f"$.args.{name}"]


@pytest.mark.parametrize(
    "code",
    [
        "ENTRY_ID_NOT_FOUND",
        "CATEGORY_NOT_FOUND",
        "INVALID_FEED_ID",
        "INVALID_PLAYLIST_TYPE",
        "ENTRY_IS_NOT_ASSIGNED_TO_CATEGORY",
        "INVALID_OBJECT_ID",
    ],
)
def test_not_found_has_many_words(refused: Refused, code: str) -> None:
    """Services say it differently."""
    assert places(refusals.unknown_id_is_refused(refused(code))) == []


@pytest.mark.parametrize(
    "code",
    ["INTERNAL_SERVERL_ERROR", "INVALID_KS", "INVALID_ENUM_VALUE", "SERVICE_DOES_NOT_EXISTS"],
)
def test_other_refusals_do_not_say_not_found(refused: Refused, code: str) -> None:
    """A refusal for another reason is a breach."""
    assert places(refusals.unknown_id_is_refused(refused(code))) == ["$.code"]


def test_profile_knows_more_answers(answered: Answered, refused: Refused) -> None:
    """A code of the profile is right, and null where the profile says so."""
    judge = refusals.unknown_id_is_refused

    assert places(judge(refused("NO_SUCH_THING"), known_codes=("NO_SUCH_THING",))) == []
    assert places(judge(refused("DATA_IS_BAD"), any_error=True)) == []
    assert places(judge(answered(None), known_codes=("null",))) == []
    assert places(judge(answered(None))) == ["$"]


def test_id_comes_back(refused: Refused, small_schema: Schema) -> None:
    """The argument is the id that was asked for, or nothing was filled in."""
    get = small_schema.services["thing"].actions["get"]

    def judged(said: str, sent: Any = 5) -> list[str]:
        exchange = refused("THING_NOT_FOUND", params={"id": sent}, ID=said)
        return places(refusals.unknown_id_is_echoed(exchange, get, small_schema))

    assert judged("5") == []
    assert judged("N/A") == []
    assert judged("0", sent="abc") == []
    assert judged("6") == ["$.args.ID"]


def test_limit_that_is_kept_is_not_mentioned(answered: Answered, refused: Refused) -> None:
    """A value at its limit may be refused for anything but the limit."""

    def judged(exchange: Exchange) -> list[str]:
        return places(refusals.value_at_a_limit_is_no_breach_of_it(exchange, "name", "MAX_LENGTH"))

    assert judged(refused("PROPERTY_VALIDATION_MAX_LENGTH", PROP_NAME="name")) == ["$.code"]
    assert judged(refused("PROPERTY_VALIDATION_MAX_LENGTH", PROP_NAME="KalturaThing::name")) == []
    assert judged(refused("PROPERTY_VALIDATION_MIN_LENGTH", PROP_NAME="name")) == []
    assert judged(refused("SERVICE_FORBIDDEN")) == []
    assert judged(answered({"id": 5})) == []


def test_not_found_is_said_in_the_services_words(answered: Answered, refused: Refused) -> None:
    """Where the codes are known, another not-found code for the asked id is a breach."""

    def judged(exchange: Exchange, *known: str) -> list[str]:
        return places(refusals.unknown_id_has_its_services_code(exchange, known))

    other = refused("ENTRY_ID_NOT_FOUND", params={"id": 5}, ID="5")
    of_its_entry = refused("ENTRY_ID_NOT_FOUND", params={"id": 5}, ID="0_entry")

    assert judged(other, "THING_NOT_FOUND") == ["$.code"]
    assert judged(other, "ENTRY_ID_NOT_FOUND") == []
    assert judged(other, "null") == []
    assert judged(of_its_entry, "THING_NOT_FOUND") == []
    assert judged(refused("SERVICE_FORBIDDEN", params={"id": 5}, ID="5"), "THING_NOT_FOUND") == []
    assert judged(answered(None), "THING_NOT_FOUND") == []
