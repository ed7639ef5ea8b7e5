"""The record of an account: what was applied, on a branch that only grows by an intent and an outcome for each apply.

An intent without an outcome is the lock. The tree of each commit holds ``receipt.json``, ``salt`` and ``applied/``; the
configuration commit is the second parent of both commits of an apply.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field, replace
from datetime import datetime
from typing import TYPE_CHECKING

from reconciler.cache.cache import NO_CACHE, Cache
from reconciler.gitrepo.repo import GitRepo
from reconciler.model.address import Address
from reconciler.model.errors import LockedError, PartialError, RecordError, RemoteError, StaleError
from reconciler.model.late import dataclass
from reconciler.model.plan import Note, Plan
from reconciler.model.state import Applied, Desired
from reconciler.ports import Clock
from reconciler.record.home import Home
from reconciler.record.layout import SALT
from reconciler.record.reading import initial_salt, nothing_applied, read_record

if TYPE_CHECKING:
    from reconciler.model.approvals import Grant
    from reconciler.model.outcome import Outcome, ReadBack
    from reconciler.model.receipt import Receipt
    from reconciler.record.beat import Beat
    from reconciler.record.holder import Who
    from reconciler.record.order import Order
    from reconciler.record.times import Times
    from reconciler.record.writing import Intent, Keys

NOTHING_READ_BACK: "Mapping[Address, ReadBack]" = {}


@dataclass(frozen=True, slots=True)
class RecordState:
    """What the record says: what is applied, and the intent that has no outcome yet, if any."""

    applied: Applied
    pending: "Receipt | None" = None

    def at_work(self, now: datetime) -> str:
        """Return which apply is under way, for whoever only reads; empty when none is."""
        if self.pending is None:
            return ""
        from reconciler.record.holder import at_work

        return at_work(self.pending, now)

    def as_planned(self, account: str) -> Applied:
        """Return what was applied as the pending apply's plan saw it: the first of all makes its salt afterwards."""
        return self.applied if self.applied.has_salt else replace(self.applied, salt=initial_salt(account))


@dataclass(frozen=True, slots=True)
class Record:
    """The record of one account; nothing is written before :meth:`begin`. ``cache`` is what earlier runs read of it."""

    home: Home
    account: str
    cache: Cache = field(default=NO_CACHE, compare=False, repr=False)

    def read(self) -> RecordState:
        """Return what the record says; raises ``RecordError`` for one that is damaged, foreign or newer.

        A remote is asked first; ``RemoteError`` when it can't be.
        """
        return self._read(self.home.latest(self.home.ref))

    def _read(self, head: str | None) -> RecordState:
        repo = self.home.readable()
        if repo is None:
            return RecordState(*nothing_applied(self.account))
        return RecordState(*read_record(repo, head, self.home.ref, self.account, self.cache))

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
        from reconciler.record.snapshot import Loaded, config_commit

        in_ci = environ.get("CI", "").lower() in ("1", "true")
        return config_commit(self.home, self.account, Loaded(files, read), may_snapshot=not in_ci, clock=clock)

    def is_superseded(self, last: str | None) -> bool:
        """Tell whether what is checked out is older than what was applied last, so that there is nothing to do."""
        from reconciler.record.order import Order, order_commits

        around = self.home.around
        head = around.head() if around and last and self.home.readable() is around else None
        return bool(around and head and order_commits(around, self.home.remote, head, last) is Order.SUPERSEDED)

    def order(self, commit: str, last: str | None) -> "Order":
        """Return how the commit to apply relates to the one applied last."""
        from reconciler.record.order import order_commits

        return order_commits(self.home.writable(), self.home.remote, commit, last)

    def demand_onward(self, commit: str, last: str | None, diverged: bool) -> None:
        """Return when the commit to apply contains the one applied last, or ``diverged`` ones may be applied.

        Raises ``StaleError``.
        """
        from reconciler.record.order import Order

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
            from reconciler.record.holder import describe_holder

            raise LockedError(*describe_holder(state.pending, now))

    def watch(self, state: RecordState, clock: Clock, times: "Times", on_silence: Callable[[float], None]) -> None:
        """Return when the holder of the pending apply is gone or has ended; raises ``LockedError`` while it beats."""
        if state.pending:
            from reconciler.record.beat import watch

            watch(self.home, state.pending, state.applied.head, clock, times, on_silence)

    def begin(
        self,
        state: RecordState,
        plan: Plan,
        keys: "Keys",
        commit: str,
        who: "Who",
        clock: Clock,
        grants: "tuple[Grant, ...]" = (),
    ) -> "Intent":
        """Write the intent, which takes the lock.

        Raises ``LockedError`` when another apply holds it or was faster, and ``RecordError`` when what the outcome
        needs of the record can't be read; then nothing was written.
        """
        from reconciler.record.awaiting import still_planned
        from reconciler.record.message import root_message
        from reconciler.record.writing import Intent, intended, take_in_hand, write_receipt

        now = clock.now()
        self.demand_free(state, now)
        repo, applied, parent = self.home.writable(), state.applied, state.applied.head
        in_hand = take_in_hand(repo, applied, plan)
        if parent is None:
            parent = repo.write_commit(repo.write_tree(None, {}), [], root_message(self.account), now)
        salt = applied.salt if applied.has_salt else clock.nonce()
        applied = replace(applied, salt=salt, awaiting=still_planned(applied.awaiting, plan))
        receipt = replace(intended(applied, plan, keys, commit, who, now), approvals=grants)
        made = write_receipt(repo, parent, {SALT: f"{applied.salt}\n".encode()}, receipt, now)
        self._lock(made, state.applied.head, now)
        return Intent(receipt, made, applied, in_hand)

    def take_over(self, state: RecordState, who: "Who", abandoned: str, clock: Clock) -> "Intent":
        """Write that ``who`` goes on with the pending apply, or gives it up for the reason ``abandoned``.

        Raises ``LockedError`` when somebody else was faster, or it has ended; then nothing was written.
        """
        from reconciler.record.writing import Intent, taken_over, write_receipt

        now, head = clock.now(), state.applied.head
        if state.pending is None or head is None:
            raise LockedError("The apply that was interrupted has ended in the meantime.")
        receipt = taken_over(state.pending, who, abandoned, now)
        made = write_receipt(self.home.writable(), head, {}, receipt, now)
        self._lock(made, head, now)
        return Intent(receipt, made, state.applied)

    def beat(self, intent: "Intent", clock: Clock, times: "Times") -> "Beat":
        """Return the sign of life of an apply that has begun, for a ``with`` block around all of it."""
        from reconciler.record.beat import Beat

        return Beat(self.home, intent.receipt, intent.commit, clock, times)

    def finish(
        self,
        intent: "Intent",
        notes: Sequence[Note],
        outcomes: "Sequence[Outcome]",
        desired: Desired,
        clock: Clock,
        read_back: "Mapping[Address, ReadBack]" = NOTHING_READ_BACK,
    ) -> "Receipt":
        """Write the outcome and what the index learnt; raises ``PartialError`` when it can't be recorded.

        ``read_back`` are the verdicts on changes of an interrupted apply that nobody had to send again.
        """
        from reconciler.record.awaiting import awaiting_after
        from reconciler.record.learning import Learning
        from reconciler.record.writing import Learnt, ended, write_outcome

        now = clock.now()
        receipt = ended(intent.receipt, notes, outcomes, read_back, now)
        learning = Learning(receipt.number, receipt.config_commit, intent.applied.salt, desired, intent.applied)
        waiting = awaiting_after(intent.applied.awaiting, outcomes, receipt.number)
        learnt = Learnt(learning.entries(notes, outcomes), waiting, desired.state)
        try:
            if write_outcome(self.home, intent, receipt, learnt, self.cache, now):
                return receipt
            reason = self._moved(intent, now)
        except RecordError as error:
            reason = str(error)
        raise PartialError(
            f"What was done can't be recorded. {reason}",
            f"See that {self.home.ref} is at {intent.commit[:12]}, then run `reconciler apply --resume`.",
        )

    def _lock(self, made: str, head: str | None, now: datetime) -> None:
        """Move the record's branch from ``head`` to an intent ``made``; raises ``LockedError`` when it isn't there."""
        if not self.home.swap(self.home.ref, made, head):
            self.demand_free(self.read(), now)
            raise LockedError("Another apply was recorded in the meantime.", "Plan again, and apply that plan.")

    def _moved(self, intent: "Intent", now: datetime) -> str:
        """Return why the branch isn't at our intent any more; raises ``PartialError`` when our apply was taken over."""
        pending = self.read().pending
        if pending and pending.nonce == intent.receipt.nonce:
            from reconciler.record.holder import describe_holder

            raise PartialError(
                f"This apply was taken over, so it stopped. {describe_holder(pending, now)[0]}",
                "Nothing more was written. What had been written, whoever took it over reads back and records.",
            )
        return "Somebody moved the record's branch."
