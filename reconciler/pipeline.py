"""The corridor: the only place that walks from room to room.

A room receives values and returns values; what a run does is read here from top to bottom. No loop over resources
lives here, and no text that a person reads is made here.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from reconciler.apply.approval import Approval, check_approval
from reconciler.apply.executor import execute, idempotency_keys, needed_secrets
from reconciler.apply.verify import prove
from reconciler.check.rules import check
from reconciler.edit.adopt import Adoption, adopt_live, demand_adopted
from reconciler.edit.files import replace_files, written_files
from reconciler.edit.init import WrittenAccount, write_account
from reconciler.edit.prune import prune_files
from reconciler.gitrepo import GitRepo
from reconciler.load.account_file import same_accounts
from reconciler.load.desired import load_desired
from reconciler.load.secrets import resolve_secrets
from reconciler.load.tree import ChangedTree, CommitTree, Tree, WorkTree
from reconciler.model.account import AccountConfig
from reconciler.model.errors import DiagnosticsError
from reconciler.model.outcome import Outcome, Proof
from reconciler.model.plan import Choice, Options, Plan
from reconciler.model.receipt import Receipt
from reconciler.model.state import Desired, Live
from reconciler.planner.plan import build_plan
from reconciler.planner.spent import places_of_spent
from reconciler.ports import Clock
from reconciler.providers._provider import Part
from reconciler.providers.opening import local_files, open_parts, open_reader, open_writer
from reconciler.record.holder import Who
from reconciler.record.place import open_record
from reconciler.record.record import Keys, Record, RecordState


@dataclass(frozen=True, slots=True)
class Session:
    """One run: the account folder, the environment it may read, and the clock."""

    folder: Path
    environ: Mapping[str, str]
    clock: Clock


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan with everything it was made from."""

    plan: Plan
    desired: Desired
    live: Live
    record: Record
    state: RecordState

    @property
    def superseded(self) -> bool:
        """Whether what is checked out is older than what was applied last, so that an apply does nothing."""
        return self.record.is_superseded(self.state.applied.config_commit)


@dataclass(frozen=True, slots=True)
class Applied:
    """What an apply did, and what reading back found of it."""

    outcomes: tuple[Outcome, ...] = ()
    proof: Proof = field(default_factory=Proof)
    receipt: Receipt | None = None
    superseded: bool = False


@dataclass(frozen=True, slots=True)
class Adopted:
    """What ``init`` wrote, and the first plan over it, which has to be empty."""

    written: WrittenAccount
    plan: Plan


def init(session: Session, config: AccountConfig | None, only: Sequence[str]) -> Adopted:
    """Write the sections ``only`` of the live account as YAML; the account is only read.

    ``config`` is None where an account.yaml exists, which is then kept. Raises ``UsageError`` where any other file is
    in the way, and whatever keeps the first plan from being made; then nothing stays written.
    """
    settings = config or validate(session).config
    live = open_reader(settings, session.folder).read(frozenset())
    written = write_account(live, settings, only, account_file=config is not None)
    with written_files(session.folder, written.files):
        return Adopted(written, plan(session, Options()).plan)


def adopt(session: Session, choice: Choice, write: bool) -> Adoption:
    """Return the edits that make the files say what is live; proven by a plan, and made where ``write`` says so."""
    planned, tree = plan(session, Options()), WorkTree(session.folder)
    adoption = adopt_live(planned.plan, planned.desired, planned.live, planned.state.applied, choice, tree.read)
    again = _desired(session, ChangedTree(tree, adoption.new))
    demand_adopted(adoption, planned.plan, _plan(session, again, planned.record, planned.state, Options()).plan)
    replace_files(session.folder, adoption.old, adoption.new if write else {})
    return adoption


def validate(session: Session) -> Desired:
    """Return the desired state of the work tree; raises ``DiagnosticsError`` with every error at once."""
    desired = _desired(session, WorkTree(session.folder))
    around = GitRepo.find(session.folder)
    if around and around.root and (twins := same_accounts(WorkTree(around.root))):
        raise DiagnosticsError(twins)
    return desired


def prune(session: Session) -> Mapping[str, str]:
    """Return the new text of each file that holds spent entries; the record is only read, and the account not at all.

    Raises ``DiagnosticsError`` for an entry that has to be taken out by hand.
    """
    desired = validate(session)
    applied = open_record(session.folder, desired.config).read().applied
    return prune_files(WorkTree(session.folder).read, places_of_spent(desired, applied))


def plan(session: Session, options: Options) -> Planned:
    """Return what an apply would do now. Nothing is written; no secret of a resource is read."""
    desired = validate(session)
    record = open_record(session.folder, desired.config)
    state = record.read()
    return _plan(session, desired, record, state, options)


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


def drift(session: Session) -> Planned:
    """Return a plan made to look at what differs from what was applied last; it holds drift, whatever the policy."""
    return plan(session, Options())


def resume(session: Session) -> Receipt | None:
    """Record what an interrupted apply did, by reading it back; None when none is pending."""
    desired = validate(session)
    record = open_record(session.folder, desired.config)
    state = record.read()
    if state.pending is None:
        return None
    record.demand_gone(state.pending, session.clock.now())
    intended = _desired(session, CommitTree(*record.files_of(state.pending.config_commit)))
    return record.resume(state, _plan(session, intended, record, state, Options()).plan, intended, session.clock)


def _desired(session: Session, tree: Tree) -> Desired:
    today = session.clock.now().date()
    desired = load_desired(tree, today)
    return replace(desired, findings=desired.findings + check(desired, today))


def _plan(session: Session, desired: Desired, record: Record, state: RecordState, options: Options) -> Planned:
    reader = open_reader(desired.config, session.folder)
    live = reader.read(desired.domains)
    plan = build_plan(desired, live, state.applied, reader.capabilities, options, session.clock.now().date())
    return Planned(plan, desired, live, record, state)


def _plan_again(session: Session, planned: Planned, part: Part) -> Plan:
    """Return the plan of what one provider holds, made from it alone."""
    reader, desired = part.open_reader(), planned.desired.of_kinds(part.kinds)
    live = reader.read(planned.desired.domains).of_kinds(part.kinds)
    applied, today = planned.state.applied.of_kinds(part.kinds), session.clock.now().date()
    return build_plan(desired, live, applied, reader.capabilities, planned.plan.options, today)
