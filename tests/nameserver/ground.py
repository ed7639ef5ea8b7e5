"""The servers of the tests as ours, and what they hold in the words of both sides."""

from collections.abc import Mapping

import dns.name
import dns.rdata
import dns.zone

from nameservers import NameServer
from reconciler.kinds.record_show import value_text
from reconciler.kinds.record_text import wire_value
from reconciler.model.secret import Secret
from reconciler.nameserver.cutting import SetChange
from reconciler.nameserver.message import SERVER_MADE
from reconciler.nameserver.server import Key, Server
from reconciler.nameserver.zone import RecordSet, Transfer


def ours(nameserver: NameServer, timeout: float = 10.0, **changes: str) -> Server:
    """Return a server of the tests, with its key or one that differs."""
    its = nameserver.server
    key = Key(
        changes.get("name", its.key_name),
        changes.get("algorithm", its.algorithm),
        Secret(changes.get("secret", its.secret)),
    )
    return Server(its.host, its.port, key, timeout)


def record_set(rtype: str, ttl: int, *texts: str) -> RecordSet:
    """Return a record set of presentation texts."""
    return RecordSet(ttl, tuple(sorted(wire_value(rtype, text) for text in texts)))


def create(owner: str, rtype: str, ttl: int, *texts: str) -> SetChange:
    """Return the creation of a record set."""
    return SetChange(owner, rtype, None, record_set(rtype, ttl, *texts))


def shown(transfer: Transfer) -> dict[tuple[str, str], tuple[int, tuple[str, ...]]]:
    """Return what we read as dnspython spells it."""
    return {
        (name, rtype): (found.ttl, tuple(sorted(value_text(rtype, value) for value in found.values)))
        for (name, rtype), found in transfer.records.items()
    }


def canonical_dump(zone: dns.zone.Zone) -> Mapping[tuple[str, str], tuple[int, tuple[bytes, ...]]]:
    """Return what dnspython read, through our own way from presentation text."""
    found = {}
    for name, node in zone.items():
        owner = name.relativize(zone.origin).to_text().lower()
        for rdataset in node.rdatasets:
            rtype = dns.rdatatype.to_text(rdataset.rdtype)
            if rtype not in SERVER_MADE.values():
                values = tuple(sorted({wire_value(rtype, rdata.to_text()) for rdata in rdataset}))
                found[owner, rtype] = (rdataset.ttl, values)
    return found
