"""The rule over ``policy.silence``: what it silences must still be found."""

from collections.abc import Iterator, Sequence
from datetime import date

from reconciler.check.dates import is_near
from reconciler.check.finding import policy_finding
from reconciler.model.diagnostic import Diagnostic, Severity
from reconciler.model.state import Desired


def silence_unused(desired: Desired, found: Sequence[Diagnostic], today: date) -> Iterator[Diagnostic]:
    """Yield each rule of ``policy.silence`` that holds and covers nothing; one that nears its end is told anyway."""
    rules = zip(desired.config.policy.silence, desired.silenced_at, strict=True)
    for rule, span in rules:
        if not rule.holds(today) or (rule.until is not None and is_near(rule.until, today)):
            continue
        if not any(rule.covers(one.code, one.address) and not one.is_error for one in found):
            named = f"`{rule.code}` of `{rule.match}` ({rule.reason})"
            detail = f"Nothing is found that the rule for {named} would silence."
            remedy = "Delete the rule, or correct `code` or `match`."
            yield policy_finding("silence-unused", span, detail, remedy, Severity.NOTE)
