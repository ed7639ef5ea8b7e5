"""Record sets that the provider can't hold are left out, and their names are guarded."""

from dataclasses import replace

from planner.world import World, a, actions, codes, desired, fields
from reconciler.kinds.record import record_value
from reconciler.kinds.record_text import opaque_value
from reconciler.model.address import Address
from reconciler.model.fields import Value
from reconciler.model.span import Span
from reconciler.ports import Capabilities

State = dict[Address, Value]
ZONE: State = {"zone/example.org": fields(), "record/example.org/www/A": a()}
ALIAS: State = {"record/example.org/www/ALIAS": record_value("ALIAS", 300, [opaque_value("example.net.")])}
GEO: State = {"record/example.org/geo/A": record_value("A", 300, [b"\xc0\x00\x02\x01"], {"geo": {"EU": ["192.0.2.2"]}})}
EVERYTHING = Capabilities(frozenset({"zone", "record"}), frozenset({"ALIAS"}), record_options=True)


def test_what_isnt_served_is_a_finding_and_no_change() -> None:
    """Types without RDATA, and record sets with options."""
    plan = World().plan(desired({**ZONE, **ALIAS, **GEO}))
    assert actions(plan.changes).keys() == ZONE.keys()
    assert [(f.code, f.address) for f in plan.findings] == [("type-not-served", x) for x in sorted({**ALIAS, **GEO})]


def test_what_is_served_is_planned() -> None:
    """Capabilities decide, not the type."""
    plan = World().plan(desired({**ZONE, **ALIAS, **GEO}), can=EVERYTHING)
    assert actions(plan.changes).keys() == {**ZONE, **ALIAS, **GEO}.keys()
    assert not plan.findings


def test_nothing_is_deleted_at_a_name_that_has_one() -> None:
    """The address may be what stands in for the alias; the rest of the plan goes on."""
    world = World().own({**ZONE, "record/example.org/other/A": a()})
    plan = world.plan(desired({"zone/example.org": fields(), **ALIAS}))
    assert actions(plan.changes) == {"record/example.org/other/A": "delete"}
    assert [(change.address, "type-not-served" in change.refused) for change in plan.refused] == [
        ("record/example.org/www/A", True)
    ]
    assert codes(plan) == []


def test_a_name_is_guarded_against_policy_too() -> None:
    """Also where nobody owns what stands there."""
    world = World().own({"zone/example.org": fields()})
    world.account.hold("record/example.org/www/A", a())
    wanted = desired({"zone/example.org": fields(), **ALIAS}, unmanaged={"record": "delete"})
    plan = world.plan(wanted)
    assert not plan.changes
    assert [change.address for change in plan.refused] == ["record/example.org/www/A"]


def test_options_that_a_provider_loses_leave_the_live_record_as_it_is() -> None:
    """What was applied without them isn't touched."""
    world = World().own({**ZONE, "record/example.org/geo/A": a()})
    plan = world.plan(desired({**ZONE, **GEO}))
    assert (plan.changes, plan.refused, plan.drift) == ((), (), ())


def test_a_finding_names_every_place_of_a_record_set_that_stands_in_several() -> None:
    """A record set that a preset and a file declare together is mended in either."""
    wanted = desired({**ZONE, **GEO})
    more = (Span("zones/example.org.yaml", 3, 1), Span("zones.yaml", 2, 24))
    plan = World().plan(replace(wanted, related=dict.fromkeys(GEO, more)))
    assert [found.related for found in plan.findings] == [more]


def test_only_some_types_with_data() -> None:
    """A provider may know fewer types than the wire does."""
    can = Capabilities(frozenset({"zone", "record"}), data_types=frozenset({"A"}))
    text: State = {"record/example.org/t/TXT": record_value("TXT", 300, [b"\x01a"])}
    plan = World().plan(desired({**ZONE, **text}), can=can)
    assert actions(plan.changes).keys() == ZONE.keys()
    assert [(f.code, f.address) for f in plan.findings] == [("type-not-served", *text)]


def test_only_some_options() -> None:
    """It may know ``dynamic`` and not ``geo``; a record set with both is left out."""
    can = Capabilities(frozenset({"zone", "record"}), record_options=frozenset({"dynamic", "octodns"}))
    both: State = {"record/example.org/b/A": record_value("A", 300, [b"\xc0\x00\x02\x01"], {"geo": {}, "dynamic": {}})}
    one: State = {"record/example.org/o/A": record_value("A", 300, [b"\xc0\x00\x02\x01"], {"dynamic": {"pools": {}}})}
    plan = World().plan(desired({**ZONE, **GEO, **both, **one}), can=can)
    assert actions(plan.changes).keys() == {**ZONE, **one}.keys()
    assert [f.address for f in plan.findings] == sorted({**GEO, **both})


def test_no_ns_of_the_zone_itself() -> None:
    """It may have no say about the NS records of the zone; those of a delegation it has."""
    can = Capabilities(frozenset({"zone", "record"}), apex_ns=False)
    apex: State = {"record/example.org/@/NS": record_value("NS", 300, [b"\x02ns\x00"])}
    cut: State = {"record/example.org/sub/NS": record_value("NS", 300, [b"\x02ns\x00"])}
    plan = World().plan(desired({**ZONE, **apex, **cut}), can=can)
    assert actions(plan.changes).keys() == {**ZONE, **cut}.keys()
    assert [(f.code, f.address) for f in plan.findings] == [("type-not-served", *apex)]
