"""Somebody else reaches for an object: another account, another user, a visitor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.oracles import access as oracles
from conformance.plugin.check import NotApplicable, check
from conformance.plugin.subjects import target
from conformance.suites.access_subjects import (
    REFERENCES,
    admin_actions,
    answering_actions,
    closed_to_visitors,
    closed_to_visitors_changes,
    guarded_reads,
    made_services,
    made_services_with_clone,
    owned_actions,
    owned_entry_actions,
    referring_services,
    services_of_users_entries,
    upload_tokens,
    users,
)
from conformance.suites.making import draft_of
from conformance.suites.misuse import action_of, asked, before
from conformance.suites.ownership import ATTEMPTS, OFTEN, USERS_ENTRIES, VISITORS_ATTEMPTS
from conformance.suites.trespass import (
    OTHER,
    TRESPASSES,
    Trespass,
    answered_objects,
    is_ours,
    other_account,
)
from conformance.wire.answer import Result

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.oracles.access import IsOurs
    from conformance.plugin.context import Context
    from conformance.plugin.subject import Subject
    from conformance.verdict.breach import Breach
    from conformance.wire.exchange import Exchange

OWN_SESSIONS = frozenset({"admin", "user", "widget"})
SHORTEST_SECRET = 8
"""Anything shorter may stand in an answer by chance."""
REPEATED = 5
"""Attempts where there is but one service to make them on."""
PASSED_OVER = ("INTERNAL_SERVER", "PROPERTY_VALIDATION_", "MISSING_MANDATORY")
"""Errors that come before an object is looked for, or are judged elsewhere."""


def trespass(context: Context, subject: Subject) -> tuple[Trespass, IsOurs]:
    """The run's trespass on the service, or a fresh one; and how to tell our object."""
    seen = TRESPASSES.of(context, subject.name)
    return seen, lambda value: is_ours(context, seen.made, value)


@check(oracles.other_account_gets_nothing, over=made_services, writes=True)
def test_other_account_gets_nothing(context: Context, subject: Subject) -> Iterator[Breach]:
    """Get our object as another account."""
    seen, ours = trespass(context, subject)
    if seen.get is None:
        raise NotApplicable("there is no get, or the profile exempts it")
    yield from oracles.other_account_gets_nothing(
        seen.made.exchange, seen.get, ours, tuple(answered_objects(seen.get))
    )


@check(oracles.other_action_shows_nothing, over=made_services, writes=True)
def test_other_action_shows_nothing(context: Context, subject: Subject) -> Iterator[Breach]:
    """Ask further reading actions for our object as another account."""
    seen, ours = trespass(context, subject)
    if not seen.others:
        raise NotApplicable("no further action reads by the id alone")
    for read in seen.others:
        yield from oracles.other_action_shows_nothing(
            seen.made.exchange, read, ours, tuple(answered_objects(read))
        )


@check(oracles.other_account_lists_nothing, over=made_services, writes=True)
def test_other_account_lists_nothing(context: Context, subject: Subject) -> Iterator[Breach]:
    """List our object by its id as another account."""
    seen, ours = trespass(context, subject)
    if not seen.lists:
        raise NotApplicable("no list can be asked for an id, or the profile exempts it")
    for listed in seen.lists:
        yield from oracles.other_account_lists_nothing(
            seen.made.exchange, listed, ours, tuple(answered_objects(listed))
        )


@check(oracles.other_account_updates_nothing, over=made_services, writes=True)
def test_other_account_updates_nothing(context: Context, subject: Subject) -> Iterator[Breach]:
    """Update our object as another account, and look at it."""
    seen, _ = trespass(context, subject)
    if seen.update is None:
        raise NotApplicable("there is no update, or the profile exempts it")
    yield from oracles.other_account_updates_nothing(
        seen.made.exchange,
        seen.before,
        seen.update,
        seen.after,
        compared(context, seen),
        context.lineage,
    )


@check(oracles.other_account_deletes_nothing, over=made_services, writes=True)
def test_other_account_deletes_nothing(context: Context, subject: Subject) -> Iterator[Breach]:
    """Delete our object as another account, and look for it."""
    seen, _ = trespass(context, subject)
    if seen.delete is None:
        raise NotApplicable("there is no delete, or the profile exempts it")
    codes = context.profile.quirks.not_found_codes(seen.delete.action)
    if "null" in codes and seen.delete.result is not None and seen.after is not None:
        raise NotApplicable("the service answers null for what is not there")
    yield from oracles.other_account_deletes_nothing(
        seen.made.exchange, seen.before, seen.delete, seen.after
    )


@check(oracles.other_account_clones_nothing, over=made_services_with_clone, writes=True)
def test_other_account_clones_nothing(context: Context, subject: Subject) -> Iterator[Breach]:
    """Make a copy of our object as another account."""
    seen, _ = trespass(context, subject)
    if seen.clone is None:
        raise NotApplicable("a clone takes more than an id, or the profile exempts it")
    yield from oracles.other_account_clones_nothing(seen.made.exchange, seen.clone)


@check(oracles.foreign_object_is_unknown, over=made_services, writes=True)
def test_foreign_object_is_unknown(context: Context, subject: Subject) -> Iterator[Breach]:
    """Read the codes that the other account was answered."""
    seen, _ = trespass(context, subject)
    recipe, plugin = context.recipe(subject.name), context.schema.services[subject.name].plugin
    if recipe.grounds == "learned":
        raise NotApplicable("nobody has seen what the service says of an unknown object")
    for attempt in (seen.get, seen.clone, seen.update, seen.delete):
        error = attempt.error if attempt is not None else None
        if attempt is None or error is None or error.code.startswith(PASSED_OVER):
            continue
        action = attempt.call.action
        codes = (
            *recipe.not_found_codes(action),
            *context.profile.quirks.not_found_codes(attempt.action),
        )
        lacking = context.profile.actions.may_be_forbidden(attempt.action)
        yield from oracles.foreign_object_is_unknown(
            seen.made.exchange,
            attempt,
            frozenset(codes),
            may_be_refused=bool(lacking or recipe.gated or plugin),
        )


@check(oracles.other_accounts_object_cannot_be_used, over=referring_services, writes=True)
def test_other_accounts_object_cannot_be_used(
    context: Context, subject: Subject
) -> Iterator[Breach]:
    """Hang something on our object as another account."""
    other_account(context)
    _, maker = REFERENCES[str(subject.service)]
    held = context.make(maker)
    params = draft_of(context, str(subject.service))
    name = str(subject.parameter)
    holder = next((n for n, value in params.items() if isinstance(value, dict)), None)
    if name in params or holder is None:
        params[name] = held.id
    else:
        params[holder] = {**params[holder], name: held.id}
    for _ in range(OFTEN):
        attempt = context.call(str(subject.service), "add", params, session=OTHER)
        yield from oracles.other_accounts_object_cannot_be_used(held.exchange, attempt)
        _take_back(context, attempt)


@check(oracles.session_is_of_one_account, over=guarded_reads)
def test_session_is_of_one_account(context: Context, subject: Subject) -> Iterator[Breach]:
    """Name the other account in `partnerId`."""
    action = action_of(context, subject)
    params, _ = before(context, action)
    exchange = asked(context, action, {**params, "partnerId": other_account(context).partner_id})
    if exchange.error is not None and exchange.error.code.startswith(PASSED_OVER):
        raise NotApplicable(f"another error comes first: {exchange.error.code}")
    plugin = action.plugin or context.schema.services[action.service].plugin
    yield from oracles.session_is_of_one_account(exchange, core=plugin is None)


@check(oracles.user_cannot_act_as_admin, over=admin_actions, writes=True)
def test_user_cannot_act_as_admin(context: Context, subject: Subject) -> Iterator[Breach]:
    """Call as a user what only an admin may call."""
    action = action_of(context, subject)
    params, _ = before(context, action)
    yield from oracles.user_cannot_act_as_admin(asked(context, action, params, session="user"))


@check(oracles.visitor_adds_nothing, over=closed_to_visitors, writes=True)
def test_visitor_adds_nothing(context: Context, subject: Subject) -> Iterator[Breach]:
    """Add with a widget's session."""
    action = action_of(context, subject)
    params, _ = before(context, action)
    for _ in range(OFTEN):
        yield from oracles.visitor_adds_nothing(asked(context, action, params, session="widget"))


@check(oracles.visitor_changes_nothing, over=closed_to_visitors_changes, writes=True)
def test_visitor_changes_nothing(context: Context, subject: Subject) -> Iterator[Breach]:
    """Update or delete an admin's object with a widget's session, and look at it."""
    seen = VISITORS_ATTEMPTS.of(context, subject.name)
    left_alone = context.recipe(seen.made.service).not_compared
    names = [name for name in seen.made.entity if name not in left_alone]
    for attempt in seen.attempts:
        yield from oracles.visitor_changes_nothing(
            seen.made.exchange, attempt, seen.after, names, context.lineage
        )


@check(oracles.user_sees_no_other_user, over=users, writes=True)
def test_user_sees_no_other_user(context: Context, subject: Subject) -> Iterator[Breach]:
    """Get another user as a user."""
    made = context.make(subject.name)
    for _ in range(REPEATED):
        get = context.call(subject.name, "get", made.keys["get"], session="user")
        yield from oracles.user_sees_no_other_user(made.exchange, get)


@check(oracles.upload_token_is_its_users, over=upload_tokens, writes=True)
def test_upload_token_is_its_users(context: Context, subject: Subject) -> Iterator[Breach]:
    """Get and list an admin's upload token as a user."""
    made = context.make(subject.name)
    attempts = [
        context.call(subject.name, "get", made.keys["get"], session="user") for _ in range(REPEATED)
    ]
    if "list" in context.schema.services[subject.name].actions:
        asked_for = {"filter": {"objectType": "KalturaUploadTokenFilter", "idEqual": made.id}}
        attempts.append(context.call(subject.name, "list", asked_for, session="user"))
    for attempt in attempts:
        yield from oracles.upload_token_is_its_users(made.exchange, attempt, made.id)


@check(oracles.user_changes_only_own_objects, over=owned_actions, writes=True)
def test_user_changes_only_own_objects(context: Context, subject: Subject) -> Iterator[Breach]:
    """Update or delete an admin's object as a user."""
    seen = ATTEMPTS.of(context, subject.name)
    left_alone = context.recipe(seen.made.service).not_compared
    names = [name for name in seen.made.entity if name not in left_alone]
    for attempt in seen.attempts:
        yield from oracles.user_changes_only_own_objects(
            seen.made.exchange, attempt, seen.after, names, context.lineage
        )


@check(oracles.refusal_says_whose_it_is_not, over=owned_entry_actions, writes=True)
def test_refusal_says_whose_it_is_not(context: Context, subject: Subject) -> Iterator[Breach]:
    """Read the refusal of such an attempt."""
    seen = ATTEMPTS.of(context, subject.name)
    for attempt in seen.attempts:
        error = attempt.error
        if error is not None and error.code.startswith(PASSED_OVER):
            raise NotApplicable(f"another error comes first: {error.code}")
        yield from oracles.refusal_says_whose_it_is_not(seen.made.exchange, attempt)


@check(oracles.user_may_change_own_objects, over=services_of_users_entries, writes=True)
def test_user_may_change_own_objects(context: Context, subject: Subject) -> Iterator[Breach]:
    """Update and delete a user's own entry; update one that an `edit` privilege names."""
    seen = USERS_ENTRIES.of(context, subject.name)
    for attempt in (seen.update, seen.delete):
        yield from oracles.user_may_change_own_objects(seen.add, attempt)
    if seen.granted is not None and seen.granted_add is not None:
        yield from oracles.user_may_change_own_objects(seen.granted_add, seen.granted)


@check(oracles.grant_is_for_one_object, over=services_of_users_entries, writes=True)
def test_grant_is_for_one_object(context: Context, subject: Subject) -> Iterator[Breach]:
    """Update an admin's entry in a session that may edit another one."""
    for attempt in USERS_ENTRIES.of(context, subject.name).beyond:
        yield from oracles.grant_is_for_one_object(attempt)


@check(oracles.user_gives_nothing_away, over=services_of_users_entries, writes=True)
def test_user_gives_nothing_away(context: Context, subject: Subject) -> Iterator[Breach]:
    """Name another owner, on add and on update of a user's own entry."""
    seen = USERS_ENTRIES.of(context, subject.name)
    for attempt in (seen.add_for_another, *seen.give_away):
        yield from oracles.user_gives_nothing_away(attempt)


@check(oracles.admin_property_is_refused, over=services_of_users_entries, writes=True)
def test_admin_property_is_refused(context: Context, subject: Subject) -> Iterator[Breach]:
    """Set adminTags as a user, on add and on update of a user's own entry."""
    seen = USERS_ENTRIES.of(context, subject.name)
    for attempt in (seen.add_admin_tags, *seen.set_admin_tags):
        yield from oracles.admin_property_is_refused(attempt, "adminTags")


@check(oracles.answers_hold_own_objects, over=answering_actions, last=True)
def test_answers_hold_own_objects(context: Context, subject: Subject) -> Iterator[Breach]:
    """Look at whose objects each account was answered."""
    for exchange in context.seen(subject.name):
        if exchange.session in OWN_SESSIONS:
            partner_id = context.partner_id
        elif exchange.session == OTHER and context.other_account is not None:
            partner_id = context.other_account.partner_id
        else:
            continue
        yield from oracles.answers_hold_own_objects(
            exchange, partner_id, tuple(answered_objects(exchange))
        )


@check(oracles.no_answer_holds_a_secret, over=target, last=True)
def test_no_answer_holds_a_secret(context: Context, subject: Subject) -> Iterator[Breach]:  # noqa: ARG001
    """Look for the accounts' secrets in everything that was answered."""
    seen: dict[int, Exchange] = {}
    for action in context.schema.actions:
        seen.update((exchange.number, exchange) for exchange in context.seen(action.id))
    own, other = _secrets(context)
    for exchange in seen.values():
        # An account's own admin is shown its secrets by the partner service, on purpose.
        by_design = exchange.call.service.lower() == "partner" and exchange.session != "none"
        looked_for = other if by_design else {**own, **other}
        if by_design and exchange.session == OTHER:
            looked_for = own
        yield from oracles.no_answer_holds_a_secret(exchange, looked_for)


def compared(context: Context, seen: Trespass) -> tuple[str, ...]:
    """What was sent on add and must still be there."""
    left_alone = context.recipe(seen.made.service).not_compared
    return tuple(name for name in seen.made.entity if name not in left_alone)


def _secrets(context: Context) -> tuple[dict[str, str], dict[str, str]]:
    """The secrets of the judged account and of the other one, by what they are."""
    own = context.account
    other = context.other_account
    found: list[dict[str, str]] = []
    for whose, account in (("", own), ("other account's ", other)):
        known: dict[str, Any] = {}
        if account is not None:
            known[f"{whose}admin secret"] = account.admin_secret
            known[f"{whose}user secret"] = account.user_secret
        found.append({name: s for name, s in known.items() if s and len(s) >= SHORTEST_SECRET})
    return found[0], found[1]


def _take_back(context: Context, attempt: Exchange) -> None:
    """Remove what the other account should not have been able to make."""
    answer = attempt.answer
    if not isinstance(answer, Result) or not isinstance(answer.value, dict):
        return
    service = context.schema.services[attempt.call.service]
    action, identity = service.actions.get("delete"), answer.value.get("id")
    if action is not None and identity is not None:
        params = {action.params[0].name: identity}
        context.call(service.id, "delete", params, session=OTHER)
