"""The corridor of plans: from the files, the record and the account to what an apply would do; nothing is written."""

from dataclasses import replace

from reconciler.check.rules import check
from reconciler.load.account_file import same_accounts
from reconciler.load.desired import load_desired
from reconciler.load.files import ACCOUNT_FILE
from reconciler.load.tree import Tree, WorkTree
from reconciler.model.account import AccountConfig
from reconciler.model.errors import DiagnosticsError
from reconciler.model.facts import NO_FACTS, Facts
from reconciler.model.findings import joined
from reconciler.model.plan import Options, Plan
from reconciler.model.state import Applied, Desired, Live
from reconciler.pipeline.anew import anew_if_lost
from reconciler.pipeline.expecting import judged
from reconciler.pipeline.session import Planned, Session
from reconciler.pipeline.standing import read_and_planned
from reconciler.pipeline.trusting import config_under_trust, under_trust
from reconciler.planner.plan import build_plan
from reconciler.planner.quiet import Quiet
from reconciler.planner.terms import facts_needed
from reconciler.ports import Capabilities, Scope
from reconciler.record.record import Record, RecordState

NOTHING_MORE = Scope()
_QUIET = "quiet", "zones"


@anew_if_lost
def validate(session: Session) -> Desired:
    """Return the desired state of the work tree; raises ``DiagnosticsError`` with every error at once."""
    desired = desired_in(session, WorkTree(session.folder))
    root = session.around.root if session.around else None
    if root and root != session.folder.resolve() and (twins := same_accounts(WorkTree(root))):
        raise DiagnosticsError(twins)
    return desired


def account_name(session: Session) -> str:
    """Return which account it is, however wrong its other files are; raises ``DiagnosticsError``."""
    return _own_config(session).account


def trusted_config(session: Session) -> AccountConfig:
    """Return the settings that may be trusted, however wrong the other files are; for what only reads.

    Raises ``DiagnosticsError`` for an account.yaml with errors, and ``RefusedError`` as :func:`trusted` does.
    """
    return config_under_trust(session, lambda: _own_config(session))


def _own_config(session: Session) -> AccountConfig:
    tree = WorkTree(session.folder)
    if tree.paths().get(ACCOUNT_FILE) != "file":
        return validate(session).config  # which says what there is in place of it
    from reconciler.load.trusted import read_settings

    return read_settings(tree.read(ACCOUNT_FILE)).config


def trusted(session: Session) -> Desired:
    """Return what :func:`validate` does, under the settings that may be trusted; whatever is live goes by these.

    Raises ``RefusedError`` for what a branch may not bring along.
    """
    return under_trust(session, WorkTree(session.folder), validate(session))


@anew_if_lost
def plan(session: Session, options: Options, more: Scope = NOTHING_MORE) -> Planned:
    """Return what an apply would do now. Nothing is written; no secret of a resource is read.

    With ``more`` to read than what is declared or owned, that shows what nobody declared. What an apply of it needs is
    in hand.
    """
    desired = trusted(session)
    record = session.record(desired.config)
    state = record.look()
    planned = planned_from(session, desired, record, state, options, more).in_hand()
    if not planned.plan.changes and not planned.plan.refused:
        return planned
    from reconciler.pipeline.auditing import explained

    return explained(session, planned)


def desired_in(session: Session, tree: Tree) -> Desired:
    """Return the desired state of a tree, with what the rules find; raises ``DiagnosticsError``."""
    today = session.clock.now().date()
    desired = load_desired(tree, memo=session.memo, cache=session.cache)
    return replace(desired, findings=joined(desired.findings, check(desired, today, session.cache)))


def planned_from(
    session: Session,
    desired: Desired,
    record: Record,
    state: RecordState,
    options: Options,
    more: Scope = NOTHING_MORE,
) -> Planned:
    """Return the plan of a desired state over the account as it is now."""
    reader = session.outside(desired.config).reader()
    today, scope = session.clock.now().date(), Scope.of(desired, state.applied) | more

    def made(live: Live) -> Plan:
        facts = facts_for(session, desired, state.applied, reader.capabilities)
        quiet = Quiet(session.cache.find(*_QUIET) or ())
        plan = build_plan(desired, live, state.applied, reader.capabilities, options, today, facts, quiet)
        session.cache.keep(*_QUIET, sorted(quiet.found))
        return plan

    live, plan = read_and_planned(reader, scope, desired, state.applied, session.cache, made)
    at_work = state.at_work(session.clock.now())
    told = replace(plan, record=f"{plan.record}; {at_work}") if at_work else plan
    return Planned(judged(session, told, desired), desired, live, record, state)


def facts_for(session: Session, desired: Desired, applied: Applied, can: Capabilities) -> Facts:
    """Return the facts without which a plan can't be made, as far as the account tells them."""
    needed = facts_needed(desired, applied) & can.facts
    told = session.outside(desired.config).facts() if needed else None
    return told.read_facts(needed) if told else NO_FACTS
