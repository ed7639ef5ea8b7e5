"""Random changes of a zone, written by us and carried out as dnspython reads them, by a server of a few lines.

The server holds prerequisites and updates to RFC 2136, sections 3.2 and 3.4, word by word, and nothing else.
"""

from dataclasses import dataclass
from functools import lru_cache
from random import Random
from typing import Any, TypeAlias

import dns.message
import dns.name
import dns.rdata
import dns.rdataclass
import dns.rdatatype

from nameserver.grammar import TYPES, name, rdata, zone_name
from reconciler.kinds.record_canonical import canonical_rdata
from reconciler.kinds.record_names import wire_to_name
from reconciler.kinds.record_text import txt_wire
from reconciler.model.secret import Secret
from reconciler.nameserver.cutting import LARGEST, Part, SetChange, cut, encoded
from reconciler.nameserver.errors import TooLargeError
from reconciler.nameserver.message import SERVER_MADE
from reconciler.nameserver.owners import relative_owner
from reconciler.nameserver.server import Key
from reconciler.nameserver.signing import Signing
from reconciler.nameserver.zone import RecordSet

#: Owner as on the wire and type -> TTL and data.
Held: TypeAlias = dict[tuple[bytes, str], tuple[int, set[bytes]]]

_KEY = Key("key.example.", "hmac-sha512", Secret("AAAA"))
_RING = {dns.name.from_text(_KEY.name): dns.tsig.Key(_KEY.name, _KEY.secret.reveal(), f"{_KEY.algorithm}.")}
_SERIAL = slice(6, 10)
_OTHERS = tuple(sorted(set(TYPES) - set(SERVER_MADE.values()) - {"CNAME"}))


@dataclass(frozen=True)
class Case:
    """A zone, what it holds, what shall change, how large a message may be, and which names are known to be new."""

    zone: str
    apex: bytes
    held: Held
    changes: tuple[SetChange, ...]
    limit: int
    new: frozenset[str] = frozenset()


def case(rng: Random) -> Case:
    """Return random changes of a random zone."""
    origin = zone_name(rng).canonicalize()
    apex = origin.to_wire()
    held: Held = {(apex, "SOA"): (60, {b"\1n\0\1h\0" + bytes(20)})}
    changes: list[SetChange] = []
    names = {origin} | {name(rng, origin).canonicalize() for _ in range(rng.randint(0, 4))}
    for owner in sorted(owner.to_wire() for owner in names if owner.is_subdomain(origin)):
        before = _sets(rng, origin, owner == apex)
        after = _sets(rng, origin, owner == apex)
        for rtype in before.keys() & after.keys():
            if rng.random() < 0.5:  # a change of the TTL alone, or none
                after[rtype] = RecordSet(rng.choice((0, 60, before[rtype].ttl)), before[rtype].values)
        held |= {(owner, rtype): (found.ttl, set(_exact(found))) for rtype, found in before.items()}
        for rtype in sorted(before.keys() | after.keys()):
            changes.append(SetChange(relative_owner(owner, apex), rtype, before.get(rtype), after.get(rtype)))
    rng.shuffle(changes)
    zone = wire_to_name(apex)[0].removesuffix(".")
    had = {change.owner for change in changes if change.before is not None}
    new = frozenset(change.owner for change in changes if change.owner not in had and rng.random() < 0.5)
    return Case(zone, apex, held, tuple(changes), rng.choice((LARGEST, 4000, 2000, 1600, 1300)), new)


def _sets(rng: Random, origin: dns.name.Name, is_apex: bool) -> dict[str, RecordSet]:
    """Return what one name may have: a CNAME alone, or other types; the apex has NS."""
    if not is_apex and rng.random() < 0.3:
        return {"CNAME": _set(rng, "CNAME", origin, 1)}
    chosen = set(rng.sample(_OTHERS, rng.randint(0, 3))) | ({"NS"} if is_apex else set())
    return {rtype: _set(rng, rtype, origin, rng.choice((1, 1, 1, 2, 4))) for rtype in sorted(chosen)}


def _set(rng: Random, rtype: str, origin: dns.name.Name, count: int) -> RecordSet:
    wires = [rdata(rng, rtype, origin).to_wire() for _ in range(count)]
    found = {same(rtype, wire): wire for wire in wires}
    values = tuple(sorted({_forms(rtype, wire)[0] for wire in found.values()}))
    raw = tuple(sorted(found.values()))
    return RecordSet(rng.choice((0, 300, 2**31 - 1)), values, None if raw == values else raw)


def same(rtype: str, wire: bytes) -> bytes:
    """Return what is equal for two records that a server takes for one: names are equal in any case."""
    return _forms(rtype, wire)[1]


@lru_cache(maxsize=1 << 16)
def _forms(rtype: str, wire: bytes) -> tuple[bytes, bytes]:
    """Return the canonical form of data, and what makes it equal for a server."""
    data: Any = dns.rdata.from_wire("IN", dns.rdatatype.from_text(rtype), wire, 0, len(wire))
    if rtype in ("TXT", "SPF"):
        return txt_wire(b"".join(data.strings)), wire
    canonical = canonical_rdata(data)
    return canonical, wire if rtype in ("CAA", "NAPTR") else canonical


def _exact(found: RecordSet) -> tuple[bytes, ...]:
    return found.values if found.raw is None else found.raw


class Server:
    """A zone that takes updates; data are held by what makes them equal."""

    def __init__(self, given: Case) -> None:
        self.apex = given.apex
        self.held: Held = {
            (owner, rtype): (ttl, {same(rtype, value) for value in values})
            for (owner, rtype), (ttl, values) in given.held.items()
        }

    @property
    def soa(self) -> bytes:
        """The exact data of its SOA."""
        (data,) = self.held[self.apex, "SOA"][1]
        return data

    def touch(self) -> None:
        """Count a change."""
        data = bytearray(self.soa)
        data[_SERIAL] = (int.from_bytes(data[_SERIAL]) + 1).to_bytes(4)
        self.held[self.apex, "SOA"] = (60, {bytes(data)})

    def take(self, wire: bytes) -> bool:
        """Carry out a message, if its prerequisites hold; signature and sections are dnspython's word."""
        message: Any = dns.message.from_wire(wire, keyring=_RING, one_rr_per_rrset=True)
        assert message.had_tsig
        assert [rrset.name.to_wire() for rrset in message.zone] == [self.apex]
        if not self._hold(message.prerequisite):
            return False
        for rrset in message.update:
            self._do(rrset)
        self.touch()
        return True

    def _hold(self, prerequisites: list[Any]) -> bool:
        demanded: dict[tuple[bytes, str], set[bytes]] = {}
        for rrset in prerequisites:
            owner, rtype = rrset.name.canonicalize().to_wire(), dns.rdatatype.to_text(rrset.rdtype)
            there = any(name == owner for name, _ in self.held) if rtype == "ANY" else (owner, rtype) in self.held
            if rrset.deleting is None:
                demanded.setdefault((owner, rtype), set()).add(same(rtype, rrset[0].to_wire()))
            elif there != (rrset.deleting == dns.rdataclass.ANY):
                return False
        return all(self.held.get(key, (0, None))[1] == values for key, values in demanded.items())

    def _do(self, rrset: Any) -> None:
        owner, rtype = rrset.name.canonicalize().to_wire(), dns.rdatatype.to_text(rrset.rdtype)
        key, apex_ns = (owner, rtype), (owner, rtype) == (self.apex, "NS")
        others = {other for name, other in self.held if name == owner and other != rtype}
        assert rtype != "SOA", "the server counts by itself"
        if rrset.deleting == dns.rdataclass.ANY:
            assert rtype != "ANY", "only what was read is deleted"
            if not apex_ns:
                self.held.pop(key, None)
        elif rrset.deleting == dns.rdataclass.NONE:
            values = self.held.get(key, (0, set()))[1]
            if not (apex_ns and len(values) == 1):
                values.discard(same(rtype, rrset[0].to_wire()))
        elif not ("CNAME" in others or (rtype == "CNAME" and others)):
            values = self.held.get(key, (0, set()))[1]
            self.held[key] = (rrset.ttl, {same(rtype, rrset[0].to_wire())} | (values if rtype != "CNAME" else set()))


def fault(rng: Random, given: Case) -> tuple[int, str]:
    """Return how many messages we wrote for a case, and what is wrong with them, or an empty string.

    They must do what was asked for, never empty a name on the way, fit, and do nothing once somebody was faster; where
    others are at work beside it, the SOA is demanded only where it must be.
    """
    server = Server(given)
    try:
        parts = cut(given.zone, given.changes, given.limit, given.new)
    except TooLargeError:
        return 0, "" if given.limit < LARGEST else "too large for a whole message"
    disturbed = rng.randrange(len(parts)) if parts and rng.random() < 0.3 else None
    is_busy = rng.random() < 0.3
    for number, part in enumerate(parts):
        soa = None if is_busy and not part.needs_look else server.soa
        wire = Signing(_KEY).sign(encoded(given.zone, part, rng.getrandbits(16), soa))
        if soa is None:
            server.touch()
        if len(wire) > given.limit:
            return number + 1, f"a message of {len(wire)} octets where {given.limit} are allowed"
        if number == disturbed:
            _disturb(rng, server, part, part.takes_soa and soa is not None)
            before = dict(server.held)
            done = server.take(wire) or server.held != before
            return number + 1, "somebody's change is overwritten" if done else ""
        if not server.take(wire):
            return number + 1, f"part {number} of {len(parts)} is refused"
        if empty := [c.owner for c in given.changes if c.before and c.after and _is_empty(server, c.owner)]:
            return number + 1, f"{empty} went empty"
    return len(parts), "" if server.held == _expected(given, server) else "the zone isn't what was asked for"


def _owner_wire(owner: str, apex: bytes) -> bytes:
    return apex if owner == "@" else dns.name.from_text(f"{owner}.").to_wire()[:-1] + apex


def _is_empty(server: Server, owner: str) -> bool:
    wire = _owner_wire(owner, server.apex)
    return not any(name == wire for name, _ in server.held)


def _disturb(rng: Random, server: Server, part: Part, is_bound: bool) -> None:
    """Change what a part is about to touch, or anything where the SOA stands for all, as somebody else would."""
    change = rng.choice(part.changes)
    owner = _owner_wire(change.owner, server.apex)
    key = (owner, change.rtype) if not is_bound or rng.random() < 0.5 else (b"\5other" + server.apex, "TXT")
    if key not in server.held:
        if key[0] == owner and not _is_empty(server, change.owner):
            key = (owner, "TYPE65281" if change.rtype == "CNAME" else change.rtype)
        elif key[0] == owner and rng.random() < 0.5:  # what a CNAME can't stand beside
            key = (owner, "TXT" if change.rtype == "CNAME" else "CNAME")
        server.held[key] = (300, {b"\5other"})
    elif rng.random() < 0.5:
        del server.held[key]
    else:
        server.held[key][1].add(b"\5other")
    server.touch()


def _expected(given: Case, server: Server) -> Held:
    expected: Held = {(server.apex, "SOA"): server.held[server.apex, "SOA"]}
    for change in given.changes:
        if change.after is not None:
            values = {same(change.rtype, value) for value in change.after.values}
            expected[_owner_wire(change.owner, server.apex), change.rtype] = (change.after.ttl, values)
    return expected
