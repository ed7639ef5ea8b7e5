"""A CNAME comes to no name where something stays, nor anything beside a CNAME that stays: refused, each by itself."""

from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.world import World, a, actions, desired, fields, record, tombstones
from reconciler.kinds.record import record_value
from reconciler.kinds.record_text import opaque_value
from reconciler.model.address import Address
from reconciler.model.change import Action
from reconciler.model.fields import Value
from reconciler.model.plan import Options

State = dict[Address, Value]
ZONE: State = {"zone/example.org": fields()}
FOO, BAR = "record/example.org/foo", "record/example.org/bar"
CNAME, OTHER_CNAME = record("CNAME", "a.example.net."), record("CNAME", "b.example.net.")
TXT, OTHER_TXT = record("TXT", '"ours"'), record("TXT", '"theirs"')
ALIAS = record_value("ALIAS", 300, [opaque_value("example.net.")])


@dataclass(frozen=True)
class Row:
    """What was applied, what a hand did (None: deleted), what is declared; what is planned and what is refused."""

    name: str
    owned: State
    by_hand: dict[Address, Value | None]
    wanted: State
    planned: dict[Address, str]
    refused: dict[Address, str]
    options: Options = field(default_factory=Options)
    unmanaged: str = "report"
    kept: str = ""


STANDS = "nobody declared it"
STAYS = "stays there by this plan"
REPLACED = f"{FOO}/CNAME can't take its place"

TABLE = (
    Row("new beside nobody's", {}, {f"{FOO}/TXT": TXT}, {f"{FOO}/CNAME": CNAME}, {}, {f"{FOO}/CNAME": STANDS}),
    Row(
        "nobody's CNAME",
        {},
        {f"{FOO}/CNAME": CNAME},
        {f"{FOO}/TXT": TXT, f"{FOO}/A": a()},
        {},
        {f"{FOO}/A": STANDS, f"{FOO}/TXT": STANDS},
    ),
    Row("another name", {}, {f"{BAR}/TXT": TXT}, {f"{FOO}/CNAME": CNAME}, {f"{FOO}/CNAME": "create"}, {}),
    Row("the CNAME itself", {}, {f"{FOO}/CNAME": OTHER_CNAME}, {f"{FOO}/CNAME": CNAME}, {f"{FOO}/CNAME": "update"}, {}),
    Row(
        "what takes nobody's place",
        {f"{FOO}/A": a()},
        {f"{FOO}/TXT": TXT},
        {f"{FOO}/CNAME": CNAME},
        {},
        {f"{FOO}/A": REPLACED, f"{FOO}/CNAME": STANDS},
    ),
    Row(
        "what is replaced",
        {f"{FOO}/A": a(), f"{BAR}/CNAME": CNAME},
        {},
        {f"{FOO}/CNAME": CNAME, f"{BAR}/A": a()},
        {f"{FOO}/A": "delete", f"{FOO}/CNAME": "create", f"{BAR}/CNAME": "delete", f"{BAR}/A": "create"},
        {},
    ),
    Row(
        "policy deletes it",
        {},
        {f"{FOO}/TXT": TXT},
        {f"{FOO}/CNAME": CNAME},
        {f"{FOO}/TXT": "delete", f"{FOO}/CNAME": "create"},
        {},
        unmanaged="delete",
    ),
    Row(
        "policy doesn't speak of it",
        {},
        {f"{FOO}/TXT": TXT},
        {f"{FOO}/CNAME": CNAME},
        {},
        {f"{FOO}/CNAME": STANDS},
        unmanaged="ignore",
    ),
    Row(
        "--only leaves it",
        {f"{FOO}/TXT": TXT},
        {},
        {f"{FOO}/CNAME": CNAME},
        {},
        {f"{FOO}/CNAME": STAYS},
        Options(only=("record/*/*/CNAME",)),
    ),
    Row(
        "removed: lets it stay",
        {f"{FOO}/TXT": TXT},
        {},
        {f"{FOO}/CNAME": CNAME},
        {f"{FOO}/TXT": "forget"},
        {f"{FOO}/CNAME": STAYS},
        kept=f"{FOO}/TXT",
    ),
    Row(
        "drift is held",
        {f"{FOO}/TXT": TXT},
        {f"{FOO}/TXT": OTHER_TXT},
        {f"{FOO}/TXT": TXT, f"{FOO}/CNAME": CNAME},
        {},
        {f"{FOO}/CNAME": STAYS},
    ),
    Row(
        "beside what is left out",
        {f"{FOO}/CNAME": CNAME},
        {},
        {f"{FOO}/ALIAS": ALIAS, f"{FOO}/TXT": TXT},
        {},
        {f"{FOO}/CNAME": "type-not-served", f"{FOO}/TXT": STAYS},
    ),
    Row(
        "drift is repaired",
        {f"{FOO}/CNAME": CNAME},
        {f"{FOO}/CNAME": None, f"{FOO}/TXT": TXT},
        {f"{FOO}/CNAME": CNAME},
        {},
        {f"{FOO}/CNAME": STANDS},
        Options(include_drift=True),
    ),
    Row(
        "both declared",
        {f"{FOO}/TXT": TXT},
        {},
        {f"{FOO}/TXT": TXT, f"{FOO}/CNAME": CNAME},
        {f"{FOO}/CNAME": "create"},
        {},
    ),
    Row(
        "what signs it",
        {},
        {f"{FOO}/NSEC": record("NSEC", "a.example.org. A")},
        {f"{FOO}/CNAME": CNAME},
        {f"{FOO}/CNAME": "create"},
        {},
    ),
    Row(
        "the zone's own",
        {},
        {"record/example.org/@/NS": record("NS", "ns.example.net.")},
        {"record/example.org/@/CNAME": CNAME},
        {"record/example.org/@/CNAME": "create"},
        {},
    ),
)


def world_of(owned: State, by_hand: dict[Address, Value | None]) -> World:
    world = World().own({**ZONE, **owned})
    for address, value in by_hand.items():
        if value is None:
            world.account.state.pop(address, None)
        else:
            world.account.hold(address, value)
    return world


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.name)
def test_what_stays_decides(row: Row) -> None:
    """The live zone as it will be after the plan's own changes, and the rest of the zone goes on."""
    world = world_of(row.owned, row.by_hand)
    more: State = {"record/example.org/more/A": a()}
    kept = tombstones(row.kept, keep=True) if row.kept else ()
    wanted = desired({**ZONE, **row.wanted, **more}, kept, unmanaged={"record": row.unmanaged})
    only = (*row.options.only, *more) if row.options.only else ()
    plan = world.plan(wanted, replace(row.options, only=only))
    assert actions(plan.changes) == {**row.planned, **dict.fromkeys(more, "create")}
    refused = {change.address: change.refused for change in plan.refused}
    assert refused.keys() == row.refused.keys()
    assert [address for address, why in row.refused.items() if why not in refused[address]] == []


def test_a_refusal_says_what_stands_there_and_what_to_do() -> None:
    """By its address; of several the first."""
    world = world_of({}, {f"{FOO}/TXT": TXT, f"{FOO}/A": a()})
    (refused,) = world.plan(desired({**ZONE, f"{FOO}/CNAME": CNAME})).refused
    assert refused.refused == (
        f"`{FOO}/A` stands at this name and nobody declared it, and a CNAME can't stand beside other data. "
        "Adopt it in place of this one, or delete it, and plan again."
    )


SETS = {f"{FOO}/CNAME": (CNAME, OTHER_CNAME), f"{FOO}/TXT": (TXT, OTHER_TXT), f"{FOO}/A": (a(), a("192.0.2.9"))}
STATES = st.fixed_dictionaries({}, optional={key: st.sampled_from(values) for key, values in SETS.items()})
HANDS = st.fixed_dictionaries({}, optional={key: st.sampled_from((None, *values)) for key, values in SETS.items()})


@settings(max_examples=150, deadline=None)
@given(owned=STATES, by_hand=HANDS, wanted=STATES, policy=st.sampled_from(["report", "delete"]), drift=st.booleans())
def test_what_is_planned_can_be_applied(
    owned: State, by_hand: dict[Address, Value | None], wanted: State, policy: str, drift: bool
) -> None:
    """After it no CNAME that came stands beside what nobody declared, nor does anything that came beside such a CNAME;
    and no name that something answered at is left with nothing while it waits for its CNAME.
    """
    world = world_of(owned, by_hand)
    before = world.account.state.keys() & SETS.keys()
    plan = world.plan(desired({**ZONE, **wanted}, unmanaged={"record": policy}), Options(include_drift=drift))
    came = {change.address for change in plan.changes if change.action in (Action.CREATE, Action.UPDATE)}
    gone = {change.address for change in plan.changes if change.action is Action.DELETE}
    after = (before - gone) | came
    theirs, cname = after - wanted.keys(), f"{FOO}/CNAME"
    assert not (cname in came and theirs)
    assert not (cname in theirs and came)
    if cname in actions(plan.refused):
        assert after or not before
