"""The profiles that come with the suite say what the papers and the recordings say."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from lxml import etree

from conformance.profile.loading import load_profile
from conformance.profile.location import profile_files
from conformance.profile.pattern import matches

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

CE = load_profile("ce", environ={}).profile
BASED_ON_THE_BASE = sorted(set(profile_files()) - {"kaltura"})

BY_SERVICE: tuple[str, ...] = (
    "kept_after_delete",
    "natural_keys",
    "indexed",
    "hidden_by_default",
    "shared_objects",
    "shared_ids",
)
BY_ACTION: tuple[str, ...] = (
    "not_found",
    "odd_codes",
    "remapped_errors",
    "internal_errors",
    "bare_answers",
    "mandatory_filter",
    "no_objects",
    "pager_ignored",
    "filter_ignored",
    "filters_known",
    "total_count_loose",
    "page_size",
    "isolation_exempt",
    "foreign_types",
)
BY_PROPERTY = ("unpublished_values", "untyped_properties", "normalised")


@pytest.fixture(scope="module")
def published(data_folder: Path) -> etree._Element:
    """The schema that a real server of release 22.19.0 published."""
    return etree.parse(data_folder / "KalturaClient-22.19.0.xml").getroot()


@pytest.fixture(scope="module")
def actions(published: etree._Element) -> set[str]:
    """Every `service.action` of it."""
    return {
        f"{service.get('id')}.{action.get('name')}"
        for service in published.iterfind("services/service")
        for action in service.iterfind("action")
    }


@pytest.mark.parametrize("name", BASED_ON_THE_BASE)
def test_every_profile_stands_on_the_common_base(name: str) -> None:
    """What every server does is said once."""
    resolved = load_profile(name, environ={})

    assert resolved.chain[0] == "profiles/kaltura.toml"
    assert resolved.profile.description


@pytest.mark.parametrize("name", profile_files())
@pytest.mark.parametrize(
    "action",
    [
        "partner.update",
        "partner.register",
        "user.loginByLoginId",
        "user.resetPassword",
        "user.notifyBan",
        "adminuser.updatePassword",
        "session.impersonate",
        "permission.delete",
    ],
)
def test_no_profile_lets_an_account_be_harmed(name: str, action: str) -> None:
    """Not even the one for the embedded server."""
    assert load_profile(name, environ={}).profile.actions.denied(action)


@pytest.mark.parametrize("name", profile_files())
@pytest.mark.parametrize(
    "action",
    [
        "baseentry.index",
        "baseentry.export",
        "stats.collect",
        "batch.getExclusiveJobs",
        "jobs.abortJob",
        "responseprofile.recalculate",
        "conversionprofile.setAsDefault",
        "baseentry.bulkDelete",
        "user.exportToCsv",
        "notification.getClientNotification",
    ],
)
def test_no_profile_lets_risky_actions_work(name: str, action: str) -> None:
    """They are asked only so that they are refused."""
    assert load_profile(name, environ={}).profile.actions.probe_only_because(action)


@pytest.mark.parametrize("action", ["media.add", "user.add", "user.delete", "partner.get"])
def test_the_ordinary_actions_are_free(action: str) -> None:
    """What is judged most must not be denied by a glob that is too wide."""
    assert CE.actions.probe_only_because(action) is None


def test_every_glob_over_actions_is_about_an_action(actions: set[str]) -> None:
    """Against the schema of a real server: a misspelt one would protect nothing."""
    tables: dict[str, Iterable[str]] = {quirk: getattr(CE.quirks, quirk) for quirk in BY_ACTION}
    for name in ("deny", "probe_only", "no_ks_allowed", "ownership", "internal"):
        tables[name] = getattr(CE.actions, name)

    lost = {
        f"{table}: {glob}"
        for table, globs in tables.items()
        for glob in globs
        if not any(matches(glob, action) for action in actions)
    }

    assert set() == lost


def test_every_glob_over_services_is_about_a_service(actions: set[str]) -> None:
    """Against the schema of a real server."""
    services = {action.partition(".")[0] for action in actions}

    lost = {
        f"{quirk}: {glob}"
        for quirk in BY_SERVICE
        for glob in getattr(CE.quirks, quirk)
        if not any(matches(glob, service) for service in services)
    }

    assert set() == lost


def test_every_glob_over_properties_is_about_a_property(published: etree._Element) -> None:
    """Against the schema of a real server; every object says its class besides."""
    properties = {
        f"{each.get('name')}.{name}"
        for each in published.iterfind("classes/class")
        for name in ("objectType", *(prop.get("name") for prop in each.iterfind("property")))
    }

    lost = {
        f"{quirk}: {glob}"
        for quirk in BY_PROPERTY
        for glob in getattr(CE.quirks, quirk)
        if not any(matches(glob, each) for each in properties)
    }

    assert set() == lost


def test_every_code_is_published_or_recorded(published: etree._Element, data_folder: Path) -> None:
    """A misspelt code would make a right answer wrong."""
    codes = {error.get("code", "") for error in published.iterfind("errors/error")}
    recorded = "".join(
        (data_folder / name).read_text(encoding="utf-8")
        for name in ("exchanges-22.19.0.jsonl", "sweep-22.19.0.jsonl")
    )
    quirks = CE.quirks
    tables: tuple[Mapping[str, tuple[str, ...]], ...]
    tables = (quirks.not_found, quirks.natural_keys, quirks.mandatory_filter)
    ours = {code for table in tables for each in table.values() for code in each}
    ours |= set(quirks.template_skip)

    known = {
        code for code in ours if code in recorded or any(matches(code, each) for each in codes)
    }
    unknown = ours - known - {"null"}

    assert set() == unknown


def answers(data_folder: Path) -> Iterable[tuple[str, str, str]]:
    """Each recorded JSON error of the sweep: how it was asked, `service.action`, the code."""
    with (data_folder / "sweep-22.19.0.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            exchange = json.loads(line)
            how, _, action = exchange["name"].partition(" ")
            code = re.match(r'\{"code":"([^"]*)"', exchange["response"].get("body") or "")
            if code:
                yield how, action, code[1]


def test_every_refusal_of_an_admin_is_foreseen(data_folder: Path) -> None:
    """An action that refused an ordinary account's administrator is among the internal ones."""
    refused = {
        action
        for how, action, code in answers(data_folder)
        if how in {"sweep.bare.admin", "sweep.dummy.admin"}
        and code in {"SERVICE_FORBIDDEN", "FEATURE_FORBIDDEN", "ACTION_FORBIDDEN"}
    }

    assert set() == {action for action in refused if not CE.actions.may_be_forbidden(action)}


def test_every_recorded_not_found_code_is_among_ours(data_folder: Path) -> None:
    """What a sound server said to an unknown id is right."""
    standard = re.compile(r".*\.(get|update|delete|clone|updateStatus)")

    wrong = {
        (action, code)
        for how, action, code in answers(data_folder)
        if how == "sweep.dummy.admin"
        and standard.fullmatch(action)
        and re.search(r"NOT_FOUND$|^INVALID_.*ID$|^INVALID_APP_GUID$", code)
        and code not in CE.quirks.not_found_codes(action)
    }

    assert set() == wrong


def test_every_internal_error_of_the_sweep_is_foreseen(data_folder: Path) -> None:
    """The defects of a release are known by name, not by a general pardon."""
    broken = {
        action for _, action, code in answers(data_folder) if code == "INTERNAL_SERVERL_ERROR"
    }

    assert set() == {action for action in broken if not CE.quirks.why("internal_errors", action)}
    assert CE.quirks.why("internal_errors", "media.get") is None


def test_every_answer_without_a_session_is_foreseen(data_folder: Path) -> None:
    """An action that did more than refuse is among those that need no KS."""
    refusals = {"SERVICE_FORBIDDEN", "MISSING_KS", "MISSING_MANDATORY_PARAMETER"}

    surprising = {
        action
        for how, action, code in answers(data_folder)
        if how == "sweep.bare.noks"
        and code not in refusals
        and not CE.actions.open_without_ks(action)
    }

    assert set() == surprising


@pytest.mark.parametrize(
    ("action", "codes"),
    [
        ("media.get", ("ENTRY_ID_NOT_FOUND",)),
        ("playlist.delete", ("ENTRY_ID_NOT_FOUND",)),
        ("playlist.update", ("INVALID_ENTRY_ID", "INVALID_PLAYLIST_TYPE")),
        ("thumbparams.get", ("FLAVOR_PARAMS_ID_NOT_FOUND",)),
        ("storageprofile.get", ("null",)),
        ("cuepoint_cuepoint.get", ("INVALID_CUE_POINT_ID",)),
        ("room_room.add", ("ENTRY_ID_NOT_FOUND", "INVALID_OBJECT_ID")),
        ("nothing.get", ()),
    ],
)
def test_not_found_codes_are_by_action(action: str, codes: tuple[str, ...]) -> None:
    """The most specific glob counts, and the unknown has none."""
    assert codes == CE.quirks.not_found_codes(action)


def test_an_empty_text_lifts_what_is_inherited(tmp_path: Path) -> None:
    """For a target of which one knows better."""
    path = tmp_path / "x.toml"
    path.write_text(
        'extends = "ce"\n[actions.deny]\n"partner.update" = ""\n[quirks.not-found]\n"media.*" = []',
        encoding="utf-8",
    )

    profile = load_profile(str(path), environ={}).profile

    assert profile.actions.denied("partner.update") is None
    assert profile.quirks.not_found_codes("media.get") == ()


def test_destructive_actions_can_be_allowed(tmp_path: Path) -> None:
    """On a target that is thrown away."""
    path = tmp_path / "x.toml"
    path.write_text('extends = "ce"\n[actions]\nallow-destructive = ["stats.*"]', encoding="utf-8")

    profile = load_profile(str(path), environ={}).profile

    assert profile.actions.probe_only_because("stats.collect") is None
    assert profile.actions.denied("partner.update")


def test_the_read_only_profile_writes_nothing() -> None:
    """Neither objects nor files."""
    capabilities = load_profile("read-only", environ={}).profile.capabilities

    assert (capabilities.writes, capabilities.uploads) == (False, False)


def test_an_index_may_lag_longer_where_it_is_busy() -> None:
    """From the embedded server to a shared installation."""
    seconds = [
        load_profile(name, environ={}).profile.limits.settle_seconds
        for name in ("reference", "ce", "hosted")
    ]

    assert seconds == [2.0, 20.0, 60.0]


def test_a_filter_property_selects_where_that_is_known() -> None:
    """A widget is asked for by idEqual, never by idIn; of an unknown service, ids and creation."""
    assert CE.quirks.selects("media.list", "nameLike")
    assert CE.quirks.selects("MEDIA.list", "startDateLessThanOrEqual")
    assert not CE.quirks.selects("media.list", "startDateLessThanOrEqualOrNull")
    assert CE.quirks.selects("widget.list", "idEqual")
    assert not CE.quirks.selects("widget.list", "idIn")
    assert not CE.quirks.selects("flavorParams.list", "systemNameEqual")
    assert CE.quirks.selects("some_plugin.list", "createdAtLessThanOrEqual")
    assert not CE.quirks.selects("some_plugin.list", "nameEqual")


def test_the_known_properties_are_published(published: etree._Element) -> None:
    """Each glob fits a property of some filter: a typing error would switch a check off."""
    names = {
        str(each.get("name"))
        for each in published.iterfind("classes/class")
        if str(each.get("name")).endswith("Filter")
        for each in each.iterfind("property")
    }
    globs = {glob for known in CE.quirks.filters_known.values() for glob in known}

    assert set() == {glob for glob in globs if not any(matches(glob, name) for name in names)}
