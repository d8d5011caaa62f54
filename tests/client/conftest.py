"""The official client, connected to embedded servers: one with its own schema, one with a real."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import pytest

from conformance.plugin.embedded import EmbeddedServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conformance.plugin.embedded import Ready

OWN, REAL = "own schema", "real schema"


@pytest.fixture(scope="session", params=[OWN, REAL])
def server(request: pytest.FixtureRequest) -> Iterator[Ready]:
    """An embedded server; the one with the real schema is skipped where that is not at hand."""
    schema = None
    if request.param == REAL:
        folder = request.getfixturevalue("data_folder")
        schema = str(folder / "KalturaClient-22.19.0.xml")
    with EmbeddedServer(schema=schema) as ready:
        yield ready


@pytest.fixture
def connect(server: Ready) -> Callable[..., Any]:
    """A function that gives a client with the KS that it is told, or with none."""

    def make(ks: str | None = None) -> Any:
        from KalturaClient import KalturaClient, KalturaConfiguration  # noqa: PLC0415 - may be absent

        configuration = KalturaConfiguration()
        configuration.serviceUrl = server.url
        client = KalturaClient(configuration)
        if ks is not None:
            client.setKs(ks)
        return client

    return make


@pytest.fixture
def client(connect: Callable[..., Any], server: Ready) -> Any:
    """A client with an administrator's session that it asked the server for."""
    opened = connect()
    opened.setKs(opened.session.start(server.admin_secret, "client-admin", 2, server.partner_id))
    return opened


@pytest.fixture
def word() -> str:
    """A word that no other test uses, for names and tags."""
    return f"w{uuid.uuid4().hex[:12]}"
