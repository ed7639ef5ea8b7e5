"""Zones in which there is nothing to do, though their three states aren't the same: known from an earlier plan.

Nearly every zone is one: the server has name servers of its own at the apex, which nobody declares. Whether there is
anything to do in a group of record sets follows from what is declared, live and applied there, and from nothing else,
so it is known by the ids of the three.
"""

from collections.abc import Iterable
from hashlib import sha256

from reconciler.model.groups import Group as Known
from reconciler.planner.groups import Group, Grouped


class Quiet:
    """What earlier plans ``knew`` to be quiet, and what this one found to be (``found``)."""

    def __init__(self, knew: Iterable[bytes] = ()) -> None:
        self._knew = frozenset(knew)
        self.found: set[bytes] = set()

    def knows(self, states: Grouped, name: str) -> bool:
        """Tell whether there is known to be nothing to do in a group; no look is taken inside."""
        key = _key(states, name)
        if key in self._knew:
            self.found.add(key)
        return key in self._knew

    def learn(self, states: Grouped, name: str) -> None:
        """Remember that there is nothing to do in a group, if anybody knows what is in it."""
        if key := _key(states, name):
            self.found.add(key)


def _key(states: Grouped, name: str) -> bytes:
    ids = [_id(of.get(name, {})) for of in (states.desired, states.live, states.applied)]
    return sha256("\n".join(ids).encode()).digest() if all(ids) else b""


def _id(group: Group) -> str:
    return group.id if isinstance(group, Known) else ""
