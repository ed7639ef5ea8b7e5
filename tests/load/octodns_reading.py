"""What octoDNS's own YamlProvider reads in a zone file, in the words of the other second opinion."""

import logging
from pathlib import Path
from typing import Any

import dns.name
import dns.rdata
from octodns.provider.yaml import YamlProvider
from octodns.zone import Zone

from load.checkzone import Found, comparable
from replay.oracle import register_provider_alias

logging.disable(logging.CRITICAL)


def octodns_reads(folder: Path, zone_name: str, *, lenient: bool = False, **options: Any) -> Found:
    """Return the record sets with data of a zone; names without a dot are absolute, as octoDNS means them."""
    register_provider_alias()
    given = {"default_ttl": 3600, "escaped_semicolons": True, "enforce_order": False, **options}
    provider = YamlProvider("oracle", str(folder), **given)
    zone = Zone(f"{zone_name}.", [])
    provider.populate(zone, lenient=lenient)
    found = {}
    for record in zone.records:
        rtype = record._type
        if rtype == "ALIAS" or "/" in rtype:
            continue
        owner = dns.name.from_text(record.fqdn).canonicalize().to_text()
        values = record.values if hasattr(record, "values") else [record.value]
        found[owner, rtype] = (record.ttl, frozenset(_comparable(rtype, value) for value in values))
    return found


def _comparable(rtype: str, value: Any) -> bytes:
    if rtype in ("TXT", "SPF"):
        return str(value.to_raw_text()).encode()
    text = value.to_rdata_text() if hasattr(value, "to_rdata_text") else str(value)
    return comparable(rtype, dns.rdata.from_text("IN", rtype, text, origin=dns.name.root, relativize=False).to_text())
