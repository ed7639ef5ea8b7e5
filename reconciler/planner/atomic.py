"""Zones whose changes don't fit into one transaction: a finding for each."""

from collections.abc import Iterable, Sequence

from reconciler.model.address import group_of, kind_of
from reconciler.model.change import Change
from reconciler.model.diagnostic import Diagnostic
from reconciler.planner.codes import diagnostic
from reconciler.ports import Capabilities


def explain_parts(batches: Iterable[Sequence[Change]], can: Capabilities) -> list[Diagnostic]:
    """Return a finding for each batch of record sets that ``can`` be carried out only in several transactions."""
    found = []
    for batch in batches:
        if kind_of(batch[0].address) != "record" or (parts := can.parts(batch)) < 2:
            continue
        zone = group_of(batch[0].address).replace("record/", "zone/", 1)
        detail = f"The {len(batch)} changes in {zone} are sent in {parts} parts, so the zone isn't changed all at once."
        remedy = "Nothing needs doing if that is all right. Otherwise make the change in smaller steps."
        found.append(diagnostic("zone-not-atomic", detail, remedy, address=zone))
    return found
