"""Each row of the table of cases, for each kind, from the plan to *nothing to do*."""

from itertools import product

import pytest

from planner.world import ALL, HERE, SALT, World, desired, fields, tombstones
from reconciler.kinds import KINDS
from reconciler.model.change import Action, Origin
from reconciler.model.compare import classify
from reconciler.model.errors import DiagnosticsError, IncompleteReadError
from reconciler.model.plan import Options
from reconciler.model.state import Desired, Provenance
from table import ROWS, SAMPLES, SETTINGS, address_of, made_of, reading, value_of

PAIRS = [
    pytest.param(kind, row, id=f"{kind}-{row}")
    for kind in SETTINGS
    for row in ROWS
    if kind not in SAMPLES or reading(kind, row) is not None
]
ZONE = "zone/example.org"


def world_in(kind: str, row: str) -> World:
    """Return a world in which a row's A and L are true of the kind's sample."""
    world, address, (_, applied, live) = World(), address_of(kind), ROWS[row]
    state, provenance = {}, {}
    if kind == "record":
        world.account.hold(ZONE, fields())
        state[ZONE], provenance[ZONE] = fields(), Provenance(1, "c" * 40, HERE.file)
    live_id = None
    if live:
        entry = world.account.hold(address, value_of(kind, live))
        live_id = entry.partition("/~")[2]
    if applied:
        known = (live_id or "9") if KINDS[kind].natural_key else None
        state[address] = KINDS[kind].sealed(value_of(kind, applied), SALT)
        provenance[address] = Provenance(1, "c" * 40, HERE.file, live_id=known)
    world.applied = type(world.applied)(state, provenance, 1, salt=SALT)
    return world


def wanted_in(kind: str, row: str, **policy: object) -> Desired:
    """Return a row's D, with the tombstone that a deletion may need."""
    which, address = ROWS[row].desired, address_of(kind)
    beside = {ZONE: fields()} if kind == "record" else {}
    state = {**beside, **({address: value_of(kind, which)} if which else {})}
    gone = () if which or KINDS[kind].fixed else tombstones(address)
    return desired(state, gone, **policy)  # type: ignore[arg-type]  # keys of a policy


def test_every_kind_has_a_sample() -> None:
    """A new kind walks the table too: give it three values in `tests/table.py`."""
    assert set(SETTINGS) - SAMPLES.keys() == set()


@pytest.mark.parametrize("kind", SETTINGS)
def test_the_three_values_of_a_sample_differ(kind: str) -> None:
    """And equal themselves, once they are canonical."""
    given = [which for which in ("one", "two", "hand") if getattr(SAMPLES[kind], which) is not None]
    values = [value_of(kind, which) for which in given]
    assert len(set(values)) == len(values)
    assert values == [value_of(kind, which) for which in given]


@pytest.mark.parametrize(("kind", "row"), PAIRS)
def test_a_row_comes_to_what_the_table_says(kind: str, row: str) -> None:
    """Action, origin and note, in the plan, among drift, or refused."""
    world, expected = world_in(kind, row), reading(kind, row)
    assert expected is not None
    if expected.incomplete:
        with pytest.raises((IncompleteReadError, DiagnosticsError)):
            world.plan(wanted_in(kind, row))
        return
    plan = world.plan(wanted_in(kind, row))
    assert made_of(plan, address_of(kind)) == expected
    held = expected.origin is Origin.DRIFT and not expected.refused
    assert bool(plan.drift) == held
    assert bool(plan.changes) == (expected.action is not None and not held and not expected.refused)
    assert not plan.refusals


@pytest.mark.parametrize(("kind", "row"), PAIRS)
def test_after_a_row_was_applied_nothing_is_left(kind: str, row: str) -> None:
    """With every permission that it may need; and live is desired."""
    if (expected := reading(kind, row)) and expected.incomplete:
        return
    world, wanted = world_in(kind, row), wanted_in(kind, row)
    options = Options(include_drift=True, override=frozenset({address_of(kind)}))
    world.apply(wanted, options)
    again = world.plan(wanted)
    assert (again.changes, again.drift, again.notes, again.refused) == ((), (), (), ())
    assert (address_of(kind) in world.applied.state) == (ROWS[row].desired is not None)


@pytest.mark.parametrize("kind", SETTINGS)
def test_only_what_holds_something_needs_a_tombstone(kind: str) -> None:
    """Without one its deletion is refused, and with it the whole plan; the rest goes by itself."""
    plan = world_in(kind, "deleted").plan(desired({ZONE: fields()} if kind == "record" else {}))
    refused = [change.address for change in plan.refused]
    assert refused == ([address_of(kind)] if KINDS[kind].needs_tombstone else [])
    assert [refusal.code for refusal in plan.refusals] == (["tombstone-missing"] if refused else [])


@pytest.mark.parametrize("kind", [kind for kind in SETTINGS if not KINDS[kind].fixed])
def test_each_kind_can_be_let_go_without_deleting(kind: str) -> None:
    """`keep: true`: a change without a write, and then it is nobody's."""
    world = world_in(kind, "deleted")
    before = dict(world.account.state)
    beside = {ZONE: fields()} if kind == "record" else {}
    plan = world.apply(desired(beside, tombstones(address_of(kind), keep=True)))
    assert [(change.action, change.origin) for change in plan.changes] == [(Action.FORGET, Origin.ASKED)]
    assert world.account.state == before
    assert address_of(kind) not in world.applied.state


@pytest.mark.parametrize("policy", ["report", "ignore", "delete", "refuse"])
@pytest.mark.parametrize("kind", SETTINGS)
def test_policy_decides_about_what_nobody_declared(kind: str, policy: str) -> None:
    """Only `delete` deletes, never what is always there, and what needs a tombstone needs it here too."""
    if reading(kind, "unmanaged") is None:
        return
    world = world_in(kind, "unmanaged")
    beside = {ZONE: fields()} if kind == "record" else {}
    plan = world.plan(desired(beside, unmanaged={"default": policy}))
    deletable = policy == "delete" and not KINDS[kind].fixed
    assert bool(plan.changes) == (deletable and not KINDS[kind].needs_tombstone)
    assert bool(plan.refused) == (deletable and KINDS[kind].needs_tombstone)
    assert bool(plan.unmanaged) == (policy != "ignore" and not deletable)
    assert ("unmanaged-refused" in [refusal.code for refusal in plan.refusals]) == (policy == "refuse")


def test_every_row_of_the_table_is_here() -> None:
    """Each combination of three states, with equal and different values, is one of the rows or nothing to do."""
    values = (None, "one", "two", "hand")
    found = {classify(*states) for states in product(values, repeat=3)} - {None}
    assert found == {classify(*row) for row in ROWS.values()}
    assert len(ROWS) == len(found) == 13


def test_the_world_can_do_what_the_embedded_account_can() -> None:
    """What is proven here holds for the account that people use."""
    from reconciler.providers.embedded import CAPABILITIES

    assert ALL.renames == CAPABILITIES.renames
    assert ALL.kinds == CAPABILITIES.kinds
