"""The primary of the zones: as it was read, or as it is supposed to be where it can't be.

When the primary is down the other servers are what everybody asks, so they are still asked; only the serials that they
should have are unknown then.
"""

from collections.abc import Mapping

from reconciler.model.errors import AccountError
from reconciler.model.late import dataclass
from reconciler.model.state import Desired, Live
from reconciler.ports import Reader, Scope
from reconciler.verify.servers import Targets

_UNREAD = "The primary can't be read, so nobody knows the serials that the others should have. {}"


@dataclass(frozen=True, slots=True)
class Primary:
    """What the primary holds; ``error`` says why that couldn't be read, if so, and ``live`` is what is declared."""

    live: Live
    error: AccountError | None = None

    @property
    def unknown(self) -> Mapping[str, str]:
        """Why it couldn't be asked, by where it is."""
        return {self.live.origin: _UNREAD.format(self.error.in_full)} if self.error else {}

    def demand_others(self, found: Targets) -> None:
        """Raise why the primary can't be read, where there is no other server to ask."""
        if self.error and not any(found.zones.values()):
            raise self.error


def read_primary(reader: Reader, zones: frozenset[str], desired: Desired) -> Primary:
    """Return the primary with these zones; raises ``AuthenticationError``, which somebody has to mend first."""
    try:
        return Primary(reader.read(Scope.of_zones(zones)))
    except AccountError as error:
        return Primary(Live(desired.config.account, reader.origin, desired.state), error)
