"""What travels: a request and an answer as bytes, and the calls and values inside them."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from conformance.schema.model import Action, Param

ERROR = "KalturaAPIException"
MULTIREQUEST = "multirequest"


@dataclass
class FilePart:
    """One file of a multipart body."""

    name: str
    file_name: str
    content_type: str
    content: bytes


@dataclass
class HttpRequest:
    """A request as it came, or as it goes on."""

    method: str
    target: str
    headers: list[tuple[str, str]]
    body: bytes

    def header(self, name: str) -> str:
        """The first header of that name, or nothing."""
        return next((v for k, v in self.headers if k.lower() == name.lower()), "")


@dataclass
class HttpAnswer:
    """An answer as it came, or as it goes on."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes
    delay_seconds: float = 0.0
    is_old: bool = False
    """Sent as HTTP/1.0 does: without a length, up to the end of the connection."""

    def header(self, name: str) -> str:
        """The first header of that name, or nothing."""
        return next((v for k, v in self.headers if k.lower() == name.lower()), "")

    def drop(self, *names: str) -> None:
        """Remove headers."""
        gone = {name.lower() for name in names}
        self.headers = [(k, v) for k, v in self.headers if k.lower() not in gone]

    def set(self, name: str, value: str) -> None:
        """Replace a header."""
        self.drop(name)
        self.headers.append((name, value))


@dataclass
class Call:
    """One call of an action: the whole request, or one member of a multirequest."""

    service: str
    action: str
    params: dict[str, Any]
    outer: dict[str, Any]
    slot: str | None = None
    spec: Action | None = None
    files: list[FilePart] = field(default_factory=list)

    @property
    def ks(self) -> str:
        """The session that the call is made with: its own, else the common one."""
        return str(self.params.get("ks") or self.outer.get("ks") or "")

    @property
    def id(self) -> str:
        """The value of the first plain parameter: what get, update and delete name."""
        param = self.id_param()
        return str(self.params.get(param.name, "")) if param else ""

    @property
    def key(self) -> tuple[str, str]:
        """The service and the object, as memories are keyed."""
        return self.service, self.id

    def id_param(self) -> Param | None:
        """The first parameter that is no object."""
        if self.spec is None:
            return None
        plain = ("object", "array", "file", "map")
        return next((p for p in self.spec.params if p.type.kind not in plain), None)

    def object_param(self) -> Param | None:
        """The parameter with the object that add and update write."""
        if self.spec is None:
            return None
        return next((p for p in self.spec.params if p.type.kind == "object"), None)

    @property
    def object(self) -> dict[str, Any]:
        """The object that is written; empty where there is none. Changes to it are sent."""
        param = self.object_param()
        found = self.params.get(param.name) if param else None
        return found if isinstance(found, dict) else {}

    @property
    def filter(self) -> dict[str, Any]:
        """The filter of a list; empty where there is none. Changes to it are sent."""
        found = self.params.get("filter")
        return found if isinstance(found, dict) else {}

    @property
    def pager(self) -> dict[str, Any]:
        """The pager of a list; empty where there is none. Changes to it are sent."""
        found = self.params.get("pager")
        return found if isinstance(found, dict) else {}

    def become(self, service: str, action: str, params: dict[str, Any]) -> None:
        """Be another call of the same session."""
        if "ks" in self.params:
            params = {"ks": self.params["ks"], **params}
        self.service, self.action, self.params = service, action, params
        self.files = []

    def vanish(self) -> None:
        """Be a call that changes nothing; its answer is to be replaced."""
        self.become("system", "ping", {})

    def frozen(self) -> tuple[Any, ...]:
        """A copy of what may be changed, to see whether it was."""
        files = [(f.name, f.file_name, f.content) for f in self.files]
        return self.service, self.action, copy.deepcopy(self.params), files


def is_error(value: Any, *codes: str) -> bool:
    """Whether a value is an error of the API (with one of the codes, where any are given)."""
    if not (isinstance(value, dict) and value.get("objectType") == ERROR):
        return False
    return not codes or str(value.get("code")) in codes


def is_not_found(value: Any) -> bool:
    """Whether a value is an error that says that an object does not exist."""
    code = str(value.get("code", "")) if is_error(value) else ""
    return bool(code) and (
        "NOT_FOUND" in code
        or "NOT_ASSIGNED" in code
        or "DOES_NOT_EXISTS" in code
        or (code.startswith("INVALID_") and code.endswith(("ID", "TYPE")) and code != "INVALID_KS")
    )


def entities(value: Any) -> list[dict[str, Any]]:
    """The objects of an answer: those of a list, or the one that it is."""
    if isinstance(value, dict) and isinstance(value.get("objects"), list):
        return [each for each in value["objects"] if isinstance(each, dict)]
    if isinstance(value, list):
        return [each for each in value if isinstance(each, dict) and "objectType" in each]
    if isinstance(value, dict) and "objectType" in value and not is_error(value):
        return [value]
    return []


def every_object(value: Any) -> list[dict[str, Any]]:
    """Every object at any depth, errors excepted."""
    found: list[dict[str, Any]] = []
    if isinstance(value, dict) and not is_error(value):
        if "objectType" in value:
            found.append(value)
        for each in value.values():
            found += every_object(each)
    elif isinstance(value, list):
        for each in value:
            found += every_object(each)
    return found
