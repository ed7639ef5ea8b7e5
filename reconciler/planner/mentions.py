"""What goes on mentioning a mailbox, an alias or a contact that the plan deletes, declared or not."""

from collections.abc import Iterable, Iterator

from reconciler.kinds import KINDS
from reconciler.model.address import Address, kind_of
from reconciler.model.change import Action, Change
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.fields import Fields, Value
from reconciler.model.state import Desired
from reconciler.planner.codes import diagnostic
from reconciler.planner.groups import Group
from reconciler.planner.lasts import later_value
from reconciler.planner.tombstones import is_named

_RECEIVERS = ("mailbox", "alias")


def still_mentioned(changes: Iterable[Change], live: Group, desired: Desired) -> Iterator[Diagnostic]:
    """Yield a warning for each entry that mentions what goes; what ``removed:`` names was told with the files.

    ``live`` are the live values under our addresses.
    """
    planned = {change.address: change for change in changes}
    gone = _gone(planned, live)
    for address, value in sorted(live.items()) if gone else ():
        later = later_value(planned[address], value) if address in planned else value
        for name in sorted(gone.keys() & set(_mentions(address, later))) if later is not None else ():
            told = kind_of(gone[name]) in _RECEIVERS or name == gone[name]
            if address in desired.state and told and is_named(gone[name], desired.removals):
                continue
            yield diagnostic(
                "deleted-still-used",
                f"{address} still refers to {gone[name]}, which this plan deletes.",
                "Change or delete what refers to it first, or keep it.",
                address=address,
                span=desired.places.get(address) or planned[gone[name]].span,
            )


def _gone(planned: dict[Address, Change], live: Group) -> dict[str, Address]:
    """Return what is deleted, by its address and by the mail address that nobody reads any more."""
    deleted = [a for a, c in planned.items() if c.action is Action.DELETE and kind_of(a) in (*_RECEIVERS, "contact")]
    made = {a.partition("/")[2] for a, c in planned.items() if c.action is Action.CREATE and kind_of(a) in _RECEIVERS}
    gone: dict[str, Address] = {}
    for address in deleted:
        value = live.get(address)
        mail = address.partition("/")[2] if kind_of(address) in _RECEIVERS else _field(value, "email")
        gone |= {name: address for name in (address, mail) if name and name not in made}
    return gone


def _mentions(address: Address, value: Value) -> Iterator[str]:
    """Yield the addresses and mail addresses that an entry refers to."""
    kind = kind_of(address)
    for reference in KINDS[kind].references(address, value):
        yield reference.partition("/")[2] if kind_of(reference) in _RECEIVERS else reference
    if kind == "contact":
        yield _field(value, "email")
    elif kind == "billing" and isinstance(value, Fields):
        yield _field(value.value("invoice"), "to")


def _field(value: Value | None, name: str) -> str:
    return str(value.value(name) or "") if isinstance(value, Fields) else ""
