"""The order of changes, from what refers to what: batches, each one atomic unit where the back end can.

    what is referred to is created and changed before what refers to it, and deleted after it;
    the record sets of a zone are one batch: deletions first, except at the apex NS; after the zone itself;
    what refers to each other in a circle is one batch, and so are a mailbox and an alias that change places;
    what refers to the old name of what is renamed no longer does before, or in one batch if it refers to the new one;
    every other change is a batch of its own, so that a failure holds up only what needs it;
    otherwise creations and updates go before deletions;
    the service password, by which a tool logs in, is the last of all writes.

Fixed resources are always there, so nothing waits for them.
"""

import heapq
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TypeAlias

from reconciler.kinds import KINDS
from reconciler.model.address import Address, group_of, kind_of
from reconciler.model.change import Action, Change
from reconciler.model.fields import Value
from reconciler.model.late import dataclass
from reconciler.planner.circles import find_circles

Batch: TypeAlias = tuple[Change, ...]
Graph: TypeAlias = dict[str, set[str]]

_LAST = 3
_SERVICE = "password/service"
_KIND_ORDER = {name: index for index, name in enumerate(KINDS)}
_ACTION_ORDER = {action: index for index, action in enumerate(Action)}
#: An address of one of these can't be one of the other at the same time.
_SAME_NAMES = {"mailbox": "alias", "alias": "mailbox"}


@dataclass(frozen=True, slots=True)
class Ordering:
    """What the order depends on: the whole live values of kinds with fields, and addresses to go first."""

    live: Mapping[Address, Value]
    first: frozenset[Address] = frozenset()

    def run(self, changes: Iterable[Change]) -> tuple[Batch, ...]:
        """Return the batches in the order of writing, each change with what it ``needs``; moves and forgets first."""
        ranked = sorted(changes, key=self._rank)
        units: dict[str, list[Change]] = {}
        for change in ranked:
            units.setdefault(_unit_of(change.address), []).append(change)
        before = self._graph(units)
        circles = find_circles(before)
        return tuple(self._batch(circle, units, before) for circle in self._sorted(circles, units, before))

    def _rank(self, change: Change) -> tuple[int, int, bool, int, Address]:
        kind = kind_of(change.address)
        if kind == "record":
            apex_ns = change.address.endswith("/@/NS")
            phase = (2 if apex_ns else 0) if change.action is Action.DELETE else 1
        else:
            phase = 0 if not change.action.writes else 2 if change.action is Action.DELETE else 1
            phase = _LAST if change.address == _SERVICE and change.action.writes else phase
        return phase, _KIND_ORDER[kind], change.address not in self.first, _ACTION_ORDER[change.action], change.address

    def _graph(self, units: Mapping[str, list[Change]]) -> Graph:
        """Return, for each unit, the units that go before it."""
        before: Graph = {unit: set() for unit in units}
        leaving = _leaving(units)
        for unit, batch in units.items():
            if group_of(unit) == unit and unit.startswith("record/"):
                zone = f"zone/{unit.partition('/')[2]}"
                if zone in units:
                    before[unit].add(zone)
                continue
            (change,) = batch
            for other in self._predecessors(change, units):
                before[unit].add(other)
            for other in self._successors(change, leaving):
                before[other].add(unit)
            if rival := _rival(change, leaving):
                before[unit].add(rival)
                before[rival].add(unit)
        return before

    def _predecessors(self, change: Change, units: Mapping[str, list[Change]]) -> Iterator[str]:
        """Yield what must be there before a change: what its new value refers to."""
        if change.action is Action.DELETE or not change.action.writes or change.after is None:
            return
        for address in KINDS[kind_of(change.address)].references(change.address, change.after):
            if address == change.address or address not in units or KINDS[kind_of(address)].fixed:
                continue
            if units[address][0].action not in (Action.DELETE, Action.FORGET):
                yield address

    def _successors(self, change: Change, leaving: Mapping[Address, str]) -> Iterator[str]:
        """Yield what may go only after a change: what its old value refers to."""
        old = self.live.get(change.address, change.before)
        if not change.action.writes or old is None:
            return
        for address in KINDS[kind_of(change.address)].references(change.address, old):
            if leaving.get(address, change.address) != change.address:
                yield leaving[address]

    def _sorted(
        self, circles: list[tuple[str, ...]], units: Mapping[str, list[Change]], before: Graph
    ) -> Iterator[tuple[str, ...]]:
        """Yield the circles so that each comes after what goes before it, otherwise by rank."""
        circle_of = {unit: index for index, circle in enumerate(circles) for unit in circle}
        waits = [
            {circle_of[other] for unit in circle for other in before[unit]} - {i} for i, circle in enumerate(circles)
        ]
        followers: dict[int, list[int]] = {}
        for index, others in enumerate(waits):
            for other in others:
                followers.setdefault(other, []).append(index)
        ranks = [_circle_rank(self._rank(change) for unit in circle for change in units[unit]) for circle in circles]
        ready = [(rank, index) for index, rank in enumerate(ranks) if not waits[index]]
        heapq.heapify(ready)
        while ready:
            _, index = heapq.heappop(ready)
            yield circles[index]
            for follower in followers.get(index, ()):
                waits[follower].discard(index)
                if not waits[follower]:
                    heapq.heappush(ready, (ranks[follower], follower))

    def _batch(self, circle: tuple[str, ...], units: Mapping[str, list[Change]], before: Graph) -> Batch:
        """Return one batch, deletions first, each change with what must have been done before."""
        batch = []
        for unit in circle:
            outside = before[unit] - set(circle)
            needs = tuple(sorted(change.address for other in outside for change in units[other]))
            batch += [replace(change, needs=needs) if needs else change for change in units[unit]]
        if len(circle) == 1:
            return tuple(batch)
        return tuple(sorted(batch, key=lambda c: (c.action is not Action.DELETE, self._rank(c))))


def _circle_rank(ranks: Iterable[tuple[int, int, bool, int, Address]]) -> tuple[int, int, bool, int, Address]:
    """Return the rank of a circle: that of what is created in it, else of its first."""
    listed = sorted(ranks)
    return next((rank for rank in listed if rank[0] == 1), listed[0])


def _leaving(units: Mapping[str, list[Change]]) -> dict[Address, str]:
    """Return the names that are free afterwards, each with the unit of the change that deletes or renames its owner."""
    single = [(unit, batch[0]) for unit, batch in units.items() if not unit.startswith("record/")]
    deleted = {change.address: unit for unit, change in single if change.action is Action.DELETE}
    return deleted | {change.moved_from: unit for unit, change in single if change.renames and change.moved_from}


def _rival(change: Change, leaving: Mapping[Address, str]) -> str | None:
    """Return who leaves the place that a creation or a rename takes: both happen in one batch."""
    kind, _, name = change.address.partition("/")
    takes = change.action is Action.CREATE or change.renames
    return leaving.get(f"{_SAME_NAMES.get(kind)}/{name}") if takes else None


def _unit_of(address: Address) -> str:
    return group_of(address) if address.startswith("record/") else address
