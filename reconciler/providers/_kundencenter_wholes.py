"""Collections of an account service that were proven complete, and all its zones."""

from collections.abc import Mapping
from typing import Generic, TypeVar

from reconciler.model.address import Address
from reconciler.model.fields import Value
from reconciler.model.groups import Group
from reconciler.model.late import dataclass

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Whole(Generic[_T]):
    """A collection that was proven complete, and the mark of its revision."""

    etag: str
    entries: Mapping[str, _T]


@dataclass(frozen=True, slots=True)
class Settled:
    """One entry: its value and the account's mark of it; of a zone also that of its record sets, if it is told."""

    value: Value
    version: str
    records: str = ""


@dataclass(frozen=True, slots=True)
class Sets:
    """The record sets of one zone, and the account's marks of all of them and of each."""

    mark: str
    values: Group[Value]
    versions: Group[str]


@dataclass(frozen=True, slots=True)
class Dns:
    """All zones, under one mark, and the record sets of each.

    ``at`` is when all of them were read; ``unchanged`` counts those that an earlier reading had already.
    """

    zones: Whole[Settled]
    sets: Mapping[Address, Sets]
    at: int
    unchanged: int = 0

    def mark(self, zone: Address) -> str:
        """Return the mark that a zone's record sets had; empty for one that wasn't there."""
        return self.sets[zone].mark if zone in self.sets else ""
