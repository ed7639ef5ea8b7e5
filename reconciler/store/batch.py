"""Carries out one batch of writes in one transaction: all of it, or nothing of it.

1. writes whose idempotency key the log knows are answered as before, without a second effect, unless they bring other
   secrets than those that are kept;
2. the others are compared with the file (compare-and-swap) and judged one by one;
3. then they take effect, and the rules judge the account as it now is;
4. a single write that can't be made takes the whole batch back.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from hashlib import sha256
from importlib import import_module
from sqlite3 import Connection
from typing import NamedTuple

from reconciler.kinds import KINDS, in_use
from reconciler.model.address import Address, kind_of, live_id_address, live_id_of
from reconciler.model.change import Action
from reconciler.model.fields import Fields, Value
from reconciler.model.kind import Kind
from reconciler.model.late import dataclass
from reconciler.model.outcome import Status
from reconciler.model.text import neutral
from reconciler.ports import Write, Written
from reconciler.store.entries import Stored, kept_secrets, move_secrets, put, put_secrets, remove, stored
from reconciler.store.log import Author, Noted, note
from reconciler.store.passwords import Cost, hasher, is_kept
from reconciler.store.requests import put_request, reference_is_used
from reconciler.store.revisions import mark_changed
from reconciler.store.rules import Effect, problems, refusal

#: What is kept of each secret of a batch (a hash, an IBAN), by the write's index and the secret's path.
Kept = Mapping[tuple[int, str], str]

_KEYS_PER_QUERY = 500
_ANOTHER = "Its idempotency key was used for another write."


class RefusedBatchError(Exception):
    """Nothing of the batch may stay; ``answers`` say why, one for each write."""

    def __init__(self, answers: tuple[Written, ...]) -> None:
        super().__init__()
        self.answers = answers


@dataclass(frozen=True, slots=True)
class _Step:
    index: int
    write: Write
    kind: Kind
    row: Address
    there: Stored | None


class _Done(NamedTuple):
    """What was done under an idempotency key, to which row."""

    action: str
    row: Address
    digest: str | None


def take_in_hand() -> None:
    """Load what batches of the kinds in use can need, for one who must not find it gone between two of them."""
    hasher(Cost())
    import_module("reconciler.store.migration")
    if any(KINDS[name].is_request for name in in_use()):
        import_module("reconciler.store.submitting")


def carry_out(
    connection: Connection, batch: Sequence[Write], kept: Kept, author: Author, managed_by: str | None
) -> tuple[Written, ...]:
    """Write a batch within a transaction and return one answer per write; raises :class:`RefusedBatchError`.

    What is written is claimed for ``managed_by``, if given; what somebody else has claimed is refused.
    """
    before = _done_before(connection, batch)
    _demand(batch, Status.FAILED, _muddled(batch, before) or _other_secrets(connection, batch, kept, before))
    done = {key: live_id_of(entry.row) for key, entry in before.items()}
    revision, last_id = connection.execute("SELECT revision + 1, last_id FROM account").fetchone()
    steps = []
    for index, write in enumerate(batch):
        if write.key not in done:
            kind = KINDS[write.address.partition("/")[0]]
            new = kind.natural_key is not None and write.action is Action.CREATE
            last_id += new
            row = live_id_address(kind.name, str(last_id)) if new else row_of(kind, write.address, write.live_id)
            steps.append(_Step(index, write, kind, row, stored(connection, write.moved_from or row)))
    if not steps:
        return tuple(Written(Status.DONE, live_id=done[write.key]) for write in batch)
    today = author.day
    _demand(batch, Status.CONFLICT, _conflicts(connection, steps, today))
    _demand(batch, Status.FAILED, _refusals(connection, steps, managed_by, today))
    effects = [effect for step in steps for effect in _take_effect(connection, step, kept, revision, managed_by)]
    _demand(batch, Status.FAILED, problems(connection, effects))
    for step in steps:
        if step.write.action is Action.SUBMIT:
            put_request(connection, step.write, author.at)
    connection.execute("UPDATE account SET revision = ?, last_id = ?", (revision, last_id))
    mark_changed(connection, (effect.row for effect in effects), revision)
    note(connection, author, revision, map(_noted, steps))
    done |= {step.write.key: live_id_of(step.row) for step in steps}
    return tuple(Written(Status.DONE, live_id=done[write.key]) for write in batch)


def row_of(kind: Kind, address: Address, live_id: str | None) -> Address:
    """Return under which address an existing entry stands in the file."""
    return live_id_address(kind.name, live_id) if kind.natural_key and live_id else address


def _done_before(connection: Connection, batch: Sequence[Write]) -> dict[str, _Done]:
    """Return what the log says of the keys of a batch."""
    found: dict[str, _Done] = {}
    for start in range(0, len(batch), _KEYS_PER_QUERY):
        keys = [write.key for write in batch[start : start + _KEYS_PER_QUERY]]
        marks = ", ".join("?" * len(keys))
        query = f"SELECT key, action, address, digest FROM log WHERE key IN ({marks})"  # noqa: S608  # only question marks
        found |= {key: _Done(*done) for key, *done in connection.execute(query, keys)}
    return found


def kept_of_known(connection: Connection, batch: Sequence[Write]) -> Kept:
    """Return what is kept of the secrets that a batch brings under keys which the log knows.

    Nothing is kept any more of what was deleted or renamed meanwhile.
    """
    return _kept_of(connection, batch, _done_before(connection, [write for write in batch if write.secrets]))


def _kept_of(connection: Connection, batch: Sequence[Write], before: Mapping[str, _Done]) -> Kept:
    return {
        (index, path): text
        for index, write in enumerate(batch)
        if write.secrets and write.key in before
        for path, text in kept_secrets(connection, before[write.key].row).items()
        if path in write.secrets
    }


def _other_secrets(
    connection: Connection, batch: Sequence[Write], kept: Kept, before: Mapping[str, _Done]
) -> dict[int, str]:
    """Return the writes whose key is known and whose secrets aren't those that are kept, proven one by one.

    The log has no digest of secrets: a fast one would be the easier way to guess them.
    """
    return {
        index: _ANOTHER
        for (index, path), there in _kept_of(connection, batch, before).items()
        # What was proven before the transaction is the same text; the rest came to be known since.
        if there != kept[index, path] and not is_kept(path, batch[index].secrets[path], there)
    }


def _muddled(batch: Sequence[Write], before: Mapping[str, _Done]) -> dict[int, str]:
    """Return for each write that another one is in the way of: by its key, its row or its reference."""
    found: dict[int, str] = {}
    seen: set[tuple[str, str]] = set()
    for index, write in enumerate(batch):
        kind = KINDS[kind_of(write.address)]
        row = row_of(kind, write.address, write.live_id)
        entry = before.get(write.key)
        new = kind.natural_key is not None and write.action is Action.CREATE
        another_row = entry and (kind_of(entry.row) != kind.name if new else entry.row != row)
        if entry and (another_row or entry.action != write.action or entry.digest not in (None, _digest(kind, write))):
            found[index] = _ANOTHER
        marks = {("key", write.key)} if write.key else set()
        marks |= {("reference", row.partition("/")[2])} if kind.is_request else set() if new else {("row", row)}
        if marks & seen:
            found[index] = "Another write of this batch has the same key, address or reference."
        seen |= marks
    return found


def _noted(step: _Step) -> Noted:
    write = step.write
    return Noted(write.action.value, step.row, write.key, _digest(step.kind, write) if write.key else None)


def _digest(kind: Kind, write: Write) -> str:
    """Return what is equal for two writes that put the same there; not a word of a secret is in it."""
    after = None if write.after is None else kind.readable(write.after)
    brought = (write.moved_from, sorted(write.secrets), write.quote, sorted(write.attachments))
    return sha256(repr((after, brought)).encode("utf-8", "surrogatepass")).hexdigest()


def _demand(batch: Sequence[Write], status: Status, causes: Mapping[int, str]) -> None:
    """Raise the answers to the whole batch when there is a cause why it can't be written."""
    if not causes:
        return
    first = batch[min(causes)].address
    other = f"Nothing of this batch was written, because {first} could not be."
    raise RefusedBatchError(tuple(Written(status, causes.get(index, other)) for index in range(len(batch))))


def _conflicts(connection: Connection, steps: Sequence[_Step], today: date) -> dict[int, str]:
    return {step.index: said for step in steps if (said := _conflict(connection, step, today))}


def _conflict(connection: Connection, step: _Step, today: date) -> str:
    """Return how the file isn't as the write expects it, or an empty string."""
    write, there = step.write, step.there
    if write.moved_from and stored(connection, step.row):
        return f"There is another {step.kind.title} of this name already."
    if write.action is Action.SUBMIT:
        if reference_is_used(connection, step.row):
            return "Its reference was used already; it isn't submitted twice."
        return _stale(connection, step, today)
    if write.action is Action.CREATE:
        return "It exists already." if there else ""
    if there is None:
        # What is always there is missing only with its domain or as an unknown topic, which is no conflict.
        return "" if step.kind.fixed else "It is no longer there."
    if write.version is not None and write.version != str(there.version):
        return "It was changed since it was read."
    if write.before is None:
        return ""
    before = step.kind.readable(write.before)
    same = step.kind.project(there.value, step.kind.field_names(before)) == before
    return "" if same else "It is no longer as it was read."


def _refusals(connection: Connection, steps: Sequence[_Step], managed_by: str | None, today: date) -> dict[int, str]:
    domains = frozenset(name for (name,) in connection.execute("SELECT name FROM domain"))
    found: dict[int, str] = {}
    meant: set[str] = set()
    for step in steps:
        said = _claimed(step, managed_by) or refusal(step.write, step.kind, domains)
        if not said and step.kind.is_request:
            said = _submission_problem(connection, step, today) or _meant_again(step, meant)
        if said:
            found[step.index] = said
    return found


def _stale(connection: Connection, step: _Step, today: date) -> str:
    from reconciler.store.submitting import stale

    return stale(connection, step.write, step.kind, today) if step.kind.is_request else ""


def _submission_problem(connection: Connection, step: _Step, today: date) -> str:
    from reconciler.store.submitting import submission_problem

    return submission_problem(connection, step.write, step.kind, today)


def _meant_again(step: _Step, meant: set[str]) -> str:
    """Return what an earlier request of the batch is for already, and keep in ``meant`` what this one is for."""
    from reconciler.store.submitting import meant_once

    subject = meant_once(step.write, step.kind)
    if subject in meant:
        return f"Another request of this batch is for the {subject}."
    meant |= {subject} if subject else set()
    return ""


def _claimed(step: _Step, managed_by: str | None) -> str:
    """Return who else has claimed what is there, or an empty string."""
    owner = step.there.managed_by if step.there else None
    return (
        f"It is managed by {neutral(owner)}, and nobody else may write it." if owner not in (None, managed_by) else ""
    )


def _take_effect(
    connection: Connection, step: _Step, kept: Kept, revision: int, managed_by: str | None
) -> Iterator[Effect]:
    write = step.write
    if not write.action.writes:
        raise ValueError(f"{write.action} is no write")
    if write.action in (Action.DELETE, Action.REPLACE):
        remove(connection, step.row)
    if write.action is Action.DELETE:
        yield Effect(step.index, step.row, None)
        return
    value = _whole(step)
    put(connection, step.row, value, revision, managed_by or (step.there.managed_by if step.there else None))
    if write.moved_from:
        move_secrets(connection, write.moved_from, step.row)
        remove(connection, write.moved_from)
        yield Effect(step.index, write.moved_from, None)
    given = {path: kept[step.index, path] for path in write.secrets}
    put_secrets(connection, step.row, given, step.kind.secrets_of(value))
    yield Effect(step.index, step.row, value, is_new=step.there is None)


def _whole(step: _Step) -> Value:
    """Return the value that stands in the file afterwards: what was never declared stays, or takes its default."""
    kind, after = step.kind, step.write.after
    if after is None:
        raise ValueError(f"{step.write.action} without a value")
    after = kind.readable(after)
    if not isinstance(after, Fields):
        return after
    if step.write.action is Action.UPDATE and step.there and isinstance(step.there.value, Fields):
        return step.there.value.replaced(**dict(after))
    return kind.completed(after, frozenset(kind.defaults))
