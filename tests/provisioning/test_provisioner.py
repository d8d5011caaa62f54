from __future__ import annotations

import json
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from conformance.provisioning.failure import ProvisioningFailed
from conformance.provisioning.recipe import Need, Recipe
from conformance.wire.answer import Answer, NoAnswer, Result

from .targets import EmbeddedTarget, ScriptedTarget, error, provisioner

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.schema.model import Schema
    from conformance.wire.request import Call


COVERAGE = Path(__file__).parent.parent.parent / "docs" / "coverage.md"


def test_an_object_is_made_and_carries_the_mark(embedded_schema: Schema) -> None:
    """The name tells people which run an object is from, and get finds it."""
    target = EmbeddedTarget(embedded_schema)

    made = provisioner(embedded_schema, target).make("media")

    assert made.value["name"].startswith("kc-2026-11-23t06-10-")
    assert made.keys["get"] == {"entryId": made.id}


def test_an_intent_is_in_the_ledger_before_the_add_goes_out(embedded_schema: Schema) -> None:
    """A run that is killed in the middle of an add has it on paper."""
    events: list[dict[str, Any]] = []
    before: list[list[str]] = []

    def respond(_: Call) -> Answer:
        before.append([event["event"] for event in events])
        return Result({"id": "0_a"})

    provisioner(embedded_schema, ScriptedTarget(respond), events=events).make("media")

    assert before == [["intent"]]
    assert [event["event"] for event in events] == ["intent", "created"]
    assert events[-1]["params"] == {"entryId": "0_a"}


def test_a_prerequisite_is_made_once_and_shared(embedded_schema: Schema) -> None:
    """Two cue points hang on one entry."""
    target = EmbeddedTarget(embedded_schema)
    ours = provisioner(embedded_schema, target)

    made = [ours.make("cuepoint_cuepoint") for _ in range(2)]

    assert made[0].id != made[1].id
    assert made[0].entity["entryId"] == made[1].entity["entryId"]


def test_a_fresh_prerequisite_is_made_anew(embedded_schema: Schema) -> None:
    """Where a pair may exist only once, every object gets an entry of its own."""
    target = EmbeddedTarget(embedded_schema)
    ours = provisioner(embedded_schema, target)

    made = [ours.make("categoryentry") for _ in range(2)]

    assert made[0].entity["entryId"] != made[1].entity["entryId"]
    assert made[0].entity["categoryId"] == made[1].entity["categoryId"]
    assert made[0].id is None
    assert set(made[0].keys["delete"]) == {"entryId", "categoryId"}


def test_threads_share_one_prerequisite(embedded_schema: Schema) -> None:
    """However many threads ask at once, the entry that they need is made once."""
    target = EmbeddedTarget(embedded_schema)
    ours = provisioner(embedded_schema, target)

    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda _: ours.make("cuepoint_cuepoint"), range(12)))

    assert len({each.entity["entryId"] for each in made}) == 1
    assert len({each.id for each in made}) == 12


def test_the_same_seed_draws_the_same_object(embedded_schema: Schema) -> None:
    """But for the names that must be unique, what is sent depends on the seed alone."""
    target = EmbeddedTarget(embedded_schema)
    ours = provisioner(embedded_schema, target)

    one, other = (ours.make("media", random=Random(5)).entity for _ in range(2))

    assert {**one, "name": ""} == {**other, "name": ""}
    assert one["name"] != other["name"]


def test_given_properties_win(embedded_schema: Schema) -> None:
    """What a caller asks for is sent as it is."""
    target = EmbeddedTarget(embedded_schema)

    made = provisioner(embedded_schema, target).make("media", properties={"name": "mine"})

    assert made.value["name"] == "mine"


def test_a_demanded_property_is_learned_and_remembered(embedded_schema: Schema) -> None:
    """The second object is made at the first attempt."""
    target = EmbeddedTarget(embedded_schema)
    calls: list[Call] = []

    def counting(call: Call, session: str) -> Any:
        calls.append(call)
        return target(call, session)

    ours = provisioner(embedded_schema, counting, recipes={})
    ours.make("uiconf")
    first = len(calls)
    ours.make("uiconf")

    assert first > 1
    assert len(calls) == first + 1
    assert ours.learned["uiconf"] == ("creationMode is demanded",)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (error("SERVICE_FORBIDDEN", SERVICE="media->add"), "forbidden"),
        (error("FEATURE_FORBIDDEN", FEATURE="x"), "forbidden"),
        (error("PLUGIN_NOT_AVAILABLE_FOR_PARTNER", PLUGIN="x"), "forbidden"),
        (error("INTERNAL_SERVERL_ERROR"), "refused"),
        (error("ENTRY_ID_NOT_FOUND", ENTRY_ID="0_elsewhere"), "refused"),
        (NoAnswer("timeout", "60 s"), "no-answer"),
        (Result(None), "no-answer"),
    ],
)
def test_a_failure_says_of_which_kind_it_is(
    embedded_schema: Schema, answer: Answer, kind: str
) -> None:
    """The account may not, the server refuses, or it does not answer: three different things."""
    target = ScriptedTarget(lambda _: answer)

    with pytest.raises(ProvisioningFailed) as caught:
        provisioner(embedded_schema, target).make("media")

    assert caught.value.kind == kind
    assert 1 <= len(target.calls) <= 8
    assert len(caught.value.exchanges) == len(target.calls)


def test_what_is_busy_is_asked_again(embedded_schema: Schema) -> None:
    """A locked category tree is a matter of waiting."""
    answers: list[Answer] = [error("CATEGORIES_LOCKED"), Result({"id": 7})]
    target = ScriptedTarget(lambda _: answers.pop(0))

    made = provisioner(embedded_schema, target).make("category")

    assert made.id == 7


def test_a_circle_of_needs_is_told(embedded_schema: Schema) -> None:
    """Recipes that wait for each other end in a reason, not in a hang."""
    recipes = {
        "media": Recipe(service="media", needs=(Need(service="category", property="tags"),)),
        "category": Recipe(service="category", needs=(Need(service="media", property="tags"),)),
    }
    target = ScriptedTarget(lambda _: Result({"id": 1}))

    with pytest.raises(ProvisioningFailed, match="media -> category -> media") as caught:
        provisioner(embedded_schema, target, recipes=recipes).make("media")

    assert caught.value.kind == "not-made"
    assert target.calls == []


def test_a_service_that_must_not_be_touched_is_not(embedded_schema: Schema) -> None:
    """`never` in a recipe means that no call goes out."""
    target = ScriptedTarget(lambda _: Result({"id": 1}))
    recipes = {"media": Recipe(service="media", never="because")}

    with pytest.raises(ProvisioningFailed, match="because"):
        provisioner(embedded_schema, target, recipes=recipes).make("media")

    assert target.calls == []


def test_everything_is_removed_the_newest_first(embedded_schema: Schema) -> None:
    """What depends on another object goes before it."""
    target = EmbeddedTarget(embedded_schema)
    deleted: list[str] = []

    def watching(call: Call, session: str) -> Any:
        if call.action == "delete":
            deleted.append(call.service)
        return target(call, session)

    ours = provisioner(embedded_schema, watching)
    ours.make("cuepoint_cuepoint")

    assert ours.discard_all() == ()
    assert deleted == ["cuepoint_cuepoint", "media"]


def test_what_cannot_be_removed_is_told(embedded_schema: Schema) -> None:
    """A service without delete leaves a leftover, with its id."""
    ours = provisioner(embedded_schema, EmbeddedTarget(embedded_schema))
    made = ours.make("widget")

    left = ours.discard_all()

    assert [(entry.service, entry.id) for entry in left] == [("widget", made.id)]


def test_an_object_that_is_gone_already_counts_as_removed(embedded_schema: Schema) -> None:
    """The check that made it may have deleted it."""
    target = EmbeddedTarget(embedded_schema)
    ours = provisioner(embedded_schema, target)
    made = ours.make("media")
    ours.send(_delete(made))

    assert ours.discard(made)
    assert ours.ledger.leftovers == ()


def _delete(made: Any) -> Call:
    from conformance.wire.request import Call  # noqa: PLC0415 - one test's need

    return Call(made.service, "delete", made.keys["delete"])


@pytest.mark.parametrize("schema_name", ["embedded_schema", "real_schema"])
def test_every_service_that_can_have_objects_gets_one(
    schema_name: str, request: pytest.FixtureRequest, record_property: Callable[[str, object], None]
) -> None:
    """On the embedded server every service is provisioned, or recipe and docs say why not."""
    schema: Schema = request.getfixturevalue(schema_name)
    ours = provisioner(schema, EmbeddedTarget(schema))
    failures: dict[str, ProvisioningFailed] = {}
    services = [service.id for service in schema.services.values() if "add" in service.actions]

    for service in services:
        try:
            ours.make(service)
        except ProvisioningFailed as failure:
            failures[service] = failure

    record_property("provisioned", f"{len(services) - len(failures)} of {len(services)}")
    unexpected = {
        service: str(failure)
        for service, failure in failures.items()
        if not ours.recipe(service).never
        and not (failure.kind == "forbidden" and ours.recipe(service).gated)
    }
    assert json.dumps(unexpected, indent=1) == "{}"
    if schema_name == "real_schema":
        told = re.findall(r"^\| `(\w+)` \| (?:life)? \|", COVERAGE.read_text(), re.MULTILINE)
        assert sorted(told) == sorted(failures)


def test_a_service_without_a_recipe_is_learned_from_a_real_servers_errors(
    real_schema: Schema,
) -> None:
    """One demand after the other, as a real server words them, until the object is complete."""
    target = ScriptedTarget(_as_a_real_server_demands)
    ours = provisioner(real_schema, target, recipes={})

    made = ours.make("schedule_scheduleeventresource")

    assert made.entity["eventId"] == 41
    assert made.entity["resourceId"] == 42
    assert ours.learned["schedule_scheduleeventresource"] == (
        "eventId must be the id of a schedule_scheduleevent",
        "resourceId must be the id of a schedule_scheduleresource",
    )
    assert {"schedule_scheduleevent", "schedule_scheduleresource"} <= ours.made
    assert ours.failed == {}


def _as_a_real_server_demands(call: Call) -> Answer:
    """What 22.19.0 answers to the three adds, with ids made up."""
    sent = next(value for value in call.params.values() if isinstance(value, dict))
    kind = sent.get("objectType", "")
    if call.service == "schedule_scheduleeventresource":
        for name in ("eventId", "resourceId"):
            if name not in sent:
                named = {"PROP_NAME": f"KalturaScheduleEventResource::{name}"}
                return error("PROPERTY_VALIDATION_CANNOT_BE_NULL", **named)
        return Result({**sent, "id": 7})
    if call.service == "schedule_scheduleresource":
        return Result({**sent, "id": 42})
    for name in ("recurrenceType", "startDate", "endDate"):
        if name not in sent:
            return error("PROPERTY_VALIDATION_CANNOT_BE_NULL", PROP_NAME=f"{kind}::{name}")
    return Result({**sent, "id": 41})


def test_with_no_recipe_at_all_every_service_that_may_be_used_is_learned(
    real_schema: Schema,
) -> None:
    """What is left is what the account is forbidden, and one add that takes a file."""
    ours = provisioner(real_schema, EmbeddedTarget(real_schema), recipes={})
    refused: dict[str, str] = {}
    for service in real_schema.services.values():
        if "add" in service.actions:
            try:
                ours.make(service.id)
            except ProvisioningFailed as failure:
                refused[service.id] = failure.kind

    assert {name for name, kind in refused.items() if kind != "forbidden"} == {"bulkupload"}
    assert len(ours.made) > 60
    assert ours.learned["fileasset"][0] == "fileAssetObjectType is demanded"


def test_a_service_that_cannot_be_had_is_told_with_its_last_error(embedded_schema: Schema) -> None:
    """And hides no other."""

    def respond(call: Call) -> Answer:
        refused = call.service == "playlist"
        return error("FEATURE_FORBIDDEN", FEATURE="x") if refused else Result({"id": "0_a"})

    ours = provisioner(embedded_schema, ScriptedTarget(respond))
    with pytest.raises(ProvisioningFailed):
        ours.make("playlist")
    ours.make("media")

    assert ours.made == {"media"}
    assert "FEATURE_FORBIDDEN" in ours.failed["playlist"]
