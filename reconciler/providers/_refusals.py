"""Which record sets of an UPDATE a server refuses: it only says that it refuses the whole.

Nothing is written while we look. Each question is an UPDATE that demands a SOA which no zone has, so it can't take
effect; a server that looks at what is wanted before it looks at what is demanded (BIND and Knot look at rights, BIND at
names and the form of data too) refuses it all the same. By halving, that leads to each culprit. What a server finds out
only while it writes can't be found like this: then all are named as candidates.
"""

from collections.abc import Sequence
from dataclasses import field

from reconciler.model.errors import AuthenticationError
from reconciler.model.late import dataclass
from reconciler.nameserver.cutting import SetChange, bare
from reconciler.nameserver.errors import ZoneRefusedError, rcode_text
from reconciler.nameserver.server import Server
from reconciler.nameserver.update import send

NXRRSET = 8
#: Names and numbers that no zone's SOA has.
_NOWHERE = bytes(22)
#: How often a server is asked at most about one batch.
_MOST = 200
_SHOWN = 5
_THAW = "or thaw it if it is frozen (`rndc thaw`)"


@dataclass(slots=True)
class Search:
    """A search for what ``server`` refuses in ``zone``, after it answered ``rcode`` to all of it."""

    server: Server
    zone: str
    rcode: int
    _asked: int = field(default=0)

    def run(self, changes: Sequence[SetChange]) -> dict[SetChange, str]:
        """Return each culprit with a sentence; of several candidates all, where nobody can tell them apart."""
        said = rcode_text(self.rcode)
        if not self._passes(()):
            why = f"The name server refuses every update of {self.zone} ({said}): let the key update it there, {_THAW}."
            return dict.fromkeys(changes, why)
        culprits = self._among(list(changes)) if len(changes) == 1 or not self._passes(changes) else []
        if culprits:
            return dict.fromkeys(culprits, f"The name server refuses this record set ({said}); its log says why.")
        names = ", ".join(f"{change.owner} {change.rtype}" for change in changes[:_SHOWN])
        more = f" and {len(changes) - _SHOWN} more" if len(changes) > _SHOWN else ""
        why = f"The name server refuses these together ({said}), and only its log says which: {names}{more}."
        return dict.fromkeys(changes, why)

    def _among(self, changes: list[SetChange]) -> list[SetChange]:
        """Return the culprits among changes that the server refuses together."""
        if len(changes) == 1:
            return changes
        middle = len(changes) // 2
        halves = (changes[:middle], changes[middle:])
        return [culprit for half in halves if not self._passes(half) for culprit in self._among(half)]

    def _passes(self, changes: Sequence[SetChange]) -> bool:
        """Tell whether the server has nothing against changes, as far as it says so without making them."""
        self._asked += 1
        if self._asked > _MOST:
            return True
        part = bare(self.zone, changes)
        try:
            return send(self.server, self.zone, part, _NOWHERE) in (0, NXRRSET)
        except (AuthenticationError, ZoneRefusedError):
            return False
