"""Seals: what an approval is bound to. No times, commits, counts, serials or versions of this program.

A change's seal covers what it would do, to what, from what, and the receipt that last touched the address, so that an
old approval never fits a new situation that only looks the same.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from reconciler.kinds import KINDS
from reconciler.model.account import AccountConfig
from reconciler.model.address import Address, kind_of
from reconciler.model.change import Change
from reconciler.model.fields import Json, Value, digest_of
from reconciler.model.late import dataclass
from reconciler.model.seals import SEAL_FORMAT, SealList
from reconciler.model.state import Applied, State
from reconciler.planner.groups import Group


@dataclass(frozen=True, slots=True)
class Sealing:
    """What a seal covers beside the change itself.

    ``origin_of`` gives the provider's origin of a kind, ``desired`` and ``live`` the values that a change refers to,
    ``zones`` what is in each live zone.
    """

    account: str
    origin_of: Callable[[str], str]
    applied: Applied
    desired: State
    live: State
    zones: Mapping[str, Group]

    def sealed(self, change: Change) -> Change:
        """Return the change with its seal."""
        provenance = self.applied.provenance.get(change.moved_from or change.address)
        content = [
            SEAL_FORMAT,
            self.account,
            self.origin_of(kind_of(change.address)),
            change.address,
            change.action.value,
            self._json(change.address, change.before),
            self._json(change.address, change.after),
            {address: self._json(address, value) for address, value in self._referred(change).items()},
            provenance.receipt if provenance else self.applied.gone.get(change.address, 0),
            *([change.quote.to_json()] if change.quote else []),
        ]
        return replace(change, seal=digest_of(content))

    def _referred(self, change: Change) -> dict[Address, Value | None]:
        """Return the values that a change refers to: a moved entry's own, a zone's content, and its references."""
        if change.covers:
            return dict(self.zones.get(change.covers.removesuffix("/"), {}))
        found: dict[Address, Value | None] = {change.moved_from: change.before} if change.moved_from else {}
        value = change.after if change.after is not None else change.before
        if value is not None:
            for address in KINDS[kind_of(change.address)].references(change.address, value):
                known = self.desired.get(address, self.live.get(address))
                if known is not None:
                    found[address] = known
        return found

    def _json(self, address: Address, value: Value | None) -> Json:
        if value is None:
            return None
        kind = KINDS[kind_of(address)]
        return kind.to_json(kind.sealed(value, self.applied.salt))


def context_of(config: AccountConfig, origin: str, others: Iterable[str]) -> str:
    """Return the digest of what an approval also depends on: the policy, and where the account is in all its parts."""
    policy = config.policy.model_dump(exclude_none=True)
    del policy["links"]  # it decides what is shown, never what is done
    if not config.policy.silence:
        del policy["silence"]  # approvals are older than this key
    return digest_of([policy, [origin, *sorted({*others} - {origin})]])


def list_seals(account: str, context: str, batches: tuple[tuple[Change, ...], ...]) -> SealList:
    """Return the seal list of sealed changes."""
    return SealList(account, context, tuple(sorted(change.seal for batch in batches for change in batch)))
