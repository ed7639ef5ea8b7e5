"""Deletions: tombstones under ``removed:``, protection, and what a zone's deletion covers."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from reconciler.kinds import KINDS
from reconciler.model.address import Address, kind_of, matches
from reconciler.model.change import Action, Change, Origin
from reconciler.model.plan import Refusal
from reconciler.model.state import Applied, Removal
from reconciler.planner.left_out import LeftOut, name_of


def judge_deletions(
    changes: Iterable[Change], removals: tuple[Removal, ...], applied: Applied, left_out: LeftOut
) -> tuple[list[Change], list[Refusal]]:
    """Return the changes with each deletion approved, let go or refused, and refusals of globs that count wrongly."""
    listed = _fold_zones(list(changes))
    deletions = [change.address for change in listed if change.action is Action.DELETE]
    tombstones, refusals = _tombstones(deletions, removals)
    return [_judged(change, tombstones, applied, left_out) for change in listed], refusals


def _fold_zones(changes: list[Change]) -> list[Change]:
    """Return the changes without the record sets of deleted zones: they go with their zone, as one change."""
    zones = {c.address.partition("/")[2] for c in changes if c.action is Action.DELETE and kind_of(c.address) == "zone"}
    if not zones:
        return changes
    return [c for c in changes if not (c.address.startswith("record/") and c.address.split("/")[1] in zones)]


def _tombstones(
    deletions: list[Address], removals: tuple[Removal, ...]
) -> tuple[Mapping[Address, Removal], list[Refusal]]:
    found: dict[Address, Removal] = {}
    refusals = []
    for removal in removals:
        if removal.count is None:
            found.setdefault(removal.pattern, removal)
            continue
        hits = [address for address in deletions if matches(address, removal.pattern)]
        if hits and len(hits) != removal.count:
            refusals.append(
                Refusal(
                    "removed-count",
                    f"`removed:` lets {removal.count} go that match {removal.pattern}, but {len(hits)} would go.",
                    f"Look at them; if all of them may go, write `count: {len(hits)}` ({removal.span}).",
                    tuple(sorted(hits)),
                )
            )
        found |= {address: removal for address in hits if address not in found}
    return found, refusals


def _judged(change: Change, tombstones: Mapping[Address, Removal], applied: Applied, left_out: LeftOut) -> Change:
    if not change.action.destroys:
        return change
    address, removal = change.address, tombstones.get(change.address)
    if removal and removal.keep:
        return replace(change, action=Action.FORGET, after=None, reason=removal.reason, approved_in_git=True)
    provenance = applied.provenance.get(address)
    if provenance and provenance.protect:
        return replace(
            change,
            refused="It is protected. Declare it again with `meta: {protect: false}`, apply, and then remove it.",
        )
    if kind_of(address) == "record" and name_of(address) in left_out.names:
        return replace(change, refused="A record set at this name isn't served, so nothing is deleted there.")
    if removal:
        return replace(change, reason=removal.reason, approved_in_git=True, span=change.span or removal.span)
    if KINDS[kind_of(address)].needs_tombstone and change.origin is not Origin.UNMANAGED:
        return replace(change, refused=f"Say so in git: `removed: {{{address}: {{reason: TEXT}}}}`.")
    return change
