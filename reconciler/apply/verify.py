"""Proof after an apply: live is read again, and nothing of the plan may be left."""

from reconciler.model.address import Address
from reconciler.model.outcome import Outcome, Status
from reconciler.model.plan import Plan


def remaining(outcomes: tuple[Outcome, ...], again: Plan) -> tuple[Address, ...]:
    """Return the addresses whose change was carried out and that a second plan would nevertheless change."""
    still = {change.address for change in (*again.changes, *again.drift)}
    done = {outcome.change.address for outcome in outcomes if outcome.status is Status.DONE}
    return tuple(sorted(done & still))
