"""Plans over states in groups: the same plan as over plain mappings, and no group is looked into without need."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from planner.in_groups import grouped, looked_into
from planner.test_laws import declarations, everything_allowed, hands, history
from planner.world import ALL, HERE, SALT, TODAY, World, a, desired, fields, record
from reconciler.model.address import Address
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.errors import ReconcilerError
from reconciler.model.fields import Value
from reconciler.model.meta import Meta
from reconciler.model.plan import Options, Plan
from reconciler.model.state import Applied, Desired, Live, Removal
from reconciler.planner.plan import build_plan
from reconciler.planner.quiet import Quiet
from reconciler.planner.terms import facts_needed

State = dict[Address, Value]
PATTERNS = (
    "record/example.org/*/A",
    "record/*/www/*",
    "record/sub.example.org/*/TXT",
    "mailbox/*",
    "alias/a@example.org",
)

more_records: st.SearchStrategy[State] = st.dictionaries(
    st.sampled_from(
        [f"record/sub.example.org/{n}/{t}" for n in ("@", "www", "mail", "a", "b") for t in ("A", "TXT", "MX")]
    ),
    st.integers(1, 3),
).map(
    lambda drawn: {
        address: a(f"192.0.2.{n}") if address.endswith("/A") else record("TXT", f'"{n}"')
        for address, n in drawn.items()
    }
)
wider = st.tuples(declarations, more_records).map(
    lambda parts: parts[0] | parts[1] | ({"zone/sub.example.org": fields()} if parts[1] else {})
)
removals = st.lists(
    st.builds(
        Removal,
        st.sampled_from(PATTERNS),
        st.just("no longer needed"),
        st.just(HERE),
        st.integers(1, 3),
        st.booleans(),
        st.sampled_from([None, TODAY, TODAY - timedelta(days=1)]),
    ),
    max_size=2,
    unique_by=lambda removal: removal.pattern,
).map(tuple)
options = st.builds(
    Options,
    st.booleans(),
    st.sampled_from([(), ("record/*/*/*",), ("mailbox/*", "zone/*")]),
    accept_empty=st.sampled_from([frozenset[str](), frozenset({"zone", "record/sub.example.org"})]),
)


def outcome(
    wanted: Desired, live: Live, applied: Applied, given: Options, quiet: Quiet | None = None
) -> Plan | tuple[str, tuple[Diagnostic, ...]]:
    """Return the plan, or what keeps it from being made."""
    try:
        return build_plan(wanted, live, applied, ALL, given, TODAY, quiet=quiet)
    except ReconcilerError as error:
        return error.in_full, tuple(getattr(error, "diagnostics", ()))


@given(wider, hands(), wider, wider, removals, options, st.sampled_from(["enforce", "off"]), st.data())
def test_a_plan_in_groups_is_the_same_plan(
    first: State,
    done: list[tuple[int, Value | None]],
    new: State,
    second: State,
    removed: tuple[Removal, ...],
    given_options: Options,
    guards: str,
    data: st.DataObject,
) -> None:
    """Changes, seals, guards, findings, notes: nothing depends on how the states are kept; nor does what is refused."""
    world = history(first, done, new)
    for address in data.draw(st.lists(st.sampled_from(sorted(world.applied.state)), max_size=2)):
        world.touch(address, protect=True)
    named = st.dictionaries(st.sampled_from(sorted(second)), st.just(Meta(protect=True)), max_size=2)
    wanted = desired(second, removed, data.draw(named), guards=guards)
    sources = wanted, world.account.live(), world.applied
    kept, quiet = grouped(*sources), Quiet()
    assert outcome(*kept, given_options, quiet) == outcome(*sources, given_options)
    outcome(*grouped(desired(first), *sources[1:]), given_options, quiet)
    assert outcome(*grouped(*sources), given_options, Quiet(quiet.found)) == outcome(*sources, given_options)
    assert facts_needed(kept[0], kept[2]) == facts_needed(sources[0], sources[2])


@given(wider, hands(), wider, wider)
def test_with_everything_allowed_too(
    first: State, done: list[tuple[int, Value | None]], new: State, second: State
) -> None:
    """With tombstones, renames and overrides for all, the plan goes deepest."""
    world = history(first, done, new)
    wanted, allowed = everything_allowed(world, second)
    sources = wanted, world.account.live(), world.applied
    assert outcome(*grouped(*sources), allowed) == outcome(*sources, allowed)


def _zones(names: str, host: str = "192.0.2.1") -> State:
    """Return zones of some record sets each, as they are declared."""
    of_zone = {f"record/{zone}.example.org/{name}/A": a(host) for zone in names for name in ("www", "mail", "ftp", "x")}
    return {**{f"zone/{zone}.example.org": fields() for zone in names}, **of_zone}


def _owned(state: State) -> World:
    return World(applied=Applied(salt=SALT)).own(state)


def _planned(world: World, wanted: Desired, quiet: Quiet | None = None) -> tuple[Plan, set[str]]:
    """Return the plan over groups, and the names of those groups of record sets that were looked into."""
    kept = grouped(wanted, world.account.live(), world.applied)
    plan = build_plan(*kept, ALL, Options(), TODAY, quiet=quiet)
    into = looked_into(kept[0].state, kept[0].places, kept[1].state, kept[2].state, kept[2].provenance)
    return plan, {name for name in into if name.startswith("record/")}


def test_without_changes_nothing_is_looked_into() -> None:
    """Of zones in which all three states agree, a plan doesn't open any group, not even for guards and protections."""
    state = _zones("abc")
    world = _owned(state)
    world.touch("record/a.example.org/www/A", protect=True)
    wanted = desired(state, metas={"record/a.example.org/www/A": Meta(protect=True)})
    plan, into = _planned(world, wanted)
    assert (plan.changes, plan.notes, plan.drift) == ((), (), ())
    assert into == set()
    assert plan.read == "read completely: 15 resources in 4 groups"


def test_only_zones_that_change_are_looked_into() -> None:
    """A change, drift, a deletion, a glob under `removed:` and a changed protection open the groups they are about."""
    state = _zones("abcdefg")
    world = _owned(state)
    world.account.hold("record/b.example.org/www/A", a("192.0.2.99"))
    wanted = {address: value for address, value in state.items() if address != "record/c.example.org/x/A"}
    wanted["record/a.example.org/www/A"] = a("192.0.2.7")
    removed = (Removal("record/d.example.org/*/TXT", "no longer needed", HERE, 2),)
    told = desired(wanted, removed, {"record/e.example.org/www/A": Meta(protect=True)})
    plan, into = _planned(world, told)
    assert {change.address for change in plan.changes} == {"record/a.example.org/www/A", "record/c.example.org/x/A"}
    assert [change.address for change in plan.drift] == ["record/b.example.org/www/A"]
    assert [note.address for note in plan.notes] == ["record/e.example.org/www/A"]
    assert into == {f"record/{zone}.example.org" for zone in "abcde"}


def test_name_servers_of_the_server_itself_are_looked_at_once() -> None:
    """A zone in which only they differ from what is declared has nothing to do, which a later plan knows."""
    state, apex = _zones("ab"), "record/a.example.org/@/NS"
    world, quiet = _owned(state), Quiet()
    world.account.hold(apex, record("NS", "ns.example.net."))
    first, into = _planned(world, desired(state), quiet)
    assert into == {"record/a.example.org"}
    again, into = _planned(world, desired(state), Quiet(quiet.found))
    assert (again, into) == (first, set())
    world.account.hold(apex, record("NS", "ns2.example.net."))
    world.account.hold("record/a.example.org/www/A", a("192.0.2.99"))
    changed, into = _planned(world, desired(state), Quiet(quiet.found))
    assert ([change.address for change in changed.drift], into) == (
        ["record/a.example.org/www/A"],
        {"record/a.example.org"},
    )


def test_what_nobody_declared_is_never_quiet() -> None:
    """It is told at each plan."""
    state, other = _zones("a"), "record/a.example.org/other/A"
    world, quiet = _owned(state), Quiet()
    world.account.hold(other, a())
    for _ in range(2):
        plan, _ = _planned(world, desired(state), Quiet(quiet.found))
        assert plan.unmanaged == (other,)


def test_a_zone_that_nobody_declared_is_not_looked_into() -> None:
    """Other people's zones in the same account cost a look at their names."""
    state = _zones("ab")
    world = _owned(state)
    for address, value in _zones("z").items():
        world.account.hold(address, value)
    plan, into = _planned(world, desired(state))
    assert plan.unmanaged == ("zone/z.example.org",)
    assert into == set()


def test_what_the_record_protects_is_told_without_its_provenance() -> None:
    """Where reading told which addresses are protected, that stands; else the provenance of all says it."""
    world = _owned(_zones("a"))
    world.touch("record/a.example.org/www/A", protect=True)
    assert world.applied.protections == {"record/a.example.org/www/A"}
    assert replace(world.applied, protected=frozenset()).protections == frozenset()
