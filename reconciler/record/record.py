"""The record of an account: what was applied, on a branch that only grows by an intent and an outcome for each apply.

An intent without an outcome is the lock. The tree of each commit holds ``receipt.json``, ``salt`` and ``applied/``; the
configuration commit is the second parent of both commits of an apply.
"""

import socket
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from reconciler import __version__
from reconciler.gitrepo.repo import GitRepo
from reconciler.model.address import Address
from reconciler.model.compare import Bookkeeping
from reconciler.model.errors import LockedError, PartialError, RecordError, RemoteError, StaleError
from reconciler.model.fields import Json
from reconciler.model.outcome import Outcome, Status
from reconciler.model.plan import Note, Plan
from reconciler.model.receipt import Receipt, Step
from reconciler.model.state import Applied, Desired
from reconciler.model.text import neutral
from reconciler.ports import Clock
from reconciler.record import index, receipts
from reconciler.record.gone import GONE, encode_gone, gone_after
from reconciler.record.holder import Who, demand_gone, describe_holder
from reconciler.record.home import Home
from reconciler.record.learning import Learning
from reconciler.record.message import apply_message, root_message
from reconciler.record.order import Order, order_commits
from reconciler.record.reading import INDEX, RECEIPT, SALT, nothing_applied, read_record
from reconciler.record.snapshot import Loaded, config_commit


@dataclass(frozen=True, slots=True)
class RecordState:
    """What the record says: what is applied, and the intent that has no outcome yet, if any."""

    applied: Applied
    pending: Receipt | None = None


@dataclass(frozen=True, slots=True)
class Keys:
    """What makes an apply's writes its own: a nonce, and made from it the idempotency key of each change."""

    nonce: str
    of: Mapping[Address, str]


@dataclass(frozen=True, slots=True)
class Intent:
    """An apply that has begun: its receipt, the commit that holds the lock, and the salt of its digests."""

    receipt: Receipt
    commit: str
    applied: Applied


@dataclass(frozen=True, slots=True)
class Record:
    """The record of one account; nothing is written before :meth:`begin`."""

    home: Home
    account: str

    def read(self) -> RecordState:
        """Return what the record says; raises ``RecordError`` for one that is damaged, foreign or newer.

        A remote is asked first; ``RemoteError`` when it can't be.
        """
        return self._read(self.home.latest(self.home.ref))

    def _read(self, head: str | None) -> RecordState:
        repo = self.home.readable()
        found = read_record(repo, head, self.home.ref, self.account) if repo else nothing_applied(self.account)
        return RecordState(*found)

    def look(self) -> RecordState:
        """Return what :meth:`read` does or, where the remote can't be asked, what this clone knows: only to look.

        ``applied.unasked`` then says why. Raises ``RemoteError`` where the clone knows nothing.
        """
        try:
            return self.read()
        except RemoteError as error:
            known = self.home.known(self.home.ref)
            if known is None:
                raise
            state = self._read(known)
            return replace(state, applied=replace(state.applied, unasked=str(error)))

    def snapshot(
        self, files: Mapping[str, str], read: Callable[[str], bytes], environ: Mapping[str, str], clock: Clock
    ) -> str:
        """Return the commit that holds exactly the loaded ``files``: HEAD, else a snapshot commit made on it.

        Raises ``RefusedError`` where a snapshot would be needed in CI, and ``StaleError`` when a file changed since.
        """
        in_ci = environ.get("CI", "").lower() in ("1", "true")
        return config_commit(self.home, self.account, Loaded(files, read), may_snapshot=not in_ci, clock=clock)

    def is_superseded(self, last: str | None) -> bool:
        """Tell whether what is checked out is older than what was applied last, so that there is nothing to do."""
        around = self.home.around
        head = around.head() if around and last and self.home.readable() is around else None
        return bool(around and head and order_commits(around, self.home.remote, head, last) is Order.SUPERSEDED)

    def order(self, commit: str, last: str | None) -> Order:
        """Return how the commit to apply relates to the one applied last."""
        return order_commits(self.home.writable(), self.home.remote, commit, last)

    def demand_onward(self, commit: str, last: str | None, diverged: bool) -> None:
        """Return when the commit to apply contains the one applied last, or ``diverged`` ones may be applied.

        Raises ``StaleError``.
        """
        if self.order(commit, last) is Order.DIVERGED and not diverged:
            raise StaleError(
                "The commit to apply doesn't contain the one that was applied last.",
                "Merge or rebase onto it, or say `--diverged --reason TEXT`.",
            )

    def files_of(self, commit: str) -> tuple[GitRepo, str, str]:
        """Return repository, commit and folder of a configuration commit, to load it from there.

        A snapshot taken before the folder lay in a repository has the account's files at its top.
        """
        repo, folder = self.home.writable(), self.home.relative
        self.home.bring(commit)
        return repo, commit, folder if repo.entries(commit, folder) else ""

    def keep_out_of_git(self, *names: str) -> None:
        """Make the surrounding repository ignore our own files: paths relative to the account folder."""
        for name in (".reconciler/", *names):
            self.home.keep_out(name)

    def demand_free(self, state: RecordState, now: datetime) -> None:
        """Return when no apply is under way; raises ``LockedError``, or ``RemoteError`` where that can't be known."""
        if state.applied.unasked:
            raise RemoteError(state.applied.unasked, "Nothing was written. Mend that and plan again.")
        if state.pending:
            raise LockedError(*describe_holder(state.pending, now))

    def demand_gone(self, pending: Receipt, now: datetime) -> None:
        """Return when the pending apply's process is gone; raises ``LockedError``."""
        demand_gone(pending, socket.gethostname(), now)

    def begin(self, state: RecordState, plan: Plan, keys: Keys, commit: str, who: Who, clock: Clock) -> Intent:
        """Write the intent, which takes the lock.

        Raises ``LockedError`` when another apply holds it or was faster; then nothing was written.
        """
        now = clock.now()
        self.demand_free(state, now)
        repo, applied, parent = self.home.writable(), state.applied, state.applied.head
        if parent is None:
            parent = repo.write_commit(repo.write_tree(None, {}), [], root_message(self.account), now)
        if applied.number == 0:
            applied = replace(applied, salt=clock.nonce())
        receipt = _intended(applied, plan, keys, commit, who, now)
        files: dict[str, bytes | None] = {
            RECEIPT: receipts.encode(receipt),
            SALT: f"{applied.salt}\n".encode(),
        }
        made = self._commit(repo, parent, files, receipt, now)
        if not self.home.swap(self.home.ref, made, state.applied.head):
            self.demand_free(self.read(), now)
            raise LockedError("Another apply was recorded in the meantime.", "Plan again, and apply that plan.")
        return Intent(receipt, made, applied)

    def finish(
        self, intent: Intent, notes: Sequence[Note], outcomes: Sequence[Outcome], desired: Desired, clock: Clock
    ) -> Receipt:
        """Write the outcome and what the index learnt; raises ``PartialError`` when it can't be recorded."""
        results = {outcome.change.address: outcome for outcome in outcomes}
        steps = tuple(
            replace(step, status=done.status, detail=neutral(done.detail))
            if (done := results.get(step.address))
            else step
            for step in intent.receipt.steps
        )
        return self._settle(intent, steps, notes, outcomes, desired, clock)

    def resume(self, state: RecordState, again: Plan, desired: Desired, clock: Clock) -> Receipt | None:
        """Write the outcome of an apply that was interrupted, from a plan made anew for the same configuration commit.

        What the new plan no longer changes was done; everything else counts as not done and is planned again.
        """
        if state.pending is None or state.applied.head is None:
            return None
        undone = {change.address for change in (*again.changes, *again.drift, *again.refused)}
        steps = tuple(
            replace(step, status="not done" if step.address in undone else Status.DONE) for step in state.pending.steps
        )
        intended = {step.address for step in steps}
        notes = [note for note in again.notes if note.address in intended or note.what is Bookkeeping.DROP]
        return self._settle(Intent(state.pending, state.applied.head, state.applied), steps, notes, (), desired, clock)

    def _settle(
        self,
        intent: Intent,
        steps: tuple[Step, ...],
        notes: Sequence[Note],
        outcomes: Sequence[Outcome],
        desired: Desired,
        clock: Clock,
    ) -> Receipt:
        now = clock.now()
        counts = Counter(note.what for note in notes)
        receipt = replace(
            intent.receipt,
            phase="outcome",
            finished=now.isoformat(),
            steps=steps,
            owned=counts[Bookkeeping.OWN],
            advanced=counts[Bookkeeping.ADVANCE],
            dropped=counts[Bookkeeping.DROP],
        )
        learning = Learning(receipt.number, receipt.config_commit, intent.applied.salt, desired, intent.applied)
        try:
            if self._write_outcome(intent, receipt, learning.entries(notes, outcomes), now):
                return receipt
            reason = "Somebody moved the record's branch."
        except RecordError as error:
            reason = str(error)
        raise PartialError(
            f"What was done can't be recorded. {reason}",
            f"See that {self.home.ref} is at {intent.commit[:12]}, then run `reconciler apply --resume`.",
        )

    def _write_outcome(self, intent: Intent, receipt: Receipt, learnt: Mapping[Address, Json], now: datetime) -> bool:
        """Write the outcome's commit; tell whether the branch was still at the intent and could be moved."""
        repo = self.home.writable()
        there = repo.entries(intent.commit)
        files = index.updated(
            {path.removeprefix(INDEX): blob for path, (_, blob) in there.items() if path.startswith(INDEX)},
            repo.read_blobs,
            intent.applied.state,
            learnt,
        )
        written: dict[str, bytes | None] = {RECEIPT: receipts.encode(receipt)}
        written |= {INDEX + path: data for path, data in files.items()}
        gone = gone_after(intent.applied.gone, learnt, receipt.number)
        if gone != intent.applied.gone:
            written[GONE] = encode_gone(gone)
        made = self._commit(repo, intent.commit, written, receipt, now)
        return self.home.swap(self.home.ref, made, intent.commit)

    def _commit(
        self, repo: GitRepo, parent: str, files: Mapping[str, bytes | None], receipt: Receipt, now: datetime
    ) -> str:
        tree = repo.write_tree(parent, files)
        return repo.write_commit(tree, [parent, receipt.config_commit], apply_message(receipt, tree), now)


def _intended(applied: Applied, plan: Plan, keys: Keys, commit: str, who: Who, now: datetime) -> Receipt:
    steps = tuple(
        Step(c.address, c.action, c.origin, c.seal, keys.of[c.address], moved_from=c.moved_from or "")
        for c in plan.changes
    )
    return Receipt(
        number=applied.number + 1,
        phase="intent",
        account=plan.account,
        origin=plan.origin,
        origins=plan.origins,
        seal=plan.seal,
        context=plan.seals.context,
        nonce=keys.nonce,
        who=who.name,
        host=who.host,
        pid=who.pid,
        started=now.isoformat(),
        config_commit=commit,
        previous=applied.config_commit or "",
        version=__version__,
        run_url=who.run_url,
        steps=steps,
        reason=plan.options.reason,
        override=tuple(sorted(plan.options.override)),
        allow_deletes=plan.options.allow_deletes,
    )
