"""Kinds of which everything live agreed with the record when it was read last.

While the account gives the same mark for such a kind, and the record is the same, the record tells what is live. So of
what people entered nothing is kept here but that mark and a digest of what the record had.
"""

from collections.abc import Iterable, Mapping
from time import time

from reconciler.cache.cache import Cache
from reconciler.kinds import KINDS
from reconciler.model.address import Address
from reconciler.model.fields import Value, digest_of
from reconciler.model.groups import Group, groups_of
from reconciler.model.late import dataclass
from reconciler.model.state import Live, State

#: How many seconds after it was read a kind is believed.
BELIEVED = 24 * 3600
_SORT = "agreed"


@dataclass(frozen=True, slots=True)
class Agreed:
    """The kinds of one account at one place."""

    cache: Cache
    origin: str
    account: str

    def mark(self, kind: str, recorded: Mapping[Address, Value]) -> str:
        """Return the mark that a kind had when it agreed with what is ``recorded``, or an empty string."""
        match self.cache.find(_SORT, f"{self.origin} {self.account} {kind}"):
            case (int(at), str(mark), str(digest)):
                lately = 0 <= time() - at < BELIEVED
                return mark if lately and digest == _digest(kind, recorded) else ""
        return ""


def keep_agreed(cache: Cache, live: Live, kinds: Iterable[str], recorded: State) -> None:
    """Keep that these kinds agree with what is ``recorded`` while they have the marks that they have now."""
    groups = groups_of(recorded)
    for kind in kinds:
        entry = (int(time()), live.marks[kind], _digest(kind, groups.get(kind, {})))
        cache.keep(_SORT, f"{live.origin_of(kind)} {live.account} {kind}", entry)


def _digest(kind: str, recorded: Mapping[Address, Value]) -> str:
    if isinstance(recorded, Group) and recorded.id:
        return recorded.id
    to_json = KINDS[kind].to_json
    return digest_of({address: to_json(value) for address, value in recorded.items()})
