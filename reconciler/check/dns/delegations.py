"""Rules over delegations: a zone below another needs name servers, and what it takes to reach them."""

from collections.abc import Iterator

from reconciler.check.dns.finding import finding
from reconciler.check.dns.zone import APEX, RecordSet, Zone
from reconciler.check.dns.zones import Zones
from reconciler.model.diagnostic import Diagnostic

_GLUE = frozenset({"A", "AAAA"})
_AT_A_CUT = frozenset({"NS", "DS", "NSEC"})


def missing_glue(zones: Zones) -> Iterator[Diagnostic]:
    """Yield each delegation to a name server below itself whose address isn't declared beside it."""
    for one in _delegations(zones):
        names = zones.zone.names
        for target in one.targets():
            if not f".{target}".endswith(f".{one.name}") or _is_managed(zones, one.name):
                continue
            owner = target[: -len(one.zone) - 1]
            if _GLUE.isdisjoint(names.get(owner, ())):
                detail = f"{one.name} is delegated to {target}, and no address of it is declared in {one.zone}."
                yield finding(zones, "missing-glue", one, detail, f"Add A or AAAA for `{owner}`.")


def below_delegation(zones: Zones) -> Iterator[Diagnostic]:
    """Yield each record set at or below a delegation that is never answered."""
    zone = zones.zone
    glue = {target for cut in zone.cuts for target in zone.at(cut)["NS"].targets()}
    for owner in zone.names if zone.cuts else ():
        cut = zone.cut_of(owner)
        if cut is not None and not _is_managed(zones, f"{cut}.{zone.name}"):
            found = [one for one in zone.at(owner).values() if not _belongs(one, cut, glue)]
            yield from _occluded(zones, zone, cut, found)


def _belongs(one: RecordSet, cut: str, glue: set[str]) -> bool:
    return (one.owner == cut and one.rtype in _AT_A_CUT) or (one.rtype in _GLUE and one.name in glue)


def _occluded(zones: Zones, zone: Zone, cut: str, found: list[RecordSet]) -> Iterator[Diagnostic]:
    for one in found:
        detail = f"{cut}.{zone.name} is delegated, so {zone.name} doesn't answer for {one.rtype} of {one.name}."
        yield finding(zones, "below-delegation", one, detail, "Move it to the delegated zone, or end the delegation.")


def ds_without_ns(zones: Zones) -> Iterator[Diagnostic]:
    """Yield each DS record set without NS beside it."""
    for one in zones.of_type("DS"):
        if "NS" not in zones.zone.names[one.owner]:
            detail = f"{one.name} has DS and isn't delegated here."
            yield finding(zones, "ds-without-ns", one, detail, "Add the NS record set, or delete this one.")


def lone_name_server(zones: Zones) -> Iterator[Diagnostic]:
    """Yield each NS record set with one value."""
    for one in zones.of_type("NS"):
        if len(one.value.values) == 1:
            detail = f"{one.name} has only {next(one.targets(), '.')}."
            yield finding(zones, "lone-name-server", one, detail, "Add a second name server, in another network.")


def _delegations(zones: Zones) -> Iterator[RecordSet]:
    return (one for one in zones.of_type("NS") if one.owner != APEX)


def _is_managed(zones: Zones, name: str) -> bool:
    """Tell whether a delegated zone is managed here too; what belongs where is checked when it is read."""
    return f"zone/{name.replace('/', '%2F')}" in zones.desired.state
