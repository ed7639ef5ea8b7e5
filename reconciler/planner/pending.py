"""A pull request's own changes, apart from those that the base asks for already and that nobody has applied yet.

A change is *pending* when the base alone plans it with the same seal. What the pull request alters has another seal, so
it belongs to the pull request. Guards have judged the whole list before.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from reconciler.model.approvals import Demand
from reconciler.model.change import Change
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.errors import DiagnosticsError, ReconcilerError
from reconciler.model.findings import joined
from reconciler.model.plan import Merge, Plan
from reconciler.planner.codes import diagnostic


def set_apart(whole: Plan, base: Plan | ReconcilerError, merge: Merge, uncommitted: Sequence[str]) -> Plan:
    """Return the plan of a merge with what is pending on its base taken out of its batches and of its seal.

    ``base`` is the plan of the base alone, or what kept it from being made; then nothing is pending.
    """
    known = frozenset() if isinstance(base, ReconcilerError) else frozenset(change.seal for change in base.changes)
    batches = (tuple(change for change in batch if change.seal not in known) for batch in whole.batches)
    own = tuple(batch for batch in batches if batch)
    seals = tuple(sorted(change.seal for batch in own for change in batch))
    return replace(
        whole,
        batches=own,
        demands=_demands(whole, own),
        seals=replace(whole.seals, changes=seals),
        pending=tuple(change for change in whole.changes if change.seal in known),
        merge=merge,
        findings=joined(whole.findings, tuple(_findings(base, uncommitted))),
    )


def _demands(whole: Plan, own: Sequence[tuple[Change, ...]]) -> tuple[Demand, ...]:
    """Return who must approve the pull request's own changes; what is pending was approved by itself."""
    risks = {change.address: change.risk.label for batch in own for change in batch}
    kept = [(one, tuple(address for address in one.addresses if address in risks)) for one in whole.demands]
    return tuple(
        replace(one, addresses=left, risks=tuple(dict.fromkeys(risks[address] for address in left)))
        for one, left in kept
        if left
    )


def _findings(base: Plan | ReconcilerError, uncommitted: Sequence[str]) -> Iterator[Diagnostic]:
    if uncommitted:
        more = f" and {len(uncommitted) - 5} more" if len(uncommitted) > 5 else ""
        detail = f"Not committed, so not part of this: {', '.join(uncommitted[:5])}{more}."
        yield diagnostic("uncommitted", detail, "Commit it, or leave it.")
    if isinstance(base, DiagnosticsError):
        first = base.diagnostics[0]
        yield _not_planned(f"{first.detail or first.summary} ({base})")
    elif isinstance(base, ReconcilerError):
        yield _not_planned(str(base))


def _not_planned(why: str) -> Diagnostic:
    return diagnostic("base-not-planned", f"The base has no plan of its own: {why}", "Look at every change below.")
