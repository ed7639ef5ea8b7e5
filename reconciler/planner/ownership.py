"""Which live entry is which of our addresses, where the account names its entries by ids of its own.

    by the id in the record, else by the kind's natural key (a contact's e-mail, a whitelist entry's address);
    an unowned address with the key of an entry whose address left git takes that entry over: a move;
    an owned address whose entry is gone, and whose key no entry has, is lost: a person decides.

Where ``previously:`` says that an address is another one's new name (``planner.renames``), record and entry are found
under the new one before all that.

A live entry belongs to at most one address. What belongs to none keeps the address made of its id, and is unmanaged.
"""

from collections.abc import Iterable, Mapping
from dataclasses import field

from reconciler.model.address import Address, live_id_of
from reconciler.model.fields import Value
from reconciler.model.kind import Kind
from reconciler.model.late import dataclass
from reconciler.model.state import Applied
from reconciler.planner.groups import Group


@dataclass(frozen=True, slots=True)
class Ownership:
    """One kind's live entries and record under our addresses.

    ``ids`` are the account's own ids by address, ``moves`` maps a new address to the one whose entry it takes, and
    ``lost`` are the addresses that a person must decide about.
    """

    live: Group
    applied: Group
    ids: Mapping[Address, str] = field(default_factory=dict)
    moves: Mapping[Address, Address] = field(default_factory=dict)
    lost: frozenset[Address] = frozenset()


def assign(
    kind: Kind, desired: Group, live: Group, applied: Group, record: Applied, renamed: Mapping[Address, Address]
) -> Ownership:
    """Return the states of a kind with each live entry under its address; ``renamed`` maps new addresses to old."""
    provenance = record.provenance
    if renamed:
        new_names = {old: new for new, old in renamed.items()}
        live, applied = _under(new_names, live), _under(new_names, applied)
        provenance = {**provenance, **{new: provenance[old] for new, old in renamed.items()}}
    if kind.natural_key is None:
        return Ownership(live, applied, moves=renamed)
    found = _Matching(kind, live, record.salt)
    recorded = {a: p.live_id for a in sorted(applied) if (p := provenance.get(a)) and p.live_id is not None}
    found.by_id(recorded)
    found.by_key({a: found.key(desired[a]) for a in sorted(applied.keys() & desired.keys())})
    found.by_key({a: found.own_key(applied[a]) for a in sorted(applied.keys() - desired.keys())})
    unowned = {a: found.key(desired[a]) for a in sorted(desired.keys() - applied.keys())}
    found.by_key(unowned)
    moves = found.moved({a: key for a, key in unowned.items() if not found.has(a)}, applied.keys() - desired.keys())
    lost = frozenset(a for a in recorded if a in desired and not found.has(a))
    new_names = {old: new for new, old in moves.items()}
    return Ownership(
        _under(found.names, live),
        _under(new_names, applied),
        {found.names.get(entry, entry): live_id for live_id, entry in found.entries.items()},
        {**renamed, **moves},
        lost,
    )


def _under(names: Mapping[Address, Address], group: Group) -> Group:
    """Return a group in which the addresses in ``names`` have their other name, whoever has that now."""
    moved = {names[address]: value for address, value in group.items() if address in names}
    return {**{address: value for address, value in group.items() if address not in names}, **moved}


class _Matching:
    """Live entries, and the address that each belongs to so far (``names``)."""

    def __init__(self, kind: Kind, live: Group, salt: str) -> None:
        self._kind = kind
        self._field = frozenset({kind.natural_key or ""})
        self._salt = salt
        self._live = live
        self._taken: dict[Address, Address] = {}
        self.entries = {live_id: a for a in sorted(live) if (live_id := live_id_of(a)) is not None}
        self.names: dict[Address, Address] = {}

    def key(self, value: Value) -> Value:
        """Return the natural key of a value, sealed, so that it compares with the record's."""
        return self._kind.sealed(self._kind.project(value, self._field), self._salt)

    def own_key(self, recorded: Value) -> Value:
        """Return the natural key of the record's value."""
        return self._kind.project(recorded, self._field)

    def has(self, address: Address) -> bool:
        """Tell whether an address has its entry."""
        return address in self._taken or address in self._live

    def by_id(self, recorded: Mapping[Address, str]) -> None:
        """Give each address the entry with its recorded id."""
        for address, live_id in recorded.items():
            self._give(address, self.entries.get(live_id))

    def by_key(self, keys: Mapping[Address, Value]) -> None:
        """Give each address that has none the free entry with its key."""
        free: dict[Value, Address] = {}
        for entry in self.entries.values():
            if entry not in self.names:
                free.setdefault(self.key(self._live[entry]), entry)
        for address, key in keys.items():
            self._give(address, free.get(key))

    def moved(self, keys: Mapping[Address, Value], departed: Iterable[Address]) -> dict[Address, Address]:
        """Give each address the entry of a departed one that has its key; return from whom each took it."""
        moves: dict[Address, Address] = {}
        for old in sorted(self._taken.keys() & set(departed)):
            entry = self._taken[old]
            key = self.key(self._live[entry])
            if new := next((a for a, k in keys.items() if k == key and a not in moves), None):
                del self._taken[old]
                self.names.pop(entry)
                self._give(new, entry)
                moves[new] = old
        return moves

    def _give(self, address: Address, entry: Address | None) -> None:
        if entry is not None and entry not in self.names and not self.has(address):
            self.names[entry] = address
            self._taken[address] = entry
