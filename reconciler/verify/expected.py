"""What servers have to answer: a question for each record set, and where in the answer it stands.

A record set at a zone cut stands in a referral, the address of a name server below one in its glue, and what else lies
below a cut nobody is ever told.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field
from enum import Enum, auto

from reconciler.kinds.record import RecordValue, as_record, is_served
from reconciler.kinds.record_names import name_to_wire, wire_to_name
from reconciler.model.address import Address, join, kind_of, split
from reconciler.model.late import dataclass
from reconciler.model.state import State
from reconciler.nameserver.answers import Question
from reconciler.nameserver.rdata import type_code, type_text
from reconciler.ports import Capabilities

_UNSERVED = "its type or options are made by the provider, so that nobody can tell the answer beforehand"
_HIDDEN = "it lies below a delegation, where this zone's servers don't answer"


class Part(Enum):
    """Where in an answer a record set stands."""

    ANSWER = auto()
    REFERRAL = auto()
    GLUE = auto()


@dataclass(frozen=True, slots=True)
class Expectation:
    """A question, and the record set that answers it; None where there must be none."""

    address: Address
    question: Question
    wanted: RecordValue | None
    part: Part = Part.ANSWER
    synthesised: RecordValue | None = None


@dataclass(frozen=True, slots=True)
class Expected:
    """The expectations of each zone, and the record sets for which nobody can be asked, each with why."""

    zones: Mapping[str, tuple[Expectation, ...]] = field(default_factory=dict)
    left_out: Mapping[Address, str] = field(default_factory=dict)


def expected(
    desired: State, live: State, addresses: Iterable[Address], can: Capabilities, zones: Iterable[str]
) -> Expected:
    """Return what has to be answered for ``addresses`` in ``zones``; those that aren't desired must not be answered."""
    found_in: dict[str, list[Expectation]] = {zone: [] for zone in sorted(zones)}
    left_out: dict[Address, str] = {}
    cuts, wild = _Cuts((*desired, *live)), _Wildcards(live)
    for address in addresses:
        zone, owner, rtype = split(address)[1:]
        name = owner_wire(zone, owner)
        found = desired.get(address)
        wanted = None if found is None else as_record(found)
        if wanted and not is_served(wanted, frozenset(), False, can.server_types):
            left_out[address] = _UNSERVED
            continue
        part = cuts.part_of(name, rtype, desired)
        if part is None:
            left_out[address] = _HIDDEN
            continue
        covered = wild.covering(zone, name, rtype) if wanted is None else None
        found_in[zone].append(Expectation(address, Question(name, type_text(type_code(rtype))), wanted, part, covered))
    return Expected({zone: tuple(these) for zone, these in found_in.items()}, left_out)


def record_sets(state: State, zones: frozenset[str]) -> Iterator[Address]:
    """Yield the addresses of the record sets of these zones."""
    return (a for a in state if kind_of(a) == "record" and split(a)[1] in zones)


def owner_wire(zone: str, owner: str) -> bytes:
    """Return the absolute name of an owner that is relative to its zone."""
    return name_to_wire(f"{zone}." if owner == "@" else f"{owner}.{zone}.")


def above(name: bytes) -> Iterator[bytes]:
    """Yield the names above a name, the nearest first, without the root."""
    at = name[0] + 1
    while at < len(name) - 1:
        yield name[at:]
        at += name[at] + 1


class _Cuts:
    """Where zones are cut: their delegations, and the names of the servers there."""

    def __init__(self, addresses: Iterable[Address]) -> None:
        found = (a for a in addresses if a.startswith("record/") and a.endswith("/NS") and "/@/" not in a)
        self._cuts = {owner_wire(*split(a)[1:3]): a for a in found}

    def part_of(self, name: bytes, rtype: str, desired: State) -> Part | None:
        """Return where a record set stands in an answer; None where it is in none."""
        if not self._cuts:
            return Part.ANSWER
        if name in self._cuts:
            return Part.REFERRAL if rtype == "NS" else Part.ANSWER if rtype == "DS" else None
        cut = next((self._cuts[upper] for upper in above(name) if upper in self._cuts), None)
        if cut is None:
            return Part.ANSWER
        servers = as_record(desired[cut]).values if cut in desired else ()
        return Part.GLUE if rtype in ("A", "AAAA") and name in servers else None


class _Wildcards:
    """The record sets of wildcards, which answer for names that don't exist."""

    def __init__(self, live: State) -> None:
        self._live = live
        self._names: dict[str, set[bytes]] = {}

    def covering(self, zone: str, name: bytes, rtype: str) -> RecordValue | None:
        """Return what a wildcard answers for a name and type, if the name itself isn't there (RFC 4592)."""
        names = self._names_of(zone)
        if name in names:
            return None
        closest = next((upper for upper in above(name) if upper in names), None)
        if closest is None:
            return None
        owner = wire_to_name(b"\x01*" + closest)[0].removesuffix(f".{zone}.")
        found = self._live.get(join("record", zone, owner, rtype))
        return None if found is None else as_record(found)

    def _names_of(self, zone: str) -> set[bytes]:
        if zone not in self._names:
            owners = {split(address)[2] for address in record_sets(self._live, frozenset((zone,)))}
            wires = [owner_wire(zone, owner) for owner in owners]
            apex = owner_wire(zone, "@")
            inner = {upper for wire in wires for upper in above(wire) if len(upper) >= len(apex)}
            self._names[zone] = {apex, *wires, *inner}
        return self._names[zone]
