"""Deletions: tombstones, letting go, and what goes with a zone."""

from planner.world import HERE, World, a, actions, codes, desired, fields, mailbox, record, tombstones
from reconciler.model.address import Address
from reconciler.model.change import Origin
from reconciler.model.compare import Bookkeeping
from reconciler.model.fields import Value
from reconciler.model.meta import Meta
from reconciler.model.plan import Options
from reconciler.model.state import Removal

State = dict[Address, Value]
OLD = "mailbox/old@example.org"
ZONE: State = {"zone/example.org": fields(), **{f"record/example.org/n{i}/A": a() for i in range(6)}}


def alias(*names: str) -> State:
    return {f"alias/{name}@example.org": fields(targets=("x@example.net",)) for name in names}


class TestTombstones:
    """What holds data or speaks for the customer is deleted only when ``removed:`` says so."""

    def test_a_missing_one_is_refused_with_what_to_write(self) -> None:
        """The change is shown with ``!``, and nothing at all is applied."""
        plan = World().own({OLD: mailbox()}).plan(desired({}))
        (refused,) = plan.refused
        assert f"{OLD}: {{reason: TEXT}}" in refused.refused
        assert codes(plan) == ["tombstone-missing"]
        assert f"removed: {{{OLD}: {{reason: TEXT}}}}" in plan.refusals[0].help

    def test_with_one_it_is_approved_with_its_reason_and_place(self) -> None:
        """The place is where git says it."""
        (change,) = World().own({OLD: mailbox()}).plan(desired({}, tombstones(OLD))).changes
        assert (change.approved_in_git, change.reason, change.span) == (True, "no longer needed", HERE)

    def test_a_spent_one_is_harmless(self) -> None:
        """After the deletion, and for what never was."""
        world = World().own({OLD: mailbox()})
        wanted = desired({}, tombstones(OLD, "mailbox/never@example.org"))
        world.apply(wanted)
        plan = world.plan(wanted)
        assert (plan.changes, plan.refusals, plan.notes) == ((), (), ())

    def test_keep_lets_go_without_deleting(self) -> None:
        """Ownership ends; the mailbox stays, and is nobody's."""
        world = World().own({OLD: mailbox()})
        wanted = desired({}, tombstones(OLD, keep=True))
        assert actions(world.apply(wanted).changes) == {OLD: "forget"}
        assert OLD in world.account.state
        assert world.plan(wanted).unmanaged == (OLD,)

    def test_what_is_let_go_isnt_swept_up_by_policy(self) -> None:
        """``unmanaged: delete`` would otherwise delete tomorrow what was to be kept today."""
        world = World().own(alias("a"))
        wanted = desired({}, tombstones("alias/a@example.org", keep=True), unmanaged={"default": "delete"})
        world.apply(wanted)
        assert not world.plan(wanted).changes

    def test_a_glob_names_its_exact_number(self) -> None:
        """One more or less than somebody looked at is refused."""
        world = World().own(alias("a", "b", "c", "d", "e"))

        def found(count: int) -> list[str]:
            return codes(world.plan(desired(alias("e"), (Removal("alias/*", "moved", HERE, count),))))

        assert found(4) == []
        assert found(3) == ["removed-count"]
        assert found(5) == ["removed-count"]

    def test_a_glob_counts_only_what_leaves(self) -> None:
        """What is still declared isn't touched, and a glob that covers nothing is spent."""
        world = World().own(alias("a", "b"))
        removal = (Removal("alias/*", "moved", HERE, 1),)
        assert actions(world.apply(desired(alias("b"), removal)).changes) == {"alias/a@example.org": "delete"}
        assert codes(world.plan(desired(alias("b"), removal))) == []

    def test_what_the_account_always_has_is_let_go(self) -> None:
        """No tombstone, no deletion: the value stays."""
        world = World().own({"notification/newsletter": fields(channels=("email",))})
        assert actions(world.apply(desired({})).changes) == {"notification/newsletter": "forget"}
        assert "notification/newsletter" in world.account.state


class TestZones:
    """A zone and all it holds are one change."""

    def test_its_tombstone_covers_its_records(self) -> None:
        """One deletion, which no guard counts, and afterwards nothing of it is owned or live."""
        world = World().own(ZONE)
        wanted = desired({}, tombstones("zone/example.org"), declared=())
        assert actions(world.apply(wanted).changes) == {"zone/example.org": "delete"}
        assert not world.account.state
        assert not world.applied.state
        assert not world.plan(wanted).notes

    def test_without_it_nothing_of_the_zone_goes(self) -> None:
        """Neither the zone nor a single record set."""
        plan = World().own(ZONE).plan(desired({}))
        assert not plan.changes
        assert [change.address for change in plan.refused] == ["zone/example.org"]
        assert codes(plan) == ["tombstone-missing"]

    def test_keep_lets_go_of_all_of_it(self) -> None:
        """The record forgets the zone with its record sets; the account keeps them."""
        world = World().own(ZONE)
        wanted = desired({}, tombstones("zone/example.org", keep=True))
        assert actions(world.apply(wanted).changes) == {"zone/example.org": "forget"}
        assert world.account.state.keys() == ZONE.keys()
        assert world.plan(wanted).unmanaged == ("zone/example.org",)

    def test_what_a_hand_made_in_it_needs_its_own_approval(self) -> None:
        """It would go too, though nobody here ever declared it."""
        world = World().own(ZONE)
        world.account.hold("record/example.org/by-hand/A", a())
        plan = world.plan(desired({}, tombstones("zone/example.org")))
        (change,) = plan.changes
        assert change.origin is Origin.BOTH
        assert [finding.code for finding in plan.findings] == ["zone-holds-others"]
        assert not plan.unmanaged

    def test_what_a_hand_changed_in_it_needs_its_own_approval(self) -> None:
        """*A, no D, L differs from A* holds for the zone as a whole."""
        world = World().own(ZONE)
        world.account.hold("record/example.org/n0/A", a("192.0.2.99"))
        (change,) = world.plan(desired({}, tombstones("zone/example.org"))).changes
        assert change.origin is Origin.BOTH

    def test_the_servers_own_records_go_without_a_word(self) -> None:
        """SOA and NS at the apex are the zone's."""
        world = World().own(ZONE)
        world.account.hold("record/example.org/@/NS", record("NS", "ns.example.net."))
        (change,) = world.plan(desired({}, tombstones("zone/example.org"))).changes
        assert change.origin is Origin.ASKED

    def test_a_protected_record_protects_its_zone(self) -> None:
        """The zone would take it along."""
        world = World()
        world.apply(desired(ZONE, metas={"record/example.org/n0/A": Meta(protect=True)}))
        plan = world.plan(desired({}, tombstones("zone/example.org")))
        assert codes(plan) == ["protected"]
        assert "record/example.org/n0/A" in plan.refused[0].refused


class TestBookkeeping:
    """What needs no write is noted once."""

    def test_what_is_gone_on_both_sides_is_dropped(self) -> None:
        """*A, no D, no L*."""
        world = World().own(alias("a"))
        world.account.state.clear()
        plan = world.apply(desired({}))
        assert [(note.address, note.what) for note in plan.notes] == [("alias/a@example.org", Bookkeeping.DROP)]
        assert not world.applied.state

    def test_changed_by_hand_and_no_longer_declared_is_both(self) -> None:
        """The tombstone permits the deletion, not what was found there."""
        world = World().own({OLD: mailbox(name="One")})
        world.account.hold(OLD, mailbox(name="By hand"))
        (change,) = world.plan(desired({}, tombstones(OLD))).changes
        assert change.origin is Origin.BOTH

    def test_a_new_protection_is_noted_by_itself(self) -> None:
        """Otherwise it would begin only with the next change of the resource."""
        world = World().own(ZONE)
        address = "record/example.org/n0/A"
        world.apply(desired(ZONE, metas={address: Meta(protect=True)}))
        assert world.applied.provenance[address].protect
        assert not world.plan(desired(ZONE, metas={address: Meta(protect=True)}), Options()).notes
