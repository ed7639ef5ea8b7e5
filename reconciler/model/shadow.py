"""Shadowing: what octoDNS would do to the same zones, beside what a plan of ours would do."""

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum

from reconciler.model.address import Address
from reconciler.model.change import Action, Change
from reconciler.model.fields import Value
from reconciler.model.late import dataclass


@dataclass(frozen=True, slots=True)
class Theirs:
    """One change that octoDNS would make; ``problem`` says why its value can't be told.

    ``is_spelling`` is an update after which the record set means what it meant before.
    """

    action: Action
    after: Value | None
    problem: str = ""
    is_spelling: bool = False


@dataclass(frozen=True, slots=True)
class TheirPlan:
    """What octoDNS would do, and for zones that it doesn't plan, why; ``zones`` are those of its configuration."""

    changes: Mapping[Address, Theirs] = field(default_factory=dict)
    zones: frozenset[str] = frozenset()
    refused: Mapping[str, str] = field(default_factory=dict)


class Sort(StrEnum):
    """How two plans disagree about a record set, or about a zone."""

    ONLY_OURS = "only ours"
    ONLY_THEIRS = "only octoDNS"
    VALUES = "other values"
    TTL = "other TTL"
    NOT_SERVED = "type-not-served"
    REFUSED = "octoDNS refused"


@dataclass(frozen=True, slots=True)
class Disagreement:
    """One of them: what each would do (None: nothing), and why, as far as that is known."""

    address: Address
    sort: Sort
    why: str
    ours: Change | None = None
    theirs: Theirs | None = None


@dataclass(frozen=True, slots=True)
class Shadow:
    """Both plans compared.

    ``agreed`` counts the record sets that both would leave with the same value; ``remarks`` say of some of them what
    differs all the same: that ours are held as drift, say.
    """

    agreed: int
    disagreements: tuple[Disagreement, ...]
    remarks: Mapping[Address, str] = field(default_factory=dict)
