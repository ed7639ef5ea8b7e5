"""What of a plan is to be adopted: what the caller names, sorted by what becomes of it in the files."""

from collections.abc import Iterable, Mapping
from dataclasses import field
from difflib import get_close_matches

from reconciler.kinds import KINDS
from reconciler.model.address import Address, kind_of
from reconciler.model.change import Change, Origin
from reconciler.model.errors import UsageError
from reconciler.model.fields import Fields, Value
from reconciler.model.late import dataclass
from reconciler.model.plan import Choice, Plan
from reconciler.model.state import Applied, State


@dataclass(frozen=True, slots=True)
class Chosen:
    """What is adopted: resources that differ (as desired, as live), those that are gone, and new ones."""

    changed: Mapping[Address, tuple[Value, Value]] = field(default_factory=dict)
    gone: tuple[Address, ...] = ()
    new: Mapping[Address, Value] = field(default_factory=dict)


def choose(plan: Plan, live: State, applied: Applied, choice: Choice) -> Chosen:
    """Return what of a plan is adopted.

    What git changed, too, or declares and never applied, is taken only where its address is named exactly. Raises
    :class:`~reconciler.model.errors.UsageError` for an exact address at which there is nothing to adopt.
    """
    drift, unmanaged = choice.sorts
    covered = [change for change in _differing(plan, applied, choice) if drift and choice.covers(change.address)]
    lost = {change.address: change for change in covered if _is_lost(change, applied)}
    differing = {change.address: change for change in covered if change.address not in lost}
    new = {a: value for a, value in _let_live(plan, live) if unmanaged and choice.covers(a)}
    new |= {a: live.get(a, c.before) for a, c in differing.items() if c.after is None and c.before is not None}
    _demand_something(choice, plan, {*differing, *lost, *new})
    found = _likely(lost.values(), {a: live[a] for a in plan.unmanaged})
    changed = {a: (c.after, c.before) for a, c in differing.items() if c.before is not None and c.after is not None}
    changed |= {address: (lost[address].after, value) for address, (_, value) in found.items()}
    gone = {a for a, change in differing.items() if change.before is None} | (lost.keys() - found.keys())
    taken = {entry for entry, _ in found.values()}
    return Chosen(changed, tuple(sorted(gone)), {a: value for a, value in new.items() if a not in taken})


def _differing(plan: Plan, applied: Applied, choice: Choice) -> Iterable[Change]:
    """Yield what was changed by hand, or is lost; what git changed, too, or hasn't applied yet, only if named."""
    for change in (*plan.drift, *plan.changes, *plan.refused):
        named = change.address in choice.patterns
        if (
            change.origin is Origin.DRIFT
            or _is_lost(change, applied)
            or (named and (change.origin is Origin.BOTH or change.takes_over))
        ):
            yield change


def _let_live(plan: Plan, live: State) -> Iterable[tuple[Address, Value]]:
    """Yield what nobody declared, and what policy would delete for that."""
    for address in plan.unmanaged:
        yield address, live[address]
    for change in (*plan.changes, *plan.refused):
        if change.origin is Origin.UNMANAGED and change.address in live:
            yield change.address, live[change.address]


def _is_lost(change: Change, applied: Applied) -> bool:
    """Tell whether an entry that the account knew by an id of its own is gone, so that the planner asks a person."""
    known = applied.provenance.get(change.address)
    by_id = KINDS[kind_of(change.address)].natural_key is not None and known is not None and known.live_id is not None
    return by_id and change.before is None and bool(change.refused)


def _likely(lost: Iterable[Change], unmanaged: State) -> dict[Address, tuple[Address, Value]]:
    """Return for a lost address the only unmanaged entry that equals it in all declared fields but its key."""
    found: dict[Address, tuple[Address, Value]] = {}
    for change in lost:
        kind = KINDS[kind_of(change.address)]
        if not isinstance(change.after, Fields):
            continue
        wanted = change.after.only(change.after.names - {kind.natural_key} - kind.secret_fields)
        alike = [
            (address, value)
            for address, value in unmanaged.items()
            if kind_of(address) == kind.name
            and wanted
            and isinstance(value, Fields)
            and value.only(wanted.names) == wanted
        ]
        if len(alike) == 1 and alike[0] not in found.values():
            found[change.address] = alike[0]
    return found


def _demand_something(choice: Choice, plan: Plan, chosen: set[Address]) -> None:
    exact = [pattern for pattern in choice.patterns if not any(mark in pattern for mark in "*?[")]
    for address in exact:
        if address in chosen:
            continue
        if any(change.address == address for change in plan.changes):
            raise UsageError(
                f"{address} differs because git asks for it, so there is nothing to adopt.",
                "Take the change back in git, or apply it.",
            )
        near = get_close_matches(address, [*(c.address for c in plan.drift), *plan.unmanaged], 1)
        raise UsageError(
            f"{address} is as it is declared, or isn't in the account: there is nothing to adopt.",
            f"Did you mean `{near[0]}`?" if near else "`reconciler drift` and `reconciler plan` show what differs.",
        )
