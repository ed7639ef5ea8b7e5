"""Seals: what an approval is bound to. No times, commits, counts, serials or versions of this program.

A change's seal covers what it would do, to what, from what, and the receipt that last touched the address, so that an
old approval never fits a new situation that only looks the same.
"""

from dataclasses import replace

from reconciler.kinds import KINDS
from reconciler.model.account import AccountConfig
from reconciler.model.address import Address, kind_of
from reconciler.model.change import Change
from reconciler.model.fields import Json, Value, digest_of
from reconciler.model.plan import SEAL_FORMAT, SealList
from reconciler.model.state import Applied, State


def seal_change(change: Change, account: str, origin: str, desired: State, applied: Applied) -> Change:
    """Return the change with its seal; ``desired`` gives the values that it refers to."""
    kind = KINDS[kind_of(change.address)]
    target = change.after if change.after is not None else change.before
    references = sorted(set(kind.references(change.address, target))) if target is not None else []
    provenance = applied.provenance.get(change.address)
    content = {
        "format": SEAL_FORMAT,
        "account": account,
        "origin": origin,
        "address": change.address,
        "action": change.action,
        "from": change.moved_from,
        "before": _sealed(change.address, change.before, applied.salt),
        "after": _sealed(change.address, change.after, applied.salt),
        "refers": {a: _sealed(a, desired[a], applied.salt) for a in references if a in desired},
        "receipt": provenance.receipt if provenance else 0,
    }
    return replace(change, seal=digest_of(content))


def context_of(config: AccountConfig, origin: str) -> str:
    """Return the digest of what an approval also depends on: the policy and where the account is."""
    return digest_of({"policy": config.policy.model_dump(mode="json"), "origin": origin})


def seal_list(account: str, context: str, batches: tuple[tuple[Change, ...], ...]) -> SealList:
    """Return the seal list of sealed changes."""
    return SealList(account, context, tuple(sorted(change.seal for batch in batches for change in batch)))


def _sealed(address: Address, value: Value | None, salt: str) -> Json:
    kind = KINDS[kind_of(address)]
    return None if value is None else kind.to_json(kind.sealed(value, salt))
