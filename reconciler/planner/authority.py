"""Who may speak for the customer: somebody must be able to authorise, and the telephone password must be only theirs.

Nobody can read who knows the telephone password. Whoever could authorise and no longer can is taken to know it until it
gets a higher version: in the plan in which that happens, and later by the receipts that the record has of both.
"""

from collections.abc import Iterable, Iterator

from reconciler.model.address import Address, kind_of, matches
from reconciler.model.change import Change
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.fields import Fields
from reconciler.model.groups import of_kind
from reconciler.model.state import Applied, Desired
from reconciler.planner.codes import diagnostic
from reconciler.planner.groups import Group
from reconciler.planner.lasts import after_changes, who_may

_TELEPHONE = "password/telephone"


def check_authority(changes: Iterable[Change], live: Group, desired: Desired, applied: Applied) -> Iterator[Diagnostic]:
    """Yield what is wrong with authority after the changes; ``live`` are the live values under our addresses."""
    listed = list(changes)
    before = {address: value for address, value in live.items() if kind_of(address) == "contact"}
    after = {a: value for a, value in after_changes(listed, before).items() if value is not None}
    could = who_may(before)
    can = who_may(after)
    if after and not can and "contact" in desired.declared:
        first = min(of_kind(desired.state, "contact"), default=min(after))
        detail = "Of the contacts that there will be, none is internal and may authorise."
        remedy = "Give an internal contact `may: [speak, authorise]`."
        yield diagnostic("no-authority", detail, remedy, address=first, span=desired.places.get(first))
    password = live.get(_TELEPHONE)
    if isinstance(password, Fields) and not any(c.address == _TELEPHONE and c.action.writes for c in listed):
        is_set = bool(password.value("is_set"))
        yield from _known(could - can, desired, applied) if is_set else _missing(can, desired)


def _missing(can: set[Address], desired: Desired) -> Iterator[Diagnostic]:
    if can and "contact" in desired.declared:
        detail = f"{_named(can)} may authorise changes, and the account has no telephone password."
        remedy = "Declare `passwords: {telephone: {secret: env/NAME, version: 1}}`."
        yield diagnostic(
            "telephone-password-missing", detail, remedy, address=min(can), span=desired.places.get(min(can))
        )


def _known(leaving: set[Address], desired: Desired, applied: Applied) -> Iterator[Diagnostic]:
    left = set(_left(desired, applied))
    detail = f"{_named(left)} left after the telephone password was last set from here."
    if leaving:
        detail = f"{_named(leaving)} could authorise changes and no longer will, but knows the telephone password."
    if leaving or left:
        place = desired.places.get(_TELEPHONE)
        remedy = "Set a new telephone password, and raise its `version`."
        yield diagnostic("telephone-password-known", detail, remedy, address=_TELEPHONE, span=place)


def _left(desired: Desired, applied: Applied) -> Iterator[Address]:
    """Yield the contacts that went after the receipt with which the telephone password was set.

    A contact that was renamed is gone from the record, too: ``previously:`` says so, and afterwards only that another
    one was written with the same receipt.
    """
    known = applied.provenance.get(_TELEPHONE)
    if known is None:
        return
    renamed = {told.old for told in desired.renamings.values()}
    written = {known.receipt for known in of_kind(applied.provenance, "contact").values()}
    for address, receipt in applied.gone.items():
        if kind_of(address) != "contact" or receipt <= known.receipt or address in renamed:
            continue
        removals = [removal for removal in desired.removals if matches(address, removal.pattern)]
        if not any(removal.keep for removal in removals) and (removals or receipt not in written):
            yield address


def _named(addresses: Iterable[Address]) -> str:
    return ", ".join(sorted(addresses))
