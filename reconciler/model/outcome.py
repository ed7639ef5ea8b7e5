"""Outcomes: what became of each change."""

from dataclasses import dataclass
from enum import StrEnum

from reconciler.model.change import Change


class Status(StrEnum):
    """How a change ended. ``conflict``: live was no longer as planned; ``skipped``: something it needs failed."""

    DONE = "done"
    FAILED = "failed"
    CONFLICT = "conflict"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one change; ``detail`` is a sentence without secrets, ``live_id`` the id of a new entry."""

    change: Change
    status: Status
    detail: str = ""
    live_id: str | None = None
