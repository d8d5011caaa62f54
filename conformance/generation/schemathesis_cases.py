"""Requests drawn by schemathesis out of the exported OpenAPI document: the second, other generator.

It is an optional extra with an exact pin, for its behaviour changes from week to week and its
phases are not all public. Only its generation is used: we send, judge and record the requests.
Hostile values of ours come in by its extension points: string formats, and a hook over its cases.
"""

from __future__ import annotations

import json
import warnings
from importlib import import_module
from importlib.util import find_spec
from itertools import islice
from random import Random
from threading import Lock
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded
from hypothesis import strategies as st

from conformance.generation import drawable, hostile_strategies
from conformance.generation.drawable import JSON, MULTIPART
from conformance.generation.drawn import DrawnRequest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from conformance.generation.drawn import Aim
    from conformance.generation.hostile import HostileBody
    from conformance.schema.model import Action, Schema

EXTRA = "schemathesis"
COVERED = 60
"""Cases of the coverage phase that are looked at; the chosen ones come from all of these. Other
methods and content types come last, and so only where objects are bare of properties."""
SPARE = 2
"""Draws beyond those that are wanted: the first of a strategy is always its simplest."""
METHODS = frozenset({"POST", "GET", "PUT", "DELETE", "PATCH"})
"""Any method works (OBSERVED 5), but OPTIONS answers no document, and what others are (TRACE,
QUERY) a web server in front may refuse as not implemented, with a status above 500."""
_LOCK = Lock()
"""One thread draws at a time: the work is all computation, and caches are shared."""

FORMATS = {
    drawable.ODD_TEXT: hostile_strategies.odd_texts,
    drawable.HUMAN_TEXT: hostile_strategies.human_texts,
    drawable.LONG_TEXT: hostile_strategies.long_texts,
    drawable.BIG_TEXT: hostile_strategies.big_texts,
    drawable.BROKEN_LINE: hostile_strategies.broken_lines,
}


def is_installed() -> bool:
    """Whether the extra is there."""
    return find_spec(EXTRA) is not None


def drawn_requests(
    schema: Schema, actions: Sequence[Action], *, seed: int, most: int
) -> tuple[DrawnRequest, ...]:
    """Up to `most` requests to the actions of a service, within and against the document.

    Every phase draws for one of the actions, as the seed chooses: over the services of a schema all
    phases meet all actions, and strategies are made for those alone. The same seed gives the same
    requests. Those whose body may be unreadable come last.
    """
    choice = Random(f"{seed}:requests")  # noqa: S311 - inputs, not secrets
    gets = [action for action in actions if action.name == "get"]
    others = [action for action in actions if action.name != "get"]
    with _LOCK, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        document = drawable.drawable(schema, actions, choice=choice)
        plain, hostile = _loaded(document), _loaded(document)
        bare = _loaded(drawable.drawable(schema, actions, only=()))
        hostile.hook("flatmap_case")(_with_unreadable_body)

        def one(loaded: Any, found: Sequence[Action]) -> Any:
            return _operation(loaded, choice.choice(found or actions))

        def share(twelfths: int) -> int:
            return max(1, round(most * twelfths / 12))

        lots = (
            _fuzzing(one(plain, gets), share(3), choice, positive=True),
            _fuzzing(one(hostile, actions), share(2), choice, positive=True),
            _fuzzing(one(plain, others), share(3), choice, positive=True),
            _coverage(one(choice.choice((plain, bare)), actions), share(2), choice),
            _fuzzing(one(plain, actions), share(2), choice, positive=False),
            _examples(one(plain, actions), 1, choice),
        )
    chosen = tuple(islice(_by_turns(*lots), most))
    return tuple(sorted(chosen, key=lambda drawn: drawn.aim == "body"))


def drawn_texts(
    schema: Schema, action: Action, *, seed: int, most: int, only: Sequence[str]
) -> tuple[DrawnRequest, ...]:
    """Calls of an add that set free texts, for others to take the texts from."""
    with _LOCK, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        document = drawable.drawable(schema, (action,), only=only, texts=drawable.HUMAN_TEXT)
        operation = _operation(_loaded(document), action)
        return tuple(_fuzzing(operation, most, _choice(seed, action), positive=True))


def drawn_queries(
    schema: Schema, action: Action, *, seed: int, most: int, query: Mapping[str, str]
) -> tuple[DrawnRequest, ...]:
    """Calls of an action with texts of some formats in the URL."""
    with _LOCK, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        document = drawable.drawable(schema, (action,), query=query)
        operation = _operation(_loaded(document), action)
        return tuple(_fuzzing(operation, most, _choice(seed, action), positive=True))


def drawn_bodies(
    schema: Schema, action: Action, *, seed: int, most: int
) -> tuple[DrawnRequest, ...]:
    """Calls of an action whose key is a text of up to megabytes."""
    with _LOCK, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        document = drawable.drawable(schema, (action,), key=drawable.BIG_TEXT)
        operation = _operation(_loaded(document), action)
        return tuple(_fuzzing(operation, most, _choice(seed, action), positive=True))


def drawn_uploads(
    schema: Schema, action: Action, *, seed: int, most: int
) -> tuple[DrawnRequest, ...]:
    """Multipart bodies for an action that takes a file; most of them break off somewhere."""
    with _LOCK, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        loaded = _loaded(drawable.drawable(schema, (action,)))
        loaded.hook("flatmap_case")(_cut)
        operation = _operation(loaded, action)
        choice = _choice(seed, action)
        half = -(-most // 2)
        whole, broken = (
            _fuzzing(operation, half, choice, positive=positive) for positive in (True, False)
        )
        return tuple(islice(_by_turns(whole, broken), most))


def _choice(seed: int, action: Action) -> Random:
    return Random(f"{seed}:{action.id}")  # noqa: S311 - inputs, not secrets


def _loaded(document: dict[str, Any]) -> Any:
    schemathesis: Any = import_module(EXTRA)
    for name, strategy in FORMATS.items():
        schemathesis.openapi.format(name, strategy())
    return schemathesis.openapi.from_dict(document)


def _operation(loaded: Any, action: Action) -> Any:
    return loaded[f"/service/{action.service}/action/{action.name}"]["POST"]


def _with_unreadable_body(context: Any, case: Any) -> st.SearchStrategy[Any]:
    """A hook: the drawn case with a body that cannot be read in the place of its own."""
    body = case.body if isinstance(case.body, dict) else {}
    parameter = next(iter(body), "id")

    def replaced(hostile: HostileBody) -> Any:
        case.body = hostile.content
        case.media_type = JSON
        case.headers.update(hostile.headers)
        case.headers["Content-Type"] = hostile.content_type or ""
        case.headers[LABEL] = hostile.label
        return case

    del context  # the shape of the hook
    return hostile_strategies.unreadable_bodies(parameter, _json(body)).map(replaced)


def _cut(context: Any, case: Any) -> st.SearchStrategy[Any]:
    """A hook: the drawn case with the place where its body breaks off."""

    def cut(thousandths: int) -> Any:
        case.headers[CUT] = str(thousandths)
        return case

    del context  # the shape of the hook
    return hostile_strategies.cuts().map(cut)


LABEL, CUT = "X-Conformance-Label", "X-Conformance-Cut"
"""Headers in which our hooks tell us what they did; they are never sent."""


def _examples(operation: Any, most: int, choice: Random) -> list[DrawnRequest]:
    return [
        drawn
        for strategy in islice(operation.get_strategies_from_examples(), most)
        for case in _of(strategy, 1, choice)
        for drawn in _as_drawn(case, "examples")
    ]


def _coverage(operation: Any, most: int, choice: Random) -> list[DrawnRequest]:
    """Some of the cases of the coverage phase, those that fit and those that do not by turns."""
    modes: Any = import_module(f"{EXTRA}.generation").GenerationMode
    found = operation.schema.iter_coverage_cases(
        operation,
        generation_modes=[modes.POSITIVE, modes.NEGATIVE],
        generation_config=operation.schema.config.generation_for(
            operation=operation, phase="coverage"
        ),
    )
    covered = [d for case in islice(found, COVERED) for d in _as_drawn(case, "coverage")]
    choice.shuffle(covered)
    other = [d for d in covered if d.method != "POST" or d.content_type != JSON]
    usual = [d for d in covered if d.method == "POST" and d.content_type == JSON]
    by_aim = ([d for d in usual if d.aim == aim] for aim in ("body", "kind", "call"))
    return list(islice(_by_turns(other, *by_aim), most))


def _fuzzing(operation: Any, most: int, choice: Random, *, positive: bool) -> list[DrawnRequest]:
    """So many of the fuzzing phase."""
    modes: Any = import_module(f"{EXTRA}.generation").GenerationMode
    mode = modes.POSITIVE if positive else modes.NEGATIVE
    cases = _of(operation.as_strategy(generation_mode=mode), most + SPARE, choice)[1:]
    drawn = [each for case in cases for each in _as_drawn(case, "fuzzing")]
    return choice.sample(drawn, min(most, len(drawn)))


def _of(strategy: Any, most: int, choice: Random) -> list[Any]:
    """So many draws of a strategy."""
    drawn: list[Any] = []

    @seeded(choice.getrandbits(64))
    @settings(
        max_examples=most,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def keep(case: Any) -> None:
        drawn.append(case)

    keep()
    return drawn


def _by_turns(*sources: Sequence[DrawnRequest]) -> Iterator[DrawnRequest]:
    waiting = [iter(source) for source in sources]
    while waiting:
        for source in list(waiting):
            try:
                yield next(source)
            except StopIteration:
                waiting.remove(source)


def _as_drawn(case: Any, phase: str) -> Iterator[DrawnRequest]:
    """The case as a request of ours; none where nothing can be said of what is owed to it."""
    headers = {str(name): str(value) for name, value in case.headers.items()}
    label, cut = headers.pop(LABEL, ""), int(headers.pop(CUT, "1000"))
    typed = [name for name in headers if name.casefold() == "content-type"]
    content_type = headers.pop(typed[0]) if typed else case.media_type
    absent = import_module(f"{EXTRA}.core").NOT_SET
    body = b"" if case.body is absent else case.body
    if case.method not in METHODS or (content_type == MULTIPART and case.media_type == JSON):
        # A multipart body without a boundary is a warning of PHP's own, before any code of the API.
        return
    negative = case.meta is not None and case.meta.generation.mode.is_negative
    common: dict[str, Any] = {
        "phase": phase,
        "action": str(case.operation.definition.raw["operationId"]),
        "method": str(case.method),
        "query": tuple(_pairs(case.query)),
        "headers": tuple(headers.items()),
        "content_type": content_type or None,
        "label": label,
    }
    if case.media_type == MULTIPART:
        yield from _as_upload(common, body, cut, negative=negative)
        return
    if case.method == "POST" and content_type == JSON and isinstance(body, dict):
        aim: Aim = "kind" if negative else "call"
        yield DrawnRequest(**common, aim=aim, params=_plain(body))
    else:
        content = body if isinstance(body, bytes) else _json(body)
        yield DrawnRequest(**common, aim="body", content=content)


def _as_upload(
    common: dict[str, Any], body: Any, cut: int, *, negative: bool
) -> Iterator[DrawnRequest]:
    """Of a body that is no set of parts the bytes, else the parameters and the file."""
    aim: Aim = "kind" if negative else "call"
    if not isinstance(body, dict):
        content = body if isinstance(body, bytes) else _json(body)
        bounded = {**common, "content_type": f"{MULTIPART}; boundary=conformance"}
        yield DrawnRequest(**bounded, aim="body", content=content, cut=cut)
        return
    members = body.get("json")
    file = next(((name, value) for name, value in body.items() if name != "json"), None)
    yield DrawnRequest(
        **common,
        aim=aim,
        params=_plain(members) if isinstance(members, dict) else {},
        file_part=file[0] if file else "fileData",
        file=_bytes(file[1]) if file else b"",
        cut=cut,
    )


def _pairs(query: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in query.items():
        if isinstance(value, list):
            yield from ((f"{name}[]", _text(item)) for item in value)
        else:
            yield str(name), _text(value)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else _json(value).decode()


def _json(value: Any) -> bytes:
    return json.dumps(value, default=_telling).encode()


def _plain(value: dict[str, Any]) -> dict[str, Any]:
    """The value as JSON holds it, for schemathesis has types of its own."""
    plain: dict[str, Any] = json.loads(json.dumps(value, default=_telling))
    return plain


def _telling(value: Any) -> str:
    return repr(value)


def _bytes(value: Any) -> bytes:
    data = getattr(value, "data", value)
    if isinstance(data, str):
        return data.encode("utf-8", "surrogatepass")
    return data if isinstance(data, bytes) else _json(data)
