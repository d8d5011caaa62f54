"""The whole server as a function from request to reply; no socket, no event loop."""

from __future__ import annotations

import time
from random import Random
from threading import RLock
from typing import TYPE_CHECKING, Any

from conformance.reference import multirequest
from conformance.reference.behaviour import SOUND
from conformance.reference.call import Call
from conformance.reference.errors import ApiFault, BareFault
from conformance.reference.faults import break_with
from conformance.reference.message import Body, FileAnswer
from conformance.reference.rendering import bare, format_of, not_served, redirect
from conformance.reference.rules import load_rules
from conformance.reference.seeding import plant
from conformance.reference.storage import Storage
from conformance.reference.variations import vary_with
from conformance.reference.world import World
from conformance.schema.lineage import Lineage
from conformance.schema.model import STANDARD_ACTIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from conformance.reference.behaviour import Behaviour
    from conformance.reference.message import HttpReply, HttpRequest
    from conformance.reference.partners import Partner
    from conformance.reference.request import Invocation
    from conformance.schema.model import Action, Schema

_SCRIPTS = ("/api_v3", "/api")
_ENTRIES = ("/service/", "/index.php")
_EMPTY_FEED = b'<rss version="2.0"><channel></channel></rss>'


class Application:
    """An embedded Kaltura server for one schema.

    `faults` are ids of `conformance.reference.faults`, `variations` of
    `conformance.reference.variations`; `database` is a file, or memory.
    `schema_bytes` is what `/api_v3/api_schema.php` serves.
    """

    def __init__(
        self,
        schema: Schema,
        *,
        database: str | Path = ":memory:",
        faults: Iterable[str] = (),
        variations: Iterable[str] = (),
        clock: Callable[[], float] = time.time,
        rng: Random | None = None,
        url: str = "http://127.0.0.1",
        schema_bytes: bytes = b"",
    ) -> None:
        """Build the world and plant what every account is born with."""
        self._lock = RLock()
        self.behaviour: Behaviour = break_with(vary_with(SOUND, variations), faults)
        self.world = World(
            schema,
            lineage=Lineage(schema),
            rules=load_rules(),
            storage=Storage(database),
            clock=clock,
            rng=rng if rng is not None else Random(),  # noqa: S311 - throwaway accounts
            url=url,
            schema_bytes=schema_bytes,
        )
        self.behaviour.prepare(self.world)
        plant(self.world)

    @property
    def accounts(self) -> tuple[Partner, ...]:
        """The accounts, in order of their ids."""
        return tuple(self.world.partners.by_id.values())

    def handle(self, request: HttpRequest) -> HttpReply:
        """The reply to a request; one at a time."""
        turned_away = self.behaviour.turn_away(request)
        if turned_away is not None:
            return turned_away
        path = _script_path(request.path)
        if path is None:
            return not_served()
        if path == "" and not request.path.endswith("/"):
            return redirect(f"{request.path}/")
        if request.method == "OPTIONS":
            return self.behaviour.preflight()
        if path == "/api_schema.php":
            content = self.behaviour.publish_schema(self.world.schema_bytes)
            return self._reply(request, Body(content, "text/xml"))
        if path == "/getFeed.php":
            return self._reply(request, Body(_EMPTY_FEED, "text/xml; charset=utf-8"))
        if path != "/" and not path.startswith(_ENTRIES):
            return not_served()
        with self._lock:
            return self._reply(request, self._answer(request))

    def perform(self, invocation: Invocation) -> Any:
        """The result of one call; a refusal becomes an error object."""
        try:
            return self._call(invocation)
        except ApiFault as fault:
            if fault.header is not None:
                self.world.notes["header"] = fault.header
            return self.behaviour.describe_fault(self.world, fault)

    def _reply(self, request: HttpRequest, body: Body) -> HttpReply:
        """The reply that carries a body."""
        return self.behaviour.reply(self.world, request, body)

    def _answer(self, request: HttpRequest) -> Body:
        """Read, run, serialise."""
        notes = self.world.notes
        notes["started"] = time.perf_counter()
        notes["header"] = None
        invocation = self.behaviour.read_request(request)
        try:
            format_of(invocation)
            if invocation.service.lower() == multirequest.NAME:
                value: Any = multirequest.run(invocation, self.perform)
                value = next((each for each in value if isinstance(each, FileAnswer)), value)
            else:
                value = self.perform(invocation)
            body = self.behaviour.serialise(self.world, invocation, value)
        except BareFault as fault:
            return bare(fault)
        header = notes["header"]
        if header is None:
            return body
        return Body(body.content, body.content_type, (*body.headers, ("X-Kaltura", header)))

    def _call(self, invocation: Invocation) -> Any:
        """The stages of CONTRACT ERR-20, one after the other."""
        world, ways = self.world, self.behaviour
        action = ways.resolve(world, invocation)
        session = ways.authenticate(world, invocation)
        arguments = ways.decode_arguments(world, action, invocation)
        ways.check_session(world, session, invocation)
        ways.check_partner(world, session, action, invocation)
        call = Call(world, ways, action, session, arguments, invocation)
        ways.authorise(call)
        try:
            value = self._answerer(action)(call)
        except ApiFault as fault:
            if action.result.kind != "file":
                raise
            told = self.behaviour.describe_fault(world, fault)
            raise BareFault(str(told.get("code")), str(told.get("message"))) from fault
        return ways.profile(call, value)

    def _answerer(self, action: Action) -> Callable[[Call], Any]:
        """The step that answers an action: a standard one where the service keeps objects."""
        if _is_standard(self.world, action):
            step: Callable[[Call], Any] = getattr(self.behaviour, action.name)
            return step
        return self.behaviour.other


def _is_standard(world: World, action: Action) -> bool:
    """Whether an action is one of the five on objects that its service keeps."""
    key = ("standard", action.id)
    if key not in world.notes:
        world.notes[key] = _works_on_objects(world, action)
    return bool(world.notes[key])


def _works_on_objects(world: World, action: Action) -> bool:
    """Whether name, result and parameters are those of a standard action."""
    from conformance.reference.actions import KNOWN  # noqa: PLC0415 - only needed once an action

    if action.name not in STANDARD_ACTIONS or action.id in KNOWN:
        return False
    room = world.rooms.get(action.service)
    if room is None:
        return False
    result = action.result
    if action.name == "list":
        response = world.decoder.properties(result.name or "")
        return "objects" in response and "totalCount" in response
    if action.name == "add":
        return result.kind == "object"
    if action.name == "delete":
        return bool(action.params)
    is_own = world.lineage.is_a(result.name or "", room.entity)
    takes_filter = any((param.type.name or "").endswith("Filter") for param in action.params[:1])
    return is_own and bool(action.params) and not takes_filter


def _script_path(path: str) -> str | None:
    """What follows `/api_v3` or `/api`, or None outside the API."""
    for script in _SCRIPTS:
        if path == script or path.startswith(f"{script}/"):
            return path.removeprefix(script)
    return None
