"""Record sets that the provider can't hold: left out of all three states, with a finding; their names are guarded."""

from dataclasses import dataclass

from reconciler.kinds.record import RecordValue, is_served
from reconciler.model.address import Address
from reconciler.model.diagnostic import Diagnostic, Severity
from reconciler.model.state import Desired
from reconciler.ports import Capabilities


@dataclass(frozen=True, slots=True)
class LeftOut:
    """``names`` (``record/zone/name``) have a record set that isn't served, so nothing is deleted there."""

    addresses: frozenset[Address]
    names: frozenset[str]
    findings: tuple[Diagnostic, ...]


def find_left_out(desired: Desired, can: Capabilities) -> LeftOut:
    """Return the declared record sets that ``can`` doesn't cover."""
    types, options = can.other_types, can.record_options
    found = [
        address
        for address, value in desired.state.items()
        if isinstance(value, RecordValue) and not is_served(value, types, options)
    ]
    findings = (
        Diagnostic(
            "type-not-served",
            "The account can't hold this record set.",
            f"{address} is of a type or has options that the account doesn't serve; it is left out of the plan.",
            desired.places.get(address),
            "Delete it, or write it as a type that the account serves. Until then nothing is deleted at this name.",
            Severity.WARNING,
            address,
        )
        for address in sorted(found)
    )
    return LeftOut(frozenset(found), frozenset(name_of(address) for address in found), tuple(findings))


def name_of(address: Address) -> str:
    """Return the part of a record's address that all types at its name share."""
    return address.rpartition("/")[0]
