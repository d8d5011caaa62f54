"""Other clients, an index that lags, accounts without a plugin."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

from tests.hunt.message import entities, is_error
from tests.hunt.mutant import around
from tests.hunt.world import like

if TYPE_CHECKING:
    from tests.hunt.message import Call
    from tests.hunt.world import World

INDEXED = (
    "media",
    "data",
    "playlist",
    "mixing",
    "livestream",
    "baseentry",
    "category",
    "user",
    "categoryuser",
    "cuepoint_cuepoint",
    "annotation_annotation",
    "schedule_scheduleevent",
)
LAG_SECONDS = 2.5
NAMES = {
    "media": ("entry", {"mediaType": 1}),
    "data": ("dataEntry", {"dataContent": "x"}),
    "category": ("category", {}),
    "uiconf": ("uiConf", {"objType": 1, "creationMode": 2}),
    "accesscontrolprofile": ("accessControlProfile", {}),
    "user": ("user", {}),
}


@around("list")
def others_add_objects(call: Call, world: World) -> Any:
    """Another client adds objects all the time."""
    if call.service in NAMES and world.random.random() < 0.2:
        param, sent = NAMES[call.service]
        name = f"neighbour {world.random.getrandbits(40):x}"
        found = {**sent, "name": name, "tags": "neighbour"}
        if call.service == "user":
            found = {"id": name.replace(" ", "_"), "firstName": "N"}
        world.ask(call.service, "add", {param: found}, world.ks(user="neighbour"))
    return (yield)


@around("list")
def others_add_and_delete_entries(_call: Call, world: World) -> Any:
    """Another client adds data entries, and deletes them again."""
    if world.random.random() < 0.3:
        name = f"neighbour {world.random.getrandbits(40):x}"
        ks = world.ks(user="neighbour")
        made = world.ask("data", "add", {"dataEntry": {"name": name}}, ks)
        kept = world.memory.setdefault("kept", [])
        kept.append(made.get("id"))
        if len(kept) > 5:
            world.ask("data", "delete", {"entryId": kept.pop(0)}, ks)
    return (yield)


@around("add", "list")
def new_objects_are_listed_late(call: Call, world: World) -> Any:
    """The index lags: new objects are listed two seconds late (LIST-20)."""
    action, by_id = call.action, "idEqual" in call.filter
    indexed = call.service in INDEXED
    value = yield
    now = time.monotonic()
    if not indexed or is_error(value) or not isinstance(value, dict):
        return value
    if action == "add":
        world.memory[str(value.get("id"))] = now
    elif not by_id and isinstance(value.get("objects"), list):
        fresh = [
            e
            for e in value["objects"]
            if isinstance(e, dict) and now - world.memory.get(str(e.get("id")), 0.0) < LAG_SECONDS
        ]
        value["objects"] = [e for e in value["objects"] if e not in fresh]
        value["totalCount"] = like(value["totalCount"], int(value["totalCount"]) - len(fresh))
    return value


@around("delete", "list")
def deleted_objects_are_counted_for_a_while(call: Call, world: World) -> Any:
    """The index lags: totals count deleted objects for two seconds (LIST-20)."""
    action, key = call.action, call.id
    indexed = call.service in INDEXED and "idEqual" not in call.filter
    asked = json.dumps([call.service, call.filter], sort_keys=True)
    value = yield
    now = time.monotonic()
    if is_error(value):
        return value
    if action == "delete":
        world.memory["gone", key] = now
    elif indexed and isinstance(value, dict):
        shown = world.memory.setdefault(asked, set())
        shown |= {str(each.get("id")) for each in entities(value)}
        late = [k for k in shown if now - world.memory.get(("gone", k), 0.0) < LAG_SECONDS]
        if "totalCount" in value:
            value["totalCount"] = like(value["totalCount"], int(value["totalCount"]) + len(late))
    return value


@around("category.add", "category.update", "category.delete")
def categories_are_locked_at_times(call: Call, world: World) -> Any:
    """One call in ten to category finds the categories locked (TRAP-15)."""
    locked = world.random.random() < 0.1
    if locked:
        call.vanish()
    value = yield
    return world.error("CATEGORIES_LOCKED") if locked else value


EARLIER = (
    "ACTION_DOES_NOT_EXISTS", "ACTION_NOT_SPECIFIED", "INVALID_LANGUAGE_CODE",
    "MISSING_MANDATORY_PARAMETER", "INVALID_PARAMETER_CHAR", "INVALID_ENUM_VALUE",
    "OBJECT_TYPE_ABSTRACT", "PROPERTY_VALIDATION_WRONG_FORMAT", "INVALID_KS",
    "PROPERTY_VALIDATION_MAX_LENGTH", "PROPERTY_VALIDATION_MIN_LENGTH",
    "PROPERTY_VALIDATION_MAX_VALUE", "PROPERTY_VALIDATION_MIN_VALUE", "UPLOAD_ERROR",
    "SERVICE_FORBIDDEN_CONTENT_BLOCKED",
)  # fmt: skip
"""What is noticed before a permission is looked at (ERR-20)."""


@around("schedule_scheduleevent.*")
def a_plugin_is_switched_off(_call: Call, world: World) -> Any:
    """A plugin was switched off after the schema was made (TRAP-03)."""
    yield
    return world.error("SERVICE_DOES_NOT_EXISTS", SRV_NAME="schedule_scheduleevent")


@around("annotation_annotation.*")
def a_feature_is_not_the_accounts(call: Call, world: World) -> Any:
    """The account lacks a feature (TRAP-04)."""
    name = f"{call.service}->{call.action}"
    value = yield
    return value if is_error(value, *EARLIER) else world.error("SERVICE_FORBIDDEN", SERVICE=name)
