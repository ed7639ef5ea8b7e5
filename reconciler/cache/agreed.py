"""Kinds of which everything live agreed with the record when it was read last.

While the account gives the same mark for such a kind, and the record is the same, the record tells what is live. So of
what people entered nothing is kept here but that mark and a digest of what the record had.
"""

from collections.abc import Mapping
from time import time

from reconciler.cache.age import is_believed
from reconciler.cache.cache import Cache
from reconciler.kinds import KINDS
from reconciler.model.address import Address
from reconciler.model.fields import Fields, Value, digest_of
from reconciler.model.groups import Group, groups_of
from reconciler.model.late import dataclass
from reconciler.model.state import Live, State

_SORT = "agreed"


@dataclass(frozen=True, slots=True)
class Agreed:
    """The kinds of one account at one place."""

    cache: Cache
    origin: str
    account: str

    def find(self, kind: str, recorded: Mapping[Address, Value]) -> tuple[str, Mapping[Address, Fields]] | None:
        """Return the mark that a kind had when it agreed with what is ``recorded``, and what that doesn't say of it.

        None where it isn't known to have agreed.
        """
        match self.cache.find(_SORT, f"{self.origin} {self.account} {kind}"):
            case (int(at), str(mark), str(digest), list(unsaid)):
                if is_believed(at) and digest == _digest(kind, recorded):
                    return mark, {address: Fields(pairs) for address, pairs in unsaid}
        return None


def keep_agreed(cache: Cache, live: Live, kinds: Mapping[str, Mapping[Address, Fields]], recorded: State) -> None:
    """Keep that kinds agree with what is ``recorded`` while they have the marks that they have now.

    ``kinds`` has of each what the record doesn't say of it; nothing personal is among that.
    """
    groups = groups_of(recorded)
    for kind, unsaid in kinds.items():
        told = [(address, tuple(more)) for address, more in unsaid.items()]
        entry = (int(time()), live.marks[kind], _digest(kind, groups.get(kind, {})), told)
        cache.keep(_SORT, f"{live.origin_of(kind)} {live.account} {kind}", entry)


def _digest(kind: str, recorded: Mapping[Address, Value]) -> str:
    if isinstance(recorded, Group) and recorded.id:
        return recorded.id
    to_json = KINDS[kind].to_json
    return digest_of({address: to_json(value) for address, value in recorded.items()})
