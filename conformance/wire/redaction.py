"""Secrets out of whatever is written down. Everything recorded passes through here, once."""

from __future__ import annotations

import hashlib
import hmac
import re
import threading
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import unquote

from msgspec.structs import replace

from conformance.wire.answer import Answer, ApiError, Result
from conformance.wire.exchange import Exchange, Received, SentRequest
from conformance.wire.request import Call, Upload
from conformance.wire.secret_forms import (
    APP_TOKEN,
    ENDINGS,
    KS,
    KS_LENGTH,
    SECRET_NAME,
    VALUES,
    forms_of,
    is_ks,
)

SHORTEST_LEARNED = 6
MAX_DEPTH = 100
TOO_DEEP = "\u2026"
MARK = "\u2039redacted:"
END = "\u203a"


class Redactor:
    """Replaces secrets by tokens; equal secrets by equal tokens, in whatever form they appear.

    The token is a keyed digest whose key is made of the account's secrets, so that it tells
    nothing of a weak password, and is the same in all shards of a run.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        """Learn `secrets`, those of the accounts in use; empty ones are left out."""
        given = sorted({secret for secret in secrets if secret})
        self._key = hashlib.sha256("\0".join(given).encode()).digest()
        self._lock = threading.Lock()
        self._secret_by_form: dict[str, str] = {}
        self._known: re.Pattern[str] | None = None
        for secret in given:
            self._add(secret)

    def learn(self, secret: str) -> None:
        """Replace `secret` from now on.

        Too short a text would be found everywhere; a KS is known by its looks.
        """
        if len(secret) >= SHORTEST_LEARNED and not is_ks(secret):
            self._add(secret)

    def token(self, secret: str) -> str:
        """What stands for `secret`."""
        digest = hmac.new(self._key, secret.encode("utf-8", "surrogatepass"), hashlib.sha256)
        return f"{MARK}{digest.hexdigest()[:8]}{END}"

    def text(self, text: str) -> str:
        """`text` without secrets."""
        known = self._known
        if known is not None and any(form in text for form in self._secret_by_form):
            text = known.sub(self._known_token, text)
        for signs, pattern in KS:
            if not signs or any(sign in text for sign in signs):
                text = pattern.sub(self._ks_token, text)
        lowered = text.lower()
        if any(ending in lowered for ending in ENDINGS):
            for pattern in VALUES:
                text = pattern.sub(self._value_token, text)
        if "AppToken" in text:
            text = self._app_tokens(text)
        return text

    def data(self, data: bytes) -> bytes:
        """`data` without secrets; bytes that are not UTF-8 stay as they are."""
        text = data.decode("utf-8", "surrogateescape")
        return self.text(text).encode("utf-8", "surrogateescape")

    def value(self, value: Any, *, depth: int = 0) -> Any:
        """A value as JSON has it, its texts redacted, and those under a secret's name whole.

        What lies deeper than any answer does is left out; the body that brought it has it.
        """
        if depth > MAX_DEPTH:
            return TOO_DEEP
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, bytes):
            return self.data(value)
        if isinstance(value, Mapping):
            return {
                self.text(str(name)): self._member(str(name), member, value, depth + 1)
                for name, member in value.items()
            }
        if isinstance(value, list | tuple):
            return [self.value(member, depth=depth + 1) for member in value]
        return value

    def exchange(self, exchange: Exchange) -> Exchange:
        """`exchange` without secrets, after learning those that it brings."""
        self._learn_from(exchange)
        about_tokens = exchange.call.service.lower() == "apptoken"
        request, response, form = exchange.request, exchange.response, exchange.form
        body = self._body(response.body, about_tokens=about_tokens)
        made_of_body = isinstance(exchange.answer, Result) and bool(body)
        clean = made_of_body and body == response.body
        return replace(
            exchange,
            call=self._call(exchange.call),
            form=replace(
                form,
                headers={name: self.text(text) for name, text in form.headers.items()},
                raw_body=None if form.raw_body is None else self.data(form.raw_body),
            ),
            request=SentRequest(
                request.method,
                self.text(request.url),
                self._headers(request.headers),
                self._body(request.body, about_tokens=about_tokens),
            ),
            response=Received(
                response.status,
                self._headers(response.headers),
                body,
            ),
            answer=exchange.answer if clean else self._answer(exchange.answer),
        )

    def _add(self, secret: str) -> None:
        with self._lock:
            if secret in self._secret_by_form:
                return
            known = dict(self._secret_by_form)
            for form in forms_of(secret):
                known.setdefault(form, secret)
            longest_first = sorted(known, key=len, reverse=True)
            self._secret_by_form = known
            self._known = re.compile("|".join(map(re.escape, longest_first)))

    def _learn_from(self, exchange: Exchange) -> None:
        """The KS that an action returned, and the secrets of an app token."""
        if not isinstance(exchange.answer, Result):
            return
        value = exchange.answer.value
        action = exchange.call.action.lower()
        if isinstance(value, str) and ("start" in action or "login" in action or "ks" in action):
            self._learn_session(value)
        elif isinstance(value, Mapping) and isinstance(value.get("ks"), str):
            self._learn_session(value["ks"])
        if isinstance(value, Mapping) and value.get("objectType") == "KalturaAppToken":
            self.learn(str(value.get("token") or ""))

    def _learn_session(self, ks: str) -> None:
        if len(ks) >= KS_LENGTH:
            self.learn(ks)

    def _known_token(self, match: re.Match[str]) -> str:
        return self.token(self._secret_by_form[match[0]])

    def _ks_token(self, match: re.Match[str]) -> str:
        return self.token(unquote(match[0]).replace("\\/", "/"))

    def _value_token(self, match: re.Match[str]) -> str:
        value, before = match["value"], match["before"]
        if not self._is_secret(value, is_ks=bool(_ENDS_WITH_KS.search(before))):
            return match[0]
        return before + self.token(unquote(value) if before.endswith("=") else value)

    def _is_secret(self, value: str, *, is_ks: bool) -> bool:
        if not value or value.startswith(MARK) or MARK in unquote(value):
            return False
        return not is_ks or len(value) >= KS_LENGTH

    def _app_tokens(self, text: str) -> str:
        for pattern in APP_TOKEN:
            text = pattern.sub(self._value_token, text)
        return text

    def _member(self, name: str, member: Any, holder: Mapping[Any, Any], depth: int) -> Any:
        named = SECRET_NAME.fullmatch(name.rpartition(":")[2]) is not None or (
            name == "token" and holder.get("objectType") == "KalturaAppToken"
        )
        redacted = self.value(member, depth=depth)
        if named and isinstance(redacted, str):
            is_ks = name.lower() == "ks"
            return self.token(redacted) if self._is_secret(redacted, is_ks=is_ks) else redacted
        return redacted

    def _call(self, call: Call) -> Call:
        files = {
            name: Upload(self.text(upload.name), self.data(upload.content), upload.content_type)
            for name, upload in call.files.items()
        }
        return Call(call.service, call.action, self.value(call.params), files)

    def _headers(self, headers: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
        together = "\n".join(value for _, value in headers)
        if self.text(together) == together:
            return headers
        return tuple((name, self.text(value)) for name, value in headers)

    def _body(self, body: bytes, *, about_tokens: bool) -> bytes:
        redacted = self.data(body)
        if about_tokens:
            text = self._app_tokens(redacted.decode("utf-8", "surrogateescape"))
            return text.encode("utf-8", "surrogateescape")
        return redacted

    def _answer(self, answer: Answer) -> Answer:
        if isinstance(answer, Result):
            return Result(self.value(answer.value))
        if isinstance(answer, ApiError):
            return ApiError(
                code=self.text(answer.code),
                message=self.text(answer.message),
                args=self.value(answer.args),
                raw=self.value(answer.raw),
            )
        texts = {
            name: self.text(value)
            for name in answer.__struct_fields__
            if isinstance(value := getattr(answer, name), str)
        }
        return replace(answer, **texts)


_ENDS_WITH_KS = re.compile(r"(?<![A-Za-z0-9_])ks[^A-Za-z0-9]*\Z", re.IGNORECASE)
