"""What dnspython wrote, and what became of it on the way, as we read it and as dnspython does."""

from random import Random
from typing import Any, TypeAlias

import dns.exception
import dns.message
import dns.rdataclass
import dns.rdatatype
import dns.rrset
from pydantic_core import PydanticCustomError

from nameserver.grammar import TYPES, name, rdata, zone_name
from reconciler.kinds.record_canonical import canonical_rdata
from reconciler.kinds.record_text import txt_wire
from reconciler.model.address import encode_part
from reconciler.nameserver.incoming import Incoming
from reconciler.nameserver.message import IN, QUERY, SERVER_MADE, SOA, MessageError, read_message, read_name
from reconciler.nameserver.owners import relative_owner
from reconciler.nameserver.rdata import read_rdata, type_text
from reconciler.nameserver.zone import Spelling

#: Owner, type, TTL, canonical value.
Read: TypeAlias = tuple[bytes, int, int, bytes]


def answer(rng: Random, records: int = 6) -> bytes:
    """Return an answer with random records, as dnspython writes it: names compressed."""
    zone = zone_name(rng)
    message = dns.message.make_response(dns.message.make_query(zone, "AXFR"))
    for _ in range(rng.randint(0, records)):
        rtype = rng.choice(tuple(TYPES))
        found = dns.rrset.RRset(name(rng, zone), dns.rdataclass.IN, dns.rdatatype.from_text(rtype))
        found.add(rdata(rng, rtype, zone), rng.choice((0, 300, 2**31 - 1)))
        message.answer.append(found)
    return message.to_wire(max_size=65535)


def mutated(rng: Random, wire: bytes) -> bytes:
    """Return a message with some octets changed, cut out, put in, or moved."""
    octets = bytearray(wire)
    for _ in range(rng.choice((1, 1, 1, 2, 5))):
        at = rng.randrange(len(octets))
        match rng.randrange(7):
            case 0:
                octets[at] = rng.getrandbits(8)
            case 1:
                octets[at] ^= 1 << rng.randrange(8)
            case 2:
                del octets[at:]
            case 3:
                del octets[at : at + rng.randint(1, 8)]
            case 4:
                octets[at:at] = rng.randbytes(rng.randint(1, 8))
            case 5:  # a pointer to anywhere
                octets[at : at + 2] = (0xC000 | rng.randrange(min(len(octets) + 2, 0x4000))).to_bytes(2)
            case 6:
                octets[at:at] = octets[rng.randrange(len(octets)) :][: rng.randint(1, 40)]
        if not octets:
            octets = bytearray(wire[:1])
    return bytes(octets)


def ours(wire: bytes) -> list[Read] | str:
    """Return the records of an answer as we read them, or why we refuse it."""
    try:
        message = read_message(wire)
        if not message.response or message.opcode != QUERY or message.tsig:
            return "it is no answer without a signature"
        if any(rclass != IN for _, _, rclass, *_ in message.answer):
            return "it has a record of another class"
        return [
            (owner, rtype, ttl, read_rdata(rtype, wire, start, end, message.names)[1])
            for owner, rtype, _, ttl, start, end, _ in message.answer
        ]
    except MessageError as error:
        return str(error)


#: TTL, canonical values and spelling of each record set, by address.
Sets: TypeAlias = dict[str, tuple[int, tuple[bytes, ...], Spelling | None]]


def taken(wire: bytes, apex: bytes) -> Sets | str:
    """Return the record sets of a transfer's message as we take them in, or why we refuse it."""
    incoming = Incoming("z", apex)
    incoming.soa, incoming.is_open = (b"", 0), True
    try:
        message = read_message(wire, incoming.take)
        if not message.response or message.opcode != QUERY or message.tsig:
            return "it is no answer without a signature"
        sets, spelt = incoming.finished()
    except MessageError as error:
        return str(error)
    return {address: (held.ttl, held.values, spelt.get(address)) for address, held in sets.items()}


def gathered(wire: bytes, apex: bytes) -> Sets | str:
    """Return the same from the general way, record by record."""
    found: dict[str, list[tuple[int, bytes, bytes]]] = {}
    try:
        message = read_message(wire)
        if not message.response or message.opcode != QUERY or message.tsig:
            return "it is no answer without a signature"
        for owner, rtype, rclass, ttl, start, end, _ in message.answer:
            if rclass != IN or rtype == SOA:
                return "it has what is no part of a record set"
            name = relative_owner(owner, apex)
            if rtype not in SERVER_MADE:
                exact, canonical = read_rdata(rtype, wire, start, end, message.names)
                found.setdefault(f"record/z/{encode_part(name)}/{type_text(rtype)}", []).append((ttl, canonical, exact))
    except MessageError as error:
        return str(error)
    if any(len({exact for _, _, exact in records}) < len(records) for records in found.values()):
        return "a record stands in it twice"
    return {address: _gathered(records) for address, records in found.items()}


def _gathered(records: list[tuple[int, bytes, bytes]]) -> tuple[int, tuple[bytes, ...], Spelling | None]:
    ttls, values, exact = (tuple(sorted(set(parts))) for parts in zip(*records, strict=True))
    spelling = Spelling(None if exact == values else exact, ttls if len(ttls) > 1 else None)
    return ttls[0], values, None if spelling == Spelling() else spelling


def slip(wire: bytes, whole: bytes) -> str:
    """Return what the hot path takes in otherwise than the general way, of a zone and of all there is."""
    for apex in (read_name(whole, 12, len(whole), {})[0].lower(), b"\0"):
        we, they = taken(wire, apex), gathered(wire, apex)
        if isinstance(we, str) != isinstance(they, str) or (isinstance(we, dict) and we != they):
            return f"{wire.hex()} in {apex!r}\n  taken    {we}\n  gathered {they}"
    return ""


def theirs(wire: bytes) -> list[Read] | str:
    """Return the same as dnspython reads it."""
    try:
        message: Any = dns.message.from_wire(wire, one_rr_per_rrset=True)
        return [
            (
                rrset.name.canonicalize().to_wire(),
                int(rrset.rdtype),
                rrset.ttl,
                _canonical(rrset[0]),
            )
            for rrset in message.answer
        ]
    except (dns.exception.DNSException, PydanticCustomError, ValueError) as error:
        return f"{type(error).__name__}: {error}"


def _canonical(found: Any) -> bytes:
    return txt_wire(b"".join(found.strings)) if found.rdtype in (16, 99) else canonical_rdata(found)


def difference(wire: bytes) -> str:
    """Return what we read otherwise than dnspython, or an empty string; refusing is always allowed."""
    we, they = ours(wire), theirs(wire)
    return "" if isinstance(we, str) or we == they else f"{wire.hex()}\n  ours   {we}\n  theirs {they}"
