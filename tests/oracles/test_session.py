"""Each session oracle accepts what a sound server answers and names what a broken one does."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest
from msgspec import structs

from conformance.oracles import session
from conformance.oracles.session import Asked
from conformance.wire.answer import DieError
from conformance.wire.ks import build_v1, build_v2, parse
from conformance.wire.recording import exchange_from_recording, read_recordings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from conformance.verdict.breach import Breach
    from conformance.wire.exchange import Exchange
    from tests.oracles.conftest import Answered, Refused

    Judge = Callable[[Exchange], Iterable[Breach]]

SECRET = "0123456789abcdef"
PARTNER = 102
ASKED = Asked(PARTNER, SECRET, "anna", 0, "list:*,sview:0_a", seconds=600)
KS_ERROR: dict[str, Any] = {"KSID": "EXPIRED", "ERR_CODE": "-1", "ERR_DESC": "INVALID_STR"}

RECORDED_SECRETS = {PARTNER: "8cbd4cfd23ec9b85d5833c7500bd0cca"}


def made(**changed: Any) -> str:
    """The KS that was asked for, or one that differs."""
    fields: dict[str, Any] = {
        "partner_id": PARTNER,
        "secret": SECRET,
        "user_id": "anna",
        "type": 0,
        "expires_at": int(time.time()) + 600,
        "privileges": "list:*,sview:0_a",
    }
    return build_v2(**{**fields, **changed})


def test_started_session_says_what_was_asked(answered: Answered) -> None:
    """The KS that was asked for is right, with more privileges too, and in the older version."""
    older = build_v1(
        partner_id=PARTNER,
        secret=SECRET,
        user_id="anna",
        type=0,
        expires_at=1,
        privileges="list:*,sview:0_a",
    )
    for text in (made(), made(privileges="sview:0_a,list:*,more"), made(user_id="ANNA"), older):
        assert not list(session.started_session_says_what_was_asked(answered(text), ASKED))


@pytest.mark.parametrize(
    ("changed", "where"),
    [
        ({"type": 2}, "$ (type)"),
        ({"user_id": "bert"}, "$ (user)"),
        ({"privileges": "list:*"}, "$ (privileges)"),
        ({"secret": "another"}, "$"),
        ({"partner_id": 103}, "$"),
    ],
)
def test_another_session_than_asked_is_a_breach(
    answered: Answered, changed: dict[str, Any], where: str
) -> None:
    """A KS with something else in it, or with another signature, is not what was asked for."""
    found = list(session.started_session_says_what_was_asked(answered(made(**changed)), ASKED))

    assert [breach.where for breach in found] == [where]


def test_no_session_is_a_breach(answered: Answered, refused: Refused) -> None:
    """An error, null, or an object in place of a KS is named."""
    for exchange in (answered(None), answered({"ks": made()}), refused("START_SESSION_ERROR")):
        assert list(session.started_session_says_what_was_asked(exchange, ASKED))


def test_session_lasts_as_long_as_asked(answered: Answered) -> None:
    """The lifetime counts from the call, by our clock or by the server's."""
    now = time.time()
    own = structs.replace(answered(made()), started_at=now)
    late = structs.replace(own, started_at=now - 3600)
    date = time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(now))
    told = structs.replace(late, response=structs.replace(late.response, headers=(("Date", date),)))
    longer = structs.replace(answered(made(expires_at=int(now) + 86400)), started_at=now)

    judge = session.session_lasts_as_long_as_asked
    assert not list(judge(own, ASKED, tolerance_seconds=5))
    assert not list(judge(told, ASKED, tolerance_seconds=5))
    assert list(judge(late, ASKED, tolerance_seconds=5))
    assert list(judge(longer, ASKED, tolerance_seconds=5))
    assert list(judge(longer, ASKED, tolerance_seconds=5, or_less=True))

    sooner = structs.replace(answered(made(expires_at=int(now) + 60)), started_at=now)
    assert list(judge(sooner, ASKED, tolerance_seconds=5))
    assert not list(judge(sooner, ASKED, tolerance_seconds=5, or_less=True))


def test_session_may_begin_after_a_slow_answer(answered: Answered) -> None:
    """A server that takes its time counts from its end of the call, and may say its second."""
    now = int(time.time())
    sent = structs.replace(answered(made(expires_at=now + 600)), started_at=now - 30.0)
    slow = structs.replace(sent, elapsed_ms=30_000.0)
    header = (("X-Kaltura-Session", f"7, {now}"),)
    told = structs.replace(sent, response=structs.replace(sent.response, headers=header))

    judge = session.session_lasts_as_long_as_asked
    assert list(judge(sent, ASKED, tolerance_seconds=5))
    assert not list(judge(slow, ASKED, tolerance_seconds=5))
    assert not list(judge(told, ASKED, tolerance_seconds=5))


def test_visitor_is_stopped_at_the_door(answered: Answered, refused: Refused) -> None:
    """Whoever looks for the object first would change it; any refusal before that is right."""
    judge = session.visitor_changes_nothing

    assert list(judge(answered(None, action="update")))
    assert list(judge(refused("THING_NOT_FOUND", action="update")))
    for code in ("SERVICE_FORBIDDEN", "INVALID_KS", "MISSING_KS", "PROPERTY_VALIDATION_X"):
        assert not list(judge(refused(code, action="update")))


REFUSALS: list[tuple[Judge, str, dict[str, Any]]] = [
    (session.wrong_secret_opens_nothing, "START_SESSION_ERROR", {"PID": "102"}),
    (session.user_secret_opens_no_admin_session, "START_SESSION_ERROR", {"PID": "102"}),
    (session.unknown_account_opens_nothing, "SERVICE_FORBIDDEN_CONTENT_BLOCKED", {}),
    (session.unknown_account_opens_nothing, "START_SESSION_ERROR", {"PID": "7"}),
    (
        lambda e: session.unknown_widget_opens_nothing(e, "_7"),
        "INVALID_WIDGET_ID",
        {"WIDGET_ID": "_7"},
    ),
    (session.session_of_another_account_is_not_told, "PARTNER_ACCESS_FORBIDDEN", {}),
    (session.expired_session_is_refused, "INVALID_KS", KS_ERROR),
    (session.session_stops_when_its_time_is_over, "INVALID_KS", KS_ERROR),
    (session.ended_session_is_refused, "INVALID_KS", {**KS_ERROR, "KSID": "LOGOUT"}),
    (
        session.ended_session_is_refused_by_every_service,
        "INVALID_KS",
        {**KS_ERROR, "KSID": "LOGOUT"},
    ),
    (lambda e: session.tampered_session_is_refused(e, "cut"), "INVALID_KS", {"KSID": "x"}),
    (
        lambda e: session.tampered_session_is_refused_by_every_service(e, "cut"),
        "INVALID_KS",
        {"KSID": "somebody else's: the cache knows one for all"},
    ),
    (session.nothing_is_had_without_a_session, "SERVICE_FORBIDDEN", {}),
    (session.nothing_is_had_without_a_session, "ENTRY_ID_NOT_FOUND", {}),
    (
        session.session_is_bound_to_its_address,
        "INVALID_KS",
        {**KS_ERROR, "KSID": "EXCEEDED_RESTRICTED_IP"},
    ),
    (
        session.session_is_bound_to_its_place,
        "INVALID_KS",
        {**KS_ERROR, "KSID": "EXCEEDED_RESTRICTED_URI"},
    ),
    (session.session_of_an_unknown_role_is_refused, "INVALID_OBJECT_ID", {"ID": "N/A"}),
    (session.wrong_hash_of_an_app_token_opens_nothing, "INVALID_APP_TOKEN_HASH", {}),
    (session.deleted_app_token_opens_nothing, "APP_TOKEN_ID_NOT_FOUND", {"ID": "0"}),
]


@pytest.mark.parametrize(("judge", "code", "args"), REFUSALS)
def test_refusal_is_right(
    judge: Judge, code: str, args: dict[str, Any], refused: Refused, answered: Answered
) -> None:
    """The error of the rule is right, and a result in its place is not."""
    assert not list(judge(refused(code, **args)))
    assert list(judge(answered({"totalCount": 0, "objects": []})))


REASONS: list[tuple[Judge, str]] = [
    (session.expired_session_is_refused, "LOGOUT"),
    (session.session_stops_when_its_time_is_over, ""),
    (session.ended_session_is_refused, "EXPIRED"),
    (session.session_is_bound_to_its_address, "EXPIRED"),
    (session.session_is_bound_to_its_place, "EXCEEDED_RESTRICTED_IP"),
]


@pytest.mark.parametrize(("judge", "reason"), REASONS)
def test_wrong_reason_is_a_breach(judge: Judge, reason: str, refused: Refused) -> None:
    """The reason in KSID has to be the true one."""
    found = list(judge(refused("INVALID_KS", **{**KS_ERROR, "KSID": reason})))

    assert [breach.where for breach in found] == ["$.args.KSID"]


def test_refusal_in_the_header_is_one(answered: Answered) -> None:
    """An action that serves files refuses in the header alone."""
    bare = structs.replace(answered(None), answer=DieError("INVALID_KS"))

    assert not list(session.tampered_session_is_refused(bare, "cut"))


TAKEN: list[Judge] = [
    session.session_signed_by_the_client_is_taken,
    session.session_of_version_1_is_taken,
    session.other_sessions_go_on,
]


@pytest.mark.parametrize("judge", TAKEN)
def test_taken_session_is_right(judge: Judge, answered: Answered, refused: Refused) -> None:
    """Whatever the call came to, the session was taken, unless the KS was refused."""
    assert not list(judge(answered({"objects": []})))
    assert not list(judge(refused("SERVICE_FORBIDDEN")))
    assert list(judge(refused("INVALID_KS", **KS_ERROR)))


def test_widget_session_is_a_visitors(answered: Answered) -> None:
    """A widget's KS is of the account and of a user with the widget's privilege."""
    privileges = "view:*,widget:1"
    good = made(user_id="0", privileges=privileges)
    judge = session.widget_session_is_a_visitors

    assert not list(judge(answered({"partnerId": "102", "ks": good}), ASKED))
    for ks in (made(privileges="view:*"), made(type=2, privileges=privileges), "no KS", ""):
        assert list(judge(answered({"partnerId": 102, "ks": ks}), ASKED))
    assert list(judge(answered({"partnerId": 103, "ks": good}), ASKED))
    assert list(judge(answered(None), ASKED))


def test_session_get_tells_the_truth(answered: Answered, refused: Refused) -> None:
    """Numbers may come as text and privileges in any order; nothing else may differ."""
    info = parse(made(), {PARTNER: SECRET})
    told = {
        "partnerId": "102",
        "userId": "anna",
        "sessionType": "0",
        "expiry": str(info.expires_at),
        "privileges": "sview:0_a,list:*",
    }
    judge = session.session_get_tells_the_truth

    assert not list(judge(answered(told), info))
    for wrong in (
        {"partnerId": "103"},
        {"userId": ""},
        {"sessionType": 2},
        {"expiry": 1},
        {"privileges": "list:*"},
    ):
        assert list(judge(answered({**told, **wrong}), info))
    assert list(judge(refused("SERVICE_FORBIDDEN"), info))


def test_ending_nothing_is_no_error(answered: Answered, refused: Refused) -> None:
    """Null in JSON and the empty element in XML are nothing; an error is not."""
    judge = session.ending_nothing_is_no_error

    assert not list(judge(answered(None)))
    assert not list(judge(answered("", xml=True)))
    assert list(judge(refused("SERVICE_FORBIDDEN")))
    assert list(judge(answered({"ended": True})))


def test_own_code_answering_strangers_is_a_breach(refused: Refused) -> None:
    """A list that complains about its filter was past the door already."""
    judge = session.nothing_is_had_without_a_session
    complaint = refused("PROPERTY_VALIDATION_CANNOT_BE_NULL", PROP_NAME="filter")

    assert not list(judge(complaint))
    assert list(judge(complaint, past_the_door=("PROPERTY_VALIDATION_CANNOT_BE_NULL",)))
    forbidden = refused("SERVICE_FORBIDDEN")
    assert not list(judge(forbidden, past_the_door=("SERVICE_FORBIDDEN",)))


def test_session_is_used_up(answered: Answered, refused: Refused) -> None:
    """One call goes through; later ones may, or are refused for the true reason."""
    through = answered({"objects": []})
    over = refused("INVALID_KS", **{**KS_ERROR, "KSID": "EXCEEDED_ACTIONS_LIMIT"})
    other = refused("INVALID_KS", **KS_ERROR)
    judge = session.session_is_used_up

    assert not list(judge([through, over, over]))
    assert not list(judge([through, through]))
    assert list(judge([over, over]))
    assert list(judge([through, other]))


def test_app_token_opens_a_session(answered: Answered, refused: Refused) -> None:
    """The session is of the account, the user and the type that were asked for."""
    judge = session.app_token_opens_a_session

    assert not list(judge(answered({"ks": made()}), ASKED))
    assert list(judge(answered({"ks": made(type=2)}), ASKED))
    assert list(judge(answered({}), ASKED))
    assert list(judge(refused("INVALID_APP_TOKEN_HASH"), ASKED))


def recorded(folder: Path) -> dict[str, Exchange]:
    """The recorded exchanges about sessions, by name; the first of each name."""
    found: dict[str, Exchange] = {}
    for recording in read_recordings(folder / "exchanges-22.19.0.jsonl"):
        name = recording["name"]
        if name.startswith(("session.", "ks.", "priv.")):
            found.setdefault(name, exchange_from_recording(recording))
    return found


def test_real_refusals_are_right(data_folder: Path) -> None:
    """What a real server refused, it refused by the rules."""
    seen = recorded(data_folder)
    judged: dict[str, Judge] = {
        "session.start bad secret": session.wrong_secret_opens_nothing,
        "session.start bad secret xml": session.wrong_secret_opens_nothing,
        "session.start user secret for admin type": session.user_secret_opens_no_admin_session,
        "session.start unknown partner": session.unknown_account_opens_nothing,
        "session.startWidgetSession unknown": lambda e: session.unknown_widget_opens_nothing(
            e, "_99999999"
        ),
        "ks.expired": session.expired_session_is_refused,
        "ks.expired xml": session.expired_session_is_refused,
        "ks.expired form": session.expired_session_is_refused,
        "ks.expired on ping": session.session_stops_when_its_time_is_over,
        "ks.v1 expired": session.expired_session_is_refused,
        "session.use after end": session.ended_session_is_refused,
        "session.end twice": session.ended_session_is_refused_by_every_service,
        "session.end no ks": session.ending_nothing_is_no_error,
        "ks.missing": session.nothing_is_had_without_a_session,
        "ks.missing xml": session.nothing_is_had_without_a_session,
        "ks.empty": session.nothing_is_had_without_a_session,
        "ks.v1 client generated": session.session_of_version_1_is_taken,
        "priv.use1 iprestrict:10.0.0.1": session.session_is_bound_to_its_address,
        "priv.use1 urirestrict:/api_v3/service/system/*": session.session_is_bound_to_its_place,
        "priv.use1 setrole:999999": session.session_of_an_unknown_role_is_refused,
    }

    assert [name for name, judge in judged.items() if list(judge(seen[name]))] == []


@pytest.mark.parametrize(
    "name",
    [
        "base64 garbage",
        "djJ8 unknown partner",
        "garbage",
        "garbage on ping",
        "int",
        "markup",
        "tampered",
        "truncated",
        "v1 wrong partner",
        "v1 wrong secret",
    ],
)
def test_real_garbage_is_refused(data_folder: Path, name: str) -> None:
    """A real server refused every text that is no KS, sometimes naming another one."""
    exchange = recorded(data_folder)[f"ks.{name}"]

    assert not list(session.tampered_session_is_refused(exchange, name))


def test_real_sessions_say_what_was_asked(data_folder: Path) -> None:
    """The sessions that a real server started are what was asked for, in every encoding."""
    seen = recorded(data_folder)
    secret = RECORDED_SECRETS[PARTNER]
    for name, user, kind in (
        ("session.start admin", "admin1", 2),
        ("session.start admin xml", "admin1", 2),
        ("session.start urlencoded", "admin1", 2),
        ("session.start multipart", "admin1", 2),
        ("session.start GET", "admin1", 2),
        ("session.start user", "user1", 0),
        ("session.start admin secret for user type", "user1", 0),
    ):
        asked = Asked(PARTNER, secret, user, kind, seconds=86_400)
        judge = session.started_session_says_what_was_asked
        assert not list(judge(seen[name], asked)), name
        assert not list(
            session.session_lasts_as_long_as_asked(seen[name], asked, tolerance_seconds=2)
        )
    widget = Asked(PARTNER, secret, "", 0)
    assert not list(
        session.widget_session_is_a_visitors(seen["session.startWidgetSession"], widget)
    )


def test_real_session_get_tells_the_truth(data_folder: Path) -> None:
    """What a real server said of a KS is what the KS says."""
    seen = recorded(data_folder)
    admin = seen["session.start admin"].result
    assert admin is not None
    info = parse(admin.value, RECORDED_SECRETS)
    for name in ("session.get", "session.get xml"):
        assert not list(session.session_get_tells_the_truth(seen[name], info))
    uses = [seen[f"priv.use{number} actionslimit:1"] for number in (1, 2)]
    assert not list(session.session_is_used_up(uses))
