"""Carrying out a plan, batch after batch: one failure holds up only what needs it."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from reconciler.kinds import KINDS
from reconciler.model.address import Address, kind_of, live_id_address
from reconciler.model.change import Change
from reconciler.model.errors import AccountError, ReconcilerError
from reconciler.model.fields import Value, digest_of
from reconciler.model.kind import Kind
from reconciler.model.outcome import Outcome, Status
from reconciler.model.plan import Plan
from reconciler.model.points import reached
from reconciler.model.secret import Secret, SecretRef
from reconciler.model.state import Desired
from reconciler.ports import Write, Writer, Written

Secrets = Mapping[tuple[Address, str], Secret]
_NOTHING: Mapping[Address, Status] = {}


def needed_secrets(plan: Plan, refs: Mapping[tuple[Address, str], SecretRef]) -> dict[tuple[Address, str], SecretRef]:
    """Return the secrets that the plan's changes write: those whose version isn't the live one.

    What a person enters by hand, that person looks up.
    """
    return {
        (change.address, name): refs[change.address, name]
        for change in plan.changes
        if change.action.writes and change.address not in plan.hands.clicks
        for name in _changed_secrets(change)
        if (change.address, name) in refs
    }


def idempotency_key(nonce: str, change: Change) -> str:
    """Return the key under which a change has at most one effect, however often it is sent in one apply."""
    return digest_of([nonce, change.seal])


def idempotency_keys(plan: Plan, nonce: str) -> dict[Address, str]:
    """Return each change's idempotency key, by address."""
    return {change.address: idempotency_key(nonce, change) for change in plan.changes}


def still_awaiting(plan: Plan) -> tuple[Outcome, ...]:
    """Return the outcomes of a plan that only holds what a person was told to do already, and what needs that."""
    clicks = plan.hands.clicks
    return tuple(
        Outcome(change, Status.AWAITING, clicks[change.address].portal)
        if change.address in clicks
        else Outcome(change, Status.SKIPPED, f"It needs {', '.join(change.needs)}.", waits=True)
        for change in plan.changes
    )


def execute(
    plan: Plan,
    writer: Writer,
    desired: Desired,
    secrets: Secrets,
    nonce: str,
    on_outcome: Callable[[Outcome], None],
    lost: Callable[[], str] = str,
    missing: Mapping[Address, Status] = _NOTHING,
) -> tuple[Outcome, ...]:
    """Return what became of each change, telling ``on_outcome`` as it goes; never raises for a failing write.

    ``plan`` was made of ``desired``, ``secrets`` holds all of :func:`needed_secrets`; one that is missing raises
    ``KeyError`` before anything is written. ``lost`` is asked before each batch why nothing more may be written, if so;
    ``missing`` are changes outside of this plan that weren't done.
    """
    reasons = {address: meta.reason for address, meta in desired.metas.items()}
    clicks = plan.hands.clicks
    writes = {
        c.address: _write(c, secrets, nonce, reasons, c.address in clicks) for c in plan.changes if c.action.writes
    }
    ids = dict(plan.ids)
    outcomes: list[Outcome] = []
    missed = dict(missing)
    stop = lost() or _prepared(writer, desired.domains)
    for batch in plan.batches:
        stop = stop or lost()
        hindrance = stop or _hindrance(batch, missed)
        if hindrance:
            waits = not stop and _only_waits(batch, missed)
            by_hand = waits and all(change.address in clicks for change in batch)
            status = Status.AWAITING if by_hand else Status.SKIPPED
            results = [Outcome(change, status, hindrance, waits=waits) for change in batch]
        else:
            results, stop = _carry_out(batch, writes, ids, writer)
        for outcome in results:
            if outcome.status is Status.DONE and outcome.live_id:
                ids[outcome.change.address] = outcome.live_id
            outcomes.append(outcome)
            on_outcome(outcome)
            if outcome.status is not Status.DONE:
                missed[outcome.change.address] = Status.AWAITING if outcome.waits else outcome.status
    return tuple(outcomes)


def _prepared(writer: Writer, domains: frozenset[str]) -> str:
    """Make the account ready; return why nothing can be written, or an empty string."""
    try:
        writer.prepare(domains)
    except ReconcilerError as error:
        return error.in_full
    return ""


def _hindrance(batch: tuple[Change, ...], missed: Mapping[Address, Status]) -> str:
    """Return why a batch can't be carried out: what must be done before it wasn't."""
    for change in batch:
        for needed in change.needs:
            if needed in missed:
                return f"It needs {needed}, which {_MISSED[missed[needed]]}."
    return ""


def _only_waits(batch: tuple[Change, ...], missed: Mapping[Address, Status]) -> bool:
    """Tell whether nothing keeps a batch from being carried out but what awaits a hand."""
    return all(missed.get(needed, Status.AWAITING) is Status.AWAITING for change in batch for needed in change.needs)


_MISSED = {
    Status.FAILED: "failed",
    Status.CONFLICT: "was changed meanwhile",
    Status.SKIPPED: "was skipped",
    Status.UNKNOWN: "isn't known to be done",
    Status.AWAITING: "awaits a hand",
}


def _carry_out(
    batch: tuple[Change, ...], writes: Mapping[Address, Write], ids: Mapping[Address, str], writer: Writer
) -> tuple[list[Outcome], str]:
    """Return a batch's outcomes, and why everything after it must wait, or an empty string.

    What can't reach the account may do so at the next batch; what the account refuses to let in, it will refuse again.
    """
    writing = tuple(_in_its_words(writes[change.address], ids) for change in batch if change.action.writes)
    stop = ""
    try:
        reached("batch to be written")
        answers = writer.write(writing) if writing else ()
        reached("batch written")
    except ReconcilerError as error:
        answers = (Written(Status.FAILED, error.in_full),) * len(writing)
        stop = "" if isinstance(error, AccountError) else error.in_full
    if len(answers) != len(writing):
        detail = f"The account gave {len(answers)} answers to {len(writing)} writes, so what it did isn't known."
        answers = (Written(Status.FAILED, detail),) * len(writing)
    answered = {write.address: answer for write, answer in zip(writing, answers, strict=True)}
    return [_outcome(change, answered.get(change.address, Written(Status.DONE))) for change in batch], stop


def _outcome(change: Change, answer: Written) -> Outcome:
    return Outcome(change, answer.status, answer.detail, answer.live_id or change.live_id)


def _write(change: Change, secrets: Secrets, nonce: str, reasons: Mapping[Address, str], by_hand: bool) -> Write:
    return Write(
        action=change.action,
        address=change.address,
        before=change.before,
        after=change.after,
        key=idempotency_key(nonce, change),
        version=change.version,
        live_id=change.live_id,
        moved_from=change.moved_from if change.renames else None,
        secrets={} if by_hand else {name: secrets[change.address, name] for name in _changed_secrets(change)},
        reason=reasons.get(change.address, ""),
        quote=change.quote,
    )


def _in_its_words(write: Write, ids: Mapping[Address, str]) -> Write:
    """Return a write whose values call other entries by the account's own ids, as far as they are known."""
    kind = KINDS[kind_of(write.address)]
    before, after = (
        value if value is None else kind.renamed(value, _names_in(kind, write.address, value, ids))
        for value in (write.before, write.after)
    )
    return write if (before, after) == (write.before, write.after) else replace(write, before=before, after=after)


def _names_in(kind: Kind, address: Address, value: Value, ids: Mapping[Address, str]) -> dict[Address, Address]:
    found = kind.references(address, value) if kind.name != "record" else ()
    return {other: live_id_address(kind_of(other), ids[other]) for other in found if other in ids}


def _changed_secrets(change: Change) -> frozenset[str]:
    """Return the paths of the secrets that the change sets: those whose version isn't the live one."""
    if change.after is None:
        return frozenset()
    kind = KINDS[kind_of(change.address)]
    before = kind.versions(change.before) if change.before is not None else {}
    return frozenset(path for path, version in kind.versions(change.after).items() if version != before.get(path))
