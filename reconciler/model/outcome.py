"""Outcomes: what became of each change, and what reading back proves of it."""

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum

from reconciler.model.address import Address
from reconciler.model.change import Change
from reconciler.model.late import dataclass


class Status(StrEnum):
    """How a change ended. ``conflict``: live was no longer as planned; ``skipped``: something it needs failed;
    ``awaiting hand``: a person has to do it in the portal and to attest it.

    Of an apply that was interrupted, ``not done`` is what reading back proves not to have happened, and ``unknown``
    what it can't tell: live is neither as before nor as it should be, or can't be read.
    """

    DONE = "done"
    FAILED = "failed"
    CONFLICT = "conflict"
    SKIPPED = "skipped"
    NOT_DONE = "not done"
    UNKNOWN = "unknown"
    AWAITING = "awaiting hand"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one change; ``detail`` is a sentence without secrets, ``live_id`` the id of a new entry.

    ``waits`` says that it was skipped only because something that it needs awaits a hand.
    """

    change: Change
    status: Status
    detail: str = ""
    live_id: str | None = None
    waits: bool = False

    @property
    def is_well(self) -> bool:
        """Whether it is done, or waits for a person, which is no failure."""
        return self.status in (Status.DONE, Status.AWAITING) or self.waits


@dataclass(frozen=True, slots=True)
class ReadBack:
    """What reading back tells of one change of an interrupted apply; ``detail`` says why, where that isn't plain."""

    status: Status
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Proof:
    """What reading back found: changes that are still to be done, and those that can't be read back, each with why."""

    remaining: tuple[Address, ...] = ()
    unproven: Mapping[Address, str] = field(default_factory=dict)

    @property
    def is_whole(self) -> bool:
        """Whether everything that was carried out is proven."""
        return not self.remaining and not self.unproven
