"""The seams of the server: each step of a call is a field, so a fault is `Behaviour -> Behaviour`.

`SOUND` is the server as it should be. `dataclasses.replace(behaviour, get=…)` makes another.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from conformance.reference import (
    actions,
    admission,
    entities,
    listing,
    permission,
    profile,
    rendering,
    request,
    session,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.reference.call import Call
    from conformance.reference.errors import ApiFault
    from conformance.reference.message import Body, HttpReply, HttpRequest
    from conformance.reference.request import Invocation
    from conformance.reference.session import Session
    from conformance.reference.storage import Document, Record
    from conformance.reference.world import World
    from conformance.schema.model import Action

    Answer = Callable[[Call], Any]
    Sieve = Callable[[Call, list[Record]], list[Record]]


@dataclass(frozen=True, slots=True)
class Behaviour:
    """One server's ways, step by step in the order of CONTRACT ERR-20.

    `keep` is the document as it is written, `show` the object as a caller sees it; `select`,
    `order` and `page` are the three steps of a list. A result is a plain JSON value, a
    `FileAnswer`, or an error object.

    The last four are no steps of a call: `prepare` may give the world other accounts and objects
    before the first call, `delay` is how long the way takes in seconds, a request for which
    `hang_up` holds loses its connection unanswered, and one that is turned away is never read.
    """

    read_request: Callable[[HttpRequest], Invocation] = request.read_request
    resolve: Callable[[World, Invocation], Action] = admission.resolve
    authenticate: Callable[[World, Invocation], Session] = session.authenticate
    decode_arguments: Callable[[World, Action, Invocation], dict[str, Any]] = (
        admission.decode_arguments
    )
    check_session: Callable[[World, Session, Invocation], None] = session.check_session
    check_partner: Callable[[World, Session, Action, Invocation], None] = session.check_partner
    authorise: Callable[[Call], None] = permission.authorise
    add: Answer = entities.add
    get: Answer = entities.get
    update: Answer = entities.update
    delete: Answer = entities.delete
    list: Answer = listing.list_
    other: Answer = actions.answer
    keep: Callable[[Call, Document], Document] = entities.keep
    show: Callable[[Call, Record, str | None], dict[str, Any]] = entities.show
    select: Sieve = listing.select
    order: Sieve = listing.order
    page: Sieve = listing.page
    profile: Callable[[Call, Any], Any] = profile.project
    describe_fault: Callable[[World, ApiFault], dict[str, Any]] = rendering.describe_fault
    serialise: Callable[[World, Invocation, Any], Body] = rendering.serialise
    reply: Callable[[World, HttpRequest, Body], HttpReply] = rendering.reply
    preflight: Callable[[], HttpReply] = rendering.preflight
    publish_schema: Callable[[bytes], bytes] = rendering.publish_schema
    prepare: Callable[[World], None] = lambda _world: None
    delay: Callable[[HttpRequest], float] = lambda _request: 0.0
    hang_up: Callable[[HttpRequest], bool] = lambda _request: False
    turn_away: Callable[[HttpRequest], HttpReply | None] = lambda _request: None


SOUND = Behaviour()
