"""A zone's deletion says what goes with it, whoever declared it or not."""

from dataclasses import replace

from planner.world import World, a, desired, fields, record, tombstones
from reconciler.model.address import Address
from reconciler.model.change import Content
from reconciler.model.fields import Value

ZONE: dict[Address, Value] = {
    "zone/example.org": fields(),
    "record/example.org/www/A": a(),
    "record/example.org/www/TXT": record("TXT", '"ours"'),
}
GONE = tombstones("zone/example.org")


def test_it_counts_all_and_names_what_nobody_declared() -> None:
    """Also what policy doesn't speak of; what is in another zone stays out of it."""
    world = World().own({**ZONE, "zone/example.org.uk": fields(), "record/example.org.uk/www/A": a()})
    world.account.hold("record/example.org/by-hand/A", a())
    other = {address: value for address, value in world.applied.state.items() if ".uk" in address}
    (change,) = world.plan(desired(other, GONE, unmanaged={"record": "ignore"})).changes
    assert change.content == Content(3, ("record/example.org/by-hand/A",))


def test_the_servers_own_records_dont_count_unless_they_were_declared() -> None:
    """Every zone has SOA and NS at its apex; below it NS is somebody's."""
    ns = record("NS", "ns.example.net.")
    world = World().own({"zone/example.org": fields()})
    for address in ("record/example.org/@/NS", "record/example.org/sub/NS"):
        world.account.hold(address, ns)
    (change,) = world.plan(desired({}, GONE)).changes
    assert change.content == Content(1, ("record/example.org/sub/NS",))
    declared = World().own({**ZONE, "record/example.org/@/NS": ns})
    (change,) = declared.plan(desired({}, GONE)).changes
    assert change.content == Content(3)


def test_a_refused_deletion_says_it_too() -> None:
    """Without a tombstone, what is at stake is told beside what is missing."""
    (change,) = World().own(ZONE).plan(desired({})).refused
    assert change.content == Content(2)


def test_nothing_else_says_it() -> None:
    """Letting go deletes nothing, and a record set holds nothing."""
    world = World().own(ZONE)
    let_go = world.plan(desired({}, tombstones("zone/example.org", keep=True)))
    fewer = world.plan(desired({"zone/example.org": fields()}))
    assert {change.content for change in (*let_go.changes, *fewer.changes)} == {None}


def test_no_seal_knows_of_it() -> None:
    """The zone's own seal covers every value in it already."""
    world = World().own(ZONE)
    plan = world.plan(desired({}, GONE))
    before = plan.changes[0].seal
    world.account.hold("record/example.org/by-hand/A", a())
    (after,) = world.plan(desired({}, GONE)).changes
    assert (len(before), after.seal == before) == (64, False)
    assert replace(after, content=None) != after
