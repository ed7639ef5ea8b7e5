"""What is to be verified: zones by name with everything in them, or what an apply has just changed."""

from collections.abc import Iterable, Iterator
from datetime import date

from reconciler.kinds.record_names import canonical_zone
from reconciler.model.address import Address, kind_of, split
from reconciler.model.errors import UsageError
from reconciler.model.outcome import Outcome, Status
from reconciler.model.scalars import refusals
from reconciler.model.state import Desired
from reconciler.model.text import neutral
from reconciler.verify.expected import record_sets


def chosen_zones(desired: Desired, names: Iterable[str]) -> frozenset[str]:
    """Return the zones of these names, all where there are none; raises ``UsageError`` for one that isn't declared."""
    declared = frozenset(split(address)[1] for address in desired.state if kind_of(address) == "zone")
    chosen = {_canonical(name) for name in names}
    if unknown := sorted(chosen - declared):
        known = ", ".join(sorted(declared)[:10]) or "none"
        raise UsageError(f"There is no zone {neutral(unknown[0], 80)} in the files.", f"Zones: {known}.")
    return frozenset(chosen) or declared


def declared_sets(desired: Desired, zones: frozenset[str], today: date) -> tuple[Address, ...]:
    """Return the record sets of zones, without those that policy leaves alone."""
    ignores = desired.config.policy.ignores
    return tuple(a for a in record_sets(desired.state, zones) if not ignores(a, today))


def changed_sets(outcomes: Iterable[Outcome], desired: Desired) -> tuple[Address, ...]:
    """Return the record sets that an apply has changed, in zones that are still declared."""
    return tuple(dict.fromkeys(_changed(outcomes, desired)))


def zones_of(addresses: Iterable[Address]) -> frozenset[str]:
    """Return the zones of record sets."""
    return frozenset(split(address)[1] for address in addresses)


def _changed(outcomes: Iterable[Outcome], desired: Desired) -> Iterator[Address]:
    for outcome in outcomes:
        change = outcome.change
        if kind_of(change.address) != "record" or outcome.status is not Status.DONE or not change.action.writes:
            continue
        if f"zone/{change.address.split('/')[1]}" in desired.state:
            yield change.address


def _canonical(name: str) -> str:
    try:
        return canonical_zone(name)
    except refusals() as error:
        raise UsageError(error.message()) from None
