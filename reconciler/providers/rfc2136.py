"""A name server that takes transfers and dynamic updates: BIND, Knot, PowerDNS and others."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reconciler.model.address import Address, join
from reconciler.model.change import Action, Change
from reconciler.model.errors import AccountError, IncompleteReadError
from reconciler.model.fields import Value
from reconciler.model.providers import Rfc2136Provider
from reconciler.model.state import Live
from reconciler.nameserver.errors import ZoneRefusedError
from reconciler.nameserver.message import SERVER_MADE
from reconciler.ports import Capabilities, Reader, Scope, Writer
from reconciler.providers._kept_zones import KeptZones
from reconciler.providers._provider import Access, Provider
from reconciler.providers._transfers import read_zones, server_of

if TYPE_CHECKING:
    from reconciler.providers._zone_makers import Maker

_KINDS = frozenset({"zone", "record"})
_CREATE_FIRST = (
    "Make it there with an SOA and an NS record, let the key {key} transfer and update it, and plan again; or say "
    "under `zones` of the provider how zones are made (docs/providers.md)."
)


def open_reader(access: Access) -> Reader:
    """Return the reader of the name server; nothing is sent yet."""
    return Rfc2136Reader(access)


def open_writer(access: Access) -> Writer:
    """Return the writer of the name server; nothing is sent yet."""
    from reconciler.providers._rfc2136_writing import Rfc2136Writer

    return Rfc2136Writer(access)


def place(settings: Rfc2136Provider, folder: Path) -> str:
    """Return which server it is."""
    return f"dns:{settings.server.lower().removesuffix('.')}:{settings.port}"


class Rfc2136Reader:
    """Reads each zone that is declared or owned by transfer."""

    def __init__(self, access: Access) -> None:
        """Read with the key of the settings."""
        self._access = access
        self._settings: Rfc2136Provider = access.settings
        self._server = server_of(access)
        self._kept = KeptZones(access.cache, self._server)

    @property
    def capabilities(self) -> Capabilities:
        """Zones and record sets with RDATA; zones are made where the settings say how."""
        return Capabilities(
            kinds=_KINDS,
            server_types=frozenset(SERVER_MADE.values()),
            makes_zones=self._settings.zones is not None,
            no_zones_help=_CREATE_FIRST.format(key=self._settings.tsig.name),
            zone_hindrance=self._hindrance,
            parts=_count_parts,
            lists_zones=False,
        )

    @property
    def origin(self) -> str:
        """``rfc2136:`` with the server and its port."""
        return f"rfc2136:{self._server}"

    def read(self, scope: Scope) -> Live:
        """Return each zone of ``scope``; one that was read before and has the same serial is unchanged.

        A zone that the server refuses isn't there where nobody owns it, or where the server's own program says so;
        otherwise it is withheld. Raises ``IncompleteReadError``, ``AuthenticationError`` or ``AccountError``.
        """
        zones = read_zones(self._server, scope.zones | scope.owned, self._access.known, self._kept)
        withheld = {
            join("record", zone): error.in_full
            for zone, error in zones.refused.items()
            if not self._is_gone(zone, error) and zone in scope.owned
        }
        asked = {join("record", zone) for zone in scope.zones | scope.owned}
        return Live(
            account=self._access.account,
            origin=self.origin,
            state=zones.state,
            complete=frozenset(asked - withheld.keys()) | (frozenset() if withheld else {"zone"}),
            withheld=withheld,
            proof=zones.proof,
            soas={zone: read.soa for zone, read in zones.there.items()},
        )

    @cached_property
    def _maker(self) -> "Maker | None":
        from reconciler.providers._rfc2136_writing import maker

        return maker(self._access)

    def _hindrance(self, zone: str, action: Action) -> str:
        """Return why the server's program can't make or remove a zone; where it can't be asked, an apply tells."""
        from reconciler.providers._zone_makers import demand_plain

        try:
            demand_plain(zone)
        except AccountError as error:
            return error.in_full
        if self._maker is None or action is not Action.DELETE:
            return ""
        with suppress(AccountError):
            return self._maker.keeps(zone)
        return ""

    def _is_gone(self, zone: str, refused: ZoneRefusedError) -> bool:
        """Tell whether the server's own program says that it hasn't a zone; raises where it says that it has."""
        try:
            there = self._maker.is_there(zone) if self._maker else None
        except AccountError:
            return False
        if there:
            raise IncompleteReadError(f"{refused} It has the zone.", "Let the key transfer it.")
        return there is False


def _count_parts(changes: Sequence[Change], sets: Mapping[Address, Value]) -> int:
    from reconciler.providers._updates import count_parts

    return count_parts(changes, sets)


def _local_files(_settings: Any) -> tuple[str, ...]:
    return ()


#: The row of the table.
PROVIDER = Provider(open_reader, open_writer, _local_files, place)
