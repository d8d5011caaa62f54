"""Thirty-odd changes for a schema file, each with the words in which it has to be told.

They hold for any schema with Kaltura's core services: each names an element by its path.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from lxml import etree

from conformance.schema.change import Impact

if TYPE_CHECKING:
    from collections.abc import Callable

    Edit = Callable[[etree._Element], None]

B, C, A = Impact.BREAKING, Impact.COMPATIBLE, Impact.ADDITIVE


class Planted(NamedTuple):
    """An edit of the element at `path`, and the change that has to be told for it."""

    path: str
    edit: Edit
    impact: Impact
    what: str
    place: str


def gone(element: etree._Element) -> None:
    """The element is removed."""
    parent = element.getparent()
    assert parent is not None
    parent.remove(element)


def having(**attributes: str) -> Edit:
    """Attributes are set."""

    def edit(element: etree._Element) -> None:
        for name, value in attributes.items():
            element.set(name, value)

    return edit


def without(name: str) -> Edit:
    """An attribute is removed."""

    def edit(element: etree._Element) -> None:
        del element.attrib[name]

    return edit


def more(text: str, *, at: int | None = None) -> Edit:
    """A child is added, last or at that place."""

    def edit(element: etree._Element) -> None:
        child = etree.fromstring(text)
        element.insert(len(element) if at is None else at, child)

    return edit


def _class(name: str) -> str:
    return f"/xml/classes/class[@name='{name}']"


def _property(of: str, name: str) -> str:
    return f"{_class(of)}/property[@name='{name}']"


def _action(service: str, name: str) -> str:
    return f"/xml/services/service[@id='{service}']/action[@name='{name}']"


def _param(service: str, action: str, name: str) -> str:
    return f"{_action(service, action)}/param[@name='{name}']"


def _enum(name: str) -> str:
    return f"/xml/enums/enum[@name='{name}']"


def _value(enum: str, name: str) -> str:
    return f"{_enum(enum)}/const[@name='{name}']"


PLANTED = (
    Planted(_action("media", "approve"), gone, B, "action removed", "media.approve"),
    Planted("/xml/services/service[@id='apptoken']", gone, B, "service removed", "apptoken"),
    Planted(
        _action("data", "get"),
        more('<param name="purpose" type="string" optional="0"/>', at=0),
        B,
        "required parameter added",
        "data.get(purpose)",
    ),
    Planted(
        _action("data", "list"),
        more('<param name="hint" type="string" optional="1"/>', at=0),
        A,
        "optional parameter added",
        "data.list(hint)",
    ),
    Planted(
        _param("playlist", "get", "version"), gone, B, "parameter removed", "playlist.get(version)"
    ),
    Planted(
        _param("category", "get", "id"),
        having(type="string"),
        C,
        "parameter type changed",
        "category.get(id)",
    ),
    Planted(
        _param("user", "delete", "userId"),
        having(type="int"),
        B,
        "parameter type changed",
        "user.delete(userId)",
    ),
    Planted(
        _param("category", "list", "filter"),
        having(optional="0"),
        B,
        "parameter became required",
        "category.list(filter)",
    ),
    Planted(
        _param("playlist", "update", "id"),
        having(optional="1"),
        C,
        "parameter became optional",
        "playlist.update(id)",
    ),
    Planted(
        f"{_action('uiconf', 'get')}/result",
        having(type="KalturaUser"),
        B,
        "result type changed",
        "uiconf.get",
    ),
    Planted(
        f"{_action('baseentry', 'get')}/result",
        having(type="KalturaMediaEntry"),
        C,
        "result type changed",
        "baseentry.get",
    ),
    Planted(
        f"{_action('category', 'delete')}/result",
        having(type="bool"),
        C,
        "result type changed",
        "category.delete",
    ),
    Planted(
        _action("system", "ping"),
        having(sessionRequired="always"),
        B,
        "need of a session changed",
        "system.ping",
    ),
    Planted(
        _action("user", "get"),
        having(enableInMultiRequest="0"),
        B,
        "use in multirequests changed",
        "user.get",
    ),
    Planted(_action("user", "list"), having(deprecated="1"), C, "deprecated", "user.list"),
    Planted(
        "/xml/services/service[@id='media']",
        more('<action name="praise" sessionRequired="always"><result/></action>'),
        A,
        "action added",
        "media.praise",
    ),
    Planted(
        "/xml/services",
        more('<service id="praise" name="praise"/>'),
        A,
        "service added",
        "praise",
    ),
    Planted(_property("KalturaUiConf", "tags"), gone, B, "property removed", "KalturaUiConf.tags"),
    Planted(
        _property("KalturaUiConf", "width"),
        having(type="string"),
        B,
        "property type changed",
        "KalturaUiConf.width",
    ),
    Planted(
        _property("KalturaUiConf", "description"),
        having(readOnly="1"),
        B,
        "property became read-only",
        "KalturaUiConf.description",
    ),
    Planted(
        _property("KalturaCategory", "referenceId"),
        having(insertOnly="1"),
        B,
        "property became insert-only",
        "KalturaCategory.referenceId",
    ),
    Planted(
        _property("KalturaUser", "password"),
        having(writeOnly="0"),
        C,
        "property is no longer write-only",
        "KalturaUser.password",
    ),
    Planted(
        _property("KalturaCategory", "name"),
        having(maxLength="40"),
        B,
        "max length narrowed",
        "KalturaCategory.name",
    ),
    Planted(
        _property("KalturaThumbParams", "density"),
        having(minValue="1"),
        B,
        "min value narrowed",
        "KalturaThumbParams.density",
    ),
    Planted(
        _property("KalturaCategory", "description"),
        having(requiresPermissions="update"),
        B,
        "needed permissions changed",
        "KalturaCategory.description",
    ),
    Planted(
        _class("KalturaCategory"),
        more('<property name="praise" type="string"/>'),
        A,
        "property added",
        "KalturaCategory.praise",
    ),
    Planted(
        _class("KalturaDataEntry"),
        having(abstract="1"),
        B,
        "class became abstract",
        "KalturaDataEntry",
    ),
    Planted(
        _class("KalturaMixEntry"),
        having(base="KalturaBaseEntry"),
        B,
        "base changed",
        "KalturaMixEntry",
    ),
    Planted(
        "/xml/classes",
        more('<class name="KalturaPraise" base="KalturaObjectBase"/>'),
        A,
        "class added",
        "KalturaPraise",
    ),
    Planted(
        _value("KalturaMediaType", "AUDIO"), gone, B, "enum value removed", "KalturaMediaType.AUDIO"
    ),
    Planted(
        _value("KalturaMediaType", "IMAGE"),
        having(name="PICTURE"),
        C,
        "enum value renamed",
        "KalturaMediaType.IMAGE",
    ),
    Planted(
        _enum("KalturaMediaType"),
        more('<const name="SMELL" value="777"/>'),
        A,
        "enum value added",
        "KalturaMediaType.SMELL",
    ),
    Planted(
        "/xml/errors/error[@code='INVALID_UI_CONF_ID']",
        gone,
        B,
        "error removed",
        "INVALID_UI_CONF_ID",
    ),
    Planted(
        "/xml/errors/error[@code='ENTRY_ID_NOT_FOUND']/parameter",
        having(name="ENTRY"),
        B,
        "error parameter removed",
        "ENTRY_ID_NOT_FOUND",
    ),
    Planted(
        "/xml/errors/error[@code='CATEGORY_NOT_FOUND']",
        having(message="There is no category @ID@"),
        C,
        "error message changed",
        "CATEGORY_NOT_FOUND",
    ),
)


def planted(content: bytes, *changes: Planted) -> bytes:
    """A copy of the schema with the changes."""
    root = etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True))
    for change in changes:
        (element,) = root.xpath(change.path)
        change.edit(element)
    return etree.tostring(root)
