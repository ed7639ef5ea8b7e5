"""Zones whose changes don't fit into one transaction: a finding for each."""

from collections.abc import Iterable, Mapping, Sequence

from reconciler.model.address import Address, group_of, kind_of
from reconciler.model.change import Change
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.fields import Value
from reconciler.planner.codes import diagnostic
from reconciler.ports import Capabilities


def explain_parts(
    batches: Iterable[Sequence[Change]], can: Capabilities, live: Mapping[str, Mapping[Address, Value]]
) -> list[Diagnostic]:
    """Return a finding for each batch of record sets that ``can`` be carried out only in several transactions.

    ``live`` is what there is, by group.
    """
    found = []
    for batch in batches:
        group = group_of(batch[0].address)
        if kind_of(group) != "record" or (parts := can.parts(batch, live.get(group, {}))) < 2:
            continue
        zone = group.replace("record/", "zone/", 1)
        detail = f"The {len(batch)} changes in {zone} are sent in {parts} parts, so the zone isn't changed all at once."
        remedy = "Nothing needs doing if that is all right. Otherwise make the change in smaller steps."
        found.append(diagnostic("zone-not-atomic", detail, remedy, address=zone))
    return found
