"""Whether a plan may be carried out: refusals, overrides, seals."""

import pytest

from planner.world import World, a, contact, desired, fields
from reconciler.apply.approval import Approval, check_approval, whole_plan
from reconciler.model.address import Address
from reconciler.model.errors import RefusedError, StaleError
from reconciler.model.fields import Value
from reconciler.model.plan import Options, Plan

State = dict[Address, Value]
WWW = "record/example.org/www/A"
ZONE: State = {"zone/example.org": fields(), WWW: a()}
NEXT: State = {**ZONE, WWW: a("192.0.2.2")}


def approved(plan: Plan) -> Approval:
    return whole_plan(plan.account, plan.seals.context, {c.seal: c.address for c in plan.changes}, diverged=False)


def both() -> World:
    world = World().own(ZONE)
    world.account.hold(WWW, a("192.0.2.99"))
    return world


def test_a_refused_plan_is_never_carried_out() -> None:
    """Whatever was approved; every reason is named with its code."""
    world = World().own({"contact/erika": contact("e@example.org")})
    plan = world.plan(desired({}))
    for approval in (Approval(), approved(plan)):
        with pytest.raises(RefusedError, match="tombstone-missing"):
            check_approval(plan, approval)


def test_who_would_lock_himself_out_is_refused_at_apply() -> None:
    """At plan it was a warning."""
    world = World()
    world.account.caller = "203.0.113.7"
    plan = world.plan(desired({"whitelist_entry/office": fields(address="203.0.113.8")}))
    assert not plan.refusals
    with pytest.raises(RefusedError, match="whitelist-locks-out"):
        check_approval(plan, Approval())


def test_what_both_sides_changed_needs_a_permission_of_its_own() -> None:
    """An approved seal, which holds *before*, or the address by name."""
    plan = both().plan(desired(NEXT))
    with pytest.raises(RefusedError) as raised:
        check_approval(plan, Approval())
    assert f"--override {WWW}" in raised.value.help
    check_approval(plan, approved(plan))
    check_approval(both().plan(desired(NEXT), Options(override=frozenset({WWW}))), Approval())


def test_a_plan_that_is_as_approved_may_be_carried_out() -> None:
    """Made anew, in the same situation, it has the same seals."""
    check_approval(World().own(ZONE).plan(desired(NEXT)), approved(World().own(ZONE).plan(desired(NEXT))))


def test_each_difference_from_what_was_approved_is_named() -> None:
    """What is new, what is gone, and another policy."""
    world = World().own(ZONE)
    approval = approved(world.plan(desired({**NEXT, "record/example.org/gone/A": a()})))
    wanted = desired({**NEXT, "record/example.org/new/A": a()}, drift="revert")
    with pytest.raises(StaleError) as raised:
        check_approval(world.plan(wanted), approval)
    text = str(raised.value)
    assert "record/example.org/new/A" in text
    assert "record/example.org/gone/A" in text
    assert "policy" in text
    assert WWW not in text


def test_a_plan_with_nothing_to_do_needs_no_approval() -> None:
    """It was done already."""
    world = World().own(ZONE)
    approval = approved(world.plan(desired(NEXT)))
    world.apply(desired(NEXT))
    check_approval(world.plan(desired(NEXT)), approval)
