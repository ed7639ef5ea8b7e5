"""Rules over names: some types are looked for at names of one shape only."""

import re
from collections.abc import Iterator

from reconciler.check.dns.finding import finding
from reconciler.check.dns.zone import APEX, RecordSet
from reconciler.check.dns.zones import Zones
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.late import pattern

#: Active Directory looks for its global catalogue there, and BIND lets it.
_ALLOWED = "gc._msdcs"
_SERVICES = ("SRV", "TLSA")
_V4, _V6 = "in-addr.arpa", "ip6.arpa"
_OCTET = pattern(r"(?:0|[1-9][0-9]?|1[0-9][0-9]|2[0-4][0-9]|25[0-5])\Z")
_NIBBLE = pattern(r"[0-9a-f]\Z")


def underscore_host(zones: Zones) -> Iterator[Diagnostic]:
    """Yield each host, or receiver of mail, in whose name an underscore stands."""
    zone = zones.zone
    for rtype in ("A", "AAAA", "MX"):
        for address, owner, value in zone.types.get(rtype, ()):
            if "_" in owner and not f"{owner}.".startswith(f"{_ALLOWED}."):
                one = RecordSet(address, zone.name, owner, rtype, value)
                remedy = "Give the host a name of letters, digits and hyphens."
                yield finding(zones, "underscore-host", one, f"{rtype} stands at {one.name}.", remedy)


def service_name(zones: Zones) -> Iterator[Diagnostic]:
    """Yield each SRV or TLSA record set whose name doesn't begin with two labels with an underscore."""
    for one in zones.of_types(*_SERVICES):
        labels = one.name.split(".")
        if labels[0] == "*":  # a wildcard stands for the service, or for the port
            labels = ["_", *labels[1:]]
        if not all(label.startswith("_") for label in labels[:2]):
            example = "_PORT._tcp" if one.rtype == "TLSA" else "_SERVICE._tcp"
            detail = f"{one.rtype} stands at {one.name}."
            yield finding(zones, "service-name", one, detail, f"Put `{example}` in front.")


def reverse_name(zones: Zones) -> Iterator[Diagnostic]:
    """Yield each PTR record set in a reverse zone whose name stands for no address."""
    for one in zones.of_type("PTR"):
        if one.zone.endswith(_V4):
            sound = _is_address(one, _V4, 4, _OCTET)
        elif one.zone.endswith(_V6):
            sound = _is_address(one, _V6, 32, _NIBBLE)
        else:
            continue
        if not sound:
            remedy = "Write the parts of the address in reverse order, none left out."
            yield finding(zones, "reverse-name", one, f"{one.name} stands for no address.", remedy)


def _is_address(one: RecordSet, suffix: str, count: int, shape: re.Pattern[str]) -> bool:
    """Tell whether a name stands for one address, or for one in a part of a network that is delegated by RFC 2317."""
    labels = one.name.removesuffix(suffix).rstrip(".").split(".")
    if suffix == _V4 and any("/" in label or "-" in label or not shape.match(label) for label in labels[1:]):
        return one.owner == APEX or shape.match(labels[0]) is not None or labels[0] == "*"
    if labels[0] == "*":
        return all(map(shape.match, labels[1:]))
    return len(labels) == count and all(map(shape.match, labels))
