"""A PowerDNS of the tests as an account of ours, directly or through somebody in between who spoils what is said."""

import http.client
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from listening import Handler, listening
from nameservers import Powerdns
from reconciler.kinds import KINDS
from reconciler.kinds.record import RecordValue
from reconciler.model.address import Address, kind_of
from reconciler.model.change import Action
from reconciler.model.fields import Fields, Value
from reconciler.model.providers import PowerdnsProvider
from reconciler.model.secret import Secret
from reconciler.model.state import Live
from reconciler.ports import Scope, Write, Written
from reconciler.providers._provider import Access
from reconciler.providers.powerdns import PowerdnsReader, PowerdnsWriter, api_of, updates_of, zones_of
from reconciler.web.connection import Limits

QUICK = Limits(silence=2.0, seconds=5.0, octets=4 * 2**20, pause=0.001)


@dataclass
class PowerdnsAccount:
    """The server as a provider: what ``read`` finds, and what ``write`` makes of a batch."""

    url: str
    key: str
    tsig: str
    settings: dict[str, Any] = field(default_factory=dict)
    known: dict[str, Any] = field(default_factory=dict)
    limits: Limits = QUICK

    @property
    def access(self) -> Access:
        """What the provider is opened with."""
        given = {"type": "powerdns", "url": self.url, "api_key": {"secret": "env/PDNS_KEY"}, **self.settings}
        settings = PowerdnsProvider.model_validate({"nameservers": ["ns.test."], **given})
        secrets = {"api_key": Secret(self.key), "update.tsig.key": Secret(self.tsig)}
        return Access("K-104711", settings, Path(), secrets, self.known)

    def read(self, *zones: str) -> Live:
        """Return what it holds, ``zones`` being declared."""
        access = self.access
        reader = PowerdnsReader(api_of(access, self.limits), access.account, access.settings, zones_of(access))
        return reader.read(Scope(zones=frozenset(zones)))

    def sets(self, zone: str) -> dict[Address, RecordValue]:
        """Return the record sets of one zone."""
        prefix = f"record/{zone}/"
        return {a: v for a, v in self.read(zone).state.items() if a.startswith(prefix) and isinstance(v, RecordValue)}

    def write(self, *batch: Write) -> tuple[Written, ...]:
        """Carry out a batch."""
        access = self.access
        writer = PowerdnsWriter(api_of(access, self.limits), access.settings, zones_of(access), updates_of(access))
        writer.prepare(frozenset())
        return writer.write(batch)


def account(server: Powerdns, **settings: Any) -> PowerdnsAccount:
    """Return a server as an account."""
    return PowerdnsAccount(server.api_url, server.api_key, server.server.secret, settings)


def updated(server: Powerdns, **settings: Any) -> PowerdnsAccount:
    """Return a server as an account whose records are written by updates."""
    to = server.server
    tsig = {"name": to.key_name, "algorithm": to.algorithm, "key": {"secret": "env/TSIG_KEY"}}
    return account(server, update={"server": to.host, "port": to.port, "tsig": tsig}, **settings)


def record(address: Address, *values: Any, ttl: int = 300) -> RecordValue:
    """Return a record set's value, of what people write."""
    value = KINDS["record"].parse(address, {"ttl": ttl, "values": list(values)})
    assert isinstance(value, RecordValue)
    return value


def create(address: Address, *values: Any, **more: Any) -> Write:
    """Return the creation of a record set, or of a zone."""
    return change(address, None, record(address, *values) if kind_of(address) == "record" else Fields(), **more)


def change(address: Address, before: Value | None, after: Value | None, **more: Any) -> Write:
    """Return a write from one value to another."""
    action = Action.CREATE if before is None else Action.DELETE if after is None else Action.UPDATE
    return Write(action, address, before, after, key=f"key of {address}", **more)


@dataclass(frozen=True)
class Reply:
    """An answer on its way, of as many octets as are announced; it ``drips`` with a pause after each octet."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)
    announced: int | None = None
    drips: float = 0.0


Spoil = Callable[[str, str, Reply], Reply]


@dataclass
class Between:
    """Who stands between: each answer goes through ``spoil``, and ``asked`` has what was asked for."""

    url: str = ""
    spoil: Spoil = lambda method, path, reply: reply
    before: Callable[[str, str], Reply | None] = lambda method, path: None
    asked: list[tuple[str, str]] = field(default_factory=list)


@contextmanager
def between(server: Powerdns) -> Iterator[Between]:
    """Stand between a server and whoever asks."""
    place, upstream = Between(), urlsplit(server.api_url)

    class Spoiling(Handler):
        wbufsize = 0  # octets drip one by one

        def do(self) -> None:
            sent = self.body()
            path = self.path.removeprefix("/api/v1/servers/localhost")
            place.asked.append((self.command, path))
            reply = place.before(self.command, path) or place.spoil(self.command, path, self._asked(sent))
            self.send_response(reply.status)
            for name, text in reply.headers.items():
                self.send_header(name, text)
            self.send_header("Content-Length", str(len(reply.body) if reply.announced is None else reply.announced))
            self.end_headers()
            if not reply.drips:
                self.wfile.write(reply.body)
                return
            with suppress(OSError):  # whoever asked has gone away
                for octet in reply.body:
                    self.wfile.write(bytes((octet,)))
                    time.sleep(reply.drips)

        def _asked(self, sent: bytes) -> Reply:
            connection = http.client.HTTPConnection(upstream.hostname or "", upstream.port, timeout=10)
            kept = {name: text for name, text in self.headers.items() if name.lower() in ("x-api-key", "content-type")}
            connection.request(self.command, self.path, sent or None, kept)
            found = connection.getresponse()
            return Reply(found.status, found.read(), {"Content-Type": found.headers.get("Content-Type", "")})

    with listening(Spoiling) as place.url:
        yield place


def with_body(reply: Reply, make: Callable[[Any], Any]) -> Reply:
    """Return an answer with other JSON in it."""
    return replace(reply, body=json.dumps(make(json.loads(reply.body))).encode())
