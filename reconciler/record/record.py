"""The record of an account: what was applied, on a branch that only grows by an intent and an outcome for each apply.

An intent without an outcome is the lock. The tree of each commit holds ``receipt.json``, ``salt`` and ``applied/``; the
configuration commit is the second parent of both commits of an apply.
"""

import json
import socket
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from reconciler import __version__
from reconciler.gitrepo import GitRepo, blob_id
from reconciler.model.address import Address
from reconciler.model.compare import Bookkeeping
from reconciler.model.errors import LockedError, PartialError, RecordError, RefusedError, StaleError
from reconciler.model.fields import Json, Value, digest_of
from reconciler.model.outcome import Outcome, Status
from reconciler.model.plan import Note, Plan
from reconciler.model.receipt import FORMAT, Receipt, Step
from reconciler.model.state import Applied, Desired, Provenance
from reconciler.ports import Clock
from reconciler.record import index
from reconciler.record.holder import Who, demand_gone, describe_holder
from reconciler.record.home import Home
from reconciler.record.learning import Learning
from reconciler.record.message import TREE, apply_message, root_message, snapshot_message, trailers
from reconciler.record.order import Order, order_commits

_INDEX = "applied/"
_ADVICE = "Fetch it again from where it is intact (another clone, a backup); it is never repaired by guessing."


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


def initial_salt(account: str) -> str:
    """Return the salt of seals before the first apply, which makes a random one and keeps it."""
    return digest_of(["initial salt", account])


@dataclass(frozen=True, slots=True)
class Record:
    """The record of one account; nothing is written before :meth:`begin`."""

    home: Home
    account: str

    def read(self) -> RecordState:
        """Return what the record says; raises ``RecordError`` for one that is damaged, foreign or newer."""
        repo = self.home.readable()
        head = repo.read_ref(self.home.ref) if repo else None
        if repo is None or head is None:
            return RecordState(Applied(salt=initial_salt(self.account)))
        try:
            return self._read(repo, head)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise RecordError(f"The record on {self.home.ref} is damaged: {error}.", _ADVICE) from None

    def _read(self, repo: GitRepo, head: str) -> RecordState:
        commit = repo.commit(head)
        signed = trailers(commit.message)
        if signed.get("Reconciler-Account") != self.account:
            raise RecordError(
                f"The branch {self.home.ref} is not the record of account {self.account}.",
                "Choose another branch with `record: {ref: NAME}`.",
            )
        files = repo.entries(head)
        if "receipt.json" not in files:
            if files or commit.parents:
                raise ValueError("its newest commit has no receipt")
            return RecordState(Applied(head=head, salt=initial_salt(self.account)))
        if signed.get(TREE) != commit.tree:
            raise ValueError("its files are not those that its newest commit names")
        blobs = repo.read_blobs({blob for _, blob in files.values()})
        content = {path: blobs[blob] for path, (_, blob) in files.items()}
        receipt = _receipt(content["receipt.json"])
        applied = _applied(content, head)
        if receipt.phase == "outcome":
            return RecordState(replace(applied, number=receipt.number, config_commit=receipt.config_commit))
        return RecordState(
            replace(applied, number=receipt.number - 1, config_commit=self._last_config(repo, commit.parents[0])),
            receipt,
        )

    def _last_config(self, repo: GitRepo, commit: str) -> str | None:
        """Return the configuration commit of the apply before the pending one."""
        found = repo.entries(commit).get("receipt.json")
        return _receipt(repo.read_blobs([found[1]])[found[1]]).config_commit if found else None

    def snapshot(
        self, files: Mapping[str, str], read: Callable[[str], bytes], environ: Mapping[str, str], clock: Clock
    ) -> str:
        """Return the commit that holds exactly the loaded ``files``: HEAD, else a snapshot commit made on it.

        Raises ``RefusedError`` where a snapshot would be needed in CI, and ``StaleError`` when a file changed since.
        """
        around, folder = self.home.around, self.home.relative
        head = around.head() if around else None
        if around and head and self._is_head(around.entries(head, folder), files):
            return head
        if environ.get("CI", "").lower() in ("1", "true"):
            raise RefusedError(
                "The files differ from the commit that is checked out.", "In CI, apply a commit as it is."
            )
        content = {path: _read_again(path, blob, read) for path, blob in files.items()}
        repo = self.home.writable()
        base = head if around else None
        there = repo.entries(base, folder) if base else {}
        prefix = f"{folder}/" if folder else ""
        gone: dict[str, bytes | None] = {
            prefix + path: None for path in there if path.endswith(".yaml") and not (self.home.folder / path).exists()
        }
        tree = repo.write_tree(base, gone | {prefix + path: data for path, data in content.items()})
        return repo.write_commit(tree, [base] if base else [], snapshot_message(self.account, base), clock.now())

    def _is_head(self, there: Mapping[str, tuple[str, str]], files: Mapping[str, str]) -> bool:
        if any(path not in there or there[path][1] != blob for path, blob in files.items()):
            return False
        return all((self.home.folder / path).exists() for path in there if path.endswith(".yaml"))

    def order(self, commit: str, last: str | None) -> Order:
        """Return how the commit to apply relates to the one applied last."""
        return order_commits(self.home.writable(), commit, last)

    def files_of(self, commit: str) -> tuple[GitRepo, str, str]:
        """Return repository, commit and folder of a configuration commit, to load it from there."""
        return self.home.writable(), commit, self.home.relative

    def keep_out_of_git(self, *names: str) -> None:
        """Make the surrounding repository ignore our own files: paths relative to the account folder."""
        for name in (".reconciler/", *names):
            self.home.keep_out(name)

    def demand_free(self, state: RecordState, now: datetime) -> None:
        """Return when no apply is under way; raises ``LockedError``."""
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
        receipt = _intended(applied.number + 1, plan, keys, commit, who, now)
        files: dict[str, bytes | None] = {
            "receipt.json": _pretty(receipt.to_json()),
            "salt": f"{applied.salt}\n".encode(),
        }
        made = self._commit(repo, parent, files, receipt, now)
        if not repo.update_ref(self.home.ref, made, state.applied.head):
            self.demand_free(self.read(), now)
            raise LockedError("Another apply was recorded in the meantime.", "Plan again, and apply that plan.")
        return Intent(receipt, made, applied)

    def finish(
        self, intent: Intent, notes: Sequence[Note], outcomes: Sequence[Outcome], desired: Desired, clock: Clock
    ) -> Receipt:
        """Write the outcome and what the index learnt; raises ``PartialError`` when it can't be recorded."""
        results = {outcome.change.address: outcome for outcome in outcomes}
        steps = tuple(
            replace(step, status=found.status, detail=found.detail) if (found := results.get(step.address)) else step
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
        notes = [note for note in again.notes if note.address in intended]
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
        repo, now = self.home.writable(), clock.now()
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
        there = repo.entries(intent.commit)
        files = index.updated(
            {path.removeprefix(_INDEX): blob for path, (_, blob) in there.items() if path.startswith(_INDEX)},
            repo.read_blobs,
            intent.applied.state,
            learning.entries(notes, outcomes),
        )
        written: dict[str, bytes | None] = {"receipt.json": _pretty(receipt.to_json())}
        written |= {_INDEX + path: data for path, data in files.items()}
        made = self._commit(repo, intent.commit, written, receipt, now)
        if not repo.update_ref(self.home.ref, made, intent.commit):
            raise PartialError(
                "The changes were made, but their outcome can't be recorded: somebody moved the record's branch.",
                f"Look at {self.home.ref}; put it back to {intent.commit[:12]} and run `reconciler apply --resume`.",
            )
        return receipt

    def _commit(
        self, repo: GitRepo, parent: str, files: Mapping[str, bytes | None], receipt: Receipt, now: datetime
    ) -> str:
        tree = repo.write_tree(parent, files)
        return repo.write_commit(tree, [parent, receipt.config_commit], apply_message(receipt, tree), now)


def _intended(number: int, plan: Plan, keys: Keys, commit: str, who: Who, now: datetime) -> Receipt:
    steps = tuple(
        Step(change.address, change.action, change.origin, change.seal, keys.of[change.address])
        for change in plan.changes
    )
    return Receipt(
        number=number,
        phase="intent",
        account=plan.account,
        origin=plan.origin,
        seal=plan.seal,
        context=plan.seals.context,
        nonce=keys.nonce,
        who=who.name,
        host=who.host,
        pid=who.pid,
        started=now.isoformat(),
        config_commit=commit,
        version=__version__,
        run_url=who.run_url,
        steps=steps,
        reason=plan.options.reason,
        override=tuple(sorted(plan.options.override)),
        allow_deletes=plan.options.allow_deletes,
    )


def _read_again(path: str, blob: str, read: Callable[[str], bytes]) -> bytes:
    """Return a file's bytes, which must be those that were loaded."""
    data = read(path)
    if blob_id(data) != blob:
        raise StaleError(f"{path} changed while the program ran.", "Plan again.")
    return data


def _receipt(data: bytes) -> Receipt:
    content = json.loads(data)
    if content["format"] != FORMAT:
        raise ValueError(f"its receipt has format {content['format']}, and this version reads {FORMAT}")
    return Receipt.from_json(content)


def _applied(content: Mapping[str, bytes], head: str) -> Applied:
    state: dict[Address, Value] = {}
    provenance: dict[Address, Provenance] = {}
    for path, data in content.items():
        if path.startswith(_INDEX):
            for address, entry in index.decode(data).items():
                state[address], provenance[address] = index.from_json(address, entry)
    return Applied(state, provenance, head=head, salt=content["salt"].decode().strip())


def _pretty(data: Json) -> bytes:
    return (json.dumps(data, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode("utf-8", "replace")
