"""Two answers on the wire that have to say the same, and what comes back as it was sent."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from msgspec import structs

from conformance.oracles import wire
from conformance.oracles.equivalence import differences
from conformance.wire.request import Form
from tests.oracles.things import (
    ERROR_JSON,
    IN_PHP,
    IN_XML,
    THING_JSON,
    THING_XML,
    VIEW,
    answered,
    where,
)

if TYPE_CHECKING:
    from conformance.wire.exchange import Exchange

SAMENESS = sorted(
    {
        value
        for name, value in vars(wire).items()
        if getattr(value, "__module__", "") == "conformance.oracles.wire_sameness"
        and hasattr(value, "requirement")
    },
    key=lambda judge: judge.requirement,
)


def test_json_xml_and_php_of_one_object_are_equal() -> None:
    """Nulls, number forms, booleans and unknown properties make no difference."""
    json = answered(THING_JSON.replace('"id"', '"newer":[1],"id"'))
    xml = answered(THING_XML, form=IN_XML)
    php = answered(
        'O:12:"KalturaThing":5:{s:2:"id";i:1;s:4:"name";s:1:"a";s:4:"size";i:2;s:2:"on";b:1;'
        's:5:"parts";N;}',
        form=IN_PHP,
    )

    assert list(differences(json, xml, VIEW)) == []
    assert list(differences(json, php, VIEW)) == []


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("<size>2<", "<size>3<", ["$.size"]),
        ("<name>a<", "<name><", ["$.name"]),
        ("<on>1<", "<on>0<", ["$.on"]),
        ("<objectType>KalturaThing<", "<objectType>KalturaBase<", ["$.name", "$.objectType"]),
        ("<parts></parts>", "<parts><item><id>1</id></item></parts>", ["$.parts"]),
    ],
)
def test_another_value_is_a_difference(old: str, new: str, expected: list[str]) -> None:
    """Each changed value is named by its path."""
    xml = answered(THING_XML.replace(old, new), form=IN_XML)
    found = where(differences(answered(THING_JSON), xml, VIEW))

    assert [path for path in found if path in expected] == expected


def test_volatile_paths_are_no_difference() -> None:
    """What changed between two equal calls says nothing, nor does what lies below it."""
    other = answered(THING_JSON.replace('"a"', '"b"').replace('"2"', '"3"'))
    view = structs.replace(VIEW, volatile=frozenset({"$.name"}))

    assert where(differences(answered(THING_JSON), other, view)) == ["$.size"]


def test_errors_are_compared_by_code_message_and_arguments() -> None:
    """Case counts unless it is folded."""
    loud = answered(ERROR_JSON.replace('"7"}', '"A"}'))
    quiet = answered(ERROR_JSON.replace('"7"}', '"a"}'))

    assert where(differences(loud, quiet, VIEW)) == ["$.args.ID"]
    assert list(differences(loud, quiet, structs.replace(VIEW, fold=True))) == []
    assert where(differences(loud, answered("null"), VIEW)) != []


@pytest.mark.parametrize("judge", SAMENESS, ids=lambda judge: judge.requirement)
def test_two_guises_of_one_call_have_to_say_the_same(judge: Any) -> None:
    """Equal answers are accepted, another error is named with both exchanges."""
    first = answered(ERROR_JSON, number=1)
    same = answered(ERROR_JSON, number=2)
    other = answered(ERROR_JSON.replace("X_NOT_FOUND", "MISSING_KS"), number=3)

    assert list(judge(first, same, VIEW)) == []
    (breach,) = judge(first, other, VIEW)
    assert (breach.where, breach.exchanges) == ("$.error", (1, 3))


@pytest.mark.parametrize("judge", SAMENESS, ids=lambda judge: judge.requirement)
def test_nothing_is_compared_with_an_unreadable_answer(judge: Any) -> None:
    """Where the plain call has no readable answer, another requirement is broken."""
    assert list(judge(answered("<html>"), answered(ERROR_JSON), VIEW)) == []
    assert list(judge(answered(ERROR_JSON), answered("<html>"), VIEW)) != []


def test_a_call_without_a_format_is_answered_in_xml() -> None:
    """JSON by default is a breach, and so are other values."""
    plain = answered(THING_JSON)
    default = Form(format=None)
    xml = answered(THING_XML, form=default, headers={"Content-Type": "text/xml"})
    json = answered(THING_JSON, form=default, headers={"Content-Type": "application/json"})
    other = answered(
        THING_XML.replace("<size>2", "<size>3"), form=default, headers={"Content-Type": "text/xml"}
    )

    assert list(wire.xml_is_the_default_format(plain, xml, VIEW)) == []
    assert where(wire.xml_is_the_default_format(plain, json, VIEW)) == ["$"]
    assert where(wire.xml_is_the_default_format(plain, other, VIEW)) == ["$.size"]


def test_head_answers_as_get_does() -> None:
    """Status and type are the same, the body is left out."""
    head = Form(method="HEAD")
    get = answered("{}")

    assert where(wire.head_equals_get(get, answered("", form=head))) == []
    assert where(wire.head_equals_get(get, answered("", form=head, status=405))) == ["HTTP status"]


def test_stored_text_comes_back() -> None:
    """Question marks for letters are a breach."""
    exchange = answered("{}")

    assert where(wire.text_survives_storage("שלום", [(exchange, "שלום")])) == []
    assert where(wire.text_survives_storage("שלום", [(exchange, "????")])) == ["$.name"]


def test_small_time_counts_from_now() -> None:
    """By our clock or the server's; a property that is not shown, or no time, is not judged."""
    now = 1795413176

    def judged(value: Any, *, at: float = now, second: int | None = None) -> bool:
        told = None if second is None else f"7, {second}"
        body = json.dumps({"objectType": "KalturaThing", "startDate": value})
        made = answered(body, headers={"X-Kaltura-Session": told})
        made = structs.replace(made, started_at=at)
        return bool(list(wire.small_time_counts_from_now(made, "startDate", 7200)))

    assert not judged(now + 7200)
    assert not judged(str(now + 7201))
    assert not judged(None)
    assert not judged(now + 7200, at=0.0, second=now)
    assert judged(7200)
    assert judged(now)


def refusal(code: str, **args: str) -> Exchange:
    """An error with arguments."""
    error = {"code": code, "message": "m", "objectType": "KalturaAPIException", "args": args}
    return answered(json.dumps(error))


def test_items_of_arrays_are_known_by_their_refusal() -> None:
    """The class is refused by name; any later refusal means that nobody saw it."""
    judge = wire.array_items_are_read

    assert (
        where(judge(refusal("OBJECT_TYPE_ABSTRACT", OBJ_TYPE="KalturaBase"), "KalturaBase")) == []
    )
    assert where(judge(refusal("OBJECT_TYPE_ABSTRACT", OBJ_TYPE="KalturaX"), "KalturaBase")) == [
        "$.args.OBJ_TYPE"
    ]
    assert where(judge(refusal("SERVICE_FORBIDDEN"), "KalturaBase")) == ["$.code"]
    assert where(judge(answered("null"), "KalturaBase")) == ["$.code"]


def test_writing_by_get_is_known_by_what_was_written() -> None:
    """The new name, and nothing else."""
    judge = wire.writing_by_get_is_writing

    assert where(judge(answered('{"name": "new"}'), "name", "new")) == []
    assert where(judge(answered('{"name": "old"}'), "name", "new")) == ["$.name"]
    assert where(judge(refusal("SERVICE_FORBIDDEN"), "name", "new")) == ["$.name"]
