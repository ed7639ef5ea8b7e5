"""Rules over values: TTLs that hardly help, and texts that aren't what was meant."""

from collections.abc import Iterator

from reconciler.check.dns.finding import finding
from reconciler.check.dns.zone import RecordSet
from reconciler.check.dns.zones import Zones
from reconciler.model.diagnostic import Diagnostic

_SHORTEST, _LONGEST = 30, 604_800
#: What a datagram carries safely (the DNS Flag Day 2020), without the header, the question and an OPT record.
_DATAGRAM = 1232 - 12 - 11
#: A single value of so many octets fits, whatever its name.
_SHORT = _DATAGRAM - 12 - 255 - 6
_CASE_BLIND = ("CAA", "TXT")


def extreme_ttl(zones: Zones) -> Iterator[Diagnostic]:
    """Yield each TTL that is below 30 seconds or above a week; a provider's own types are left out."""
    remedy = f"Write one from {_SHORTEST} to {_LONGEST}; `3600` is an hour."
    for rtype, found in zones.zone.types.items():
        for address, owner, value in found if "/" not in rtype else ():
            if not _SHORTEST <= value.ttl <= _LONGEST:
                one = RecordSet(address, zones.zone.name, owner, rtype, value)
                detail = f"{rtype} of {one.name} has a TTL of {value.ttl} seconds."
                yield finding(zones, "extreme-ttl", one, detail, remedy)


def txt_quotes(zones: Zones) -> Iterator[Diagnostic]:
    """Yield each text that was quoted or escaped once too often."""
    for one in zones.of_type("TXT"):
        for wire in one.wires():
            if b'"' not in wire and b"\\" not in wire:
                continue
            if (text := next(filter(_is_quoted, one.texts()), None)) is not None:
                remedy = "Quote it once: in YAML `v=spf1 -all`, or with the quotation marks inside the YAML string's."
                yield finding(zones, "txt-quotes", one, f"{one.name} serves the text `{text[:60]}`.", remedy)
            break


def _is_quoted(text: str) -> bool:
    """Tell whether a text stands in quotation marks, has one too many at an end, or holds an escaped semicolon."""
    bare = text.strip()
    at_ends = bare[:1] == '"', bare[-1:] == '"'
    return "\\;" in bare or (any(at_ends) and (bare.count('"') % 2 == 1 or (all(at_ends) and bare.count('"') == 2)))


def long_text(zones: Zones) -> Iterator[Diagnostic]:
    """Yield each set of texts whose answer is larger than a datagram."""
    for one in zones.of_type("TXT"):
        if len(one.value.values) == 1 and len(one.value.values[0]) <= _SHORT:
            continue
        size = sum(12 + len(wire) for wire in one.wires()) + len(one.name) + 6
        if size > _DATAGRAM:
            detail = f"The texts of {one.name} take {size} octets."
            yield finding(zones, "long-text", one, detail, "Delete what isn't needed any more.")


def differ_in_case(zones: Zones) -> Iterator[Diagnostic]:
    """Yield each CAA or TXT record set in which two values are the same but for upper and lower case."""
    for one in zones.of_types(*_CASE_BLIND):
        values = one.value.values
        if len(values) > 1 and len({value.lower() for value in values}) < len(values):
            detail = f"Two values of {one.rtype} of {one.name} differ in case only."
            yield finding(zones, "differ-in-case", one, detail, "Keep the one that is meant.")
