"""The record sets of the Musterfirma: web, mail and machines of each domain."""

import base64
from collections.abc import Iterator
from itertools import count, islice
from typing import Any, NamedTuple

from reconciler.demo.firm import HOME, Booked, Firm
from reconciler.demo.words import MACHINES

#: Where mail to all domains goes, and from where it comes.
MAIL_HOST = f"mail.{HOME}."


class RecordSet(NamedTuple):
    """A record set of a zone, as octoDNS would write it."""

    zone: str
    name: str
    rtype: str
    ttl: int
    values: tuple[str, ...]

    @property
    def data(self) -> dict[str, Any]:
        """What the kind reads."""
        return {"ttl": self.ttl, "values": self.values}


def record_sets(firm: Firm) -> Iterator[RecordSet]:
    """Yield as many record sets as the firm's shape says, spread evenly over its domains."""
    each, more = divmod(firm.shape.records, firm.shape.domains)
    for place, domain in enumerate(firm.domains):
        yield from islice(_of_domain(firm, domain), each + (place < more))


def _of_domain(firm: Firm, domain: Booked) -> Iterator[RecordSet]:
    """Yield the record sets of a domain without end, what it can't do without first."""
    for name, rtype, ttl, *values in (*_first(firm, domain.name), *_mail_programs(), *_more(firm, domain.name)):
        yield RecordSet(domain.name, str(name), str(rtype), int(ttl), tuple(map(str, values)))
    for number in count(1):
        machine, round_ = MACHINES[(number - 1) % len(MACHINES)], (number - 1) // len(MACHINES)
        name = f"{machine}-{round_ + 1}" if round_ else machine
        yield RecordSet(domain.name, name, "A", 3600, (_ipv4(firm, domain.name, name),))
        if number % 5 == 0:
            yield RecordSet(domain.name, name, "AAAA", 3600, (_ipv6(firm, domain.name, name),))


def _first(firm: Firm, zone: str) -> Iterator[tuple[str | int, ...]]:
    yield "", "A", 3600, _ipv4(firm, zone, "")
    if zone == HOME:
        yield "mail", "A", 3600, _ipv4(firm, zone, "mail")
    yield "", "MX", 3600, f"10 {MAIL_HOST}"
    yield (
        "",
        "TXT",
        3600,
        "v=spf1 mx -all",
        *(("google-site-verification=" + _token(firm, zone),) if zone == HOME else ()),
    )
    yield "_dmarc", "TXT", 3600, r"v=DMARC1\; p=quarantine\; adkim=s\; aspf=s"
    yield "www", "CNAME", 3600, f"{zone}."
    yield "", "AAAA", 3600, _ipv6(firm, zone, "")


def _mail_programs() -> Iterator[tuple[str | int, ...]]:
    for service, port in (("_imaps", 993), ("_submissions", 465)):
        yield f"{service}._tcp", "SRV", 86400, f"0 1 {port} {MAIL_HOST}"
    yield "autoconfig", "CNAME", 86400, MAIL_HOST


def _more(firm: Firm, zone: str) -> Iterator[tuple[str | int, ...]]:
    yield "", "CAA", 86400, '0 issue "letsencrypt.org"', f'0 iodef "mailto:info@{zone}"'
    yield "2026._domainkey", "TXT", 3600, rf"v=DKIM1\; k=ed25519\; p={_token(firm, zone)}"


def _ipv4(firm: Firm, *label: str) -> str:
    # The network for measuring devices (RFC 2544): public to look at, and nobody's.
    number = firm.below(2**17 - 2, "ipv4", *label) + 1
    return f"198.{18 + (number >> 16)}.{number >> 8 & 255}.{number & 255}"


def _ipv6(firm: Firm, *label: str) -> str:
    # The same for IPv6 (RFC 5180).
    return f"2001:2:0:{firm.below(2**16 - 1, 'ipv6', *label) + 1:x}::{firm.below(2**16 - 1, 'host', *label) + 1:x}"


def _token(firm: Firm, zone: str) -> str:
    return base64.b64encode(firm.below(2**62, "token", zone).to_bytes(8) * 4).decode()
