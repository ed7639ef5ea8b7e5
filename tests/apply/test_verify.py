"""Proof after an apply: nothing of the plan may be left."""

from planner.world import Account, World, a, contact, desired, fields, tombstones
from reconciler.apply.verify import prove, remaining
from reconciler.model.address import Address
from reconciler.model.errors import AccountError
from reconciler.model.fields import Value
from reconciler.model.outcome import Proof
from reconciler.model.plan import Plan
from reconciler.model.state import Desired
from reconciler.ports import Write, Written

State = dict[Address, Value]
WWW = "record/example.org/www/A"
ZONE: State = {"zone/example.org": fields(), WWW: a()}


class Forgetful(Account):
    """An account that says *done* and forgets what it was told."""

    forgets = False

    def write(self, batch: tuple[Write, ...]) -> tuple[Written, ...]:
        before = dict(self.state)
        answers = super().write(batch)
        if self.forgets:
            self.state = before
        return answers


def forgetful(owned: State) -> World:
    account = Forgetful()
    world = World(account).own(owned)
    account.forgets = True
    return world


def left(world: World, wanted: Desired) -> tuple[Address, ...]:
    plan: Plan = world.plan(wanted)
    outcomes = world.carry_out(plan, wanted)
    return remaining(outcomes, world.plan(wanted))


def test_after_an_apply_nothing_is_left() -> None:
    """The account did what it said."""
    assert left(World().own(ZONE), desired({**ZONE, WWW: a("192.0.2.2")})) == ()


def test_a_write_without_effect_is_seen() -> None:
    """To the record it was applied, so live looks changed by hand; that doesn't hide it."""
    assert left(forgetful(ZONE), desired({**ZONE, WWW: a("192.0.2.2")})) == (WWW,)


def test_a_deletion_without_effect_is_seen() -> None:
    """To the record it is gone, so live looks like nobody's; by name or by the account's own id."""
    assert left(forgetful(ZONE), desired({"zone/example.org": fields()})) == (WWW,)
    world = forgetful({"contact/erika": contact("e@example.org")})
    assert left(world, desired({}, tombstones("contact/erika"))) == ("contact/erika",)


def test_held_drift_and_failures_are_not_left() -> None:
    """Drift of others isn't ours, and what failed is told as failed."""
    world = World().own({**ZONE, "record/example.org/mail/A": a()})
    world.account.hold("record/example.org/mail/A", a("192.0.2.99"))
    wanted = desired({**ZONE, "record/example.org/mail/A": a(), WWW: a("192.0.2.2")})
    world.account.broken = {WWW}
    assert left(world, wanted) == ()


def test_a_move_may_keep_its_drift() -> None:
    """A new key for an entry that was changed by hand writes nothing live, so that the drift stays is no surprise."""
    world = World().own({"contact/erika": contact("e@example.org")})
    (entry,) = world.account.state
    world.account.hold(entry, contact("e@example.org", name="Changed by hand"))
    wanted = desired({"contact/erika2": contact("e@example.org")})
    plan = world.plan(wanted)
    assert [change.action.value for change in plan.changes] == ["move"]
    assert [change.address for change in plan.drift] == ["contact/erika2"]
    assert left(world, wanted) == ()


def test_what_was_let_go_may_stay() -> None:
    """That is what letting go means."""
    world = World().own(ZONE)
    assert left(world, desired({}, tombstones("zone/example.org", keep=True))) == ()


def test_each_provider_is_proven_for_itself() -> None:
    """One that can't be read any more leaves unproven what was written to it, and nothing else."""
    world = forgetful({**ZONE, "contact/erika": contact("e@example.org")})
    wanted = desired(
        {"zone/example.org": fields(), WWW: a("192.0.2.9"), "contact/erika": contact("e@example.org", name="E")}
    )
    plan = world.plan(wanted)
    outcomes = world.carry_out(plan, wanted)
    assert [outcome.change.address for outcome in outcomes] == [WWW, "contact/erika"]

    def again(part: str) -> Plan:
        if part == "dns":
            raise AccountError("dns.db is damaged.")
        assert part == "rest", "a provider to which nothing was written isn't read"
        return world.plan(wanted)

    parts = {frozenset({"zone", "record"}): "dns", frozenset({"contact"}): "rest", frozenset({"mailbox"}): "mail"}
    proof = prove(outcomes, parts, again)
    assert proof.unproven == {WWW: "dns.db is damaged."}
    assert proof.remaining == ("contact/erika",)
    assert not proof.is_whole
    assert Proof().is_whole
