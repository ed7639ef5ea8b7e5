"""Who must approve a plan: policy's rules for the risks of its changes."""

from collections.abc import Iterable

from reconciler.model.account import ApprovalRule, Policy
from reconciler.model.approvals import Demand
from reconciler.model.change import Change


def demands_of(changes: Iterable[Change], policy: Policy) -> tuple[Demand, ...]:
    """Return what ``policy.approvals`` asks for, the gravest risk first; changes without a rule ask for nothing."""
    found: dict[ApprovalRule, list[Change]] = {}
    for change in sorted(changes, key=lambda change: (-change.risk, change.address)):
        rule = policy.approvals.of(change.risk.name.lower()) if policy.approvals else None
        if rule is not None:
            found.setdefault(rule, []).append(change)
    return tuple(
        Demand(
            count=rule.count,
            of=rule.from_,
            not_author=rule.not_ == "author",
            risks=tuple(dict.fromkeys(change.risk.label for change in concerned)),
            addresses=tuple(change.address for change in concerned),
        )
        for rule, concerned in found.items()
    )
