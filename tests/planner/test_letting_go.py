"""`after`, `keep`, spent entries, and protections that outlive their block."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from planner.world import HERE, TODAY, World, a, actions, codes, contact, desired, fields, mailbox, tombstones
from reconciler.model.address import Address
from reconciler.model.change import Action, Origin
from reconciler.model.fields import Value
from reconciler.model.meta import Meta
from reconciler.model.plan import Plan
from reconciler.model.state import Removal

State = dict[Address, Value]
OLD = "mailbox/old@example.org"
ZONE_ADDRESS, WWW = "zone/example.org", "record/example.org/n0/A"
ZONE: State = {ZONE_ADDRESS: fields(), **{f"record/example.org/n{i}/A": a() for i in range(6)}}
TOPICS: State = {f"notification/{topic}": fields(channels=("email",)) for topic in ("maintenance", "newsletter")}
DOMAINS: State = {f"mail_domain/{name}.example": fields(catch_all="x@example.net") for name in "abc"}
TOMORROW, YESTERDAY = TODAY + timedelta(days=1), TODAY - timedelta(days=1)


def found(plan: Plan) -> list[str]:
    return [finding.code for finding in plan.findings]


def alias(*names: str) -> State:
    return {f"alias/{name}@example.org": fields(targets=("x@example.net",)) for name in names}


class TestAfter:
    """The last day on which something stays."""

    @pytest.mark.parametrize("last", [TODAY, TOMORROW])
    def test_until_the_day_has_passed_nothing_happens(self, last: date) -> None:
        """It is still ours, no guard counts it, and a finding names the day."""
        world = World().own({OLD: mailbox()})
        wanted = desired({}, tombstones(OLD, after=last), declared=())
        plan = world.apply(wanted)
        assert (plan.changes, plan.refused, plan.drift, plan.unmanaged) == ((), (), (), ())
        assert found(plan) == ["removal-waits"]
        assert str(last) in plan.findings[0].detail
        assert OLD in world.applied.state

    def test_afterwards_it_goes(self) -> None:
        """Like any other removal: the same files, a day later."""
        world = World().own({OLD: mailbox()})
        wanted = desired({}, tombstones(OLD, after=TODAY))
        world.apply(wanted)
        world.today = TOMORROW
        assert actions(world.apply(wanted).changes) == {OLD: "delete"}
        assert not world.plan(wanted).changes

    def test_a_hands_change_doesnt_make_it_go_earlier(self) -> None:
        """What waits isn't compared; on its day the difference is seen."""
        world = World().own({OLD: mailbox(name="One")})
        world.account.hold(OLD, mailbox(name="By hand"))
        wanted = desired({}, tombstones(OLD, after=TODAY))
        assert not world.plan(wanted).changes
        world.today = TOMORROW
        (change,) = world.plan(wanted).changes
        assert change.origin is Origin.BOTH

    def test_what_a_hand_deleted_earlier_is_dropped(self) -> None:
        """There is nothing left that could wait."""
        world = World().own({OLD: mailbox()})
        del world.account.state[OLD]
        wanted = desired({}, tombstones(OLD, after=TOMORROW))
        assert not world.apply(wanted).changes
        assert not world.applied.state

    def test_a_zone_waits_with_all_it_holds(self) -> None:
        """Not one of its record sets goes before, and no guard speaks of the vanished file."""
        world = World().own(ZONE)
        plan = world.plan(desired({}, tombstones(ZONE_ADDRESS, after=TODAY), declared=()))
        assert (plan.changes, plan.refused, plan.refusals) == ((), (), ())
        assert found(plan) == ["removal-waits"]

    def test_a_record_set_with_a_word_of_its_own_goes_before_its_zone(self) -> None:
        """What git says of it may go now."""
        world = World().own(ZONE)
        removed = (*tombstones(ZONE_ADDRESS, after=TODAY), *tombstones(WWW))
        assert actions(world.plan(desired({}, removed)).changes) == {WWW: "delete"}

    @pytest.mark.parametrize("entry", [tombstones(WWW, keep=True), tombstones(WWW, after=TODAY)])
    def test_a_zone_doesnt_take_along_what_stays(self, entry: tuple[Removal, ...]) -> None:
        """The zone can't go while one of its record sets is to be kept, or has its day before it."""
        world = World().own(ZONE)
        plan = world.plan(desired({}, (*tombstones(ZONE_ADDRESS), *entry)))
        assert codes(plan) == ["zone-holds-kept"]
        assert WWW in plan.refused[0].refused
        assert not plan.changes

    def test_a_glob_waits_as_a_whole(self) -> None:
        """Its number is demanded now, not only on its day."""
        world = World().own(alias("a", "b"))
        wait = Removal("alias/*", "moved", HERE, 2, after=TODAY)
        assert not world.plan(desired({}, (wait,))).changes
        assert codes(world.plan(desired({}, (replace(wait, count=3),)))) == ["removed-count"]

    def test_letting_go_waits_too(self) -> None:
        """Until then it stays ours."""
        world = World().own(alias("a"))
        wanted = desired({}, tombstones("alias/a@example.org", keep=True, after=TODAY))
        assert not world.plan(wanted).changes
        world.today = TOMORROW
        assert actions(world.plan(wanted).changes) == {"alias/a@example.org": "forget"}

    def test_what_nobody_declared_waits_too(self) -> None:
        """A policy that deletes is bound by the day like everybody."""
        world = World()
        world.account.hold(OLD, mailbox())
        policy = {"default": "delete"}
        assert not world.plan(desired({}, tombstones(OLD, after=TODAY), unmanaged=policy)).changes
        gone = world.plan(desired({}, tombstones(OLD, after=YESTERDAY), unmanaged=policy))
        assert actions(gone.changes) == {OLD: "delete"}


class TestFixedKinds:
    """What the account always has is let go, never deleted."""

    def test_an_entry_that_keeps_says_why(self) -> None:
        """It is approved in git, with its reason."""
        world = World().own(TOPICS)
        removed = tombstones("notification/newsletter", keep=True)
        wanted = desired({"notification/maintenance": fields(channels=("email",))}, removed)
        (change,) = world.apply(wanted).changes
        assert (change.action, change.approved_in_git, change.reason) == (Action.FORGET, True, "no longer needed")
        assert "notification/newsletter" in world.account.state

    def test_a_whole_section_of_it_doesnt_vanish_unseen(self) -> None:
        """Three or more would no longer be looked after, and nobody said so."""
        world = World().own(DOMAINS)
        plan = world.plan(desired({}, declared=()))
        assert codes(plan) == ["section-vanished"]
        assert "mail_domain/*: {reason: TEXT, keep: true, count: 3}" in plan.refusals[0].help

    def test_unless_git_says_so(self) -> None:
        """As the refusal proposes; or with an empty section, or when it is one of several."""
        said = (Removal("mail_domain/*", "sold", HERE, 3, keep=True),)
        for wanted in (desired({}, said, declared=()), desired({})):
            plan = World().own(DOMAINS).plan(wanted)
            assert (len(plan.changes), plan.refusals) == (3, ())

    def test_two_of_them_are_let_go_by_themselves(self) -> None:
        """As few as that are a change that people see."""
        assert len(World().own(TOPICS).plan(desired({}, declared=())).changes) == 2


class TestKeptEntries:
    """What was to be kept isn't swept up by a policy that deletes what nobody declared."""

    ERIKA, OFFICE = "contact/erika", "whitelist_entry/office"

    def test_an_entry_whose_name_only_we_knew_is_spared(self) -> None:
        """With the record's memory of it gone nobody can tell which it is, so none of its kind is deleted."""
        world = World().own({self.OFFICE: fields(address="203.0.113.7")})
        wanted = desired({}, tombstones(self.OFFICE, keep=True), unmanaged={"default": "delete"})
        assert actions(world.apply(wanted).changes) == {self.OFFICE: "forget"}
        world.account.hold("whitelist_entry/other", fields(address="203.0.113.8"))
        plan = world.plan(wanted)
        assert not plan.changes
        assert plan.unmanaged == ("whitelist_entry/~1", "whitelist_entry/~2")
        assert tuple(f.address for f in plan.findings if f.code == "kept-unknown") == plan.unmanaged

    def test_named_by_the_accounts_id_it_alone_is_kept(self) -> None:
        """What the finding proposes."""
        world = World()
        world.account.hold(self.OFFICE, fields(address="203.0.113.7"))
        world.account.hold(self.OFFICE, fields(address="203.0.113.8"))
        wanted = desired({}, tombstones("whitelist_entry/~1", keep=True), unmanaged={"default": "delete"})
        plan = world.plan(wanted)
        assert actions(plan.changes) == {"whitelist_entry/~2": "delete"}
        assert "kept-unknown" not in found(plan)

    def test_while_the_record_knows_it_others_of_its_kind_go(self) -> None:
        """The entry is told apart by its id until it is let go."""
        world = World().own({self.OFFICE: fields(address="203.0.113.7")})
        world.account.hold("whitelist_entry/other", fields(address="203.0.113.8"))
        wanted = desired({}, tombstones(self.OFFICE, keep=True), unmanaged={"default": "delete"})
        assert actions(world.plan(wanted).changes) == {self.OFFICE: "forget", "whitelist_entry/~2": "delete"}

    def test_an_unmanaged_contact_needs_its_tombstone(self) -> None:
        """Named by the account's id, because it has no name of ours."""
        world = World()
        world.account.hold(self.ERIKA, contact("e@example.org"))
        policy = {"default": "delete"}
        assert codes(world.plan(desired({}, unmanaged=policy))) == ["tombstone-missing"]
        assert actions(world.plan(desired({}, tombstones("contact/~1"), unmanaged=policy)).changes) == {
            "contact/~1": "delete"
        }

    def test_a_lost_entry_that_leaves_is_dropped(self) -> None:
        """Its entry is gone, and so is its declaration: nobody has to decide anything."""
        world = World().own({self.ERIKA: contact("e@example.org")})
        world.account.state.clear()
        world.account.hold("contact/~9", contact("other@example.org"))
        plan = world.apply(desired({}, tombstones(self.ERIKA)))
        assert (plan.changes, plan.refused) == ((), ())
        assert not world.applied.state


class TestSpent:
    """Entries that have done their work are harmless, and one finding says that they may go."""

    def test_one_finding_names_them(self) -> None:
        """At the first of them; many are counted."""
        world = World().own({OLD: mailbox(), **alias("a")})
        removed = tombstones(OLD, *(f"alias/never{number}@example.org" for number in range(4)))
        wanted = desired(alias("a"), removed)
        world.apply(wanted)
        plan = world.plan(wanted)
        assert found(plan) == ["removed-spent"]
        assert "and 2 more" in plan.findings[0].detail
        assert "fmt --prune" in plan.findings[0].help

    def test_a_rename_that_was_made_is_among_them(self) -> None:
        """The new name is in the record."""
        world = World().own({OLD: mailbox()})
        new = "mailbox/new@example.org"
        wanted = desired({new: mailbox()}, previously={new: OLD})
        assert found(world.apply(wanted)) == []
        (finding,) = world.plan(wanted).findings
        assert f"previously: {OLD}" in finding.detail

    def test_what_still_has_work_isnt(self) -> None:
        """What is owned, what waits, what policy would delete otherwise; and nothing before the first apply."""
        world = World().own({OLD: mailbox()})
        assert "removed-spent" not in found(world.plan(desired({}, tombstones(OLD))))
        assert "removed-spent" not in found(world.plan(desired({}, tombstones(OLD, after=TOMORROW))))
        swept = desired(
            {OLD: mailbox()}, tombstones("alias/kept@example.org", keep=True), unmanaged={"alias": "delete"}
        )
        assert "removed-spent" not in found(world.plan(swept))
        assert found(World().plan(desired({}, tombstones(OLD)))) == []

    def test_a_glob_is_spent_when_it_covers_nothing_of_ours(self) -> None:
        """Whatever else it might match."""
        world = World().own(alias("a"))
        world.account.hold("alias/z@example.org", fields(targets=("x@example.net",)))
        assert found(world.plan(desired(alias("a"), (Removal("alias/z*", "moved", HERE, 1),)))) == ["removed-spent"]
        assert found(world.plan(desired(alias("a"), (Removal("alias/*", "moved", HERE, 1),)))) == []


class TestProtection:
    """It outlives the block that said it."""

    def protected(self, state: State, *addresses: Address) -> World:
        world = World()
        world.apply(desired(state, metas={address: Meta(protect=True) for address in addresses}))
        return world

    @pytest.mark.parametrize("removed", [(), tombstones(OLD), tombstones(OLD, after=YESTERDAY)])
    def test_a_deleted_block_protects_still(self, removed: tuple[Removal, ...]) -> None:
        """With or without an entry under `removed:`, and it says the one way out of it, not that of a tombstone."""
        plan = self.protected({OLD: mailbox()}, OLD).plan(desired({}, removed))
        assert codes(plan) == ["protected"]
        assert plan.refused[0].refused.startswith("It is protected.")

    def test_the_way_out(self) -> None:
        """Declare it again without protection, apply, remove it."""
        world = self.protected({OLD: mailbox()}, OLD)
        world.apply(desired({OLD: mailbox()}))
        assert actions(world.apply(desired({}, tombstones(OLD))).changes) == {OLD: "delete"}

    def test_a_vanished_file_protects_still(self) -> None:
        """One of it is protected: the whole plan is refused, whatever else is allowed."""
        names = tuple(alias("a", "b", "c", "d"))
        world = self.protected(alias("a", "b", "c", "d"), names[0])
        for name in names:
            world.touch(name, path="gone.yaml")
        plan = world.plan(desired({}, tombstones(*names), declared=(), guards="off"))
        assert codes(plan) == ["protected"]

    def test_a_glob_covers_no_protected_one(self) -> None:
        """It is counted, and refused."""
        world = self.protected(alias("a", "b"), "alias/a@example.org")
        assert codes(world.plan(desired({}, (Removal("alias/*", "moved", HERE, 2),)))) == ["protected"]

    def test_a_protected_zone(self) -> None:
        """With its tombstone, and none of its record sets goes alone."""
        world = self.protected(ZONE, ZONE_ADDRESS)
        plan = world.plan(desired({}, tombstones(ZONE_ADDRESS), declared=()))
        assert codes(plan) == ["protected"]
        assert not plan.changes

    def test_what_is_let_go_isnt_deleted(self) -> None:
        """Protection refuses deletions only."""
        world = self.protected({OLD: mailbox()}, OLD)
        assert actions(world.apply(desired({}, tombstones(OLD, keep=True))).changes) == {OLD: "forget"}
        assert OLD in world.account.state

    def test_it_goes_with_its_entry_to_another_name(self) -> None:
        """A contact that gets another name of ours is as protected as its new block says."""
        erika, em = "contact/erika", "contact/em"
        world = self.protected({erika: contact("e@example.org")}, erika)
        world.apply(desired({em: contact("e@example.org")}, metas={em: Meta(protect=True)}))
        assert codes(world.plan(desired({}, tombstones(em)))) == ["protected"]
