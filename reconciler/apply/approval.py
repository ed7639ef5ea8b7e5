"""Approvals: whether a plan may be carried out, judged before anything is written."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import field

from reconciler.model.address import Address
from reconciler.model.approvals import Demand, Grant
from reconciler.model.change import Origin
from reconciler.model.errors import ReconcilerError, RefusedError, StaleError
from reconciler.model.findings import of_codes
from reconciler.model.late import dataclass, pattern
from reconciler.model.plan import Plan
from reconciler.model.seals import SealList, read_seal_list
from reconciler.model.text import neutral

_SHORT = 12
_TRAILER = pattern(r"^Reconciler-Seal:[ \t]*([0-9a-f]{64})[ \t]*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Approval:
    """What was approved: anything (``seals`` is None: ``--auto-approve``), or what these plan seals stand for.

    A plan is approved when its own seal is, or when each of its changes stands in an approved list of the same context;
    approvals add up, and what awaits a hand was approved before. A list counts only if its digest is among ``seals``,
    so it may come from anywhere. ``whole`` are the changes, by seal, of a plan that is carried out whole or not at all.
    ``diverged`` lets a commit be applied that doesn't contain the one applied last. ``grants`` are what was found of
    who approved, for the receipt and for policy, ``looked`` in words where it was looked for.
    """

    seals: frozenset[str] | None = None
    lists: tuple[SealList, ...] = ()
    whole: Mapping[str, Address] = field(default_factory=dict)
    diverged: bool = False
    grants: tuple[Grant, ...] = ()
    looked: tuple[str, ...] = ()

    @property
    def counted(self) -> tuple[SealList, ...]:
        """The lists that are approved."""
        return tuple(one for one in self.lists if self.seals and one.seal in self.seals)

    def settled(self, plan: Plan) -> int | None:
        """Return how many approved changes aren't planned any more, because they were made or nobody asks for them.

        None where no seals were given. Only for an approval that covers the plan.
        """
        if self.seals is None or self.whole:
            return None
        return len({seal for one in self.counted for seal in one.changes} - {change.seal for change in plan.changes})


def whole_plan(account: str, context: str, changes: Mapping[str, Address], diverged: bool) -> Approval:
    """Return the approval of one plan, to be carried out exactly as it was seen; ``changes`` are its own, by seal."""
    seals = SealList(account, context, tuple(sorted(changes)))
    return Approval(frozenset((seals.seal,)), (seals,), changes, diverged)


def trailer_grants(commits: Iterable[tuple[str, str]]) -> tuple[Grant, ...]:
    """Return what the trailers ``Reconciler-Seal`` of commits (id and message) claim."""
    return tuple(
        Grant("trailer", found[1], claimed=True, commit=commit)
        for commit, message in commits
        for found in _TRAILER.finditer(message.rstrip("\n").rpartition("\n\n")[2])
    )


def approved_lists(files: Mapping[str, bytes], seals: Collection[str], account: str) -> tuple[SealList, ...]:
    """Return the lists of files, by name; raises ``ReconcilerError`` for a damaged one, and for another account's.

    One that nobody approved is left out of what counts later, and says nothing here.
    """
    lists = {name: read_seal_list(data, name) for name, data in files.items()}
    for name, one in lists.items():
        if one.seal in seals and one.account != account:
            raise ReconcilerError(
                f"{neutral(name)} is the seal list of account {neutral(one.account)}; this is {account}.",
                "Give each account's apply its own seals and lists.",
            )
    return tuple(lists.values())


def check_approval(plan: Plan, approval: Approval) -> None:
    """Return when ``plan`` may be carried out.

    Raises ``StaleError``, naming each difference, when the plan isn't what was approved, and ``RefusedError`` when a
    guard or policy says no, a step would lock out the caller (a warning until now) or a change of origin *both* has no
    permission.
    """
    if approval.seals is not None and plan.changes and (differences := _differences(plan, approval)):
        refusals = [f"refused besides: {detail}" for detail, _ in _refusals(plan)]
        raise StaleError(
            "The plan isn't what was approved:",
            "Make a new plan, look at it and approve it. Nothing was written.",
            [f"  {line}" for line in (*differences, *refusals)],
        )
    if found := list(_refusals(plan)):
        details, remedies = zip(*found, strict=True)
        raise RefusedError(details[0], " ".join(dict.fromkeys(filter(None, remedies))), details[1:])
    if approval.seals is None:
        _demand_overrides(plan)
    if missing := [line for demand in plan.demands for line in _lacking(plan, demand, approval)]:
        raise RefusedError(
            "Policy asks for reviews that weren't found:",
            "Have the pull request reviewed as `policy.approvals` asks, then run `reconciler apply --from-forge`.",
            [f"  {line}" for line in missing],
        )


def _lacking(plan: Plan, demand: Demand, approval: Approval) -> Iterator[str]:
    """Yield what a demand still lacks, one line for each pull request that was found, or for all where none was."""
    lists = {one.seal: frozenset(one.changes) for one in approval.counted}
    seals = {change.address: change.seal for change in plan.changes}
    lacking: dict[str, list[Address]] = {}
    for address in demand.addresses:
        if address in plan.hands.awaiting:
            continue
        covering = [g for g in approval.grants if g.seal == plan.seal or seals[address] in lists.get(g.seal, ())]
        found = [{r.who for r in grant.reviews if r.counts(demand)} for grant in covering if not grant.claimed]
        best = max(found, key=len, default=set[str]())
        if len(best) < demand.count:
            lacking.setdefault(", ".join(sorted(best)) or "nobody", []).append(address)
    for who, addresses in lacking.items():
        wanted = f"{demand.count} of {', '.join(demand.of) or 'those who may write'}"
        wanted += " (not the author)" if demand.not_author else ""
        yield f"{neutral(', '.join(addresses))}: {neutral(wanted)} must approve; {neutral(who)} did."


def _refusals(plan: Plan) -> Iterator[tuple[str, str]]:
    """Yield what refuses the plan whoever approved it, and what to do about it."""
    for refusal in plan.refusals:
        yield f"{refusal.detail} [{refusal.code}]", refusal.help
    for finding in of_codes(plan.findings, ("whitelist-locks-out",)):
        yield f"{finding.detail} [{finding.code}]", finding.help


def _demand_overrides(plan: Plan) -> None:
    """Refuse changes that were asked for *and* happened by hand, unless each is named: nobody saw both sides."""
    told = plan.options.override | plan.hands.awaiting
    unseen = [c.address for c in plan.changes if c.origin is Origin.BOTH and c.address not in told]
    if unseen:
        flags = " ".join(f"--override {address}" for address in unseen)
        raise RefusedError(
            f"Changed in git and by hand since the last apply: {', '.join(unseen)}.",
            f"Look at both sides in the plan, then apply a saved plan (`plan --out FILE`), or say {flags}.",
        )


def _differences(plan: Plan, approval: Approval) -> list[str]:
    """Return each difference between a plan and what was approved, as a line."""
    if not approval.whole and approval.seals and plan.seal in approval.seals:
        return []
    lists = approval.counted
    anywhere = {seal for one in lists for seal in one.changes}
    fitting = {seal for one in lists if one.context == plan.seals.context for seal in one.changes}
    new = [change for change in plan.changes if change.address not in plan.hands.awaiting]
    lines = [f"not approved as it is now: {neutral(c.address)}" for c in new if c.seal not in anywhere]
    lines += [f"approved, but no longer planned: {neutral(address)}" for address in _missing(plan, approval)]
    if any(change.seal in anywhere - fitting for change in new) or (approval.whole and not fitting):
        lines.append("the policy or the place of the account changed")
    return sorted(lines) + (_unused(approval) if lines else [])


def _missing(plan: Plan, approval: Approval) -> list[Address]:
    """Return what a plan that goes as a whole no longer holds, though it isn't as approved yet."""
    seals = {change.seal for change in plan.changes}
    known = {note.address for note in plan.notes} | {change.address for change in plan.changes}
    return [address for seal, address in approval.whole.items() if seal not in seals and address not in known]


def _unused(approval: Approval) -> list[str]:
    """Return what keeps an approval from covering more: seals whose list nobody gave, lists that nobody approved."""
    listed = {one.seal for one in approval.lists}
    seals = approval.seals or frozenset[str]()
    return [
        *(f"approved, but its seal list isn't here: {seal[:_SHORT]}..." for seal in sorted(seals - listed)),
        *(f"here is the list of a seal that isn't approved: {seal[:_SHORT]}..." for seal in sorted(listed - seals)),
        *approval.looked,
    ]
