"""Proof after an apply: live is read again, and nothing of the plan may be left."""

from reconciler.model.address import Address, kind_of, live_id_address
from reconciler.model.change import Action, Change
from reconciler.model.outcome import Outcome, Status
from reconciler.model.plan import Plan


def remaining(outcomes: tuple[Outcome, ...], again: Plan) -> tuple[Address, ...]:
    """Return the addresses whose change was carried out, as the account said, and that is still to be done.

    ``again`` is a plan made afterwards with the record's new knowledge: to it, a write without effect looks like drift,
    and a deletion without effect like something that nobody declared. What moved without a live write may go on
    holding the drift that it had.
    """
    still = {change.address for change in (*again.changes, *again.refused)}
    drifted = {change.address for change in again.drift}
    there = frozenset(again.unmanaged)
    done = [outcome.change for outcome in outcomes if outcome.status is Status.DONE]
    return tuple(
        sorted(
            c.address
            for c in done
            if c.address in still or (c.action.writes and c.address in drifted) or _is_undeleted(c, there)
        )
    )


def _is_undeleted(change: Change, there: frozenset[Address]) -> bool:
    if change.action is not Action.DELETE:
        return False
    by_id = live_id_address(kind_of(change.address), change.live_id) if change.live_id else change.address
    return change.address in there or by_id in there
