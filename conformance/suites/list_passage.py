"""An object on its way through a list: it comes, changes and goes. Each has one of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.oracles import list as oracles
from conformance.oracles.list_answer import identities
from conformance.plugin.check import NotApplicable
from conformance.schema.standard import entity_param
from conformance.suites.list_listing import Asking, Listing, asking, listing_of
from conformance.suites.list_population import Member, ask, member_of, until
from conformance.wire.answer import Result

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.plugin.context import Context
    from conformance.plugin.subject import Subject
    from conformance.verdict.breach import Breach
    from conformance.wire.exchange import Exchange

CHANGED = ("name", "description", "text", "tags", "summary", "feedDescription", "label", "title")
"""What is changed: the first of these that the recipe says may be."""


def deleting(context: Context, subject: Subject) -> Iterator[Breach]:
    """Breaches of an object that is listed, deleted, and listed again."""
    listing, member, asked = _listed(context, subject)
    keys = member.made.keys.get("delete")
    recipe = context.recipe(subject.name)
    if keys is None or recipe.after_delete == "kept":
        raise NotApplicable("its objects are not removed for good")
    if context.profile.quirks.why("kept_after_delete", subject.name) and recipe.part_of_need:
        raise NotApplicable("its objects are not removed for good")
    delete = context.call(subject.name, "delete", keys, session=recipe.session)
    if not isinstance(delete.answer, Result):
        raise NotApplicable("the object could not be deleted; another requirement judges that")
    context.provisioner.ledger.removed(member.made.record)
    yield from until(
        context,
        lambda: ask(context, listing, asked),
        lambda listed: oracles.deleted_object_disappears(listed, delete, member.who, listing.names),
        deadline=context.settling.deadline,
    )[1]


def changing(context: Context, subject: Subject) -> Iterator[Breach]:
    """Breaches of an object that is listed, updated, and listed again."""
    listing, member, asked = _listed(context, subject)
    update, changed = _update(context, subject, member)
    if not isinstance(update.answer, Result):
        raise NotApplicable("the object could not be updated; another requirement judges that")
    yield from until(
        context,
        lambda: ask(context, listing, asked),
        lambda listed: oracles.updated_object_is_found_anew(
            listed, update, member.who, changed, listing.names, context.lineage
        ),
        deadline=context.settling.deadline,
    )[1]


def _listed(context: Context, subject: Subject) -> tuple[Listing, Member, Asking]:
    """A fresh object that its list shows; NotApplicable where it does not."""
    listing = listing_of(context.schema, context.lineage, context.recipe(subject.name))
    if listing is None:
        raise NotApplicable("its list cannot be asked for certain objects")
    member = member_of(context, listing, context.make(subject.name))
    asked = asking(context, listing, [member])
    if asked is None:
        raise NotApplicable("its list cannot be asked for certain objects")
    _, missing = until(
        context,
        lambda: ask(context, listing, asked),
        lambda listed: {member.who}.difference(identities(listed, listing.names)),
        deadline=context.settling.deadline,
    )
    if missing:
        raise NotApplicable("its list does not show the object; another requirement judges that")
    return listing, member, asked


def _update(context: Context, subject: Subject, member: Member) -> tuple[Exchange, dict[str, Any]]:
    """An update of one text that comes back as it was sent."""
    recipe, service = context.recipe(subject.name), context.schema.services[subject.name]
    action, keys = service.actions["update"], member.made.keys.get("update")
    holder, kind = entity_param(action), member.made.type
    known = context.lineage.properties(kind or "")
    allowed = ("name", "description") if recipe.update is None else recipe.update
    name = next(
        (n for n in CHANGED if n in known and n in allowed and n in member.made.entity), None
    )
    if keys is None or holder is None or name is None or name in recipe.not_compared:
        raise NotApplicable("nothing of it is known to be changed as it is sent")
    word = context.provisioner.names.unique()
    changed = {name: f"changed {word}" if name != "tags" else f"changed{word}"}
    params = {**keys, holder.name: {"objectType": kind, **changed}}
    if any(not param.optional and param.name not in params for param in action.params):
        raise NotApplicable("its update asks for more than is known")
    return context.call(subject.name, "update", params, session=recipe.session), changed
