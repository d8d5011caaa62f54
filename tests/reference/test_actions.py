"""Every action of the real schema answers, and answers in its declared type."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from conformance.reference.families import make_rooms
from conformance.reference.rules import load_rules
from conformance.schema.lineage import Lineage

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.schema.model import Action, Schema, TypeRef
    from tests.reference.conftest import Caller


def value(schema: Schema, lineage: Lineage, type_: TypeRef) -> Any:
    """A well-typed argument."""
    if type_.kind == "object":
        return {"objectType": next(iter(lineage.concrete(type_.name or "")), type_.name)}
    enum = schema.enums.get(type_.enum or "")
    if enum is not None and enum.constants:
        return enum.constants[0].value
    return {"array": [], "map": {}, "string": "nosuch", "bool": True}.get(type_.kind, 5)


def suits(lineage: Lineage, type_: TypeRef, answer: Any) -> bool:
    """Whether a JSON answer is of the declared type."""
    if type_.kind == "object":
        return answer is None or lineage.is_a(answer["objectType"], type_.name or "")
    kinds = {
        "void": type(None),
        "string": str,
        "bool": bool,
        "int": int,
        "array": list,
        "map": list,
    }
    expected = kinds.get(type_.kind)
    return expected is None or isinstance(answer, expected)


def ask(server: Caller, action: Action, params: dict[str, Any], ks: str | None) -> Any:
    common = {} if ks is None else {"ks": ks}
    reply = server.call(action.service, action.name, params, **common)
    if action.result.kind == "file":
        return None
    return json.loads(reply.body)


@pytest.mark.parametrize("session", ["admin", "user", None])
def test_every_action_answers_in_its_type(
    make_caller: Callable[..., Caller], real_schema: Schema, session: str | None
) -> None:
    """With well-typed arguments: a value of the result type, or an API error, never a crash."""
    server = make_caller(real_schema)
    lineage = Lineage(real_schema)
    ks = getattr(server, session) if session else None
    wrong = []
    for action in real_schema.actions:
        if action.id == "session.end" or action.result.kind == "file":
            continue
        params = {
            param.name: value(real_schema, lineage, param.type)
            for param in action.params
            if not param.optional and param.type.kind != "file"
        }
        answer = ask(server, action, params, ks)
        is_error = isinstance(answer, dict) and answer.get("objectType") == "KalturaAPIException"
        if not is_error and not suits(lineage, action.result, answer):
            wrong.append((action.id, answer))

    assert wrong == []


def test_services_of_one_family_share_a_store(real_schema: Schema) -> None:
    """Entries of all kinds, flavours of all kinds, both access control services."""
    rooms = make_rooms(real_schema, Lineage(real_schema), load_rules())

    entries = {
        rooms[name].family for name in ("baseentry", "media", "data", "playlist", "livestream")
    }
    assert entries == {"KalturaBaseEntry"}
    assert rooms["flavorparams"].family == rooms["thumbparams"].family == "KalturaAssetParams"
    assert rooms["accesscontrol"].family == rooms["accesscontrolprofile"].family


def test_a_response_profile_narrows_an_answer(server: Caller) -> None:
    """Included fields, the class, and an entry's type; an unknown profile shows all (PROF-02)."""
    made = server.as_admin("data", "add", dataEntry={"name": "n"})
    profile = {"type": 1, "fields": "id, name"}

    narrow = server.as_admin("data", "get", entryId=made["id"], responseProfile=profile)
    whole = server.as_admin("data", "get", entryId=made["id"], responseProfile={"id": 999_999})

    assert set(narrow) == {"id", "name", "type", "objectType"}
    assert made == whole


def test_served_data_is_what_was_kept(server: Caller) -> None:
    """A file action answers bytes (FILE-10)."""
    made = server.as_admin("data", "add", dataEntry={"name": "n", "dataContent": "hello <b>&"})

    reply = server.call("data", "serve", {"entryId": made["id"]}, ks=server.admin)

    assert reply.body == b"hello <b>&"
