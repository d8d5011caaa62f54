"""A small schema, and exchanges about its things with a sound server's headers."""

from __future__ import annotations

from typing import Any

from conformance.oracles.equivalence import View
from conformance.schema.lineage import Lineage
from conformance.schema.model import (
    Action,
    Class,
    Enum,
    Property,
    Schema,
    TypeRef,
)
from conformance.wire.decoding import decode
from conformance.wire.exchange import Exchange, Received, SentRequest
from conformance.wire.request import Call, Form, Format

TEXT, INT, BOOL = TypeRef(kind="string"), TypeRef(kind="int"), TypeRef(kind="bool")
THING = TypeRef(kind="object", name="KalturaThing")
THINGS = TypeRef(kind="array", element="KalturaThing")
SCHEMA = Schema(
    api_version="1",
    sha256="",
    source="",
    services={},
    classes={
        "KalturaBase": Class(
            "KalturaBase", None, abstract=True, properties=(Property("id", TEXT),)
        ),
        "KalturaThing": Class(
            "KalturaThing",
            "KalturaBase",
            abstract=False,
            properties=(
                Property("name", TEXT),
                Property("size", INT),
                Property("on", BOOL),
                Property("parts", THINGS),
                Property("secret", TEXT, write_only=True),
                Property("guarded", TEXT, requires_permissions=("read",)),
            ),
        ),
    },
    enums={"KalturaKind": Enum("KalturaKind", "int", ())},
    errors={},
    plugins={},
)
LINEAGE = Lineage(SCHEMA)
GET = Action("thing", "get", params=(), result=THING)
GONE = Action("thing", "delete", params=(), result=TypeRef(kind="void"))
SERVE = Action("thing", "serve", params=(), result=TypeRef(kind="file"))
VIEW = View(type=THING, schema=SCHEMA, lineage=LINEAGE)
TYPES = {
    Format.JSON: "application/json",
    Format.XML: "text/xml;charset=UTF-8",
    Format.PHP: "text/html; charset=UTF-8",
    Format.JSONP: "application/javascript",
}
SOUND_HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Server, Content-Length, X-Kaltura, X-Kaltura-Session",
    "Cache-Control": "no-store, no-cache, must-revalidate",
    "Expires": "Sun, 19 Nov 2000 08:52:00 GMT",
    "Pragma": "no-cache",
    "X-Kaltura-Session": "73028753, 1795413176",
}
THING_XML = (
    "<xml><result><objectType>KalturaThing</objectType><relatedObjects></relatedObjects>"
    "<id>1</id><name>a</name><size>2</size><on>1</on><parts></parts></result>"
    "<executionTime>0.01</executionTime></xml>"
)
THING_JSON = '{"id":"1","name":"a","size":"2","on":true,"objectType":"KalturaThing"}'
ERROR_JSON = (
    '{"code":"X_NOT_FOUND","message":"X \\"7\\"",'
    '"objectType":"KalturaAPIException","args":{"ID":"7"}}'
)
IN_XML, IN_PHP = Form(format=Format.XML), Form(format=Format.PHP)


def answered(
    body: str | bytes,
    *,
    form: Form | None = None,
    status: int = 200,
    headers: dict[str, str | None] | None = None,
    session: str = "admin",
    params: dict[str, Any] | None = None,
    number: int = 7,
) -> Exchange:
    """An exchange with a sound server's headers, but for those given."""
    form = form or Form()
    content = body.encode() if isinstance(body, str) else body
    sound = {**SOUND_HEADERS, "Content-Type": TYPES.get(form.format, "text/html")}
    kept = {name: value for name, value in (sound | (headers or {})).items() if value is not None}
    received = Received(status, tuple(kept.items()), content)
    return Exchange(
        number=number,
        call=Call("thing", "get", params or {}),
        form=form,
        session=session,
        request=SentRequest(form.method, "", (), b""),
        response=received,
        answer=decode(received, form),
        started_at=0.0,
        elapsed_ms=1.0,
    )


def where(breaches: Any) -> list[str]:
    return [breach.where for breach in breaches]
