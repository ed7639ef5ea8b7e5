"""The rules over a whole configuration: what each file says is sound, but together they don't work.

A rule is a function from the desired state and the day to diagnostics. What its code means stands in ``codes.py``, an
example of what fails and what passes in ``examples/CODE.md``; a test runs both. Adding a rule is these three and a row.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import TypeAlias

from reconciler.cache.cache import NO_CACHE, Cache
from reconciler.check.dates import ignore_near, ignore_passed, silence_near, silence_passed, until_near, until_passed
from reconciler.check.dns.checking import check_dns
from reconciler.check.ftp import ftp_home_inside
from reconciler.check.invoice import unknown_contact
from reconciler.check.leaving import invoice_leaves, notice_leaves, target_leaves
from reconciler.check.mail import forward_loop, unknown_catch_all, unknown_target
from reconciler.check.secrets import secret_outside_policy
from reconciler.check.silence import silence_unused
from reconciler.model.diagnostic import Diagnostic, sort_diagnostics, with_related
from reconciler.model.errors import DiagnosticsError
from reconciler.model.findings import errors_of, joined
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


def check(desired: Desired, today: date, cache: Cache = NO_CACHE) -> Sequence[Diagnostic]:
    """Return what the rules find, by place; raises ``DiagnosticsError`` with all of it when any of it is an error.

    What an earlier run found over DNS and left in the ``cache`` isn't looked for again, nor made before it is needed.
    """
    found = joined([each for rule in RULES.values() for each in rule(desired, today)], check_dns(desired, today, cache))
    if desired.config.policy.silence:
        last = [each for rule in LAST_RULES.values() for each in rule(desired, [*desired.findings, *found], today)]
        found = joined(found, last)
    if desired.related:
        found = sort_diagnostics(list(with_related(found, desired.related)))
    if errors_of(found):
        raise DiagnosticsError(tuple(found))
    return found
