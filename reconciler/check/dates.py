"""Rules over ``until``: resources, and rules of the policy, that were meant to be temporary."""

from collections.abc import Iterator
from datetime import date, timedelta

from reconciler.check.codes import CODES
from reconciler.model.account import IgnoreRule
from reconciler.model.address import Address
from reconciler.model.diagnostic import Diagnostic, Severity
from reconciler.model.span import Span
from reconciler.model.state import Desired

#: How long before its day a resource is reported.
NEAR = timedelta(days=14)


def until_passed(desired: Desired, today: date) -> Iterator[Diagnostic]:
    """Yield each resource whose day has passed."""
    for address, until, owner in _dated(desired):
        if until < today:
            yield Diagnostic(
                "until-passed",
                CODES["until-passed"].summary,
                f"{address} was meant to stay until {until}{owner}.",
                desired.places.get(address),
                "Delete the resource, or give `until` a later day.",
                Severity.WARNING,
                address,
            )


def until_near(desired: Desired, today: date) -> Iterator[Diagnostic]:
    """Yield each resource whose day comes within two weeks."""
    for address, until, owner in _dated(desired):
        if today <= until <= today + NEAR:
            yield Diagnostic(
                "until-near",
                CODES["until-near"].summary,
                f"{address} is meant to stay until {until}{owner}.",
                desired.places.get(address),
                "Plan its end, or give `until` a later day.",
                Severity.NOTE,
                address,
            )


def ignore_passed(desired: Desired, today: date) -> Iterator[Diagnostic]:
    """Yield each rule of ``policy.ignore`` that no longer holds."""
    for rule, until, span in _rules(desired):
        if until < today:
            yield Diagnostic(
                "ignore-passed",
                CODES["ignore-passed"].summary,
                f"The rule for `{rule.match}` ({rule.reason}) held until {until}, and no longer does.",
                span,
                "Delete the rule, or give `until` a later day.",
                Severity.WARNING,
            )


def ignore_near(desired: Desired, today: date) -> Iterator[Diagnostic]:
    """Yield each rule of ``policy.ignore`` whose last day comes within two weeks."""
    for rule, until, span in _rules(desired):
        if today <= until <= today + NEAR:
            yield Diagnostic(
                "ignore-near",
                CODES["ignore-near"].summary,
                f"The rule for `{rule.match}` ({rule.reason}) holds until {until}.",
                span,
                "Plan for what it covers, or give `until` a later day.",
                Severity.NOTE,
            )


def _rules(desired: Desired) -> Iterator[tuple[IgnoreRule, date, Span]]:
    for rule, span in zip(desired.config.policy.ignore, desired.ignored_at, strict=True):
        if rule.until is not None:
            yield rule, rule.until, span


def _dated(desired: Desired) -> Iterator[tuple[Address, date, str]]:
    for address, meta in desired.metas.items():
        if meta.until is not None:
            yield address, meta.until, f" (owner: {meta.owner})" if meta.owner else ""
