"""A name server that takes transfers and dynamic updates: BIND, Knot, PowerDNS and others."""

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from reconciler.model.address import group_of, join, split
from reconciler.model.change import Action
from reconciler.model.errors import AccountError, CacheLostError, IncompleteReadError
from reconciler.model.outcome import Status
from reconciler.model.providers import Rfc2136Provider
from reconciler.model.state import Live
from reconciler.nameserver.errors import ZoneRefusedError
from reconciler.nameserver.incoming import SERVER_MADE
from reconciler.nameserver.server import Key, Server
from reconciler.nameserver.transfer import transfer
from reconciler.nameserver.zone import RecordSet, Transfer
from reconciler.ports import Capabilities, Reader, Scope, Write, Writer, Written
from reconciler.providers._kept_zones import KeptZones
from reconciler.providers._provider import Access, Provider
from reconciler.providers._transfers import is_served, read_zones
from reconciler.providers._updates import Updates, count_parts
from reconciler.providers._zone_makers import Maker, comes_true, demand_plain, first_sets, maker_of

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
    return Rfc2136Writer(access)


def place(settings: Rfc2136Provider, folder: Path) -> str:
    """Return which server it is."""
    return f"dns:{settings.server.lower().removesuffix('.')}:{settings.port}"


class Rfc2136Reader:
    """Reads each zone that is declared or owned by transfer."""

    def __init__(self, access: Access) -> None:
        """Read with the key of the settings."""
        self._account = access.account
        self._settings: Rfc2136Provider = access.settings
        self._server = _server(access)
        self._maker = _maker(access)
        self._known = access.known
        self._kept = KeptZones(access.cache, self._server)

    @property
    def capabilities(self) -> Capabilities:
        """Zones and record sets with RDATA; zones are made where the settings say how."""
        return Capabilities(
            kinds=_KINDS,
            server_types=frozenset(SERVER_MADE.values()),
            makes_zones=self._maker is not None,
            no_zones_help=_CREATE_FIRST.format(key=self._settings.tsig.name),
            zone_hindrance=self._hindrance,
            parts=count_parts,
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
        zones = read_zones(self._server, scope.zones | scope.owned, self._known, self._kept)
        withheld = {
            join("record", zone): error.in_full
            for zone, error in zones.refused.items()
            if not self._is_gone(zone, error) and zone in scope.owned
        }
        asked = {join("record", zone) for zone in scope.zones | scope.owned}
        return Live(
            account=self._account,
            origin=self.origin,
            state=zones.state,
            complete=frozenset(asked - withheld.keys()) | (frozenset() if withheld else {"zone"}),
            withheld=withheld,
            proof=zones.proof,
            soas={zone: read.soa for zone, read in zones.there.items()},
        )

    def _hindrance(self, zone: str, action: Action) -> str:
        """Return why the server's program can't make or remove a zone; where it can't be asked, an apply tells."""
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


class Rfc2136Writer:
    """Writes each zone as one UPDATE, and makes and removes zones where the settings say how."""

    def __init__(self, access: Access) -> None:
        """Write with the key of the settings."""
        self._settings: Rfc2136Provider = access.settings
        self._server = _server(access)
        self._maker = _maker(access)
        self._known = access.known
        self._updates = Updates(self._server, access.known, self._first_sets)

    def prepare(self, domains: frozenset[str]) -> None:
        """Nothing has to be made ready."""

    def write(self, batch: tuple[Write, ...]) -> tuple[Written, ...]:
        """Carry out a batch: the record sets of one zone at once, and each zone by itself."""
        answers: dict[str, Written] = {}
        zones: dict[str, list[Write]] = {}
        for write in batch:
            if write.address.startswith("record/"):
                zones.setdefault(split(group_of(write.address))[1], []).append(write)
            else:
                answers[write.address] = self._write_zone(write)
        for zone, writes in zones.items():
            given = self._updates.write(zone, writes)
            answers |= {write.address: answer for write, answer in zip(writes, given, strict=True)}
        return tuple(answers[write.address] for write in batch)

    def _write_zone(self, write: Write) -> Written:
        """Make or remove a zone, and see that the server says so itself."""
        zone = split(write.address)[1]
        if self._maker is None:
            return Written(Status.FAILED, "Zones can't be made or removed from here.")
        there = self._maker.is_there(zone)
        read: Transfer | None = self._known.pop(zone, None)
        if write.action is not Action.DELETE:
            if there or is_served(self._server, zone):
                return Written(Status.CONFLICT, "It exists already.")
            self._maker.make(zone)
            done = comes_true(lambda: is_served(self._server, zone))
        else:
            if there is not False:
                if kept := self._maker.keeps(zone):
                    return Written(Status.FAILED, kept)
                if read is not None and not self._is_as_read(zone, read):
                    return Written(Status.CONFLICT, "Somebody changed records in it since it was read.")
                self._maker.remove(zone)
            done = comes_true(lambda: not is_served(self._server, zone))
        if done:
            return Written(Status.DONE)
        return Written(Status.FAILED, "The server's program says that it is done, but the server answers otherwise.")

    def _is_as_read(self, zone: str, read: Transfer) -> bool:
        try:
            return transfer(self._server, zone).records == read.records
        except CacheLostError:  # then nobody knows
            return False

    def _first_sets(self, zone: str) -> Mapping[tuple[str, str], RecordSet]:
        try:
            return first_sets(self._settings.zones, zone) if self._settings.zones else {}
        except AccountError:  # then it isn't one that was made from here
            return {}


def _server(access: Access) -> Server:
    settings: Rfc2136Provider = access.settings
    key = Key(settings.tsig.name, settings.tsig.algorithm, access.secrets["tsig.key"])
    return Server(settings.server, settings.port, key)


def _maker(access: Access) -> Maker | None:
    settings: Rfc2136Provider = access.settings
    return maker_of(settings.zones, access.folder, settings.tsig.name) if settings.zones else None


def _local_files(_settings: Any) -> tuple[str, ...]:
    return ()


#: The row of the table.
PROVIDER = Provider(open_reader, open_writer, _local_files, place)
