"""D, L and A become a plan: the order of the steps, each of which is a file of its own.

Pure: the same three states, capabilities, options and day give the same plan, in whatever order they are read.
"""

from datetime import date

from reconciler.model.address import Address
from reconciler.model.change import Change
from reconciler.model.plan import Options, Plan
from reconciler.model.state import Applied, Desired, Live
from reconciler.planner.guards import guard
from reconciler.planner.left_out import find_left_out
from reconciler.planner.order import order_changes
from reconciler.planner.ownership import assign
from reconciler.planner.project import Facts
from reconciler.planner.reading import demand_complete
from reconciler.planner.removal import judge_deletions
from reconciler.planner.seal import context_of, seal_change, seal_list
from reconciler.planner.subtract import Subtraction
from reconciler.ports import Capabilities


def build_plan(
    desired: Desired, live: Live, applied: Applied, capabilities: Capabilities, options: Options, today: date
) -> Plan:
    """Return what an apply would do.

    Raises ``RefusedError`` for another account and ``IncompleteReadError`` where the read can't be planned on.
    """
    owned = assign(desired.state, live, applied)
    read = demand_complete(desired, live, owned.live, applied, options)
    left_out = find_left_out(desired, capabilities)
    found = Subtraction(desired, owned, applied, left_out, options, Facts(desired, applied.salt, today)).run()
    judged, miscounts = judge_deletions(found.changes, desired.removals, applied, left_out)
    refused = [change for change in judged if change.refused]
    allowed = [change for change in judged if not change.refused]
    refusals = found.refusals + miscounts + guard(allowed, desired, owned.live, applied, options)
    account, origin = desired.config.account, live.origin
    batches = tuple(
        tuple(seal_change(change, account, origin, desired.state, applied) for change in batch)
        for batch in order_changes(allowed)
    )
    return Plan(
        account=account,
        origin=origin,
        batches=batches,
        seals=seal_list(account, context_of(desired.config, origin), batches),
        refused=tuple(sorted(refused, key=_address)),
        drift=tuple(sorted(found.drift, key=_address)),
        unmanaged=tuple(sorted(found.unmanaged)),
        notes=tuple(sorted(found.notes, key=lambda note: note.address)),
        refusals=tuple(sorted(refusals, key=lambda refusal: (refusal.code, refusal.detail))),
        findings=desired.findings + tuple(sorted(found.findings, key=lambda f: (f.code, f.detail))),
        read=read,
        record=f"record as of receipt {applied.number}" if applied.number else "nothing applied yet",
        options=options,
    )


def _address(change: Change) -> Address:
    return change.address
