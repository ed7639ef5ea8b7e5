"""Knot DNS, with its configuration in a database so that zones are added and removed while it runs."""

from pathlib import Path

from nameservers.process import Process, demand, free_port, ran, run
from nameservers.server import DEFAULT_TTL, NS, SOA, NameServer, RecordSet, new_server, record_sets

PROGRAMS = ("knotd", "knotc")

_CONFIG = """\
server:
    rundir: "{folder}/run"
    listen: 127.0.0.1@{port}
    udp-workers: 1
    tcp-workers: 1
    background-workers: 1
database:
    storage: "{folder}/db"
log:
  - target: stderr
    any: info
key:
  - id: {key_name}
    algorithm: {algorithm}
    secret: {secret}
acl:
  - id: program
    key: {key_name}
    action: [transfer, update]
template:
  - id: default
    storage: "{folder}/zones"
    acl: program
    zonefile-sync: -1
    zonefile-load: none
    journal-content: all
    serial-policy: increment
"""


class Knot(NameServer):
    """A running knotd; ``control`` is knotc's command line."""

    kind = "knot"

    def __init__(self, folder: Path) -> None:
        """Start it in an empty folder."""
        for name in ("run", "db", "zones"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.server = new_server(free_port())
        (folder / "knot.conf").write_text(_CONFIG.format(folder=folder, **vars(self.server)))
        database = str(folder / "confdb")
        run([demand("knotc"), "-C", database, "conf-import", str(folder / "knot.conf")])
        self.control = (demand("knotc"), "-s", str(folder / "run" / "knot.sock"))
        self.process = Process([demand("knotd"), "-C", database], folder, lambda: ran([*self.control, "status"]))
        self.process.start()

    def add_zone(self, zone: str, records: str | tuple[RecordSet, ...] = ()) -> None:
        """Make the zone with its SOA, and fill it by an UPDATE."""
        self._do(("conf-begin",), ("conf-set", f"zone[{zone}]"), ("conf-commit",), abort=("conf-abort",))
        soa = ("zone-set", zone, "@", str(DEFAULT_TTL), "SOA", *SOA.split())
        ns = ("zone-set", zone, "@", str(DEFAULT_TTL), "NS", NS)
        self._do(("zone-begin", zone), soa, ns, ("zone-commit", zone), abort=("zone-abort", zone))
        message = self.update(zone)
        for name, rtype, ttl, values in record_sets(zone, records):
            for value in values:
                message.add(name, ttl, rtype, value)
            if (name, rtype) == ("@", "NS") and NS not in values:
                message.delete(name, rtype, NS)
        self.send(message)

    def remove_zone(self, zone: str) -> None:
        """Forget the zone's data, then the zone."""
        run([*self.control, "-f", "zone-purge", zone])
        self._do(("conf-begin",), ("conf-unset", f"zone[{zone}]"), ("conf-commit",), abort=("conf-abort",))

    def _do(self, *commands: tuple[str, ...], abort: tuple[str, ...]) -> None:
        """Carry out commands of one transaction; after one that fails the next could not begin."""
        try:
            for command in commands:
                run([*self.control, *command])
        except AssertionError:
            ran([*self.control, *abort])
            raise
