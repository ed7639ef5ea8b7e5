"""What is left of an interrupted apply: each change of its intent is read back, and only what isn't done is left.

A plan is made again, for the same files and as of the same day. A change that it holds with the very seal that was
intended wasn't done, and nothing that it depends on has changed since: that is sent again, under the same key. A
change of the same address with another seal means that live is neither as before nor as it should be: that is left
alone. What the new plan no longer holds was done.
"""

from collections.abc import Mapping, Sequence
from dataclasses import field, replace

from reconciler.kinds import KINDS
from reconciler.model.address import Address, kind_of
from reconciler.model.change import Action, Change, Origin
from reconciler.model.compare import Bookkeeping
from reconciler.model.errors import RefusedError
from reconciler.model.late import dataclass
from reconciler.model.outcome import ReadBack, Status
from reconciler.model.plan import Options, Plan
from reconciler.model.receipt import Receipt, Step
from reconciler.model.seals import SealList
from reconciler.model.state import Desired, Live
from reconciler.model.text import neutral

_CHANGED = "It is neither as it was before nor as it should be, so it is left alone."
_OTHER_TERMS = "It wasn't submitted, and its terms aren't those that were approved any more. Make a new plan."
_UNCONFIRMED = "It is there; whether its secret was set isn't known."


@dataclass(frozen=True, slots=True)
class Rest:
    """``plan`` holds what is still to be sent and what the record learns, ``read_back`` the verdict on all the others.

    Of what is sent, ``confirming`` are creations that are there already: the same request again, which has no second
    effect, proves that their secrets were set as well.
    """

    plan: Plan
    read_back: Mapping[Address, ReadBack]
    confirming: frozenset[Address] = field(default=frozenset())

    @property
    def missing(self) -> Mapping[Address, Status]:
        """What wasn't done and isn't sent, so that nothing is sent that needs it."""
        return {address: found.status for address, found in self.read_back.items() if found.status is not Status.DONE}

    def abandoned(self) -> "Rest":
        """Return the rest of which nothing is sent any more."""
        unsent = {
            change.address: ReadBack(Status.UNKNOWN, _UNCONFIRMED)
            if change.address in self.confirming
            else ReadBack(Status.NOT_DONE)
            for change in self.plan.changes
        }
        return Rest(replace(self.plan, batches=()), {**self.read_back, **unsent})


def options_again(steps: Sequence[Step]) -> Options:
    """Return the options of the plan that is made again: it may hold more than was intended, never less.

    A kind of which entries were to go is believed to be empty, because the interrupted apply may have emptied it.
    """
    emptied = frozenset(kind_of(step.address) for step in steps if step.action == Action.DELETE)
    return Options(include_drift=True, accept_empty=emptied)


def left_of(steps: Sequence[Step], again: Plan, desired: Desired, unread: Mapping[str, str]) -> Rest:
    """Return what is left of the intended ``steps``; ``unread`` are the kinds that can't be read now, each with why."""
    intended = {step.seal for step in steps}
    batches = [tuple(change for change in batch if change.seal in intended) for batch in again.batches]
    present = {change.seal for batch in batches for change in batch}
    differing = {change.address for change in (*again.changes, *again.drift, *again.refused)}
    unsubmitted = {c.address for c in (*again.changes, *again.refused) if _is_unsubmitted(c)}
    read_back: dict[Address, ReadBack] = {}
    confirming: dict[Address, Change] = {}
    for step in steps:
        if step.seal in present:
            continue
        if (kind := kind_of(step.address)) in unread:
            read_back[step.address] = ReadBack(Status.UNKNOWN, unread[kind])
        elif step.address in unsubmitted:
            read_back[step.address] = ReadBack(Status.NOT_DONE, _OTHER_TERMS)
        elif step.address in differing:
            read_back[step.address] = ReadBack(Status.UNKNOWN, _CHANGED)
        elif change := _unconfirmed(step, desired):
            confirming[step.address] = change
        else:
            read_back[step.address] = ReadBack(Status.DONE)
    sent = (*(batch for batch in batches if batch), *((change,) for change in confirming.values()))
    learnt = {step.address for step in steps} - confirming.keys()
    notes = tuple(note for note in again.notes if note.what is Bookkeeping.DROP or note.address in learnt)
    return Rest(replace(again, batches=sent, notes=notes), read_back, frozenset(confirming))


def _is_unsubmitted(change: Change) -> bool:
    """Tell whether reading back proves that a request didn't reach the account."""
    return change.action is Action.SUBMIT and change.before is None and change.applied is None


def _unconfirmed(step: Step, desired: Desired) -> Change | None:
    """Return a creation as it was intended, where it sets a secret; reading back can't tell whether that is set."""
    value = desired.state.get(step.address)
    if step.action != Action.CREATE or value is None or not KINDS[kind_of(step.address)].versions(value):
        return None
    return Change(step.address, Action.CREATE, Origin(step.origin), None, value, seal=step.seal)


def nothing_read(pending: Receipt, why: str) -> Rest:
    """Return the rest of an apply of which nothing can be read back now, and nothing is sent."""
    unknown = {step.address: ReadBack(Status.UNKNOWN, neutral(why)) for step in pending.steps}
    return Rest(Plan(pending.account, pending.origin, (), SealList(pending.account, pending.context, ())), unknown)


def demand_here(pending: Receipt, live: Live, local: Sequence[str], machine: str) -> None:
    """Raise ``RefusedError`` where the account of an apply from elsewhere would be a new file in this folder."""
    if local and not live.exists and pending.machine != machine:
        raise RefusedError(
            f"The account lies in a file of the folder in which the apply began, on {neutral(pending.host)}.",
            "Resume it there. What isn't done can be given up with `--abandon --reason TEXT`.",
        )
