"""Nobody locks himself out, where the account reports from which address it sees us."""

from dataclasses import replace

import pytest

from planner.world import ALL, Account, World, actions, desired, fields
from reconciler.model.address import Address
from reconciler.model.fields import Value
from reconciler.model.plan import Plan

State = dict[Address, Value]
ME, OTHER, THIRD = "203.0.113.7", "203.0.113.8", "203.0.113.9"


def entries(**addresses: str) -> State:
    return {f"whitelist_entry/{name}": fields(address=address) for name, address in addresses.items()}


def seen_from(caller: str | None, owned: State) -> World:
    world = World(Account()).own(owned)
    world.account.caller = caller
    return world


def locks_out(plan: Plan) -> bool:
    return [finding.code for finding in plan.findings] == ["whitelist-locks-out"]


def test_the_first_entry_must_come_with_one_that_admits_the_caller() -> None:
    """An empty list admits everybody; from the first entry on it admits only whom it names."""
    world = seen_from(ME, {})
    assert locks_out(world.plan(desired(entries(a=OTHER))))
    assert not locks_out(world.plan(desired(entries(a=OTHER, me=ME))))


def test_the_callers_own_entry_is_written_first() -> None:
    """Whatever it is called, so that no step in between locks him out."""
    plan = seen_from(ME, {}).plan(desired(entries(a=OTHER, z=ME)))
    assert [change.address for change in plan.changes] == ["whitelist_entry/z", "whitelist_entry/a"]


def test_a_caller_who_is_admitted_stays_admitted() -> None:
    """His entry may go only when another one admits him."""
    world = seen_from(ME, entries(a=OTHER, me=ME))
    assert locks_out(world.plan(desired(entries(a=OTHER))))
    assert locks_out(world.plan(desired(entries(a=OTHER, me=THIRD))))


def test_entries_that_change_places_keep_him_in_at_every_step() -> None:
    """The one that will admit him is changed before the one that no longer does."""
    plan = seen_from(ME, entries(a=ME, b=OTHER)).plan(desired(entries(a=OTHER, b=ME)))
    assert actions(plan.changes) == {"whitelist_entry/b": "update", "whitelist_entry/a": "update"}
    assert [change.address for change in plan.changes] == ["whitelist_entry/b", "whitelist_entry/a"]
    assert not locks_out(plan)


def test_an_unmanaged_entry_admits_too() -> None:
    """What counts is what the account has."""
    world = seen_from(ME, entries(a=OTHER))
    world.account.hold("whitelist_entry/x", fields(address=ME))
    assert not locks_out(world.plan(desired(entries(a=THIRD))))


def test_removing_the_last_entry_opens_the_account_and_locks_nobody_out() -> None:
    """That it is dangerous is said by the change's risk."""
    world = seen_from(ME, entries(me=ME))
    plan = world.plan(desired({}))
    assert not locks_out(plan)
    assert plan.changes[0].risk.label == "access"


def test_who_isnt_admitted_now_has_nothing_to_lose() -> None:
    """He works through a machine that is admitted, or the account doesn't ask."""
    assert not locks_out(seen_from(ME, entries(a=OTHER)).plan(desired(entries(a=THIRD))))
    assert not locks_out(seen_from(None, {}).plan(desired(entries(a=OTHER))))


INTERNET = replace(ALL, private_addresses=False)


@pytest.mark.parametrize(
    "address",
    ["10.1.2.3", "172.31.0.1", "192.168.1.1", "127.0.0.1", "169.254.1.1", "100.64.0.1", "::1", "fe80::1", "fd00::1"],
)
def test_an_address_from_which_nobody_comes_is_refused(address: str) -> None:
    """Where the account is asked over the internet, with what to write; elsewhere it is an address like others."""
    wanted = desired(entries(a=address, b=OTHER))
    plan = World(Account()).plan(wanted, can=INTERNET)
    (refused,) = plan.refused
    assert refused.address == "whitelist_entry/a"
    assert "the internet sees" in refused.refused
    assert not World(Account()).plan(wanted).refused


@pytest.mark.parametrize("address", ["203.0.113.7", "172.32.0.1", "100.128.0.1", "2001:db8::1"])
def test_other_addresses_are_not(address: str) -> None:
    """Networks end where their documents say."""
    assert not World(Account()).plan(desired(entries(a=address)), can=INTERNET).refused


def test_one_that_is_there_may_go() -> None:
    """Only admitting it is refused."""
    world = World(Account()).own(entries(a="10.0.0.1", b=OTHER))
    plan = world.plan(desired(entries(b=OTHER)), can=INTERNET)
    assert actions(plan.changes) == {"whitelist_entry/a": "delete"}
