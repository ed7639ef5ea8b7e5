"""What PowerDNS says of its zones, as canonical record sets; and that it said all of it.

The list of zones is read before and after, so that what changed in between is read again; every zone in the list
answers with its SOA record; and zones that are declared or ours and that the list leaves out are asked for by name.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import field
from functools import partial
from typing import Any, NamedTuple, TypeVar

from reconciler.kinds import KINDS
from reconciler.kinds.record import RecordValue, record_value
from reconciler.kinds.record_text import is_wire_type, opaque_value, record_address, wire_value
from reconciler.model.address import Address, split
from reconciler.model.errors import AccountError, IncompleteReadError
from reconciler.model.fields import Json
from reconciler.model.late import dataclass, pattern
from reconciler.model.scalars import refusals
from reconciler.model.text import neutral
from reconciler.providers._http import Answer, Connection, UncertainError

#: The types without RDATA that it serves.
OTHER_TYPES = frozenset({"ALIAS"})
#: What it makes itself in a signed zone; in its database only where a zone was signed elsewhere.
SERVER_TYPES = frozenset({"CDNSKEY", "CDS", "DNSKEY", "NSEC", "NSEC3", "NSEC3PARAM", "RRSIG"})
#: Zones that it has from another server are nobody's to write here, and no file could describe them.
_WRITABLE = frozenset({"native", "master", "primary"})
_ROUNDS = 4
#: How many zones are asked for at once.
_AT_ONCE = 8
#: What it answers for a zone in which it can't read a record itself.
_STUMBLES = 500
_CHECK_IT = "Try again; `pdnsutil check-zone {}` tells which record is wrong, if it is one."
_NO_ZONES = "The server's list of zones isn't one."
_NO_ZONE = "What the server says of the zone {} isn't a zone."
_T = TypeVar("_T")
_PLAIN = pattern(r"[^A-Za-z0-9.-]")


class Listed(NamedTuple):
    """A zone in the server's list."""

    kind: str
    serial: int


class Comment(NamedTuple):
    """A remark beside a record set, who made it and when."""

    content: str
    account: str
    modified_at: int


class Beside(NamedTuple):
    """What else stands at a record set: remarks, and records that are switched off, which are no answers."""

    comments: tuple[Comment, ...] = ()
    disabled: tuple[str, ...] = ()


NOTHING_BESIDE = Beside()


@dataclass(frozen=True, slots=True)
class Zone:
    """A zone as the server has it.

    ``sets`` are the record sets that it serves, ``beside`` what else stands at them, ``others`` those that can't be
    declared here (types that only PowerDNS knows), ``unread`` those whose data nobody could read, each with why. The
    ``digest`` is equal for equal answers, ``soa`` the data of the SOA.
    """

    serial: int
    sets: Mapping[Address, RecordValue]
    beside: Mapping[Address, Beside]
    others: tuple[str, ...]
    unread: tuple[str, ...]
    digest: str
    soa: bytes = b""

    def at(self, address: Address) -> Beside:
        """Return what else stands at a record set."""
        return self.beside.get(address, NOTHING_BESIDE)


@dataclass(slots=True)
class Zones:
    """Reads zones, and remembers them by the digest of the answer: the same octets mean the same records.

    An equal serial would prove nothing: a change raises it only where the zone's ``soa_edit_api`` says so, and one made
    by SQL or ``pdnsutil`` need not.
    """

    _known: dict[str, Zone] = field(default_factory=dict)

    def read_all(self, server: Connection, named: frozenset[str]) -> dict[str, Zone]:
        """Return every zone that can be written here, proven complete; those ``named`` must not be of another sort."""
        listed, found = list_zones(server), dict[str, Zone]()
        for _ in range(_ROUNDS):
            found |= self._read_some(server, sorted(listed.keys() - found.keys()), named)
            again = list_zones(server)
            found = {name: zone for name, zone in found.items() if again.get(name) == listed[name]}
            listed = again
            if found.keys() == listed.keys():
                break
        else:
            raise IncompleteReadError("The zones changed again and again while they were read.", "Try again later.")
        _demand_listed(server, named - found.keys())
        return found

    def _read_some(self, server: Connection, names: Sequence[str], named: frozenset[str]) -> dict[str, Zone]:
        """Return the zones that are there, several asked for at once."""
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            zones = pool.map(lambda name: self._read_if_needed(server, name, name in named), names)
            return {name: zone for name, zone in zip(names, zones, strict=True) if zone}

    def _read_if_needed(self, server: Connection, name: str, is_named: bool) -> Zone | None:
        """Return a zone; one over which the server stumbles hinders nobody who doesn't need it."""
        try:
            return self.read(server, name)
        except UncertainError as error:
            if error.status != _STUMBLES:
                raise
            if is_named:
                raise AccountError(f"The zone {name} can't be read. {error}", _CHECK_IT.format(name)) from None
            return Zone(0, {}, {}, (), (str(error),), "")

    def read(self, server: Connection, name: str) -> Zone | None:
        """Return a zone, or None where the server has none of this name; raises ``IncompleteReadError``."""
        answer = server.get(zone_path(name))
        if answer.status == 404:
            self._known.pop(name, None)
            return None
        digest = hashlib.sha256(answer.data).hexdigest()
        if (known := self._known.get(name)) and known.digest == digest:
            return known
        zone = self._known[name] = _zone(name, answer.json(), digest)
        return zone


def zone_path(name: str) -> str:
    """Return where the interface has a zone; it spells what isn't plain in a way of its own."""
    return f"/zones/{_PLAIN.sub(lambda found: f'={ord(found.group()):02X}', name)}."


def list_zones(server: Connection) -> dict[str, Listed]:
    """Return the zones in the server's list that can be written here and whose names can be declared."""
    answer = server.get("/zones?dnssec=false")
    if answer.status == 404:
        raise AccountError("There is no PowerDNS at this address.", "Correct `url` or `server_id` in account.yaml.")
    return {
        name: row
        for name, row in _shaped(lambda: list(_rows(answer.json())), _NO_ZONES)
        if name and row.kind in _WRITABLE
    }


def _rows(rows: Json) -> Iterator[tuple[str, Listed]]:
    if not isinstance(rows, list):
        raise TypeError
    for row in rows:
        yield zone_name(row["name"]), Listed(row["kind"].lower(), _whole(row["serial"]))


def zone_name(text: str) -> str:
    """Return a zone's name as addresses have it, or an empty string for one that nobody can declare."""
    try:
        return split(KINDS["zone"].address((text,)))[1] if text.endswith(".") else ""
    except refusals():
        return ""


def _demand_listed(server: Connection, missing: frozenset[str]) -> None:
    """Raise unless the server really has none of the zones that aren't among those found."""
    for name in sorted(missing):
        answer = server.get(f"{zone_path(name)}?rrsets=false")
        if answer.status == 404:
            continue
        kind = _shaped(partial(_kind, answer), _NO_ZONE.format(name))
        if kind.lower() in _WRITABLE:
            raise IncompleteReadError(f"The server has the zone {name} and leaves it out of its list.", "Try again.")
        raise AccountError(
            f"The zone {name} is of the kind {neutral(kind, 40)} here: its records come from another server.",
            "Write it on that server, or take it out of the files.",
        )


def _kind(answer: Answer) -> str:
    return str(answer.json()["kind"])


def _zone(name: str, data: Json, digest: str) -> Zone:
    return _shaped(lambda: _parsed(name, data, digest), _NO_ZONE.format(name))


def _parsed(name: str, data: Json, digest: str) -> Zone:
    if zone_name(data["name"]) != name:
        raise IncompleteReadError(f"The server answered with another zone than {name}.")
    found = _Parsing(name)
    for rrset in data["rrsets"]:
        found.add(rrset)
    if found.serial is None or found.serial != _whole(data["serial"]):
        raise IncompleteReadError(f"The zone {name} came without its SOA record, or with another one.", "Try again.")
    return Zone(found.serial, found.sets, found.beside, tuple(found.others), tuple(found.unread), digest, found.soa)


@dataclass(slots=True)
class _Parsing:
    """What was found of a zone so far."""

    zone: str
    serial: int | None = None
    soa: bytes = b""
    sets: dict[Address, RecordValue] = field(default_factory=dict)
    beside: dict[Address, Beside] = field(default_factory=dict)
    others: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)

    def add(self, rrset: Json) -> None:
        """Take one of the answer's record sets."""
        name, rtype = rrset["name"].lower(), rrset["type"]
        served = [row["content"] for row in rrset["records"] if not row["disabled"]]
        if rtype == "SOA":
            if served and name == f"{self.zone}.":
                self.serial = _whole(served[0].split()[2])
                self.soa = wire_value("SOA", served[0], lenient=True)
            return
        if rtype in SERVER_TYPES:
            return
        owner = _relative(name, self.zone)
        if owner is None:  # below no name of the zone, so it is never served
            return
        if not is_wire_type(rtype) and rtype not in OTHER_TYPES:
            self.others.append(f"{name} {rtype}")
            return
        try:
            self._take(record_address(self.zone, owner, rtype), rtype, _whole(rrset["ttl"]), served, rrset)
        except refusals() as error:
            self.unread.append(f"{name} {rtype}: {error.message()}")

    def _take(self, address: Address, rtype: str, ttl: int, served: list[str], rrset: Json) -> None:
        if address in self.sets:
            raise IncompleteReadError(f"The server answered with {address} twice.")
        if rrset["comments"] or len(served) != len(rrset["records"]):
            self.beside[address] = _beside(rrset)
        if served:
            values = [wire_value(rtype, v) if is_wire_type(rtype) else opaque_value(v) for v in served]
            self.sets[address] = record_value(rtype, ttl, values)


def _beside(rrset: Json) -> Beside:
    comments = [Comment(str(c["content"]), str(c["account"]), _whole(c["modified_at"])) for c in rrset["comments"]]
    return Beside(tuple(comments), tuple(row["content"] for row in rrset["records"] if row["disabled"]))


def _relative(name: str, zone: str) -> str | None:
    """Return an absolute name as its owner in addresses, or None where it isn't in the zone."""
    if name == f"{zone}.":
        return "@"
    owner = name[: -len(zone) - 2] if name.endswith(f".{zone}.") else None
    return r"\@" if owner == "@" else owner


def _whole(value: Any) -> int:
    number = int(value)
    if not 0 <= number < 2**32:
        raise ValueError
    return number


def _shaped(make: Callable[[], _T], said: str) -> _T:
    """Return what is made of an answer; raises ``IncompleteReadError`` where it isn't shaped as documented."""
    try:
        return make()
    except (KeyError, TypeError, ValueError, AttributeError, IndexError):
        raise IncompleteReadError(said, "Try again; see that nothing stands between that changes answers.") from None
