"""What became of an interrupted apply that somebody went on with, and how long one has waited to do so."""

from collections import Counter
from collections.abc import Iterator

from reconciler.model.fields import Json
from reconciler.model.outcome import Proof, Status
from reconciler.model.receipt import Receipt, Step
from reconciler.model.text import neutral
from reconciler.report.ink import EMPTY, Line, Tone, line

FORMAT_VERSION = 1


def is_finished(receipt: Receipt, proof: Proof) -> bool:
    """Tell whether everything that was intended is done and read back as it should be, or awaits a hand."""
    return proof.is_whole and all(step.status in (Status.DONE, Status.AWAITING) for step in receipt.steps)


def resumed_lines(receipt: Receipt | None, proof: Proof) -> Iterator[Line]:
    """Yield what isn't done of an interrupted apply, each with why, and the last line."""
    if receipt is None:
        yield line(("Nothing to resume: no apply was interrupted.", Tone.BOLD))
        return
    counts = Counter(step.status for step in receipt.steps)
    if missed := [step for step in receipt.steps if step.status != Status.DONE]:
        yield EMPTY
        yield line(("Not done:", Tone.BOLD))
        yield from (_missed(step) for step in missed)
    if still := (*proof.remaining, *proof.unproven):
        yield EMPTY
        yield line(("Done, but not proven by reading back:", Tone.BOLD))
        yield from (line(f"  {neutral(address)}") for address in sorted(still))
    numbers = ", ".join(f"{count} {neutral(status)}" for status, count in sorted(counts.items()))
    taken = receipt.taken[-1] if receipt.taken else None
    verb = "Abandoned" if taken and taken.abandoned else "Resumed"
    further = "" if is_finished(receipt, proof) else " Plan again for what is left."
    yield line((f"{verb}: receipt {receipt.number} is complete ({numbers or 'nothing to do'}).{further}", Tone.BOLD))


def resumed_json(receipt: Receipt | None, proof: Proof) -> Json:
    """Return what became of an interrupted apply as JSON types."""
    return {
        "format_version": FORMAT_VERSION,
        "complete": receipt is None or is_finished(receipt, proof),
        "receipt": None if receipt is None else receipt.to_json(),
        "remaining": list(proof.remaining),
        "unproven": [{"address": address, "detail": why} for address, why in sorted(proof.unproven.items())],
    }


def waiting_text(silent: float, needed: float) -> str:
    """Return how far the wait is: a holder that may live elsewhere must be silent for ``needed`` seconds."""
    return f"Watching whether the holder is at work: silent for {silent:.0f} of {needed:.0f} s."


def _missed(step: Step) -> Line:
    detail = f": {neutral(step.detail)}" if step.detail else ""
    said = neutral(f"{step.action} {step.status}")
    return line((f"  {neutral(step.address)}: ", Tone.BOLD), (said, Tone.DANGER), detail)
