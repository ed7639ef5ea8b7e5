"""Times a transfer of a large zone from BIND, ours and dnspython's: ``python tests/nameserver/measure.py [100000]``.

CPU seconds of this process are what counts: name server and network take a fraction of a second.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import dns.query
import dns.xfr
import dns.zone

from nameserver.ground import ours
from nameservers import Bind
from reconciler.nameserver.cutting import SetChange, cut, encoded
from reconciler.nameserver.transfer import transfer

ZONE = "large.test"
_SETS = (
    ("h{n}", "A", "192.0.{n3}.{n2}"),
    ("h{n}", "AAAA", "2001:db8::{n2:x}:{n3:x}"),
    ("h{n}", "MX", "10 mail{n2}.example.net."),
    ("h{n}", "TXT", '"v=spf1 include:_spf{n}.example.net -all"'),
    ("w{n}", "CNAME", "h{n}"),
    ("_sip._tcp.h{n}", "SRV", "0 5 5060 h{n}"),
    ("h{n}", "CAA", '0 issue "ca.example.net"'),
    ("d{n}", "NS", "ns{n2}.example.com."),
    ("p{n}", "PTR", "h{n}.example.net."),
    ("x{n}", "A", "192.0.2.{n2}"),
)


def main() -> None:
    """Print a table."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    sets = []
    for number in range(-(-count // len(_SETS))):
        words = {"n": number, "n2": number % 200, "n3": number // 200 % 200}
        sets += [(owner.format(**words), rtype, 300, (value.format(**words),)) for owner, rtype, value in _SETS]
    with tempfile.TemporaryDirectory() as folder, Bind(Path(folder)) as bind:
        bind.add_zone(ZONE, tuple(sets))
        found = transfer(ours(bind), ZONE)
        changes = [SetChange(owner, rtype, None, held) for (owner, rtype), held in found.records.items()]
        _timed("transfer to canonical values", lambda: transfer(ours(bind), ZONE))
        _timed("the same by dnspython into its zone", lambda: _theirs(bind), 1)
        _timed("UPDATE of all, cut and encoded", lambda: [encoded(ZONE, p, 1, found.soa) for p in cut(ZONE, changes)])
    sys.stdout.write(f"{len(found.records):,} record sets\n")


def _theirs(bind: Bind) -> None:
    zone = dns.zone.Zone(ZONE, relativize=False)
    its = bind.server
    query, _ = dns.xfr.make_query(zone, keyring=its.keyring, keyname=its.key_name, keyalgorithm=f"{its.algorithm}.")
    dns.query.inbound_xfr(its.host, zone, query, port=its.port, timeout=60, lifetime=600)


def _timed(what: str, act: Callable[[], object], times: int = 3) -> None:
    best = float("inf")
    for _ in range(times):
        started = time.process_time()
        act()
        best = min(best, time.process_time() - started)
    sys.stdout.write(f"{what:<40}{best:>8.2f} s of CPU\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
