from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from conformance.provisioning.draft import Draft
from conformance.provisioning.learning import Learning, Mending
from conformance.schema.lineage import Lineage

from .targets import error

if TYPE_CHECKING:
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
