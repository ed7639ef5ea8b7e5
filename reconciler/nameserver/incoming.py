"""A hot path: the records of a transfer to canonical record sets, in one pass over each message.

A zone may have 100,000 record sets, so this is written for speed before it is written for reading: what servers send
mostly (a name that is one label and a pointer, or a pointer alone; an address, a name or a string as data) is read
where it stands, without a call per record. Whatever isn't of that form is handed to the general way
(:func:`~reconciler.nameserver.message.read_name`, :func:`~reconciler.nameserver.rdata.read_rdata`), record by record,
which also says what is wrong with it. ``make fuzz-wire`` compares it with dnspython; ``docs/hot-paths.md`` draws it.
"""

import struct
from collections.abc import Mapping
from typing import TypeAlias

from reconciler.kinds.record import RecordValue
from reconciler.model.address import Address, encode_part
from reconciler.model.fields import Value
from reconciler.nameserver.message import FIXED, IN, SERVER_MADE, SOA, TSIG, TTL_END, Known, MessageError, read_name
from reconciler.nameserver.owners import relative_owner
from reconciler.nameserver.rdata import read_rdata, type_text
from reconciler.nameserver.zone import Spelling, assembled

#: Data that is an address of the right size, by code: A, AAAA.
_ADDRESSES = frozenset({(1, 4), (28, 16)})
_AS_IT_STANDS, _STRING, _GENERAL = -1, -2, -3
#: Where the one name in a type's data begins, by code: NS, CNAME, PTR, MX, SRV; TXT is mostly one string.
_BEFORE = {2: 0, 5: 0, 12: 0, 15: 2, 33: 6, 16: _STRING}
#: What is taken in by itself.
_APART = frozenset({*SERVER_MADE, TSIG})
#: The octets of labels that stand for themselves in addresses.
_PLAIN = b"abcdefghijklmnopqrstuvwxyz0123456789-_*"
#: What stands between a record's owner and its data mostly says what others said before: so many are remembered.
_HEADS = 1 << 14
#: Type in words (empty for what is taken in by itself), TTL, length of the data, type, and where a name begins in it.
_Head: TypeAlias = tuple[str, int, int, int, int]
#: A label before a name that followed no more pointers and is no longer is a name by the general way's limits, too.
_HOPS, _LENGTH = 14, 255 - 64


class Incoming:
    """The record sets of a zone as they come in, message by message, from the opening SOA to the closing one."""

    def __init__(self, zone: str, apex: bytes) -> None:
        """Begin with nothing."""
        self.soa: tuple[bytes, int] | None = None
        self.is_open = self.is_closed = False
        self.count = 0
        self._apex = apex
        self._above = f"record/{encode_part(zone)}/"
        self._sets: dict[Address, RecordValue] = {}
        #: By their octets, while the zone is open.
        self._heads: dict[bytes, _Head] = {}
        #: The exact data of a set's only record, where it isn't canonical.
        self._odd: dict[Address, bytes] = {}
        #: TTL, canonical and exact data of each record of a set that has several.
        self._several: dict[Address, list[tuple[int, bytes, bytes]]] = {}

    def take(self, wire: bytes, at: int, count: int, names: Known) -> int:
        """Take in ``count`` records from ``at`` and return where they end; raises ``MessageError``."""
        sets, new, size, last, apex, zone = self._sets, tuple.__new__, len(wire), b"", self._apex, self._above
        known, head_of, hold, done = names.get, self._heads.get, sets.setdefault, self.count
        try:
            for self.count in range(done + 1, done + count + 1):
                first = wire[at]
                stop = at if first >= 192 else at + first + 1
                pointer = wire[stop]
                if (
                    pointer >= 192
                    and (0 < first < 64 or stop == at)
                    and (seen := known((pointer & 63) << 8 | wire[stop + 1]))
                    and seen[1] <= _HOPS
                    and len(seen[0]) <= _LENGTH
                ):
                    owner = wire[at:stop] + seen[0]
                    names[at] = (owner, seen[1] + 1)
                    at = stop + 2
                else:
                    owner, at = read_name(wire, at, size, names)
                text, ttl, length, rtype, before = head_of(wire[at : at + 10]) or self._head(wire, at)
                end = (at := at + 10) + length
                if end > size or not text:
                    self._take_apart(owner, wire, at, end, names)
                    at = end
                    continue
                if before == _AS_IT_STANDS or (before == _STRING and length == wire[at] + 1):
                    data = exact = wire[at:end]
                elif before >= 0:
                    first = wire[start := at + before]
                    stop = start if first >= 192 else start + first + 1
                    if (
                        stop + 2 == end
                        and (pointer := wire[stop]) >= 192
                        and (0 < first < 64 or stop == start)
                        and (seen := known((pointer & 63) << 8 | wire[stop + 1]))
                        and seen[1] <= _HOPS
                        and len(seen[0]) <= _LENGTH
                    ):
                        name = wire[start:stop] + seen[0]
                        names[start] = (name, seen[1] + 1)
                        exact = wire[at:start] + name
                        data = exact if (lower := name.lower()) == name else wire[at:start] + lower
                    else:
                        exact, data = read_rdata(rtype, wire, at, end, names)
                else:
                    exact, data = read_rdata(rtype, wire, at, end, names)
                at = end
                if owner != last:
                    last, label = owner, owner[1 : owner[0] + 1]
                    is_plain = label and owner[len(label) + 1 :] == apex and not label.translate(None, _PLAIN)
                    above = f"{zone}{label.decode()}/" if is_plain else self._above_of(owner)
                one = new(RecordValue, (text, ttl, (data,), None))
                if (held := hold(address := above + text, one)) is not one:
                    self._take_more(address, held, ttl, data, exact)
                elif data is not exact and data != exact:
                    self._odd[address] = exact
        except (IndexError, struct.error):
            raise MessageError(f"a record is cut off at octet {at}") from None
        return at

    def has(self, owner: str, rtype: str) -> bool:
        """Tell whether there is a record set."""
        return f"{self._above}{owner}/{rtype}" in self._sets

    def finished(self) -> tuple[Mapping[Address, Value], Mapping[Address, Spelling]]:
        """Return the record sets, and how those are spelt that aren't spelt canonically; raises ``MessageError``."""
        spelt = {address: Spelling((exact,)) for address, exact in self._odd.items()}
        for address, found in self._several.items():
            if len({exact for _, _, exact in found}) != len(found):
                raise MessageError("a record stands in it twice")
            held = self._sets[address]
            self._sets[address], spelling = assembled(held.rtype, found)
            if spelling is not None:
                spelt[address] = spelling
        return self._sets, spelt

    def _head(self, wire: bytes, at: int) -> _Head:
        """Return what stands before a record's data."""
        rtype, rclass, ttl, length = FIXED.unpack_from(wire, at)
        if rclass != IN or rtype in _APART or not self.is_open:
            return "", 0, length, rtype, _GENERAL
        before = _AS_IT_STANDS if (rtype, length) in _ADDRESSES else _BEFORE.get(rtype, _GENERAL)
        head = (type_text(rtype), ttl if ttl < TTL_END else 0, length, rtype, before)
        if len(self._heads) < _HEADS:
            self._heads[wire[at : at + 10]] = head
        return head

    def _above_of(self, owner: bytes) -> str:
        """Return the address of a name, up to the type."""
        lower, apex, labels, at = owner.lower(), self._apex, [], 0
        end = len(lower) - len(apex)
        while at < end:
            begin = at + 1
            at = begin + lower[at]
            labels.append(lower[begin:at])
        if labels and at == end and lower[end:] == apex and not b"".join(labels).translate(None, _PLAIN):
            return f"{self._above}{b'.'.join(labels).decode()}/"
        return f"{self._above}{encode_part(relative_owner(lower, apex))}/"

    def _take_more(self, address: Address, held: RecordValue, ttl: int, data: bytes, exact: bytes) -> None:
        """Take in one more record of a set."""
        several = self._several.get(address)
        if several is None:
            (first,) = held.values
            assert isinstance(first, bytes)
            several = self._several[address] = [(held.ttl, first, self._odd.pop(address, first))]
        several.append((ttl, data, exact))

    def _take_apart(self, owner: bytes, wire: bytes, at: int, end: int, names: Known) -> None:
        """Take in what isn't part of a record set: an SOA, or what the server makes itself."""
        rtype, rclass, _, _ = FIXED.unpack_from(wire, at - 10)
        if end > len(wire):
            raise MessageError(f"a record's data is cut off at octet {at}")
        if rtype == TSIG:
            raise MessageError("a signature doesn't stand at its end")
        if rclass != IN:
            raise MessageError(f"it has a record of class {rclass}")
        if self.is_closed:
            raise MessageError("records stand after its closing SOA")
        name = owner.lower()
        if rtype != SOA and self.soa is not None:
            relative_owner(name, self._apex)
        elif rtype != SOA or name != self._apex:
            raise MessageError("its SOA isn't the zone's" if rtype == SOA else "it doesn't begin with the SOA")
        else:
            self._take_soa(*read_rdata(rtype, wire, at, end, names))

    def _take_soa(self, exact: bytes, canonical: bytes) -> None:
        if self.soa is None:
            self.soa = (exact, int.from_bytes(canonical[-20:-16]))
        elif self.soa[0] != exact:
            raise MessageError("it ends with another SOA than it began with")
        else:
            self.is_closed = True
        self.is_open = not self.is_closed
        self._heads.clear()
