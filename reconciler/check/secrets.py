"""Rules over secrets: that policy, where it names some, admits those that are referred to."""

from collections.abc import Iterator
from datetime import date

from reconciler.check.finding import finding
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.state import Desired


def secret_outside_policy(desired: Desired, _today: date) -> Iterator[Diagnostic]:
    """Yield each reference that no glob covers; a policy without globs says nothing about it."""
    policy = desired.config.policy
    for (address, name), ref in desired.secrets.items() if policy.secrets else ():
        if ref.given is None and not policy.admits(str(ref)):
            detail = f"{address} needs `{ref}` for `{name}`, which no glob of `policy.secrets` covers."
            remedy = "Add a glob for it in account.yaml, or refer to another secret."
            yield finding(desired, "secret-outside-policy", address, detail, remedy)
