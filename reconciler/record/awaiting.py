"""What was approved and awaits a hand: each such change's seal, so that it needs no new approval while that is equal.

``awaiting.json`` has one line per address, sorted. What was skipped because it needs one of these stands there, too.
"""

import json
from collections.abc import Iterable, Mapping

from reconciler.model.address import Address
from reconciler.model.by_hand import Awaiting
from reconciler.model.outcome import Outcome, Status
from reconciler.model.plan import Plan

AWAITING = "awaiting.json"


def encode_awaiting(awaiting: Mapping[Address, Awaiting]) -> bytes | None:
    """Return the file, or None where there is nothing to say."""
    if not awaiting:
        return None
    lines = ",\n".join(f"{json.dumps(address)}:{json.dumps(list(awaiting[address]))}" for address in sorted(awaiting))
    return f"{{{lines}}}\n".encode("ascii")


def decode_awaiting(data: bytes | None) -> dict[Address, Awaiting]:
    """Return what :func:`encode_awaiting` wrote; raises ``ValueError`` or ``TypeError`` for anything else."""
    found = json.loads(data.decode("ascii")) if data else {}
    if not isinstance(found, dict):
        raise ValueError(f"{AWAITING} isn't what it should be")
    awaiting = {address: Awaiting(*entry) for address, entry in found.items()}
    if not all(type(one.seal) is str and type(one.receipt) is int for one in awaiting.values()):
        raise ValueError(f"{AWAITING} isn't what it should be")
    return awaiting


def still_planned(awaiting: Mapping[Address, Awaiting], plan: Plan) -> dict[Address, Awaiting]:
    """Return what still awaits a hand by a plan; one of a part of the account says nothing of the rest."""
    planned = {change.address for change in (*plan.changes, *plan.drift)}
    return {address: one for address, one in awaiting.items() if plan.options.only or address in planned}


def awaiting_after(
    before: Mapping[Address, Awaiting], outcomes: Iterable[Outcome], number: int
) -> dict[Address, Awaiting]:
    """Return what awaits a hand after receipt ``number``; what did before keeps the receipt that left it first."""
    after = dict(before)
    for outcome in outcomes:
        change = outcome.change
        known = after.pop(change.address, None)
        if outcome.status is Status.AWAITING or outcome.waits:
            first = known.receipt if known and known.seal == change.seal else number
            after[change.address] = Awaiting(change.seal, first)
    return after
