"""The rules over a whole configuration: what each file says is sound, but together they don't work.

A rule is a function from the desired state and the day to diagnostics. What its code means stands in ``codes.py``, an
example of what fails and what passes in ``examples/CODE.md``; a test runs both. Adding a rule is these three and a row.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import TypeAlias

from reconciler.check.dates import ignore_near, ignore_passed, silence_near, silence_passed, until_near, until_passed
from reconciler.check.dns.rules import check_dns
from reconciler.check.ftp import ftp_home_inside
from reconciler.check.invoice import unknown_contact
from reconciler.check.leaving import invoice_leaves, notice_leaves, target_leaves
from reconciler.check.mail import forward_loop, unknown_catch_all, unknown_target
from reconciler.check.secrets import secret_outside_policy
from reconciler.check.silence import silence_unused
from reconciler.model.diagnostic import Diagnostic, sort_diagnostics, with_related
from reconciler.model.errors import DiagnosticsError
from reconciler.model.state import Desired

Rule: TypeAlias = Callable[[Desired, date], Iterable[Diagnostic]]
LastRule: TypeAlias = Callable[[Desired, Sequence[Diagnostic], date], Iterable[Diagnostic]]

RULES: Mapping[str, Rule] = {
    "forward-loop": forward_loop,
    "ftp-home-inside": ftp_home_inside,
    "ignore-near": ignore_near,
    "ignore-passed": ignore_passed,
    "invoice-leaves": invoice_leaves,
    "notice-leaves": notice_leaves,
    "secret-outside-policy": secret_outside_policy,
    "silence-near": silence_near,
    "silence-passed": silence_passed,
    "target-leaves": target_leaves,
    "unknown-catch-all": unknown_catch_all,
    "unknown-contact": unknown_contact,
    "unknown-target": unknown_target,
    "until-near": until_near,
    "until-passed": until_passed,
}

#: Rules that look at what all the others found, and at what was found when the files were read.
LAST_RULES: Mapping[str, LastRule] = {
    "silence-unused": silence_unused,
}


def check(desired: Desired, today: date) -> tuple[Diagnostic, ...]:
    """Return what the rules find, sorted; raises ``DiagnosticsError`` with all of it when any of it is an error."""
    every = [each for rule in RULES.values() for each in rule(desired, today)] + check_dns(desired, today)
    every += [each for rule in LAST_RULES.values() for each in rule(desired, [*desired.findings, *every], today)]
    found = sort_diagnostics(list(with_related(every, desired.related)))
    if any(each.is_error for each in found):
        raise DiagnosticsError(found)
    return found
