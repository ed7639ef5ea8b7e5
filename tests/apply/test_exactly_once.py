"""A request is submitted exactly once, whatever fails, whoever goes on, and however git, prices and answers change."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from planner.world import Account, World, desired
from reconciler.apply.executor import execute
from reconciler.apply.resuming import left_of, options_again
from reconciler.facts.price import Price
from reconciler.kinds import KINDS
from reconciler.model.address import Address
from reconciler.model.change import Action
from reconciler.model.facts import Facts
from reconciler.model.fields import Value
from reconciler.model.money import money
from reconciler.model.outcome import Outcome, Status
from reconciler.model.plan import Options, Plan
from reconciler.model.receipt import Step
from reconciler.model.state import Asked, Desired
from reconciler.ports import Write, Written

REFERENCES = ("a", "b", "c")
FATES = ("done", "answer lost", "refused", "dead before", "dead after")


class Dead(BaseException):
    """The process ends here."""


@dataclass
class Line:
    """The way to the account: each write that goes over it meets its fate."""

    account: Account
    fates: list[str]

    def prepare(self, domains: frozenset[str]) -> None:
        """Do nothing: it is there."""

    def write(self, batch: tuple[Write, ...]) -> tuple[Written, ...]:
        """Carry out a batch, as far as its fate lets it get."""
        fate = self.fates.pop(0) if self.fates else "done"
        if fate == "dead before":
            raise Dead
        if fate == "refused":
            return tuple(Written(Status.FAILED, "not now") for _ in batch)
        answers = self.account.write(batch)
        if fate == "dead after":
            raise Dead
        return tuple(Written(Status.FAILED, "no answer") for _ in batch) if fate == "answer lost" else answers


def price(cents: int) -> Facts:
    """Return a price list."""
    net = money(f"{cents // 100}.{cents % 100:02} EUR")
    one = Price(item="domain/shop", since=date(2026, 1, 1), net=net, rate=Decimal(19), period="year", term="12 months")
    return Facts.of(("price",), [one])


def order(reference: str, domain: str) -> tuple[Address, Value]:
    """Return an order as it is declared."""
    return f"order/{reference}", KINDS["order"].declare(f"order/{reference}", {"domain": f"{domain}.shop"}).value


def payment(reference: str) -> tuple[Address, Value]:
    """Return a payment under the same references."""
    return f"payment/{reference}", KINDS["payment"].declare(f"payment/{reference}", {"amount": "9.00 EUR"}).value


@dataclass
class Tale:
    """A world in which requests are declared and applied, and an apply that was interrupted, if one was."""

    world: World = field(default_factory=lambda: World(facts=price(1990)))
    files: dict[Address, Value] = field(default_factory=dict)
    pending: tuple[tuple[Step, ...], Desired] | None = None

    @property
    def submitted(self) -> Counter[str]:
        """How often the account took a request of each reference."""
        done = (write for write in self.world.account.written if write.action is Action.SUBMIT)
        return Counter(write.address.partition("/")[2] for write in done)

    def declare(self, reference: str, what: int) -> None:
        """Write a request, or another one under a reference that stands there already."""
        self.forget(reference)
        address, value = payment(reference) if what == 2 else order(reference, "xy"[what])
        self.files[address] = value

    def forget(self, reference: str) -> None:
        """Take what a reference says out of the files."""
        self.files = {a: value for a, value in self.files.items() if a.partition("/")[2] != reference}

    def apply(self, fates: list[str]) -> None:
        """Apply what is declared; where another apply was interrupted, nobody else may."""
        if self.pending:
            return
        wanted = desired(self.files)
        plan = self.world.plan(wanted)
        self._execute(plan, plan, wanted, fates)

    def resume(self, fates: list[str]) -> None:
        """Go on with what was interrupted, for the files that it had."""
        if self.pending is None:
            return
        steps, wanted = self.pending
        again = self.world.plan(wanted, options_again(steps))
        rest = left_of(steps, again, wanted, {})
        self._execute(rest.plan, rest.plan, wanted, fates)

    def abandon(self) -> None:
        """Record what was done of what was interrupted, and send nothing."""
        if self.pending is None:
            return
        steps, wanted = self.pending
        rest = left_of(steps, self.world.plan(wanted, options_again(steps)), wanted, {}).abandoned()
        self.world.learn(rest.plan, (), wanted)
        self.pending = None

    def _execute(self, plan: Plan, told: Plan, wanted: Desired, fates: list[str]) -> None:
        steps = tuple(Step(c.address, c.action, c.origin, c.seal, "key") for c in plan.changes)
        begun = self.pending or (steps, wanted)
        try:
            outcomes: tuple[Outcome, ...] = execute(plan, Line(self.world.account, fates), wanted, {}, "n", _ignore)
        except Dead:
            self.pending = begun
            return
        self.world.learn(told, outcomes, wanted)
        self.pending = None

    def reprice(self, cents: int) -> None:
        """Another price list is in force."""
        self.world.facts = price(cents)

    def answer(self, reference: str, status: str) -> None:
        """The company says what became of a request."""
        for address in [a for a in self.world.account.asked if a.partition("/")[2] == reference]:
            self.world.account.asked[address] = Asked(status, datetime(2026, 11, 25, tzinfo=UTC))

    def lose(self, reference: str) -> None:
        """The account's list loses what our record knows, or knew."""
        known = (*self.world.applied.state, *self.world.applied.gone)
        for address in [a for a in known if a.partition("/")[2] == reference]:
            self.world.account.state.pop(address, None)
            self.world.account.asked.pop(address, None)


def _ignore(_outcome: Outcome) -> None:
    pass


#: An order is applied (no reference), then its reference is given to a payment, and another one to what was ordered.
RENAMED = (("a", 0), ("", 0), ("a", 2), ("b", 0))

reference = st.sampled_from(REFERENCES)
fates = st.lists(st.sampled_from(FATES), max_size=3)
EVENTS: st.SearchStrategy[Callable[[Tale], None]] = st.one_of(
    st.builds(lambda r, what: lambda tale: tale.declare(r, what), reference, st.integers(0, 2)),
    st.builds(lambda r: lambda tale: tale.forget(r), reference),
    st.builds(lambda f: lambda tale: tale.apply(list(f)), fates),
    st.builds(lambda f: lambda tale: tale.resume(list(f)), fates),
    st.just(Tale.abandon),
    st.builds(lambda cents: lambda tale: tale.reprice(cents), st.sampled_from((990, 1990))),
    st.builds(lambda r, s: lambda tale: tale.answer(r, s), reference, st.sampled_from(("accepted", "rejected"))),
    st.builds(lambda r: lambda tale: tale.lose(r), reference),
)


@given(st.lists(EVENTS, max_size=14))
@example([partial(Tale.declare, reference=a, what=w) if a else partial(Tale.apply, fates=[]) for a, w in RENAMED])
def test_no_reference_is_ever_submitted_twice(events: list[Callable[[Tale], None]]) -> None:
    """And once nothing fails any more, what was never submitted is, once, and then there is nothing to do.

    But for what only has a new reference, as far as anybody can tell: that is refused.
    """
    tale = Tale()
    for event in events:
        event(tale)
        assert all(count == 1 for count in tale.submitted.values())
    tale.resume([])
    tale.apply([])
    assert tale.pending is None
    assert all(count == 1 for count in tale.submitted.values())
    again = tale.world.plan(desired(tale.files))
    renamed = {change.address.partition("/")[2] for change in again.refused if "reads as" in change.refused}
    assert {address.partition("/")[2] for address in tale.files} <= tale.submitted.keys() | renamed
    assert (again.changes, again.notes, again.drift, again.unmanaged) == ((), (), (), ())
    for used in tale.submitted:
        tempt(tale, used)
    assert all(count == 1 for count in tale.submitted.values())


def tempt(tale: Tale, used: str) -> None:
    """Try everything that could have a used reference submitted again."""
    for what in (2, 1, 0):
        tale.declare(used, what)
        tale.apply([])
        tale.lose(used)
        tale.apply([])
        tale.forget(used)
        tale.apply([])


@pytest.mark.parametrize("fate", FATES)
@pytest.mark.parametrize("then", ["resume", "abandon"])
def test_an_interrupted_submission_is_finished_or_given_up_once(fate: str, then: str) -> None:
    """Wherever it stopped: what reached the account is ours, and what didn't is sent by the next."""
    tale = Tale()
    tale.declare("a", 0)
    tale.apply([fate])
    if then == "resume":
        tale.resume([])
    else:
        tale.abandon()
    tale.apply([])
    assert tale.submitted == {"a": 1}
    assert "order/a" in tale.world.applied.state


def test_what_costs_something_else_now_is_not_sent_by_a_resume() -> None:
    """The approval was for another price, so it is told as not done and needs a new plan."""
    tale = Tale()
    tale.declare("a", 0)
    tale.apply(["dead before"])
    tale.reprice(990)
    assert tale.pending is not None
    steps, wanted = tale.pending
    rest = left_of(steps, tale.world.plan(wanted, options_again(steps)), wanted, {})
    assert rest.plan.changes == ()
    assert {address: found.status for address, found in rest.read_back.items()} == {"order/a": Status.NOT_DONE}
    tale.resume([])
    assert tale.submitted == {}
    tale.apply([])
    assert tale.submitted == {"a": 1}


def test_two_clones_that_apply_at_once_submit_it_once() -> None:
    """The account knows the reference, even where the record's lock were gone: the second is a conflict."""
    tale = Tale()
    tale.declare("a", 0)
    wanted = desired(tale.files)
    first, second = tale.world.plan(wanted), tale.world.plan(wanted, Options())
    for plan, expected in ((first, Status.DONE), (second, Status.CONFLICT)):
        outcomes = execute(plan, tale.world.account, wanted, {}, "n", _ignore)
        assert [outcome.status for outcome in outcomes] == [expected]
    assert tale.submitted == {"a": 1}
