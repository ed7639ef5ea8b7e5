"""Seals: equal for the same change in the same situation, different for anything else that matters."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from planner.world import ALL, TODAY, World, a, contact, desired, fields, mailbox, tombstones
from reconciler.model.address import Address
from reconciler.model.fields import Value
from reconciler.model.plan import Options, Plan
from reconciler.planner.plan import build_plan

State = dict[Address, Value]
ZONE: State = {"zone/example.org": fields(), "record/example.org/www/A": a()}
NEXT: State = {**ZONE, "record/example.org/www/A": a("192.0.2.2")}
WWW = "record/example.org/www/A"


def seal(plan: Plan, address: Address = WWW) -> str:
    return next(change.seal for change in plan.changes if change.address == address)


def owning() -> World:
    return World().own(ZONE)


def changed_before(world: World) -> Plan:
    world.account.hold(WWW, a("192.0.2.99"))
    return world.plan(desired(NEXT))


def changed_after(world: World) -> Plan:
    return world.plan(desired({**ZONE, WWW: a("192.0.2.3")}))


def changed_receipt(world: World) -> Plan:
    world.touch(WWW, receipt=7)
    return world.plan(desired(NEXT))


def changed_origin(world: World) -> Plan:
    live = replace(world.account.live(), origin="memory:elsewhere")
    return build_plan(desired(NEXT), live, world.applied, ALL, Options(), TODAY)


def changed_account(world: World) -> Plan:
    wanted = desired(NEXT)
    wanted = replace(wanted, config=wanted.config.model_copy(update={"account": "K-1"}))
    live = replace(world.account.live(), account="K-1")
    return build_plan(wanted, live, world.applied, ALL, Options(), TODAY)


def changed_action(world: World) -> Plan:
    return world.plan(desired({"zone/example.org": fields()}))


@pytest.mark.parametrize(
    "change", [changed_before, changed_after, changed_receipt, changed_origin, changed_account, changed_action]
)
def test_each_ingredient_changes_the_seal(change: Callable[[World], Plan]) -> None:
    """Before, after, the receipt that last touched the address, the endpoint, the account, the action."""
    assert seal(change(owning())) != seal(owning().plan(desired(NEXT)))


def test_what_doesnt_concern_a_change_leaves_its_seal() -> None:
    """Other changes, drift elsewhere, policy, the number of applies: approvals add up."""
    world = owning()
    expected = seal(world.plan(desired(NEXT)))
    other: State = {"contact/erika": contact("e@example.org")}
    assert seal(world.plan(desired({**NEXT, **other}))) == expected
    world.apply(desired({**ZONE, **other}))
    assert seal(world.plan(desired({**NEXT, **other}))) == expected
    world.account.hold("contact/~1", contact("e@example.org", name="By hand"))
    assert seal(world.plan(desired({**NEXT, **other}, drift="hold", guards="off"))) == expected


def test_the_values_that_a_change_refers_to_are_sealed() -> None:
    """An alias to a mailbox that becomes another mailbox is another alias."""
    alias: State = {"alias/a@example.org": fields(targets=("m@example.org",))}
    box: Address = "mailbox/m@example.org"
    one = World().plan(desired({**alias, box: mailbox(name="One")}))
    two = World().plan(desired({**alias, box: mailbox(name="Two")}))
    assert seal(one, "alias/a@example.org") != seal(two, "alias/a@example.org")


def test_a_zones_deletion_is_sealed_with_all_that_it_holds() -> None:
    """Who approved the deletion of an empty zone didn't approve that of a full one."""
    gone = desired({}, tombstones("zone/example.org"))
    world = owning()
    expected = seal(world.plan(gone), "zone/example.org")
    world.account.hold("record/example.org/by-hand/A", a())
    assert seal(world.plan(gone), "zone/example.org") != expected


def test_a_moved_entry_is_sealed_with_where_it_came_from() -> None:
    """The same entry under the same new name."""
    seals = set()
    for old in ("contact/erika", "contact/em"):
        world = World().own({old: contact("e@example.org")})
        seals.add(seal(world.plan(desired({"contact/new": contact("e@example.org")})), "contact/new"))
    assert len(seals) == 2


def test_a_secret_is_sealed_by_its_version() -> None:
    """Raising the version is another change; nothing of the secret itself goes in."""
    box: Address = "mailbox/m@example.org"
    world = World().own({box: mailbox()})
    assert seal(world.plan(desired({box: mailbox(2)})), box) != seal(world.plan(desired({box: mailbox(3)})), box)


def test_private_values_are_sealed_with_the_records_salt() -> None:
    """So that nobody can guess them from the seal."""
    world = World().own({"contact/erika": contact("e@example.org")})
    wanted = desired({"contact/erika": contact("e@example.org"), "contact/max": contact("m@example.org")})
    expected = seal(world.plan(wanted), "contact/max")
    world.applied = replace(world.applied, salt="another", state={}, provenance={})
    assert seal(world.plan(wanted), "contact/max") != expected


def test_the_seal_list_is_sorted_and_its_digest_is_the_plans_seal() -> None:
    """Account, context and every change to carry out; held drift and refused changes aren't in it."""
    world = owning()
    world.account.hold(WWW, a("192.0.2.99"))
    plan = world.plan(desired({**ZONE, "mailbox/m@example.org": mailbox(), "contact/e": contact("e@example.org")}))
    assert plan.drift
    assert list(plan.seals.changes) == sorted(change.seal for change in plan.changes)
    assert len(plan.seals.changes) == 2
    assert plan.seal == plan.seals.seal


def test_the_context_is_policy_and_endpoint() -> None:
    """An approval given under another policy is stale."""
    world = owning()
    context = world.plan(desired(ZONE)).seals.context
    assert world.plan(desired(NEXT)).seals.context == context
    assert world.plan(desired(ZONE, drift="revert")).seals.context != context
    live = replace(world.account.live(), origin="memory:elsewhere")
    other = build_plan(desired(ZONE), live, world.applied, ALL, Options(), TODAY)
    assert other.seals.context != context


def test_where_a_declaration_comes_from_leaves_its_seal() -> None:
    """A record set that moves from a file into a preset, or back, is the same change; the change names the preset."""
    plain, preset = (owning().plan(replace(desired(NEXT), presets=names)) for names in ({}, {WWW: "hosting-mail@1"}))
    assert plain.seal == preset.seal
    assert [change.preset for change in (*plain.changes, *preset.changes)] == ["", "hosting-mail@1"]


def test_seals_of_one_provider_never_change_with_the_program() -> None:
    """Approvals outlive versions: these digests were made before there could be several providers."""
    plan = owning().plan(desired(NEXT))
    assert seal(plan) == "e799ef3e9235e50b5a85e3a1659430324d379cc0e9a5ed7f15d111ab0fc39057"
    assert plan.seals.context == "b21c8e42f86ff5e94293f04fd738f16d6f75c1821b256736d8f8c748ee98c2f3"
    assert plan.seal == "83ace5b8d27d0ebc63c9bf196b9ff649aad5fb5737149b832e3ca13e928368f9"


def test_each_change_is_sealed_with_the_origin_of_its_own_provider() -> None:
    """Where mail lies is nothing to who approved a record, but the plan's context covers both."""
    box: Address = "mailbox/m@example.org"
    wanted, world = desired({**NEXT, box: mailbox()}), owning()
    live = world.account.live()

    def plan(**origins: str) -> Plan:
        return build_plan(wanted, replace(live, origins=origins), world.applied, ALL, Options(), TODAY)

    one, split, moved = plan(), plan(mailbox="memory:mail"), plan(mailbox="memory:elsewhere")
    assert seal(one) == seal(split) == seal(moved)
    assert len({seal(each, box) for each in (one, split, moved)}) == 3
    assert len({each.seals.context for each in (one, split, moved)}) == 3
    assert (split.origin, split.origins) == (live.origin, {"mailbox": "memory:mail"})
