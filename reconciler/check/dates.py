"""Rules over ``until``: resources, and rules of the policy, that were meant to be temporary."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from reconciler.check.codes import CODES
from reconciler.model.account import IgnoreRule, SilenceRule
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
        if is_near(until, today):
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
    return _passed("ignore-passed", desired.config.policy.ignore, desired.ignored_at, today)


def ignore_near(desired: Desired, today: date) -> Iterator[Diagnostic]:
    """Yield each rule of ``policy.ignore`` whose last day comes within two weeks."""
    return _near("ignore-near", desired.config.policy.ignore, desired.ignored_at, today)


def silence_passed(desired: Desired, today: date) -> Iterator[Diagnostic]:
    """Yield each rule of ``policy.silence`` that no longer holds."""
    return _passed("silence-passed", desired.config.policy.silence, desired.silenced_at, today)


def silence_near(desired: Desired, today: date) -> Iterator[Diagnostic]:
    """Yield each rule of ``policy.silence`` whose last day comes within two weeks."""
    return _near("silence-near", desired.config.policy.silence, desired.silenced_at, today)


def is_near(until: date, today: date) -> bool:
    """Tell whether a last day comes within two weeks."""
    return today <= until <= today + NEAR


def _passed(code: str, rules: Sequence[IgnoreRule], places: Sequence[Span], today: date) -> Iterator[Diagnostic]:
    for rule, span in zip(rules, places, strict=True):
        if rule.until is not None and rule.until < today:
            yield Diagnostic(
                code,
                CODES[code].summary,
                f"The rule for {_named(rule)} ({rule.reason}) held until {rule.until}, and no longer does.",
                span,
                "Delete the rule, or give `until` a later day.",
                Severity.WARNING,
            )


def _near(code: str, rules: Sequence[IgnoreRule], places: Sequence[Span], today: date) -> Iterator[Diagnostic]:
    for rule, span in zip(rules, places, strict=True):
        if rule.until is not None and is_near(rule.until, today):
            yield Diagnostic(
                code,
                CODES[code].summary,
                f"The rule for {_named(rule)} ({rule.reason}) holds until {rule.until}.",
                span,
                "Plan for what it covers, or give `until` a later day.",
                Severity.NOTE,
            )


def _named(rule: IgnoreRule) -> str:
    return f"`{rule.code}` of `{rule.match}`" if isinstance(rule, SilenceRule) else f"`{rule.match}`"


def _dated(desired: Desired) -> Iterator[tuple[Address, date, str]]:
    for address, meta in desired.metas.items():
        if meta.until is not None:
            yield address, meta.until, f" (owner: {meta.owner})" if meta.owner else ""
