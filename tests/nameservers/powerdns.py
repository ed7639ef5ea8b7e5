"""PowerDNS with its database in one file and its HTTP API; the server either takes updates by RFC 2136 or doesn't."""

import json
import sqlite3
import urllib.error
import urllib.request
from collections import defaultdict
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote

import dns.name
import dns.rdata

from nameservers.process import Process, demand, free_port
from nameservers.server import SOA, NameServer, RecordSet, new_server, record_sets

PROGRAMS = ("pdns_server",)
SCHEMA = Path("/usr/share/pdns-backend-sqlite3/schema/schema.sqlite3.sql")

_CONFIG = """\
launch=gsqlite3
gsqlite3-database={folder}/pdns.sqlite3
gsqlite3-dnssec=yes
gsqlite3-pragma-synchronous=0
local-address=127.0.0.1
local-port={port}
socket-dir={folder}
daemon=no
guardian=no
webserver=yes
webserver-address=127.0.0.1
webserver-port={api_port}
webserver-allow-from=127.0.0.1
api=yes
api-key={api_key}
dnsupdate={updates}
allow-dnsupdate-from=127.0.0.1
allow-axfr-ips=
only-notify=
primary=yes
security-poll-suffix=
cache-ttl=0
query-cache-ttl=0
negquery-cache-ttl=0
zone-cache-refresh-interval=0
zone-metadata-cache-ttl=0
default-soa-content={soa}
"""


class Powerdns(NameServer):
    """A running pdns_server; with ``updates`` it takes them for every zone that is made here."""

    kind = "powerdns"

    def __init__(self, folder: Path, updates: bool = True) -> None:
        """Start it in an empty folder."""
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.updates = updates
        self.server = new_server(free_port())
        api_port = free_port()
        self.api_url = f"http://127.0.0.1:{api_port}"
        self.api_key = "the-api-key-of-a-test"
        words = {"api_port": api_port, "api_key": self.api_key, "updates": "yes" if updates else "no", "soa": SOA}
        (folder / "pdns.conf").write_text(_CONFIG.format(folder=folder, port=self.server.port, **words))
        with closing(sqlite3.connect(folder / "pdns.sqlite3")) as database:
            database.executescript(SCHEMA.read_text(encoding="utf-8"))
        command = [demand("pdns_server"), f"--config-dir={folder}"]
        self.process = Process(command, folder, self._is_ready)
        self.process.start()
        key = {"name": self.server.key_name, "algorithm": self.server.algorithm, "key": self.server.secret}
        self.api("POST", "/tsigkeys", key)

    def add_zone(self, zone: str, records: str | tuple[RecordSet, ...] = ()) -> None:
        """Make the zone with all that is in it, and let the key transfer and update it."""
        self.api(
            "POST",
            "/zones",
            {
                "name": f"{zone}.",
                "kind": "Native",
                "soa_edit_api": "INCREASE",
                "master_tsig_key_ids": [self.server.key_name],
                "nameservers": [],
                "rrsets": [_rrset(zone, *found) for found in record_sets(zone, records)],
            },
        )
        if self.updates:
            self.metadata(zone, "TSIG-ALLOW-DNSUPDATE", self.server.key_name)
            self.metadata(zone, "SOA-EDIT-DNSUPDATE", "INCREASE")

    def admit(self, zone: str) -> None:
        """Name the key among those of the zone."""
        self.api("PUT", f"/zones/{_id(zone)}", {"master_tsig_key_ids": [self.server.key_name]})

    def remove_zone(self, zone: str) -> None:
        """Delete the zone."""
        self.api("DELETE", f"/zones/{_id(zone)}")

    def set(self, zone: str, name: str, rtype: str, ttl: int, *values: str) -> None:
        """Make a record set hold these values; without values it is deleted."""
        changed = {**_rrset(zone, name, rtype, ttl, values), "changetype": "REPLACE" if values else "DELETE"}
        self.api("PATCH", f"/zones/{_id(zone)}", {"rrsets": [changed]})

    def metadata(self, zone: str, kind: str, *values: str) -> None:
        """Set what the server keeps about a zone beside its records."""
        self.api("PUT", f"/zones/{_id(zone)}/metadata/{kind}", {"kind": kind, "metadata": list(values)})

    def comments(self, zone: str) -> dict[tuple[str, str], tuple[str, ...]]:
        """Return what is noted beside record sets."""
        found: dict[tuple[str, str], tuple[str, ...]] = defaultdict(tuple)
        for rrset in self.api("GET", f"/zones/{_id(zone)}")["rrsets"]:
            if rrset["comments"]:
                owner = dns.name.from_text(rrset["name"]).relativize(dns.name.from_text(zone)).to_text()
                found[owner, rrset["type"]] = tuple(comment["content"] for comment in rrset["comments"])
        return dict(found)

    def api(self, method: str, path: str, body: Any = None) -> Any:
        """Ask the API; what it refuses is an assertion error with its words."""
        request = urllib.request.Request(
            f"{self.api_url}/api/v1/servers/localhost{path}",
            data=None if body is None else json.dumps(body).encode(),
            headers={"X-API-Key": self.api_key, "Content-Type": "application/json"},
            method=method,
        )
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                text = answer.read()
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{method} {path}: {error.code} {error.read().decode()}") from None
        return json.loads(text) if text else None

    def _is_ready(self) -> bool:
        try:
            self.api("GET", "")
        except (OSError, AssertionError):
            return False
        return True


def _rrset(zone: str, name: str, rtype: str, ttl: int, values: tuple[str, ...]) -> dict[str, Any]:
    origin = dns.name.from_text(zone)
    contents = [dns.rdata.from_text("IN", rtype, value, origin=origin, relativize=False).to_text() for value in values]
    return {
        "name": dns.name.from_text(name, origin).to_text(),
        "type": rtype,
        "ttl": ttl,
        "records": [{"content": content, "disabled": False} for content in contents],
    }


def _id(zone: str) -> str:
    """Return a zone's name in the API's addresses, where ``=2F`` stands for a slash."""
    return quote(f"{zone}.", safe="").replace("%", "=")
