"""Deletions: tombstones, protection, and what goes with a zone."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from reconciler.kinds import KINDS
from reconciler.model.address import Address, kind_of
from reconciler.model.change import Action, Change, Origin
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.plan import Refusal
from reconciler.model.state import Applied, Desired, Removal
from reconciler.planner.codes import diagnostic
from reconciler.planner.tombstones import match_removals


@dataclass(slots=True)
class Judged:
    """The changes, each deletion approved in git, let go, refused (``Change.refused``) or for the guards to judge."""

    changes: list[Change]
    unmanaged: list[Address]
    refusals: list[Refusal] = field(default_factory=list)
    findings: list[Diagnostic] = field(default_factory=list)


def judge_deletions(changes: list[Change], unmanaged: list[Address], desired: Desired, applied: Applied) -> Judged:
    """Return the changes with every deletion judged, those of record sets folded into the deletion of their zone."""
    leaving = (change.address for change in changes if change.action is Action.DELETE)
    removals, miscounts = match_removals(leaving, desired.removals)
    protected = {a for a, p in applied.provenance.items() if p.protect}
    protected |= {a for a, meta in desired.metas.items() if meta.protect}
    judged = _fold_zones([_approved(change, removals) for change in changes], unmanaged, protected)
    judged.changes = [_refused(change, protected) for change in judged.changes]
    judged.refusals += miscounts + list(_blocking(judged.changes))
    return judged


def _approved(change: Change, removals: Mapping[Address, Removal]) -> Change:
    """Return a deletion with what ``removed:`` says about it."""
    removal = removals.get(change.address) if change.action is Action.DELETE else None
    if removal is None:
        return change
    told = replace(change, reason=removal.reason, approved_in_git=True, span=removal.span)
    if not removal.keep:
        return told
    kind = KINDS[kind_of(change.address)]
    risk = kind.risk(Action.FORGET, change.address, change.before, None)
    return replace(told, action=Action.FORGET, origin=Origin.ASKED, risk=risk)


def _fold_zones(changes: list[Change], unmanaged: list[Address], protected: set[Address]) -> Judged:
    """Return the changes without those of record sets whose zone goes: a zone and all it holds are one change.

    What was changed or made in the zone by hand makes the deletion one of origin *both*.
    """
    prefixes = {change.covers: change.address for change in changes if change.covers}
    if not prefixes:
        return Judged(changes, unmanaged)
    by_hand: dict[Address, list[Address]] = {}
    kept: list[Change] = []
    for change in changes:
        if (zone := prefixes.get(_prefix(change.address))) is None:
            kept.append(change)
        elif change.origin is Origin.BOTH:
            by_hand.setdefault(zone, []).append(change.address)
    left = []
    for address in unmanaged:
        if zone := prefixes.get(_prefix(address)):
            by_hand.setdefault(zone, []).append(address)
        else:
            left.append(address)
    judged = Judged([_with_content(change, by_hand, protected) for change in kept], left)
    judged.findings += [
        diagnostic(
            "zone-holds-others",
            f"{change.address} holds what was made or changed by hand: {_some(others)}.",
            f"Look at them; then apply a saved plan, or say `--override {change.address}`.",
            address=change.address,
        )
        for change in judged.changes
        if change.action is Action.DELETE and (others := by_hand.get(change.address))
    ]
    return judged


def _with_content(change: Change, by_hand: Mapping[Address, list[Address]], protected: set[Address]) -> Change:
    """Return a zone's deletion with what its record sets say to it."""
    if not change.covers or change.action is not Action.DELETE:
        return change
    if held := [address for address in protected if address.startswith(change.covers)]:
        return replace(change, refused=f"It holds what is protected: {_some(held)}. {_UNPROTECT}")
    return replace(change, origin=Origin.BOTH) if change.address in by_hand else change


def _refused(change: Change, protected: set[Address]) -> Change:
    """Return a deletion refused where it is protected or needs a tombstone that it doesn't have."""
    if change.refused or not change.action.destroys:
        return change
    if change.address in protected:
        return replace(change, refused=f"It is protected. {_UNPROTECT}")
    if _lacks_tombstone(change):
        return replace(change, refused=f"Write under `removed:` that it may go: `{change.address}: {{reason: TEXT}}`.")
    return change


def _lacks_tombstone(change: Change) -> bool:
    needs = change.action is Action.DELETE and KINDS[kind_of(change.address)].needs_tombstone
    return needs and not change.approved_in_git


def _blocking(changes: Iterable[Change]) -> Iterable[Refusal]:
    """Yield the refusals of the whole plan: what git asks for may not half be done."""
    refused = sorted((c for c in changes if c.refused and c.action.destroys), key=lambda change: change.address)
    protected = tuple(change.address for change in refused if not _lacks_tombstone(change))
    missing = tuple(change.address for change in refused if _lacks_tombstone(change))
    if missing:
        lines = ", ".join(f"{address}: {{reason: TEXT}}" for address in missing)
        detail = f"Deletions that git doesn't say: {_some(missing)}."
        remedy = f"Write `removed: {{{lines}}}`, add `keep: true` to let go without deleting, or declare them again."
        yield Refusal("tombstone-missing", detail, remedy, missing)
    if protected:
        yield Refusal("protected", f"Protected resources would be deleted: {_some(protected)}.", _UNPROTECT, protected)


_UNPROTECT = "Declare it again with `meta: {protect: false}`, apply, and then remove it."


def _prefix(address: Address) -> str:
    """Return the prefix that a record set shares with all of its zone, empty for other kinds."""
    return address[: address.index("/", 7) + 1] if address.startswith("record/") else ""


def _some(addresses: Iterable[Address], most: int = 5) -> str:
    listed = sorted(addresses)
    more = f" and {len(listed) - most} more" if len(listed) > most else ""
    return ", ".join(listed[:most]) + more
