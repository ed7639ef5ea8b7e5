"""Whitelist entries: the static addresses that may log in to the portal; an empty list means no restriction."""

import ipaddress
from typing import Annotated, Any

from reconciler.kinds._fields import FieldsKind, Renamable, fields_of, plain_name
from reconciler.model.address import Address, join
from reconciler.model.change import Action, Risk
from reconciler.model.fields import Value
from reconciler.model.marks import BeforeValidator, WithJsonSchema, said
from reconciler.model.scalars import wrong_type, wrong_value

#: Private networks, loopback, link-local addresses, and those behind a provider's NAT (RFC 1918, 4193, 6598).
_PRIVATE = tuple(
    ipaddress.ip_network(network)
    for network in (
        *("10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16"),
        *("::1/128", "fc00::/7", "fe80::/10"),
    )
)


def canonical_ip(value: Any) -> str:
    """Return a single unicast address in its canonical spelling (RFC 5952); raises ``PydanticCustomError``."""
    try:
        network = ipaddress.ip_network(value if isinstance(value, str) else "", strict=True)
    except ValueError:
        raise wrong_type("an IP address", "Write a single IPv4 or IPv6 address, for example `203.0.113.7`.") from None
    if network.num_addresses != 1:
        raise wrong_value("The whitelist takes single addresses, not networks.", "Write one entry for each address.")
    address = network.network_address
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    if address.is_multicast or address.is_unspecified or str(address) == "255.255.255.255":
        raise wrong_value("Nobody can log in from this address.", "Write a unicast address.")
    return str(address)


class WhitelistEntryModel(Renamable):
    """One address that may log in."""

    address: Annotated[str, BeforeValidator(canonical_ip), WithJsonSchema({"type": "string"})] = said(
        description="A single static address."
    )


class WhitelistEntryKind(FieldsKind):
    """``whitelist: NAME``; in the account recognised by the address."""

    name = "whitelist_entry"
    title = "whitelist entry"
    path = ("whitelist", "*")
    model = WhitelistEntryModel
    natural_key = "address"

    def address(self, keys: tuple[str, ...]) -> Address:
        """Return ``whitelist_entry/NAME``."""
        return join(self.name, plain_name(keys[0]))

    def risk(self, action: Action, address: Address, before: Value | None, after: Value | None) -> Risk:
        """Return access, always."""
        return Risk.ACCESS


def admitted(value: Value) -> str:
    """Return the address that an entry admits."""
    return str(fields_of(value).value("address"))


def is_private(value: Value) -> bool:
    """Tell whether an entry admits an address from which nobody comes over the internet."""
    address = ipaddress.ip_address(admitted(value))
    return any(address in network for network in _PRIVATE if network.version == address.version)
