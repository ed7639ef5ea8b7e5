"""DNS messages from the wire (RFC 1035, section 4), every step inside its bounds.

Names come out uncompressed and as they were sent; :meth:`bytes.lower` makes them canonical, because the octet in front
of a label is at most 63 and therefore no letter.
"""

import struct
from collections.abc import Callable
from typing import NamedTuple, TypeAlias

HEADER = struct.Struct("!HHHHHH")
IN, NONE, ANY = 1, 254, 255
A, NS, SOA, TSIG, IXFR, AXFR = 1, 2, 6, 250, 251, 252
QUERY, UPDATE = 0, 5
#: What servers make themselves, by code: it is no part of what can be declared. 65534 are BIND's notes about signing.
SERVER_MADE = {6: "SOA", 46: "RRSIG", 47: "NSEC", 48: "DNSKEY", 50: "NSEC3", 51: "NSEC3PARAM", 59: "CDS"} | {
    60: "CDNSKEY",
    63: "ZONEMD",
    65534: "TYPE65534",
}
#: Type, class, TTL and length of data, which follow a record's owner.
FIXED = struct.Struct("!HHIH")
_RESPONSE, _AUTHORITATIVE, _TRUNCATED = 0x8000, 0x0400, 0x0200
_MAX_NAME = 255
_MAX_HOPS = 16
#: A TTL with the highest bit set counts as 0 (RFC 2181, section 8).
TTL_END = 1 << 31
#: Names that were read in this message, by where they begin: the name and how many pointers it followed.
Known: TypeAlias = dict[int, tuple[bytes, int]]


#: Takes so many records from a place of a message and returns where they end.
Take: TypeAlias = Callable[[bytes, int, int, Known], int]


class MessageError(ValueError):
    """Bytes that aren't a DNS message; the text says where they go wrong."""


#: A record's place in a message: owner (in lower case), type, class, TTL, where its data begins and ends, and where it
#: begins itself. A plain tuple, because a zone has 100,000 of them.
Rr: TypeAlias = tuple[bytes, int, int, int, int, int, int]


class Message(NamedTuple):
    """A message: its header, its question (None where it has none or several), and the records of its sections."""

    wire: bytes
    id: int
    opcode: int
    rcode: int
    response: bool
    authoritative: bool
    truncated: bool
    questions: tuple[tuple[bytes, int, int], ...]
    answer: list[Rr]
    authority: list[Rr]
    additional: list[Rr]
    names: Known

    @property
    def tsig(self) -> Rr | None:
        """The signature, which is the last record of the message."""
        last = self.additional[-1] if self.additional else None
        return last if last is not None and last[1] == TSIG else None


def read_message(wire: bytes, take: Take | None = None) -> Message:
    """Return what a message holds; raises :class:`MessageError`.

    With ``take`` the answer's records are taken by it, and the message has none.
    """
    if len(wire) < HEADER.size:
        raise MessageError("it is shorter than a header")
    number, flags, questions, answers, authorities, others = HEADER.unpack_from(wire)
    names: Known = {}
    asked, at = _read_questions(wire, questions, names)
    answer: list[Rr] = []
    if take is not None:
        at = take(wire, at, answers, names)
    else:
        answer, at = _read_records(wire, at, answers, names)
    authority, at = _read_records(wire, at, authorities, names)
    additional, at = _read_records(wire, at, others, names)
    if at != len(wire):
        raise MessageError(f"{len(wire) - at} octets stand after its end")
    if any(rr[1] == TSIG for rr in (*answer, *authority, *additional[:-1])):
        raise MessageError("a signature doesn't stand at its end")
    return Message(
        wire,
        number,
        flags >> 11 & 15,
        flags & 15,
        bool(flags & _RESPONSE),
        bool(flags & _AUTHORITATIVE),
        bool(flags & _TRUNCATED),
        asked,
        answer,
        authority,
        additional,
        names,
    )


def _read_questions(wire: bytes, count: int, names: Known) -> tuple[tuple[tuple[bytes, int, int], ...], int]:
    asked = []
    at = HEADER.size
    for _ in range(count):
        name, at = read_name(wire, at, len(wire), names)
        if at + 4 > len(wire):
            raise MessageError(f"its question is cut off at octet {at}")
        asked.append((name, *struct.unpack_from("!HH", wire, at)))
        at += 4
    return tuple(asked), at


def _read_records(wire: bytes, at: int, count: int, names: Known) -> tuple[list[Rr], int]:
    """Return the places of ``count`` records from ``at``, and where they end."""
    records: list[Rr] = []
    append, fixed, size = records.append, FIXED.unpack_from, len(wire)
    for _ in range(count):
        owner, start = read_name(wire, at, size, names)
        if start + 10 > size:
            raise MessageError(f"a record is cut off at octet {start}")
        rtype, rclass, ttl, length = fixed(wire, start)
        start += 10
        end = start + length
        if end > size:
            raise MessageError(f"a record's data is cut off at octet {start}")
        append((owner.lower(), rtype, rclass, ttl if ttl < TTL_END else 0, start, end, at))
        at = end
    return records, at


def read_name(wire: bytes, at: int, end: int, known: Known, pointers: bool = True) -> tuple[bytes, int]:
    """Return the uncompressed name at ``at``, which must lie before ``end``, and where it ends.

    A pointer must lead backwards, each further than the one before, to labels that end before what led there: so there
    are no loops, and no name overlaps itself. Raises :class:`MessageError`.
    """
    begin = first = at
    after = hops = tail = tail_from = 0
    labels: list[bytes] = []
    while True:
        if at >= end:
            raise MessageError(f"a name is cut off at octet {at}")
        length = wire[at]
        if length < 64:
            stop = at + length + 1
            if stop > end:
                raise MessageError(f"a name is cut off at octet {at}")
            labels.append(wire[at:stop])
            at = stop
            if not length:
                break
        elif length >= 192:
            target = _pointer(wire, at, end, first, pointers)
            seen = None if after else known.get(target)
            if not after:
                after, tail, tail_from = at + 2, target, len(labels)
            hops += 1
            if seen is not None:
                labels.append(seen[0])
                hops += seen[1]
                break
            at, end, first = target, first, target
        else:
            raise MessageError(f"a label of an unknown kind stands at octet {at}")
    name = b"".join(labels)
    if len(name) > _MAX_NAME or hops > _MAX_HOPS:
        raise MessageError(f"a name is too long at octet {begin}")
    known[begin] = (name, hops)
    if after:
        known[tail] = (b"".join(labels[tail_from:]), hops - 1)
    return name, after or at


def _pointer(wire: bytes, at: int, end: int, first: int, allowed: bool) -> int:
    if at + 2 > end:
        raise MessageError(f"a name is cut off at octet {at}")
    target = (wire[at] & 63) << 8 | wire[at + 1]
    if not allowed:
        raise MessageError(f"a name is compressed at octet {at}, where it can't be")
    if target >= first:
        raise MessageError(f"a pointer doesn't lead backwards at octet {at}")
    return target
