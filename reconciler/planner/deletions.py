"""Deletions: what `removed:` says of them, protection, and what goes with a zone."""

from collections.abc import Iterable, Mapping
from dataclasses import field, replace
from datetime import date

from reconciler.kinds import KINDS
from reconciler.model.address import Address, kind_of
from reconciler.model.change import Action, Change, Origin
from reconciler.model.diagnostic import Diagnostic, Severity
from reconciler.model.late import dataclass
from reconciler.model.plan import Refusal
from reconciler.model.state import Applied, Desired, Removal
from reconciler.planner.codes import diagnostic
from reconciler.planner.tombstones import match_removals, waiting


@dataclass(slots=True)
class Judged:
    """The changes, each deletion approved in git, let go, refused (``Change.refused``) or for the guards to judge."""

    changes: list[Change]
    unmanaged: list[Address]
    refusals: list[Refusal] = field(default_factory=list)
    findings: list[Diagnostic] = field(default_factory=list)


def judge_deletions(
    changes: list[Change], unmanaged: list[Address], desired: Desired, applied: Applied, today: date
) -> Judged:
    """Return the changes with every deletion judged, those of record sets folded into the deletion of their zone.

    What ``removed:`` lets go after a day that hasn't passed is no change yet: it stays, and stays ours.
    """
    removals, miscounts = match_removals((c.address for c in changes if _leaves(c)), desired.removals)
    waits = waiting(removals, today)
    protected = {*applied.protections, *(a for a, meta in desired.metas.items() if meta.protect)}
    stays = {a for a, removal in removals.items() if removal.keep or a in waits}
    due = [_approved(change, removals) for change in changes if not _is_early(change, removals, waits)]
    judged = _fold_zones(due, unmanaged, protected, stays)
    judged.changes = [_refused(change, protected) for change in judged.changes]
    judged.refusals += miscounts + list(_blocking(judged.changes, protected))
    judged.findings += [_waits(address, removal) for address, removal in sorted(waits.items())]
    return judged


def _leaves(change: Change) -> bool:
    """Tell whether ``removed:`` may speak of a change: a deletion, or the end of managing what is always there."""
    return change.action is Action.DELETE or (change.action is Action.FORGET and KINDS[kind_of(change.address)].fixed)


def _is_early(change: Change, removals: Mapping[Address, Removal], waits: Mapping[Address, Removal]) -> bool:
    """Tell whether a resource stays for now: its own day hasn't passed, or its zone's while it has none of its own."""
    if change.action is not Action.DELETE or change.address in removals:
        return change.address in waits
    zone = _prefix(change.address).replace("record/", "zone/", 1).removesuffix("/")
    return zone in waits


def _waits(address: Address, removal: Removal) -> Diagnostic:
    detail = f"{address} stays until {removal.after} and goes afterwards."
    remedy = "Nothing needs doing. To let it go now, delete `after`."
    return diagnostic("removal-waits", detail, remedy, Severity.NOTE, address, removal.span)


def _approved(change: Change, removals: Mapping[Address, Removal]) -> Change:
    """Return a deletion with what ``removed:`` says about it."""
    removal = removals.get(change.address) if _leaves(change) else None
    if removal is None:
        return change
    told = replace(change, reason=removal.reason, approved_in_git=True, span=removal.span)
    if not removal.keep:
        return told
    kind = KINDS[kind_of(change.address)]
    risk = kind.risk(Action.FORGET, change.address, change.before, None)
    return replace(told, action=Action.FORGET, origin=Origin.ASKED, risk=risk)


def _fold_zones(
    changes: list[Change], unmanaged: list[Address], protected: set[Address], stays: set[Address]
) -> Judged:
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
    judged = Judged([_with_content(change, by_hand, protected, stays) for change in kept], left)
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


def _with_content(
    change: Change, by_hand: Mapping[Address, list[Address]], protected: set[Address], stays: set[Address]
) -> Change:
    """Return a zone's deletion with what its record sets say to it."""
    if not change.covers or change.action is not Action.DELETE:
        return change
    if held := [address for address in protected if address.startswith(change.covers)]:
        return replace(change, refused=f"It holds what is protected: {_some(held)}. {_UNPROTECT}")
    if kept := [address for address in stays if address.startswith(change.covers)]:
        return replace(change, refused=f"It holds what `removed:` lets stay: {_some(kept)}. {_AGREE}")
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


def _blocking(changes: Iterable[Change], protects: set[Address]) -> Iterable[Refusal]:
    """Yield the refusals of the whole plan: what git asks for may not half be done."""
    refused = sorted((c for c in changes if c.refused and c.action.destroys), key=lambda change: change.address)
    protected = tuple(change.address for change in refused if _is_protected(change, protects))
    missing = tuple(c.address for c in refused if _lacks_tombstone(c) and c.address not in protected)
    if missing:
        lines = ", ".join(f"{address}: {{reason: TEXT}}" for address in missing)
        detail = f"Deletions that git doesn't say: {_some(missing)}."
        remedy = (
            f"Write `removed: {{{lines}}}`, add `keep: true` to let go without deleting, or declare them again; "
            "what only has another name now says `previously: OLD`."
        )
        yield Refusal("tombstone-missing", detail, remedy, missing)
    if protected:
        yield Refusal("protected", f"Protected resources would be deleted: {_some(protected)}.", _UNPROTECT, protected)
    if holding := tuple(c.address for c in refused if c.address not in (*missing, *protected)):
        detail = f"Zones would take along what `removed:` lets stay: {_some(holding)}."
        yield Refusal("zone-holds-kept", detail, _AGREE, holding)


def _is_protected(change: Change, protects: set[Address]) -> bool:
    return change.address in protects or any(change.covers and a.startswith(change.covers) for a in protects)


#: So many addresses stand in a sentence.
_MOST_NAMED = 5
_AGREE = "Give the zone the same `keep` or `after`, or take theirs away."
_UNPROTECT = "Declare it again with `meta: {protect: false}`, apply, and then remove it."


def _prefix(address: Address) -> str:
    """Return the prefix that a record set shares with all of its zone, empty for other kinds."""
    return address[: address.index("/", 7) + 1] if address.startswith("record/") else ""


def _some(addresses: Iterable[Address]) -> str:
    listed = sorted(addresses)
    more = f" and {len(listed) - _MOST_NAMED} more" if len(listed) > _MOST_NAMED else ""
    return ", ".join(listed[:_MOST_NAMED]) + more
