"""`previously:` renames in place: what is kept, what goes along, and what is refused."""

import pytest

from planner.world import HERE, NO_RENAMES, World, actions, codes, contact, desired, fields, mailbox, tombstones
from reconciler.model.address import Address
from reconciler.model.change import Action, Change, Origin, Risk
from reconciler.model.errors import DiagnosticsError
from reconciler.model.fields import SecretVersion, Value
from reconciler.model.meta import Meta
from reconciler.model.plan import Options
from reconciler.model.state import Desired

OLD, NEW = "mailbox/old@example.org", "mailbox/new@example.org"
SALES, SHOP = "alias/sales@example.org", "alias/shop@example.org"
ERIKA, EM = "contact/erika", "contact/em"
RENAMED = {NEW: OLD}


def renamed(value: Value, **more: object) -> Desired:
    """The mailbox under its new name."""
    return desired({NEW: value}, previously=RENAMED, **more)  # type: ignore[arg-type]  # what desired takes


def to(*names: str) -> Value:
    return fields(targets=tuple(f"{name}@example.org" for name in names))


def the_change(world: World, wanted: Desired) -> Change:
    (change,) = world.plan(wanted).changes
    return change


class TestInPlace:
    """The entry stays the same one: an update, without a deletion that would need a tombstone."""

    def test_it_is_one_update_and_then_nothing(self) -> None:
        """The record drops the old name and learns the new; `previously` is spent and harmless."""
        world = World().own({OLD: mailbox(name="One")})
        plan = world.apply(renamed(mailbox(name="One")))
        (change,) = plan.changes
        assert (change.action, change.origin, change.moved_from) == (Action.UPDATE, Origin.ASKED, OLD)
        assert plan.counts() == (0, 1, 0)
        assert world.account.state.keys() == world.applied.state.keys() == {NEW}
        again = world.plan(renamed(mailbox(name="One")))
        assert (again.changes, again.notes, again.refused, again.drift) == ((), (), (), ())

    def test_no_secret_is_written_unless_its_version_rises(self) -> None:
        """The account keeps the password of what it renames."""
        world = World().own({OLD: mailbox()})
        plan = world.plan(renamed(mailbox()))
        assert not [finding for finding in plan.findings if finding.code == "secret-unverified"]
        world.carry_out(plan, renamed(mailbox()))
        assert world.account.written[-1].secrets == {}
        raised = World().own({OLD: mailbox()})
        raised.apply(renamed(mailbox(version=2)))
        assert raised.account.written[-1].secrets.keys() == {"password"}

    def test_a_version_never_sinks_with_a_name(self) -> None:
        """The version that was applied under the old name counts."""
        world = World().own({OLD: mailbox(version=3)})
        with pytest.raises(DiagnosticsError) as raised:
            world.plan(renamed(mailbox(version=2)))
        assert [found.code for found in raised.value.diagnostics] == ["secret-version-lower"]

    def test_other_fields_change_along(self) -> None:
        """A field that is no longer declared goes back to its default, as without a rename."""
        world = World().own({OLD: mailbox(name="One", quota=2**31)})
        change = the_change(world, renamed(mailbox(quota=2**32)))
        assert change.after == mailbox(name="", quota=2**32)
        assert change.before == mailbox(name="One", quota=2**31)

    def test_what_was_never_declared_stays(self) -> None:
        """Also when the entry has another name."""
        world = World().own({OLD: mailbox()})
        world.account.hold(OLD, mailbox(name="By hand"))
        world.apply(renamed(mailbox()))
        assert dict(world.account.state[NEW])["name"] == "By hand"  # type: ignore[call-overload]  # fields

    def test_its_risk_is_that_the_old_name_is_gone(self) -> None:
        """Nobody logs in by it any more; an alias only sends mail."""
        world = World().own({OLD: mailbox(), SALES: to("x")})
        wanted = desired({NEW: mailbox(), SHOP: to("x")}, previously={**RENAMED, SHOP: SALES})
        risks = {change.address: change.risk for change in world.plan(wanted).changes}
        assert risks == {NEW: Risk.ACCESS, SHOP: Risk.TRAFFIC}

    def test_protection_goes_along(self) -> None:
        """A rename deletes nothing, so it is allowed; and the new name is protected if it says so."""
        world = World()
        world.apply(desired({OLD: mailbox()}, metas={OLD: Meta(protect=True)}))
        world.apply(renamed(mailbox(), metas={NEW: Meta(protect=True)}))
        assert world.applied.provenance[NEW].protect
        assert codes(world.plan(desired({}, tombstones(NEW)))) == ["protected"]

    def test_its_seal_names_both(self) -> None:
        """An approval of a rename is none of another one that ends in the same name."""
        one, other = World().own({OLD: mailbox()}), World().own({SALES.replace("alias", "mailbox"): mailbox()})
        wanted = desired({NEW: mailbox()}, previously={NEW: "mailbox/sales@example.org"})
        assert the_change(one, renamed(mailbox())).seal != the_change(other, wanted).seal

    def test_guards_count_nothing(self) -> None:
        """Five names change at once, and a file of them may get another name too."""
        names = [f"mailbox/m{number}@example.org" for number in range(5)]
        world = World().own({name: mailbox() for name in names})
        for name in names:
            world.touch(name, path="gone.yaml")
        new = {name.replace("mailbox/m", "mailbox/n"): name for name in names}
        plan = world.plan(desired(dict.fromkeys(new, mailbox()), previously=new))
        assert plan.counts() == (0, 5, 0)
        assert not plan.refusals


class TestWhatAHandDid:
    """The ordinary table, with the old entry's values; the rename itself is a change in git."""

    def test_drift_and_a_rename_are_both(self) -> None:
        """Somebody changed it by hand, and git gives it another name: that needs its own approval."""
        world = World().own({OLD: mailbox(name="One")})
        world.account.hold(OLD, mailbox(name="By hand"))
        plan = world.plan(renamed(mailbox(name="One")))
        assert [(c.action, c.origin, c.moved_from) for c in plan.changes] == [(Action.UPDATE, Origin.BOTH, OLD)]
        assert not plan.drift

    def test_changed_by_hand_as_git_says_now_is_only_a_rename(self) -> None:
        """Nothing is overwritten."""
        world = World().own({OLD: mailbox(name="One")})
        world.account.hold(OLD, mailbox(name="Two"))
        change = the_change(world, renamed(mailbox(name="Two")))
        assert (change.origin, change.before) == (Origin.ASKED, change.after)

    def test_all_three_different_are_both(self) -> None:
        """As without a rename."""
        world = World().own({OLD: mailbox(name="One")})
        world.account.hold(OLD, mailbox(name="By hand"))
        assert the_change(world, renamed(mailbox(name="Two"))).origin is Origin.BOTH

    def test_what_a_hand_deleted_is_created_only_when_that_was_seen(self) -> None:
        """Git and a hand both did something: the new one begins empty, and the record drops the old name."""
        world = World().own({OLD: mailbox()})
        del world.account.state[OLD]
        change = the_change(world, renamed(mailbox()))
        assert (change.action, change.origin, change.moved_from) == (Action.CREATE, Origin.BOTH, OLD)
        world.apply(renamed(mailbox()), Options(override=frozenset({NEW})))
        assert world.applied.state.keys() == {NEW}

    def test_what_a_hand_renamed_already_is_taken_into_ownership(self) -> None:
        """Nothing is written; the record learns what is true."""
        world = World().own({OLD: mailbox()})
        world.account.state[NEW] = world.account.state.pop(OLD)
        plan = world.apply(renamed(mailbox()))
        assert not plan.changes
        assert world.applied.state.keys() == {NEW}
        assert not world.plan(renamed(mailbox())).notes

    def test_a_taken_name_is_refused(self) -> None:
        """Two mailboxes never become one, and nothing of the plan is applied."""
        world = World().own({OLD: mailbox(name="One")})
        world.account.hold(NEW, mailbox(name="Somebody else's"))
        plan = world.plan(renamed(mailbox(name="One")))
        assert not plan.changes
        (refused,) = plan.refused
        assert (refused.moved_from, refused.refused) == (
            OLD,
            "Another mailbox of this name is in the account already.",
        )
        assert codes(plan) == ["rename-taken"]

    def test_what_was_never_ours_isnt_renamed(self) -> None:
        """The new one is created beside it, with a warning."""
        world = World()
        world.account.hold(OLD, mailbox())
        plan = world.plan(renamed(mailbox()))
        assert actions(plan.changes) == {NEW: "create"}
        assert plan.unmanaged == (OLD,)
        assert [finding.code for finding in plan.findings] == ["rename-of-unowned"]

    def test_what_never_was_is_created_without_a_word(self) -> None:
        """A configuration that is applied to a new account keeps its old `previously`."""
        plan = World().plan(renamed(mailbox()))
        assert actions(plan.changes) == {NEW: "create"}
        assert not plan.findings


class TestWhoSendsToIt:
    """What refers to a name goes with it."""

    def test_what_refers_to_both_names_is_one_batch_with_the_rename(self) -> None:
        """At no moment does mail go to a name that isn't there."""
        world = World().own({OLD: mailbox(), SALES: to("old"), SHOP: to("old")})
        plan = world.plan(desired({NEW: mailbox(), SALES: to("new"), SHOP: to("new")}, previously=RENAMED))
        assert [{change.address for change in batch} for batch in plan.batches] == [{NEW, SALES, SHOP}]

    def test_what_no_longer_refers_to_it_goes_first(self) -> None:
        """The account would refuse the rename otherwise."""
        world = World().own({OLD: mailbox(), SALES: to("old"), SHOP: to("old")})
        plan = world.plan(desired({NEW: mailbox(), SALES: to("x")}, previously=RENAMED))
        assert [change.address for change in plan.changes][-1] == NEW
        assert plan.changes[-1].needs == (SALES, SHOP)

    def test_what_refers_to_the_new_name_comes_after(self) -> None:
        """As with a creation."""
        world = World().own({OLD: mailbox()})
        plan = world.plan(desired({NEW: mailbox(), SALES: to("new")}, previously=RENAMED))
        assert [change.address for change in plan.changes] == [NEW, SALES]
        assert plan.changes[1].needs == (NEW,)

    def test_an_alias_takes_the_old_name_in_the_same_batch(self) -> None:
        """Mail to the old name goes on; the most usual way to rename somebody's mailbox."""
        old_alias = "alias/old@example.org"
        world = World().own({OLD: mailbox()})
        plan = world.plan(desired({NEW: mailbox(), old_alias: to("new")}, previously=RENAMED))
        assert [{change.address for change in batch} for batch in plan.batches] == [{NEW, old_alias}]

    def test_what_goes_on_using_the_old_name_is_told(self) -> None:
        """With the new name in the help; an alias that takes the old name is a way out."""
        world = World().own({OLD: mailbox(), SALES: to("old")})
        world.account.hold(SHOP, to("old"))
        plan = world.plan(desired({NEW: mailbox(), SALES: to("new")}, previously=RENAMED))
        (finding,) = plan.findings
        assert (finding.code, finding.address, NEW in finding.help) == ("rename-still-used", SHOP, True)
        more = {NEW: mailbox(), SALES: to("new"), "alias/old@example.org": to("new")}
        assert not world.plan(desired(more, previously=RENAMED)).findings

    def test_a_mailbox_takes_the_name_of_an_alias_that_goes(self) -> None:
        """Both happen in one batch, whether the alias is deleted or renamed."""
        there = {OLD: mailbox(), "alias/new@example.org": to("x")}
        goes = World().own(there).plan(renamed(mailbox()))
        assert [len(batch) for batch in goes.batches] == [2]
        moves = World().own(there)
        more = {**RENAMED, SHOP: "alias/new@example.org"}
        plan = moves.plan(desired({NEW: mailbox(), SHOP: to("x")}, previously=more))
        assert [len(batch) for batch in plan.batches] == [2]


class TestWhereTheAccountCant:
    """Without the capability nothing that holds data is renamed, ever."""

    def test_what_holds_data_is_an_error(self) -> None:
        """Neither deleted nor created; the place is that of `previously`."""
        world = World(can=NO_RENAMES).own({OLD: mailbox()})
        with pytest.raises(DiagnosticsError) as raised:
            world.plan(renamed(mailbox(), removed=tombstones(OLD)))
        (found,) = raised.value.diagnostics
        assert (found.code, found.span, found.address) == ("rename-not-served", HERE, NEW)

    def test_what_holds_none_goes_and_comes(self) -> None:
        """An alias under its old name is deleted once the new one is there."""
        world = World(can=NO_RENAMES).own({SALES: to("x")})
        plan = world.apply(desired({SHOP: to("x")}, previously={SHOP: SALES}))
        assert [(c.action, c.address) for c in plan.changes] == [(Action.CREATE, SHOP), (Action.DELETE, SALES)]

    def test_its_protection_holds(self) -> None:
        """A protected alias isn't deleted by another name."""
        world = World(can=NO_RENAMES)
        world.apply(desired({SALES: to("x")}, metas={SALES: Meta(protect=True)}))
        assert codes(world.plan(desired({SHOP: to("x")}, previously={SHOP: SALES}))) == ["protected"]

    def test_a_spent_one_is_no_error(self) -> None:
        """The same files are applied to an account that never had the old one."""
        world = World(can=NO_RENAMES)
        assert actions(world.apply(renamed(mailbox())).changes) == {NEW: "create"}
        assert not world.plan(renamed(mailbox())).changes


class TestEntriesWithAnIdOfTheirOwn:
    """The account doesn't know our names, so a new one is for the record alone; no back end has to help."""

    @pytest.mark.parametrize("can", [None, NO_RENAMES])
    def test_a_new_name_is_a_move(self, can: object) -> None:
        """Without a write."""
        world = World().own({ERIKA: contact("e@example.org")})
        wanted = desired({EM: contact("e@example.org")}, previously={EM: ERIKA})
        plan = world.plan(wanted, can=can)  # type: ignore[arg-type]  # capabilities or none
        assert actions(plan.changes) == {EM: "move"}
        world.carry_out(plan, wanted)
        assert not world.plan(wanted).changes

    def test_the_natural_key_may_change_along(self) -> None:
        """The record's id says who it is: one update, where without `previously` it would be another person."""
        world = World().own({ERIKA: contact("e@example.org")})
        wanted = desired({EM: contact("married@example.org")}, previously={EM: ERIKA})
        change = the_change(world, wanted)
        assert (change.action, change.moved_from, change.live_id) == (Action.UPDATE, ERIKA, "1")
        world.apply(wanted)
        assert world.account.written[-1].moved_from is None
        assert not world.plan(wanted).changes

    def test_a_lost_entry_asks_a_person(self) -> None:
        """Under its new name too."""
        world = World().own({ERIKA: contact("e@example.org")})
        world.account.state.clear()
        wanted = desired({EM: contact("e@example.org")}, previously={EM: ERIKA})
        (refused,) = world.plan(wanted).refused
        assert "adopt" in refused.refused
        world.apply(wanted, Options(override=frozenset({EM})))
        assert world.applied.state.keys() == {EM}

    def test_drift_is_held_under_the_new_name(self) -> None:
        """The move is made, what a hand changed is shown."""
        world = World().own({ERIKA: contact("e@example.org")})
        world.account.hold("contact/~1", contact("e@example.org", name="By hand"))
        plan = world.plan(desired({EM: contact("e@example.org")}, previously={EM: ERIKA}))
        assert (actions(plan.changes), actions(plan.drift)) == ({EM: "move"}, {EM: "update"})


class TestPolicy:
    """Policy speaks of either name."""

    @pytest.mark.parametrize("address", [OLD, NEW])
    def test_what_policy_leaves_alone_isnt_renamed(self, address: Address) -> None:
        """Neither out of a name that it leaves alone, nor into one."""
        world = World().own({OLD: mailbox()})
        wanted = renamed(mailbox(), ignore=[{"match": address, "reason": "theirs"}])
        plan = world.plan(wanted)
        assert (plan.changes, [finding.code for finding in plan.findings]) == ((), ["ignored"])

    def test_only_chooses_by_the_new_name(self) -> None:
        """It is what the files say."""
        world = World().own({OLD: mailbox(version=1)})
        assert actions(world.plan(renamed(mailbox()), Options(only=(NEW,))).changes) == {NEW: "update"}
        assert not world.plan(renamed(mailbox()), Options(only=(OLD,))).changes

    def test_a_secret_stands_under_the_new_name(self) -> None:
        """Its version is compared with that of the old one."""
        world = World().own({OLD: mailbox(version=2)})
        change = the_change(world, renamed(mailbox(version=3)))
        assert change.before == fields(password=SecretVersion(2))
