"""Rules over zones whose mail is kept here: it must arrive at the host, and the host must be one of those that send it.

Which servers are the host's is known from the preset ``hosting-mail``, wherever a zone of the account uses it; by
default it is ``mail.DOMAIN``. A server whose name lies in a zone of the account may be anybody's, so nothing is said.
"""

from collections.abc import Iterator, Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import TypeAlias

from reconciler.check.dns.finding import finding
from reconciler.check.dns.rows import mailbox_of
from reconciler.check.dns.zone import RecordSet
from reconciler.check.dns.zones import HOSTING_PRESET, Zones
from reconciler.kinds.record_spf import is_spf
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.late import dataclass

_Ip: TypeAlias = IPv4Address | IPv6Address

_STRICT = frozenset({"-all", "~all"})


def mail_elsewhere(zones: Zones) -> Iterator[Diagnostic]:
    """Yield each MX record set of a domain with mailboxes here that leads to other people's servers only."""
    for one in _hosted(zones):
        if one.mx is not None and one.is_elsewhere:
            targets = ", ".join(sorted(one.mx.targets()))
            told = f"goes to {targets}" if targets else "is refused by the null MX"
            detail = f"Mail for {one.domain} {told}, so none arrives in {one.mailbox}."
            remedy = (
                "Point MX at the host. If that is the host's own server, say so in one zone: "
                "`use: [{hosting-mail: {host: SERVER}}]`."
            )
            yield finding(zones, "mail-elsewhere", one.mx, detail, remedy)


def spf_without_host(zones: Zones) -> Iterator[Diagnostic]:
    """Yield each SPF record that turns away what the host sends for a domain with mailboxes here."""
    for one in _hosted(zones):
        if one.txt is None or one.is_elsewhere or HOSTING_PRESET in zones.desired.presets.get(one.txt.address, ""):
            continue
        text = next(filter(is_spf, one.txt.texts()), None)
        if text is not None and _is_strict(text) and not one.may_send(zones, text):
            detail = (
                f"The SPF record of {one.domain} doesn't name the host, so what {one.mailbox} sends may be refused."
            )
            remedy = f"Add `{'mx' if one.mx else f'a:{min(one.hosts)}'}` in front of `all`."
            yield finding(zones, "spf-without-host", one.txt, detail, remedy)


@dataclass(frozen=True, slots=True)
class _Hosted:
    """A domain in which mailboxes are declared: the first of them, its record sets, and the host's servers."""

    domain: str
    mailbox: str
    mx: RecordSet | None
    txt: RecordSet | None
    hosts: frozenset[str]
    is_elsewhere: bool

    def may_send(self, zones: Zones, text: str) -> bool:
        """Tell whether an SPF record admits the host, or may: what isn't known is no finding."""
        known = [address for name in sorted(self.hosts) for address in _addresses(zones, name)]
        return any(self._admits(term.lower().removeprefix("+"), known) for term in text.split(" ")[1:])

    def _admits(self, term: str, known: Sequence[_Ip]) -> bool:
        name, _, value = term.replace("redirect=", "include:").partition(":")
        if not value:
            mechanism = name.partition("/")[0]
            return mechanism in ("a", "ptr") or (mechanism == "mx" and self.mx is not None)
        if name in ("ip4", "ip6"):
            return not known or any(_is_within(address, value) for address in known)
        return name == "exists" or any(_are_related(value.partition("/")[0], host) for host in self.hosts)


def _hosted(zones: Zones) -> Iterator[_Hosted]:
    """Yield each domain in which a mailbox is declared and that lies in the zone."""
    for domain in sorted(zones.account.mailboxes.get(zones.zone.name, ())):
        there = zones.answers(domain) or {}
        mx, hosts = there.get("MX"), zones.account.hosts | {f"mail.{domain}"}
        targets = frozenset(mx.targets()) if mx else frozenset()
        elsewhere = mx is not None and not any(name in hosts or zones.home(name) is not None for name in targets)
        first = mailbox_of(domain)
        yield _Hosted(domain, first, mx, there.get("TXT"), hosts if elsewhere else hosts | targets, elsewhere)


def _is_strict(text: str) -> bool:
    """Tell whether a record turns anybody away."""
    terms = text.lower().split(" ")
    return not _STRICT.isdisjoint(terms) or any(term.startswith("redirect=") for term in terms)


def _are_related(one: str, host: str) -> bool:
    """Tell whether two names are the same company's, as far as names tell: they end in the same two labels."""
    return one.removesuffix(".").split(".")[-2:] == host.split(".")[-2:]


def _is_within(address: _Ip, network: str) -> bool:
    try:
        return address in ip_network(network, strict=False)
    except ValueError:
        return True


def _addresses(zones: Zones, name: str) -> Iterator[_Ip]:
    there = zones.answers(name) or {}
    for rtype in ("A", "AAAA"):
        if rtype in there:
            yield from map(ip_address, there[rtype].wires())
