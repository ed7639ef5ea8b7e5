"""Commit messages of the record: a line for people, the changes, and trailers for programs.

``Reconciler-Tree`` repeats the id of the commit's tree, so that a file altered by hand (``git commit --amend``, a
merge, a foreign commit) is noticed even before anything is signed.
"""

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING

from reconciler.model.address import Address
from reconciler.model.change import Action
from reconciler.model.outcome import Status
from reconciler.model.text import neutral

if TYPE_CHECKING:
    from reconciler.model.by_hand import Attestation
    from reconciler.model.look import Look
    from reconciler.model.receipt import Receipt, Step

ACCOUNT = "Reconciler-Account"
TREE = "Reconciler-Tree"
NUMBER = "Reconciler-Receipt"
PHASE = "Reconciler-Phase"
SNAPSHOT = "Reconciler-Snapshot"
#: The phase of a commit by which somebody attests what they saw, between two applies.
ATTESTATION = "attestation"
_SHOWN = 50
_VERBS = {"intent": ("to add", "to change", "to destroy"), "outcome": ("added", "changed", "destroyed")}


def apply_message(receipt: "Receipt", tree: str) -> str:
    """Return the message of an intent's or an outcome's commit, whose tree is ``tree``."""
    lines = [_line(step) for step in receipt.steps[:_SHOWN]]
    if len(receipt.steps) > _SHOWN:
        lines.append(f"and {len(receipt.steps) - _SHOWN} more")
    trailers = {
        ACCOUNT: receipt.account,
        NUMBER: str(receipt.number),
        PHASE: receipt.phase,
        "Reconciler-Config": receipt.config_commit,
        "Reconciler-Seal": receipt.seal,
        TREE: tree,
    }
    taken = f" (taken over by {receipt.holder.who})" if receipt.taken else ""
    return _message(f"Apply {receipt.number}: {_summary(receipt)}{taken}", lines, trailers)


def beat_message(receipt: "Receipt", intent: str, count: int) -> str:
    """Return the message of the commit by which the holder of ``intent`` shows that it lives; ``count`` counts them."""
    text = "Whoever applies replaces this commit every half minute. It is a sign of life and says nothing else."
    told = {ACCOUNT: receipt.account, "Reconciler-Intent": intent, "Reconciler-Beat": str(count)}
    return _message(f"Apply {receipt.number} is at work", [text], told)


def attest_message(account: str, number: int, commit: str, seen: "Mapping[Address, Attestation]", tree: str) -> str:
    """Return the message of what people saw after receipt ``number``, compared with the configuration ``commit``."""
    lines = [f"{'-' if seen[address].value is None else '='} {neutral(address)}" for address in sorted(seen)[:_SHOWN]]
    if len(seen) > _SHOWN:
        lines.append(f"and {len(seen) - _SHOWN} more")
    told = {ACCOUNT: account, NUMBER: str(number), PHASE: ATTESTATION, "Reconciler-Config": commit, TREE: tree}
    return _message(f"Attest {len(seen)} resource{'' if len(seen) == 1 else 's'} as seen", lines, told)


def root_message(account: str) -> str:
    """Return the message of the record's first, empty commit."""
    text = "Each apply adds two commits: what it intends, and what became of it. Don't edit or rewrite this branch."
    return _message(f"Begin the record of account {account}", [text], {ACCOUNT: account})


def snapshot_message(account: str, stands_on: str) -> str:
    """Return the message of a snapshot of files that aren't committed; see ``record.order`` for ``stands_on``."""
    text = "These files were applied as they were in the folder; no commit of the repository held exactly them."
    return _message(f"Snapshot of account {account}", [text], {SNAPSHOT: stands_on})


def look_message(account: str, look: "Look") -> str:
    """Return the message of the commit that leaves the trace of a look."""
    found = f"{look.drift} changed by hand, {look.both} in git, too" if look.drift or look.both else ""
    count = look.expectations
    unmet = f"{count} expectation{'' if count == 1 else 's'} not met" if count else ""
    details = ", ".join(part for part in (found, unmet, look.error) if part)
    return _message(f"Look: {look.result}{f' ({details})' if details else ''}", [], {ACCOUNT: account})


def trailers(message: str) -> dict[str, str]:
    """Return the trailers that end a message."""
    last = message.rstrip("\n").rpartition("\n\n")[2]
    pairs = (line.partition(": ") for line in last.split("\n"))
    return {name: value for name, colon, value in pairs if colon}


def _message(subject: str, body: list[str], trailers: Mapping[str, str]) -> str:
    ending = "\n".join(f"{name}: {value}" for name, value in trailers.items())
    return "\n\n".join((neutral(subject), *(["\n".join(body)] if body else []), ending)) + "\n"


def _line(step: "Step") -> str:
    result = f" ({step.status})" if step.status not in ("", Status.DONE) else ""
    price = f": {neutral(step.price)}" if step.price else ""
    was = f" (was {neutral(step.moved_from)})" if step.moved_from else ""
    return f"{Action(step.action).symbol} {neutral(step.address)}{was}{result}{price}"


def _summary(receipt: "Receipt") -> str:
    counted = [s for s in receipt.steps if receipt.phase == "intent" or s.status == Status.DONE]
    actions = Counter(step.action for step in counted)
    numbers = (
        actions[Action.CREATE] + actions[Action.REPLACE],
        actions[Action.UPDATE],
        actions[Action.DELETE] + actions[Action.REPLACE],
    )
    parts = [f"{number} {verb}" for number, verb in zip(numbers, _VERBS[receipt.phase], strict=True)]
    if submitted := actions[Action.SUBMIT]:
        parts.append(f"{submitted} {'to submit' if receipt.phase == 'intent' else 'submitted'}")
    if others := actions[Action.MOVE] + actions[Action.FORGET]:
        parts.append(f"{others} moved or let go")
    if learnt := receipt.owned + receipt.advanced + receipt.dropped:
        parts.append(f"{learnt} in the record only")
    if missing := len(receipt.steps) - len(counted):
        parts.append(f"{missing} not done")
    return ", ".join(parts)
