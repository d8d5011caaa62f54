"""An embedded server without a socket, and a caller that speaks JSON to it."""

from __future__ import annotations

import json
from importlib.resources import files
from random import Random
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from conformance.reference.application import Application
from conformance.reference.message import HttpReply, HttpRequest
from conformance.schema.reader import parse_schema

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conformance.schema.model import Schema

NOW = 1_800_000_000
JSON = {"content-type": "application/json"}


class Clock:
    """A clock that moves when it is told to."""

    def __init__(self) -> None:
        self.time = float(NOW)

    def __call__(self) -> float:
        """The time that it was set to."""
        return self.time


class Caller:
    """Calls an application as a client would, with ready-made sessions of its accounts."""

    def __init__(self, application: Application, clock: Clock) -> None:
        self.application = application
        self.clock = clock
        own, other = application.accounts
        self.own, self.other = own, other
        self.admin = self.start(own.id, own.admin_secret, kind=2, user="admin1")
        self.user = self.start(own.id, own.user_secret, kind=0, user="user1")
        self.stranger = self.start(other.id, other.admin_secret, kind=2, user="admin2")

    def start(self, partner: int, secret: str, *, kind: int, user: str, **extra: Any) -> str:
        """The KS of a new session."""
        params = {"partnerId": partner, "secret": secret, "type": kind, "userId": user, **extra}
        return str(self.value("session", "start", params))

    def send(
        self,
        target: str,
        *,
        method: str = "POST",
        headers: dict[str, str] | None = None,
        body: bytes = b"",
    ) -> HttpReply:
        """The reply to a raw request."""
        parts = urlsplit(target)
        pairs = tuple((headers or {}).items())
        return self.application.handle(HttpRequest(method, parts.path, parts.query, pairs, body))

    def call(
        self, service: str, action: str, params: dict[str, Any] | None = None, **common: Any
    ) -> HttpReply:
        """The reply to a JSON call; `common` are request-level parameters such as `ks`."""
        body = json.dumps({"format": 1, **(params or {}), **common}).encode()
        return self.send(f"/api_v3/service/{service}/action/{action}", headers=JSON, body=body)

    def value(
        self, service: str, action: str, params: dict[str, Any] | None = None, **common: Any
    ) -> Any:
        """The decoded JSON result of a call."""
        return json.loads(self.call(service, action, params, **common).body)

    def as_admin(self, service: str, action: str, **params: Any) -> Any:
        """The decoded result of a call by the account's admin."""
        return self.value(service, action, params, ks=self.admin)

    def as_user(self, service: str, action: str, **params: Any) -> Any:
        """The decoded result of a call by a plain user of the account."""
        return self.value(service, action, params, ks=self.user)


@pytest.fixture(scope="session")
def embedded_schema() -> Schema:
    """The schema that comes with the embedded server."""
    content = files("conformance.reference").joinpath("files/KalturaClient.xml").read_bytes()
    return parse_schema(content, "embedded")


@pytest.fixture(scope="session")
def real_schema(data_folder: Path) -> Schema:
    """The schema of a real server."""
    file = data_folder / "KalturaClient-22.19.0.xml"
    return parse_schema(file.read_bytes(), file.name)


@pytest.fixture
def make_caller(embedded_schema: Schema) -> Callable[..., Caller]:
    """Makes callers of servers with given faults."""

    def make(schema: Schema = embedded_schema, **options: Any) -> Caller:
        clock = Clock()
        return Caller(Application(schema, clock=clock, rng=Random(7), **options), clock)

    return make


@pytest.fixture
def server(make_caller: Callable[..., Caller]) -> Caller:
    """A caller of a sound server with the embedded schema."""
    return make_caller()
