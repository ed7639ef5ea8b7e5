"""Zones that a provider can't make, and zones that it can't change at once."""

from dataclasses import replace

from planner.world import ALL, World, a, actions, codes, desired, fields, tombstones
from reconciler.model.address import Address
from reconciler.model.fields import Value
from reconciler.model.plan import Options

State = dict[Address, Value]
ZONE: State = {"zone/example.org": fields(), "record/example.org/www/A": a(), "record/example.org/@/TXT": a()}
CREATE = "Create it on the server first."
FIXED = replace(ALL, makes_zones=False, no_zones_help=CREATE)
CUT = replace(ALL, parts=lambda changes, _: len(changes))


def test_a_zone_that_cant_be_made_says_how_it_is() -> None:
    """It and all it holds are refused, each with why; what else is planned goes on."""
    other: State = {"zone/example.net": fields(), "record/example.net/www/A": a()}
    world = World().own({"zone/example.net": fields()})
    plan = world.plan(desired({**ZONE, **other}), can=FIXED)
    refused = {change.address: change.refused for change in plan.refused}
    assert refused.keys() == ZONE.keys()
    assert refused["zone/example.org"].endswith(CREATE)
    assert refused["record/example.org/www/A"] == "Its zone isn't there yet."
    assert actions(plan.changes) == {"record/example.net/www/A": "create"}


def test_a_zone_that_cant_be_removed_is_refused_with_its_tombstone() -> None:
    """What is removed by hand afterwards is dropped from the record without a word."""
    world = World().own(ZONE)
    wanted = desired({}, removed=tombstones("zone/example.org"))
    (refused,) = world.plan(wanted, can=FIXED).refused
    assert (refused.address, refused.refused) == ("zone/example.org", f"The zone can't be removed from here. {CREATE}")
    world.account.state.clear()
    plan = world.plan(wanted, Options(accept_empty=frozenset({"zone"}), reason="moved"), can=FIXED)
    assert (plan.changes, plan.refused) == ((), ())


def test_a_zone_that_is_let_go_needs_nothing_of_the_server() -> None:
    """``keep: true`` writes nothing."""
    world = World().own(ZONE)
    plan = world.plan(desired({}, removed=tombstones("zone/example.org", keep=True)), can=FIXED)
    assert actions(plan.changes)["zone/example.org"] == "forget"
    assert plan.refused == ()


def test_a_single_zone_that_cant_be_made_or_removed_says_why() -> None:
    """Others are; what would be in it is refused with it."""
    other: State = {"zone/example.net": fields(), "record/example.net/www/A": a()}
    hindered = replace(ALL, zone_hindrance=lambda zone, action: f"No {action}." if zone == "example.org" else "")
    world = World()
    plan = world.plan(desired({**ZONE, **other}), can=hindered)
    assert {change.address for change in plan.refused} == ZONE.keys()
    assert plan.refused[-1].refused.endswith("can't be created from here. No create.")
    assert actions(plan.changes).keys() == other.keys()
    (refused,) = World().own(ZONE).plan(desired({}, removed=tombstones("zone/example.org")), can=hindered).refused
    assert refused.refused == "The zone can't be removed from here. No delete."


def test_where_zones_can_be_made_nothing_is_refused() -> None:
    """Capabilities decide, not the provider's name."""
    assert World().plan(desired(ZONE)).refused == ()


def test_a_zone_that_is_changed_in_parts_is_told() -> None:
    """Once for each zone, by how many parts it takes; the changes themselves stay in the plan."""
    plan = World().plan(desired(ZONE), can=CUT)
    (finding,) = plan.findings
    assert (finding.code, finding.address) == ("zone-not-atomic", "zone/example.org")
    assert "2 changes in zone/example.org are sent in 2 parts" in finding.detail
    assert actions(plan.changes).keys() == ZONE.keys()


def test_a_zone_that_is_changed_at_once_is_not() -> None:
    """Nor is anything but record sets."""
    plan = World().plan(desired({"zone/example.org": fields(), "record/example.org/www/A": a()}), can=CUT)
    assert codes(plan) == []
