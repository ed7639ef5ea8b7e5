"""The order of changes, from what refers to what: batches, each one atomic unit where the back end can.

What is referred to is created and changed before what refers to it, and deleted after it. The record sets of a zone are
one batch, in which deletions come first, except at the apex NS. Resources that refer to each other in a circle are one
batch; every other change is a batch of its own, so that a failure holds up only what needs it.
"""

from collections.abc import Iterable, Iterator
from graphlib import CycleError, TopologicalSorter

from reconciler.kinds import KINDS
from reconciler.model.address import Address, group_of, kind_of
from reconciler.model.change import Action, Change

_KIND_ORDER = {name: index for index, name in enumerate(KINDS)}


def order_changes(changes: Iterable[Change]) -> tuple[tuple[Change, ...], ...]:
    """Return the batches in the order in which they are written; the same for any order of ``changes``."""
    units: dict[str, list[Change]] = {}
    for change in sorted(changes, key=_rank):
        unit = group_of(change.address) if kind_of(change.address) == "record" else change.address
        units.setdefault(unit, []).append(change)
    if len(units) < 2:
        return tuple(tuple(batch) for batch in units.values())
    return tuple(tuple(sorted(batch, key=_rank)) for batch in _sorted_units(units))


def needed_before(change: Change) -> Iterator[Address]:
    """Yield what must be created or changed before this change: what its new value refers to."""
    if change.after is not None and change.action is not Action.DELETE:
        yield from KINDS[kind_of(change.address)].references(change.address, change.after)


def needed_after(change: Change) -> Iterator[Address]:
    """Yield what may be deleted only after this change: what its old value refers to."""
    if change.before is not None:
        yield from KINDS[kind_of(change.address)].references(change.address, change.before)


def _rank(change: Change) -> tuple[bool, int, int, Address]:
    kind = kind_of(change.address)
    deletes = change.action is Action.DELETE
    if kind == "record":
        apex_ns = change.address.endswith("/@/NS")
        return False, _KIND_ORDER[kind], 2 if apex_ns and deletes else int(not deletes), change.address
    return deletes, _KIND_ORDER[kind], 0, change.address


def _sorted_units(units: dict[str, list[Change]]) -> Iterator[list[Change]]:
    unit_of = {change.address: unit for unit, batch in units.items() for change in batch}
    deleted = {c.address for batch in units.values() for c in batch if c.action is Action.DELETE}
    graph: dict[str, dict[str, None]] = {unit: {} for unit in units}
    for unit, batch in units.items():
        for change in batch:
            for address in needed_before(change):
                if (other := unit_of.get(address)) and other != unit and address not in deleted:
                    graph[unit][other] = None
            for address in needed_after(change):
                if (other := unit_of.get(address)) and other != unit and address in deleted:
                    graph[other][unit] = None
    for members in _without_cycles(graph):
        yield [change for member in members for change in units[member]]


def _without_cycles(graph: dict[str, dict[str, None]]) -> Iterator[tuple[str, ...]]:
    """Yield groups of units in order; units in a circle are one group."""
    groups: dict[str, tuple[str, ...]] = {unit: (unit,) for unit in graph}
    while True:
        try:
            for unit in TopologicalSorter(graph).static_order():
                yield groups[unit]
            return
        except CycleError as error:
            graph, groups = _merged(graph, groups, error.args[1][1:])


def _merged(
    graph: dict[str, dict[str, None]], groups: dict[str, tuple[str, ...]], circle: list[str]
) -> tuple[dict[str, dict[str, None]], dict[str, tuple[str, ...]]]:
    first, others = circle[0], set(circle)
    merged: dict[str, dict[str, None]] = {}
    for unit, needs in graph.items():
        name = first if unit in others else unit
        into = merged.setdefault(name, {})
        into |= {first if need in others else need: None for need in needs}
        into.pop(name, None)
    joined = tuple(member for unit in dict.fromkeys(circle) for member in groups[unit])
    kept = {unit: members for unit, members in groups.items() if unit not in others}
    return merged, {**kept, first: joined}
