"""Whole zones by AXFR (RFC 5936), each with the proof that nothing is missing.

A transfer begins and ends with the same SOA, every message is signed (where the server has a key), nothing stands twice
and nothing stands outside the zone. Anything else is an ``IncompleteReadError``, never a smaller zone.
"""

import threading
import time
from dataclasses import dataclass

from reconciler.kinds.record import RecordValue
from reconciler.model.address import Address, encode_part
from reconciler.model.collector import collector_paused
from reconciler.model.errors import IncompleteReadError
from reconciler.model.fields import Value
from reconciler.nameserver.connection import BrokenError, Stream, connect, new_id
from reconciler.nameserver.errors import ZoneRefusedError, rcode_text
from reconciler.nameserver.message import AXFR, HEADER, IN, NS, SOA, Message, MessageError, read_message
from reconciler.nameserver.owners import relative_owner, zone_wire
from reconciler.nameserver.rdata import read_rdata, type_text
from reconciler.nameserver.server import Server
from reconciler.nameserver.signing import Signing, SigningError
from reconciler.nameserver.zone import Spelling, Transfer

#: What servers make themselves, by code: it is no part of what can be declared. 65534 are BIND's notes about signing.
SERVER_MADE = {6: "SOA", 46: "RRSIG", 47: "NSEC", 48: "DNSKEY", 50: "NSEC3", 51: "NSEC3PARAM", 59: "CDS"} | {
    60: "CDNSKEY",
    63: "ZONEMD",
    65534: "TYPE65534",
}


@dataclass(frozen=True, slots=True)
class Limits:
    """How large the transfers of one read may become together, and how many seconds each may take in all."""

    octets: int = 128 << 20
    records: int = 5_000_000
    seconds: float = 300.0


LIMITS = Limits()


class Tally:
    """What the transfers of one read take in, so that a server can't exhaust the memory by many zones either."""

    def __init__(self, limits: Limits = LIMITS) -> None:
        """Begin with nothing."""
        self.limits = limits
        self._lock = threading.Lock()
        self._octets = self._records = 0

    def add(self, octets: int, records: int) -> None:
        """Count in what has come; raises ``MessageError`` where it is too much."""
        with self._lock:
            self._octets += octets
            self._records += records
            if self._octets > self.limits.octets:
                raise MessageError(f"with the zones read beside it, it is larger than {self.limits.octets} octets")
            if self._records > self.limits.records:
                raise MessageError(f"with the zones read beside it, it has more than {self.limits.records} records")


def transfer(server: Server, zone: str, tally: Tally | None = None) -> Transfer:
    """Return all of a zone, with proof; its name has no trailing dot. Transfers of one read share their ``tally``.

    Raises ``IncompleteReadError``, ``AuthenticationError``, :class:`~reconciler.nameserver.errors.ZoneRefusedError` and
    :class:`~reconciler.nameserver.errors.UnreachableError`.
    """
    number, apex = new_id(), zone_wire(zone)
    request = HEADER.pack(number, 0, 1, 0, 0, 0) + apex + AXFR.to_bytes(2) + IN.to_bytes(2)
    signing = Signing(server.key) if server.key else None
    incoming = _Incoming(server, zone, apex, number, signing, tally or Tally())
    with connect(server) as stream, collector_paused():
        try:
            stream.send(signing.sign(request) if signing else request)
            return incoming.whole(stream)
        except (BrokenError, MessageError, SigningError) as error:
            raise incoming.incomplete(str(error)) from None


class _Incoming:
    """A transfer that is under way: messages are taken in one by one, until the closing SOA."""

    def __init__(
        self, server: Server, zone: str, apex: bytes, number: int, signing: Signing | None, tally: Tally
    ) -> None:
        self._server, self._zone, self._apex, self._number = server, zone, apex, number
        self._signing, self._tally = signing, tally
        self._deadline = time.monotonic() + tally.limits.seconds
        self._messages = self._count = 0
        self._soa: tuple[bytes, int] | None = None
        self._closed = False
        self._sets: dict[tuple[bytes, int], list[tuple[int, bytes, bytes]]] = {}

    def whole(self, stream: Stream) -> Transfer:
        """Take in every message and return the zone."""
        while not self._closed:
            wire = stream.receive(self._deadline)
            self._messages += 1
            self._tally.add(len(wire), 0)
            message = read_message(wire)
            self._check(message)
            self._take(message)
        return self._finished()

    def incomplete(self, why: str) -> IncompleteReadError:
        """Return the error for a transfer that isn't proven."""
        return IncompleteReadError(
            f"The transfer of {self._zone} from {self._server} isn't proven complete: "
            f"at message {self._messages}, {self._count} records, {why}.",
            "Nothing was concluded from it; try again.",
        )

    def _check(self, message: Message) -> None:
        if message.id != self._number or not message.response or message.opcode != 0:
            raise MessageError("it isn't the answer to what was asked")
        if self._signing is not None and (message.tsig is not None or not message.rcode or self._messages > 1):
            self._signing.prove(message)
        if message.rcode:
            raise self._refused(message)
        if message.truncated:
            raise MessageError("it says that it is truncated")
        if message.questions not in (((self._apex, AXFR, IN),), () if self._messages > 1 else None):
            asked = [(name.lower(), *rest) for name, *rest in message.questions]
            if asked != [(self._apex, AXFR, IN)]:
                raise MessageError("it is about another question")
        if message.authority:
            raise MessageError("it has records in its authority section")

    def _refused(self, message: Message) -> ZoneRefusedError | IncompleteReadError:
        said = rcode_text(message.rcode)
        if self._messages > 1:
            return self.incomplete(f"the server gave up ({said})")
        return ZoneRefusedError(
            f"The name server {self._server} refuses the transfer of {self._zone} ({said}).",
            "Check that it serves the zone, and that it knows this key and lets it transfer the zone.",
            zone=self._zone,
            rcode=message.rcode,
        )

    def _take(self, message: Message) -> None:
        """Take in the records of one message."""
        wire, names, sets = message.wire, message.names, self._sets
        self._tally.add(0, len(message.answer))
        for owner, rtype, rclass, ttl, start, end, _ in message.answer:
            if rclass != IN:
                raise MessageError(f"it has a record of class {rclass}")
            if self._closed:
                raise MessageError("records stand after its closing SOA")
            self._count += 1
            if rtype == SOA or self._soa is None:
                self._take_soa(owner, rtype, *read_rdata(rtype, wire, start, end, names))
                continue
            if rtype in SERVER_MADE:
                relative_owner(owner, self._apex)
                continue
            raw, canonical = read_rdata(rtype, wire, start, end, names)
            sets.setdefault((owner, rtype), []).append((ttl, canonical, raw))

    def _take_soa(self, owner: bytes, rtype: int, raw: bytes, canonical: bytes) -> None:
        if rtype != SOA or owner != self._apex:
            raise MessageError("its SOA isn't the zone's" if rtype == SOA else "it doesn't begin with the SOA")
        if self._soa is None:
            self._soa = (raw, int.from_bytes(canonical[-20:-16]))
        elif self._soa[0] != raw:
            raise MessageError("it ends with another SOA than it began with")
        else:
            self._closed = True

    def _finished(self) -> Transfer:
        assert self._soa is not None
        if self._signing is None and (self._apex, NS) not in self._sets:
            raise MessageError("it has no NS records for the zone itself, and nothing is signed")
        prefixes: dict[bytes, str] = {}
        sets: dict[Address, Value] = {}
        spelt: dict[Address, Spelling] = {}
        above = f"record/{encode_part(self._zone)}/"
        for (owner, rtype), found in self._sets.items():
            prefix = prefixes.get(owner)
            if prefix is None:
                prefix = prefixes[owner] = f"{above}{encode_part(relative_owner(owner, self._apex))}/"
            text = type_text(rtype)
            address = prefix + text
            ttl, values, spelling = _record_set(found)
            sets[address] = RecordValue(text, ttl, values)
            if spelling is not None:
                spelt[address] = spelling
        return Transfer(self._zone, self._soa[1], self._soa[0], sets, spelt)


def _record_set(found: list[tuple[int, bytes, bytes]]) -> tuple[int, tuple[bytes, ...], Spelling | None]:
    """Return the TTL and the values of a set, and how it is spelt, if not canonically."""
    if len(found) == 1:
        ttl, canonical, raw = found[0]
        return ttl, (canonical,), None if raw == canonical else Spelling((raw,))
    ttls, canonicals, raws = zip(*found, strict=True)
    if len(set(raws)) != len(raws):
        raise MessageError("a record stands in it twice")
    values = tuple(sorted(set(canonicals)))
    exact = tuple(sorted(raws))
    differing = tuple(sorted(set(ttls)))
    spelling = Spelling(None if exact == values else exact, differing if differing[1:] else None)
    return differing[0], values, None if spelling == Spelling() else spelling
