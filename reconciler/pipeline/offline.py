"""The corridor of offline plans: two commits compared, without network, secret, account or record."""

from reconciler.gitrepo.ranges import two_commits
from reconciler.load import distrust
from reconciler.load.account_file import same_accounts
from reconciler.load.tree import CommitTree
from reconciler.model.errors import DiagnosticsError
from reconciler.model.plan import Options, Plan
from reconciler.pipeline.anew import anew_if_lost
from reconciler.pipeline.planning import desired_in
from reconciler.pipeline.session import Session
from reconciler.pipeline.trusting import Trusted, under_commit
from reconciler.planner.plan import build_plan
from reconciler.planner.pretended import pretend, unsealed
from reconciler.providers.embedded import CAPABILITIES, beginning


@anew_if_lost
def plan_offline(session: Session, text: str, options: Options) -> Plan:
    """Return what git asks for between two commits, as if the first had been applied and nothing else had happened.

    The first rules the second as a trusted ref does. The plan has no seal.
    """
    repo, between = two_commits(session.folder, text)
    folder = repo.path_of(session.folder.resolve())
    tree = CommitTree(repo, between.head, folder)
    if twins := same_accounts(CommitTree(repo, between.head, "")):
        raise DiagnosticsError(twins)
    trusted = Trusted(session, repo, folder, between.base, between.base, between.base)
    wanted, base = desired_in(session, tree), trusted.desired(between.base)
    if base is None:
        raise distrust.broken_base(between.base)
    desired = under_commit(tree, wanted, trusted)
    new = beginning(base.config.account, base.domains | desired.domains)
    live, applied = pretend(base, new, CAPABILITIES, between.base)
    today = session.clock.now().date()
    return unsealed(build_plan(desired, live, applied, CAPABILITIES, options, today, facts=None), between)
