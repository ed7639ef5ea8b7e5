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
from reconciler.nameserver.message import IN, QUERY, MessageError, read_message
from reconciler.nameserver.rdata import read_rdata

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
