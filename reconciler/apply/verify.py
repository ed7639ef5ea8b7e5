"""Proof after an apply: live is read again, and nothing of the plan may be left."""

from collections.abc import Callable, Mapping
from typing import TypeVar

from reconciler.model.address import Address, kind_of, live_id_address
from reconciler.model.change import Action, Change
from reconciler.model.errors import ReconcilerError
from reconciler.model.outcome import Outcome, Proof, Status
from reconciler.model.plan import Plan

_T = TypeVar("_T")


def prove(outcomes: tuple[Outcome, ...], parts: Mapping[frozenset[str], _T], again: Callable[[_T], Plan]) -> Proof:
    """Return what reading back finds; ``parts`` are the providers by their kinds, of which ``again`` plans one anew.

    A provider that can't be read any more leaves unproven only what was written to it.
    """
    still: list[Address] = []
    unread: dict[Address, str] = {}
    for kinds, part in parts.items():
        done = tuple(o for o in outcomes if o.status is Status.DONE and kind_of(o.change.address) in kinds)
        try:
            still += remaining(done, again(part)) if done else ()
        except ReconcilerError as error:
            unread |= unproven(done, error.in_full).unproven
    return Proof(tuple(sorted(still)), unread)


def unproven(outcomes: tuple[Outcome, ...], reason: str) -> Proof:
    """Return that nothing of what was written to the account could be read back."""
    written = (o.change for o in outcomes if o.status is Status.DONE and o.change.action.writes)
    return Proof(unproven={change.address: reason for change in written})


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
            if c.address in still or (c.action.writes and c.address in drifted) or _is_without_effect(c, again, there)
        )
    )


def _is_without_effect(change: Change, again: Plan, there: frozenset[Address]) -> bool:
    """Tell whether what was submitted isn't in the account's list, or what was deleted is still there."""
    if change.action is Action.SUBMIT:
        return change.address not in again.asked
    return _is_undeleted(change, there)


def _is_undeleted(change: Change, there: frozenset[Address]) -> bool:
    if change.action is not Action.DELETE:
        return False
    by_id = live_id_address(kind_of(change.address), change.live_id) if change.live_id else change.address
    return change.address in there or by_id in there
