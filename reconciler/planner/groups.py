"""The three states, each divided once into the groups that are read, compared, guarded and written together."""

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias

from reconciler.model.address import Address
from reconciler.model.fields import Value
from reconciler.model.groups import differing, groups_of, opened, same
from reconciler.model.late import dataclass
from reconciler.model.state import State

Group: TypeAlias = Mapping[Address, Value]

_RECORD = "record/"


@dataclass(frozen=True, slots=True)
class Grouped:
    """D, L and A by group: a zone's record sets (``record/example.org``), else a kind."""

    desired: Mapping[str, Group]
    live: Mapping[str, Group]
    applied: Mapping[str, Group]

    @classmethod
    def of(cls, desired: State, live: State, applied: State) -> "Grouped":
        """Return the three states by group."""
        return cls(groups_of(desired), groups_of(live), groups_of(applied))

    def names(self) -> list[str]:
        """Return the names of all groups, sorted."""
        return sorted(self.desired.keys() | self.live.keys() | self.applied.keys())

    def states(self, name: str) -> tuple[Group, Group, Group]:
        """Return D, L and A of one group; those that are known to be equal are one mapping, which is made once.

        Record sets, of which there are many, are those at the addresses at which the three aren't all equal.
        """
        desired, live, applied = self.desired.get(name, {}), self.live.get(name, {}), self.applied.get(name, {})
        if same(applied, desired):
            applied = desired
        if same(live, desired) or same(live, applied):
            live = desired if same(live, desired) else applied
        if not name.startswith(_RECORD):
            return opened(desired), opened(live), opened(applied)
        addresses = differing(desired, live)
        if applied is not live:
            addresses |= differing(desired, applied)
        return _at(addresses, desired), _at(addresses, live), _at(addresses, applied)

    def agree(self, name: str) -> bool:
        """Tell whether all three states of a group are known to be equal, which takes no look inside."""
        desired = self.desired.get(name, {})
        return same(desired, self.live.get(name, {})) and same(desired, self.applied.get(name, {}))

    def is_owned(self, address: Address, group: str) -> bool:
        """Tell whether an address of a group is declared or recorded."""
        return address in self.desired.get(group, ()) or address in self.applied.get(group, ())

    def leaving_zones(self) -> frozenset[Address]:
        """Return the zones that are recorded and no longer declared."""
        return frozenset(self.applied.get("zone", {}).keys() - self.desired.get("zone", {}).keys())

    def unmanaged_zones(self) -> Iterator[str]:
        """Yield the zones that are live, and of which neither a record set nor the zone itself is ours."""
        for group in self.live:
            zone = group.removeprefix(_RECORD)
            if zone == group or group in self.desired or group in self.applied:
                continue
            if not self.is_owned(f"zone/{zone}", "zone"):
                yield zone


def _at(addresses: Iterable[Address], group: Group) -> Group:
    return {address: group[address] for address in addresses if address in group}
