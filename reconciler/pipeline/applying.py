"""The corridor of applies: an approved plan is carried out, recorded, and proven by reading back."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from reconciler.apply.approval import Approval, check_approval
from reconciler.apply.executor import execute, idempotency_keys, needed_secrets
from reconciler.apply.verify import prove
from reconciler.load.secrets import resolve_secrets
from reconciler.load.tree import CommitTree, WorkTree
from reconciler.load.trusted import under
from reconciler.model.outcome import Outcome
from reconciler.model.plan import Options, Plan
from reconciler.model.receipt import Receipt
from reconciler.pipeline.planning import desired_in, planned_from, trusted
from reconciler.pipeline.session import Applied, Planned, Session
from reconciler.planner.plan import build_plan
from reconciler.providers._provider import Part
from reconciler.providers.opening import local_files, open_parts, open_writer
from reconciler.record.holder import Who
from reconciler.record.place import open_record
from reconciler.record.record import Keys


def apply(session: Session, planned: Planned, approval: Approval, progress: Callable[[Outcome], None]) -> Applied:
    """Carry out an approved plan and record it.

    Raises ``RefusedError`` or ``StaleError`` before anything is written, ``LockedError`` when another apply holds the
    record, ``PartialError`` when the outcome can't be recorded.
    """
    plan, desired, record, state = planned.plan, planned.desired, planned.record, planned.state
    record.demand_free(state, session.clock.now())
    if not plan.changes and not plan.notes and not plan.refusals:
        return Applied()
    if planned.superseded:
        return Applied(superseded=True)
    check_approval(plan, approval)
    commit = record.snapshot(desired.files, WorkTree(session.folder).read, session.environ, session.clock)
    record.demand_onward(commit, state.applied.config_commit, approval.diverged)
    needed = needed_secrets(plan, desired.secrets)
    secrets = resolve_secrets(needed, session.folder, session.environ, desired.config.account)
    writer = open_writer(desired.config, session.folder, plan.written_kinds)
    record.keep_out_of_git(*local_files(desired.config))
    nonce = session.clock.nonce()
    keys = Keys(nonce, idempotency_keys(plan, nonce))
    intent = record.begin(state, plan, keys, commit, Who.here(session.environ), session.clock)
    outcomes = execute(plan, writer, desired.domains, secrets, nonce, progress)
    receipt = record.finish(intent, plan.notes, outcomes, desired, session.clock)
    parts = {part.kinds: part for part in open_parts(desired.config, session.folder)}
    again = partial(_plan_again, session, replace(planned, state=record.read()))
    return Applied(outcomes, prove(outcomes, parts, again), receipt)


def resume(session: Session) -> Receipt | None:
    """Record what an interrupted apply did, by reading it back; None when none is pending."""
    desired = trusted(session)
    record = open_record(session.folder, desired.config)
    state = record.read()
    if state.pending is None:
        return None
    record.demand_gone(state.pending, session.clock.now())
    intended = desired_in(session, CommitTree(*record.files_of(state.pending.config_commit)))
    intended = under(intended, desired.config)
    return record.resume(state, planned_from(session, intended, record, state, Options()).plan, intended, session.clock)


def _plan_again(session: Session, planned: Planned, part: Part) -> Plan:
    """Return the plan of what one provider holds, made from it alone."""
    reader, desired = part.open_reader(), planned.desired.of_kinds(part.kinds)
    live = reader.read(planned.desired.domains).of_kinds(part.kinds)
    applied, today = planned.state.applied.of_kinds(part.kinds), session.clock.now().date()
    return build_plan(desired, live, applied, reader.capabilities, planned.plan.options, today)
