"""How the service is run: what stands before it, and its limits."""

from dataclasses import field
from ipaddress import IPv4Network, IPv6Network
from typing import TypeAlias

from reconciler.model.late import dataclass

Network: TypeAlias = IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one caller may ask for.

    ``body`` counts octets and ``body_seconds`` how long one may take to come; ``page`` counts entries; a token may
    make ``burst`` requests at once and ``rate`` in each second; an address may show ``failures`` wrong tokens at once
    and one in each second.
    """

    body: int = 32 * 2**20
    body_seconds: float = 60.0
    page: int = 1000
    rate: float = 100.0
    burst: int = 400
    failures: int = 20


@dataclass(frozen=True, slots=True)
class Settings:
    """``proxies`` are believed what they say in ``X-Forwarded-For``; nobody else is.

    ``private_addresses`` says whether the whitelist may name addresses of loopback and private networks.
    """

    proxies: tuple[Network, ...] = ()
    private_addresses: bool = False
    limits: Limits = field(default_factory=Limits)

    @property
    def is_bare(self) -> bool:
        """Whether anybody may come, and nothing is known to end TLS before it."""
        return not self.private_addresses and not self.proxies
