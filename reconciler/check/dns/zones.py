"""The record sets of all zones as the rules over DNS look at them: grouped once, and asked as a resolver would ask.

Names are in presentation format, in lower case and without the trailing dot; an *owner* is relative to its zone, ``@``
for the apex. Nothing here, nor in any rule, ever asks a name server: only what is declared counts.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field
from datetime import date
from functools import cached_property
from typing import NamedTuple

from reconciler.kinds.record import RecordValue
from reconciler.kinds.record_names import wire_to_name
from reconciler.kinds.record_show import txt_content
from reconciler.model.address import Address, decode_part, join, matches
from reconciler.model.late import dataclass
from reconciler.model.state import Desired

APEX = "@"
_PREFIX = "record/"
#: Where the target stands in the data of a type.
_TARGET_AT: Mapping[str, int] = {"CNAME": 0, "DNAME": 0, "MX": 2, "NS": 0, "PTR": 0, "SRV": 6}
_ADDRESSES = frozenset({"A", "AAAA", "ALIAS", "CNAME"})
#: Names that are never looked up in public (RFC 6761, RFC 6762, RFC 8375; `internal` is ICANN's).
_NOT_PUBLIC = frozenset(
    {"example", "example.com", "example.net", "example.org", "home.arpa", "internal", "invalid", "local", "localhost"}
    | {"test"}
)


class RecordSet(NamedTuple):
    """One declared record set."""

    address: Address
    zone: str
    owner: str
    rtype: str
    value: RecordValue

    @property
    def name(self) -> str:
        """The whole name, without the trailing dot."""
        return self.zone if self.owner == APEX else f"{self.owner}.{self.zone}"

    def wires(self) -> Iterator[bytes]:
        """Yield the values that have RDATA."""
        return (value for value in self.value.values if isinstance(value, bytes))

    def texts(self) -> Iterator[str]:
        """Yield the text that each TXT value holds, its strings put together."""
        return (txt_content(wire).decode("utf-8", "replace") for wire in self.wires())

    def targets(self) -> Iterator[str]:
        """Yield the names that the values point at; the root, which says that there is no service, isn't one."""
        if self.rtype == "ALIAS":
            given = (json.loads(value) for value in self.value.values if isinstance(value, str))
            yield from (name.lower().removesuffix(".") for name in given if isinstance(name, str))
            return
        at = _TARGET_AT[self.rtype]
        for wire in self.wires():
            if name := wire_to_name(wire, at)[0][:-1]:
                yield name


@dataclass(frozen=True)
class Zone:
    """One zone: its record sets by owner and type, and by type."""

    name: str
    names: dict[str, dict[str, RecordSet]]
    types: dict[str, list[RecordSet]]

    @property
    def is_public(self) -> bool:
        """Whether the names in it are meant for everybody."""
        return not any(parent in _NOT_PUBLIC for parent in (self.name, *above(self.name)))

    @cached_property
    def cuts(self) -> frozenset[str]:
        """The owners below the apex that are delegated."""
        return frozenset(one.owner for one in self.types.get("NS", ()) if one.owner != APEX)

    @cached_property
    def empty(self) -> frozenset[str]:
        """The owners that exist only because something stands below them (RFC 8020)."""
        return frozenset(parent for owner in self.names for parent in above(owner) if parent not in self.names)

    @cached_property
    def children(self) -> Mapping[str, list[str]]:
        """The owners one label below each owner that has any, those included that exist only for what is below."""
        found: dict[str, list[str]] = {}
        for owner in (*self.names, *self.empty):
            if owner != APEX:
                found.setdefault(next(above(owner), APEX), []).append(owner)
        return found

    def cut_of(self, owner: str) -> str | None:
        """Return the delegation at or above an owner, if there is one."""
        if not self.cuts:
            return None
        return next((name for name in (*reversed(list(above(owner))), owner) if name in self.cuts), None)

    def answers(self, owner: str) -> Mapping[str, RecordSet] | None:
        """Return the record sets that a question for an owner can meet, be they a wildcard's; None if others know."""
        if self.cut_of(owner):
            return None
        if owner in self.names:
            return self.names[owner]
        if owner in self.empty:
            return {}
        parents = [*above(owner), APEX]
        if any("DNAME" in self.names.get(parent, ()) for parent in parents):
            return None
        return self.names.get(self.wildcard_for(owner), {})

    def wildcard_for(self, owner: str) -> str:
        """Return the wildcard that answers for an owner which doesn't exist (RFC 4592), whether or not it exists."""
        closest = next((name for name in above(owner) if name in self.names or name in self.empty), APEX)
        return "*" if closest == APEX else f"*.{closest}"


@dataclass(frozen=True)
class Zones:
    """All zones with declared record sets, by name."""

    desired: Desired
    today: date
    by_name: Mapping[str, Zone]
    _answers: dict[str, Mapping[str, RecordSet] | None] = field(default_factory=dict)
    _pointing: dict[str, list[tuple[RecordSet, str]]] = field(default_factory=dict)

    @classmethod
    def of(cls, desired: Desired, today: date) -> "Zones":
        """Return the record sets of a desired state, grouped."""
        zones: dict[str, Zone] = {}
        for address, value in desired.state.items():
            if not address.startswith(_PREFIX) or not isinstance(value, RecordValue):
                continue
            _, zone, owner, rtype = address.split("/")
            if "%" in address:
                zone, owner, rtype = decode_part(zone), decode_part(owner), decode_part(rtype)
            if (into := zones.get(zone)) is None:
                into = zones[zone] = Zone(zone, {}, {})
            one = RecordSet(address, zone, owner, rtype, value)
            into.names.setdefault(owner, {})[rtype] = one
            into.types.setdefault(rtype, []).append(one)
        return cls(desired, today, zones)

    def of_type(self, rtype: str) -> Iterator[RecordSet]:
        """Yield all record sets of a type that the zones themselves answer for or hand on."""
        for zone in self.by_name.values():
            yield from zone.types.get(rtype, ())

    def of_types(self, *rtypes: str) -> Iterator[RecordSet]:
        """Yield all record sets of some types."""
        for rtype in rtypes:
            yield from self.of_type(rtype)

    @cached_property
    def policies(self) -> tuple[tuple[RecordSet, str, str], ...]:
        """The TXT values that begin with ``v=``: record set, version in lower case (``spf1``), and text."""
        found = []
        for one in self.of_type("TXT"):
            for wire in one.wires():
                if wire[1:3] in (b"v=", b"V="):
                    text = txt_content(wire).decode("utf-8", "replace")
                    version = text[2:].replace(";", " ").split(maxsplit=1)
                    found.append((one, version[0].lower() if version else "", text))
        return tuple(found)

    @cached_property
    def aliased(self) -> frozenset[str]:
        """The names that CNAMEs lead to."""
        return frozenset(target for _, target in self.pointing("CNAME"))

    def pointing(self, *rtypes: str) -> Iterator[tuple[RecordSet, str]]:
        """Yield the record sets of some types with each name that they point at."""
        for rtype in rtypes:
            if rtype not in self._pointing:
                self._pointing[rtype] = [(one, name) for one in self.of_type(rtype) for name in one.targets()]
            yield from self._pointing[rtype]

    def home(self, name: str) -> tuple[Zone, str] | None:
        """Return the zone that holds a name, and the owner in it, or None for a name of other people's zones."""
        if (zone := self.by_name.get(name)) is not None:
            return zone, APEX
        at = 0
        while at := name.find(".", at) + 1:
            if (zone := self.by_name.get(name[at:])) is not None:
                return zone, name[: at - 1]
        return None

    def answers(self, name: str) -> Mapping[str, RecordSet] | None:
        """Return the declared record sets that a question for a name can meet; None where it isn't ours to say."""
        if name not in self._answers:
            self._answers[name] = self._asked(name)
        return self._answers[name]

    def _asked(self, name: str) -> Mapping[str, RecordSet] | None:
        home = self.home(name)
        if home is None:
            return None
        zone, owner = home
        found = zone.answers(owner)
        return None if not found and self._left_to_others(zone.name, owner) else found

    def _left_to_others(self, zone: str, owner: str) -> bool:
        """Tell whether policy leaves record sets of a name alone, which may then exist without being declared."""
        rules = [rule.match for rule in self.desired.config.policy.ignore if rule.holds(self.today)]
        return any(matches(join("record", zone, owner, rtype), rule) for rule in rules for rtype in ("A", "CNAME"))


def may_have_address(types: Iterable[str]) -> bool:
    """Tell whether a name with these types may have an address; what a provider's types become is its own business."""
    return any(rtype in _ADDRESSES or "/" in rtype for rtype in types)


def above(owner: str) -> Iterator[str]:
    """Yield the names above a name, the nearest first, without the apex or the root."""
    at = 0
    while at := owner.find(".", at) + 1:
        if owner[at - 2 : at - 1] != "\\":
            yield owner[at:]
