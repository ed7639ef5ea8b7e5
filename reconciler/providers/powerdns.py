"""PowerDNS as a provider: zones and records over its HTTP interface.

_http               one origin, no redirects, limits
_powerdns_zones     reading, and the proof that it is all
_powerdns_words     its spelling of records, and what its refusals mean
_powerdns_writing   record sets: compared, sent, read back
_powerdns_updates   record sets of a server that takes updates
_powerdns_making    zones: created and removed
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import quote, urlsplit

from reconciler.kinds.record_text import load_type
from reconciler.model.address import Address, group_of, join, kind_of, split
from reconciler.model.errors import AccountError, AuthenticationError
from reconciler.model.fields import Fields
from reconciler.model.outcome import Status
from reconciler.model.providers import PowerdnsProvider, UpdateAddress
from reconciler.model.state import Live
from reconciler.model.text import neutral
from reconciler.nameserver.server import Key, Server
from reconciler.ports import Capabilities, Reader, Scope, Write, Writer, Written
from reconciler.providers._http import Api, Connection
from reconciler.providers._powerdns_making import ZoneMaker
from reconciler.providers._powerdns_updates import UpdatedZone, count_updates
from reconciler.providers._powerdns_writing import ZoneBatch, count_parts
from reconciler.providers._powerdns_zones import OTHER_TYPES, SERVER_TYPES, Zone, Zones, list_zones
from reconciler.providers._provider import Access, Provider
from reconciler.web.connection import NO_HURRY, Limits

_MAKE_THEM = "Name the servers of new zones as `nameservers` of the provider in account.yaml, or do it in PowerDNS."


def capabilities(settings: PowerdnsProvider) -> Capabilities:
    """Return what a server can hold: records with RDATA and ALIAS, no LUA; zones where it knows their NS records."""
    return Capabilities(
        kinds=frozenset({"record", "zone"}),
        other_types=OTHER_TYPES,
        server_types=SERVER_TYPES,
        makes_zones=bool(settings.nameservers),
        no_zones_help=_MAKE_THEM,
        parts=count_updates if settings.update else lambda changes, _: count_parts(changes),
    )


def open_reader(access: Access) -> Reader:
    """Return the reader of a server; raises ``AuthenticationError`` for a key that can't be one."""
    return PowerdnsReader(api_of(access), access.account, access.settings, zones_of(access))


def open_writer(access: Access) -> Writer:
    """Return the writer of a server; raises ``AccountError`` or ``AuthenticationError`` where it can't be asked."""
    return PowerdnsWriter(api_of(access), access.settings, zones_of(access), updates_of(access))


def place(settings: PowerdnsProvider, folder: Path) -> str:
    """Return which server it is, however its address is spelt."""
    parts = urlsplit(settings.url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    return f"powerdns:{parts.hostname}:{port}{parts.path}:{settings.server_id}"


class PowerdnsReader:
    """Reads all zones of a server that can be written there."""

    def __init__(self, api: Api, account: str, settings: PowerdnsProvider, zones: Zones) -> None:
        """Read through ``api``; ``zones`` remembers what was read in this run."""
        self._api = api
        self._account = account
        self._settings = settings
        self._zones = zones

    @property
    def capabilities(self) -> Capabilities:
        """Zones and records."""
        return capabilities(self._settings)

    @property
    def origin(self) -> str:
        """``powerdns:`` and where its interface is, and where it takes updates if it does."""
        server = "" if self._settings.server_id == "localhost" else f" server {self._settings.server_id}"
        update = self._settings.update
        return f"powerdns:{self._settings.url}{server}" + (f" update {update.server}:{update.port}" if update else "")

    def read(self, scope: Scope) -> Live:
        """Return every zone; raises ``IncompleteReadError``, ``AccountError`` or ``AuthenticationError``."""
        named = scope.zones | scope.owned
        with self._api.connected() as server:
            zones = self._zones.read_all(server, named)
        _demand_readable(zones, named)
        addresses = {name: join("zone", name) for name in zones}
        return Live(
            account=self._account,
            origin=self.origin,
            state=dict.fromkeys(addresses.values(), Fields())
            | {address: value for zone in zones.values() for address, value in zone.sets.items()},
            versions={addresses[name]: zone.digest for name, zone in zones.items()},
            complete=frozenset({"zone", *(join("record", name) for name, zone in zones.items() if not zone.unread)}),
            soas={name: zone.soa for name, zone in zones.items() if zone.soa},
        )


class PowerdnsWriter:
    """Writes zones and record sets, those of one zone at once."""

    def __init__(self, api: Api, settings: PowerdnsProvider, zones: Zones, updates: Server | None) -> None:
        """Write through ``api`` and by ``updates``; raises ``AccountError`` where it can't be asked now."""
        self._api = api
        self._zones = zones
        self._updates = updates
        self._maker = ZoneMaker(zones, settings)
        load_type("SOA")  # each zone that is made or written is read with its own, and none may have been until then
        with api.connected() as server:
            list_zones(server)

    def prepare(self, domains: frozenset[str]) -> None:
        """Nothing has to be made ready."""

    def write(self, batch: tuple[Write, ...]) -> tuple[Written, ...]:
        """Carry out a batch, one transaction a zone; after one that isn't done, the others are skipped."""
        found: dict[Address, Written] = {}
        hindrance = ""
        with self._api.connected() as server:
            for group, writes in _by_group(batch):
                if hindrance:
                    found |= {write.address: Written(Status.SKIPPED, hindrance) for write in writes}
                    continue
                found |= self._written(server, group, writes)
                missed = next((w.address for w in writes if found[w.address].status is not Status.DONE), None)
                hindrance = f"It goes together with {missed}, which was not done." if missed else ""
        return tuple(found[write.address] for write in batch)

    def _written(self, server: Connection, group: str, writes: Sequence[Write]) -> Mapping[Address, Written]:
        if kind_of(group) == "zone":
            return {write.address: self._maker.write(server, write) for write in writes}
        zone = split(group)[1]
        batch = ZoneBatch(server, self._zones, zone, self._maker.made.get(zone, {}))
        return UpdatedZone(batch, self._updates).write(writes) if self._updates else batch.write(writes)


def _by_group(batch: Sequence[Write]) -> list[tuple[str, list[Write]]]:
    found: dict[str, list[Write]] = {}
    for write in batch:
        group = group_of(write.address) if kind_of(write.address) == "record" else write.address
        found.setdefault(group, []).append(write)
    return list(found.items())


def _demand_readable(zones: Mapping[str, Zone], named: frozenset[str]) -> None:
    """Raise ``AccountError`` for data in zones that are declared or ours and that nobody could read."""
    found = [f"  {neutral(text)}" for name in sorted(named & zones.keys()) for text in zones[name].unread]
    if found:
        remedy = "Correct or delete them in PowerDNS; until then nothing is concluded about their zones."
        raise AccountError("The server has record data that can't be read:", remedy, found[:20])


def zones_of(access: Access) -> Zones:
    """Return what the reader and the writer of one run know of the zones."""
    zones: Zones = access.known.setdefault("zones", Zones())
    return zones


def api_of(access: Access, limits: Limits = NO_HURRY) -> Api:
    """Return the server's interface; raises ``AuthenticationError`` for a key that can't be one."""
    settings: PowerdnsProvider = access.settings
    key = access.secrets["api_key"].reveal()
    if not (key.isascii() and key.isprintable()) or key != key.strip() or not key:
        raise AuthenticationError("The secret behind `api_key` can't be a key of PowerDNS.", "Correct the secret.")
    base = f"{settings.url}/api/v1/servers/{quote(settings.server_id, safe='')}"
    return Api(base, {"X-API-Key": key}, "api_key", limits, sent=access.sent)


def updates_of(access: Access) -> Server | None:
    """Return where the server takes updates, if the settings say that it does."""
    update: UpdateAddress | None = access.settings.update
    if update is None:
        return None
    key = Key(update.tsig.name, update.tsig.algorithm, access.secrets["update.tsig.key"])
    return Server(update.server, update.port, key)


#: The row of the table.
PROVIDER = Provider(open_reader, open_writer, lambda settings: (), place)
