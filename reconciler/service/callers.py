"""From which address a request comes, also behind trusted proxies, and whether the whitelist admits it.

A proxy that is trusted adds the address that it sees to the end of ``X-Forwarded-For``. So the list is read from its
end, as far as each hop is a trusted one; the first that isn't is the caller. What stands further left anybody can have
written, and counts nothing.
"""

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import TypeAlias

from reconciler.kinds.whitelist_entry import admitted
from reconciler.model.fields import Value
from reconciler.service.settings import Network

IpAddress: TypeAlias = IPv4Address | IPv6Address


def plain_address(text: str) -> IpAddress:
    """Return an address; one of IPv4 that is mapped into IPv6 is that of IPv4. Raises ``ValueError``."""
    found = ip_address(text.strip())
    return found.ipv4_mapped or found if isinstance(found, IPv6Address) else found


def plain_network(text: str) -> Network:
    """Return a network or a single address; one that is mapped into IPv6 is that of IPv4. Raises ``ValueError``."""
    found = ip_network(text.strip())
    mapped = getattr(found.network_address, "ipv4_mapped", None)
    return ip_network(f"{mapped}/{found.prefixlen - 96}") if mapped and found.prefixlen >= 96 else found


def caller_of(peer: str, forwarded: Sequence[str], proxies: Sequence[Network]) -> IpAddress:
    """Return who calls: ``peer`` at the other end of the connection, or whom a trusted proxy speaks for.

    ``forwarded`` are all ``X-Forwarded-For`` headers in order. Raises ``ValueError`` for what is no address.
    """
    hops = [hop for header in forwarded for hop in header.split(",")]
    found = plain_address(peer)
    while hops and _is_trusted(found, proxies):
        found = plain_address(hops.pop())
    return found


def _is_trusted(address: IpAddress, proxies: Iterable[Network]) -> bool:
    return any(address in network for network in proxies if network.version == address.version)


def admits(entries: Sequence[Value], caller: IpAddress) -> bool:
    """Tell whether whitelist entries admit the caller; without entries everybody is admitted."""
    return not entries or any(plain_address(admitted(entry)) == caller for entry in entries)


def is_public(host: str) -> bool:
    """Tell whether callers from anywhere may come to an address where the service listens."""
    try:
        found = plain_address(host)
    except ValueError:
        return True
    return found.is_global or found.is_unspecified
