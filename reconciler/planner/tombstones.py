"""Entries of ``removed:``: which deletions git itself says, and where a glob covers another number than it names."""

from collections.abc import Iterable, Mapping
from datetime import date

from reconciler.kinds import KINDS
from reconciler.model.address import Address, kind_of, live_id_of, matches
from reconciler.model.plan import Refusal
from reconciler.model.state import Removal, State


def match_removals(
    deletions: Iterable[Address], removals: tuple[Removal, ...]
) -> tuple[Mapping[Address, Removal], list[Refusal]]:
    """Return the entry that names each deletion, and a refusal for each glob with a wrong count.

    An entry that names nothing is spent and harmless. An address goes before a glob, an earlier glob before a later.
    """
    leaving = frozenset(deletions)
    found = {r.pattern: r for r in removals if r.count is None and r.pattern in leaving}
    refusals = []
    for removal in removals:
        hits = () if removal.count is None else sorted(a for a in leaving if matches(a, removal.pattern))
        if hits and len(hits) != removal.count:
            refusals.append(_miscount(removal, tuple(hits)))
        found |= {address: removal for address in hits if address not in found}
    return found, refusals


def waiting(removals: Mapping[Address, Removal], today: date) -> dict[Address, Removal]:
    """Return those whose last day hasn't passed."""
    return {address: found for address, found in removals.items() if found.after and today <= found.after}


def kept_by_name(removals: tuple[Removal, ...], owned: State) -> frozenset[str]:
    """Return the kinds of which something was let go under a name that the account doesn't know.

    Which of its entries that is, nobody can tell any more once the record has forgotten it.
    """
    kept = (r.pattern for r in removals if r.keep and KINDS[kind_of(r.pattern)].natural_key)
    return frozenset(kind_of(name) for name in kept if live_id_of(name) is None and name not in owned)


def is_named(address: Address, removals: tuple[Removal, ...]) -> bool:
    """Tell whether an entry names an address, or the zone of a record set."""
    zone = f"zone/{address.split('/', 2)[1]}" if address.startswith("record/") else address
    return any(matches(address, removal.pattern) or matches(zone, removal.pattern) for removal in removals)


def _miscount(removal: Removal, hits: tuple[Address, ...]) -> Refusal:
    return Refusal(
        "removed-count",
        f"`removed:` lets {removal.count} go that match {removal.pattern}, but {len(hits)} would go.",
        f"Look at them; if all of them may go, write `count: {len(hits)}` ({removal.span}).",
        hits,
    )
