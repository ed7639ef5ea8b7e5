"""What the index learns from an apply: an address advances only when its own change succeeded."""

from collections.abc import Iterable

from reconciler.kinds import KINDS
from reconciler.model.address import Address, kind_of
from reconciler.model.change import Action, Change
from reconciler.model.compare import Bookkeeping
from reconciler.model.fields import Json, Value
from reconciler.model.groups import groups_of
from reconciler.model.late import dataclass
from reconciler.model.meta import NO_META
from reconciler.model.outcome import Outcome, Status
from reconciler.model.plan import Note, Plan
from reconciler.model.state import Applied, Desired, Provenance
from reconciler.record.index import Kept, to_json


@dataclass(frozen=True, slots=True)
class Learning:
    """One apply's number, configuration commit and salt, and the states before it."""

    number: int
    commit: str
    salt: str
    desired: Desired
    applied: Applied

    def entries(self, notes: Iterable[Note], outcomes: Iterable[Outcome]) -> dict[Address, Json | None]:
        """Return the index's changes: an entry for what we own now, None for what we own no longer."""
        learnt: dict[Address, Json | None] = {}
        for note in notes:
            dropped = note.what is Bookkeeping.DROP or note.value is None
            learnt[note.address] = None if dropped else self._entry(note.address, note.value, note.live_id)
        for outcome in outcomes:
            if outcome.status is Status.DONE:
                learnt |= self._of_change(outcome.change, outcome.live_id)
        return learnt

    def _of_change(self, change: Change, live_id: str | None) -> dict[Address, Json | None]:
        if change.action in (Action.DELETE, Action.FORGET):
            return {change.address: None, **dict.fromkeys(_covered(change, self.applied))}
        moved = {change.moved_from: None} if change.moved_from else {}
        return {**moved, change.address: self._entry(change.address, self._declared(change), live_id or change.live_id)}

    def _declared(self, change: Change) -> Value | None:
        """Return the value as it is declared: a default that was filled in is nobody's declaration."""
        return self.desired.state.get(change.address, change.after)

    def _entry(self, address: Address, value: Value, live_id: str | None) -> Json:
        before = self.applied.provenance.get(address)
        span, meta = self.desired.places.get(address), self.desired.metas.get(address, NO_META)
        origin = Provenance(
            receipt=self.number,
            commit=self.commit,
            path=span.file if span else "",
            protect=meta.protect,
            live_id=live_id or (before.live_id if before else None),
        )
        return to_json(address, Kept(KINDS[kind_of(address)].sealed(value, self.salt), origin))


def addresses_in(plan: Plan, applied: Applied) -> set[Address]:
    """Return the addresses of which the index may learn by a plan, whatever becomes of its changes."""
    found = set(plan.touched)
    for change in plan.changes:
        found.update(_covered(change, applied))
    return found


def _covered(change: Change, applied: Applied) -> Iterable[Address]:
    """Return what is applied and goes with a change."""
    return groups_of(applied.state).get(change.covers.removesuffix("/"), ()) if change.covers else ()
