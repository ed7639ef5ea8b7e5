"""Subtracting the three states: what must happen to a resource, and why.

D is what git desires, A what the record says we applied last, L what is live. All three are projected onto the
declared fields before they come here, so that values are equal exactly when nothing needs doing.

    ==================  =====================  ===========
    case                change                 origin
    ==================  =====================  ===========
    no A, D, no L       create                 asked
    no A, D = L         none, owned from now   asked
    no A, D ≠ L         update, "takes over"   asked
    no A, no D, L       by policy              unmanaged
    A, no D, L = A      delete                 asked
    A, no D, L ≠ A      delete                 both
    A, no D, no L       none, dropped          asked
    A = D, L ≠ D        update                 drift
    A = D, no L         create                 drift
    A ≠ D, L = A        update                 asked
    A ≠ D, L = D        none, record advances  asked
    A ≠ D, no L         create                 both
    all three differ    update                 both
    ==================  =====================  ===========

A *fixed* kind is always there: no L is an incomplete read, and "A, no D" is ``forget``.
This file is pure: it reads nothing, and knows no kind.
"""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import NamedTuple

from reconciler.model.address import Address
from reconciler.model.change import Action, Origin
from reconciler.model.fields import Value


class Bookkeeping(StrEnum):
    """What only the record has to learn, without a live write."""

    OWN = "own"
    ADVANCE = "advance"
    DROP = "drop"


class Verdict(NamedTuple):
    """A row of the table: ``action`` or ``bookkeeping`` or, for an unmanaged resource, neither."""

    action: Action | None
    origin: Origin
    bookkeeping: Bookkeeping | None = None
    takes_over: bool = False


_CREATE = Verdict(Action.CREATE, Origin.ASKED)
OWN = Verdict(None, Origin.ASKED, Bookkeeping.OWN)
_TAKE_OVER = Verdict(Action.UPDATE, Origin.ASKED, takes_over=True)
_UNMANAGED = Verdict(None, Origin.UNMANAGED)
_DELETE = Verdict(Action.DELETE, Origin.ASKED)
_DELETE_BOTH = Verdict(Action.DELETE, Origin.BOTH)
FORGET = Verdict(Action.FORGET, Origin.ASKED)
_DROP = Verdict(None, Origin.ASKED, Bookkeeping.DROP)
_DRIFT_UPDATE = Verdict(Action.UPDATE, Origin.DRIFT)
_DRIFT_CREATE = Verdict(Action.CREATE, Origin.DRIFT)
_UPDATE = Verdict(Action.UPDATE, Origin.ASKED)
ADVANCE = Verdict(None, Origin.ASKED, Bookkeeping.ADVANCE)
_CREATE_BOTH = Verdict(Action.CREATE, Origin.BOTH)
_UPDATE_BOTH = Verdict(Action.UPDATE, Origin.BOTH)


def classify(d: Value | None, a: Value | None, live: Value | None, fixed: bool = False) -> Verdict | None:
    """Return the row of the table for one resource, or None where all three agree or none exists."""
    if d is None:
        if a is None:
            return None if live is None else _UNMANAGED
        if fixed:
            return FORGET
        if live is None:
            return _DROP
        return _DELETE if live == a else _DELETE_BOTH
    if a is None:
        if live is None:
            return _CREATE
        return OWN if live == d else _TAKE_OVER
    if live is None:
        return _DRIFT_CREATE if a == d else _CREATE_BOTH
    if live == d:
        return None if a == d else ADVANCE
    if a == d:
        return _DRIFT_UPDATE
    return _UPDATE if live == a else _UPDATE_BOTH


def compare(
    desired: Mapping[Address, Value],
    live: Mapping[Address, Value],
    applied: Mapping[Address, Value],
    fixed: bool = False,
) -> Iterator[tuple[Address, Verdict]]:
    """Yield each address that isn't already as it should be, in no particular order, with its row of the table."""
    if desired is live is applied:
        return
    get_live, get_applied = live.get, applied.get
    for address, value in desired.items():
        there, before = get_live(address), get_applied(address)
        if there == value and before == value:
            continue
        if verdict := classify(value, before, there, fixed):
            yield address, verdict
    for address, before in applied.items():
        if address not in desired and (verdict := classify(None, before, get_live(address), fixed)):
            yield address, verdict
    for address in live:
        if address not in desired and address not in applied:
            yield address, _UNMANAGED
