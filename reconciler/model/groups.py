"""Mappings by address that are kept in groups, each of which is made only when somebody looks into it.

A group is what is read, compared, guarded and recorded together: a zone's record sets (``record/example.org``), else a
kind. A plan in which nothing changes looks at how many entries a group has, and at whether it is the same as another,
never inside.
"""

from abc import abstractmethod
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from itertools import compress
from operator import ne
from typing import Any, Generic, TypeAlias, TypeVar

from reconciler.model.address import Address, group_of, kind_of, matches

T = TypeVar("T")

_RECORD = "record/"


#: The id of another group, and the only addresses at which one differs from it.
Near: TypeAlias = tuple[str, Collection[Address]]


class Group(Mapping[Address, T], Generic[T]):
    """One group. Its ``id`` is equal for two groups only if all in them is equal; empty where nobody knows.

    ``load`` makes what is in it: ``count`` entries, all of them in the group. It is called once, when somebody looks.
    ``near`` is what is known of another one that is much like it.
    """

    __slots__ = ("_count", "_found", "_load", "id", "near")

    def __init__(self, load: Callable[[], Mapping[Address, T]], count: int, id: str = "") -> None:
        self._load = load
        self._count = count
        self._found: Mapping[Address, T] | None = None
        self.id = id
        self.near: Near | None = None

    @classmethod
    def of(cls, found: Mapping[Address, T], id: str = "", near: Near | None = None) -> "Group[T]":
        """Return a group of what is made already."""
        group = cls(lambda: found, len(found), id)
        group._found, group.near = found, near
        return group

    @property
    def is_loaded(self) -> bool:
        """Whether somebody has looked inside."""
        return self._found is not None

    @property
    def found(self) -> Mapping[Address, T]:
        """What is in it, as a plain mapping; raises what ``load`` raises."""
        if self._found is None:
            self._found = self._load()
        return self._found

    def __getitem__(self, address: Address) -> T:
        return self.found[address]

    def __iter__(self) -> Iterator[Address]:
        return iter(self.found)

    def __len__(self) -> int:
        return self._count

    def __contains__(self, address: object) -> bool:
        return address in self.found


class Packed(Mapping[Address, T], Generic[T]):
    """What is in a group, of which a value is made when somebody asks for it."""

    __slots__ = ()

    @abstractmethod
    def differing(self, other: Mapping[Address, T]) -> set[Address]:
        """Return the addresses at which another group isn't the same, without making all values."""


class Overlaid(Packed[T]):
    """A group that is the same as another one but at some addresses, where it has something else, or nothing (None)."""

    __slots__ = ("_base", "_changes", "_count")

    def __init__(self, base: Mapping[Address, T], changes: Mapping[Address, T | None]) -> None:
        self._base = opened(base)
        self._changes = changes
        come = sum(value is not None for value in changes.values())
        self._count = len(base) + come - sum(address in self._base for address in changes)

    def __getitem__(self, address: Address) -> T:
        if address not in self._changes:
            return self._base[address]
        found = self._changes[address]
        if found is None:
            raise KeyError(address)
        return found

    def __iter__(self) -> Iterator[Address]:
        yield from (address for address in self._base if address not in self._changes)
        yield from (address for address, value in self._changes.items() if value is not None)

    def __len__(self) -> int:
        return self._count

    def differing(self, other: Mapping[Address, T]) -> set[Address]:
        """Return the addresses at which another group isn't the same: of the others the base knows it."""
        found = _differing(self._base, other) - self._changes.keys()
        return found | {address for address, value in self._changes.items() if value != other.get(address)}


class Groups(Mapping[Address, T], Generic[T]):
    """A mapping by address, in groups. Whoever needs a part of it asks for :attr:`groups` by name."""

    __slots__ = ("groups",)

    def __init__(self, groups: Mapping[str, Mapping[Address, T]]) -> None:
        #: What is in each group, by its name; no group is empty.
        self.groups: Mapping[str, Mapping[Address, T]] = groups

    def __getitem__(self, address: Address) -> T:
        return self.groups[group_of(address)][address]

    def __iter__(self) -> Iterator[Address]:
        for group in self.groups.values():
            yield from group

    def __len__(self) -> int:
        return sum(map(len, self.groups.values()))

    def __contains__(self, address: object) -> bool:
        return isinstance(address, str) and address in self.groups.get(group_of(address), ())


def groups_of(found: Mapping[Address, T]) -> Mapping[str, Mapping[Address, T]]:
    """Return a mapping's groups by name; one that isn't kept in groups is divided.

    That runs over every address, so it splits strings by hand; it agrees with ``address.group_of``.
    """
    if isinstance(found, Groups):
        return found.groups
    groups: dict[str, dict[Address, T]] = {}
    for address, value in found.items():
        end = address.find("/", len(_RECORD)) if address.startswith(_RECORD) else address.find("/")
        name = address if end < 0 else address[:end]
        group = groups.get(name)
        if group is None:
            group = groups[name] = {}
        group[address] = value
    return groups


def of_kind(found: Mapping[Address, T], kind: str) -> Mapping[Address, T]:
    """Return what is of one kind; ``record`` is of many groups, all of which are looked into."""
    return of_kinds(found, {kind})


def of_kinds(found: Mapping[Address, T], kinds: Iterable[str]) -> Mapping[Address, T]:
    """Return what is of these kinds; of what is kept in groups no other group is looked into."""
    wanted = frozenset(kinds)
    if isinstance(found, Groups):
        zones = "record" in wanted
        return Groups(
            {n: group for n, group in found.groups.items() if n in wanted or (zones and n.startswith(_RECORD))}
        )
    return {address: what for address, what in found.items() if kind_of(address) in wanted}


def covered(found: Mapping[Address, Any], pattern: str) -> Iterator[Address]:
    """Yield the addresses that a glob covers; no group is looked into whose name it doesn't."""
    if isinstance(found, Groups):
        globs = pattern.split("/")
        parts = [group for name, group in found.groups.items() if matches(name, "/".join(globs[: name.count("/") + 1]))]
        yield from (address for group in parts for address in group if matches(address, pattern))
    else:
        yield from (address for address in found if matches(address, pattern))


def without(found: Mapping[Address, T], addresses: Collection[Address]) -> Mapping[Address, T]:
    """Return a mapping without some addresses; no other group is looked into than theirs."""
    if not addresses:
        return found
    groups, gone = dict(groups_of(found)), frozenset(addresses)
    for name in {group_of(address) for address in gone} & groups.keys():
        groups[name] = {address: value for address, value in groups[name].items() if address not in gone}
    return Groups({name: group for name, group in groups.items() if group})


def opened(group: Mapping[Address, T]) -> Mapping[Address, T]:
    """Return a group as the plain mapping that it is inside."""
    return group.found if isinstance(group, Group) else group


def look_into(addresses: Iterable[Address], *mappings: Mapping[Address, Any]) -> None:
    """Make the groups of these addresses now, so that whoever needs them later has them."""
    names = {group_of(address) for address in addresses}
    for found in mappings:
        if isinstance(found, Groups):
            for name in names & found.groups.keys():
                opened(found.groups[name])


def same(one: Mapping[Address, Any], other: Mapping[Address, Any]) -> bool:
    """Tell whether two groups are known to be equal without a look inside; False where nobody knows."""
    if one is other:
        return True
    return isinstance(one, Group) and isinstance(other, Group) and bool(one.id) and one.id == other.id


def differing(one: Mapping[Address, T], other: Mapping[Address, T]) -> set[Address]:
    """Return the addresses at which two groups aren't the same. No step of Python is taken for those at which they are.

    The first of two groups that are known by their content remembers it. Raises what making them raises.
    """
    if same(one, other):
        return set()
    for this, that in ((one, other), (other, one)):
        if isinstance(this, Group) and isinstance(that, Group) and this.near and this.near[0] == that.id:
            return set(this.near[1])
    found = _differing(opened(one), opened(other))
    if isinstance(one, Group) and isinstance(other, Group) and other.id:
        one.near = (other.id, frozenset(found))
    return found


def _differing(one: Mapping[Address, T], other: Mapping[Address, T]) -> set[Address]:
    for this, that in ((one, other), (other, one)):
        # Of what is laid over another group only that is looked into.
        if isinstance(this, Overlaid) or (isinstance(this, Packed) and not isinstance(that, Overlaid)):
            return this.differing(that)
    found = set(compress(one, map(ne, one.values(), map(other.get, one))))
    return found | beyond(one, other, found)


def beyond(one: Collection[Address], other: Collection[Address], found: Collection[Address]) -> set[Address]:
    """Return the addresses of ``other`` that ``one`` doesn't have, given those of ``one`` that differ in ``other``."""
    shared = len(one) - sum(address not in other for address in found)
    return set(other).difference(one) if len(other) > shared else set()
