"""The corridor of pull requests: what an apply would do after a merge, apart from what its base asks for already."""

from collections.abc import Callable
from typing import TypeVar

from reconciler.gitrepo.merging import merge_ends, merged_tree
from reconciler.gitrepo.repo import GitRepo
from reconciler.load.account_file import same_accounts
from reconciler.load.tree import CommitTree, WorkTree
from reconciler.load.trusted import under
from reconciler.load.uncommitted import uncommitted
from reconciler.model.errors import DiagnosticsError, ReconcilerError
from reconciler.model.plan import Merge, Options, Plan
from reconciler.model.state import Desired
from reconciler.pipeline.anew import anew_if_lost
from reconciler.pipeline.auditing import explained
from reconciler.pipeline.expecting import judged
from reconciler.pipeline.planning import desired_in, facts_for
from reconciler.pipeline.session import Planned, Session
from reconciler.pipeline.trusting import under_trust
from reconciler.planner.pending import set_apart
from reconciler.planner.plan import build_plan
from reconciler.ports import Scope

_T = TypeVar("_T")


@anew_if_lost
def plan_merge(session: Session, into: str, options: Options) -> Planned:
    """Return what an apply would do once HEAD is merged into ``into``, with what is pending there set apart.

    The work tree is only compared, never planned. The account and the record are read once, for both plans.
    """
    repo, merge = merge_ends(session.folder, into)
    folder = repo.path_of(session.folder.resolve())
    desired = _merged(session, repo, merge, folder)
    base = _or_error(lambda: under(desired_in(session, CommitTree(repo, merge.base, folder)), desired.config))
    record = session.record(desired.config)
    state = record.look()
    reader, scope = session.outside(desired.config).reader(), Scope.of(desired, state.applied)
    live = reader.read(scope | Scope.of(base, state.applied) if isinstance(base, Desired) else scope)
    today = session.clock.now().date()

    def planned(wanted: Desired) -> Plan:
        facts = facts_for(session, wanted, state.applied, reader.capabilities)
        return build_plan(wanted, live, state.applied, reader.capabilities, options, today, facts)

    whole = planned(desired)
    before = _or_error(lambda: planned(base)) if isinstance(base, Desired) else base
    beside = uncommitted(WorkTree(session.folder), CommitTree(repo, merge.head, folder))
    plan = judged(session, set_apart(whole, before, merge, beside), desired)
    made = Planned(plan, desired, live, record, state)
    return explained(session, made, merge.head)


def _merged(session: Session, repo: GitRepo, merge: Merge, folder: str) -> Desired:
    """Return the desired state of the merge, under settings that may be trusted.

    Raises ``DiagnosticsError``, also for what conflicts, and ``RefusedError`` for what a branch may not bring along.
    """
    with merged_tree(repo, merge.base, merge.head, folder) as merged:
        if twins := same_accounts(CommitTree(merged.repo, merged.tree, "")):
            raise DiagnosticsError(twins)
        tree = CommitTree(merged.repo, merged.tree, folder)
        return under_trust(session, tree, desired_in(session, tree), merge.base)


def _or_error(make: Callable[[], _T]) -> _T | ReconcilerError:
    """Return what is made, or what kept it from being made."""
    try:
        return make()
    except ReconcilerError as error:
        return error
