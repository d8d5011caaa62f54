"""The passive wire oracles over what a real server answered: nothing but its known deviations."""

from __future__ import annotations

import base64
import json
import re
from itertools import pairwise
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from conformance.oracles import wire
from conformance.oracles.equivalence import View, differences, readable
from conformance.schema.lineage import Lineage
from conformance.schema.reader import read_schema
from conformance.wire.decoding import decode
from conformance.wire.exchange import Exchange, Received, SentRequest
from conformance.wire.request import Call, Form

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from conformance.schema.model import Action, Schema

FILES = ("exchanges-22.19.0.jsonl", "sweep-22.19.0.jsonl")
PATH = re.compile(r"/service/(?P<service>[^/?]+)(?:/action/(?P<action>[^/?]+))?(?P<pairs>/[^?]*)?")


def _parameters(request: Mapping[str, Any]) -> dict[str, Any]:
    """Path, then query, then body, as the server merges them (CONTRACT WIRE-04)."""
    url = urlsplit(request["path"])
    coded = request.get("body_b64")
    body = base64.b64decode(coded).decode("latin-1") if coded else request.get("body") or ""
    kind = {k.lower(): v for k, v in request["headers"].items()}.get("content-type", "").lower()
    merged: dict[str, Any] = {}
    if kind == "application/json" and "\\ud800" not in body:
        try:
            sent = json.loads(body)
        except ValueError:
            sent = None
        merged.update(sent if isinstance(sent, dict) else {})
    elif kind.startswith("application/x-www-form-urlencoded"):
        merged.update(parse_qsl(body, keep_blank_values=True))
    elif kind.startswith("multipart/form-data"):
        merged.update(re.findall(r'name="([^"]+)"\r?\n\r?\n(.*?)\r?\n--', body, re.DOTALL))
    merged.update(parse_qsl(url.query, keep_blank_values=True))
    found = PATH.search(url.path)
    if found:
        merged["service"] = found["service"]
        if found["action"]:
            merged["action"] = found["action"]
        steps = [step for step in (found["pairs"] or "").split("/") if step]
        merged.update(dict(pairwise(steps)) if len(steps) % 2 == 0 else {})
    return merged


def _exchange(record: Mapping[str, Any]) -> Exchange:
    request, response = record["request"], record["response"]
    params = _parameters(request)
    service, action = str(params.pop("service", "")), str(params.pop("action", ""))
    ks, wanted, callback = (
        params.pop("ks", None),
        params.pop("format", None),
        params.get("callback"),
    )
    form = Form(
        format=wanted if isinstance(wanted, str | int | None) else str(wanted),
        method=request["method"],
        callback=callback,
    )
    text, coded = response.get("body"), response.get("body_b64")
    body = base64.b64decode(coded) if text is None and coded else (text or "").encode()
    received = Received(response["status"], tuple(map(tuple, response["headers"])), body)
    sent = SentRequest(request["method"], request["path"], (), b"")
    return Exchange(
        number=record["n"],
        call=Call(service, action, params),
        form=form,
        session="admin" if ks else "none",
        request=sent,
        response=received,
        answer=decode(received, form),
        started_at=0.0,
        elapsed_ms=record["elapsed"] * 1000,
    )


@pytest.fixture(scope="session")
def real_schema(data_folder: Path) -> Schema:
    return read_schema(data_folder / "KalturaClient-22.19.0.xml")


@pytest.fixture(scope="session")
def recorded(data_folder: Path) -> list[tuple[str, Exchange]]:
    found = []
    for file in FILES:
        with (data_folder / file).open(encoding="utf-8") as lines:
            for line in lines:
                record = json.loads(line)
                if not record["response"].get("truncated"):
                    found.append((record["name"], _exchange(record)))
    return found


def _action_of(schema: Schema, exchange: Exchange) -> Action | None:
    service = schema.services.get(exchange.call.service.lower())
    names = {name.lower(): action for name, action in service.actions.items()} if service else {}
    return names.get(exchange.call.action.lower())


PLAIN_ORACLES = [
    wire.answer_is_one_document,
    wire.content_type_follows_format,
    wire.result_has_status_200,
    wire.json_is_the_bare_value,
    wire.void_is_empty,
    wire.xml_has_result_and_execution_time,
    wire.xml_execution_time_is_seconds,
    wire.any_origin_is_allowed,
    wire.api_headers_are_exposed,
    wire.answer_to_a_session_is_not_stored,
    wire.answer_carries_expires_and_pragma,
    wire.session_header_is_number_and_second,
    wire.fresh_answer_names_its_session,
    wire.answer_to_a_write_names_its_session,
]
SCHEMA_ORACLES = [
    wire.well_typed_call_is_no_server_error,
    wire.booleans_are_booleans,
    wire.xml_writes_every_property,
    wire.xml_orders_properties_base_first,
]


@pytest.mark.parametrize("judge", PLAIN_ORACLES, ids=lambda judge: judge.__name__)
def test_no_recorded_answer_breaks_an_oracle_of_one_answer(
    judge: Any, recorded: list[tuple[str, Exchange]], real_schema: Schema
) -> None:
    """A sound server raises nothing."""
    found = {
        (exchange.number, name): list(judge(exchange, action))
        for name, exchange in recorded
        if (action := _action_of(real_schema, exchange)) is not None
    }

    assert len(found) > 3500
    assert {key: breaches for key, breaches in found.items() if breaches} == {}


@pytest.mark.parametrize("judge", SCHEMA_ORACLES, ids=lambda judge: judge.__name__)
def test_no_recorded_answer_breaks_an_oracle_that_asks_the_schema(
    judge: Any, recorded: list[tuple[str, Exchange]], real_schema: Schema
) -> None:
    """A sound server raises nothing."""
    lineage = Lineage(real_schema)
    found = {
        (exchange.number, name): list(judge(exchange, action, real_schema, lineage))
        for name, exchange in recorded
        if (action := _action_of(real_schema, exchange)) is not None
    }

    assert len(found) > 3500
    assert {key: breaches for key, breaches in found.items() if breaches} == {}


def test_recorded_reads_say_the_same_in_json_and_in_xml(
    recorded: list[tuple[str, Exchange]], real_schema: Schema
) -> None:
    """Reads of one object by one session, one after the other, differ in format only."""
    lineage, compared, different = Lineage(real_schema), 0, {}
    by_name = dict(recorded)
    for name, exchange in by_name.items():
        other = by_name.get(name.replace("sweep.dummy.admin ", "sweep.dummy.admin.xml "))
        action = _action_of(real_schema, exchange)
        if other is None or other is exchange or action is None:
            continue
        if action.name not in {"get", "list"}:
            continue
        view = View(type=action.result, schema=real_schema, lineage=lineage)
        if readable(exchange) and readable(other):
            compared += 1
            if found := list(differences(exchange, other, view)):
                different[name] = found

    assert compared > 60
    assert different == {}


def test_recorded_entry_is_the_same_in_json_and_in_xml(
    recorded: list[tuple[str, Exchange]], real_schema: Schema
) -> None:
    """A whole media entry compares equal though XML writes its nulls."""
    by_number = {exchange.number: exchange for _, exchange in recorded}
    first, second = by_number[2599], by_number[2605]
    action = _action_of(real_schema, first)
    assert action is not None
    view = View(type=action.result, schema=real_schema, lineage=Lineage(real_schema))
    changed = {difference.where for difference in differences(first, second, view)}

    assert changed <= {"$.moderationStatus", "$.updatedAt"}
