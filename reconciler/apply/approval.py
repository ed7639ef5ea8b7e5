"""Approvals: whether a plan may be carried out, judged before anything is written."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from reconciler.model.address import Address
from reconciler.model.change import Origin
from reconciler.model.errors import RefusedError, StaleError
from reconciler.model.plan import Plan


@dataclass(frozen=True, slots=True)
class Approval:
    """What was approved: anything (``context`` is None: ``--auto-approve``, or ``yes`` typed), or exactly these seals.

    ``changes`` maps each approved change's seal to its address; ``context`` is the approved seal list's context.
    ``diverged`` lets a commit be applied that doesn't contain the one applied last.
    """

    context: str | None = None
    changes: Mapping[str, Address] = field(default_factory=dict)
    diverged: bool = False


def check_approval(plan: Plan, approval: Approval) -> None:
    """Return when ``plan`` may be carried out.

    Raises ``RefusedError`` when a guard or policy says no, a step would lock out the caller (a warning until now) or a
    change of origin *both* has no permission, and
    ``StaleError``, naming each difference, when the plan isn't what was approved.
    """
    if plan.refusals:
        first, *more = (f"{refusal.detail} [{refusal.code}]" for refusal in plan.refusals)
        raise RefusedError(
            first, " ".join(dict.fromkeys(refusal.help for refusal in plan.refusals if refusal.help)), more
        )
    for finding in plan.findings:
        if finding.code == "whitelist-locks-out":
            raise RefusedError(f"{finding.detail} [{finding.code}]", finding.help)
    if approval.context is None:
        _demand_overrides(plan)
    else:
        _demand_seals(plan, approval, approval.context)


def _demand_overrides(plan: Plan) -> None:
    """Refuse changes that were asked for *and* happened by hand, unless each is named: nobody saw both sides."""
    unseen = [c.address for c in plan.changes if c.origin is Origin.BOTH and c.address not in plan.options.override]
    if unseen:
        flags = " ".join(f"--override {address}" for address in unseen)
        raise RefusedError(
            f"Changed in git and by hand since the last apply: {', '.join(unseen)}.",
            f"Look at both sides in the plan, then apply a saved plan (`plan --out FILE`), or say {flags}.",
        )


def _demand_seals(plan: Plan, approval: Approval, context: str) -> None:
    """Refuse a plan that differs from the approved one; what is already as approved needs no change any more."""
    present = {change.seal: change.address for change in plan.changes}
    if not present:
        return
    settled = {note.address for note in plan.notes}
    differences = [
        f"not approved as it is now: {address}" for seal, address in present.items() if seal not in approval.changes
    ]
    differences += [
        f"approved, but no longer planned: {address}"
        for seal, address in approval.changes.items()
        if seal not in present and address not in settled and address not in present.values()
    ]
    if plan.seals.context != context:
        differences.append("the policy or the place of the account changed")
    if differences:
        raise StaleError(
            "The plan is no longer what was approved:",
            "Make a new plan, look at it and approve it. Nothing was written.",
            [f"  {line}" for line in sorted(differences)],
        )
