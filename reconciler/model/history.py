"""History as values: commits and their verdicts, the lives of addresses, and what the record proves."""

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum

from reconciler.model.address import Address
from reconciler.model.fields import Json, Value
from reconciler.model.late import dataclass

#: The columns of an export.
COLUMNS = (
    "receipt",
    "when",
    "who",
    "commit",
    "author",
    "address",
    "action",
    "origin",
    "risk",
    "status",
    "approval",
    "run_url",
)


@dataclass(frozen=True, slots=True)
class LoggedCommit:
    """A commit in the history: author (``Name <mail>``), time (ISO 8601) and subject as they were found.

    ``cut`` says that a shallow clone ends here: it may have parents, which are not there.
    """

    id: str
    parents: tuple[str, ...]
    author: str
    when: str
    subject: str
    cut: bool = False


class Verdict(StrEnum):
    """What became of a commit."""

    APPLIED = "applied"
    SUPERSEDED = "superseded"
    NO_EFFECT = "no effect"
    NOT_LOADABLE = "not loadable"
    REFUSED = "refused"
    AWAITING = "awaiting hand"
    ATTESTED = "attested"
    PENDING = "pending"


@dataclass(frozen=True, slots=True)
class Judged:
    """A commit of the first-parent line and its verdict.

    ``first`` is the first receipt that contains it, ``receipt`` the one that carried it out (the last, of several),
    ``by`` the commit that superseded it, ``open`` the addresses of which what it says was never carried out;
    each with why in ``fates``: refused, awaiting a hand, or attested and not yet recorded as applied; ``touches``
    whether it touches the account.
    """

    commit: LoggedCommit
    verdict: Verdict
    changes: tuple[Address, ...] = ()
    first: int = 0
    receipt: int = 0
    by: str = ""
    detail: str = ""
    open: tuple[Address, ...] = ()
    touches: bool = True
    fates: Mapping[Address, Verdict] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Version:
    """One value of an address: what git said since ``commit``, which came in with ``brought``, and its verdict.

    ``value`` has private fields as digests, and is None where git stopped to declare the address. ``facts`` are those
    of the receipt that carried it out (None: none did), ``step`` what that receipt says of it. With the newest value
    of an address goes what people ``attested`` of it, the oldest first.
    """

    address: Address
    value: Value | None
    commit: LoggedCommit
    brought: LoggedCommit
    verdict: Verdict
    facts: Json = None
    step: Json = None
    place: str = ""
    attested: tuple[Json, ...] = ()


@dataclass(frozen=True, slots=True)
class Blamed:
    """One declared field: its value at HEAD, who gave it that, and whether it is applied.

    ``attested`` is what somebody last saw of its resource, where only people can see it.
    """

    address: Address
    name: str
    text: str
    commit: LoggedCommit
    applied: bool
    place: str
    attested: Json = None


@dataclass(frozen=True, slots=True)
class Fault:
    """The first entry that can't be true: its commit, its receipt's number (0: none), and why."""

    commit: str
    number: int
    what: str


@dataclass(frozen=True, slots=True)
class RecordProof:
    """What was found: how many commits and receipts, the head, the first fault, and how much is proven beyond that.

    ``signed`` tells whether every commit's signature was checked, ``anchored`` up to which commit an outside anchor
    reaches.
    """

    commits: int
    receipts: int
    head: str
    fault: Fault | None = None
    signed: bool = False
    anchored: str = ""

    @property
    def verdict(self) -> str:
        """The verdict in a word."""
        if self.fault:
            return "tampered or damaged"
        return "untampered" if self.signed or (self.head and self.anchored == self.head) else "consistent"


def seen_as(entry: Json) -> str:
    """Return in words how something was seen, from an entry of the record."""
    otherwise = entry.get("otherwise", ())
    if entry["value"] is None:
        return "not there" if otherwise else "not there, as declared"
    status = f", {entry['status']}" if entry.get("status") else ""
    return (f"otherwise in {', '.join(otherwise)}" if otherwise else "as declared") + status
