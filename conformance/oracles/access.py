"""Who may see and change what: two accounts, an account's users, and visitors (CONTRACT 4).

A breach names the exchanges of everybody concerned: who made the object, who reached for it, and
what its owner saw after that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.oracles.answers import in_words
from conformance.oracles.claim import oracle
from conformance.oracles.codes import GONE
from conformance.oracles.comparison import changes, shown
from conformance.verdict.breach import Breach
from conformance.wire.answer import ApiError, Result

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from conformance.schema.lineage import Lineage
    from conformance.wire.exchange import Exchange

    IsOurs = Callable[[Any], bool]

OWNERS_ONLY = "INVALID_KS"
MAY_NOT = ("FORBIDDEN", "UNAUTHORIZED", "INVALID_KS", "MISSING_KS")
"""How codes look that tell a caller: not you (CONTRACT section 3.2, S7 to S9)."""
NOT_YOURS = "-4"
"""ERR_CODE where the KS is sound and the object somebody else's (CONTRACT SESS-16)."""
GLOBAL_PARTNERS = 0
"""Account 0 and the negative ones are the installation's own (CONTRACT SESS-15)."""


@oracle("ACCESS-GET-001")
def other_account_gets_nothing(
    add: Exchange, get: Exchange, is_ours: IsOurs, objects: Sequence[tuple[str, Any]]
) -> Iterator[Breach]:
    """No account gets an object of another account."""
    for where, value in objects:
        if is_ours(value):
            yield _breach(where, "the refusal of an unknown object", shown(value),
                          "an object of another account is shown", add, get)  # fmt: skip


@oracle("ACCESS-GET-002")
def other_action_shows_nothing(
    add: Exchange, read: Exchange, is_ours: IsOurs, objects: Sequence[tuple[str, Any]]
) -> Iterator[Breach]:
    """No further action of a service shows an object of another account."""
    for where, value in objects:
        if is_ours(value):
            yield _breach(where, "nothing of another account", shown(value), "", add, read)


@oracle("ACCESS-LIST-001")
def other_account_lists_nothing(
    add: Exchange, listed: Exchange, is_ours: IsOurs, objects: Sequence[tuple[str, Any]]
) -> Iterator[Breach]:
    """No list holds an object of another account, even where its id is asked for."""
    for where, value in objects:
        if is_ours(value):
            yield _breach(where, "no object of another account", shown(value), "", add, listed)


@oracle("ACCESS-UPDATE-001")
def other_account_updates_nothing(
    add: Exchange,
    before: Exchange | None,
    update: Exchange,
    after: Exchange | None,
    names: Collection[str],
    lineage: Lineage,
) -> Iterator[Breach]:
    """No account updates an object of another account."""
    shown_by = [e for e in (add, before, update, after) if e is not None]
    if isinstance(update.answer, Result) and update.answer.value is not None:
        yield _breach("$", "the refusal of an unknown object", in_words(update),
                      "an update of another account's object is accepted", *shown_by)  # fmt: skip
        return
    first, second = _object(before), _object(after)
    if first is None or second is None:
        return
    kept = {name: first[name] for name in names if name in first}
    for change in changes(kept, second, str(first.get("objectType")), lineage):
        yield _breach(change.path, change.expected, change.actual,
                      "another account changed it", *shown_by)  # fmt: skip


@oracle("ACCESS-DELETE-001")
def other_account_deletes_nothing(
    add: Exchange, before: Exchange | None, delete: Exchange, after: Exchange | None
) -> Iterator[Breach]:
    """No account deletes an object of another account."""
    shown_by = [e for e in (add, before, delete, after) if e is not None]
    if isinstance(delete.answer, Result):
        yield _breach("$", "the refusal of an unknown object", in_words(delete),
                      "a delete of another account's object is accepted", *shown_by)  # fmt: skip
    elif isinstance(delete.answer, ApiError) and before is not None and after is None:
        yield _breach("$", "the object", "gone", "another account removed it", *shown_by)


@oracle("ACCESS-CLONE-001")
def other_account_clones_nothing(add: Exchange, clone: Exchange) -> Iterator[Breach]:
    """No account makes a copy of an object of another account."""
    if isinstance(clone.answer, Result) and clone.answer.value is not None:
        yield _breach("$", "the refusal of an unknown object", in_words(clone),
                      "a copy of another account's object is made", add, clone)  # fmt: skip


@oracle("ACCESS-CODE-001")
def foreign_object_is_unknown(
    add: Exchange, attempt: Exchange, codes: Collection[str], *, may_be_refused: bool
) -> Iterator[Breach]:
    """An object of another account is answered like one that does not exist."""
    answer = attempt.answer
    if not isinstance(answer, ApiError):
        return
    if answer.code in codes or GONE.search(answer.code):
        return
    if may_be_refused and _says_not_you(answer.code):
        return
    expected = " or ".join(sorted(codes)) or "a code of an unknown object"
    yield _breach("$.code", expected, answer.code,
                  "the answer must not tell that the object exists", add, attempt)  # fmt: skip


@oracle("ACCESS-REF-001")
def other_accounts_object_cannot_be_used(add: Exchange, attempt: Exchange) -> Iterator[Breach]:
    """Nothing can be hung on an object of another account."""
    if isinstance(attempt.answer, Result) and attempt.answer.value is not None:
        yield _breach("$", "an error", in_words(attempt),
                      "the object belongs to another account", add, attempt)  # fmt: skip


@oracle("ACCESS-PARTNER-001")
def session_is_of_one_account(exchange: Exchange, *, core: bool) -> Iterator[Breach]:
    """A session cannot act as another account by naming it.

    A plugin may be refused in words of its own; to look for the object is wrong for it as well.
    """
    answer = exchange.answer
    if isinstance(answer, ApiError):
        looked = GONE.search(answer.code) is not None and "SERVICE" not in answer.code
        if not looked and (not core or _says_not_you(answer.code)):
            return
    elif not isinstance(answer, Result):
        return
    yield _breach("$", "error SERVICE_FORBIDDEN", in_words(exchange),
                  "partnerId names another account", exchange)  # fmt: skip


@oracle("ACCESS-USER-001")
def user_cannot_act_as_admin(exchange: Exchange) -> Iterator[Breach]:
    """A user's session is refused what only an admin may do."""
    yield from _not_allowed(exchange)


@oracle("ACCESS-USER-002")
def user_sees_no_other_user(add: Exchange, get: Exchange) -> Iterator[Breach]:
    """A user's session cannot read another user."""
    if isinstance(get.answer, Result) and get.answer.value is not None:
        yield _breach("$", "an error", in_words(get), "", add, get)


@oracle("ACCESS-OWNER-001")
def user_changes_only_own_objects(
    add: Exchange, attempt: Exchange, after: Exchange, names: Collection[str], lineage: Lineage
) -> Iterator[Breach]:
    """A user's session neither updates nor deletes what belongs to somebody else."""
    hint = "the object belongs to another user"
    yield from _left_alone(add, attempt, after, names, lineage, hint)


@oracle("ACCESS-OWNER-002")
def refusal_says_whose_it_is_not(add: Exchange, attempt: Exchange) -> Iterator[Breach]:
    """An owner's action is refused to another user with INVALID_KS and the error -4."""
    answer = attempt.answer
    if not isinstance(answer, ApiError):
        return
    told = str(answer.args.get("ERR_CODE", NOT_YOURS))
    if answer.code != OWNERS_ONLY or told != NOT_YOURS:
        yield _breach("$.code", "INVALID_KS with ERR_CODE -4", f"{answer.code} {told}",
                      "", add, attempt)  # fmt: skip


@oracle("ACCESS-OWNER-003")
def user_may_change_own_objects(add: Exchange, attempt: Exchange) -> Iterator[Breach]:
    """A user's session updates and deletes what that user added, or was given to edit."""
    if isinstance(attempt.answer, ApiError):
        yield _breach("$", "a result", in_words(attempt), "the object is the user's", add, attempt)


@oracle("ACCESS-OWNER-005")
def grant_is_for_one_object(attempt: Exchange) -> Iterator[Breach]:
    """A user's session that may edit one object is refused every other one."""
    yield from _not_allowed(attempt)


@oracle("ACCESS-OWNER-004")
def user_gives_nothing_away(attempt: Exchange) -> Iterator[Breach]:
    """A user's session cannot make an entry somebody else's."""
    yield from _not_allowed(attempt)


@oracle("ACCESS-ADMIN-001")
def admin_property_is_refused(attempt: Exchange, name: str) -> Iterator[Breach]:
    """A user's session cannot set what only an admin may set."""
    answer = attempt.answer
    expected = f"PROPERTY_VALIDATION_ADMIN_PROPERTY for {name}"
    if isinstance(answer, Result):
        yield _breach(f"$.{name}", expected, "accepted", "", attempt)
    elif isinstance(answer, ApiError) and answer.code != "PROPERTY_VALIDATION_ADMIN_PROPERTY":
        yield _breach("$.code", expected, answer.code, "", attempt)


@oracle("ACCESS-TOKEN-001")
def upload_token_is_its_users(add: Exchange, attempt: Exchange, identity: Any) -> Iterator[Breach]:
    """A user's session sees no upload token of somebody else."""
    value = _object(attempt)
    found = [value, *(value.get("objects") or ())] if value is not None else []
    if any(isinstance(each, dict) and str(each.get("id")) == str(identity) for each in found):
        yield _breach("$", "no such token", in_words(attempt), "", add, attempt)


@oracle("ACCESS-WIDGET-001")
def visitor_adds_nothing(exchange: Exchange) -> Iterator[Breach]:
    """A widget's session adds neither entries nor what only admins add."""
    yield from _not_allowed(exchange)


@oracle("ACCESS-WIDGET-002")
def visitor_changes_nothing(
    add: Exchange, attempt: Exchange, after: Exchange, names: Collection[str], lineage: Lineage
) -> Iterator[Breach]:
    """A widget's session neither changes nor removes what there is."""
    hint = "anybody who opens a page has such a session"
    yield from _left_alone(add, attempt, after, names, lineage, hint)
    answer = attempt.answer
    if isinstance(answer, ApiError) and not _says_not_you(answer.code):
        yield _breach("$.code", "SERVICE_FORBIDDEN", answer.code, "", add, attempt)


@oracle("ACCESS-FOREIGN-001")
def answers_hold_own_objects(
    exchange: Exchange, partner_id: int, objects: Sequence[tuple[str, Any]]
) -> Iterator[Breach]:
    """Whatever an account is answered belongs to that account, or to the installation."""
    for where, value in objects:
        found = value.get("partnerId") if isinstance(value, dict) else None
        try:
            owner = int(found) if found not in (None, "") else GLOBAL_PARTNERS
        except (TypeError, ValueError):
            continue
        if owner > GLOBAL_PARTNERS and owner != partner_id:
            yield _breach(f"{where}.partnerId", str(partner_id), str(owner),
                          "an object of another account", exchange)  # fmt: skip


@oracle("ACCESS-SECRET-001")
def no_answer_holds_a_secret(exchange: Exchange, secrets: Mapping[str, str]) -> Iterator[Breach]:
    """No answer holds an account's secret or a password.

    `secrets` names each by what it is; what the request itself held is not looked for.
    """
    sent = exchange.request.body + exchange.request.url.encode()
    for name, secret in secrets.items():
        text = secret.encode()
        if text in exchange.response.body and text not in sent:
            yield _breach("$", "no secret", f"the {name}", "anybody who reads logs has it now",
                          exchange)  # fmt: skip


def _left_alone(
    add: Exchange,
    attempt: Exchange,
    after: Exchange,
    names: Collection[str],
    lineage: Lineage,
    hint: str,
) -> Iterator[Breach]:
    """The attempt is refused, and its owner finds the object as it was."""
    if isinstance(attempt.answer, Result):
        yield _breach("$", "a refusal", in_words(attempt), hint, add, attempt, after)
        return
    first, second = _object(add), _object(after)
    if second is None:
        yield _breach("$", "the object", in_words(after), hint, add, attempt, after)
    elif first is not None:
        kept = {name: first[name] for name in names if name in first}
        for change in changes(kept, second, str(second.get("objectType")), lineage):
            yield _breach(change.path, change.expected, change.actual, hint, add, attempt, after)


def _not_allowed(exchange: Exchange) -> Iterator[Breach]:
    answer = exchange.answer
    if isinstance(answer, Result):
        yield _breach("$", "error SERVICE_FORBIDDEN", in_words(exchange), "", exchange)
    elif isinstance(answer, ApiError) and not _says_not_you(answer.code):
        yield _breach("$.code", "SERVICE_FORBIDDEN", answer.code, "", exchange)


def _says_not_you(code: str) -> bool:
    return any(word in code for word in MAY_NOT)


def _object(exchange: Exchange | None) -> Mapping[str, Any] | None:
    if exchange is None or not isinstance(exchange.answer, Result):
        return None
    return exchange.answer.value if isinstance(exchange.answer.value, dict) else None


def _breach(where: str, expected: str, actual: str, hint: str, *shown_by: Exchange) -> Breach:
    return Breach(where, expected, actual, hint, tuple(e.number for e in shown_by))
