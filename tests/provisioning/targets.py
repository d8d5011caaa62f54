"""Targets for the provisioner: one that answers by a function, and the embedded server."""

from __future__ import annotations

import itertools
import json
import time
from random import Random
from typing import TYPE_CHECKING, Any

from conformance.provisioning.ledger import Ledger
from conformance.provisioning.provisioner import Provisioner
from conformance.provisioning.recipe import Recipe, read_recipes
from conformance.reference.application import Application
from conformance.reference.message import HttpRequest
from conformance.schema.lineage import Lineage
from conformance.wire.answer import Answer, ApiError, Result
from conformance.wire.exchange import Exchange, Received, SentRequest
from conformance.wire.request import Call, Form

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from conformance.schema.model import Schema


class ScriptedTarget:
    """Answers every call by a function and keeps what was called."""

    def __init__(self, respond: Callable[[Call], Answer]) -> None:
        self.respond = respond
        self.calls: list[Call] = []
        self._numbers = itertools.count()

    def __call__(self, call: Call, session: str) -> Exchange:
        """Answer and remember."""
        self.calls.append(call)
        return exchange(next(self._numbers), call, session, self.respond(call))


class EmbeddedTarget:
    """The embedded server without a socket, asked in JSON as its first account's admin."""

    def __init__(self, schema: Schema) -> None:
        self.application = Application(schema, rng=Random(7))
        self._numbers = itertools.count()
        account = self.application.accounts[0]
        login = {"partnerId": account.id, "secret": account.admin_secret, "type": 2, "userId": "a"}
        self._ks = json.loads(self._post(Call("session", "start", login), None))

    def __call__(self, call: Call, session: str) -> Exchange:
        """Ask the server."""
        value = json.loads(self._post(call, self._ks) or "null")
        return exchange(next(self._numbers), call, session, _answer(value))

    def _post(self, call: Call, ks: str | None) -> bytes:
        params = {**call.params, "format": 1, **({"ks": ks} if ks else {})}
        path = f"/api_v3/service/{call.service}/action/{call.action}"
        headers = (("content-type", "application/json"),)
        body = json.dumps(params).encode()
        return self.application.handle(HttpRequest("POST", path, "", headers, body)).body


def exchange(number: int, call: Call, session: str, answer: Answer) -> Exchange:
    """An exchange with that answer and no more about the wire than it must have."""
    return Exchange(
        number=number,
        call=call,
        form=Form(),
        session=session,
        request=SentRequest("POST", "http://test/", (), b""),
        response=Received(200, (), b""),
        answer=answer,
        started_at=time.time(),
        elapsed_ms=1.0,
    )


def _answer(value: Any) -> Answer:
    if isinstance(value, dict) and value.get("objectType") == "KalturaAPIException":
        return ApiError(value["code"], value["message"], dict(value["args"] or {}), value)
    return Result(value)


def error(code: str, **args: str) -> ApiError:
    """An API error with arguments."""
    return ApiError(code, code, args)


def provisioner(
    schema: Schema,
    call: Callable[[Call, str], Exchange],
    *,
    recipes: Mapping[str, Recipe] | None = None,
    events: list[dict[str, Any]] | None = None,
    seed: int = 1,
    pause: Callable[[float], None] = lambda _: None,
) -> Provisioner:
    """A provisioner that never waits; its ledger's events go into `events`."""
    sink = [] if events is None else events
    return Provisioner(
        schema=schema,
        lineage=Lineage(schema),
        recipes=read_recipes() if recipes is None else recipes,
        ledger=Ledger(sink.append),
        call=call,
        random=Random(seed),
        run_id="2026-11-23T06-10",
        pause=pause,
    )
