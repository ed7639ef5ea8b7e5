"""The corridor of interrupted applies: what was begun is read back, finished or given up, and recorded.

The guards were passed and the approval was given when the intent was written, so exactly that is finished: as of the
day on which it began, for the files of its own commit, whatever is checked out here.
"""

from collections.abc import Callable

from reconciler.apply.attaching import Attaching, needed_files
from reconciler.apply.executor import Secrets, execute, needed_secrets
from reconciler.apply.resuming import Rest, demand_here, left_of, nothing_read, options_again
from reconciler.apply.telling import Telling
from reconciler.kinds import KINDS
from reconciler.load.attachments import attached
from reconciler.load.secrets import resolve_secrets
from reconciler.load.tree import CommitTree
from reconciler.load.trusted import under
from reconciler.model.errors import ReconcilerError
from reconciler.model.outcome import Outcome
from reconciler.model.receipt import Receipt
from reconciler.model.state import Desired
from reconciler.pipeline.applying import proven
from reconciler.pipeline.planning import desired_in, facts_for, trusted
from reconciler.pipeline.session import Resumed, Session
from reconciler.planner.plan import build_plan
from reconciler.ports import Scope
from reconciler.providers.opening import local_files
from reconciler.record.holder import Who, begun_at, this_machine
from reconciler.record.record import Record, RecordState


def resume(
    session: Session, abandoned: str, on_silence: Callable[[float], None], progress: Callable[[Outcome], None]
) -> Resumed | None:
    """Finish an apply that was interrupted, or give it up for the reason ``abandoned``; None when none is pending.

    ``on_silence`` is told for how long its holder has been silent. Raises ``LockedError`` while that one is at work or
    when somebody else takes over, ``DiagnosticsError`` for a missing secret, ``PartialError`` when the outcome can't be
    recorded; whatever can be known to fail fails before the apply is taken over.
    """
    session.begin_anew()  # nobody knows what was done, so nothing is believed
    settings = trusted(session).config
    record = session.record(settings)
    record.watch(record.read(), session.clock, session.times, on_silence)
    state = record.read()
    if state.pending is None:
        return None
    before = session.as_of(begun_at(state.pending))
    desired = under(desired_in(before, CommitTree(*record.files_of(state.pending.config_commit))), settings)
    if abandoned:
        return Resumed(_abandon(session, before, desired, record, state, abandoned))
    return _finish(session, before, desired, record, state, state.pending, progress)


def _finish(
    session: Session,
    before: Session,
    desired: Desired,
    record: Record,
    state: RecordState,
    pending: Receipt,
    progress: Callable[[Outcome], None],
) -> Resumed:
    """Send what isn't done; live is read once to know what that needs, and again when nobody else writes any more."""
    rest = _rest(before, desired, state, pending)
    _secrets(session, desired, rest)
    outside = session.outside(desired.config)
    writer = outside.writer(rest.plan.written_kinds)
    record.keep_out_of_git(*local_files(desired.config))
    intent = record.take_over(state, Who.here(session.environ), "", session.clock)
    with Telling(progress) as tell, record.beat(intent, session.clock, session.times) as beat:
        rest = _rest(before, desired, state, pending)
        secrets = _secrets(session, desired, rest)
        files = attached(
            CommitTree(*record.files_of(pending.config_commit)), needed_files(rest.plan, desired.attachments)
        )
        sending = Attaching(writer, files)
        outcomes = execute(rest.plan, sending, desired, secrets, pending.nonce, tell, beat.lost, rest.missing)
        receipt = record.finish(intent, rest.plan.notes, outcomes, desired, session.clock, rest.read_back)
    return Resumed(receipt, proven(before, desired, record, rest.plan.options, outcomes))


def _abandon(
    session: Session, before: Session, desired: Desired, record: Record, state: RecordState, reason: str
) -> Receipt:
    """Record what was done, as far as the account can be read, and nothing else."""
    intent = record.take_over(state, Who.here(session.environ), reason, session.clock)
    try:
        rest = _rest(before, desired, state, intent.receipt).abandoned()
    except ReconcilerError as error:
        rest = nothing_read(intent.receipt, error.in_full)
    return record.finish(intent, rest.plan.notes, (), desired, session.clock, rest.read_back)


def _rest(before: Session, desired: Desired, state: RecordState, pending: Receipt) -> Rest:
    """Return what is left of the pending apply, by what can be read of the account now."""
    planned = state.as_planned(desired.config.account)
    live, capabilities, unread = before.outside(desired.config).read_what_answers(Scope.of(desired, planned))
    demand_here(pending, live, local_files(desired.config), this_machine())
    kinds = frozenset(KINDS) - unread.keys()
    applied, today = planned.of_kinds(kinds), before.clock.now().date()
    wanted, facts = desired.of_kinds(kinds), facts_for(before, desired, applied, capabilities)
    again = build_plan(wanted, live, applied, capabilities, options_again(pending.steps), today, facts)
    return left_of(pending.steps, again, desired, unread)


def _secrets(session: Session, desired: Desired, rest: Rest) -> Secrets:
    """Return the secrets of what is to be sent."""
    needed = needed_secrets(rest.plan, desired.secrets)
    return resolve_secrets(needed, session.folder, session.environ, desired.config.account)
