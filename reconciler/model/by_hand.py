"""What only a person can see and do, in a portal that no program can read: attestations, and changes awaiting hand."""

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from typing import NamedTuple

from reconciler.model.address import Address
from reconciler.model.fields import Value
from reconciler.model.late import dataclass


@dataclass(frozen=True, slots=True)
class Attestation:
    """What somebody saw of one address; ``value`` is None where they saw that it isn't there.

    Private fields in ``value`` are salted digests, secrets their version. ``when`` is ISO 8601 in UTC, ``evidence`` the
    SHA-256 of a file that stays with whoever has it, ``commit`` the configuration commit with which it was compared,
    and ``otherwise`` the fields that were seen to differ from that. ``status`` is what became of a request, as far as
    somebody has seen more than that it was submitted.
    """

    value: Value | None
    when: str
    who: str
    evidence: str
    commit: str
    otherwise: tuple[str, ...] = ()
    reason: str = ""
    host: str = ""
    run_url: str = ""
    status: str = ""

    @property
    def at(self) -> datetime:
        """When it was seen."""
        return datetime.fromisoformat(self.when)


@dataclass(frozen=True, slots=True)
class Sight:
    """One address as somebody says they saw it: its value (None: it isn't there), and what is otherwise than declared.

    ``status`` is what became of a request, empty where nothing is known but that it was submitted. Private values are
    real; they never leave the process.
    """

    value: Value | None
    otherwise: tuple[str, ...] = ()
    status: str = ""


class Awaiting(NamedTuple):
    """A change that was approved and that a person still has to make, or that needs such a one.

    ``seal`` is its seal, ``receipt`` the apply that left it first.
    """

    seal: str
    receipt: int


@dataclass(frozen=True, slots=True)
class Hand:
    """Where a person makes a change: the portal's path, its language, and where each secret lies (``env/PHONE``).

    An empty ``portal`` means where portals of this sort have it.
    """

    portal: str
    language: str
    secrets: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Hands:
    """What a plan leaves to a person.

    ``clicks`` says where each of its changes is made, ``awaiting`` which of them were approved as they are and are only
    waiting for it. ``ages`` says how many days ago each address was seen that is declared or owned, and ``overdue`` are
    those of them that were seen too long ago, or never although they are owned.
    """

    clicks: Mapping[Address, Hand] = field(default_factory=dict)
    awaiting: frozenset[Address] = frozenset()
    ages: Mapping[Address, int] = field(default_factory=dict)
    overdue: tuple[Address, ...] = ()
