"""The corridor of applies: an approved plan is carried out, recorded, and proven by reading back."""

from collections.abc import Callable
from functools import cache, partial

from reconciler.apply.approval import Approval, check_approval
from reconciler.apply.attaching import Attaching, needed_files
from reconciler.apply.executor import execute, idempotency_keys, needed_secrets, still_awaiting
from reconciler.apply.telling import Telling
from reconciler.apply.verify import prove, unproven
from reconciler.load.attachments import attached
from reconciler.load.secrets import resolve_secrets
from reconciler.load.tree import WorkTree
from reconciler.model.errors import CacheLostError
from reconciler.model.outcome import Outcome, Proof
from reconciler.model.plan import Options, Plan
from reconciler.model.state import Desired
from reconciler.pipeline.session import Applied, Planned, Session
from reconciler.planner.plan import build_plan
from reconciler.ports import Scope
from reconciler.providers._provider import Part
from reconciler.providers.opening import local_files
from reconciler.record.awaiting import still_planned
from reconciler.record.holder import Who
from reconciler.record.record import Record, RecordState
from reconciler.record.writing import Keys


def apply(session: Session, planned: Planned, approval: Approval, progress: Callable[[Outcome], None]) -> Applied:
    """Carry out an approved plan and record it.

    Raises ``RefusedError`` or ``StaleError`` before anything is written, ``LockedError`` when another apply holds the
    record, ``PartialError`` when the outcome can't be recorded.
    """
    plan, desired, record, state = planned.plan, planned.desired, planned.record, planned.state
    record.demand_free(state, session.clock.now())
    # What was approved for a hand and isn't asked for any more has to leave the record, else it stays approved.
    is_settled = still_planned(state.applied.awaiting, plan) == state.applied.awaiting
    if is_settled and not plan.changes and not plan.notes and not plan.refusals:
        return Applied()
    if planned.superseded:
        return Applied(superseded=True)
    if is_settled and plan.only_awaits:
        return Applied(still_awaiting(plan))
    check_approval(plan, approval)
    commit = record.snapshot(desired.files, WorkTree(session.folder).read, session.environ, session.clock)
    record.demand_onward(commit, state.applied.config_commit, approval.diverged)
    needed = needed_secrets(plan, desired.secrets)
    secrets = resolve_secrets(needed, session.folder, session.environ, desired.config.account)
    files = attached(WorkTree(session.folder), needed_files(plan, desired.attachments))
    outside = session.outside(desired.config)
    writer = Attaching(outside.writer(plan.written_kinds), files)
    record.keep_out_of_git(*local_files(desired.config))
    nonce = session.clock.nonce()
    keys = Keys(nonce, idempotency_keys(plan, nonce))
    who = Who.here(session.environ)
    intent = record.begin(state, plan, keys, commit, who, session.clock, approval.grants)
    with Telling(progress) as tell, record.beat(intent, session.clock, session.times) as beat:
        outcomes = execute(plan, writer, desired, secrets, nonce, tell, beat.lost)
        receipt = record.finish(intent, plan.notes, outcomes, desired, session.clock)
    return Applied(outcomes, proven(session, desired, record, plan.options, outcomes), receipt)


def proven(
    session: Session, desired: Desired, record: Record, options: Options, outcomes: tuple[Outcome, ...]
) -> Proof:
    """Return what reading back finds, with the record's new knowledge.

    It goes by what was applied, never by files that somebody may have edited since. All is applied and recorded here,
    so that what can't be read any more is told as not proven, and fails nothing.
    """
    try:
        return _read_back(session, desired, record, options, outcomes)
    except CacheLostError:
        session.begin_anew()
    try:
        return _read_back(session, desired, record, options, outcomes)
    except CacheLostError as error:
        return unproven(outcomes, error.in_full)


def _read_back(
    session: Session, desired: Desired, record: Record, options: Options, outcomes: tuple[Outcome, ...]
) -> Proof:
    parts = {part.kinds: part for part in session.outside(desired.config).parts}
    return prove(outcomes, parts, partial(_plan_again, session, desired, cache(record.read), options))


def _plan_again(
    session: Session, desired: Desired, read: Callable[[], RecordState], options: Options, part: Part
) -> Plan:
    """Return the plan of what one provider holds, made from it alone."""
    reader, state = part.open_reader(), read()
    live = reader.read(Scope.of(desired, state.applied)).of_kinds(part.kinds)
    applied, today = state.applied.of_kinds(part.kinds), session.clock.now().date()
    return build_plan(desired.of_kinds(part.kinds), live, applied, reader.capabilities, options, today)
