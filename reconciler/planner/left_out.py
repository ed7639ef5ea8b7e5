"""Record sets that the provider can't hold: left out of all three states, with a finding; their names are guarded."""

from collections.abc import Iterable
from dataclasses import replace

from reconciler.kinds.record import RecordValue, is_served
from reconciler.model.address import Address
from reconciler.model.change import Action, Change
from reconciler.model.diagnostic import Diagnostic, Severity
from reconciler.model.state import Desired
from reconciler.planner.case import Case
from reconciler.planner.codes import diagnostic
from reconciler.ports import Capabilities

_WHY = "A record set at this name isn't served by the account [type-not-served], so nothing is deleted there."


def leave_out(cases: Iterable[Case], can: Capabilities) -> tuple[list[Case], list[Address]]:
    """Return the cases that ``can`` covers, and the addresses of the declared record sets that it doesn't."""
    served, left_out = [], []
    limits = can.other_types, can.record_options, can.server_types, can.data_types
    for case in cases:
        value = case.after
        if isinstance(value, RecordValue) and not (is_served(value, *limits) and (can.apex_ns or not _at_apex(case))):
            left_out.append(case.address)
        else:
            served.append(case)
    return served, left_out


def refuse_deletions(changes: Iterable[Change], left_out: Iterable[Address]) -> list[Change]:
    """Return the changes, each deletion at a name with a left-out record set refused."""
    names = {_name_of(address) for address in left_out}
    return [
        replace(change, refused=change.refused or _WHY)
        if names and change.action is Action.DELETE and _name_of(change.address) in names
        else change
        for change in changes
    ]


def explain(left_out: Iterable[Address], desired: Desired) -> list[Diagnostic]:
    """Return a finding for each left-out record set."""
    return [
        diagnostic(
            "type-not-served",
            f"{address} is of a type or has options that the account doesn't serve; it is left out of the plan.",
            "Delete it, or write it as a type that the account serves. Until then nothing is deleted at this name.",
            Severity.WARNING,
            address,
            desired.places.get(address),
        )
        for address in left_out
    ]


def _at_apex(case: Case) -> bool:
    return case.address.endswith("/@/NS")


def _name_of(address: Address) -> str:
    """Return the part of a record's address that all types at its name share."""
    return address.rpartition("/")[0]
