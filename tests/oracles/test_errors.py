from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from conformance.oracles import errors

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.schema.model import Action, Schema
    from conformance.verdict.breach import Breach
    from tests.oracles.conftest import Answered, Refused


def places(breaches: Iterable[Breach]) -> list[str]:
    """Where each breach is."""
    return [breach.where for breach in breaches]


def action(schema: Schema, name: str) -> Action:
    """An action of the small schema's only service."""
    return schema.services["thing"].actions[name]


ERROR = {"code": "X", "message": "m", "objectType": "KalturaAPIException", "args": []}


def test_error_with_status_200_is_sound(answered: Answered) -> None:
    """An error is HTTP 200; a result's status is not judged here."""
    assert places(errors.error_is_http_200(answered(ERROR))) == []
    assert places(errors.error_is_http_200(answered("ok", status=500))) == []


def test_error_with_another_status_is_a_breach(answered: Answered) -> None:
    """An error with HTTP 404 is a breach, and the exchange is named."""
    (breach,) = errors.error_is_http_200(answered(ERROR, status=404))

    assert (breach.where, breach.actual, breach.exchanges) == ("HTTP status", "404", (7,))


def test_whole_error_is_sound(answered: Answered, refused: Refused) -> None:
    """Four members of the right kinds, in JSON and in XML."""
    xml = (
        "<error><code>X</code><message>m</message><objectType>KalturaAPIException</objectType>"
        "<args><item><objectType>KalturaApiExceptionArg</objectType><name>ID</name>"
        "<value>1</value></item></args></error>"
    )

    assert places(errors.error_has_its_four_members(refused("X", ID="1"))) == []
    assert places(errors.error_has_its_four_members(answered(ERROR))) == []
    assert places(errors.error_has_its_four_members(answered(xml, xml=True))) == []


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"code": 404}, "$.code"),
        ({"code": ""}, "$.code"),
        ({"message": None}, "$.message"),
        ({"message": ""}, "$.message"),
        ({"objectType": "KalturaError"}, "$.objectType"),
        ({"args": "none"}, "$.args"),
        ({"args": ["1"]}, "$.args"),
        ({"args": {"ID": 5}}, "$.args.ID"),
    ],
)
def test_damaged_error_is_a_breach(answered: Answered, change: dict[str, Any], where: str) -> None:
    """A member of another kind is a breach of the shape."""
    assert where in places(errors.error_has_its_four_members(answered({**ERROR, **change})))


def test_error_without_args_is_a_breach(answered: Answered) -> None:
    """A member that is missing is a breach of the shape."""
    error = {name: value for name, value in ERROR.items() if name != "args"}

    assert places(errors.error_has_its_four_members(answered(error))) == ["$.args"]


@pytest.mark.parametrize("code", ["X", "ENTRY_ID_NOT_FOUND", "A SENTENCE AS A CODE"])
def test_tokens_are_codes(refused: Refused, small_schema: Schema, code: str) -> None:
    """A token is a code; sentences are another requirement's."""
    assert places(errors.code_is_a_token(refused(code), small_schema)) == []


@pytest.mark.parametrize("code", ["entryIdNotFound", "404", "thing-not-found"])
def test_other_words_are_no_codes(refused: Refused, small_schema: Schema, code: str) -> None:
    """A word in another spelling is no code."""
    assert places(errors.code_is_a_token(refused(code), small_schema)) == ["$.code"]


def test_sentence_is_no_code(refused: Refused, small_schema: Schema) -> None:
    """A sentence in the place of a code is told apart from a token."""
    assert places(errors.code_is_no_sentence(refused("NOT THAT"), small_schema)) == ["$.code"]
    assert places(errors.code_is_no_sentence(refused("NOT_THAT"), small_schema)) == []


def test_arguments_are_the_published_ones(refused: Refused, small_schema: Schema) -> None:
    """The right names are sound, others are not, unknown codes are not judged."""
    judge = errors.error_has_its_arguments

    assert places(judge(refused("THING_NOT_FOUND", ID="1"), small_schema)) == []
    assert places(judge(refused("THING_NOT_FOUND", id="1"), small_schema)) == ["$.args"]
    assert places(judge(refused("THING_NOT_FOUND"), small_schema)) == ["$.args"]
    assert places(judge(refused("ANYTHING", WHAT="1"), small_schema)) == []
    skipped = judge(refused("THING_NOT_FOUND"), small_schema, skipped=lambda _code: True)
    assert places(skipped) == []


def test_message_is_the_filled_template(refused: Refused, small_schema: Schema) -> None:
    """The template with the argument is sound; a placeholder or other words are not."""
    judge = errors.message_is_the_template
    sound = refused("THING_NOT_FOUND", 'Thing "5" not found', ID="5")
    unfilled = refused("THING_NOT_FOUND", 'Thing "@ID@" not found', ID="5")
    other = refused("THING_NOT_FOUND", "Missing parameter", ID="5")

    assert places(judge(sound, small_schema)) == []
    assert places(judge(unfilled, small_schema)) == ["$.message"]
    assert places(judge(other, small_schema)) == ["$.message"]


def test_internals_in_an_error_are_a_breach(refused: Refused) -> None:
    """A path in the message is a breach unless the caller sent it."""
    judge = errors.error_shows_no_internals
    leak = refused("X", "no /opt/kaltura/app/file.php")
    echo = refused("X", "no /opt/kaltura/app", params={"id": "/opt/kaltura/app"})

    assert "$.message" in places(judge(leak))
    assert places(judge(echo)) == []
    assert places(judge(refused("X", "nothing"))) == []


def test_log_that_is_somebodys_data_is_no_leak(answered: Answered) -> None:
    """A result may quote a trace that a job left behind; an error may not."""
    log = "PHP Warning:  Undefined index in /opt/kaltura/app/x.php on line 3"
    judge = errors.error_shows_no_internals
    listed = answered({"objects": [{"errDescription": log}], "totalCount": 1}, action="list")
    failed = answered(
        {"code": "X", "message": log, "objectType": "KalturaAPIException", "args": []}
    )

    assert places(judge(listed)) == []
    assert "body" in places(judge(failed))


@pytest.mark.parametrize(
    ("code", "args", "params"),
    [
        ("SERVICE_FORBIDDEN", {"SERVICE": "other->get"}, {}),
        ("SERVICE_FORBIDDEN", {"SERVICE": "thing->list"}, {}),
        ("MISSING_MANDATORY_PARAMETER", {"PARAM_NAME": "id"}, {"id": 5}),
        (
            "INVALID_ENUM_VALUE",
            {"ENUM_TYPE": "KalturaThingStatus", "ENUM_VAL": "2", "PARAM_NAME": "status"},
            {},
        ),
        ("OBJECT_TYPE_ABSTRACT", {"OBJ_TYPE": "KalturaThing"}, {}),
    ],
)
def test_untrue_refusals_are_breaches(
    refused: Refused,
    small_schema: Schema,
    code: str,
    args: dict[str, str],
    params: dict[str, Any],
) -> None:
    """A refusal that blames what was right is a breach."""
    exchange = refused(code, params=params, **args)

    assert places(
        errors.error_says_what_is_true(exchange, action(small_schema, "get"), small_schema)
    )


@pytest.mark.parametrize(
    ("code", "args", "params"),
    [
        ("SERVICE_FORBIDDEN", {"SERVICE": "Thing->GET"}, {}),
        ("SERVICE_FORBIDDEN", {"SERVICE": "->"}, {}),
        ("MISSING_MANDATORY_PARAMETER", {"PARAM_NAME": "id"}, {}),
        ("MISSING_MANDATORY_PARAMETER", {"PARAM_NAME": "userId"}, {"id": 5}),
        ("MISSING_MANDATORY_PARAMETER", {"PARAM_NAME": "id"}, {"id": " "}),
        (
            "INVALID_ENUM_VALUE",
            {"ENUM_TYPE": "KalturaThingStatus", "ENUM_VAL": "2", "PARAM_NAME": "status"},
            {"thing": {"status": 2}},
        ),
        (
            "INVALID_ENUM_VALUE",
            {"ENUM_TYPE": "KalturaThingStatus", "ENUM_VAL": "99", "PARAM_NAME": "status"},
            {},
        ),
        ("OBJECT_TYPE_ABSTRACT", {"OBJ_TYPE": "KalturaAbstractThing"}, {}),
        ("ANYTHING", {}, {}),
    ],
)
def test_true_refusals_are_sound(
    refused: Refused,
    small_schema: Schema,
    code: str,
    args: dict[str, str],
    params: dict[str, Any],
) -> None:
    """A refusal that tells what was wrong is sound."""
    exchange = refused(code, params=params, **args)

    assert not places(
        errors.error_says_what_is_true(exchange, action(small_schema, "get"), small_schema)
    )


def test_object_that_was_sent_is_an_object(refused: Refused, small_schema: Schema) -> None:
    """An object that is called a scalar is a breach, a scalar is not."""
    update = action(small_schema, "update")

    def judged(thing: Any) -> list[str]:
        exchange = refused(
            "PROPERTY_VALIDATION_WRONG_FORMAT", params={"thing": thing}, PROP_NAME="thing"
        )
        return places(errors.error_says_what_is_true(exchange, update, small_schema))

    assert judged({"name": "a"}) == ["$.args.PROP_NAME"]
    assert judged(5) == []


def test_plain_read_must_not_break(refused: Refused, small_schema: Schema) -> None:
    """A list without a filter must not break; one with a search text may."""
    judge = errors.plain_read_does_not_break
    of_list = action(small_schema, "list")
    plain = refused("INTERNAL_SERVERL_ERROR", params={"pager": {"pageSize": 5}})
    search = refused("INTERNAL_SERVERL_ERROR", params={"filter": {"freeText": '"'}})

    assert places(judge(plain, of_list)) == ["$.code"]
    assert places(judge(search, of_list)) == []
    assert places(judge(refused("THING_NOT_FOUND"), of_list)) == []
    assert places(judge(plain, action(small_schema, "update"))) == []
