"""Objects made, read, changed, listed and removed through the official client."""

from __future__ import annotations

import time
from typing import Any

import pytest

pytest.importorskip("KalturaClient", reason="no official client here: tox run -e client")

from KalturaClient.exceptions import KalturaException
from KalturaClient.Plugins.Core import (
    KalturaBaseEntry,
    KalturaBaseEntryFilter,
    KalturaCategory,
    KalturaCategoryFilter,
    KalturaDataEntry,
    KalturaDataEntryFilter,
    KalturaEntryStatus,
    KalturaFilterPager,
    KalturaMediaEntry,
    KalturaMediaEntryFilter,
    KalturaMediaType,
    KalturaPlaylist,
    KalturaPlaylistType,
    KalturaUser,
    KalturaUserFilter,
)


def media(word: str, **properties: Any) -> KalturaMediaEntry:
    return with_properties(
        KalturaMediaEntry(), name=word, mediaType=KalturaMediaType.VIDEO, **properties
    )


def data(word: str, **properties: Any) -> KalturaDataEntry:
    return with_properties(KalturaDataEntry(), name=word, dataContent="text", **properties)


def playlist(word: str, **properties: Any) -> KalturaPlaylist:
    kind = KalturaPlaylistType.STATIC_LIST
    return with_properties(KalturaPlaylist(), name=word, playlistType=kind, **properties)


def category(word: str, **properties: Any) -> KalturaCategory:
    return with_properties(KalturaCategory(), name=word, **properties)


def user(word: str, **properties: Any) -> KalturaUser:
    mail = f"{word}@mail.example"
    return with_properties(KalturaUser(), id=word, screenName=word, email=mail, **properties)


def with_properties(made: Any, **properties: Any) -> Any:
    for name, value in properties.items():
        setattr(made, name, value)
    return made


KINDS = [
    pytest.param("media", media, id="media"),
    pytest.param("data", data, id="data"),
    pytest.param("playlist", playlist, id="playlist"),
    pytest.param("category", category, id="category"),
    pytest.param("user", user, id="user"),
]


@pytest.mark.parametrize(("service", "draft"), KINDS)
def test_add_answers_the_object_with_what_the_server_gave_it(
    client: Any, word: str, service: str, draft: Any
) -> None:
    """add gives the object an id, its account and its times, and keeps what was sent."""
    before = int(time.time()) - 5
    added = getattr(client, service).add(draft(word, tags="one, two"))

    assert type(added) is type(draft(word))
    assert added.id
    assert added.partnerId == 102
    assert added.createdAt >= before
    assert added.tags == "one, two"


@pytest.mark.parametrize(("service", "draft"), KINDS)
def test_get_answers_what_add_answered(client: Any, word: str, service: str, draft: Any) -> None:
    """An object that was added reads the same."""
    added = getattr(client, service).add(draft(word, tags="one"))
    read = getattr(client, service).get(added.id)

    assert plain(read) == plain(added)


@pytest.mark.parametrize(("service", "draft"), KINDS)
def test_update_changes_what_is_sent_and_nothing_else(
    client: Any, word: str, service: str, draft: Any
) -> None:
    """Properties that the client leaves unset keep their value."""
    served = getattr(client, service)
    added = served.add(draft(word, tags="kept", description="old"))
    change = with_properties(type(draft(word))(), description="new")
    served.update(added.id, change)
    read = served.get(added.id)

    assert (read.tags, read.description) == ("kept", "new")


@pytest.mark.parametrize(("service", "draft"), [kind for kind in KINDS if kind.id != "user"])
def test_delete_removes_the_object(client: Any, word: str, service: str, draft: Any) -> None:
    """After delete, which answers nothing, the object is not found."""
    served = getattr(client, service)
    added = served.add(draft(word))
    answer = served.delete(added.id)
    with pytest.raises(KalturaException) as refused:
        served.get(added.id)

    assert answer is None
    assert refused.value.code in {"ENTRY_ID_NOT_FOUND", "INVALID_ENTRY_ID", "CATEGORY_NOT_FOUND"}


def test_deleting_a_user_answers_the_user(client: Any, word: str) -> None:
    """user.delete is one of the few deletes with a result."""
    client.user.add(user(word))
    answer = client.user.delete(word)

    assert answer.id == word


def test_no_value_empties_a_property(client: Any, word: str) -> None:
    """None is sent as `tags__null`, and clears what was there."""
    added = client.media.add(media(word, tags="gone"))
    client.media.update(added.id, with_properties(KalturaMediaEntry(), tags=None))

    assert client.media.get(added.id).tags == ""


def test_a_filter_narrows_a_list(client: Any, word: str) -> None:
    """Each property of a filter that is set must hold."""
    first = client.data.add(data(f"{word}a", tags=word))
    client.data.add(data(f"{word}b"))
    found = client.data.list(with_properties(KalturaDataEntryFilter(), tagsLike=word))

    assert ([entry.id for entry in found.objects], found.totalCount) == ([first.id], 1)


def test_a_list_is_cut_into_pages(client: Any, word: str) -> None:
    """The pages of a list hold each object once, and all tell the whole number."""
    made = {client.data.add(data(f"{word}{n}", tags=word)).id for n in range(5)}
    wanted = with_properties(KalturaDataEntryFilter(), tagsLike=word, orderBy="+createdAt")
    pages = [
        client.data.list(
            wanted, with_properties(KalturaFilterPager(), pageSize=2, pageIndex=number)
        )
        for number in (1, 2, 3)
    ]

    assert [len(page.objects) for page in pages] == [2, 2, 1]
    assert {entry.id for page in pages for entry in page.objects} == made
    assert {page.totalCount for page in pages} == {5}


def test_a_page_past_the_end_is_empty(client: Any, word: str) -> None:
    """Past the last page there are no objects, but the number stays."""
    client.data.add(data(word, tags=word))
    wanted = with_properties(KalturaDataEntryFilter(), tagsLike=word)
    found = client.data.list(wanted, with_properties(KalturaFilterPager(), pageIndex=9))

    assert (found.objects, found.totalCount) == ([], 1)


def test_a_list_follows_its_order(client: Any, word: str) -> None:
    """orderBy sorts both ways."""
    for letter in "bca":
        client.data.add(data(f"{word}{letter}", tags=word))
    listed = {
        order: [
            entry.name[-1]
            for entry in client.data.list(
                with_properties(KalturaDataEntryFilter(), tagsLike=word, orderBy=order)
            ).objects
        ]
        for order in ("+name", "-name")
    }

    assert listed == {"+name": ["a", "b", "c"], "-name": ["c", "b", "a"]}


def test_media_without_content_is_listed_when_asked_for(client: Any, word: str) -> None:
    """The default of a list is what is ready; a status or an id in the filter lifts that."""
    added = client.media.add(media(word))
    listed = [
        [entry.id for entry in client.media.list(filter_).objects]
        for filter_ in (
            with_properties(KalturaMediaEntryFilter(), idIn=added.id),
            with_properties(
                KalturaMediaEntryFilter(), idIn=added.id, statusIn=KalturaEntryStatus.NO_CONTENT
            ),
            with_properties(KalturaMediaEntryFilter(), idEqual=added.id),
        )
    ]

    assert listed == [[], [added.id], [added.id]]


def test_categories_grow_as_a_tree(client: Any, word: str) -> None:
    """A category below another tells its depth and its path, and is listed under its parent."""
    parent = client.category.add(category(word))
    child = client.category.add(category("leaf", parentId=parent.id))
    below = with_properties(KalturaCategoryFilter(), parentIdEqual=parent.id)

    assert (child.depth, child.fullName) == (1, f"{word}>leaf")
    assert [found.id for found in client.category.list(below).objects] == [child.id]


def test_users_are_found_by_their_id(client: Any, word: str) -> None:
    """The client names users; the server keeps their id as it is."""
    client.user.add(user(word, firstName="Ada", lastName="Byron"))
    found = client.user.list(with_properties(KalturaUserFilter(), idEqual=word))

    assert [(one.id, one.firstName, one.lastName) for one in found.objects] == [
        (word, "Ada", "Byron")
    ]


@pytest.mark.parametrize(("service", "draft"), KINDS[:3])
def test_an_entry_keeps_its_class_through_the_base_service(
    client: Any, word: str, service: str, draft: Any
) -> None:
    """baseEntry.get answers the class of the entry, which the client makes an object of."""
    added = getattr(client, service).add(draft(word))

    assert type(client.baseEntry.get(added.id)) is type(draft(word))


def test_the_base_service_lists_entries_of_every_class(client: Any, word: str) -> None:
    """One list holds media, data and playlists, each as its own class."""
    added = [
        client.media.add(media(word, tags=word)),
        client.data.add(data(word, tags=word)),
        client.playlist.add(playlist(word, tags=word)),
    ]
    wanted = with_properties(
        KalturaBaseEntryFilter(), idIn=",".join(entry.id for entry in added), statusIn="2,7"
    )
    found = client.baseEntry.list(wanted)

    assert {entry.id: type(entry) for entry in found.objects} == {
        entry.id: type(entry) for entry in added
    }


def test_the_base_service_adds_the_class_that_is_sent(client: Any, word: str) -> None:
    """baseEntry.add of a media entry is a media entry, with what only media entries have."""
    added = client.baseEntry.add(media(word))
    read = client.media.get(added.id)

    assert type(added) is KalturaMediaEntry
    assert read.mediaType.getValue() == KalturaMediaType.VIDEO


def test_the_base_service_updates_what_all_entries_share(client: Any, word: str) -> None:
    """baseEntry.update with the base class changes a media entry that stays one."""
    added = client.media.add(media(word))
    client.baseEntry.update(added.id, with_properties(KalturaBaseEntry(), description="changed"))
    read = client.media.get(added.id)

    assert (type(read), read.description) == (KalturaMediaEntry, "changed")


def test_the_cue_point_service_answers_the_class_of_a_cue_point(client: Any, word: str) -> None:
    """A plugin's base service answers another plugin's class."""
    from KalturaClient.Plugins.Annotation import KalturaAnnotation  # noqa: PLC0415 - a plugin

    entry = client.media.add(media(word))
    note = with_properties(KalturaAnnotation(), entryId=entry.id, startTime=0, text=word)
    added = client.cuePoint.cuePoint.add(note)
    read = client.cuePoint.cuePoint.get(added.id)

    assert (type(added), type(read)) == (KalturaAnnotation, KalturaAnnotation)
    assert (read.text, read.entryId) == (word, entry.id)


def plain(made: Any) -> dict[str, Any]:
    """The object's properties, enumerations as their values; the client's own marks left out."""
    return {
        name: value.getValue() if hasattr(value, "getValue") else value
        for name, value in vars(made).items()
        if isinstance(value, str | int | float) or value is None or hasattr(value, "getValue")
    }
