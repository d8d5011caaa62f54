"""Values that need an object of their own: long texts, arrays, and what was refused."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct, structs

from conformance.oracles import crud, crud_refusals, crud_values
from conformance.oracles.slots import slot
from conformance.plugin.check import NotApplicable, check
from conformance.provisioning.address import addresses
from conformance.provisioning.failure import ProvisioningFailed
from conformance.provisioning.made import Made
from conformance.schema.standard import entity_param
from conformance.suites.batch import member, send
from conformance.suites.crud_subjects import (
    ACCENTED,
    booleans,
    remove_double,
    services_of_described_entries,
    services_that_clear,
    services_that_double,
    services_that_refuse,
    services_that_update,
    services_with_booleans,
)
from conformance.suites.journey import objects_of
from conformance.suites.list_listing import listing_of, of_moderation
from conformance.suites.list_subjects import lists_of_all_entries
from conformance.suites.making import add_by
from conformance.wire.answer import Result
from conformance.wire.request import Encoding, Form, Format

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from conformance.plugin.context import Context
    from conformance.plugin.scope import Scope
    from conformance.plugin.subject import Subject
    from conformance.provisioning.adding import Adding
    from conformance.verdict.breach import Breach
    from conformance.wire.exchange import Exchange

LINES = "first line\n\tsecond line, after a tab \\ and a backslash"
BY_FORM, BY_GET = Form(encoding=Encoding.FORM), Form(method="GET", encoding=Encoding.QUERY)
ODD_TEXTS = (
    ("007", Form(), Form()),
    ("null", BY_FORM, Form(format=Format.XML)),
    ("FALSE", Form(encoding=Encoding.MULTIPART), Form(format=Format.PHP)),
    ("1e3", Form(encoding=Encoding.MULTIPART_JSON), Form()),
    ("%41+%20b", BY_FORM, Form()),
    (f"{ACCENTED} 1+1=2", BY_FORM, Form(format=Format.PHP)),
    (f"{ACCENTED} 2+2=4", BY_GET, Form(format=Format.XML)),
)
"""What programs take for a number, a value of theirs, or a part of an address; how it is sent, and
how it is read: one way to write or to read may be broken in a single service."""
WORDS = 300
"""Of ten bytes each: more than any narrow column holds, less than OBSERVED 23 cuts."""
MARKS = ("referenceId", "systemName", "fileName")
"""Properties that can hold a word of our own and that lists can be asked for."""
READ_ONLY = "partnerId"
"""What recordings show refused, wherever an add refuses at all."""


SPELLINGS = (
    ("true", True), ("0", False), ("True", True), ("FALSE", False), ("1", True), ("false", False),
)  # fmt: skip


IN_A_BATCH = 4
ANY_STATUS = "-2,-1,0,1,2,3,4,5,6,7"
"""Lifts an entry list's own restriction to what is ready (CONTRACT LIST-17)."""


class Replacement(Struct, frozen=True):
    """An array that an object is added with, and the one that takes its place."""

    first: tuple[Any, ...]
    then: tuple[Any, ...]


@cache
def arrays() -> Mapping[str, Mapping[str, Replacement]]:
    """By service and property."""
    text = files("conformance.suites").joinpath("arrays.toml").read_bytes()
    return msgspec.toml.decode(text, type=dict[str, dict[str, Replacement]])


def services_with_arrays(scope: Scope) -> Iterator[Subject]:
    """Services whose objects are known to hold an array of objects."""
    for subject in services_that_update(scope):
        if subject.name in arrays() and scope.schema.services[subject.name].offers("get"):
            yield subject


@check(crud_values.long_text_is_kept, over=services_of_described_entries, writes=True)
def test_long_text_is_kept(context: Context, subject: Subject) -> Iterator[Breach]:
    """Add an entry with a description of several lines and many words, get it in JSON and XML."""
    drawn = (f"{context.random.getrandbits(36):09x}" for _ in range(WORDS))
    sent = {"description": f"{LINES}\n{' '.join(drawn)}"}
    made = context.make(subject.name, properties=sent)
    try:
        if "get" not in made.keys or "description" not in made.entity:
            raise NotApplicable("nothing tells how to get the entry")
        for form in (Form(), Form(format=Format.XML)):
            read = context.call(subject.name, "get", made.keys["get"], form=form)
            yield from crud_values.long_text_is_kept(sent, read, made.type or "", context.lineage)
    finally:
        context.discard(made)


@check(crud_values.odd_text_is_kept, over=services_that_clear, writes=True)
def test_odd_text_is_kept(context: Context, subject: Subject) -> Iterator[Breach]:
    """Update the description to one such text after the other, and get it, in all encodings."""
    made = context.make(subject.name, properties={"description": "about it"})
    try:
        holder = entity_param(context.schema.services[subject.name].actions["update"])
        if holder is None or not {"update", "get"} <= made.keys.keys():
            raise NotApplicable("nothing tells how to change the object")
        if "description" not in made.entity:
            raise NotApplicable("the object has no description")
        for text, written, shown in ODD_TEXTS:
            sent = {"description": text}
            params = {**made.keys["update"], holder.name: {"objectType": made.type, **sent}}
            update = context.call(subject.name, "update", params, form=written)
            get = context.call(subject.name, "get", made.keys["get"], form=shown)
            yield from crud_values.odd_text_is_kept(sent, update, get)
    finally:
        context.discard(made)


@check(crud_values.array_is_kept, over=services_with_arrays, writes=True)
def test_array_is_kept(context: Context, subject: Subject) -> Iterator[Breach]:
    """Add an object with an array of several items and classes, and get it; rename and list it."""
    for name, replacement in arrays()[subject.name].items():
        sent = {name: list(replacement.first)}
        made = context.make(subject.name, properties=sent)
        try:
            if name not in made.entity or "get" not in made.keys:
                raise NotApplicable(f"the server would not take {name}")
            for answer in (
                made.exchange,
                context.call(subject.name, "get", made.keys["get"]),
                *_renamed(context, made),
                *_listed(context, made),
            ):
                yield from crud_values.array_is_kept(sent, answer, made.type or "", context.lineage)
        finally:
            context.discard(made)


def _renamed(context: Context, made: Made) -> Iterator[Exchange]:
    """The object after an update of its name alone, where it has one (CONTRACT CRUD-05)."""
    holder = entity_param(context.schema.services[made.service].actions["update"])
    name = made.entity.get("name")
    if holder is None or "update" not in made.keys or not isinstance(name, str):
        return
    entity = {"objectType": made.type, "name": f"{name} again"}
    update = context.call(made.service, "update", {**made.keys["update"], holder.name: entity})
    if update.result is not None:
        yield context.call(made.service, "get", made.keys["get"])


def _listed(context: Context, made: Made) -> Iterator[Exchange]:
    """The object as a list of its id shows it: an answer with it alone."""
    listing = listing_of(context.schema, context.lineage, context.recipe(made.service))
    if listing is None or "idEqual" not in context.lineage.properties(listing.filter_class or ""):
        return
    asked = {"objectType": listing.filter_class, "idEqual": made.id}
    exchange = context.call(made.service, "list", {str(listing.filter_param): asked})
    value = exchange.result.value if exchange.result is not None else None
    for found in objects_of(value):
        if str(found.get("id")) == str(made.id):
            yield structs.replace(exchange, answer=Result(found))


@check(crud_values.array_is_replaced, over=services_with_arrays, writes=True)
def test_array_is_replaced(context: Context, subject: Subject) -> Iterator[Breach]:
    """Add an object with an array, update it with another one and with none, and get the object."""
    for name, replacement in arrays()[subject.name].items():
        made = context.make(subject.name, properties={name: list(replacement.first)})
        try:
            holder = entity_param(context.schema.services[subject.name].actions["update"])
            if holder is None or not {"update", "get"} <= made.keys.keys():
                raise NotApplicable("nothing tells how to change the object")
            if name not in made.entity:
                raise NotApplicable(f"the server would not take {name}")
            for items in (replacement.then, ()):
                then = {name: list(items)}
                entity = {"objectType": made.type, **then}
                update = context.call(
                    subject.name, "update", {**made.keys["update"], holder.name: entity}
                )
                get = context.call(subject.name, "get", made.keys["get"])
                yield from crud_values.array_is_replaced(
                    then, update, get, made.type or "", context.lineage
                )
        finally:
            context.discard(made)


@check(crud.equal_adds_make_two, over=services_that_double, writes=True)
def test_equal_adds_make_two(context: Context, subject: Subject) -> Iterator[Breach]:
    """Add an object, and at once the same again."""
    made, recipe = context.make(subject.name), context.recipe(subject.name)
    try:
        _id, second = add_by(context, recipe.session, subject.name, made.sent)
        yield from crud.equal_adds_make_two(made.exchange, second, recipe.id)
        remove_double(context, made, second)
    finally:
        context.discard(made)


@check(crud.add_makes_one, over=lists_of_all_entries, writes=True)
def test_add_makes_one(context: Context, subject: Subject) -> Iterator[Breach]:
    """Add entries of one name, alone and in a batch, and list what has that name."""
    listing = listing_of(context.schema, context.lineage, context.recipe(subject.name))
    asked = context.lineage.properties(listing.filter_class or "") if listing else {}
    selects = context.profile.quirks.selects(f"{subject.name}.list", "nameEqual")
    if listing is None or not {"nameEqual", "statusIn"} <= asked.keys() or not selects:
        raise NotApplicable("its list cannot be asked for a name")
    name = f"kc{context.random.getrandbits(48):012x}"
    made = [context.make(subject.name, properties={"name": name})]
    ids = {str(made[0].id)}
    batched = _batched(context, subject.name, name, IN_A_BATCH)
    try:
        ids |= {str(each.id) for each in batched}
        wanted = {"objectType": listing.filter_class, "nameEqual": name, "statusIn": ANY_STATUS}
        wanted |= of_moderation(each.value for each in (*made, *batched))
        listed = context.call(subject.name, "list", {str(listing.filter_param): wanted})
        yield from crud.add_makes_one(listed, name, ids)
    finally:
        for each in (*made, *batched):
            context.discard(each)


def _batched(context: Context, service: str, name: str, count: int) -> list[Made]:
    """So many entries of that name, added in one batch, with the ledger kept."""
    adding = context.provisioner.adding(service, random=context.random, properties={"name": name})
    draft, ledger = adding.draft, context.provisioner.ledger
    marker, recipe = context.provisioner.names.marker, context.recipe(service)
    numbers = [ledger.intent(service, "add", marker=marker) for _ in range(count)]
    batch = send(context, [member(service, "add", **draft.sent)] * count, session=recipe.session)
    made = []
    for position, number in enumerate(numbers, 1):
        one = slot(batch, position)
        value = one.result.value if one.result is not None else None
        if not isinstance(value, dict):
            ledger.refused(number)
            continue
        keys = addresses(context.schema.services[service], recipe, value=value, sent={}, entity={})
        ledger.created(number, id=value.get("id"), delete_params=keys.get("delete"))
        made.append(
            Made(
                service=service,
                id=value.get("id"),
                type=draft.type,
                value=value,
                sent=draft.sent,
                entity=draft.entity,
                keys=keys,
                exchange=one,
                record=number,
            )
        )
    return made


@check(crud_values.text_is_true_or_false, over=services_with_booleans, writes=True)
def test_text_is_true_or_false(context: Context, subject: Subject) -> Iterator[Breach]:
    """Update booleans with texts, by turns one that is true and one that is false."""
    name = booleans(context, subject.name)[0]
    holder = entity_param(context.schema.services[subject.name].actions["update"])
    made = context.make(subject.name)
    try:
        if holder is None or not {"update", "get"} <= made.keys.keys():
            raise NotApplicable("nothing tells how to change the object")
        for text, expected in SPELLINGS:
            entity = {"objectType": made.type, name: text}
            params = {**made.keys["update"], holder.name: entity}
            update = context.call(subject.name, "update", params)
            get = context.call(subject.name, "get", made.keys["get"])
            yield from crud_values.text_is_true_or_false(update, get, name, expected=expected)
    finally:
        context.discard(made)


@check(crud_refusals.refused_add_stores_nothing, over=services_that_refuse, writes=True)
def test_refused_add_stores_nothing(context: Context, subject: Subject) -> Iterator[Breach]:
    """Add what has to be refused, under a mark of its own, and list what has that mark."""
    yield from _doubled(context, subject)
    recipe = context.recipe(subject.name)
    if recipe.grounds == "recorded" and recipe.read_only_on_add == "refused":
        yield from _read_only(context, subject)


def _doubled(context: Context, subject: Subject) -> Iterator[Breach]:
    """The same key twice; one object with it is right."""
    recipe = context.recipe(subject.name)
    values = {key: f"kc{context.random.getrandbits(40):x}" for key in recipe.natural_keys}
    asked = [key for key in values if key != recipe.id and _filter(context, subject, key)]
    if not recipe.duplicate or not asked:
        return
    made = context.make(subject.name, properties=values)
    try:
        if any(made.entity.get(key) != value for key, value in values.items()):
            return
        second = context.call(subject.name, "add", made.sent, session=recipe.session)
        remove_double(context, made, second)
        listed = _list(context, subject, made.entity, asked[0], values[asked[0]])
        yield from crud_refusals.refused_add_stores_nothing(
            second, listed, asked[0], values[asked[0]], {str(made.id)}
        )
    finally:
        context.discard(made)


def _read_only(context: Context, subject: Subject) -> Iterator[Breach]:
    """A property that only the server sets."""
    marks = [name for name in MARKS if _filter(context, subject, name)]
    adding = _drafted(context, subject)
    known = context.lineage.properties(adding.draft.type or "")
    mark = next((name for name in marks if name in known), None)
    if mark is None or READ_ONLY not in known or not known[READ_ONLY].read_only:
        return
    word = f"kc{context.random.getrandbits(40):x}"
    entity = {**adding.draft.entity, mark: word, READ_ONLY: context.partner_id + 1}
    accepted, add = adding.send(structs.replace(adding.draft, entity=entity))
    context.exchanges.append(add)
    if accepted is not None:
        context.discard(accepted)
        return
    listed = _list(context, subject, adding.draft.entity, mark, word)
    yield from crud_refusals.refused_add_stores_nothing(add, listed, mark, word, ())


def _drafted(context: Context, subject: Subject) -> Adding:
    try:
        return context.provisioner.adding(subject.name, random=context.random)
    except ProvisioningFailed as failure:
        context.exchanges.extend(failure.exchanges)
        raise NotApplicable(str(failure)) from failure


def _filter(context: Context, subject: Subject, name: str) -> tuple[str, str] | None:
    """The list's filter parameter and its class, where it can be asked for the property."""
    for param in context.schema.services[subject.name].actions["list"].params:
        kind = param.type.name or ""
        if f"{name}Equal" in context.lineage.properties(kind):
            return param.name, kind
    return None


def _list(
    context: Context, subject: Subject, entity: Mapping[str, Any], name: str, value: Any
) -> Exchange:
    """The list of what has that value; `entity` holds what the list asks for besides."""
    found = _filter(context, subject, name)
    if found is None:
        raise NotApplicable(f"no list can be asked for a {name}")
    more = {n: entity.get(other) for n, other in context.recipe(subject.name).list_filter.items()}
    asked = {"objectType": found[1], f"{name}Equal": value, **more}
    return context.call(
        subject.name, "list", {found[0]: asked}, session=context.recipe(subject.name).session
    )
