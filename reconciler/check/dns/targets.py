"""Rules over targets: what a record points at must be there, and be what the type needs."""

from collections.abc import Iterator

from reconciler.check.dns.finding import finding
from reconciler.check.dns.zone import APEX, RecordSet
from reconciler.check.dns.zones import Zones, may_have_address
from reconciler.model.diagnostic import Diagnostic, Severity

_NEED_ADDRESS = ("MX", "NS", "SRV")
_POINTING = (*_NEED_ADDRESS, "CNAME", "ALIAS")


def cname_at_apex(zones: Zones) -> Iterator[Diagnostic]:
    """Yield each CNAME at a zone's own name."""
    for one in zones.of_type("CNAME"):
        if one.owner == APEX:
            options = zones.desired.zone_options.get(f"zone/{one.address.split('/')[1]}")
            severity = Severity.WARNING if options and options.lenient else Severity.ERROR
            detail = f"{one.zone} can't be an alias: the zone's SOA and NS stand at the same name."
            remedy = "Write A and AAAA record sets, or ALIAS where the account serves it."
            yield finding(zones, "cname-at-apex", one, detail, remedy, severity)


def missing_target(zones: Zones) -> Iterator[Diagnostic]:
    """Yield each name of a managed zone that record sets of the zone point at, and that has no address or nothing."""
    pointing: dict[tuple[str, str], list[RecordSet]] = {}
    for one, target in zones.pointing(*_POINTING):
        found = zones.answers(target)
        if found is None or _is_own_glue(one, target):
            continue
        if not found:
            pointing.setdefault((target, "where nothing is declared"), []).append(one)
        elif one.rtype in _NEED_ADDRESS and not may_have_address(found):
            why = f"which has no address: only {', '.join(sorted(found))}"
            pointing.setdefault((target, why), []).append(one)
    for (target, why), sets in pointing.items():
        first, *more = sorted(sets, key=_weight) if len(sets) > 1 else sets
        told = f"{first.rtype} of {first.name} points" + (f", and {len(more)} more point," if more else "")
        detail, remedy = f"{told} at {target}, {why}.", "Declare the target, or correct its name."
        missing = finding(zones, "missing-target", first, detail, remedy)
        if not more:
            yield missing
            continue
        spans = (zones.desired.places.get(one.address) for one in more)
        yield missing._replace(related=tuple(dict.fromkeys(span for span in spans if span is not None)))


def _weight(one: RecordSet) -> tuple[int, str]:
    return _POINTING.index(one.rtype), one.address


def _is_own_glue(one: RecordSet, target: str) -> bool:
    """Tell whether a name server lies below the delegation that names it, which is another rule's business."""
    return one.rtype == "NS" and one.owner != APEX and (f".{target}").endswith(f".{one.name}")


def mx_to_cname(zones: Zones) -> Iterator[Diagnostic]:
    """Yield each MX record set that names an alias."""
    yield from _to_cname(zones, "MX", "mx-to-cname")


def ns_to_cname(zones: Zones) -> Iterator[Diagnostic]:
    """Yield each NS record set that names an alias."""
    yield from _to_cname(zones, "NS", "ns-to-cname")


def srv_to_cname(zones: Zones) -> Iterator[Diagnostic]:
    """Yield each SRV record set that names an alias."""
    yield from _to_cname(zones, "SRV", "srv-to-cname")


def _to_cname(zones: Zones, rtype: str, code: str) -> Iterator[Diagnostic]:
    for one, target in zones.pointing(rtype):
        alias = (zones.answers(target) or {}).get("CNAME")
        if alias is not None:
            end = next(alias.targets(), "")
            detail = f"{rtype} of {one.name} names {target}, which is an alias of {end}."
            yield finding(zones, code, one, detail, f"Name {end}. itself, or give {target} addresses.")


def cname_loop(zones: Zones) -> Iterator[Diagnostic]:
    """Yield each circle of CNAMEs whose smallest name lies in the zone, there."""
    onward = {one.name: (one, target) for one, target in zones.pointing("CNAME")}
    done: set[str] = set()
    for start in onward:
        path: list[str] = []
        name = start
        while name not in done and (target := onward[name][1] if name in onward else _elsewhere(zones, name)):
            done.add(name)
            path.append(name)
            name = target
        if name in path:
            circle = path[path.index(name) :]
            first = circle.index(min(circle))
            names = (*circle[first:], *circle[: first + 1])
            if names[0] in onward:
                detail = f"{' -> '.join(names)}."
                yield finding(zones, "cname-loop", onward[names[0]][0], detail, "Let one of them lead elsewhere.")


def _elsewhere(zones: Zones, name: str) -> str:
    """Return where a CNAME of another zone leads; empty where there is none of that name."""
    home = zones.home(name)
    if home is None or home.zone == zones.zone.name:
        return ""
    alias = (zones.answers(name) or {}).get("CNAME")
    return next(alias.targets(), "") if alias is not None and alias.name == name else ""
