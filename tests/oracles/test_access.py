from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from msgspec import structs

from conformance.oracles import access

if TYPE_CHECKING:
    from conformance.schema.lineage import Lineage
    from tests.oracles.conftest import Answered, Refused

THING = {"id": 5, "name": "n", "partnerId": 102, "objectType": "KalturaThing"}
SECRET = "0123456789abcdef"


def ours(value: Any) -> bool:
    """Whether it is the thing of these tests."""
    return bool(value == THING)


@pytest.mark.parametrize(
    "judge",
    [
        access.other_account_gets_nothing,
        access.other_action_shows_nothing,
        access.other_account_lists_nothing,
    ],
)
def test_our_object_in_an_answer_to_another_account_is_told(answered: Answered, judge: Any) -> None:
    """With its place, and with the exchanges of both accounts."""
    add = structs.replace(answered(THING), number=3)
    attempt = structs.replace(answered(THING), number=9)

    assert not list(judge(add, attempt, ours, [("$", {"id": 6})]))
    (breach,) = judge(add, attempt, ours, [("$.objects[0]", THING)])
    assert (breach.where, breach.exchanges) == ("$.objects[0]", (3, 9))


def test_another_account_updates_nothing(
    answered: Answered, refused: Refused, small_lineage: Lineage
) -> None:
    """An accepted update is a breach, and so is a refused one that was carried out."""
    thing, unknown = answered(THING), refused("THING_NOT_FOUND")
    renamed = answered({**THING, "name": "theirs"})

    def judge(update: Any, after: Any) -> list[Any]:
        found = access.other_account_updates_nothing(
            thing, thing, update, after, ["name"], small_lineage
        )
        return list(found)

    assert not judge(unknown, thing)
    assert judge(thing, thing)
    assert [breach.where for breach in judge(unknown, renamed)] == ["$.name"]


def test_another_account_deletes_nothing(answered: Answered, refused: Refused) -> None:
    """Nor does it make the object vanish while it is refused."""
    judge = access.other_account_deletes_nothing
    thing, unknown = answered(THING), refused("THING_NOT_FOUND")

    assert not list(judge(thing, thing, unknown, thing))
    assert list(judge(thing, thing, answered(None), thing))
    assert list(judge(thing, thing, unknown, None))


def test_another_account_clones_nothing(answered: Answered, refused: Refused) -> None:
    """A copy is a breach; a refusal is none, nor is an answer that holds nothing."""
    judge, thing = access.other_account_clones_nothing, answered(THING)

    assert not list(judge(thing, refused("THING_NOT_FOUND")))
    assert not list(judge(thing, answered(None)))
    assert list(judge(thing, answered({**THING, "id": 6})))


def test_a_foreign_object_is_unknown(answered: Answered, refused: Refused) -> None:
    """Only an account that lacks the whole service may be told so."""
    add, forbidden = answered(THING), refused("SERVICE_FORBIDDEN")

    def judge(attempt: Any, *, may_be_refused: bool = False) -> list[Any]:
        codes = frozenset({"ODD_THING"})
        found = access.foreign_object_is_unknown(add, attempt, codes, may_be_refused=may_be_refused)
        return list(found)

    assert not judge(refused("ODD_THING"))
    assert not judge(refused("THING_NOT_FOUND"))
    assert judge(forbidden)
    assert not judge(forbidden, may_be_refused=True)


def test_nothing_hangs_on_another_accounts_object(answered: Answered, refused: Refused) -> None:
    """Any error will do."""
    judge, add = access.other_accounts_object_cannot_be_used, answered(THING)

    assert not list(judge(add, refused("ENTRY_ID_NOT_FOUND")))
    assert list(judge(add, answered(THING)))


def test_a_session_is_of_one_account(answered: Answered, refused: Refused) -> None:
    """To look for the object is wrong; a plugin may refuse in its own words."""
    judge = access.session_is_of_one_account

    assert not list(judge(refused("SERVICE_FORBIDDEN"), core=True))
    assert list(judge(answered({"objects": []}), core=False))
    assert list(judge(refused("ENTRY_ID_NOT_FOUND"), core=False))
    assert list(judge(refused("SOME_WORD"), core=True))
    assert not list(judge(refused("SOME_WORD"), core=False))


@pytest.mark.parametrize(
    "judge",
    [
        access.user_cannot_act_as_admin,
        access.user_gives_nothing_away,
        access.grant_is_for_one_object,
        access.visitor_adds_nothing,
    ],
)
def test_who_may_not_is_told_so(answered: Answered, refused: Refused, judge: Any) -> None:
    """A result is a breach, and so is an error that comes from the action itself."""
    assert not list(judge(refused("SERVICE_FORBIDDEN")))
    assert not list(judge(refused("INVALID_KS")))
    assert list(judge(answered(THING)))
    assert list(judge(refused("PROPERTY_VALIDATION_CANNOT_BE_NULL")))


def test_a_user_sees_no_other_user(answered: Answered, refused: Refused) -> None:
    """Any error will do."""
    judge, add = access.user_sees_no_other_user, answered(THING)

    assert not list(judge(add, refused("CANNOT_RETRIEVE_ANOTHER_USER_USING_NON_ADMIN_SESSION")))
    assert list(judge(add, answered(THING)))


def test_a_user_changes_only_own_objects(
    answered: Answered, refused: Refused, small_lineage: Lineage
) -> None:
    """Accepted, carried out in spite of a refusal, or gone: all three are breaches."""
    add, no = answered(THING), refused("INVALID_KS")
    renamed = answered({**THING, "name": "theirs"})

    def judge(attempt: Any, after: Any) -> list[Any]:
        found = access.user_changes_only_own_objects(add, attempt, after, ["name"], small_lineage)
        return list(found)

    assert not judge(no, add)
    assert judge(add, add)
    assert judge(no, renamed)
    assert judge(no, refused("THING_NOT_FOUND"))


def test_a_visitor_changes_nothing(
    answered: Answered, refused: Refused, small_lineage: Lineage
) -> None:
    """Only a refusal of the caller will do, and only if the object stays as it was."""
    add, no = answered(THING), refused("SERVICE_FORBIDDEN")
    renamed = answered({**THING, "name": "theirs"})

    def judge(attempt: Any, after: Any) -> list[str]:
        found = access.visitor_changes_nothing(add, attempt, after, ["name"], small_lineage)
        return [breach.where for breach in found]

    assert not judge(no, add)
    assert not judge(refused("INVALID_KS"), add)
    assert judge(answered(None), add) == ["$"]
    assert judge(no, renamed) == ["$.name"]
    assert judge(no, refused("THING_NOT_FOUND")) == ["$"]
    assert judge(refused("THING_NOT_FOUND"), add) == ["$.code"]


def test_the_refusal_says_whose_it_is_not(answered: Answered, refused: Refused) -> None:
    """INVALID_KS with -4, and nothing else."""
    judge, add = access.refusal_says_whose_it_is_not, answered(THING)

    assert not list(judge(add, refused("INVALID_KS", ERR_CODE="-4")))
    assert list(judge(add, refused("INVALID_KS", ERR_CODE="-1")))
    assert list(judge(add, refused("THING_NOT_FOUND")))


def test_a_user_may_change_own_objects(answered: Answered, refused: Refused) -> None:
    """A refusal is a breach."""
    judge, add = access.user_may_change_own_objects, answered(THING)

    assert not list(judge(add, answered(THING)))
    assert list(judge(add, refused("INVALID_KS")))


def test_an_admins_property_is_refused(answered: Answered, refused: Refused) -> None:
    """With its own code."""
    judge = access.admin_property_is_refused

    assert not list(judge(refused("PROPERTY_VALIDATION_ADMIN_PROPERTY"), "adminTags"))
    assert list(judge(answered(THING), "adminTags"))
    assert list(judge(refused("INVALID_KS"), "adminTags"))


def test_an_upload_token_is_its_users(answered: Answered, refused: Refused) -> None:
    """Neither shown nor listed."""
    judge, add = access.upload_token_is_its_users, answered(THING)

    assert not list(judge(add, refused("UPLOAD_TOKEN_NOT_FOUND"), 5))
    assert not list(judge(add, answered({"objects": [{"id": 6}]}), 5))
    assert list(judge(add, answered(THING), 5))
    assert list(judge(add, answered({"objects": [THING]}), 5))


@pytest.mark.parametrize(
    ("owner", "breaches"), [(102, 0), ("102", 0), (0, 0), (None, 0), (-1, 0), (103, 1), ("103", 1)]
)
def test_answers_hold_own_objects(answered: Answered, owner: Any, breaches: int) -> None:
    """The account's own, the installation's, and those that do not say."""
    exchange, objects = answered({}), [("$", {"partnerId": owner})]

    assert len(list(access.answers_hold_own_objects(exchange, 102, objects))) == breaches


def test_no_answer_holds_a_secret(answered: Answered) -> None:
    """Unless the request itself brought it; the breach does not repeat it."""
    judge, secrets = access.no_answer_holds_a_secret, {"admin secret": SECRET}
    leaky = answered({"token": SECRET})
    echo = structs.replace(leaky, request=structs.replace(leaky.request, body=SECRET.encode()))

    assert not list(judge(answered(THING), secrets))
    assert not list(judge(echo, secrets))
    (breach,) = judge(leaky, secrets)
    assert SECRET not in repr(breach)
