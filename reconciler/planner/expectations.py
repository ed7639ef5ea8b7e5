"""Expectations against facts: what isn't as expected, and what nobody can tell.

A fact that wasn't read is never taken as one that holds, and neither is a field that the account leaves out.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from reconciler.model.address import kind_of
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.expectation import Condition, Expectation, Measure, Relation, Unmet, text_of
from reconciler.model.facts import Facts
from reconciler.model.findings import joined
from reconciler.model.money import Money
from reconciler.model.plan import Plan
from reconciler.planner.codes import diagnostic

if TYPE_CHECKING:
    from reconciler.model.fact import Fact


def expected_kinds(expectations: Iterable[Expectation]) -> frozenset[str]:
    """Return the kinds of facts that have to be read to judge expectations."""
    return frozenset(kind_of(one.address) for one in expectations)


def with_expectations(plan: Plan, expectations: Iterable[Expectation], facts: Facts, unread: str) -> Plan:
    """Return a plan with every condition that doesn't hold, or of which nobody knows, and a finding for each.

    ``unread`` says why facts couldn't be read.
    """
    found = tuple(unmet for one in expectations for unmet in _unmet(one, facts, unread))
    findings = [_unknown(one) if one.unknown else _broken(one) for one in found]
    return replace(plan, unmet=found, findings=joined(plan.findings, findings))


def _unmet(expectation: Expectation, facts: Facts, unread: str) -> Iterator[Unmet]:
    kind = kind_of(expectation.address)
    if not facts.knows(kind):
        why = unread or f"The account doesn't tell facts of the kind `{kind}`."
        yield from (_about(expectation, one, "not known", why) for one in expectation.conditions or (None,))
        return
    fact = next((fact for fact in facts.kinds[kind].values() if fact.address == expectation.address), None)
    if fact is None:
        yield _about(expectation, None, "not there")
        return
    for condition in expectation.conditions:
        actual = _value(fact, condition.field)
        if actual is None:
            why = f"The account doesn't tell `{condition.field}` of it."
            yield _about(expectation, condition, "not told", why)
        elif not _holds(condition, actual):
            yield _about(expectation, condition, text_of(actual))


def _about(expectation: Expectation, condition: Condition | None, actual: str, unknown: str = "") -> Unmet:
    if condition is None:
        return Unmet(expectation.address, "", "present", actual, expectation.span, unknown)
    return Unmet(expectation.address, condition.field, str(condition), actual, condition.span, unknown)


def _value(fact: "Fact", field: str) -> Measure | None:
    """Return what a fact says in a field, or in a mapping that is one; None where it says nothing."""
    name, _, key = field.partition(".")
    found = getattr(fact, name)
    value = found.get(key) if isinstance(found, Mapping) else found
    return Decimal(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _holds(condition: Condition, actual: Measure) -> bool:
    wanted = condition.value
    if condition.relation is Relation.EXACTLY:
        return actual == wanted
    if isinstance(wanted, Money) and isinstance(actual, Money) and wanted.currency != actual.currency:
        return False
    return _sizes(actual, wanted) if condition.relation is Relation.AT_LEAST else _sizes(wanted, actual)


def _sizes(more: Any, less: Any) -> bool:
    return bool(more >= less)


def _broken(found: Unmet) -> Diagnostic:
    what = f"`{found.field}` of {found.address}" if found.field else found.address
    detail = f"{what} is {found.actual}; expected: {found.expected}."
    remedy = "Ask the company to mend it, or correct `expect`."
    return diagnostic("expectation-broken", detail, remedy, address=found.address, span=found.span)


def _unknown(found: Unmet) -> Diagnostic:
    what = f"`{found.field}` of {found.address}" if found.field else found.address
    detail = f"Whether {what} is as expected ({found.expected}) can't be told. {found.unknown}"
    remedy = "Take it out of `expect`, or read the account through a provider that tells it."
    return diagnostic("expectation-unknown", detail, remedy, address=found.address, span=found.span)
