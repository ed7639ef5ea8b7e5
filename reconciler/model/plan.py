"""Plans: a value that is shown, saved, refused or carried out."""

from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import TYPE_CHECKING

from reconciler.model.address import Address, decode_part, kind_of, matches
from reconciler.model.by_hand import Hands
from reconciler.model.change import Action, Change, Origin
from reconciler.model.compare import Bookkeeping
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.fields import Value
from reconciler.model.late import dataclass
from reconciler.model.seals import SealList
from reconciler.model.state import Asked

if TYPE_CHECKING:
    from reconciler.model.approvals import Demand
    from reconciler.model.expectation import Unmet


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a plan may not be carried out: a guard's or policy's code, the sentence, what to do, and whom it concerns."""

    code: str
    detail: str
    help: str
    addresses: tuple[Address, ...] = ()


@dataclass(frozen=True, slots=True)
class Options:
    """What the caller allows for this plan; part of it, so that apply can judge by the same."""

    include_drift: bool = False
    only: tuple[str, ...] = ()
    override: frozenset[Address] = frozenset()
    allow_deletes: int | None = None
    accept_empty: frozenset[str] = frozenset()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """What `adopt` is asked for: addresses and globs, and which sorts of difference they may cover (none named: all).

    Without any address or glob, everything of these sorts.
    """

    patterns: tuple[str, ...] = ()
    drift: bool = False
    unmanaged: bool = False

    @property
    def sorts(self) -> tuple[bool, bool]:
        """Whether drift and unmanaged things are chosen."""
        return (self.drift, self.unmanaged) if self.drift or self.unmanaged else (True, True)

    @property
    def zones(self) -> frozenset[str]:
        """The zones that are named, which may be unknown to the files and the record."""
        parts = (pattern.split("/") for pattern in self.patterns)
        named = (part[1] for part in parts if len(part) > 1 and part[0] in ("zone", "record"))
        return frozenset(decode_part(zone) for zone in named if not set("*?[") & set(zone))

    def covers(self, address: Address) -> bool:
        """Tell whether an address is among what is asked for."""
        return not self.patterns or any(matches(address, pattern) for pattern in self.patterns)


@dataclass(frozen=True, slots=True)
class Note:
    """What the record learns without a live write: own or advance to ``value`` (as desired, unsealed), or drop."""

    address: Address
    what: Bookkeeping
    value: Value | None = None
    live_id: str | None = None


@dataclass(frozen=True, slots=True)
class Merge:
    """What a plan is the merge of: commit ``head`` into commit ``base``, which somebody named ``into``."""

    into: str
    base: str
    head: str


@dataclass(frozen=True, slots=True)
class Between:
    """The two commits that a plan compares offline."""

    base: str
    head: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What an apply would do, in the order in which it would do it.

    ``batches`` are the changes to write, each batch one atomic unit where the back end can; ``refused`` are changes
    that can't be carried out (shown with ``!``), ``drift`` those that are held, ``unmanaged`` what nobody declared;
    ``notes`` are what the record learns without a write. ``refusals`` stop the whole plan. ``ids`` are the account's
    own ids of its entries, by our addresses. ``origins`` are those of the kinds that another provider than the default
    holds, whose is ``origin``. Of a pull request, ``merge`` says what is merged into what, and ``pending`` are the
    changes that the base asks for already, outside batches and seal. ``unsealed`` says why a plan has no seal: the
    record may have gone on, and the remote that has it couldn't be asked. ``offline`` are the two commits that
    are compared where nothing else was looked at. ``demands`` say who must approve. ``unmet`` are the expectations of
    facts that don't hold, or that nobody can judge. ``asked`` says what became of the requests that are ours, ``hands``
    what a person has to do.
    """

    account: str
    origin: str
    batches: tuple[tuple[Change, ...], ...]
    seals: SealList
    demands: "tuple[Demand, ...]" = ()
    refused: tuple[Change, ...] = ()
    drift: tuple[Change, ...] = ()
    unmanaged: tuple[Address, ...] = ()
    notes: tuple[Note, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    ids: Mapping[Address, str] = field(default_factory=dict)
    findings: Sequence[Diagnostic] = ()
    read: str = ""
    record: str = ""
    unsealed: str = ""
    options: Options = field(default_factory=Options)
    origins: Mapping[str, str] = field(default_factory=dict)
    merge: Merge | None = None
    pending: tuple[Change, ...] = ()
    offline: Between | None = None
    unmet: "tuple[Unmet, ...]" = ()
    asked: Mapping[Address, Asked] = field(default_factory=dict)
    hands: Hands = field(default_factory=Hands)

    @property
    def written_kinds(self) -> frozenset[str]:
        """The kinds of which something would be written to the account."""
        return frozenset(kind_of(change.address) for change in self.changes if change.action.writes)

    @property
    def changes(self) -> tuple[Change, ...]:
        """All changes that would be carried out, in order."""
        return tuple(change for batch in self.batches for change in batch)

    @property
    def touched(self) -> frozenset[Address]:
        """The addresses that an apply writes, in the account or in the record."""
        moved = {change.moved_from for change in self.changes if change.moved_from}
        return frozenset(moved.union(one.address for many in (self.changes, self.notes) for one in many))

    @property
    def only_awaits(self) -> bool:
        """Whether nothing is left but what a person was told to do already, and what needs that."""
        planned = {change.address for change in self.changes}
        waits = all(
            change.address in self.hands.awaiting
            and (change.address in self.hands.clicks or not planned.isdisjoint(change.needs))
            for change in self.changes
        )
        return bool(planned) and waits and not self.notes and not self.refusals

    @property
    def drifted(self) -> tuple[Change, ...]:
        """Every change whose cause, alone or beside git, is a hand in the account, whatever becomes of it."""
        changes = (*self.drift, *self.changes, *self.refused)
        return tuple(change for change in changes if change.origin in (Origin.DRIFT, Origin.BOTH))

    @property
    def broken(self) -> "tuple[Unmet, ...]":
        """Every expectation that provably doesn't hold."""
        return tuple(one for one in self.unmet if not one.unknown)

    @property
    def undeclared(self) -> tuple[Address, ...]:
        """Every address that nobody declared, whatever policy makes of it, but what it ignores."""
        deleted = (c.address for c in (*self.changes, *self.refused) if c.origin is Origin.UNMANAGED)
        return tuple(sorted({*self.unmanaged, *deleted}))

    @property
    def seal(self) -> str:
        """The plan's seal; empty for an ``unsealed`` plan, which nobody can approve."""
        return "" if self.unsealed else self.seals.seal

    def counts(self) -> tuple[int, int, int]:
        """Return how many resources are added, changed and destroyed; a replacement counts as added and destroyed."""
        actions = [change.action for change in self.changes]
        replaced = actions.count(Action.REPLACE)
        return (
            actions.count(Action.CREATE) + replaced,
            actions.count(Action.UPDATE),
            actions.count(Action.DELETE) + replaced,
        )
