"""Writing the record: the receipt that begins an apply, its steps at the end, and the commits that hold them."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import field, replace
from datetime import datetime

from reconciler import __version__
from reconciler.cache.cache import Cache
from reconciler.gitrepo import shallow
from reconciler.gitrepo.objects import blob_id
from reconciler.gitrepo.repo import GitRepo
from reconciler.model.address import Address, group_of
from reconciler.model.by_hand import Awaiting
from reconciler.model.compare import Bookkeeping
from reconciler.model.fields import Json
from reconciler.model.late import dataclass
from reconciler.model.outcome import Outcome, ReadBack
from reconciler.model.plan import Note, Plan
from reconciler.model.receipt import Receipt, Step, Takeover
from reconciler.model.state import Applied, State
from reconciler.model.text import neutral
from reconciler.record import beat, receipts, zone_lines
from reconciler.record.awaiting import AWAITING, encode_awaiting
from reconciler.record.cutting import needed, updated
from reconciler.record.gone import GONE, encode_gone, gone_after
from reconciler.record.grouped import keep_learnt
from reconciler.record.holder import Who
from reconciler.record.home import Home
from reconciler.record.index import group_at, is_at_top
from reconciler.record.layout import INDEX, RECEIPT
from reconciler.record.learning import addresses_in
from reconciler.record.message import apply_message

#: What is asked for only after an intent was written, and is in hand before it: the program may be replaced meanwhile.
IN_HAND = (beat, shallow, zone_lines)


@dataclass(frozen=True, slots=True)
class Keys:
    """What makes an apply's writes its own: a nonce, and made from it the idempotency key of each change."""

    nonce: str
    of: Mapping[Address, str]


@dataclass(frozen=True, slots=True)
class Intent:
    """An apply that has begun: its receipt, the commit that holds the lock, and the state before it."""

    receipt: Receipt
    commit: str
    applied: Applied
    #: What the outcome needs of the record, by the blobs' ids; what isn't in hand is read then.
    in_hand: Mapping[str, bytes] = field(default_factory=dict, compare=False, repr=False)


def intended(applied: Applied, plan: Plan, keys: Keys, commit: str, who: Who, now: datetime) -> Receipt:
    """Return the receipt of an apply that begins, after what was ``applied`` before."""
    steps = tuple(
        Step(
            c.address,
            c.action,
            c.origin,
            c.seal,
            keys.of[c.address],
            moved_from=c.moved_from or "",
            risk=c.risk.label,
            price=c.quote.line if c.quote else "",
        )
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
        machine=who.machine,
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


def taken_over(pending: Receipt, who: Who, abandoned: str, now: datetime) -> Receipt:
    """Return the receipt of an interrupted apply that somebody goes on with."""
    one = Takeover(who.name, who.host, who.pid, now.isoformat(), who.run_url, who.machine, abandoned)
    return replace(pending, taken=(*pending.taken, one))


def ended(
    begun: Receipt,
    notes: Iterable[Note],
    outcomes: Iterable[Outcome],
    read_back: Mapping[Address, ReadBack],
    now: datetime,
) -> Receipt:
    """Return the receipt of an apply that has ended: what became of each step, and what the record learns besides."""
    counts = Counter(note.what for note in notes)
    told = {**read_back, **{one.change.address: ReadBack(one.status, neutral(one.detail)) for one in outcomes}}
    steps = tuple(
        replace(step, status=found.status, detail=found.detail) if (found := told.get(step.address)) else step
        for step in begun.steps
    )
    return replace(
        begun,
        phase="outcome",
        finished=now.isoformat(),
        steps=steps,
        owned=counts[Bookkeeping.OWN],
        advanced=counts[Bookkeeping.ADVANCE],
        dropped=counts[Bookkeeping.DROP],
    )


@dataclass(frozen=True, slots=True)
class Learnt:
    """What an apply leaves besides its receipt: the index's changes, what awaits a hand, and what was desired."""

    entries: Mapping[Address, Json | None]
    waiting: Mapping[Address, Awaiting]
    desired: State


def take_in_hand(repo: GitRepo, applied: Applied, plan: Plan) -> dict[str, bytes]:
    """Return the blobs, by id, that the outcome of a plan needs, so that nothing is begun that can't be recorded.

    Raises ``RecordError`` where one is missing or damaged, or where another is missing that will lie beside what is
    written: git writes no tree of which a file isn't there.
    """
    if applied.head is None:
        return {}
    before, addresses = _index_at(repo, applied.head), addresses_in(plan, applied)
    wanted = needed(before, applied.state, addresses)
    blobs = repo.read_blobs(wanted)
    groups = set(map(group_of, addresses))
    beside = {blob for path, blob in before.items() if is_at_top(path) or group_at(path) in groups}
    repo.demand_there(beside - wanted)
    return blobs


def _index_at(repo: GitRepo, commit: str) -> dict[str, str]:
    """Return the blob id of each file of the index in a commit."""
    return {
        path.removeprefix(INDEX): blob for path, (_, blob) in repo.entries(commit).items() if path.startswith(INDEX)
    }


def write_outcome(home: Home, intent: Intent, receipt: Receipt, learnt: Learnt, cache: Cache, now: datetime) -> bool:
    """Write the outcome's commit; tell whether the branch was still at the intent and could be moved.

    What the index says then is kept in ``cache``, so that the next run reads none of what was written.
    """
    repo, applied = home.writable(), intent.applied
    before = _index_at(repo, intent.commit)

    def read(blobs: Iterable[str]) -> dict[str, bytes]:
        wanted = set(blobs)
        held = {blob: intent.in_hand[blob] for blob in wanted & intent.in_hand.keys()}
        return held | repo.read_blobs(wanted - held.keys())

    files = updated(before, read, applied.state, learnt.entries)
    written: dict[str, bytes | None] = {INDEX + path: data for path, data in files.items()}
    gone = gone_after(applied.gone, learnt.entries, receipt.number)
    if gone != applied.gone:
        written[GONE] = encode_gone(gone)
    written[AWAITING] = encode_awaiting(learnt.waiting)
    made = write_receipt(repo, intent.commit, written, receipt, now)
    if not home.swap(home.ref, made, intent.commit):
        return False
    after = before | {path: blob_id(data) if data is not None else "" for path, data in files.items()}
    after = {path: blob for path, blob in after.items() if blob}
    keep_learnt(cache, after, applied, learnt.entries, learnt.desired)
    return True


def write_receipt(
    repo: GitRepo, parent: str, files: Mapping[str, bytes | None], receipt: Receipt, now: datetime
) -> str:
    """Write a commit of the record on ``parent`` with the receipt and ``files`` changed in it, and return its id."""
    tree = repo.write_tree(parent, {RECEIPT: receipts.encode(receipt), **files})
    return repo.write_commit(tree, [parent, receipt.config_commit], apply_message(receipt, tree), now)
