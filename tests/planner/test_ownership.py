"""Whose entry is whose, where the account names its entries by ids of its own."""

from planner.world import World, actions, contact, desired, fields, tombstones
from reconciler.model.change import Action, Origin
from reconciler.model.compare import Bookkeeping
from reconciler.model.plan import Options

OFFICE, HQ = "whitelist_entry/office", "whitelist_entry/hq"
ERIKA, EM = "contact/erika", "contact/em"


def ip(address: str = "203.0.113.7") -> object:
    return fields(address=address)


def test_an_entry_with_the_natural_key_is_taken_into_ownership() -> None:
    """No record, but the same address: nothing to write, owned from the next apply."""
    world = World()
    world.account.hold(OFFICE, ip())
    plan = world.apply(desired({OFFICE: ip()}))
    assert not plan.changes
    assert [(note.address, note.what, note.live_id) for note in plan.notes] == [(OFFICE, Bookkeeping.OWN, "1")]
    assert world.applied.provenance[OFFICE].live_id == "1"


def test_without_record_and_without_match_it_is_created() -> None:
    """And the account's id is recorded."""
    world = World()
    world.account.hold(OFFICE, ip("203.0.113.99"))
    plan = world.apply(desired({OFFICE: ip()}))
    assert actions(plan.changes) == {OFFICE: "create"}
    assert plan.unmanaged == ("whitelist_entry/~1",)
    assert world.applied.provenance[OFFICE].live_id == "2"


def test_the_recorded_id_goes_before_the_natural_key() -> None:
    """A changed key is an update of the same entry, and an update of another entry with the old key isn't."""
    world = World().own({ERIKA: contact("e@example.org")})
    world.account.hold("contact/~9", contact("new@example.org"))
    plan = world.plan(desired({ERIKA: contact("new@example.org")}))
    (change,) = plan.changes
    assert (change.action, change.live_id, change.version) == (Action.UPDATE, "1", "1")
    assert plan.unmanaged == ("contact/~9",)


def test_an_entry_made_anew_by_hand_is_recognised_by_its_key() -> None:
    """The record learns the new id; there is nothing to write."""
    world = World().own({ERIKA: contact("e@example.org")})
    del world.account.state["contact/~1"]
    world.account.hold(ERIKA, contact("e@example.org"))
    plan = world.apply(desired({ERIKA: contact("e@example.org")}))
    assert not plan.changes
    assert [(note.what, note.live_id) for note in plan.notes] == [(Bookkeeping.ADVANCE, "2")]
    assert world.applied.provenance[ERIKA].live_id == "2"


def test_an_entry_made_anew_for_an_address_that_leaves_is_deleted_by_its_key() -> None:
    """The record keeps only a digest of the e-mail address, and that is enough to find it."""
    world = World().own({ERIKA: contact("e@example.org")})
    del world.account.state["contact/~1"]
    world.account.hold(ERIKA, contact("e@example.org"))
    (change,) = world.plan(desired({}, tombstones(ERIKA))).changes
    assert (change.action, change.live_id) == (Action.DELETE, "2")


def test_an_entry_that_nothing_resembles_asks_a_person() -> None:
    """It may be gone, or be the one that somebody gave another key: it isn't created unless that is said."""
    world = World().own({ERIKA: contact("e@example.org")})
    world.account.state.clear()
    world.account.hold(ERIKA, contact("married@example.org"))
    plan = world.plan(desired({ERIKA: contact("e@example.org")}))
    assert not plan.changes
    (refused,) = plan.refused
    assert "adopt" in refused.refused
    assert not plan.refusals, "the rest of the plan goes on"
    again = world.plan(desired({ERIKA: contact("e@example.org")}), Options(override=frozenset({ERIKA})))
    assert [(c.action, c.origin) for c in again.changes] == [(Action.CREATE, Origin.BOTH)]
    adopted = world.plan(desired({ERIKA: contact("married@example.org")}))
    assert not adopted.refused
    assert not adopted.changes


def test_a_new_name_for_the_same_entry_is_a_move() -> None:
    """One change, without a live write and without a deletion that would need a tombstone."""
    world = World().own({ERIKA: contact("e@example.org")})
    plan = world.apply(desired({EM: contact("e@example.org")}))
    (change,) = plan.changes
    assert (change.action, change.moved_from, change.live_id) == (Action.MOVE, ERIKA, "1")
    assert len(world.account.written) == 1, "only the first apply wrote"
    assert list(world.applied.state) == [EM]
    assert world.applied.provenance[EM].live_id == "1"
    assert not world.plan(desired({EM: contact("e@example.org")})).notes


def test_a_move_with_another_field_changed_is_one_update() -> None:
    """It writes what differs, and takes the entry over."""
    world = World().own({ERIKA: contact("e@example.org")})
    plan = world.apply(desired({EM: contact("e@example.org", name="Erna")}))
    (change,) = plan.changes
    assert (change.action, change.origin, change.moved_from) == (Action.UPDATE, Origin.ASKED, ERIKA)
    assert list(world.applied.state) == [EM]
    assert not world.plan(desired({EM: contact("e@example.org", name="Erna")})).changes


def test_a_move_doesnt_bring_back_what_a_hand_changed() -> None:
    """The drift stays held, under the new name."""
    world = World().own({ERIKA: contact("e@example.org")})
    world.account.hold("contact/~1", contact("e@example.org", name="By hand"))
    plan = world.apply(desired({EM: contact("e@example.org")}))
    assert actions(plan.changes) == {EM: "move"}
    assert actions(plan.drift) == {EM: "update"}
    assert actions(world.plan(desired({EM: contact("e@example.org")})).drift) == {EM: "update"}


def test_two_addresses_never_share_an_entry() -> None:
    """The first by name takes it; the other is created."""
    world = World()
    world.account.hold(OFFICE, ip())
    plan = world.plan(desired({OFFICE: ip(), HQ: ip()}))
    assert [note.address for note in plan.notes] == [HQ]
    assert actions(plan.changes) == {OFFICE: "create"}


def test_two_entries_with_one_key_are_one_owned_and_one_unmanaged() -> None:
    """The older id is taken."""
    world = World()
    world.account.hold(OFFICE, ip())
    world.account.hold(OFFICE, ip())
    plan = world.plan(desired({OFFICE: ip()}))
    assert [note.live_id for note in plan.notes] == ["1"]
    assert plan.unmanaged == ("whitelist_entry/~2",)
