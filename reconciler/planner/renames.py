"""Renames: which address is the new name of one that left git, because its ``previously:`` says so.

    the old address is ours, and the new one isn't yet: otherwise it has been renamed, and ``previously:`` is spent;
    entries that go by an id of the account's own have no name of ours, so a new one is for the record alone;
    others are renamed by the account, where it can, unless somebody renamed it there by hand already;
    where it can't, what holds data isn't renamed at all, and the rest goes under its old name and comes under the new.

What a rename changes besides is decided by the ordinary table, with the old entry's live and applied values.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from reconciler.kinds import KINDS
from reconciler.model.address import Address, kind_of
from reconciler.model.change import Action, Change, Origin, Risk
from reconciler.model.compare import Verdict
from reconciler.model.diagnostic import Diagnostic, Severity
from reconciler.model.fields import Fields, Value
from reconciler.model.kind import Kind
from reconciler.model.late import dataclass
from reconciler.model.plan import Refusal
from reconciler.model.state import Renaming
from reconciler.planner.codes import diagnostic
from reconciler.planner.groups import Group

_TAKEN = "Another {title} of this name is in the account already."
_RENAME = Verdict(Action.UPDATE, Origin.ASKED)


@dataclass(frozen=True, slots=True)
class Renames:
    """What decides about ``previously:``; ``served`` are the kinds whose entries the account can rename."""

    told: Mapping[Address, Renaming]
    served: frozenset[str]

    def of(self, kind: Kind, live: Group, applied: Group) -> dict[Address, Address]:
        """Return the renames of one kind that are to be done: from each new address to the old one."""
        if kind.natural_key is None and kind.name not in self.served:
            return {}
        opened = self._open(kind, applied)
        return {new: old for new, old in opened if kind.natural_key or old in live or new not in live}

    def findings(self, kind: Kind, live: Group, applied: Group) -> Iterator[Diagnostic]:
        """Yield an error for what can't be renamed, a warning for what isn't ours to rename."""
        for new, (old, span) in self._of_kind(kind):
            if old in live and old not in applied and new not in applied:
                detail = f"{old} is in the account, but was never applied from here, so it doesn't become {new}."
                remedy = "Declare it under its old name, apply, and rename it then."
                yield diagnostic("rename-of-unowned", detail, remedy, Severity.WARNING, new, span)
        if kind.natural_key is None and kind.name not in self.served and kind.holds_data:
            for new, old in self._open(kind, applied):
                detail = f"The account can't rename a {kind.title}, and {new} would begin without what {old} holds."
                remedy = "Take `previously` away, move what it holds by hand, and name the old one under `removed:`."
                yield diagnostic("rename-not-served", detail, remedy, Severity.ERROR, new, self.told[new].span)

    def _open(self, kind: Kind, applied: Group) -> Iterator[tuple[Address, Address]]:
        """Yield new and old address of what isn't renamed yet."""
        return ((new, old) for new, (old, _) in self._of_kind(kind) if old in applied and new not in applied)

    def _of_kind(self, kind: Kind) -> list[tuple[Address, Renaming]]:
        return sorted((new, told) for new, told in self.told.items() if kind_of(new) == kind.name)


def with_rename(verdict: Verdict) -> Verdict:
    """Return the row of the table for what is renamed too, so that it differs between git and record in any case."""
    if verdict.action is None or verdict.action is Action.MOVE:
        return _RENAME
    return verdict._replace(origin=Origin.BOTH) if verdict.origin is Origin.DRIFT else verdict


def with_risk(change: Change) -> Change:
    """Return a change with what its rename risks: the old name no longer logs in, and mail to it goes nowhere."""
    if not change.renames:
        return change
    least = Risk.ACCESS if KINDS[kind_of(change.address)].secret_fields else Risk.TRAFFIC
    return replace(change, risk=max(change.risk, least))


def refuse_taken(change: Change) -> tuple[Change, Refusal]:
    """Return a rename to a name that is taken, refused."""
    title = KINDS[kind_of(change.address)].title
    detail = f"{change.moved_from} can't become {change.address}, which is in the account already."
    remedy = f"Choose another name, or look which {title} is the right one and delete or rename the other by hand."
    refused = replace(change, refused=_TAKEN.format(title=title))
    return refused, Refusal("rename-taken", detail, remedy, (change.address,))


def still_used(changes: Iterable[Change], live: Group) -> list[Diagnostic]:
    """Return a warning for each entry that goes on referring to a name that the plan takes away by a rename.

    ``live`` are the live values under our addresses. An alias that takes the old name receives in its place.
    """
    planned = {change.address: change for change in changes}
    taken = {change.address.partition("/")[2] for change in planned.values() if change.action is Action.CREATE}
    renamed = {c.moved_from: c for c in planned.values() if c.renames and c.moved_from}
    gone = {old: change for old, change in renamed.items() if old.partition("/")[2] not in taken}
    if not gone:
        return []
    return [
        diagnostic(
            "rename-still-used",
            f"{address} still refers to {old}, which becomes {gone[old].address}; the account may refuse that.",
            f"Let it refer to {gone[old].address}, or declare an alias of the old name.",
            Severity.WARNING,
            address,
            gone[old].span,
        )
        for address, value in sorted(live.items())
        if (later := _later(planned.get(address), value)) is not None
        for old in sorted(gone.keys() & set(KINDS[kind_of(address)].references(address, later)))
        if gone[old].address != address
    ]


def _later(change: Change | None, live: Value) -> Value | None:
    """Return an entry as it will be, or None where it goes."""
    if change is None or not change.action.writes:
        return live
    if isinstance(live, Fields) and isinstance(change.after, Fields):
        return live.replaced(**dict(change.after))
    return change.after
