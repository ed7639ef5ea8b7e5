"""The order of changes: from what refers to what, in batches that stand or fall together."""

import random

from hypothesis import given
from hypothesis import strategies as st

from planner.world import World, a, contact, desired, fields, mailbox, record, tombstones
from reconciler.kinds import KINDS
from reconciler.model.address import Address, kind_of
from reconciler.model.change import Action, Change, Origin
from reconciler.model.fields import SecretVersion, Value
from reconciler.model.plan import Plan
from reconciler.planner.circles import find_circles
from reconciler.planner.order import Ordering

State = dict[Address, Value]


def alias(name: str, *targets: str) -> State:
    return {f"alias/{name}@example.org": fields(targets=tuple(f"{t}@example.org" for t in targets))}


def box(name: str, *targets: str) -> State:
    given = {"forward_to": tuple(f"{t}@example.org" for t in targets)} if targets else {}
    return {f"mailbox/{name}@example.org": mailbox(**given)}


def batches(plan: Plan) -> list[list[str]]:
    """Return the batches as ``+address`` and the like."""
    return [[f"{change.action.symbol}{change.address}" for change in batch] for batch in plan.batches]


def position(plan: Plan, address: Address) -> int:
    return [change.address for change in plan.changes].index(address)


class TestReferences:
    """What is referred to comes first, and goes last."""

    def test_targets_are_created_before_what_sends_to_them(self) -> None:
        """Whatever their names say."""
        plan = World().plan(desired({**alias("a", "b"), **alias("b", "z"), **box("z")}))
        assert batches(plan) == [["+mailbox/z@example.org"], ["+alias/b@example.org"], ["+alias/a@example.org"]]
        assert plan.changes[2].needs == ("alias/b@example.org",)

    def test_targets_are_deleted_after_what_sent_to_them(self) -> None:
        """A deletion waits for deletions and for updates."""
        world = World().own({**alias("a", "z"), **alias("b", "z"), **box("z"), **box("y")})
        plan = world.plan(desired({**alias("b", "y"), **box("y")}, tombstones("mailbox/z@example.org")))
        assert batches(plan)[-1] == ["-mailbox/z@example.org"]
        assert plan.changes[-1].needs == ("alias/a@example.org", "alias/b@example.org")

    def test_a_reference_that_was_never_declared_counts_too(self) -> None:
        """The account would refuse to delete what a forwarding set by hand still needs."""
        world = World().own({**box("m"), **box("z")})
        world.account.hold("mailbox/m@example.org", mailbox(forward_to=("z@example.org",)))
        gone = tombstones("mailbox/m@example.org", "mailbox/z@example.org")
        plan = world.plan(desired({}, gone))
        assert position(plan, "mailbox/m@example.org") < position(plan, "mailbox/z@example.org")

    def test_circles_are_one_batch(self) -> None:
        """Two mailboxes that forward to each other can only come together."""
        plan = World().plan(desired({**box("a", "b"), **box("b", "a"), **alias("c", "a")}))
        assert batches(plan) == [["+mailbox/a@example.org", "+mailbox/b@example.org"], ["+alias/c@example.org"]]

    def test_nothing_waits_for_what_is_always_there(self) -> None:
        """A mailbox needs its mail domain, which no apply creates; the catch-all needs the mailbox."""
        world = World()
        world.account.hold("mail_domain/example.org", fields(catch_all=None))
        plan = world.plan(desired({"mail_domain/example.org": fields(catch_all="m@example.org"), **box("m")}))
        assert batches(plan) == [["+mailbox/m@example.org"], ["~mail_domain/example.org"]]
        assert plan.changes[0].needs == ()

    def test_a_mailbox_becomes_an_alias_at_one_blow(self) -> None:
        """The address can't be both, and is never neither where the back end can avoid it."""
        world = World().own({**box("m"), **box("n")})
        plan = world.plan(desired({**alias("m", "n"), **box("n")}, tombstones("mailbox/m@example.org")))
        assert batches(plan) == [["-mailbox/m@example.org", "+alias/m@example.org"]]


class TestZones:
    """The record sets of a zone are one batch."""

    def test_deletions_come_first(self) -> None:
        """So that a CNAME can take the place of an address."""
        zone: State = {"zone/example.org": fields()}
        world = World().own({**zone, "record/example.org/www/A": a()})
        plan = world.plan(desired({**zone, "record/example.org/www/CNAME": record("CNAME", "example.net.")}))
        assert batches(plan) == [["-record/example.org/www/A", "+record/example.org/www/CNAME"]]

    def test_a_new_zone_comes_before_its_records(self) -> None:
        """And they need it."""
        plan = World().plan(desired({"zone/example.org": fields(), "record/example.org/www/A": a()}))
        assert batches(plan) == [["+zone/example.org"], ["+record/example.org/www/A"]]
        assert plan.changes[1].needs == ("zone/example.org",)

    def test_each_zone_is_a_batch_of_its_own(self) -> None:
        """A failure in one doesn't hold up the others."""
        zones = [f"z{i}.example" for i in range(3)]
        owned: State = {f"zone/{zone}": fields() for zone in zones}
        world = World().own(owned)
        plan = world.plan(desired({**owned, **{f"record/{z}/{n}/A": a() for z in zones for n in "ab"}}))
        assert [len(batch) for batch in plan.batches] == [2, 2, 2]

    def test_the_apex_ns_goes_last(self) -> None:
        """Servers refuse to leave a zone without."""
        changes = [
            Change("record/example.org/@/NS", Action.DELETE, Origin.ASKED, a(), None),
            Change("record/example.org/www/A", Action.DELETE, Origin.ASKED, a(), None),
            Change("record/example.org/new/A", Action.CREATE, Origin.ASKED, None, a()),
        ]
        (batch,) = Ordering({}).run(changes)
        assert [change.address.split("/")[2] for change in batch] == ["www", "new", "@"]


def test_creations_come_before_deletions() -> None:
    """Where nothing refers to anything."""
    world = World().own({"contact/old": contact("o@example.org")})
    plan = world.plan(desired({"contact/new": contact("n@example.org"), **box("m")}, tombstones("contact/old")))
    assert [change.action for change in plan.changes] == [Action.CREATE, Action.CREATE, Action.DELETE]


NAMES = ("a", "b", "c", "d")
forwards = st.dictionaries(
    st.sampled_from(NAMES), st.lists(st.sampled_from(NAMES), unique=True, max_size=3).map(tuple), max_size=4
)


@given(forwards, forwards, st.randoms(use_true_random=False))
def test_every_reference_is_kept_in_any_order_of_input(
    before: dict[str, tuple[str, ...]], after: dict[str, tuple[str, ...]], dice: random.Random
) -> None:
    """Creations before what refers to them, deletions after, or both in one batch; and always the same batches."""
    world = World().own({k: v for n, targets in before.items() for k, v in box(n, *targets).items()})
    wanted = {k: v for n, targets in after.items() for k, v in box(n, *targets).items()}
    plan = world.plan(desired(wanted, tombstones(*(world.applied.state.keys() - wanted.keys())), guards="off"))
    batch_of = {change.address: i for i, batch in enumerate(plan.batches) for change in batch}
    for change in plan.changes:
        kind = KINDS[kind_of(change.address)]
        new = kind.references(change.address, change.after) if change.after is not None else ()
        old = kind.references(change.address, change.before) if change.before is not None else ()
        needed, freed = frozenset(new), frozenset(old)
        for other in plan.changes:
            if other.action is Action.CREATE and other.address in needed:
                assert batch_of[other.address] <= batch_of[change.address]
            if other.action is Action.DELETE and other.address in freed:
                assert batch_of[change.address] <= batch_of[other.address]
    shuffled = list(plan.changes)
    dice.shuffle(shuffled)
    assert Ordering(world.account.live().state).run(shuffled) == plan.batches


@given(st.sets(st.sampled_from(["alias/a@example.org", "contact/e", "whitelist_entry/a", "password/telephone"])))
def test_the_service_password_is_the_last_of_all_writes(others: set[Address]) -> None:
    """After deletions too: a tool that logs in with it has done everything else by then."""
    changes = [Change(a, Action.DELETE, Origin.ASKED, fields(targets=(), email="e"), None) for a in others]
    secret = fields(password=SecretVersion(2))
    changes.append(Change("password/service", Action.UPDATE, Origin.ASKED, fields(), secret))
    *_, last = Ordering({}).run(changes)
    assert [change.address for change in last] == ["password/service"]


@given(st.dictionaries(st.sampled_from("abcdef"), st.sets(st.sampled_from("abcdef")), max_size=6))
def test_circles_are_what_reaches_each_other(drawn: dict[str, set[str]]) -> None:
    """Compared with the closure of the graph."""
    graph = {node: drawn.get(node, set()) for node in "abcdef"}
    reach = {node: {node} for node in graph}
    for _ in graph:
        reach = {node: found.union(*(graph[n] for n in found)) for node, found in reach.items()}
    expected = {tuple(sorted(o for o in graph if o in reach[n] and n in reach[o])) for n in graph}
    assert find_circles(graph) == sorted(expected)


def test_a_long_chain_needs_no_recursion() -> None:
    """Ten thousand aliases, each to the next."""
    chain = {f"n{i:05}": {f"n{i + 1:05}"} if i < 9_999 else set() for i in range(10_000)}
    assert len(find_circles(chain)) == 10_000
