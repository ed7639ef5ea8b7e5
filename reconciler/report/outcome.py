"""What an apply did: a line per change while it runs, and the last line, as Terraform writes it."""

from collections.abc import Iterator, Mapping, Sequence

from reconciler.model.change import Action
from reconciler.model.fields import Json
from reconciler.model.outcome import Outcome, Proof, Status
from reconciler.model.receipt import Receipt
from reconciler.model.text import neutral
from reconciler.report.ink import EMPTY, TONES, Line, Tone, line
from reconciler.report.view import plural

FORMAT_VERSION = 1

_DONE: Mapping[Action, str] = {
    Action.CREATE: "created",
    Action.UPDATE: "updated",
    Action.REPLACE: "replaced",
    Action.MOVE: "moved",
    Action.DELETE: "destroyed",
    Action.FORGET: "forgotten; its value stays",
    Action.SUBMIT: "submitted",
}
_NOT_DONE: Mapping[Status, str] = {
    Status.FAILED: "failed",
    Status.CONFLICT: "not done, because it has changed since it was read",
    Status.SKIPPED: "skipped",
    Status.AWAITING: "awaiting hand",
}


def outcome_line(outcome: Outcome) -> Line:
    """Return the line of one change that has ended."""
    address = neutral(outcome.change.address)
    if outcome.status is Status.DONE:
        was = f" (was {neutral(outcome.change.moved_from)})" if outcome.change.moved_from else ""
        tone = TONES[outcome.change.action.symbol]
        return line((f"{address}: ", Tone.BOLD), (_DONE[outcome.change.action] + was, tone))
    detail = f": {neutral(outcome.detail)}" if outcome.detail else ""
    tone = Tone.CHANGE if outcome.is_well else Tone.DANGER
    return line((f"{address}: ", Tone.BOLD), (_NOT_DONE[outcome.status], tone), detail)


def is_complete(outcomes: Sequence[Outcome], proof: Proof) -> bool:
    """Tell whether everything was done and read back as it should be, but for what awaits a hand."""
    return proof.is_whole and all(outcome.is_well for outcome in outcomes)


def applied_lines(
    outcomes: Sequence[Outcome], proof: Proof, receipt: Receipt | None, superseded: bool
) -> Iterator[Line]:
    """Yield the end of an apply: what remains or isn't proven, and the last line."""
    if superseded:
        yield line(("Superseded: a later commit has been applied already. Nothing was written.", Tone.BOLD))
        return
    missed = [outcome for outcome in outcomes if not outcome.is_well]
    waiting = [outcome for outcome in outcomes if outcome.is_well and outcome.status is not Status.DONE]
    if outcomes:
        yield EMPTY
    if waiting:
        yield line(("Awaiting hand:", Tone.BOLD), " do it in the portal as `reconciler plan` shows, then `attest` it")
        yield from (line("  ", *outcome_line(outcome)) for outcome in waiting)
        yield EMPTY
    if missed:
        yield line(("Not done:", Tone.BOLD))
        yield from (line("  ", *outcome_line(outcome)) for outcome in missed)
        yield EMPTY
    still = sorted(set(proof.remaining) - {outcome.change.address for outcome in missed})
    if still:
        yield line(("Written, but read back differently:", Tone.BOLD))
        yield from (line(f"  {neutral(address)}") for address in still)
        yield EMPTY
    yield from _unproven(proof)
    if receipt:
        yield line((f"Recorded as receipt {receipt.number}{_learnt(receipt)}.", Tone.DIM))
    yield line((_last_line(outcomes, proof), Tone.BOLD))


def settled_lines(settled: int | None, planned: int) -> Iterator[Line]:
    """Yield what became of approved changes that aren't planned any more; ``settled`` is None without seals."""
    if settled is not None and not planned:
        yield line(("Already applied: nothing is left to do of what was approved.", Tone.BOLD))
    elif settled:
        yield line((f"{plural(settled, 'approved change')} already applied, or no longer asked for.", Tone.DIM))


def applied_json(
    outcomes: Sequence[Outcome], proof: Proof, receipt: Receipt | None, superseded: bool, already: bool = False
) -> Json:
    """Return what an apply did as JSON types; ``already`` says that nothing was left to do of what was approved."""
    return {
        "format_version": FORMAT_VERSION,
        "complete": is_complete(outcomes, proof),
        "superseded": superseded,
        "already_applied": already,
        "receipt": None if receipt is None else receipt.number,
        "seal": None if receipt is None else receipt.seal,
        "outcomes": [
            {
                "address": outcome.change.address,
                "action": outcome.change.action.value,
                "seal": outcome.change.seal,
                "status": outcome.status.value,
                "detail": outcome.detail,
            }
            for outcome in outcomes
        ],
        "remaining": list(proof.remaining),
        "unproven": [{"address": address, "detail": why} for address, why in sorted(proof.unproven.items())],
    }


def _unproven(proof: Proof) -> Iterator[Line]:
    """Yield what couldn't be read back, once for each reason."""
    for why in dict.fromkeys(proof.unproven.values()):
        yield line(("Written, but not proven, because it can't be read back", Tone.BOLD), f": {neutral(why)}")
        yield from (line(f"  {neutral(address)}") for address, text in sorted(proof.unproven.items()) if text == why)
        yield EMPTY


def _learnt(receipt: Receipt) -> str:
    """Return what the record was told without a write."""
    counts = (
        (receipt.owned, "taken into ownership"),
        (receipt.advanced, "already as declared"),
        (receipt.dropped, "gone"),
    )
    words = ", ".join(f"{count} {what}" for count, what in counts if count)
    return f" ({words})" if words else ""


def _last_line(outcomes: Sequence[Outcome], proof: Proof) -> str:
    done = [outcome.change.action for outcome in outcomes if outcome.status is Status.DONE]
    replaced = done.count(Action.REPLACE)
    counts = (
        f"{done.count(Action.CREATE) + replaced} added, {done.count(Action.UPDATE)} changed, "
        f"{done.count(Action.DELETE) + replaced} destroyed"
    )
    if submitted := done.count(Action.SUBMIT):
        counts += f", {submitted} submitted"
    waiting = sum(outcome.is_well and outcome.status is not Status.DONE for outcome in outcomes)
    awaits = f"; {plural(waiting, 'change')} awaiting hand" if waiting else ""
    if is_complete(outcomes, proof):
        return f"Apply complete! Resources: {counts}{awaits}."
    unproven = f", {len(proof.unproven)} not proven" if proof.unproven else ""
    missed = len(outcomes) - len(done) - waiting
    return f"Apply incomplete. Resources: {counts}; {plural(missed, 'change')} not done{unproven}{awaits}."
