"""Which live entry is which of our addresses, where the account names its entries by ids of its own.

By the id in the record, else by the kind's natural key (a contact's e-mail, a whitelist entry's address). A live entry
belongs to at most one address; what belongs to none keeps the address made of its id, and is unmanaged.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from reconciler.kinds import KINDS
from reconciler.model.address import Address, kind_of, live_id_of
from reconciler.model.fields import Fields, Value
from reconciler.model.state import Applied, Live, State


@dataclass(frozen=True, slots=True)
class Ownership:
    """The live state under our addresses; ``ids`` and ``versions`` by the same addresses.

    ``moves`` maps a new address to the one it takes its entry from; ``lost`` are declared addresses whose recorded
    entry is gone and which nothing in the account resembles.
    """

    live: State
    ids: Mapping[Address, str] = field(default_factory=dict)
    versions: Mapping[Address, str] = field(default_factory=dict)
    moves: Mapping[Address, Address] = field(default_factory=dict)
    lost: frozenset[Address] = frozenset()


def assign(desired: State, live: Live, applied: Applied) -> Ownership:
    """Return the live state under our addresses."""
    entries = [address for address in live.state if live_id_of(address) is not None]
    if not entries and not any(p.live_id for p in applied.provenance.values()):
        return Ownership(live.state, {}, live.versions)
    owner: dict[Address, Address] = {}
    for address, provenance in sorted(applied.provenance.items()):
        entry = provenance.live_id and f"{kind_of(address)}/~{provenance.live_id}"
        if entry and entry in live.state:
            owner.setdefault(entry, address)
    moves = _match_by_key(desired, live.state, entries, owner)
    names = {entry: owner.get(entry, entry) for entry in entries}
    taken = set(owner.values())
    lost = {
        address
        for address, provenance in applied.provenance.items()
        if provenance.live_id and address in desired and address not in taken
    }
    return Ownership(
        {names.get(address, address): value for address, value in live.state.items()},
        {names[entry]: live_id_of(entry) or "" for entry in entries},
        {names.get(address, address): version for address, version in live.versions.items()},
        moves,
        frozenset(lost),
    )


def _match_by_key(
    desired: State, live: State, entries: list[Address], owner: dict[Address, Address]
) -> dict[Address, Address]:
    """Give declared addresses without an entry the one with their natural key; return who took whose entry."""
    by_key = {_key(entry, live[entry]): entry for entry in sorted(entries, reverse=True)}
    moves: dict[Address, Address] = {}
    owned = set(owner.values())
    for address in sorted(desired):
        if KINDS[kind_of(address)].natural_key is None or address in owned:
            continue
        entry = by_key.get(_key(address, desired[address]))
        if entry is None or owner.get(entry) in desired:
            continue
        if entry in owner:
            moves[address] = owner[entry]
        owner[entry] = address
    return moves


def _key(address: Address, value: Value) -> tuple[str, Value]:
    kind = KINDS[kind_of(address)]
    return kind.name, value.value(kind.natural_key or "") if isinstance(value, Fields) else None
