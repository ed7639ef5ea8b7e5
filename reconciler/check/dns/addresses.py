"""Rules over addresses: what is public leads somewhere that the public can reach."""

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from ipaddress import ip_address, ip_network
from typing import NamedTuple

from reconciler.check.dns.finding import finding
from reconciler.check.dns.zone import RecordSet
from reconciler.check.dns.zones import Zones
from reconciler.model.diagnostic import Diagnostic


class _Ranges(NamedTuple):
    """The first and the last addresses of networks in their order, as on the wire, and the octets they begin with."""

    firsts: list[bytes]
    lasts: list[bytes]
    octets: frozenset[int]


def _ranges(*networks: str) -> _Ranges:
    found = sorted(map(ip_network, networks), key=lambda network: network.network_address.packed)
    firsts, lasts = [one.network_address.packed for one in found], [one.broadcast_address.packed for one in found]
    octets = (octet for first, last in zip(firsts, lasts, strict=True) for octet in range(first[0], last[0] + 1))
    return _Ranges(firsts, lasts, frozenset(octets))


_PRIVATE = {
    "A": _ranges("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16"),
    "AAAA": _ranges("fc00::/7", "fe80::/10"),
}
_NOWHERE = {
    "A": _ranges(
        *("0.0.0.0/8", "127.0.0.0/8", "192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4"),
        "240.0.0.0/4",
    ),
    "AAAA": _ranges("::/128", "::1/128", "100::/64", "2001:db8::/32", "3fff::/20", "ff00::/8"),
}


def documentation_address(zones: Zones) -> Iterator[Diagnostic]:
    """Yield each address in a public zone that leads nowhere."""
    for one, address in _within(zones, _NOWHERE):
        detail = f"{one.name} has {address}, which nobody can reach."
        remedy = "Write the address that is meant, or delete the record."
        yield finding(zones, "documentation-address", one, detail, remedy)


def private_address(zones: Zones) -> Iterator[Diagnostic]:
    """Yield each address in a public zone that is private."""
    for one, address in _within(zones, _PRIVATE):
        detail = f"{one.name} has {address}, which is private."
        yield finding(zones, "private-address", one, detail, "Move it to a zone for inside, unless it is meant.")


def _within(zones: Zones, networks: Mapping[str, _Ranges]) -> Iterator[tuple[RecordSet, str]]:
    """Yield the record sets of a public zone with each address that is in one of the networks."""
    zone = zones.zone
    for rtype, (firsts, lasts, octets) in networks.items() if zone.is_public else ():
        for address, owner, value in zone.types.get(rtype, ()):
            for wire in value.values:
                if wire[0] not in octets or not isinstance(wire, bytes):
                    continue
                if (at := bisect_right(firsts, wire)) and wire <= lasts[at - 1]:
                    yield RecordSet(address, zone.name, owner, rtype, value), str(ip_address(wire))
