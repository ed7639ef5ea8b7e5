"""Rules over addresses: what is public leads somewhere that the public can reach."""

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from reconciler.check.dns.finding import finding
from reconciler.check.dns.zones import RecordSet, Zones
from reconciler.model.diagnostic import Diagnostic

#: The first octets of addresses that may be special, so that most are passed over at once.
_SUSPECT_V4 = frozenset({0, 10, 100, 127, 169, 172, 192, 198, 203, *range(224, 256)})
_SUSPECT_V6 = frozenset({0x00, 0x01, 0x20, 0x3F, 0xFC, 0xFD, 0xFE, 0xFF})
_PRIVATE = tuple(map(IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16")))
_PRIVATE_V6 = tuple(map(IPv6Network, ("fc00::/7", "fe80::/10")))
_NOWHERE = tuple(
    map(
        IPv4Network,
        ("0.0.0.0/8", "127.0.0.0/8", "192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3"),
    )
)
_NOWHERE_V6 = tuple(map(IPv6Network, ("::/128", "::1/128", "100::/64", "2001:db8::/32", "3fff::/20", "ff00::/8")))


def documentation_address(zones: Zones) -> Iterator[Diagnostic]:
    """Yield each address in a public zone that leads nowhere."""
    for one, address in _suspect(zones):
        if _is_in(address, _NOWHERE, _NOWHERE_V6):
            remedy = "Write the address that is meant, or delete the record."
            yield finding(
                zones, "documentation-address", one, f"{one.name} has {address}, which nobody can reach.", remedy
            )


def private_address(zones: Zones) -> Iterator[Diagnostic]:
    """Yield each address in a public zone that is private."""
    for one, address in _suspect(zones):
        if _is_in(address, _PRIVATE, _PRIVATE_V6):
            remedy = "Move it to a zone for inside, unless it is meant."
            yield finding(zones, "private-address", one, f"{one.name} has {address}, which is private.", remedy)


def _is_in(address: IPv4Address | IPv6Address, four: tuple[IPv4Network, ...], six: tuple[IPv6Network, ...]) -> bool:
    return any(address in network for network in (four if isinstance(address, IPv4Address) else six))


def _suspect(zones: Zones) -> Iterator[tuple[RecordSet, IPv4Address | IPv6Address]]:
    for zone in zones.by_name.values():
        if not zone.is_public:
            continue
        for rtype, firsts in (("A", _SUSPECT_V4), ("AAAA", _SUSPECT_V6)):
            for one in zone.types.get(rtype, ()):
                yield from ((one, ip_address(wire)) for wire in one.wires() if wire[0] in firsts)
