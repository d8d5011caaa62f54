from __future__ import annotations

import re
from difflib import SequenceMatcher
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import pytest
from lxml import etree

from conformance.schema.lineage import Lineage
from conformance.schema.model import (
    ROOT_CLASSES,
    STANDARD_ACTIONS,
    Action,
    Class,
    Kind,
    Schema,
    TypeRef,
)
from conformance.schema.reader import read_schema

if TYPE_CHECKING:
    from collections.abc import Iterator

FILE = Path(__file__).parents[2] / "conformance" / "reference" / "files" / "KalturaClient.xml"

SERVICES = [
    "session",
    "system",
    "baseentry",
    "media",
    "data",
    "mixing",
    "playlist",
    "livestream",
    "category",
    "categoryentry",
    "categoryuser",
    "user",
    "userrole",
    "permission",
    "accesscontrolprofile",
    "conversionprofile",
    "flavorparams",
    "thumbparams",
    "flavorasset",
    "thumbasset",
    "uiconf",
    "widget",
    "uploadtoken",
    "responseprofile",
    "syndicationfeed",
    "apptoken",
    "metadata_metadata",
    "metadata_metadataprofile",
    "cuepoint_cuepoint",
    "annotation_annotation",
    "caption_captionasset",
    "attachment_attachmentasset",
    "schedule_scheduleevent",
    "schedule_scheduleresource",
    "group_group",
    "tagsearch_tag",
]

FAMILIES = {
    "KalturaBaseEntry": "MediaEntry DataEntry MixEntry Playlist LiveStreamEntry LiveChannel "
    "LiveStreamAdminEntry ExternalMediaEntry DocumentEntry",
    "KalturaBaseEntryFilter": "MediaEntryFilter DataEntryFilter MixEntryFilter "
    "LiveStreamEntryFilter PlaylistFilter",
    "KalturaCuePoint": "Annotation AdCuePoint CodeCuePoint EventCuePoint ThumbCuePoint",
    "KalturaCuePointFilter": "AnnotationFilter AdCuePointFilter CodeCuePointFilter",
    "KalturaAsset": "FlavorAsset LiveAsset ThumbAsset CaptionAsset AttachmentAsset",
    "KalturaAssetFilter": "FlavorAssetFilter ThumbAssetFilter CaptionAssetFilter",
    "KalturaAssetParams": "FlavorParams LiveParams MediaFlavorParams ThumbParams CaptionParams",
    "KalturaBaseSyndicationFeed": "GoogleVideoSyndicationFeed ITunesSyndicationFeed "
    "YahooSyndicationFeed TubeMogulSyndicationFeed RokuSyndicationFeed",
    "KalturaScheduleEvent": "LiveStreamScheduleEvent RecordScheduleEvent BlackoutScheduleEvent",
    "KalturaScheduleResource": "CameraScheduleResource LocationScheduleResource",
    "KalturaResource": "UploadedFileTokenResource UrlResource StringResource EntryResource",
    "KalturaSearchItem": "SearchOperator SearchCondition MetadataSearchItem",
    "KalturaCondition": "IpAddressCondition CountryCondition AuthenticatedCondition OrCondition",
    "KalturaRuleAction": "AccessControlBlockAction AccessControlPreviewAction",
    "KalturaBaseResponseProfile": "DetachedResponseProfile ResponseProfile ResponseProfileHolder",
    "KalturaBaseUser": "User AdminUser Group",
}

# CONTRACT 3.2, the codes that the framework itself answers with.
FRAMEWORK_CODES = [
    "UNKNOWN_RESPONSE_FORMAT",
    "MANDATORY_PARAMETER_MISSING",
    "INVALID_FIELD_VALUE",
    "SERVICE_NOT_SPECIFIED",
    "SERVICE_DOES_NOT_EXISTS",
    "ACTION_NOT_SPECIFIED",
    "ACTION_DOES_NOT_EXISTS",
    "INVALID_LANGUAGE_CODE",
    "INVALID_KS",
    "ACTION_BLOCKED",
    "MISSING_MANDATORY_PARAMETER",
    "INVALID_PARAMETER_CHAR",
    "INVALID_ENUM_VALUE",
    "OBJECT_TYPE_ABSTRACT",
    "PROPERTY_VALIDATION_WRONG_FORMAT",
    "PROPERTY_VALIDATION_MIN_LENGTH",
    "PROPERTY_VALIDATION_MAX_LENGTH",
    "PROPERTY_VALIDATION_MIN_VALUE",
    "PROPERTY_VALIDATION_MAX_VALUE",
    "UPLOAD_ERROR",
    "INVALID_OBJECT_ID",
    "SERVICE_FORBIDDEN_CONTENT_BLOCKED",
    "ACCESS_UNAUTHORIZED",
    "USER_BLOCKED",
    "MISSING_KS",
    "SERVICE_FORBIDDEN",
    "SERVICE_ACCESS_CONTROL_RESTRICTED",
    "PROPERTY_VALIDATION_CANNOT_BE_NULL",
    "PROPERTY_VALIDATION_ALL_MUST_BE_NULL_BUT_ONE",
    "PROPERTY_VALIDATION_NUMERIC_VALUE",
    "PROPERTY_VALIDATION_NOT_UPDATABLE",
    "PROPERTY_VALIDATION_ADMIN_PROPERTY",
    "PROPERTY_VALIDATION_ENTRY_STATUS",
    "PROPERTY_VALIDATION_NO_USAGE_PERMISSION",
    "PROPERTY_VALIDATION_NO_INSERT_PERMISSION",
    "PROPERTY_VALIDATION_NO_UPDATE_PERMISSION",
    "SYSTEM_NAME_ALREADY_EXISTS",
    "UNSAFE_HTML_TAGS",
    "INVALID_OBJECT_TYPE",
    "FEATURE_FORBIDDEN",
    "PLUGIN_NOT_AVAILABLE_FOR_PARTNER",
    "QUERY_EXCEEDED_MAX_MATCHES_ALLOWED",
    "SEARCH_ENGINE_QUERY_FAILED",
    "SEARCH_ENGINE_SYNTAX_ERROR",
    "LOCK_TIMED_OUT",
    "INTERNAL_DATABASE_ERROR",
    "INTERNAL_SERVERL_ERROR",
    "INTERNAL_SERVER_ERROR",
]

# The parameters that say which object is meant, where they are not one `id` in every action.
KEYS = {
    "baseentry": ("entryId",),
    "media": ("entryId",),
    "data": ("entryId",),
    "mixing": ("entryId",),
    "livestream": ("entryId",),
    "categoryentry": ("entryId", "categoryId"),
    "categoryuser": ("categoryId", "userId"),
    "user": ("userId",),
    "userrole": ("userRoleId",),
    "permission": ("permissionName",),
    "uploadtoken": ("uploadTokenId",),
    "schedule_scheduleevent": ("scheduleEventId",),
    "schedule_scheduleresource": ("scheduleResourceId",),
    "group_group": ("groupId",),
    "thumbasset.get": ("thumbAssetId",),
    "thumbasset.delete": ("thumbAssetId",),
    "caption_captionasset.get": ("captionAssetId",),
    "caption_captionasset.delete": ("captionAssetId",),
    "attachment_attachmentasset.get": ("attachmentAssetId",),
    "attachment_attachmentasset.delete": ("attachmentAssetId",),
}

ADDED_TO = frozenset(
    {"flavorasset", "thumbasset", "caption_captionasset", "attachment_attachmentasset"}
)
"""Assets are added to an entry: the entry's id comes first (CONTRACT CRUD-02)."""

DOCUMENTS = "metadata_metadata"
"""Its documents are texts beside their keys, not objects."""


@pytest.fixture(scope="module")
def schema() -> Schema:
    return read_schema(FILE)


@pytest.fixture(scope="module")
def lineage(schema: Schema) -> Lineage:
    return Lineage(schema)


@pytest.fixture(scope="module")
def ours() -> etree._Element:
    return etree.parse(FILE).getroot()


@pytest.fixture(scope="module")
def real(data_folder: Path) -> etree._Element:
    return etree.parse(data_folder / "KalturaClient-22.19.0.xml").getroot()


def type_refs(schema: Schema) -> Iterator[tuple[str, TypeRef]]:
    for class_ in schema.classes.values():
        for prop in class_.properties:
            yield f"{class_.name}.{prop.name}", prop.type
    for action in schema.actions:
        yield action.id, action.result
        for param in action.params:
            yield f"{action.id}({param.name})", param.type


def own_properties(class_: Class) -> set[str]:
    return {prop.name for prop in class_.properties}


def standard(schema: Schema, name: str) -> list[Action]:
    return [s.actions[name] for s in schema.services.values() if name in s.actions]


def keys(action: Action) -> tuple[str, ...]:
    return KEYS.get(action.id) or KEYS.get(action.service) or ("id",)


def names(action: Action) -> tuple[str, ...]:
    return tuple(param.name for param in action.params)


def test_nothing_in_it_is_odd(schema: Schema) -> None:
    """The reader finds nothing outside the grammar."""
    assert schema.oddities == ()


def test_all_core_services_are_there(schema: Schema) -> None:
    """The services that a run without options judges, under their wire ids."""
    assert list(schema.services) == SERVICES


def test_it_is_big_enough_to_judge_and_small_enough_to_run(schema: Schema) -> None:
    """Every area finds material, and a run stays short."""
    assert 180 <= len(schema.actions) <= 270
    assert 250 <= len(schema.classes) <= 400
    assert len(schema.errors) >= 150


@pytest.mark.parametrize(("base", "members"), FAMILIES.items(), ids=FAMILIES)
def test_families_are_complete_enough(lineage: Lineage, base: str, members: str) -> None:
    """Each family has the members that substitution is tried with."""
    wanted = {f"Kaltura{member}" for member in members.split()}

    assert wanted <= set(lineage.concrete(base))


def test_every_reference_resolves(schema: Schema) -> None:
    """No class, element or enum is named that the file does not hold."""
    dangling = [
        (place, name)
        for place, ref in type_refs(schema)
        for name in (ref.name, ref.element)
        if name is not None and name not in schema.classes and name not in ROOT_CLASSES
    ]
    unknown = [p for p, r in type_refs(schema) if r.enum is not None and r.enum not in schema.enums]

    assert dangling == []
    assert unknown == []


def test_enums_are_used_by_their_kind(schema: Schema) -> None:
    """An int enum types ints, a string enum types strings (CONTRACT SCHEMA-11)."""
    wrong = [
        place
        for place, ref in type_refs(schema)
        if ref.enum is not None and schema.enums[ref.enum].kind != ref.kind
    ]
    lists = [
        prop.name
        for class_ in schema.classes.values()
        for prop in class_.properties
        if prop.values_enum is not None
        and (prop.values_enum not in schema.enums or prop.type.kind != "string")
    ]

    assert wrong == []
    assert lists == []


def test_parents_precede_their_children(schema: Schema) -> None:
    """A class comes after its base, so that one pass can read the file."""
    order = {name: at for at, name in enumerate(schema.classes)}
    early = [c.name for c in schema.classes.values() if c.base and order[c.base] > order[c.name]]

    assert early == []


def test_no_property_is_declared_twice_in_a_line(schema: Schema, lineage: Lineage) -> None:
    """What an ancestor declares, a descendant does not declare again."""
    doubled = [
        (class_.name, ancestor, shared)
        for class_ in schema.classes.values()
        for ancestor in lineage.ancestors(class_.name)
        if (shared := own_properties(class_) & own_properties(schema.classes[ancestor]))
    ]

    assert doubled == []


def test_no_abstract_class_is_a_dead_end(schema: Schema, lineage: Lineage) -> None:
    """Every abstract class has a concrete descendant to send instead."""
    dead = [c.name for c in schema.classes.values() if c.abstract and not lineage.concrete(c.name)]

    assert dead == []


def test_list_actions_return_typed_list_responses(schema: Schema, lineage: Lineage) -> None:
    """`list` answers with an heir of KalturaListResponse whose `objects` is a typed array."""
    for action in standard(schema, "list"):
        response = action.result.name
        assert response is not None
        assert lineage.is_a(response, "KalturaListResponse"), action.id
        objects = lineage.properties(response)["objects"]
        assert objects.read_only, action.id
        assert objects.type.kind == "array", action.id
        assert objects.type.element in schema.classes, action.id


def test_placeholders_are_the_parameters(schema: Schema) -> None:
    """A message fills in its parameters, all of them, in their order (CONTRACT SCHEMA-26)."""
    unequal = [
        error.code
        for error in schema.errors.values()
        if tuple(re.findall(r"@([A-Z_]+)@", error.message)) != error.parameters
    ]

    assert unequal == []


def test_every_framework_code_is_published(schema: Schema) -> None:
    """The codes of the framework are in the file, and those that actions announce."""
    announced = {code for action in schema.actions for code in action.throws}

    assert set(FRAMEWORK_CODES) <= set(schema.errors)
    assert announced <= set(schema.errors)


def test_files_stay_out_of_multirequests(schema: Schema) -> None:
    """Exactly the actions that hand out a file are barred (CONTRACT SCHEMA-23)."""
    barred = {action.id for action in schema.actions if not action.in_multirequest}
    files = {action.id for action in schema.actions if action.result.kind == "file"}

    assert barred == files
    assert files


def test_multilingual_texts_have_their_twins(schema: Schema) -> None:
    """Each multi-lingual text stands beside an array of it (CONTRACT SCHEMA-21)."""
    texts = [
        (class_, prop)
        for class_ in schema.classes.values()
        for prop in class_.properties
        if prop.multilingual and prop.type.kind == "string"
    ]
    twins = {
        prop.name: prop.type.element
        for class_, text in texts
        for prop in class_.properties
        if prop.name == f"multiLingual_{text.name}"
    }

    assert twins == {
        f"multiLingual_{name}": "KalturaMultiLingualString"
        for name in ("name", "description", "tags")
    }


def test_plugins_own_what_names_them(schema: Schema) -> None:
    """Every plugin that something belongs to is listed, with the services it brings."""
    named = {
        owner
        for things in (schema.services, schema.classes, schema.enums)
        for thing in things.values()
        if (owner := thing.plugin) is not None
    } | {action.plugin for action in schema.actions if action.plugin is not None}
    brought = {
        f"{plugin.name}_{service}".lower()
        for plugin in schema.plugins.values()
        for service in plugin.services
    }

    assert named <= set(schema.plugins)
    assert brought == {service for service in schema.services if "_" in service}


def test_constants_of_plugins_belong_to_listed_plugins(schema: Schema) -> None:
    """`plugin.CONST` names a plugin of the file, and there are such constants."""
    owners = {
        match[1]
        for enum in schema.enums.values()
        for constant in enum.constants
        if (match := re.fullmatch(r"([A-Za-z]+)\.[A-Za-z_]+", constant.value))
    }

    assert owners
    assert owners <= set(schema.plugins)


def test_every_shape_of_the_grammar_occurs(schema: Schema) -> None:
    """Each kind, flag and limit that a server can publish is met at least once."""
    kinds = {ref.kind for _, ref in type_refs(schema)}
    props = [prop for class_ in schema.classes.values() for prop in class_.properties]

    assert kinds == {*get_args(Kind)}
    for flag in ("read_only", "insert_only", "write_only", "multilingual", "deprecated"):
        assert any(getattr(prop, flag) for prop in props), flag
    for limit in ("min_length", "max_length", "min_value", "max_value", "utf8_truncate"):
        assert any(getattr(prop, limit) is not None for prop in props), limit
    assert any(prop.requires_permissions for prop in props)
    assert any(prop.values_enum for prop in props)
    assert {action.session for action in schema.actions} == {"always", "optional", "none"}
    assert any(action.alias and action.plugin for action in schema.actions)


@pytest.mark.parametrize("name", ["get", "delete"])
def test_objects_are_named_by_their_keys(schema: Schema, name: str) -> None:
    """get and delete begin with what says which object is meant (CONTRACT CRUD-02)."""
    for action in standard(schema, name):
        if action.service == "session":
            continue
        wanted = keys(action)

        assert names(action)[: len(wanted)] == wanted
        assert all(param.optional for param in action.params[len(wanted) :]), action.id
        assert action.id == "user.get" or not action.params[0].optional


def test_updates_take_the_keys_and_then_the_object(schema: Schema) -> None:
    """update(id, entity[, extras]) (CONTRACT CRUD-02)."""
    for action in standard(schema, "update"):
        if action.service == DOCUMENTS:
            continue
        wanted = keys(action)
        entity = action.params[len(wanted)]

        assert names(action)[: len(wanted)] == wanted
        assert entity.type.kind == "object", action.id
        assert not entity.optional, action.id
        assert all(param.optional for param in action.params[len(wanted) + 1 :]), action.id


def test_additions_take_the_object(schema: Schema) -> None:
    """add(entity[, extras]); an asset's entry comes first (CONTRACT CRUD-02)."""
    for action in standard(schema, "add"):
        if action.service == DOCUMENTS:
            continue
        params = action.params
        if action.service in ADDED_TO:
            assert params[0].name == "entryId"
            params = params[1:]

        assert params[0].type.kind == "object", action.id
        assert params[0].optional == (action.service == "uploadtoken")


def test_lists_take_an_optional_filter_and_pager(schema: Schema, lineage: Lineage) -> None:
    """list(filter?, pager?) (CONTRACT CRUD-02, LIST-25)."""
    for action in standard(schema, "list"):
        filter_, pager = action.params

        assert (filter_.name, pager.name) == ("filter", "pager")
        assert filter_.optional
        assert pager.optional
        assert filter_.type.name is not None
        assert lineage.is_a(filter_.type.name, "KalturaFilter"), action.id
        assert pager.type.name == "KalturaFilterPager"


def test_what_is_added_is_what_is_read(schema: Schema, lineage: Lineage) -> None:
    """get and update return what add returns, or a class above it (as annotation.get does)."""
    for service in schema.services.values():
        if "add" not in service.actions:
            continue
        added = service.actions["add"].result.name
        assert added is not None
        for name in {"get", "update"} & set(service.actions):
            read = service.actions[name].result.name

            assert read is not None
            assert lineage.is_a(added, read), service.id


def test_enough_services_live_a_whole_life(schema: Schema) -> None:
    """At least 28 services offer add, get, update, delete and list."""
    whole = [service for service in schema.services.values() if service.offers(*STANDARD_ACTIONS)]

    assert len(whole) >= 28


def test_everything_is_described(schema: Schema) -> None:
    """Every class, service, action and parameter says what it is."""
    silent = [c.name for c in schema.classes.values() if not c.description]
    silent += [s.id for s in schema.services.values() if not s.description]
    silent += [a.id for a in schema.actions if not a.description]
    silent += [f"{a.id}({p.name})" for a in schema.actions for p in a.params if not p.description]

    assert silent == []


def test_the_readme_counts_right(schema: Schema) -> None:
    """The numbers in the README beside the file are those of the file."""
    text = (FILE.parent / "README.md").read_text(encoding="utf-8")
    abstract = sum(class_.abstract for class_ in schema.classes.values())

    assert f"{len(schema.services)} services with {len(schema.actions)} actions" in text
    assert f"{len(schema.classes)} classes ({abstract} of them abstract)" in text
    assert f"{len(schema.enums)} enums, {len(schema.errors)} errors" in text
    assert f"{len(schema.plugins)} plugins" in text


TEXTS = frozenset({"description", "message"})


def facts(element: etree._Element) -> dict[str, str]:
    return {str(k): str(v) for k, v in element.attrib.items() if k not in TEXTS}


def counterparts(
    ours: etree._Element, real: etree._Element
) -> Iterator[tuple[etree._Element, etree._Element]]:
    """What both files hold under the same path of names, ours first."""
    pending = [(ours.find(s), real.find(s)) for s in ("enums", "classes", "services", "errors")]
    while pending:
        mine, theirs = pending.pop()
        assert mine is not None
        assert theirs is not None
        known: dict[tuple[str, str | None], etree._Element] = {}
        for child in theirs:
            known.setdefault(identity(child), child)
        for child in mine:
            pair = (child, known[identity(child)])
            yield pair
            pending.append(pair)


def identity(element: etree._Element) -> tuple[str, str | None]:
    return element.tag, element.get("id") or element.get("name")


def test_facts_are_those_of_a_real_server(ours: etree._Element, real: etree._Element) -> None:
    """Nothing is here that a real server of 22.19.0 does not publish with the same attributes."""
    pairs = list(counterparts(ours, real))
    different = [
        (mine.tag, mine.get("name")) for mine, theirs in pairs if facts(mine) != facts(theirs)
    ]

    assert len(pairs) > 4000
    assert different == []


def test_texts_are_our_own(ours: etree._Element, real: etree._Element) -> None:
    """No description or message repeats, or nearly repeats, that of the same item."""
    close = [
        (mine.tag, mine.get("name"), mine.get(kind))
        for mine, theirs in counterparts(ours, real)
        for kind in TEXTS
        if len(mine.get(kind, "")) > 20
        and SequenceMatcher(None, mine.get(kind, ""), theirs.get(kind, "")).ratio() > 0.8
    ]

    assert close == []
