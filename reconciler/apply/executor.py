"""Carrying out a plan, batch after batch: one failure holds up only what needs it."""

from collections.abc import Callable, Iterable, Mapping

from reconciler.kinds import KINDS
from reconciler.model.address import Address, kind_of
from reconciler.model.change import Action, Change
from reconciler.model.errors import AccountError
from reconciler.model.fields import Fields, digest_of
from reconciler.model.outcome import Outcome, Status
from reconciler.model.plan import Plan
from reconciler.model.secret import Secret, SecretRef
from reconciler.ports import Write, Writer, Written

Secrets = Mapping[tuple[Address, str], Secret]


def needed_secrets(plan: Plan, refs: Mapping[tuple[Address, str], SecretRef]) -> dict[tuple[Address, str], SecretRef]:
    """Return the secrets that the plan's changes write: those whose version isn't the live one."""
    return {
        (change.address, name): refs[change.address, name]
        for change in plan.changes
        if change.action.writes
        for name in _changed_secrets(change)
        if (change.address, name) in refs
    }


def idempotency_key(nonce: str, change: Change) -> str:
    """Return the key under which a change has at most one effect, however often it is sent in one apply."""
    return digest_of([nonce, change.seal])


def idempotency_keys(plan: Plan, nonce: str) -> dict[Address, str]:
    """Return each change's idempotency key, by address."""
    return {change.address: idempotency_key(nonce, change) for change in plan.changes}


def execute(
    plan: Plan,
    writer: Writer,
    domains: frozenset[str],
    secrets: Secrets,
    nonce: str,
    on_outcome: Callable[[Outcome], None],
) -> tuple[Outcome, ...]:
    """Return what became of each change, telling ``on_outcome`` as it goes; never raises for a failing write."""
    try:
        writer.prepare(domains)
    except AccountError as error:
        return tuple(Outcome(change, Status.FAILED, str(error)) for change in plan.changes)
    outcomes: list[Outcome] = []
    failed: set[Address] = set()
    holding: dict[Address, Address] = {}
    for batch in plan.batches:
        hindered = _hindrance(batch, failed, holding)
        results = (
            [Outcome(change, Status.SKIPPED, hindered) for change in batch]
            if hindered
            else _carry_out(batch, writer, secrets, nonce)
        )
        for outcome in results:
            outcomes.append(outcome)
            on_outcome(outcome)
            if outcome.status is not Status.DONE:
                failed.add(outcome.change.address)
                holding |= dict.fromkeys(_old_references(outcome.change), outcome.change.address)
    return tuple(outcomes)


def _hindrance(batch: Iterable[Change], failed: set[Address], holding: Mapping[Address, Address]) -> str:
    """Return why a batch can't be carried out: something it needs failed, or something that still needs it did."""
    for change in batch:
        if change.action is Action.DELETE:
            if holder := holding.get(change.address):
                return f"{holder} still refers to it."
        elif change.after is not None:
            kind = KINDS[kind_of(change.address)]
            for needed in kind.references(change.address, change.after):
                if needed in failed and needed not in {c.address for c in batch}:
                    return f"It needs {needed}, which failed."
    return ""


def _old_references(change: Change) -> Iterable[Address]:
    return () if change.before is None else KINDS[kind_of(change.address)].references(change.address, change.before)


def _carry_out(batch: tuple[Change, ...], writer: Writer, secrets: Secrets, nonce: str) -> list[Outcome]:
    writing = [change for change in batch if change.action.writes]
    try:
        answers = writer.write(tuple(_write(change, secrets, nonce) for change in writing)) if writing else ()
    except AccountError as error:
        answers = tuple(Written(Status.FAILED, str(error)) for _ in writing)
    answered = {c.address: answer for c, answer in zip(writing, answers, strict=True)}
    recorded = Written(Status.DONE)
    return [
        Outcome(change, answer.status, answer.detail, answer.live_id or change.live_id)
        for change in batch
        for answer in (answered.get(change.address, recorded),)
    ]


def _write(change: Change, secrets: Secrets, nonce: str) -> Write:
    return Write(
        action=change.action,
        address=change.address,
        before=change.before,
        after=change.after,
        key=idempotency_key(nonce, change),
        version=change.version,
        live_id=change.live_id,
        secrets={name: secrets[change.address, name] for name in _changed_secrets(change)},
    )


def _changed_secrets(change: Change) -> frozenset[str]:
    if not isinstance(change.after, Fields):
        return frozenset()
    before = change.before if isinstance(change.before, Fields) else Fields()
    names = KINDS[kind_of(change.address)].secret_fields & change.after.names
    return frozenset(name for name in names if change.after.value(name) != before.value(name))
