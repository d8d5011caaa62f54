from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from msgspec import structs

from conformance.provisioning.failure import ProvisioningFailed
from conformance.provisioning.lifecycle import begin, play
from conformance.provisioning.recipe import Recipe, read_recipes
from conformance.provisioning.stage import REST_SECONDS
from conformance.schema.lineage import Lineage
from conformance.schema.views import add_view
from conformance.wire.answer import ApiError, Result

from .targets import EmbeddedTarget, error, exchange, provisioner

if TYPE_CHECKING:
    from conformance.provisioning.lifecycle import Lifecycle
    from conformance.schema.model import Schema
    from conformance.wire.exchange import Exchange
    from conformance.wire.request import Call


def life(schema: Schema, service: str, *, seed: int = 1, target: Any = None) -> Lifecycle:
    """One life on the embedded server."""
    call = target or EmbeddedTarget(schema)
    return play(provisioner(schema, call), call, service, random=Random(seed))


def test_a_life_goes_from_add_to_the_second_delete(embedded_schema: Schema) -> None:
    """Every step of a service with all standard actions is there, and answered as it should be."""
    played = life(embedded_schema, "media")

    updates = [step for update in played.updates for step in (update.exchange, update.get)]
    good = (played.add, played.get, played.get_again, played.listed, *updates,
            played.empty_update, played.get_after_empty_update, played.delete,
            played.bystander_before, played.bystander_after_update,
            played.bystander_after_delete)  # fmt: skip
    bad = (played.get_after_delete, played.update_after_delete, played.second_delete)
    assert all(step is not None and isinstance(step.answer, Result) for step in good)
    assert all(step is not None and isinstance(step.answer, ApiError) for step in bad)
    assert played.complete


def test_what_the_service_does_not_offer_is_none(embedded_schema: Schema) -> None:
    """An upload token cannot be updated."""
    played = life(embedded_schema, "uploadtoken")

    assert played.updates == ()
    assert played.empty_update is None
    assert played.complete


def test_a_step_that_the_account_is_refused_leaves_a_life_incomplete(
    embedded_schema: Schema,
) -> None:
    """A gated service whose delete is forbidden raises nothing, and counts for nothing."""
    server = EmbeddedTarget(embedded_schema)
    gated = {"media": structs.replace(read_recipes()["media"], gated=True)}

    def call(asked: Call, session: str) -> Exchange:
        done = server(asked, session)
        if asked.action != "delete":
            return done
        return structs.replace(done, answer=error("SERVICE_FORBIDDEN", SERVICE="media->delete"))

    ours = provisioner(embedded_schema, call, recipes={**read_recipes(), **gated})
    played = play(ours, call, "media", random=Random(1))

    assert played.delete is None
    assert not played.complete


def test_a_step_waits_while_the_target_is_busy(embedded_schema: Schema) -> None:
    """A locked category tree is asked again, as it would be by any client."""
    server, locked = EmbeddedTarget(embedded_schema), {"update", "delete"}

    def call(asked: Call, session: str) -> Exchange:
        if asked.action in locked:
            locked.remove(asked.action)
            return exchange(0, asked, session, error("CATEGORIES_LOCKED"))
        return server(asked, session)

    played = life(embedded_schema, "category", target=call)

    assert locked == set()
    assert played.complete


def test_the_updates_send_values_that_are_new(embedded_schema: Schema) -> None:
    """An update that changed nothing would prove nothing."""
    for seed in range(30):
        played = life(embedded_schema, "media", seed=seed)

        for update in played.updates:
            assert update.sent
            assert all(played.sent.get(name) != value for name, value in update.sent.items())
            assert not set(played.kept(update)) & set(update.sent)


def test_the_updates_share_out_what_may_be_changed(embedded_schema: Schema) -> None:
    """Each property is changed by one of them and kept by the other."""
    for seed in range(30):
        played = life(embedded_schema, "media", seed=seed)

        first, second = played.updates
        may_change = set(played.recipe.update or ()) & played.sent.keys()
        assert first.sent.keys() | second.sent.keys() == may_change
        assert not first.sent.keys() & second.sent.keys()
        assert first.sent.keys() <= played.kept(second).keys()
        assert second.sent.keys() <= played.kept(first).keys()


def test_a_single_property_is_changed_twice(embedded_schema: Schema) -> None:
    """A server that loses every second update shows it there as well."""
    first, second = life(embedded_schema, "responseprofile").updates

    assert first.sent.keys() == second.sent.keys() == {"name"}
    assert first.sent["name"] != second.sent["name"]


def test_an_update_sends_what_easily_gets_lost(embedded_schema: Schema) -> None:
    """Nothing and less than nothing, where the recipe says that it is kept."""
    lives = (life(embedded_schema, "media", seed=seed) for seed in range(20))
    sent = [update.sent for played in lives for update in played.updates]

    edges = set(read_recipes()["media"].edges["partnerSortValue"])
    assert {values["partnerSortValue"] for values in sent if "partnerSortValue" in values} == edges


def test_a_whole_life_has_all_that_its_recipe_draws(embedded_schema: Schema) -> None:
    """A property that is lost shows in one life, not in one of some."""
    target = EmbeddedTarget(embedded_schema)

    played = begin(
        provisioner(embedded_schema, target), target, "media", random=Random(1), whole=True
    ).finish(rests=False)

    known = {prop.name for prop in add_view(Lineage(embedded_schema), "KalturaMediaEntry")}
    assert known.intersection(played.recipe.properties or ()) <= played.sent.keys()


def test_a_life_that_rests_is_changed_in_another_second(embedded_schema: Schema) -> None:
    """Times tell whole seconds: what moves within one does not show."""
    target = EmbeddedTarget(embedded_schema)
    slept: list[float] = []
    ours = provisioner(embedded_schema, target, pause=slept.append)

    played = begin(ours, target, "media", random=Random(1)).finish(rests=True)

    assert [update.rested for update in played.updates] == [True, False]
    assert len(slept) == 1
    assert 1.0 < slept[0] <= REST_SECONDS


def test_of_a_service_that_nobody_knows_only_the_names_are_held(embedded_schema: Schema) -> None:
    """Whatever else it was given, it may make of it what it likes."""
    target = EmbeddedTarget(embedded_schema)
    recipes = {"data": Recipe(service="data", properties=("name", "tags", "referenceId"))}

    played = begin(
        provisioner(embedded_schema, target, recipes=recipes),
        target,
        "data",
        random=Random(1),
        whole=True,
    ).finish(rests=False)

    assert played.sent.keys() >= {"name", "tags", "referenceId"}
    assert played.must_return.keys() == {"name"}


def test_what_must_come_back_was_sent(embedded_schema: Schema) -> None:
    """Nothing is expected that was not asked for, and nothing that servers normalise."""
    played = life(embedded_schema, "apptoken")

    assert set(played.must_return) <= set(played.sent)
    assert "sessionPrivileges" not in played.must_return


def test_refused_writes_are_tried_only_where_recipes_are_sure(embedded_schema: Schema) -> None:
    """media refuses all three; flavorParams ignores, so it is not asked."""
    sure = life(embedded_schema, "media")
    unsure = life(embedded_schema, "flavorparams")

    attempts = (*sure.read_only_on_add, *sure.read_only_on_update, sure.insert_only_on_update)
    assert [a.exchange.error.code for a in attempts if a and a.exchange.error] == [
        "PROPERTY_VALIDATION_NOT_UPDATABLE"
    ] * 5
    assert unsure.read_only_on_add == ()


def test_every_exchange_of_a_life_is_told_once_and_in_order(embedded_schema: Schema) -> None:
    """The evidence is complete."""
    played = life(embedded_schema, "category")

    numbers = [each.number for each in played.exchanges]
    assert numbers == sorted(set(numbers))
    assert played.add in played.exchanges
    assert played.second_delete in played.exchanges


def test_a_life_leaves_only_the_shared_objects(embedded_schema: Schema) -> None:
    """What the life made it has removed itself; the bystander stays for the next one."""
    target = EmbeddedTarget(embedded_schema)
    ours = provisioner(embedded_schema, target)

    played = play(ours, target, "category", random=Random(1))

    assert played.bystander is not None
    assert [entry.id for entry in ours.ledger.leftovers] == [played.bystander.id]


def test_a_feature_that_the_account_lacks_is_no_step(embedded_schema: Schema) -> None:
    """A gated service that lets us add but not read has a life without that step."""
    target = EmbeddedTarget(embedded_schema)

    def lacking(call: Call, session: str) -> Exchange:
        if call.action == "get":
            return exchange(10_000, call, session, error("SERVICE_FORBIDDEN"))
        return target(call, session)

    recipes = {"media": Recipe(service="media", values={"mediaType": 1}, gated=True)}
    played = play(
        provisioner(embedded_schema, lacking, recipes=recipes),
        lacking,
        "media",
        random=Random(1),
    )

    assert played.get is None
    assert played.delete is not None


def test_without_an_object_there_is_no_life(embedded_schema: Schema) -> None:
    """A refused add is a failure to provision, told as such."""

    def refusing(call: Call, session: str) -> Exchange:
        return exchange(1, call, session, error("SERVICE_FORBIDDEN"))

    with pytest.raises(ProvisioningFailed):
        life(embedded_schema, "media", target=refusing)
