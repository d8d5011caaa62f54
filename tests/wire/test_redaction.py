from __future__ import annotations

import base64
import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.wire.answer import ApiError, FileContent, Malformed, NoAnswer, Result
from conformance.wire.encoding import encode
from conformance.wire.exchange import Exchange, Received
from conformance.wire.ks import build_v1, build_v2
from conformance.wire.record import exchange_to_record
from conformance.wire.recording import exchange_from_recording, read_recordings
from conformance.wire.redaction import Redactor
from conformance.wire.request import Call, Encoding, Form, Format, Upload

if TYPE_CHECKING:
    from pathlib import Path

    from conformance.wire.answer import Answer

SECRET = "8cbd4cfd23ec9b85d5833c7500bd0cca"
ODD = 'p/ä"s+ w&=%'
CANARY = "canary-7f3a"
KS = build_v2(partner_id=102, secret=SECRET, user_id=CANARY, expires_at=9, random=bytes(range(16)))
KS_V1 = build_v1(partner_id=102, secret=SECRET, user_id=CANARY, expires_at=9, random=bytes(16))
TOKEN = re.compile("\u2039redacted:[0-9a-f]{8}\u203a")


def exchange_of(
    call: Call,
    answer: Answer,
    body: bytes,
    *,
    form: Form | None = None,
    ks: str | None = None,
    headers: tuple[tuple[str, str], ...] = (),
) -> Exchange:
    """An exchange as the client would make it."""
    form = form or Form()
    return Exchange(
        0, call, form, "admin", encode(call, form, base_url="http://h", ks=ks),
        Received(200, headers, body), answer, 0.0, 0.0,
    )  # fmt: skip


@pytest.mark.parametrize("secret", [SECRET, ODD, KS, KS_V1])
@pytest.mark.parametrize(
    "form",
    [
        str,
        quote,
        quote_plus,
        lambda secret: quote(secret, safe=""),
        lambda secret: re.sub("%..", lambda code: code[0].lower(), quote(secret, safe="")),
        json.dumps,
        lambda secret: json.dumps(secret).replace("/", "\\/"),
        lambda secret: json.dumps(secret, ensure_ascii=False),
    ],
)
def test_a_secret_is_found_in_every_spelling(secret: str, form: Any) -> None:
    """As it is, in a URL, in JSON."""
    redactor = Redactor([SECRET, ODD])

    text = redactor.text(f"a {form(secret)} b")

    assert TOKEN.sub("T", text).strip() in {"a T b", 'a "T" b'}


@pytest.mark.parametrize("secret", [SECRET, KS, KS_V1, ODD])
@pytest.mark.parametrize("before", ["", "x", "xy", "xyz"])
@pytest.mark.parametrize("encoder", [base64.b64encode, base64.urlsafe_b64encode])
def test_a_secret_is_found_in_base64_at_every_alignment(
    secret: str, before: str, encoder: Any
) -> None:
    """What stands before it shifts the letters."""
    redactor = Redactor([SECRET, ODD])
    redactor._add(KS_V1)
    hidden = encoder(f"{before}{secret} tail".encode()).decode()

    assert TOKEN.search(redactor.text(hidden))
    assert hidden not in redactor.text(hidden)


def test_equal_secrets_stay_equal_and_others_differ() -> None:
    """A reader must see which session is which."""
    redactor = Redactor([SECRET, ODD])

    [plain] = TOKEN.findall(redactor.text(SECRET))
    [in_base64] = TOKEN.findall(redactor.text(base64.b64encode(SECRET.encode()).decode()))
    [in_a_url] = TOKEN.findall(redactor.text(f"secret={SECRET}&x=1"))
    [other] = TOKEN.findall(redactor.text(ODD))
    [session] = set(TOKEN.findall(redactor.text(f'{KS} ks={quote(KS)} "ks":"{KS}"')))

    assert plain == in_base64 == in_a_url
    assert len({plain, other, session}) == 3


def test_tokens_are_the_same_in_all_shards_and_tell_nothing_elsewhere() -> None:
    """The digest's key is made of the account's secrets."""
    assert Redactor([ODD, SECRET]).token("x") == Redactor([SECRET, ODD]).token("x")
    assert Redactor(["other"]).token("x") != Redactor([SECRET]).token("x")


PASSWORD = "hunter2-" + CANARY


@pytest.mark.parametrize(
    "text",
    [
        json.dumps({"user": {"password": PASSWORD}}),
        json.dumps({"user:password": PASSWORD}),
        json.dumps({"settings": json.dumps({"password": PASSWORD, "x": 1})}),
        json.dumps({"adminSecret": PASSWORD, "a": 1}),
        f"x=1&password={quote(PASSWORD)}&y=2",
        f"user%3Apassword={PASSWORD}",
        f"user[password]={PASSWORD}",
        f"http://h/api?secret={PASSWORD}",
        f"<password>{PASSWORD}</password>",
        f's:8:"password";s:{len(PASSWORD)}:"{PASSWORD}";',
        f'--b\r\nContent-Disposition: form-data; name="password"\r\n\r\n{PASSWORD}\r\n--b--',
        json.dumps({"objectType": "KalturaAppToken", "token": PASSWORD}),
        f"<objectType>KalturaAppToken</objectType><token>{PASSWORD}</token>",
    ],
)
def test_what_is_named_a_secret_is_one(text: str) -> None:
    """Passwords are nobody's to know beforehand."""
    redacted = Redactor([SECRET]).text(text)

    assert CANARY not in redacted
    assert TOKEN.search(redacted)


@pytest.mark.parametrize(
    "text",
    [
        '{"id":"0_abc","token":"0_upload","tags":"ks, secret","ks":"garbage"}',
        '{"password":"","passwordStructureValidations":[],"secondarySecretRoleId":7}',
        "ks=&format=1",
        "<password></password><description>the secret is out</description>",
        'Invalid KS "garbage"',
    ],
)
def test_what_is_no_secret_stays_readable(text: str) -> None:
    """Evidence without its words is none."""
    assert Redactor([SECRET]).text(text) == text


def test_bytes_that_are_no_text_survive() -> None:
    """Files are evidence too."""
    redactor = Redactor([SECRET])
    data = b"\xff\xfe" + SECRET.encode() + b"\x00\x80"

    redacted = redactor.data(data)

    assert redacted.startswith(b"\xff\xfe")
    assert redacted.endswith(b"\x00\x80")
    assert SECRET.encode() not in redacted


@given(st.binary(max_size=80))
def test_data_without_secrets_is_unchanged(data: bytes) -> None:
    """Redaction touches nothing else."""
    assert Redactor([SECRET]).data(data) == data


@pytest.mark.parametrize(
    "form",
    [
        Form(),
        Form(Encoding.FORM),
        Form(Encoding.QUERY, method="GET"),
        Form(Encoding.MULTIPART, format=Format.XML),
        Form(raw_body=f'{{"ks":"{KS}","password":"{PASSWORD}"'.encode(), headers={"X-K": KS}),
    ],
)
def test_no_canary_leaves_an_exchange(form: Form) -> None:
    """Secret, sessions and password, in the request, the response and the values made of them."""
    params = {
        "secret": SECRET,
        "note": f"{ODD} {KS_V1}",
        "user": {"password": PASSWORD, "id": "u"},
        "1": {"ks": KS, "nested": [base64.b64encode(f"a{SECRET}".encode()).decode()]},
    }
    body = json.dumps({"ks": KS, "echo": [params, ODD]}).encode()
    exchange = exchange_of(
        Call("session", "start", params, {"f": Upload("f", SECRET.encode())}),
        Result(json.loads(body)),
        body,
        form=form,
        ks=KS,
        headers=(("X-Echo", KS), ("Set-Cookie", f"secret={SECRET}")),
    )

    redacted = Redactor([SECRET, ODD]).exchange(exchange)

    assert_clean(redacted, [SECRET, ODD, KS, KS_V1, PASSWORD])
    assert redacted.call.params["user"]["id"] == "u"
    assert redacted.number == exchange.number


def assert_clean(exchange: Exchange, secrets: list[str]) -> None:
    """None of the secrets is in the record, nor in any base64 that is in it."""
    record = json.dumps(exchange_to_record(exchange), ensure_ascii=False)
    unpacked = [record, repr(exchange)]
    for blob in re.findall(r"[A-Za-z0-9+/_-]{16,}", record):
        for cut in range(4):
            whole = blob[cut : cut + (len(blob) - cut) // 4 * 4]
            plain = base64.b64decode(whole.translate(str.maketrans("-_", "+/")))
            unpacked.append(plain.decode("latin-1"))
    for secret in secrets:
        for form in (secret, quote(secret), quote_plus(secret), json.dumps(secret)[1:-1]):
            assert not any(form in text for text in unpacked), form


def test_a_returned_session_is_learned_whatever_it_looks_like() -> None:
    """Another product may make KSs of another kind."""
    redactor = Redactor([SECRET])
    strange = "session~of~another~kind~123"
    redactor.exchange(
        exchange_of(Call("session", "start"), Result(strange), json.dumps(strange).encode())
    )

    assert strange not in redactor.text(f"a {strange} b")


def test_an_app_tokens_secret_is_learned() -> None:
    """It shows up under other names afterwards."""
    redactor = Redactor([SECRET])
    value = {"objectType": "KalturaAppToken", "id": "0_a", "token": PASSWORD}
    body = json.dumps({"id": "0_a", "token": PASSWORD}).encode()

    redacted = redactor.exchange(exchange_of(Call("apptoken", "add"), Result(value), body))

    assert_clean(redacted, [PASSWORD])
    assert PASSWORD not in redactor.text(f"hash of {PASSWORD}")
    assert redacted.result is not None
    assert redacted.result.value["id"] == "0_a"


@pytest.mark.parametrize(
    "answer",
    [
        ApiError("INVALID_KS", f'Invalid KS "{KS}"', {"KSID": KS}, {"args": {"KSID": KS}}),
        Malformed(f"text before the document: '{KS}'"),
        FileContent("text/plain", 3, f"http://cdn/ks/{KS}/x"),
        NoAnswer("protocol", f"bad URL http://h?secret={SECRET}"),
    ],
)
def test_every_kind_of_answer_is_cleaned(answer: Answer) -> None:
    """Errors, reasons and locations quote what was sent."""
    redacted = Redactor([SECRET]).exchange(exchange_of(Call("x", "y"), answer, b""))

    assert type(redacted.answer) is type(answer)
    assert_clean(redacted, [KS, SECRET])


def test_no_recorded_session_leaves_the_redactor(data_folder: Path) -> None:
    """Real traffic, with its two accounts' secrets."""
    secrets = [
        "8cbd4cfd23ec9b85d5833c7500bd0cca",
        "8ae857b261da58ed6a90e4d966f0983f",
        "047b3737f3c7288b5f23ac135ab0e420",
        "b8b44d713d4008b8ba247d58f5720757",
    ]
    redactor = Redactor(secrets)
    for recording in read_recordings(data_folder / "exchanges-22.19.0.jsonl"):
        exchange = redactor.exchange(exchange_from_recording(recording))
        record = json.dumps(exchange_to_record(exchange), ensure_ascii=False)

        assert not any(secret in record for secret in secrets)
        assert not re.search(r"djJ8[A-Za-z0-9_-]{24}", record)
