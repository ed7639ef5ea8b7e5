"""The rule over wildcards: they don't answer for a name that exists, whatever it exists for (RFC 4592)."""

from collections.abc import Iterator

from reconciler.check.dns.finding import finding
from reconciler.check.dns.zone import APEX, RecordSet, Zone
from reconciler.check.dns.zones import Zones, may_have_address
from reconciler.model.diagnostic import Diagnostic

#: A name that has one of these isn't a host, or is none of this zone's.
_NO_HOST = frozenset({"DNAME", "DS", "NS", "PTR", "SRV", "TLSA"})
_SHOWN = 3


def wildcard_gap(zones: Zones) -> Iterator[Diagnostic]:
    """Yield each wildcard with an address beside names that it seems to cover, and doesn't."""
    zone = zones.zone
    for owner in [name for name in zone.names if name[0] == "*" and name[1:2] in ("", ".")]:
        sets = zone.at(owner)
        served = next((sets[rtype] for rtype in sorted(sets) if may_have_address([rtype])), None)
        if served is not None and (gaps := _gaps(zone, owner)):
            yield _told(zones, zone, served, gaps)


def _gaps(zone: Zone, wildcard: str) -> list[str]:
    """Return the names right below the wildcard's parent that it gives no address, be they there only for others."""
    return sorted(
        owner
        for owner in zone.children.get(wildcard[2:] or APEX, ())
        if not owner.startswith(("_", "*"))
        and _NO_HOST.isdisjoint(zone.names.get(owner, ()))
        and not may_have_address(zone.names.get(owner, ()))
        and zone.cut_of(owner) is None
    )


def _why(zone: Zone, owner: str) -> str:
    """Return a name with the reason for which it exists."""
    if owner in zone.names:
        return f"{owner} (has only {', '.join(sorted(zone.names[owner]))})"
    below = owner
    while below not in zone.names:
        below = min(zone.children[below])
    return f"{owner} (exists because of {below})"


def _told(zones: Zones, zone: Zone, one: RecordSet, gaps: list[str]) -> Diagnostic:
    shown = "; ".join(_why(zone, owner) for owner in gaps[:_SHOWN])
    more = f" and {len(gaps) - _SHOWN} more" if len(gaps) > _SHOWN else ""
    detail = f"{one.rtype} of {one.name} doesn't answer for {shown}{more}."
    return finding(zones, "wildcard-gap", one, detail, "Repeat its records at these names if they are meant.")
