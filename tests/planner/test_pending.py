"""What is merged and not yet applied is no part of a pull request: it stands outside its plan and its seal."""

from dataclasses import replace
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.world import World, a, actions, codes, desired, fields, mailbox, record
from reconciler.model.approvals import Demand
from reconciler.model.change import Origin
from reconciler.model.errors import IncompleteReadError, RefusedError
from reconciler.model.fields import Value
from reconciler.model.plan import Merge, Plan
from reconciler.planner.pending import set_apart

ZONE = "record/example.org"
MERGE = Merge("main", "b" * 40, "a" * 40)
Declared = dict[str, Value]


def names(*labels: str, ip: str = "192.0.2.1") -> Declared:
    """Return record sets of a zone."""
    return {f"{ZONE}/{label}/A": a(ip) for label in labels}


def zone(*states: Declared) -> Declared:
    """Return a zone with these record sets."""
    start: Declared = {"zone/example.org": fields()}
    for state in states:
        start |= state
    return start


def pull_request(world: World, base: Declared, merged: Declared) -> Plan:
    """Return the plan of a pull request: the merge's, with what its base asks for set apart."""
    return set_apart(world.plan(desired(merged)), world.plan(desired(base)), MERGE, ())


def test_only_what_the_base_lacks_is_sealed() -> None:
    """The pull request adds one; two are merged and wait; its seal is that of the one."""
    world = World().own(zone(names("www")))
    base, merged = zone(names("www", "p1", "p2")), zone(names("www", "p1", "p2", "mine"))
    plan = pull_request(world, base, merged)
    assert actions(plan.changes) == {f"{ZONE}/mine/A": "create"}
    assert actions(plan.pending) == {f"{ZONE}/p1/A": "create", f"{ZONE}/p2/A": "create"}
    assert plan.seals.changes == tuple(change.seal for change in plan.changes)
    assert plan.merge == MERGE
    alone = pull_request(world, zone(names("www")), zone(names("www", "mine")))
    assert plan.seal == alone.seal


def test_only_its_own_changes_ask_for_reviews() -> None:
    """Who must approve is said of the pull request's own changes; without any, nobody must."""
    world = World().own(zone(names("www")))
    base, merged = zone(names("www", "p")), zone(names("www", "p", "mine"))
    whole, before = world.plan(desired(merged)), world.plan(desired(base))
    demand = Demand(1, (), False, ("cosmetic",), (f"{ZONE}/mine/A", f"{ZONE}/p/A"))
    plan = set_apart(replace(whole, demands=(demand,)), before, MERGE, ())
    assert [one.addresses for one in plan.demands] == [(f"{ZONE}/mine/A",)]
    assert set_apart(replace(before, demands=(demand,)), before, MERGE, ()).demands == ()


def test_what_it_alters_of_the_base_is_its_own() -> None:
    """A change that is pending and gets another value by the pull request belongs to the pull request."""
    world = World().own(zone(names("www")))
    plan = pull_request(world, zone(names("www", "p")), zone(names("www"), names("p", ip="192.0.2.9")))
    assert actions(plan.changes) == {f"{ZONE}/p/A": "create"}
    assert plan.pending == ()


def test_what_it_takes_back_is_nobodys() -> None:
    """What the base asks for and the merge no longer does is neither planned nor pending."""
    world = World().own(zone(names("www")))
    plan = pull_request(world, zone(names("www", "p")), zone(names("www")))
    assert (plan.changes, plan.pending) == ((), ())


def test_without_changes_of_its_own() -> None:
    """A pull request that only touches comments has the seal of an empty plan, whatever waits on its base."""
    world = World().own(zone(names("www")))
    waiting = zone(names("www", "p"))
    plan = pull_request(world, waiting, waiting)
    assert plan.changes == ()
    assert len(plan.pending) == 1
    assert plan.batches == ()
    assert pull_request(world, zone(names("www")), zone(names("www"))).seal == plan.seal


def test_guards_judge_the_whole_list() -> None:
    """Two deletions wait, two more come: together they are more than may go at once."""
    owned = [f"h{number}" for number in range(8)]
    world = World().own(zone(names(*owned)))
    plan = pull_request(world, zone(names(*owned[2:])), zone(names(*owned[4:])))
    assert len(plan.changes) == len(plan.pending) == 2
    assert codes(plan) == ["too-many-deletions"]


def test_what_both_changed_stays_in_the_pull_request() -> None:
    """A change of origin *both* is the pull request's when its base doesn't ask for the same."""
    world = World().own(zone(names("www")))
    world.account.hold(f"{ZONE}/www/A", a("192.0.2.66"))
    mine = zone(names("www", ip="192.0.2.7"))
    plan = pull_request(world, zone(names("www")), mine)
    assert [change.origin for change in plan.changes] == [Origin.BOTH]
    assert pull_request(world, mine, mine).changes == ()
    assert [change.origin for change in pull_request(world, mine, mine).pending] == [Origin.BOTH]


def test_a_reference_to_what_is_pending() -> None:
    """What a change refers to is in its seal; that it waits itself changes nothing about that."""
    world = World()
    base: Declared = {"mailbox/info@example.org": mailbox()}
    merged: Declared = {**base, "alias/sales@example.org": fields(targets=("info@example.org",))}
    plan = pull_request(world, base, merged)
    assert actions(plan.changes) == {"alias/sales@example.org": "create"}
    assert plan.changes[0].needs == ("mailbox/info@example.org",)
    assert actions(plan.pending) == {"mailbox/info@example.org": "create"}


@pytest.mark.parametrize("error", [RefusedError("Another account."), IncompleteReadError("Not complete.")])
def test_a_base_without_a_plan(error: RefusedError | IncompleteReadError) -> None:
    """Then everything counts as the pull request's own, and a finding says why."""
    whole = World().plan(desired(zone(names("www"))))
    plan = set_apart(whole, error, MERGE, ())
    assert plan.changes == whole.changes
    assert plan.seal == whole.seal
    assert [finding.code for finding in plan.findings] == ["base-not-planned"]
    assert str(error) in plan.findings[0].detail


def test_uncommitted_files_are_told() -> None:
    """What isn't committed is named, five at most."""
    whole = World().plan(desired({}))
    plan = set_apart(whole, whole, MERGE, [f"{n}.yaml" for n in range(7)])
    (finding,) = plan.findings
    assert finding.code == "uncommitted"
    assert finding.detail.endswith("0.yaml, 1.yaml, 2.yaml, 3.yaml, 4.yaml and 2 more.")


BRANCHES: tuple[Declared, ...] = (
    names("one"),
    {f"{ZONE}/www/A": a("192.0.2.50")},
    {f"{ZONE}/@/TXT": record("TXT", '"three"')},
)


@pytest.mark.parametrize("order", list(permutations(range(3))))
@pytest.mark.parametrize("applied_after", range(4))
def test_approvals_add_up_in_every_order(order: tuple[int, ...], applied_after: int) -> None:
    """Three branches, merged in any order, applied at any point: their seals cover exactly what is left to do."""
    world = World().own(zone(names("www")))
    base, approved = zone(names("www")), set[str]()
    for step, number in enumerate(order):
        if step == applied_after:
            world.apply(desired(base))
        merged = {**base, **BRANCHES[number]}
        approved |= set(pull_request(world, base, merged).seals.changes)
        base = merged
    final = world.plan(desired(base))
    assert {change.seal for change in final.changes} <= approved
    assert len(final.changes) == 3 - (applied_after if applied_after < 3 else 0)


@given(st.data())
def test_nothing_is_lost_between_the_two(data: st.DataObject) -> None:
    """Whatever base and merge declare: the merge's changes are the pull request's and the pending ones, each once."""
    values = st.dictionaries(st.sampled_from("abcd"), st.sampled_from(["192.0.2.1", "192.0.2.2"]))
    owned, live, base, merged = (
        {f"{ZONE}/{label}/A": a(ip) for label, ip in data.draw(values).items()} for _ in range(4)
    )
    world = World().own(zone(owned))
    for address, value in live.items():
        world.account.hold(address, value)
    whole = world.plan(desired(zone(merged), guards="off"))
    plan = set_apart(whole, world.plan(desired(zone(base), guards="off")), MERGE, ())
    assert sorted(c.address for c in (*plan.changes, *plan.pending)) == sorted(c.address for c in whole.changes)
    assert all(merged.get(change.address) == base.get(change.address) for change in plan.pending)
    own = [a for a in merged.keys() | base.keys() if merged.get(a) != base.get(a)]
    assert {change.address for change in plan.changes} <= set(own)
