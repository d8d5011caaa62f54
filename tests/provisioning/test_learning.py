from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from conformance.provisioning.draft import Draft
from conformance.provisioning.learning import Learning, Mending
from conformance.schema.lineage import Lineage
from conformance.schema.standard import entity_param
from conformance.wire.answer import ApiError

from .targets import error

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from conformance.schema.model import Schema

MEDIA = {"name": "n", "creatorId": "x", "licenseType": 99, "referenceId": "r" * 9, "entryId": "0_x"}


def mend(schema: Schema, code: str, draft: Draft, *, service: str = "media", **args: Any) -> Any:
    """What learning makes of an error about a draft."""
    action = schema.services[service].actions["add"]
    return Learning(schema, Lineage(schema)).mend(error(code, **args), action, draft)


@pytest.mark.parametrize(
    ("code", "args", "expected"),
    [
        ("PROPERTY_VALIDATION_CANNOT_BE_NULL", {"PROP_NAME": "KalturaMediaEntry::mediaType"},
         Mending("fill", "mediaType")),
        ("PROPERTY_VALIDATION_CANNOT_BE_NULL", {"PROP_NAME": "KalturaMediaEntry::id/tags"},
         Mending("fill", "tags")),
        ("PROPERTY_VALIDATION_CANNOT_BE_NULL",
         {"PROP_NAME": "KalturaMediaEntry::tags/KalturaMediaEntry::mediaType"},
         Mending("fill", "tags")),
        ("PROPERTY_VALIDATION_CANNOT_BE_NULL", {"PROP_NAME": "contentLike/mediaType"},
         Mending("fill", "mediaType")),
        ("PROPERTY_VALIDATION_CANNOT_BE_NULL", {"PROP_NAME": "mediaType for a clip"},
         Mending("fill", "mediaType")),
        ("PROPERTY_VALIDATION_CANNOT_BE_NULL", {"PROP_NAME": "KalturaMediaEntry::name or tags"},
         Mending("fill", "tags")),
        ("PROPERTY_VALIDATION_WRONG_FORMAT", {"PROP_NAME": "licenseType", "FORMAT": "array"},
         Mending("drop", "licenseType")),
        ("INVALID_PARAMETER_CHAR", {"XML_FIELD": "name"}, Mending("drop", "name")),
        ("INVALID_FIELD_VALUE", {"FIELD_NAME": "email"}, Mending("fill", "email")),
        ("PROPERTY_VALIDATION_NOT_UPDATABLE", {"PROP_NAME": "KalturaMediaEntry::creatorId"},
         Mending("drop", "creatorId")),
        ("PROPERTY_VALIDATION_ADMIN_PROPERTY", {"PROP_NAME": "creatorId"},
         Mending("drop", "creatorId")),
        ("INVALID_ENUM_VALUE", {"ENUM_VAL": "99", "PARAM_NAME": "licenseType"},
         Mending("drop", "licenseType")),
        ("PROPERTY_VALIDATION_MAX_LENGTH", {"PROP_NAME": "referenceId", "MAX_LEN": "4"},
         Mending("set", "referenceId", value="rrrr")),
        ("PROPERTY_VALIDATION_MIN_LENGTH", {"PROP_NAME": "name", "MIN_LEN": "3"},
         Mending("set", "name", value="naa")),
        ("PROPERTY_VALIDATION_MAX_VALUE", {"PROP_NAME": "licenseType", "MAX_VAL": "9"},
         Mending("set", "licenseType", value=9)),
        ("ENTRY_ID_NOT_FOUND", {"ENTRY_ID": "0_x"}, Mending("refer", "entryId", value="media")),
        ("SYSTEM_NAME_ALREADY_EXISTS", {"SYS_NAME": "x"}, Mending("redraw")),
        ("DUPLICATE_USER_BY_ID", {"UID": "x"}, Mending("redraw")),
        ("SOMETHING_ELSE", {}, Mending("bare")),
    ],
)  # fmt: skip
def test_an_error_says_what_to_mend(
    embedded_schema: Schema, code: str, args: dict[str, str], expected: Mending
) -> None:
    """Every code that names its cause leads to the one change that answers it."""
    draft = Draft("entry", "KalturaMediaEntry", MEDIA, {}, frozenset({"name"}))

    assert mend(embedded_schema, code, draft, **args) == expected


def test_an_abstract_class_leads_to_the_next_concrete_one(embedded_schema: Schema) -> None:
    """Each subtype is tried once, in the schema's order; after the last one nothing is left."""
    lineage = Lineage(embedded_schema)
    classes = lineage.concrete("KalturaBaseSyndicationFeed")
    drafts = [Draft("syndicationFeed", name, {}, {}) for name in classes]

    found = [
        mend(embedded_schema, "OBJECT_TYPE_ABSTRACT", draft, service="syndicationfeed")
        for draft in drafts
    ]

    assert found == [*(Mending("type", value=name) for name in classes[1:]), None]


def test_an_error_that_says_nothing_about_a_bare_draft_ends_the_trying(
    embedded_schema: Schema,
) -> None:
    """With nothing left to leave out there is nothing to learn."""
    draft = Draft("entry", "KalturaMediaEntry", {}, {})

    assert mend(embedded_schema, "SOMETHING_ELSE", draft) is None


def test_what_the_object_has_no_room_for_is_sent_beside_it(real_schema: Schema) -> None:
    """A demanded name that is a parameter of the add is filled there."""
    draft = Draft("liveStreamEntry", "KalturaLiveStreamEntry", {"sourceType": "32"}, {})
    demand = {"PROP_NAME": "KalturaLiveStreamEntry::sourceType"}

    found = mend(
        real_schema, "PROPERTY_VALIDATION_CANNOT_BE_NULL", draft, service="livestream", **demand
    )

    assert found == Mending("fill", "sourceType", "params")


def test_a_foreign_value_of_an_optional_parameter_is_left_out(real_schema: Schema) -> None:
    """As `livestream.add` answers to a source type that the schema does not name."""
    draft = Draft("liveStreamEntry", "KalturaLiveStreamEntry", {}, {"sourceType": "x"})
    wrong = {"ENUM_VAL": "x", "PARAM_NAME": "sourceType", "ENUM_TYPE": "KalturaSourceType"}

    found = mend(real_schema, "INVALID_ENUM_VALUE", draft, service="livestream", **wrong)

    assert found == Mending("drop", "sourceType", "params")


def test_an_abstract_class_inside_the_object_is_left_out(real_schema: Schema) -> None:
    """It is the property that holds it which offends, not the object's own class."""
    entity = {"name": "n", "operationAttributes": [{"objectType": "KalturaOperationAttributes"}]}
    draft = Draft("entry", "KalturaMediaEntry", entity, {})

    found = mend(real_schema, "OBJECT_TYPE_ABSTRACT", draft, OBJ_TYPE="KalturaOperationAttributes")

    assert found == Mending("drop", "operationAttributes")


def test_a_reference_is_found_by_the_end_of_a_services_name(real_schema: Schema) -> None:
    """An eventId in the schedule plugin is a scheduleEvent's, where two services end so."""
    learning = Learning(real_schema, Lineage(real_schema))

    found = learning.referred("eventId", "schedule_scheduleeventresource")

    assert found == "schedule_scheduleevent"
    assert learning.referred("eventId", "media") is None
    assert learning.referred("channelId", "livechannelsegment") == "livechannel"
    assert learning.referred("id") is None


def test_a_code_without_arguments_names_the_reference_itself(real_schema: Schema) -> None:
    """SOURCE_WIDGET_OR_UICONF_REQUIRED says what it wants only in its code."""
    draft = Draft("widget", "KalturaWidget", {}, {})

    found = mend(real_schema, "SOURCE_WIDGET_OR_UICONF_REQUIRED", draft, service="widget")

    assert found is not None
    assert (found.deed, found.value) in {("refer", "uiconf"), ("refer", "widget")}


def test_every_recorded_demand_leads_to_what_it_names(
    real_schema: Schema, data_folder: Path
) -> None:
    """Of all adds that a real server refused for a property, none is left without a mending."""
    learning = Learning(real_schema, Lineage(real_schema))
    lost = []
    for service, answered in recorded_demands(data_folder):
        action = real_schema.services[service].actions["add"]
        holder = entity_param(action)
        kind = answered.args["PROP_NAME"].split("::")[0]
        draft = Draft(holder.name if holder else None, kind, {}, {})
        found = learning.mend(answered, action, draft)
        if found is None or found.name != answered.args["PROP_NAME"].rpartition("::")[2]:
            lost.append((service, answered.args, found))

    assert lost == []


def recorded_demands(folder: Path) -> Iterator[tuple[str, ApiError]]:
    """The service and the error of every recorded add that lacked a property."""
    for file in sorted(folder.glob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            path = re.search(r"/service/(\w+)/action/add$", row["request"]["path"])
            body = row["response"].get("body") or ""
            if path and body.startswith('{"code":"PROPERTY_VALIDATION_CANNOT_BE_NULL"'):
                value = json.loads(body)
                yield path[1].lower(), ApiError(value["code"], value["message"], value["args"])
