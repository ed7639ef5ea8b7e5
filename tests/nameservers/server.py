"""What every name server of the tests can do. Whatever it says about its zones is dnspython's word, not ours."""

import base64
import secrets
import signal
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self, TypeAlias

import dns.message
import dns.name
import dns.query
import dns.rdata
import dns.rdataset
import dns.rdatatype
import dns.tsig
import dns.tsigkeyring
import dns.update
import dns.xfr
import dns.zone

from nameservers.process import Process, demand, run

#: A record set: its owner relative to the zone (``@`` at the apex), type, TTL, and values in presentation form.
RecordSet: TypeAlias = tuple[str, str, int, tuple[str, ...]]
#: All record sets of a zone: owner and type -> TTL and sorted values.
Dump: TypeAlias = dict[tuple[str, str], tuple[int, tuple[str, ...]]]

DEFAULT_TTL = 3600
SOA = "ns.test. hostmaster.test. 1 10800 3600 604800 60"
NS = "ns.test."


@dataclass(frozen=True)
class Server:
    """How to reach a server, and the key that may transfer and update all its zones."""

    host: str
    port: int
    key_name: str
    algorithm: str
    secret: str

    @property
    def keyring(self) -> dict[dns.name.Name, dns.tsig.Key]:
        """The key as dnspython wants it."""
        return {dns.name.from_text(self.key_name): dns.tsig.Key(self.key_name, self.secret, f"{self.algorithm}.")}


def new_server(port: int) -> Server:
    """Return a place on this machine with a new key."""
    secret = base64.b64encode(secrets.token_bytes(32)).decode()
    return Server("127.0.0.1", port, "reconciler.", "hmac-sha256", secret)


class NameServer(ABC):
    """A server in a folder of its own; it is running from when it is made until ``stop``."""

    #: Its name, as tests ask for it.
    kind: str
    server: Server
    process: Process

    @abstractmethod
    def add_zone(self, zone: str, records: str | tuple[RecordSet, ...] = ()) -> None:
        """Make a zone (its name without the last dot) with SOA, NS and ``records``: lines of a master file, or sets."""

    @abstractmethod
    def remove_zone(self, zone: str) -> None:
        """Remove a zone and all that is in it."""

    def set(self, zone: str, name: str, rtype: str, ttl: int, *values: str) -> None:
        """Make a record set hold these values, as somebody does by hand; without values it is deleted."""
        message = self.update(zone)
        message.delete(name, rtype)
        for value in values:
            message.add(name, ttl, rtype, value)
        self.send(message)

    def update(self, zone: str) -> dns.update.UpdateMessage:
        """Return an UPDATE without content, which the server's key will sign."""
        return dns.update.UpdateMessage(
            zone,
            keyring=self.server.keyring,
            keyname=dns.name.from_text(self.server.key_name),
            keyalgorithm=dns.name.from_text(self.server.algorithm),
        )

    def send(self, message: dns.message.Message) -> None:
        """Send a message that must be taken."""
        answer = dns.query.tcp(message, self.server.host, port=self.server.port, timeout=10)
        assert answer.rcode() == 0, f"{answer}\n{self.process.tail()}"

    def transfer(self, zone: str) -> dns.zone.Zone:
        """Return the whole zone, by dnspython's own transfer; names are absolute."""
        found = dns.zone.Zone(zone, relativize=False)
        query, _ = dns.xfr.make_query(
            found,
            keyring=self.server.keyring,
            keyname=dns.name.from_text(self.server.key_name),
            keyalgorithm=dns.name.from_text(self.server.algorithm),
        )
        dns.query.inbound_xfr(self.server.host, found, query, port=self.server.port, timeout=10, lifetime=30)
        return found

    def dump(self, zone: str) -> Dump:
        """Return every record set but the SOA."""
        return dict(dumped(self.transfer(zone)))

    def dug(self, zone: str) -> Dump:
        """Return what :meth:`dump` does, as dig spells it: fast, for large zones that are compared as they are."""
        at = self.server
        key = f"{at.algorithm}:{at.key_name}:{at.secret}"
        dig = [
            demand("dig"),
            f"@{at.host}",
            "-p",
            str(at.port),
            "-y",
            key,
            zone,
            "AXFR",
            "+onesoa",
            "+noall",
            "+answer",
        ]
        found: dict[tuple[str, str], tuple[int, list[str]]] = {}
        lines = run([*dig, "+nocomments"]).splitlines()
        assert lines, f"{zone} has not been transferred\n{self.process.tail()}"
        for owner, ttl, _, rtype, value in (line.split(None, 4) for line in lines):
            name = owner.removesuffix(f"{zone}.").removesuffix(".") or "@"
            found.setdefault((name, rtype), (int(ttl), []))[1].append(value)
        assert found.pop(("@", "SOA"), None) is not None, lines[0]
        return {key: (ttl, tuple(sorted(values))) for key, (ttl, values) in found.items()}

    def serial(self, zone: str) -> int:
        """Return the zone's serial number."""
        found: int = self.transfer(zone).get_soa().serial
        return found

    def restart(self) -> None:
        """End the server in good order and start it again; what it holds stays."""
        self.process.stop()
        self.process.start()

    def kill(self) -> None:
        """End the server at once, as a loss of power does."""
        self.process.stop(signal.SIGKILL)

    def stop(self) -> None:
        """End the server."""
        self.process.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def record_sets(zone: str, records: str | tuple[RecordSet, ...]) -> tuple[RecordSet, ...]:
    """Return records given either way as sets with absolute names in their values, with an NS at the apex."""
    if isinstance(records, str):
        parsed = dns.zone.from_text(
            f"$TTL {DEFAULT_TTL}\n{records}\n", origin=f"{zone}.", relativize=False, check_origin=False
        )
        records = tuple((name, rtype, *data) for (name, rtype), data in dumped(parsed))
    if any((name, rtype) == ("@", "NS") for name, rtype, _, _ in records):
        return records
    return (("@", "NS", DEFAULT_TTL, (NS,)), *records)


def master_file(
    zone: str, records: str | tuple[RecordSet, ...], serial: int = 1, person: str = "hostmaster.test."
) -> str:
    """Return a zone as a master file with absolute names."""
    soa = SOA.replace(" 1 ", f" {serial} ").replace("hostmaster.test.", person)
    lines = [f"$ORIGIN {zone}.", f"@ {DEFAULT_TTL} IN SOA {soa}"]
    for name, rtype, ttl, values in record_sets(zone, records):
        lines += [f"{name} {ttl} IN {rtype} {value}" for value in values]
    return "\n".join(lines) + "\n"


def dumped(zone: dns.zone.Zone) -> Iterator[tuple[tuple[str, str], tuple[int, tuple[str, ...]]]]:
    """Yield each record set of a zone but its SOA."""
    for name, node in zone.nodes.items():
        owner = name.relativize(zone.origin or dns.name.root).to_text()
        for found in node.rdatasets:
            if found.rdtype != dns.rdatatype.SOA:
                yield (owner, _type(found)), (found.ttl, tuple(sorted(r.to_text() for r in found)))


def _type(found: dns.rdataset.Rdataset) -> str:
    if found.covers:
        return f"{dns.rdatatype.to_text(found.rdtype)}({dns.rdatatype.to_text(found.covers)})"
    return dns.rdatatype.to_text(found.rdtype)
