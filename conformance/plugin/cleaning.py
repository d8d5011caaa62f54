"""Removes what a run left on its target, by its ledger; the run is over, or was killed."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from conformance.plugin.opening import connect, published, reach, whereabouts
from conformance.provisioning.address import addresses
from conformance.provisioning.learning import UNKNOWN
from conformance.provisioning.ledger import Entry
from conformance.provisioning.recipe import Recipe, learned_recipe, read_recipes
from conformance.schema.lineage import Lineage
from conformance.schema.reader import read_schema
from conformance.wire.answer import ApiError, Result
from conformance.wire.redaction import Redactor
from conformance.wire.request import Call

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from conformance.plugin.settings import Settings
    from conformance.plugin.target import Target
    from conformance.schema.model import Schema, Service
    from conformance.wire.answer import Answer

PAGE_SIZE = 500
MOST_PAGES = 10
"""How far back an object is looked for whose add was never answered."""


class Cleaned(Struct, frozen=True):
    """What became of one entry of the ledger; `told` says how, or why it is still there."""

    entry: Entry
    gone: bool
    told: str


def clean(settings: Settings, entries: Sequence[Entry]) -> Iterator[Cleaned]:
    """Remove what the entries stand for, the newest first; what each came to, as it happens.

    Raises UsageError, TargetUnreachable or LoginRefused before anything is removed.
    """
    with ExitStack() as stack:
        url, accounts = whereabouts(settings, stack)
        target = connect(
            settings, url, accounts, redactor=Redactor(accounts.secrets), observe=lambda _: None
        )
        stack.callback(target.close)
        reach(target)
        target.ks("admin")
        again = []
        for entry in reversed([entry for entry in entries if entry.certain]):
            cleaned = _removed(target, entry)
            if cleaned.gone:
                yield cleaned
            else:
                again.append(entry)
        # What was refused because another object still used it may go now.
        yield from (_removed(target, entry) for entry in again)
        unanswered = [entry for entry in entries if not entry.certain]
        if unanswered:
            source = settings.schema_source
            schema = read_schema(source) if source else published(settings, target.url)
            search = _Search(target, schema)
            yield from (search.removed(entry) for entry in reversed(unanswered))


def _removed(target: Target, entry: Entry) -> Cleaned:
    if entry.delete_params is None:
        return Cleaned(entry, gone=False, told="no action removes it")
    session = _recipe(entry.service).session
    return _deleted(target, entry, entry.delete_params, session)


def _deleted(target: Target, entry: Entry, params: Mapping[str, Any], session: str) -> Cleaned:
    answer = target.send(Call(entry.service, "delete", params), session=session).answer
    if isinstance(answer, Result):
        return Cleaned(entry, gone=True, told="removed")
    if isinstance(answer, ApiError) and UNKNOWN.search(answer.code):
        return Cleaned(entry, gone=True, told="was gone")
    return Cleaned(entry, gone=False, told=_why(answer))


def _why(answer: Answer) -> str:
    if isinstance(answer, ApiError):
        return f"{answer.code}: {answer.message}"
    return type(answer).__name__


def _recipe(service: str) -> Recipe:
    return read_recipes().get(service) or learned_recipe(service)


class _Search:
    """Looks for objects whose add was sent and never answered: they carry the run's marker."""

    def __init__(self, target: Target, schema: Schema) -> None:
        self._target = target
        self._schema = schema
        self._lineage = Lineage(schema)
        self._done: dict[tuple[str, str], tuple[bool, str]] = {}

    def removed(self, entry: Entry) -> Cleaned:
        """Remove every object of the entry's service with its marker, once for all entries."""
        key = (entry.service, entry.marker)
        if key not in self._done:
            self._done[key] = self._remove_marked(entry)
        gone, told = self._done[key]
        return Cleaned(entry, gone=gone, told=told)

    def _remove_marked(self, entry: Entry) -> tuple[bool, str]:
        service = self._schema.services.get(entry.service)
        if service is None or not {"list", "delete"} <= service.actions.keys():
            return False, "its add was not answered, and it cannot be looked for"
        recipe = _recipe(entry.service)
        removed = 0
        try:
            found = list(self._marked(service, recipe, entry.marker))
        except _Unlisted as error:
            return False, f"its add was not answered, and list says {error}"
        for value in found:
            keys = addresses(service, recipe, value=value, sent={}, entity={})
            cleaned = _deleted(self._target, entry, keys.get("delete", {}), recipe.session)
            if not cleaned.gone:
                return False, f"found, but {cleaned.told}"
            removed += 1
        return True, "found and removed" if removed else "is not there"

    def _marked(self, service: Service, recipe: Recipe, marker: str) -> Iterator[dict[str, Any]]:
        """The service's objects with the marker, or its form in tags, in any of their texts."""
        marks = (marker, marker.replace("-", ""))  # the second as `Names` writes tags
        params: dict[str, Any] = {"filter": self._filter(service)}
        for index in range(1, MOST_PAGES + 1):
            params["pager"] = {"pageSize": PAGE_SIZE, "pageIndex": index}
            answer = self._target.send(
                Call(service.id, "list", params), session=recipe.session
            ).answer
            objects = _objects(answer)
            if objects is None:
                raise _Unlisted(_why(answer))
            yield from (each for each in objects if _carries(each, marks))
            if len(objects) < PAGE_SIZE:
                return

    def _filter(self, service: Service) -> dict[str, Any]:
        """The newest first, of every status: lists leave out what is not ready (LIST-17)."""
        wanted: dict[str, Any] = {"orderBy": "-createdAt"}
        for param in service.actions["list"].params:
            known = self._lineage.properties(param.type.name) if param.type.name else {}
            status = known.get("statusIn")
            enum = self._schema.enums.get(status.values_enum or "") if status else None
            if enum is not None:
                wanted["statusIn"] = ",".join(sorted({str(c.value) for c in enum.constants}))
        return wanted


class _Unlisted(Exception):
    """The service's objects cannot be listed; the text says why."""


def _objects(answer: Answer) -> Sequence[Any] | None:
    if not isinstance(answer, Result):
        return None
    value = answer.value
    held = value.get("objects", ()) if isinstance(value, dict) else value
    return held if isinstance(held, list | tuple) else None


def _carries(value: Any, marks: Iterable[str]) -> bool:
    if not isinstance(value, dict):
        return False
    texts = [text for text in value.values() if isinstance(text, str)]
    return any(mark in text for mark in marks for text in texts)
