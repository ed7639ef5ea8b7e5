"""The laws of planning and applying, over generated declarations, records and changes made by hand."""

import random
from dataclasses import replace
from datetime import timedelta

from hypothesis import assume, given
from hypothesis import strategies as st

from planner.world import (
    ALL,
    SALT,
    TODAY,
    TOPICS,
    Account,
    World,
    a,
    desired,
    fields,
    mailbox,
    tombstones,
)
from reconciler.kinds import KINDS
from reconciler.model.address import Address, kind_of
from reconciler.model.change import Action, Origin
from reconciler.model.fields import Fields, Value
from reconciler.model.plan import Options
from reconciler.model.state import Desired
from reconciler.planner.plan import build_plan

State = dict[Address, Value]
OUTSIDE = ("x@example.net", "y@example.net")
FIXED: State = {
    "mail_domain/example.org": fields(catch_all=None),
    **{f"notification/{topic}": fields(channels=("email",)) for topic in TOPICS},
}


def optional(**strategies: st.SearchStrategy[Value]) -> st.SearchStrategy[dict[str, Value]]:
    """Some of the fields."""
    return st.fixed_dictionaries({}, optional=strategies)


targets = st.lists(st.sampled_from(OUTSIDE), min_size=1, unique=True).map(lambda found: tuple(sorted(found)))
channels = st.lists(st.sampled_from(["email", "post", "sms"]), unique=True).map(lambda found: tuple(sorted(found)))
aliases = st.dictionaries(
    st.sampled_from([f"alias/{n}@example.org" for n in "abc"]), targets.map(lambda t: fields(targets=t)), max_size=3
)
mailboxes = st.dictionaries(
    st.sampled_from([f"mailbox/{n}@example.org" for n in "mno"]),
    optional(
        name=st.sampled_from(["One", "Two"]),
        quota=st.sampled_from([2**30, 2**31]),
        forward_to=targets,
        keep_copy=st.booleans(),
    ).map(lambda given: mailbox(**given)),
    max_size=3,
)
notifications = st.dictionaries(
    st.sampled_from([f"notification/{topic}" for topic in TOPICS]), channels.map(lambda c: fields(channels=c))
)
records = st.dictionaries(
    st.sampled_from([f"record/example.org/{n}/A" for n in ("@", "www", "mail")]),
    st.sampled_from([a("192.0.2.1"), a("192.0.2.2"), a("192.0.2.1", ttl=60)]),
)


def keyed(
    prefix: str, keys: tuple[str, ...], make: st.SearchStrategy[dict[str, Value]], key: str
) -> st.SearchStrategy[State]:
    """Entries under names of ours, each with a natural key of its own."""
    names = st.lists(st.sampled_from([f"{prefix}/{n}" for n in ("one", "two", "three")]), unique=True, max_size=3)
    return st.tuples(names, st.permutations(keys), st.lists(make, min_size=3, max_size=3)).map(
        lambda drawn: {
            name: fields(**{**given, key: value})
            for name, value, given in zip(drawn[0], drawn[1], drawn[2], strict=False)
        }
    )


whitelists = keyed(
    "whitelist_entry", ("203.0.113.1", "203.0.113.2", "203.0.113.3", "203.0.113.4"), st.just({}), "address"
)
contacts = keyed(
    "contact",
    ("a@example.org", "b@example.org", "c@example.org", "d@example.org"),
    st.tuples(st.sampled_from(["Ada", "Bo"]), optional(phone=st.sampled_from(["+49511123456", None]))).map(
        lambda drawn: {"name": drawn[0], **drawn[1]}
    ),
    "email",
)
declarations = st.tuples(aliases, mailboxes, notifications, records, whitelists, contacts).map(
    lambda parts: {"zone/example.org": fields(), **{k: v for part in parts for k, v in part.items()}}
)


@st.composite
def hands(draw: st.DrawFn) -> list[tuple[int, Value | None]]:
    """What hands do: to the entry with this number, delete it or give it other fields."""
    return draw(st.lists(st.tuples(st.integers(0, 20), st.sampled_from([None, "changed"])), max_size=3))


def touch_by_hand(account: Account, done: list[tuple[int, Value | None]], new: State) -> None:
    """Change or delete entries of the account, and make new ones, as somebody would in the portal."""
    for number, what in done:
        address = sorted(account.state)[number % len(account.state)]
        kind, value = KINDS[kind_of(address)], account.state[address]
        if kind.name == "zone":
            continue
        if what is None and not kind.fixed:
            del account.state[address]
        elif kind.name == "record":
            account.hold(address, a("192.0.2.99"))
        elif isinstance(value, Fields) and kind.name in BY_HAND:
            account.hold(address, value.replaced(**BY_HAND[kind.name]))
    for address, value in new.items():
        if kind_of(address) not in ("zone", "notification") and address not in account.state:
            account.hold(address, value)


BY_HAND: dict[str, dict[str, Value]] = {
    "alias": {"targets": ("z@example.net",)},
    "mailbox": {"name": "Three", "keep_copy": False},
    "notification": {"channels": ("sms",)},
    "contact": {"name": "Carl"},
    "mail_domain": {"catch_all": "info@example.org"},
}


def history(first: State, done: list[tuple[int, Value | None]], new: State) -> World:
    """A world in which ``first`` was applied and then somebody worked by hand."""
    world = World()
    for address, value in FIXED.items():
        world.account.hold(address, value)
    world.apply(desired(first, guards="off"))
    touch_by_hand(world.account, done, new)
    return world


def everything_allowed(world: World, state: State) -> tuple[Desired, Options]:
    """Return the declaration with every tombstone and some renames, and the options that permit everything."""
    gone = tombstones(*sorted(world.applied.state.keys() - state.keys()))
    owned = frozenset(world.applied.state) | frozenset(state)
    options = Options(include_drift=True, override=owned, accept_empty=frozenset(KINDS), reason="test")
    return desired(state, gone, previously=some_renames(world, state), guards="off"), options


def some_renames(world: World, state: State) -> dict[Address, Address]:
    """Return new names for what leaves: as many as there are of both, and none that is taken."""
    renames: dict[Address, Address] = {}
    for kind in ("mailbox", "alias", "contact"):
        left = sorted(a for a in world.applied.state.keys() - state.keys() if kind_of(a) == kind)
        came = sorted(a for a in state.keys() - world.applied.state.keys() if kind_of(a) == kind)
        renames |= {new: old for new, old in zip(came, left, strict=False) if new not in world.account.state}
    return renames


def under_our_names(world: World) -> State:
    """Return the account's entries under the addresses that the record gives them."""
    ids = {f"{kind_of(a)}/~{p.live_id}": a for a, p in world.applied.provenance.items() if p.live_id}
    return {ids.get(address, address): value for address, value in world.account.state.items()}


@given(declarations, hands(), declarations, declarations)
def test_after_an_apply_live_is_desired_over_the_declared_fields(
    first: State, done: list[tuple[int, Value | None]], new: State, second: State
) -> None:
    """Whatever was there before, what is declared is there afterwards as it is declared."""
    world = history(first, done, new)
    wanted, options = everything_allowed(world, second)
    world.apply(wanted, options)
    live = under_our_names(world)
    for address, value in second.items():
        kind = KINDS[kind_of(address)]
        names = kind.field_names(value) - kind.secret_fields
        assert kind.project(live[address], names) == kind.project(value, names), address


@given(declarations, hands(), declarations, declarations)
def test_what_nobody_declared_is_untouched(
    first: State, done: list[tuple[int, Value | None]], new: State, second: State
) -> None:
    """Entries that were never declared, and fields that were never declared, are as before."""
    world = history(first, done, new)
    wanted, options = everything_allowed(world, second)
    before, applied = dict(world.account.state), dict(world.applied.state)
    plan = world.plan(wanted, options)
    world.carry_out(plan, wanted)
    for address in plan.unmanaged:
        assert world.account.state[address] == before[address]
    for change in plan.changes:
        assert change.origin is not Origin.UNMANAGED
        kind = KINDS[kind_of(change.address)]
        if change.action is Action.UPDATE and not change.live_id and kind.name != "record":
            known = kind.field_names(second[change.address])
            was = change.moved_from or change.address
            known |= kind.field_names(applied[was]) if was in applied else known
            free = kind.field_names(before[was]) - known
            assert kind.project(world.account.state[change.address], free) == kind.project(before[was], free)


@given(declarations, hands(), declarations, declarations)
def test_a_second_plan_is_empty(first: State, done: list[tuple[int, Value | None]], new: State, second: State) -> None:
    """Apply leaves nothing to do, nothing to note and no drift."""
    world = history(first, done, new)
    wanted, options = everything_allowed(world, second)
    world.apply(wanted, options)
    again = world.plan(wanted, replace(options, include_drift=False))
    assert not again.changes
    assert not again.refused
    assert not again.notes
    assert not again.drift


@given(declarations, hands(), declarations, declarations, st.randoms(use_true_random=False))
def test_a_second_plan_is_empty_however_things_leave(
    first: State, done: list[tuple[int, Value | None]], new: State, second: State, dice: random.Random
) -> None:
    """Deleted, let go, waiting for their day, under another name, with drift that is held: one apply, then nothing."""
    world = history(first, done, new)
    wanted, options = everything_allowed(world, second)
    days = (None, TODAY - timedelta(days=1), TODAY)
    leaving = tuple(replace(r, keep=dice.random() < 0.5, after=dice.choice(days)) for r in wanted.removals)
    wanted, options = replace(wanted, removals=leaving), replace(options, include_drift=False)
    plan = world.plan(wanted, options)
    assert not plan.refusals
    world.carry_out(plan, wanted)
    again = world.plan(wanted, options)
    assert (again.changes, again.notes, again.refused) == ((), (), ())
    assert [change.address for change in again.drift] == [change.address for change in plan.drift]
    waits = {r.pattern for r in leaving if r.after == TODAY} & world.applied.state.keys()
    assert world.applied.state.keys() == second.keys() | waits


@given(declarations, hands(), declarations, declarations, st.randoms(use_true_random=False))
def test_the_plan_is_the_same_in_any_order_of_input(
    first: State, done: list[tuple[int, Value | None]], new: State, second: State, dice: random.Random
) -> None:
    """Batches, seals, findings: nothing depends on the order in which anything was read."""
    world = history(first, done, new)
    wanted, options = everything_allowed(world, second)
    live, applied = world.account.live(), world.applied

    def shuffled(state: State) -> State:
        items = list(state.items())
        dice.shuffle(items)
        return dict(items)

    plan = build_plan(wanted, live, applied, ALL, options, TODAY)
    other = build_plan(
        replace(
            wanted,
            state=shuffled(dict(wanted.state)),
            removals=tuple(dice.sample(wanted.removals, len(wanted.removals))),
            renamings=dict(reversed(wanted.renamings.items())),
        ),
        replace(live, state=shuffled(dict(live.state))),
        replace(applied, state=shuffled(dict(applied.state)), provenance=dict(reversed(applied.provenance.items()))),
        ALL,
        options,
        TODAY,
    )
    assert plan == other
    assert plan.seal == other.seal


@given(declarations, declarations, declarations, st.sampled_from(["report", "ignore", "refuse"]))
def test_nothing_undeclared_is_deleted_unless_policy_says_so(
    first: State, new: State, second: State, what: str
) -> None:
    """A deletion concerns what the record owns; only ``delete`` goes further."""
    world = history(first, [], new)
    wanted, options = everything_allowed(world, second)
    wanted = replace(wanted, config=desired({}, guards="off", unmanaged={"default": what}).config)
    plan = world.plan(wanted, options)
    deleted = {change.address for change in plan.changes if change.action.destroys}
    assert deleted <= world.applied.state.keys()


@given(declarations, hands(), declarations)
def test_a_held_drift_never_leads_to_a_write(first: State, done: list[tuple[int, Value | None]], new: State) -> None:
    """With ``drift: hold`` and the same declaration, apply writes nothing at all."""
    world = history(first, done, new)
    wanted = desired(first, guards="off")
    plan = world.plan(wanted, Options(accept_empty=frozenset(KINDS)))
    assume(not plan.refused)
    before = dict(world.account.state)
    world.carry_out(plan, wanted)
    assert not plan.changes
    assert world.account.state == before


@given(declarations, declarations)
def test_no_private_value_stands_in_the_record(first: State, second: State) -> None:
    """The record holds digests of personal fields, and they compare as well as the values would."""
    world = history(first, [], {})
    wanted, options = everything_allowed(world, second)
    world.apply(wanted, options)
    for address, value in world.applied.state.items():
        kind = KINDS[kind_of(address)]
        assert kind.sealed(second[address], SALT) == value or kind.name != "contact"
