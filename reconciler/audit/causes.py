"""The commit that asks for each change of a plan: the newest ones are looked at first, and only as many as needed."""

from collections.abc import Collection, Mapping
from dataclasses import replace

from reconciler.audit.attribution import Ancestry
from reconciler.audit.effects import Effects, Reading
from reconciler.gitrepo.history import log
from reconciler.gitrepo.repo import GitRepo
from reconciler.model.address import Address
from reconciler.model.change import Cause, Change, Origin
from reconciler.model.history import LoggedCommit
from reconciler.model.plan import Plan
from reconciler.model.state import Desired

#: How many commits are looked at, more each time; what is older than the last of these stays unknown. Before the first
#: apply everything is new, and how it came about is hardly worth waiting for.
_LOOKS, _FIRST_LOOKS = (8, 64, 500), (8, 32)


def changes_asked(plan: Plan) -> tuple[Change, ...]:
    """Return the changes of a plan, refused ones too, that git asks for."""
    return tuple(change for change in (*plan.changes, *plan.refused) if _is_asked(change))


def committed_addresses(
    desired: Desired, reading: Reading, head: str, changes: Collection[Change], *, under_own_settings: bool
) -> frozenset[Address]:
    """Return the addresses of ``changes`` of which the commit ``head`` says the same as the files that were loaded.

    What they desire ``under_own_settings`` is what the commit desires, where it has the same files.
    """
    entries = reading.listed(head)
    addresses = frozenset(change.address for change in changes)
    there = {path: blob for path, (_, blob) in entries.items() if path.endswith((".yaml", ".zone"))}
    if there == desired.files:
        if under_own_settings:
            reading.take(head, desired)
        return addresses
    committed = reading.desired(head)
    return frozenset(a for a in addresses if desired.state.get(a) == committed.get(a))


def with_causes(plan: Plan, causes: Mapping[Address, Cause]) -> Plan:
    """Return a plan whose changes name their causes; no seal covers them."""
    return replace(
        plan,
        batches=tuple(tuple(_caused(change, causes) for change in batch) for batch in plan.batches),
        refused=tuple(_caused(change, causes) for change in plan.refused),
    )


def _caused(change: Change, causes: Mapping[Address, Cause]) -> Change:
    return replace(change, cause=causes.get(change.address)) if _is_asked(change) else change


def _is_asked(change: Change) -> bool:
    return change.origin in (Origin.ASKED, Origin.BOTH)


def find_causes(
    repo: GitRepo, reading: Reading, head: str, last: str | None, addresses: Collection[Address], known: Effects
) -> dict[Address, Cause]:
    """Return for each address the commit that last gave it its value at ``head`` and that ``last`` doesn't contain."""
    effects = dict(known)
    found: dict[Address, Cause] = {}
    for most in (_LOOKS if last else _FIRST_LOOKS) if addresses else ():
        commits = log(repo, head, [last] if last else [], most=most)
        effects |= reading.effects(commits, effects)
        origins = Ancestry(commits, effects).origins(head, addresses)
        found = {address: cause_of(commit) for address, commit in origins.items()}
        if len(found) == len(addresses) or len(commits) < most:
            break
    return found


def cause_of(commit: LoggedCommit) -> Cause:
    """Return what a change says of the commit that asks for it."""
    return Cause(commit.id, commit.author, commit.when, commit.subject)
