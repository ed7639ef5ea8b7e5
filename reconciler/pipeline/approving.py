"""The corridor of approvals: what was merged since the last apply, and who approved it."""

from reconciler.apply.approval import Approval, trailer_grants
from reconciler.forge import sealing
from reconciler.forge.opening import open_forge
from reconciler.forge.sealing import Found
from reconciler.gitrepo.mainline import Landed, mainline
from reconciler.model.seals import SealList
from reconciler.pipeline.session import Planned, Session

#: How many merges are looked at; more than one job ever has to catch up with.
_MOST = 200


def landed(planned: Planned) -> tuple[Landed, ...]:
    """Return what was merged since the last apply, the newest first; none outside of a repository."""
    home = planned.record.home
    head = home.around.head() if home.around else None
    if home.around is None or head is None:
        return ()
    return mainline(home.around, home.remote, head, planned.state.applied.config_commit, _MOST)


def from_forge(session: Session, planned: Planned, lists: tuple[SealList, ...], diverged: bool) -> Approval:
    """Return the approval that the forge knows of: the plans of what was merged, and who reviewed it."""
    found = look(session, planned)
    seals = frozenset(grant.seal for grant in found.grants)
    return Approval(seals, (*found.lists, *lists), diverged=diverged, grants=found.grants, looked=found.looked)


def from_trailers(planned: Planned, lists: tuple[SealList, ...], diverged: bool) -> Approval:
    """Return the approval that the messages of what was merged claim: trailers ``Reconciler-Seal``."""
    grants = trailer_grants((commit.id, commit.message) for commit in landed(planned))
    return Approval(frozenset(grant.seal for grant in grants), lists, diverged=diverged, grants=grants)


def look(session: Session, planned: Planned) -> Found:
    """Return what the forge knows of the plan's approvals."""
    plan, commits = planned.plan, (commit.id for commit in landed(planned))
    return sealing.find(open_forge(session.environ), commits, plan.account, plan.seals.changes, plan.demands)
