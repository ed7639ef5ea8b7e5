"""Expectations against facts: what holds, what doesn't, and what nobody can tell."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hand_made import HOSTILE, plan_of
from reconciler.facts.balance import Balance
from reconciler.facts.invoice import Invoice
from reconciler.facts.package import Package
from reconciler.facts.server import Server
from reconciler.model.expectation import Condition, Expectation, Measure, Relation, Unmet
from reconciler.model.fact import Fact
from reconciler.model.facts import Facts
from reconciler.model.money import Money, money
from reconciler.model.plan import Plan
from reconciler.model.span import Span
from reconciler.planner.expectations import expected_kinds, with_expectations
from told import INVOICES, SERVERS

HERE, THERE = Span("expect.yaml", 2, 3), Span("expect.yaml", 2, 17)
EXACTLY, LEAST, MOST = Relation
WEB = Package(id="web", title="Web", tariff="t", unlimited=False, limits={"domains": 25}, price=money("15.90 EUR"))


def expect(address: str, *conditions: tuple[str, Relation, Measure]) -> Expectation:
    """Return what is expected of a fact."""
    return Expectation(address, HERE, tuple(Condition(*one, THERE) for one in conditions))


def judged(expectation: Expectation, *facts: Fact, kinds: tuple[str, ...] = (), unread: str = "") -> Plan:
    """Return an empty plan that has judged one expectation."""
    told = Facts.of({*kinds, *(fact.kind for fact in facts)}, facts)
    return with_expectations(plan_of(), [expectation], told, unread)


@pytest.mark.parametrize(
    ("fact", "field", "relation", "value", "holds"),
    [
        (SERVERS[0], "service_level", EXACTLY, "gold", True),
        (SERVERS[0], "service_level", EXACTLY, "Gold", False),
        (SERVERS[0], "specification.cpu", EXACTLY, "8 vCPU", True),
        (SERVERS[0], "price", EXACTLY, money("49.90 EUR"), True),
        (SERVERS[0], "price", EXACTLY, money("49.90 USD"), False),
        (SERVERS[0], "price", MOST, money("49.90 EUR"), True),
        (SERVERS[0], "price", MOST, money("49.89 EUR"), False),
        (SERVERS[0], "price", LEAST, money("0.00 USD"), False),
        (SERVERS[0], "since", LEAST, date(2024, 5, 1), True),
        (SERVERS[0], "since", MOST, date(2024, 4, 30), False),
        (WEB, "limits.domains", LEAST, Decimal(25), True),
        (WEB, "limits.domains", LEAST, Decimal("25.5"), False),
        (WEB, "limits.domains", EXACTLY, Decimal(25), True),
        (WEB, "unlimited", EXACTLY, False, True),
        (WEB, "unlimited", EXACTLY, True, False),
    ],
)
def test_a_field_holds_or_not(fact: Fact, field: str, relation: Relation, value: Measure, holds: bool) -> None:
    """Equal is allowed on both sides; another currency is another amount."""
    plan = judged(expect(fact.address, (field, relation, value)), fact)
    assert (plan.unmet == ()) is holds
    assert plan.broken == plan.unmet
    assert [found.code for found in plan.findings] == ([] if holds else ["expectation-broken"])


def test_what_is_broken_says_both_values_and_its_place() -> None:
    """The finding stands at the field, with expected and actual; the plan can still be applied."""
    plan = judged(expect("server/web-1", ("service_level", EXACTLY, "platinum")), *SERVERS)
    assert plan.unmet == (Unmet("server/web-1", "service_level", "platinum", "gold", THERE),)
    (found,) = plan.findings
    assert found.detail == "`service_level` of server/web-1 is gold; expected: platinum."
    assert (found.span, found.address, found.is_error) == (THERE, "server/web-1", False)


def test_a_fact_that_is_not_there() -> None:
    """Of what the account provably doesn't have one thing is said, not each field."""
    plan = judged(expect("server/web-9", ("service_level", EXACTLY, "gold"), ("id", EXACTLY, "x")), *SERVERS)
    assert plan.broken == (Unmet("server/web-9", "", "present", "not there", HERE),)
    assert judged(expect("server/web-1"), *SERVERS).unmet == ()


def test_nothing_holds_of_what_was_not_read() -> None:
    """A kind that wasn't read is unknown, whatever is expected of it, also that it is there."""
    for expectation in (expect("server/web-1"), expect("server/web-1", ("id", EXACTLY, "web-1"))):
        plan = judged(expectation, *INVOICES)
        assert [bool(one.unknown) for one in plan.unmet] == [True]
        assert plan.broken == ()
        assert [found.code for found in plan.findings] == ["expectation-unknown"]


def test_why_nothing_was_read_is_said() -> None:
    """An account that couldn't be asked says why in the finding."""
    plan = judged(expect("balance", ("amount", LEAST, money("0 EUR"))), unread="The service doesn't answer.")
    assert plan.findings[0].detail == (
        "Whether `amount` of balance is as expected (at least 0.00 EUR) can't be told. The service doesn't answer."
    )


@pytest.mark.parametrize(
    ("fact", "field", "value"),
    [
        (SERVERS[1], "since", date(2024, 1, 1)),
        (SERVERS[0], "specification.disk", "1 TiB"),
        (WEB, "limits.mailboxes", Decimal(5)),
        (INVOICES[1], "server", "web-1"),
    ],
)
def test_a_field_that_the_account_leaves_out(fact: Fact, field: str, value: Measure) -> None:
    """What isn't told isn't held, and isn't called broken either."""
    (one,) = judged(expect(fact.address, (field, EXACTLY, value)), fact).unmet
    assert one.unknown == f"The account doesn't tell `{field}` of it."


def test_an_empty_kind_was_read() -> None:
    """No server at all is not the same as no answer."""
    assert judged(expect("server/web-1"), kinds=("server",)).broken != ()


def test_what_has_to_be_read() -> None:
    """Only kinds of which something is expected."""
    assert expected_kinds([expect("server/a"), expect("server/b"), expect("balance")]) == {"server", "balance"}


@given(st.decimals(-1000, 1000, places=2), st.decimals(-1000, 1000, places=2))
def test_bounds_are_the_order_of_numbers(actual: Decimal, bound: Decimal) -> None:
    """At least and at most are what arithmetic says, at every sign."""
    balance = Balance(amount=Money(actual, "EUR"), as_of=date(2026, 1, 1))
    least = judged(expect("balance", ("amount", LEAST, Money(bound, "EUR"))), balance)
    most = judged(expect("balance", ("amount", MOST, Money(bound, "EUR"))), balance)
    assert (least.unmet == ()) == (actual >= bound)
    assert (most.unmet == ()) == (actual <= bound)


def test_a_hostile_fact_is_only_a_value() -> None:
    """Whatever a company calls a level, it is compared as it is; views make it neutral."""
    server = Server(id="a", title="t", service_level=HOSTILE, price=money("1 EUR"))
    (one,) = judged(expect("server/a", ("service_level", EXACTLY, "gold")), server).unmet
    assert one.actual == HOSTILE
    negative = Invoice.model_validate({**INVOICES[0].model_dump(mode="json"), "gross": "-59.38 EUR"})
    assert judged(expect(negative.address, ("gross", LEAST, money("0 EUR"))), negative).broken
