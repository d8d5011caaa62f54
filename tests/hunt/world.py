"""What a mutant may know: the schema, the accounts, its own memory, and a way to ask the server."""

from __future__ import annotations

import copy
import http.client
import json
import threading
import time
from typing import TYPE_CHECKING, Any

from conformance.schema.lineage import Lineage
from conformance.wire.ks import KsError, KsInfo, build_v2, parse
from tests.hunt.message import ERROR, every_object

if TYPE_CHECKING:
    from collections.abc import Mapping
    from random import Random

    from conformance.schema.model import Property, Schema
    from tests.hunt.message import Call


class World:
    """One run's surroundings of a mutant. Its memory is guarded by the proxy's lock."""

    def __init__(self, accounts: Mapping[str, Any], schema: Schema, random: Random) -> None:
        self.accounts = accounts
        self.schema = schema
        self.lineage = Lineage(schema)
        self.random = random
        self.memory: dict[Any, Any] = {}
        self.lock = threading.RLock()
        address = str(accounts["url"]).removeprefix("http://")
        self.host, _, port = address.partition(":")
        self.port = int(port)
        self._local = threading.local()
        self.ended: set[str] = set()
        self._sessions: dict[str, KsInfo | None] = {}

    def apart(self) -> World:
        """The same world with a memory of its own: for one of several faults at work."""
        other = copy.copy(self)
        other.memory = {}
        return other

    @property
    def partner(self) -> int:
        """The account under judgement."""
        return int(self.accounts["partner_id"])

    @property
    def other(self) -> int:
        """The second account."""
        return int(self.accounts["other_partner_id"])

    def ks(self, partner: int | None = None, *, user: str = "", kind: int = 2) -> str:
        """A session made here, of an account (the judged one where none is named)."""
        own = partner in (None, self.partner)
        secret = self.accounts["admin_secret" if own else "other_admin_secret"]
        number = self.partner if own else self.other
        return build_v2(
            partner_id=number,
            secret=secret,
            user_id=user,
            type=kind,
            expires_at=int(time.time()) + 86400,
            privileges="disableentitlement",
        )

    def session(self, ks: str) -> KsInfo | None:
        """What a KS says; None where it is none of these accounts'."""
        if ks not in self._sessions:
            secrets = {
                self.partner: str(self.accounts["admin_secret"]),
                self.other: str(self.accounts["other_admin_secret"]),
            }
            try:
                self._sessions[ks] = parse(ks, secrets) if ks else None
            except KsError:
                self._sessions[ks] = None
        return self._sessions[ks]

    def is_good(self, ks: str) -> bool:
        """Whether a KS is of these accounts, not over, and limited by no privilege of its own.

        A fault that swaps sessions leaves the others alone, else it would be found by them.
        """
        session = self.session(ks)
        if session is None or session.expires_at <= time.time() or ks in self.ended:
            return False
        limits = ("actionslimit", "iprestrict", "urirestrict", "setrole")
        return not session.privileges.startswith(limits)

    def is_user(self, ks: str) -> bool:
        """Whether a KS is a plain user's."""
        session = self.session(ks)
        return session is not None and session.type == 0

    def is_stranger(self, ks: str) -> bool:
        """Whether a KS is of the second account."""
        session = self.session(ks)
        return session is not None and session.partner_id == self.other

    def ask(self, service: str, action: str, params: dict[str, Any], ks: str) -> Any:
        """The value that the server itself answers to a call of the mutant's own."""
        body = json.dumps({**params, "ks": ks, "format": 1}).encode()
        path = f"/api_v3/service/{service}/action/{action}"
        for last in (False, True):
            connection = getattr(self._local, "connection", None)
            if connection is None:
                connection = http.client.HTTPConnection(self.host, self.port, timeout=30)
                self._local.connection = connection
            try:
                connection.request("POST", path, body, {"Content-Type": "application/json"})
                return json.loads(connection.getresponse().read())
            except (OSError, http.client.HTTPException):
                self.hang_up()  # the server may have closed an idle connection
                if last:
                    raise
        raise AssertionError("the loop returns or raises")

    def hang_up(self) -> None:
        """End this thread's own connection."""
        connection = getattr(self._local, "connection", None)
        if connection is not None:
            connection.close()
            self._local.connection = None

    def error(self, code: str, **args: str) -> dict[str, Any]:
        """An error of the API as a value, with the published message where there is one."""
        template = self.schema.errors.get(code)
        text = template.message if template else code
        for name, value in args.items():
            text = text.replace(f"@{name}@", value)
        return {"code": code, "message": text, "objectType": ERROR, "args": args or []}

    def properties(self, found: Mapping[str, Any]) -> Mapping[str, Property]:
        """The properties of an object's class, by name."""
        return self.lineage.properties(str(found.get("objectType", "")))

    def completed(self, value: Any) -> Any:
        """A value as XML holds it: what an object lacks is an empty element, as a server writes it.

        Else a fault that drops a property would be found by its missing element alone.
        """
        for found in every_object(value):
            for name, each in self.properties(found).items():
                if not each.write_only and not name.startswith("multiLingual_"):
                    found.setdefault(name, "")
        return value

    def would_succeed(self, call: Call) -> bool:
        """Whether a call has all that it needs, as far as the schema and a look can tell.

        A fault that swallows calls leaves those alone that are refused anyway.
        """
        if call.spec is None or not self.is_good(call.ks):
            return False
        for param in call.spec.params:
            sent = call.params.get(param.name)
            if sent is None and not param.optional and param.type.kind != "array":
                return False
            if param.type.kind == "object" and sent is not None and not isinstance(sent, dict):
                return False
            if not self._fits(param.type.enum, sent):
                return False
        return self._writable(call) and self._exists(call)

    def _fits(self, enum: str | None, sent: Any) -> bool:
        known = self.schema.enums.get(enum or "")
        if known is None or sent is None:
            return True
        return str(sent) in {constant.value for constant in known.constants}

    def _writable(self, call: Call) -> bool:
        param = call.object_param()
        if param is None:
            return True
        kind = str(call.object.get("objectType") or param.type.name)
        known = self.lineage.properties(kind) or self.lineage.properties(str(param.type.name))
        for name, sent in call.object.items():
            each = known.get(name)
            if each is None:
                continue
            if each.read_only or (each.insert_only and call.action != "add"):
                return False
            size = len(sent.encode("utf-8", "replace")) if isinstance(sent, str) else None
            over = size is not None and each.max_length is not None and size > each.max_length
            under = size is not None and each.min_length is not None and size < each.min_length
            if over or under or not self._fits(each.type.enum, sent):
                return False
            if isinstance(sent, str) and any(ord(c) < 32 and c not in "\t\n\r" for c in sent):
                return False
            value = number(sent)
            low = each.min_value is not None and value is not None and value < each.min_value
            high = each.max_value is not None and value is not None and value > each.max_value
            if low or high:
                return False
        return True

    def _exists(self, call: Call) -> bool:
        offered = self.schema.services[call.service].actions
        if "get" not in offered or not call.id:
            return True
        found = self.ask(call.service, "get", {offered["get"].params[0].name: call.id}, call.ks)
        return isinstance(found, dict) and found.get("objectType") != ERROR

    def texts(self, found: Mapping[str, Any], *, free: bool = True) -> list[str]:
        """The names of an object's text properties (only those that can be written, if `free`)."""
        return [
            name
            for name, each in self.properties(found).items()
            if each.type.kind == "string"
            and each.type.enum is None
            and isinstance(found.get(name), str)
            and found[name]
            and not (free and (each.read_only or each.insert_only))
        ]

    def times(self, found: Mapping[str, Any]) -> list[str]:
        """The names of an object's times."""
        return [
            name
            for name, each in self.properties(found).items()
            if each.type.is_time and number(found.get(name)) is not None
        ]

    def numbers(self, found: Mapping[str, Any]) -> list[str]:
        """The names of an object's plain numbers."""
        return [
            name
            for name, each in self.properties(found).items()
            if each.type.kind in ("int", "bigint", "float")
            and each.type.enum is None
            and not each.type.is_time
            and number(found.get(name)) is not None
        ]


def number(value: Any) -> float | None:
    """A number, or a text that is one; None for everything else."""
    if isinstance(value, bool) or value in (None, ""):
        return None
    if isinstance(value, int | float):
        return value
    if isinstance(value, str):
        try:
            return int(value)
        except ValueError:
            try:
                return float(value)
            except ValueError:
                return None
    return None


def like(value: Any, changed: float) -> Any:
    """A changed number in the form that the value had: text stays text."""
    if isinstance(value, str):
        return str(changed)
    return changed
