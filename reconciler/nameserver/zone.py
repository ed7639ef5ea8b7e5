"""A whole zone as a server has it: canonical values by address, and beside them what the server spells otherwise."""

import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field
from typing import Any, NamedTuple, TypeAlias

from reconciler.kinds.record import RecordValue, as_record
from reconciler.model.address import Address, encode_part, group_of, split
from reconciler.model.fields import Value
from reconciler.model.late import dataclass


class RecordSet(NamedTuple):
    """A record set as the server has it: canonical values as ``kinds.record`` holds them, sorted.

    ``raw`` is the exact RDATA, where it is spelt otherwise; ``ttl`` is the lowest, and ``ttls`` has all of them where
    they differ.
    """

    ttl: int
    values: tuple[bytes, ...]
    raw: tuple[bytes, ...] | None = None
    ttls: tuple[int, ...] | None = None


#: By owner name relative to the zone, as in addresses, and type.
Records: TypeAlias = Mapping[tuple[str, str], RecordSet]


class Spelling(NamedTuple):
    """How a server spells a record set, as far as that isn't canonical: see :class:`RecordSet`."""

    raw: tuple[bytes, ...] | None = None
    ttls: tuple[int, ...] | None = None


_CANONICAL = Spelling()


def assembled(rtype: str, records: Iterable[tuple[int, bytes, bytes]]) -> tuple[RecordValue, Spelling | None]:
    """Return the set of some records, of each of which TTL, canonical and exact data are given; and how it is spelt.

    That is None where it is spelt canonically.
    """
    ttls, values, exact = map(set, zip(*records, strict=True))
    spelling = Spelling(
        tuple(sorted(exact)) if exact != values else None, tuple(sorted(ttls)) if len(ttls) > 1 else None
    )
    record = RecordValue(rtype, min(ttls), tuple(sorted(values)))
    return record, spelling if spelling != _CANONICAL else None


@dataclass(frozen=True, slots=True)
class Transfer:
    """A whole zone; ``soa`` is the exact RDATA of its SOA, which stands for all of it in a prerequisite.

    ``sets`` are its record sets by address, ``spelt`` how the server spells those that it doesn't spell canonically,
    ``at`` when it was read, in seconds since 1970.
    """

    zone: str
    serial: int
    soa: bytes
    sets: Mapping[Address, Value]
    spelt: Mapping[Address, Spelling]
    at: int = field(default_factory=lambda: int(time.time()), compare=False)

    @property
    def records(self) -> Records:
        """The record sets with all that is known of them, each made when it is asked for."""
        return _Records(self)

    def look_inside(self) -> None:
        """Make what is in it now, where that comes from a cache; raises what the cache does."""
        for held in (self.sets, self.spelt):
            next(iter(held), None)


def owners(sets: Mapping[Address, Value]) -> set[str]:
    """Return the names of one zone that have something, as they stand in addresses."""
    at = len(group_of(next(iter(sets)))) + 1 if sets else 0
    return {address[at : address.rindex("/")] for address in sets}


class _Records(Mapping[tuple[str, str], RecordSet]):
    def __init__(self, zone: Transfer) -> None:
        self._zone = zone
        self._prefix = f"record/{encode_part(zone.zone)}/"

    def __getitem__(self, key: tuple[str, str]) -> RecordSet:
        address = f"{self._prefix}{encode_part(key[0])}/{key[1]}"
        held = as_record(self._zone.sets[address])
        values = tuple(value for value in held.values if isinstance(value, bytes))
        return RecordSet(held.ttl, values, *self._zone.spelt.get(address, _CANONICAL))

    def get(self, key: tuple[str, str], default: Any = None) -> Any:
        """Return a record set, or the default where there is none, as it is mostly for what is created."""
        return self[key] if f"{self._prefix}{encode_part(key[0])}/{key[1]}" in self._zone.sets else default

    def __iter__(self) -> Iterator[tuple[str, str]]:
        for address in self._zone.sets:
            _, _, owner, rtype = split(address)
            yield owner, rtype

    def __len__(self) -> int:
        return len(self._zone.sets)
