"""The table of providers of DNS, each with a way to change its zones by hand and to see what it really holds.

A provider's row says how ``account.yaml`` names it and where its other side is; what it can do is asked of it alone.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, TypeAlias

import dns.name
import dns.rdata
import pytest

from nameservers import NS, Bind, Knot, NameServer, Powerdns
from nameservers.server import Dump, RecordSet
from providers.bridged import key_of, settings_of
from reconciler.kinds.record import RecordValue, texts
from reconciler.model.address import decode_part, split
from reconciler.store import by_hand
from reconciler.store.account import Store

#: Types whose values are names, of which letters count as equal in both cases.
_NAMES = frozenset({"CNAME", "DNAME", "MX", "NS", "PTR"})


class Back(Protocol):
    """One provider as the story sees it: what ``account.yaml`` says, the credentials, and the other side."""

    #: What stands under ``providers: dns``.
    settings: Mapping[str, Any]
    environ: Mapping[str, str]

    def begin(self, zone: str) -> None:
        """Make the zone, where the provider can't."""

    def hand(self, zone: str, name: str, rtype: str, ttl: int, *values: str) -> None:
        """Make a record set hold these values behind the program's back; without values, delete it."""

    def held(self, zone: str) -> Dump:
        """Return every record set but SOA, as the other side tells it."""


class Embedded:
    """The account in one file."""

    environ: Mapping[str, str] = {}

    def __init__(self, folder: Path) -> None:
        self.settings = {"type": "embedded", "path": str(folder / "dns.db")}
        self._store = Store(folder / "dns.db")

    def begin(self, zone: str) -> None:
        """The first apply makes it."""

    def hand(self, zone: str, name: str, rtype: str, ttl: int, *values: str) -> None:
        address = f"record/{zone}/{name}/{rtype}"
        if not values:
            by_hand.delete(self._store, address)
            return
        (value,) = values
        by_hand.set_fields(self._store, address, {"ttl": str(ttl), "value": value})

    def held(self, zone: str) -> Dump:
        """Return what the store reads."""
        contents = self._store.read()
        assert contents is not None
        return {
            (decode_part(name), decode_part(rtype)): (value.ttl, canonical(zone, rtype, texts(value)))
            for address, value in contents.state.items()
            if isinstance(value, RecordValue)
            for _, held_in, name, rtype in [split(address)]
            if held_in == zone
        }


@dataclass
class OnServer:
    """A provider whose other side is a name server, which dnspython asks."""

    server: NameServer
    settings: Mapping[str, Any] = field(default_factory=dict)
    environ: Mapping[str, str] = field(default_factory=dict)
    makes_zones: bool = False

    def begin(self, zone: str) -> None:
        if not self.makes_zones:
            self.server.add_zone(zone)

    def hand(self, zone: str, name: str, rtype: str, ttl: int, *values: str) -> None:
        self.server.set(zone, name, rtype, ttl, *values)

    def held(self, zone: str) -> Dump:
        if self.makes_zones and isinstance(self.server, Powerdns):
            self.server.admit(zone)
        found = self.server.dump(zone)
        return {(name, rtype): (ttl, canonical(zone, rtype, values)) for (name, rtype), (ttl, values) in found.items()}


Opened: TypeAlias = Callable[[pytest.FixtureRequest], Back]
_Row: TypeAlias = tuple[Opened, tuple[str, ...]]


def canonical(zone: str, rtype: str, values: tuple[str, ...] | list[str]) -> tuple[str, ...]:
    """Return values in dnspython's spelling, sorted, so that equal ones are equal; texts are one string each."""
    return tuple(sorted(_spelt(zone, rtype, value) for value in values))


def _spelt(zone: str, rtype: str, value: str) -> str:
    if rtype == "ALIAS":
        return value
    if rtype == "TXT" and len(value) > 60_000:  # as one string, because a scalar holds no more than 64 KiB
        return value.replace('" "', "").strip('"').encode().hex()
    rdata = dns.rdata.from_text("IN", rtype, value, origin=dns.name.from_text(zone), relativize=False)
    if rtype in ("TXT", "SPF"):
        return b"".join(rdata.strings).hex()
    return str(rdata.to_text().lower() if rtype in _NAMES else rdata.to_text())


def expected(zone: str, sets: tuple[RecordSet, ...]) -> Dump:
    """Return what a zone must hold when these record sets are declared."""
    return {(name, rtype): (ttl, canonical(zone, rtype, values)) for name, rtype, ttl, values in sets}


def _tsig(server: NameServer) -> dict[str, Any]:
    return {"name": server.server.key_name, "algorithm": server.server.algorithm, "key": {"secret": "env/TSIG_KEY"}}


def _embedded(request: pytest.FixtureRequest) -> Back:
    return Embedded(request.getfixturevalue("tmp_path"))


def _rfc2136(kind: str, zones: Callable[[Any], Mapping[str, Any]] | None = None) -> Opened:
    """Return a row on a server; ``zones`` says how the provider makes zones there, otherwise the story does."""

    def opened(request: pytest.FixtureRequest) -> Back:
        server: NameServer = request.getfixturevalue(kind)
        where = {"type": "rfc2136", "server": server.server.host, "port": server.server.port}
        making = {"zones": {"primary": NS, **zones(server)}} if zones else {}
        settings = {**where, "tsig": _tsig(server), **making}
        return OnServer(server, settings, {"TSIG_KEY": server.server.secret}, makes_zones=zones is not None)

    return opened


def _octodns(kind: str) -> Opened:
    def opened(request: pytest.FixtureRequest) -> Back:
        server: NameServer = request.getfixturevalue(kind)
        return OnServer(server, settings_of(server), {"KEY": key_of(server)})

    return opened


def _powerdns(kind: str, *, makes_zones: bool = False) -> Opened:
    """Return a row on PowerDNS over its HTTP interface, with updates where the server takes them."""

    def opened(request: pytest.FixtureRequest) -> Back:
        server: Powerdns = request.getfixturevalue(kind)
        at = server.server
        settings: dict[str, Any] = {"type": "powerdns", "url": server.api_url, "api_key": {"secret": "env/API_KEY"}}
        if server.updates:
            settings["update"] = {"server": at.host, "port": at.port, "tsig": _tsig(server)}
        if makes_zones:
            settings["nameservers"] = [NS]
        environ = {"API_KEY": server.api_key, "TSIG_KEY": at.secret}
        return OnServer(server, settings, environ, makes_zones)

    return opened


def _rndc(server: Bind) -> Mapping[str, Any]:
    return {"rndc": {"directory": str(server.folder), "config": str(server.folder / "rndc.conf")}}


def _knotc(server: Knot) -> Mapping[str, Any]:
    return {"knotc": {"socket": server.control[-1]}}


#: Each provider, for every test: what opens its other side, and the servers that it needs.
_ROWS: Mapping[str, _Row] = {
    "embedded": (_embedded, ()),
    "rfc2136-bind": (_rfc2136("bind"), ("bind",)),
    "rfc2136-knot": (_rfc2136("knot"), ("knot",)),
    "rfc2136-powerdns": (_rfc2136("powerdns"), ("powerdns",)),
    "powerdns-api": (_powerdns("powerdns_api"), ("powerdns",)),
    "octodns-bind": (_octodns("bind"), ("bind",)),
    "octodns-powerdns": (_octodns("powerdns_api"), ("powerdns",)),
}
#: The same providers in another way, of which only the story is told.
_WAYS: Mapping[str, _Row] = {
    "rfc2136-bind-rndc": (_rfc2136("bind", _rndc), ("bind",)),
    "powerdns-update": (_powerdns("powerdns"), ("powerdns",)),
    "powerdns-api-zones": (_powerdns("powerdns_api", makes_zones=True), ("powerdns",)),
    "rfc2136-knot-knotc": (_rfc2136("knot", _knotc), ("knot",)),
}


def _parameters(rows: Mapping[str, _Row]) -> list[Any]:
    return [
        pytest.param(opened, id=name, marks=[pytest.mark.needs_server(*servers)] if servers else [])
        for name, (opened, servers) in rows.items()
    ]


BACKS = _parameters(_ROWS)
WAYS = _parameters({**_ROWS, **_WAYS})
