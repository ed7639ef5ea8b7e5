"""Record sets of one zone as bytes: equal record sets are equal bytes, so their digest says what they are.

A zone may have 100,000 of them, so they are kept in columns: what most have alike (types, TTLs) as a table and one
octet each, and made again without a step of Python for each.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, repeat
from operator import itemgetter
from typing import Any, TypeAlias

from reconciler.cache import plain
from reconciler.kinds.record import RecordValue
from reconciler.model.address import Address
from reconciler.model.fields import Value
from reconciler.model.groups import Group

#: Different values, sorted, and where in them each of a column is.
_Column: TypeAlias = tuple[Sequence[Any], Sequence[int]]
#: One octet tells so many values apart.
_OCTET = 256


def encode(group: Mapping[Address, Value]) -> bytes:
    """Return the bytes of a group of record sets."""
    held = group.found if isinstance(group, Group) else group
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
    joined = "\n".join(addresses).encode("utf-8", "surrogatepass")
    return plain.dump((joined, _column(types), _column(ttls), values, told))


def decode(data: bytes) -> dict[Address, Value]:
    """Return the group that :func:`encode` turned into ``data``."""
    joined, types, ttls, values, told = plain.load(data)
    addresses = joined.decode("utf-8", "surrogatepass").split("\n") if joined else []
    parts = [value if type(value) is tuple else (value,) for value in values]
    fields = zip(_made(types), _made(ttls), parts, repeat(None, len(addresses)), strict=True)
    found: dict[Address, Value] = dict(zip(addresses, map(tuple.__new__, repeat(RecordValue), fields), strict=True))
    for at, (inside, texts, options) in told.items():
        record = found[addresses[at]]
        assert isinstance(record, RecordValue)
        held = tuple(_text(value) if is_text else value for value, is_text in zip(inside, texts, strict=True))
        found[addresses[at]] = RecordValue(record.rtype, record.ttl, held, None if options is None else _text(options))
    return found


def _told(values: tuple[bytes | str, ...], options: str | None) -> Any:
    """Return in full what isn't data alone."""
    inside = [_octets(value) if isinstance(value, str) else value for value in values]
    return inside, tuple(isinstance(value, str) for value in values), None if options is None else _octets(options)


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
