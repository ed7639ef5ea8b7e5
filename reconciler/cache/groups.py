"""Record sets of one zone as bytes: equal record sets are equal bytes, so their digest says what they are.

A zone may have 100,000 of them, so they are kept in columns: what most have alike (types, TTLs) as a table and one
octet each. What was read again stays in columns: a zone of which a few record sets are looked at is never made whole,
and where it differs from another, and its bytes after a small change, are found without a step of Python for each.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Collection, ItemsView, Iterable, Iterator, Mapping, Sequence
from itertools import chain, compress, repeat
from operator import itemgetter, ne, not_
from typing import Any, TypeAlias

from reconciler.cache import plain
from reconciler.kinds.record import RecordValue
from reconciler.model.address import Address
from reconciler.model.fields import Value
from reconciler.model.groups import Packed, beyond, opened

#: Different values, sorted, and where in them each of a column is.
_Column: TypeAlias = tuple[Sequence[Any], Sequence[int]]
#: One octet tells so many values apart.
_OCTET = 256


def encode(group: Mapping[Address, Value]) -> bytes:
    """Return the bytes of a group of record sets."""
    held = opened(group)
    addresses = sorted(held)
    records: list[Any] = list(map(held.__getitem__, addresses))
    if not set(map(type, records)) <= {RecordValue}:
        raise TypeError("only record sets are kept")
    types, ttls, parts, options = (list(map(itemgetter(field), records)) for field in range(len(RecordValue._fields)))
    told: dict[int, Any] = {}
    if set(map(type, chain.from_iterable(parts))) | set(map(type, options)) != {bytes, type(None)}:
        told = {
            at: _told(parts[at], said) for at, said in enumerate(options) if said is not None or _has_text(parts[at])
        }
    values = [b"" if at in told else found[0] if len(found) == 1 else found for at, found in enumerate(parts)]
    return _packed((addresses, types, ttls, values), told)


class Columns(Packed[Value]):
    """A group of record sets as it is kept."""

    __slots__ = ("_addresses", "_told", "_ttls", "_types", "_values")

    def __init__(self, data: bytes) -> None:
        """Take what :func:`encode` made."""
        joined, self._types, self._ttls, self._values, self._told = plain.load(data)
        self._addresses: list[Address] = joined.decode("utf-8", "surrogatepass").split("\n") if joined else []

    def __getitem__(self, address: Address) -> Value:
        at = bisect_left(self._addresses, address)
        if self._addresses[at : at + 1] != [address]:
            raise KeyError(address)
        (types, t), (ttls, n), value = self._types, self._ttls, self._values[at]
        record = RecordValue(types[t[at]], ttls[n[at]], value if type(value) is tuple else (value,))
        return _whole(record, self._told[at]) if at in self._told else record

    def __iter__(self) -> Iterator[Address]:
        return iter(self._addresses)

    def __len__(self) -> int:
        return len(self._addresses)

    def items(self) -> ItemsView[Address, Value]:
        """Return each address with its record set, made on the way."""
        return _Items(self)

    def records(self) -> Iterator[Value]:
        """Return the record sets in the order of their addresses, each made on the way."""
        parts = (value if type(value) is tuple else (value,) for value in self._values)
        fields = zip(_made(self._types), _made(self._ttls), parts, repeat(None))
        made: Iterator[RecordValue] = map(tuple.__new__, repeat(RecordValue), fields)
        told = self._told
        return (_whole(one, told[at]) if at in told else one for at, one in enumerate(made)) if told else made

    def differing(self, other: Mapping[Address, Value]) -> set[Address]:
        """Return the addresses at which another group isn't the same; no value is kept that is made for that."""
        if isinstance(other, Columns):
            return self._unlike(other)
        found = set(compress(self._addresses, map(ne, self.records(), map(other.get, self._addresses))))
        return found | beyond(self, other, found)

    def _unlike(self, other: "Columns") -> set[Address]:
        """Return the same of other columns: no record set is made but of those that are told in full."""
        is_same = self._addresses == other._addresses
        alone = set[Address]() if is_same else set(self._addresses).symmetric_difference(other._addresses)
        told = (self._told_by().keys() | other._told_by().keys()) - alone
        shared = _without(alone, self._addresses, self._addresses)
        found = set(compress(shared, map(ne, self._rows(alone), other._rows(alone)))) - told
        return found | alone | {address for address in told if self[address] != other[address]}

    def _rows(self, alone: Collection[Address]) -> Iterable[Any]:
        """Return what the columns hold at the other addresses, in their order."""
        rows = zip(_made(self._types), _made(self._ttls), self._values, strict=True)
        return _without(alone, self._addresses, rows)

    def changed(self, group: Mapping[Address, Value], addresses: Collection[Address]) -> bytes:
        """Return the bytes of a group that is the same but at some addresses, sooner than :func:`encode`."""
        few = Columns(encode({address: group[address] for address in addresses if address in group}))
        columns, others = self._lists(), few._lists()
        for address in sorted(addresses, reverse=True):
            at, put = _place(self._addresses, address), _place(few._addresses, address)
            for column, other in zip(columns, others, strict=True):
                column[at] = other[put]
        told = {address: what for address, what in self._told_by().items() if address not in addresses}
        told |= few._told_by()
        return _packed(columns, {bisect_left(columns[0], address): told[address] for address in sorted(told)})

    def _lists(self) -> tuple[list[Any], ...]:
        return list(self._addresses), list(_made(self._types)), list(_made(self._ttls)), list(self._values)

    def _told_by(self) -> dict[Address, Any]:
        return {self._addresses[at]: what for at, what in self._told.items()}


class _Items(ItemsView[Address, Value]):
    def __init__(self, columns: Columns) -> None:
        super().__init__(columns)
        self._columns = columns

    def __iter__(self) -> Iterator[tuple[Address, Value]]:
        return zip(self._columns, self._columns.records(), strict=True)


def _without(some: Collection[Address], addresses: Iterable[Address], rows: Iterable[Any]) -> Iterable[Any]:
    """Return the rows of all addresses but some."""
    return compress(rows, map(not_, map(some.__contains__, addresses))) if some else rows


def _packed(columns: Sequence[list[Any]], told: Mapping[int, Any]) -> bytes:
    addresses, types, ttls, values = columns
    joined = "\n".join(addresses).encode("utf-8", "surrogatepass")
    return plain.dump((joined, _column(types), _column(ttls), values, told))


def _place(addresses: Sequence[Address], address: Address) -> slice:
    """Return where an address stands in a sorted list, or would stand."""
    at = bisect_left(addresses, address)
    return slice(at, bisect_right(addresses, address, at))


def _told(values: tuple[bytes | str, ...], options: str | None) -> Any:
    """Return in full what isn't data alone."""
    inside = [_octets(value) if isinstance(value, str) else value for value in values]
    return inside, tuple(isinstance(value, str) for value in values), None if options is None else _octets(options)


def _whole(record: RecordValue, told: Any) -> RecordValue:
    """Return a record set with what :func:`_told` told of it."""
    inside, texts, options = told
    values = tuple(_text(value) if is_text else value for value, is_text in zip(inside, texts, strict=True))
    return RecordValue(record.rtype, record.ttl, values, None if options is None else _text(options))


def _has_text(values: tuple[bytes | str, ...]) -> bool:
    return any(isinstance(value, str) for value in values)


def _octets(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _text(octets: bytes) -> str:
    return octets.decode("utf-8", "surrogatepass")


def _column(values: Sequence[Any]) -> _Column:
    table = sorted(set(values))
    places = dict(zip(table, range(len(table)), strict=True))
    found = map(places.__getitem__, values)
    return table, bytes(found) if len(table) <= _OCTET else list(found)


def _made(column: _Column) -> Iterable[Any]:
    table, places = column
    return map(table.__getitem__, places)
