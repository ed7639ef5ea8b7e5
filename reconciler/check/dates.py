"""Rules over ``until``: resources, and rules of the policy, that were meant to be temporary."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from reconciler.check.finding import finding, policy_finding
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
            detail = f"{address} was meant to stay until {until}{owner}."
            yield finding(desired, "until-passed", address, detail, "Delete the resource, or give `until` a later day.")


def until_near(desired: Desired, today: date) -> Iterator[Diagnostic]:
    """Yield each resource whose day comes within two weeks."""
    for address, until, owner in _dated(desired):
        if is_near(until, today):
            detail = f"{address} is meant to stay until {until}{owner}."
            remedy = "Plan its end, or give `until` a later day."
            yield finding(desired, "until-near", address, detail, remedy, Severity.NOTE)


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
    for rule, until, span in _ending(rules, places):
        if until < today:
            detail = f"The rule for {_named(rule)} held until {until}, and no longer does."
            remedy = "Delete the rule, or give `until` a later day."
            yield policy_finding(code, span, detail, remedy, Severity.WARNING)


def _near(code: str, rules: Sequence[IgnoreRule], places: Sequence[Span], today: date) -> Iterator[Diagnostic]:
    for rule, until, span in _ending(rules, places):
        if is_near(until, today):
            detail = f"The rule for {_named(rule)} holds until {until}."
            remedy = "Plan for what it covers, or give `until` a later day."
            yield policy_finding(code, span, detail, remedy, Severity.NOTE)


def _ending(rules: Sequence[IgnoreRule], places: Sequence[Span]) -> Iterator[tuple[IgnoreRule, date, Span]]:
    for rule, span in zip(rules, places, strict=True):
        if rule.until is not None:
            yield rule, rule.until, span


def _named(rule: IgnoreRule) -> str:
    covered = f"`{rule.code}` of `{rule.match}`" if isinstance(rule, SilenceRule) else f"`{rule.match}`"
    return f"{covered} ({rule.reason})"


def _dated(desired: Desired) -> Iterator[tuple[Address, date, str]]:
    for address, meta in desired.metas.items():
        if meta.until is not None:
            yield address, meta.until, f" (owner: {meta.owner})" if meta.owner else ""
