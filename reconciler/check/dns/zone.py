"""One zone as the rules over DNS look at it: its record sets by type, and who answers for an owner.

It is made in one pass over the group, which keeps what was there; a :class:`RecordSet` is made when a rule needs it.
"""

import json
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import NamedTuple, TypeAlias

from reconciler.kinds.record import RecordValue
from reconciler.kinds.record_names import wire_to_name
from reconciler.kinds.record_show import txt_content
from reconciler.model.address import Address, decode_part, encode_part
from reconciler.model.fields import Value
from reconciler.model.groups import opened

APEX = "@"
#: Where the target stands in the data of a type.
_TARGET_AT: Mapping[str, int] = {"CNAME": 0, "DNAME": 0, "MX": 2, "NS": 0, "PTR": 0, "SRV": 6}
#: Names that are never looked up in public (RFC 6761, RFC 6762, RFC 8375; `internal` is ICANN's).
_NOT_PUBLIC = frozenset(
    {"example", "example.com", "example.net", "example.org", "home.arpa", "internal", "invalid", "local", "localhost"}
    | {"test"}
)
#: What a pass over a group keeps of a record set: its address, its owner, and its value.
Found: TypeAlias = tuple[Address, str, RecordValue]


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
        for wire in self.value.values:
            if isinstance(wire, bytes) and (name := wire_to_name(wire, at)[0][:-1]):
                yield name


class Zone:
    """One zone: ``types`` has what was found of each type, ``names`` the types of each owner."""

    def __init__(self, name: str, types: dict[str, list[Found]], names: dict[str, tuple[str, ...]]) -> None:
        self.name = name
        self.types = types
        self.names = names
        self._prefix = f"record/{encode_part(name)}/"
        self._sets: dict[str, list[RecordSet]] = {}
        self._at: dict[str, Mapping[str, RecordSet]] = {}
        self._group: Mapping[Address, Value] = {}

    @classmethod
    def of(cls, name: str, group: Mapping[Address, Value]) -> "Zone":
        """Return the zone of a group of record sets."""
        types: dict[str, list[Found]] = {}
        names: dict[str, tuple[str, ...]] = {}
        alone: dict[str, tuple[str, ...]] = {}
        zone, found = cls(name, types, names), opened(group)
        zone._group, start = found, len(zone._prefix)
        for address, value in found.items():
            owner, _, rtype = address[start:].partition("/")
            if "%" in address:
                owner, rtype = decode_part(owner), decode_part(rtype)
            if rtype not in types:
                types[rtype], alone[rtype] = [], (rtype,)
            if isinstance(value, RecordValue):
                types[rtype].append((address, owner, value))
                names[owner] = names[owner] + alone[rtype] if owner in names else alone[rtype]
        return zone

    def sets(self, rtype: str) -> list[RecordSet]:
        """Return the record sets of a type."""
        if rtype not in self._sets:
            found = self.types.get(rtype, ())
            self._sets[rtype] = [RecordSet(address, self.name, owner, rtype, value) for address, owner, value in found]
        return self._sets[rtype]

    def at(self, owner: str) -> Mapping[str, RecordSet]:
        """Return the record sets of an owner, by type."""
        if owner not in self._at:
            self._at[owner] = {rtype: self._one(owner, rtype) for rtype in self.names.get(owner, ())}
        return self._at[owner]

    def _one(self, owner: str, rtype: str) -> RecordSet:
        address = f"{self._prefix}{encode_part(owner)}/{encode_part(rtype)}"
        value = self._group[address]
        assert isinstance(value, RecordValue)
        return RecordSet(address, self.name, owner, rtype, value)

    @cached_property
    def is_public(self) -> bool:
        """Whether the names in it are meant for everybody."""
        return not any(parent in _NOT_PUBLIC for parent in (self.name, *above(self.name)))

    @cached_property
    def cuts(self) -> frozenset[str]:
        """The owners below the apex that are delegated."""
        return frozenset(owner for _, owner, _ in self.types.get("NS", ()) if owner != APEX)

    @cached_property
    def empty(self) -> frozenset[str]:
        """The owners that exist only because something stands below them (RFC 8020)."""
        found: set[str] = set()
        new = {owner for owner in self.names if "." in owner}
        while new:
            new = {parent for owner in new if (parent := next(above(owner), ""))} - found
            found |= new
        return frozenset(found - self.names.keys())

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
            return self.at(owner)
        if owner in self.empty:
            return {}
        if "DNAME" in self.types and any("DNAME" in self.names.get(parent, ()) for parent in (*above(owner), APEX)):
            return None
        return self.at(self.wildcard_for(owner))

    def wildcard_for(self, owner: str) -> str:
        """Return the wildcard that answers for an owner which doesn't exist (RFC 4592), whether or not it exists."""
        closest = next((name for name in above(owner) if name in self.names or name in self.empty), APEX)
        return "*" if closest == APEX else f"*.{closest}"


def above(owner: str) -> Iterator[str]:
    """Yield the names above a name, the nearest first, without the apex or the root."""
    at = 0
    while at := owner.find(".", at) + 1:
        if owner[at - 2 : at - 1] != "\\":
            yield owner[at:]
