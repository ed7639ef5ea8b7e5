"""The table of cases (``model/compare.py``) as data, and for each kind what can stand in its rows.

A kind needs a :class:`Sample`; one without fails the tests that walk the table. ``reading`` says what a row comes to
for a kind: most are read as they stand, and what a kind reads differently is said here and nowhere else.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from reconciler.kinds import KINDS
from reconciler.kinds.record import record_value
from reconciler.kinds.record_text import wire_value
from reconciler.model.address import Address, kind_of
from reconciler.model.change import Action, Origin
from reconciler.model.compare import Bookkeeping
from reconciler.model.fields import Value
from reconciler.model.plan import Plan

#: Which value stands where: ``one`` was applied first, ``two`` is what git says later, ``hand`` what somebody made.
Which = str


#: The kinds that have rows in the table; requests have a table of their own (``planner/requests.py``).
SETTINGS = tuple(name for name, kind in KINDS.items() if not kind.is_request)


class Row(NamedTuple):
    """Desired, applied and live, each one of the three values or nothing."""

    desired: Which | None
    applied: Which | None
    live: Which | None

    @property
    def differs(self) -> bool:
        """Whether the row needs values that aren't equal."""
        return len({self.desired, self.applied, self.live} - {None}) > 1


class Reading(NamedTuple):
    """What a row comes to: an action with its origin, or a note; ``refused`` where a person has to decide first."""

    action: Action | None
    origin: Origin
    note: Bookkeeping | None = None
    refused: bool = False
    incomplete: bool = False


ROWS: Mapping[str, Row] = {
    "created": Row("one", None, None),
    "owned": Row("one", None, "one"),
    "taken-over": Row("one", None, "hand"),
    "unmanaged": Row(None, None, "hand"),
    "deleted": Row(None, "one", "one"),
    "deleted-after-drift": Row(None, "one", "hand"),
    "dropped": Row(None, "one", None),
    "drifted": Row("one", "one", "hand"),
    "gone": Row("one", "one", None),
    "updated": Row("two", "one", "one"),
    "advanced": Row("two", "one", "two"),
    "created-after-drift": Row("two", "one", None),
    "updated-after-drift": Row("two", "one", "hand"),
}

_READINGS: Mapping[str, Reading] = {
    "created": Reading(Action.CREATE, Origin.ASKED),
    "owned": Reading(None, Origin.ASKED, Bookkeeping.OWN),
    "taken-over": Reading(Action.UPDATE, Origin.ASKED),
    "unmanaged": Reading(None, Origin.UNMANAGED),
    "deleted": Reading(Action.DELETE, Origin.ASKED),
    "deleted-after-drift": Reading(Action.DELETE, Origin.BOTH),
    "dropped": Reading(None, Origin.ASKED, Bookkeeping.DROP),
    "drifted": Reading(Action.UPDATE, Origin.DRIFT),
    "gone": Reading(Action.CREATE, Origin.DRIFT),
    "updated": Reading(Action.UPDATE, Origin.ASKED),
    "advanced": Reading(None, Origin.ASKED, Bookkeeping.ADVANCE),
    "created-after-drift": Reading(Action.CREATE, Origin.BOTH),
    "updated-after-drift": Reading(Action.UPDATE, Origin.BOTH),
}

_INCOMPLETE = Reading(None, Origin.ASKED, incomplete=True)
#: What the account always has: it isn't created, and without a declaration it is only let go.
_FIXED: Mapping[str, Reading] = {
    "created": _INCOMPLETE,
    "deleted": Reading(Action.FORGET, Origin.ASKED),
    "deleted-after-drift": Reading(Action.FORGET, Origin.ASKED),
    "dropped": Reading(Action.FORGET, Origin.ASKED),
    "gone": _INCOMPLETE,
    "created-after-drift": _INCOMPLETE,
}
#: What goes by an id of the account's own asks a person, when the entry of that id is gone.
_BY_ID: Mapping[str, Reading] = {
    "gone": Reading(Action.CREATE, Origin.DRIFT, refused=True),
    "created-after-drift": Reading(Action.CREATE, Origin.BOTH, refused=True),
}


@dataclass(frozen=True)
class Sample:
    """Three values of one kind, as people write them, and the keys below which they are written.

    ``many`` is how many addresses there can be at once, each made by putting a number into ``keys``. ``own`` are rows
    that the kind reads in its own way, None for those that can't occur.
    """

    keys: tuple[str, ...]
    one: Any
    two: Any = None
    hand: Any = None
    many: int = len(ROWS)
    names: tuple[str, ...] = ()
    own: Mapping[str, Reading | None] = field(default_factory=dict)

    def keys_of(self, number: int) -> tuple[str, ...]:
        """Return the keys of one of the addresses."""
        return tuple((self.names[number] if self.names else key).replace("#", str(number)) for key in self.keys)

    def written(self, which: Which, number: int) -> Any:
        """Return one of the values as it is written for one of the addresses; what has no fields has one value."""
        given = getattr(self, which)
        return _numbered(self.one if given is None else given, number)


def _numbered(data: Any, number: int) -> Any:
    if isinstance(data, dict):
        return {name: _numbered(inner, number) for name, inner in data.items()}
    if isinstance(data, list):
        return [_numbered(inner, number) for inner in data]
    return data.replace("#", str(number)) if isinstance(data, str) else data


def _password(version: int) -> dict[str, object]:
    return {"secret": "env/SECRET", "version": version}


def _secret_only() -> dict[str, Reading | None]:
    """Return the readings of what tells nothing of itself: no hand's change of it can be seen."""
    unseen = ("deleted-after-drift", "drifted", "updated-after-drift", "advanced", "unmanaged")
    return dict.fromkeys(unseen) | {"taken-over": None}


SAMPLES: Mapping[str, Sample] = {
    "zone": Sample(
        ("zone#.example",), {"records": "none"}, own={name: None for name, row in ROWS.items() if row.differs}
    ),
    "record": Sample(("example.org", "n#", "A"), "192.0.2.1", "192.0.2.2", "192.0.2.99"),
    "mail_domain": Sample(
        ("mail#.example",),
        {"catch_all": "one@example.net"},
        {"catch_all": "two@example.net"},
        {"catch_all": "hand@example.net"},
    ),
    "mailbox": Sample(
        ("example.org", "box#"),
        {"name": "One", "password": _password(1)},
        {"name": "Two", "password": _password(1)},
        {"name": "By hand", "password": _password(1)},
    ),
    "alias": Sample(("example.org", "alias#"), ["one@example.net"], ["two@example.net"], ["hand@example.net"]),
    "contact": Sample(
        ("person#",),
        {"name": "One", "email": "person#@example.org", "may": ["authorise"]},
        {"name": "Two", "email": "person#@example.org", "may": ["authorise"]},
        {"name": "By hand", "email": "person#@example.org", "may": ["authorise"]},
    ),
    "whitelist_entry": Sample(
        ("office#",),
        {"address": "203.0.113.#"},
        {"address": "198.51.100.#"},
        {"address": "192.0.2.#"},
        # Without a record nothing but its only field says which entry it is.
        own={"taken-over": Reading(Action.CREATE, Origin.ASKED)},
    ),
    "ftp_account": Sample(
        ("shop#",),
        {"home": "/one", "password": _password(1)},
        {"home": "/two", "password": _password(1)},
        {"home": "/hand", "password": _password(1)},
    ),
    "notification": Sample(
        ("#",),
        ["email"],
        ["email", "sms"],
        ["post"],
        many=6,
        names=("domain_expiry", "invoice", "maintenance", "newsletter", "outage", "price_change"),
    ),
    "address": Sample((), {"street": "Weg 1"}, {"street": "Weg 2"}, {"street": "Weg 99"}, many=1),
    "billing": Sample(
        (),
        {"invoice": {"by": "email", "to": "one@example.org"}},
        {"invoice": {"by": "email", "to": "two@example.org"}},
        {"invoice": {"by": "email", "to": "hand@example.org"}},
        many=1,
    ),
    "password": Sample(("telephone",), _password(1), _password(2), many=1, own=_secret_only()),
}


def reading(kind: str, row: str) -> Reading | None:
    """Return what a row comes to for a kind, or None where it can't occur."""
    own = SAMPLES[kind].own
    if row in own:
        return own[row]
    if KINDS[kind].fixed and row in _FIXED:
        return _FIXED[row]
    if KINDS[kind].natural_key and row in _BY_ID:
        return _BY_ID[row]
    return _READINGS[row]


def address_of(kind: str, number: int = 0) -> Address:
    """Return one of the addresses of a kind's sample."""
    return KINDS[kind].address(SAMPLES[kind].keys_of(number))


def value_of(kind: str, which: Which, number: int = 0) -> Value:
    """Return one of the values of a kind's sample in canonical form."""
    written = SAMPLES[kind].written(which, number)
    if kind == "record":
        return record_value("A", 3600, [wire_value("A", written)])
    return KINDS[kind].declare(address_of(kind, number), written).value


def made_of(plan: Plan, address: Address) -> Reading | None:
    """Return what a plan makes of a row, whose live entry may go by an id of the account's own."""
    for place, refused in ((plan.changes, False), (plan.drift, False), (plan.refused, True)):
        for change in place:
            if change.address == address:
                return Reading(change.action, change.origin, refused=refused)
    for note in plan.notes:
        if note.address == address:
            return Reading(None, Origin.ASKED, note.what)
    kind = kind_of(address)
    by_id = KINDS[kind].natural_key and any(one.startswith(f"{kind}/~") for one in plan.unmanaged)
    return Reading(None, Origin.UNMANAGED) if by_id or address in plan.unmanaged else None
