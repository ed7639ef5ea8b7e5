"""One zone file read by the hot path, by the general way and by PyYAML's own parser: all must agree."""

import yaml

from reconciler.kinds.record import RecordValue, record_value
from reconciler.kinds.record_text import is_wire_type, record_address, wire_value
from reconciler.load.places import Places
from reconciler.load.plain_zone import read_plain_zone
from reconciler.load.problems import Problems
from reconciler.load.zone_records import Records, ZoneSettings
from reconciler.load.zonefile import read_zone_file

FILE = "zones/example.org.yaml"


def difference(raw: bytes, settings: ZoneSettings) -> tuple[str, str]:
    """Return how the hot path read a file, and where it disagrees with the others, if it does."""
    ours, theirs, general = Problems(), Problems(), Records()
    read_zone_file(FILE, raw, settings, general, theirs)
    plain = read_plain_zone(FILE, raw, settings, ours)
    way = "from its text" if isinstance(plain.places, Places) else "whole"
    if ours.sorted() != theirs.sorted():
        return way, "diagnostics"
    if theirs.failed:
        return "with errors", ""
    wrong = [
        name
        for name, one, other in (
            ("record sets", dict(plain.state), general.state),
            ("places", dict(plain.places), general.places),
            ("metadata", dict(plain.metas), general.metas),
            ("PyYAML", by_pyyaml(raw, settings), _on_the_wire(general.state)),
        )
        if one != other and one is not None
    ]
    return way, ", ".join(wrong)


def by_pyyaml(raw: bytes, settings: ZoneSettings) -> dict[str, RecordValue] | None:
    """Return the record sets on the wire as PyYAML's own parser finds them; None for what only libyaml can read."""
    try:
        document = yaml.load(raw, yaml.BaseLoader) or {}  # it makes nothing but text, lists and dictionaries
    except yaml.YAMLError:
        return None
    found = {}
    for name, node in document.items():
        for item in node if isinstance(node, list) else [node]:
            if is_wire_type(item["type"]):
                given = item["values"] if "values" in item else item["value"]
                lenient = settings.lenient or item.get("octodns", {}).get("lenient") == "true"
                values = [
                    wire_value(item["type"], one, lenient=lenient, escaped_semicolons=settings.escaped_semicolons)
                    for one in (given if isinstance(given, list) else [given])
                ]
                ttl = int(item.get("ttl", settings.default_ttl))
                found[record_address(settings.zone, name, item["type"])] = record_value(item["type"], ttl, values)
    return found


def _on_the_wire(state: dict[str, RecordValue]) -> dict[str, RecordValue]:
    return {address: v._replace(options=None) for address, v in state.items() if is_wire_type(v.rtype)}
