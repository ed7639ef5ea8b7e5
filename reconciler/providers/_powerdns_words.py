"""PowerDNS's words: record data as it wants it spelt, and which record one of its refusals means."""

import base64
import json
import re
from collections.abc import Iterable, Mapping, Sequence

from reconciler.kinds.record import RecordValue
from reconciler.kinds.record_show import value_text
from reconciler.kinds.record_text import is_wire_type, wire_value
from reconciler.model.address import Address, split
from reconciler.model.late import pattern
from reconciler.model.scalars import refusals

#: Parameters whose values it takes without quotes only (RFC 9460, section 2.1 allows both).
_BARE = pattern(r'\b(alpn|ipv4hint|ipv6hint|mandatory|port)="([^"\\\s]*)"')
#: Those that it knows by number only.
_KEYS = {"dohpath": "key7", "ohttp": "key8"}
_NUMBERED = pattern(r"(?<= )(dohpath|ohttp)(?=[ =]|\Z)")
_PRECISE = " 1.00m 10000.00m 10.00m"
_UNSPACED = frozenset({"DHCID", "IPSECKEY"})
_ESCAPED = pattern(r"\\(\D)")
_WANTED = pattern(r"Record (\S+)/([A-Z0-9-]+) '(.*)': Not in expected format \(parsed as '(.*)'\)\Z", re.DOTALL)


def name_text(address: Address) -> str:
    """Return the absolute name of a record set."""
    _, zone, owner, _ = split(address)
    return f"{zone}." if owner == "@" else f"{owner}.{zone}."


def contents(record: RecordValue, wanted: Mapping[tuple[str, bytes], str]) -> list[str]:
    """Return a record set's data as PowerDNS spells it; ``wanted`` are spellings that it asked for."""
    return [
        json.loads(value) if isinstance(value, str) else wanted.get((record.rtype, value)) or spelt(record.rtype, value)
        for value in record.values
    ]


def spelt(rtype: str, wire: bytes) -> str:
    """Return RDATA of a wire type in the presentation format that PowerDNS takes."""
    if rtype == "CERT":  # numbers only
        numbers = (int.from_bytes(wire[:2]), int.from_bytes(wire[2:4]), wire[4])
        return " ".join((*map(str, numbers), base64.b64encode(wire[5:]).decode()))
    text = value_text(rtype, wire)
    if rtype == "AAAA" and "." in text:  # hexadecimal groups only
        return ":".join(wire[at : at + 2].hex() for at in range(0, 16, 2))
    if rtype in ("HTTPS", "SVCB"):
        bare = _NUMBERED.sub(lambda found: _KEYS[found[1]], _BARE.sub(r"\1=\2", text))
        return bare if wire_value(rtype, bare) == wire else text
    if rtype == "LOC" and text.count("m") == 1:  # with all its parts
        return text + _PRECISE
    if rtype in _UNSPACED:
        head = 1 if rtype == "DHCID" else 5
        words = text.split()
        return " ".join((*words[: head - 1], "".join(words[head - 1 :])))
    return text


def wanted_spelling(refusal: str, records: Iterable[RecordValue]) -> tuple[tuple[str, bytes], str] | None:
    """Return the spelling that a refusal asks for, where it is the same data as one of ``records``."""
    found = _WANTED.match(refusal)
    if not found or not is_wire_type(found[2]):
        return None
    try:
        wire = wire_value(found[2], found[4])
    except refusals():
        return None
    known = any(record.rtype == found[2] and wire in record.values for record in records)
    return ((found[2], wire), found[4]) if known else None


def meant_by(refusal: str, addresses: Sequence[Address]) -> Address | None:
    """Return the record set that a refusal speaks of, or None where it doesn't say; names are escaped less in it."""
    said = _ESCAPED.sub(r"\1", refusal)
    for address in addresses:
        name, rtype = name_text(address), split(address)[3]
        beginnings = (
            f"Record {name}/{rtype} ",
            f"Record {name} IN {rtype} ",
            f"RRset {name} IN {rtype}:",
            f"Duplicate record in RRset {name} IN {rtype} ",
            f"Name '{name}' ",
        )
        if said.startswith(tuple(_ESCAPED.sub(r"\1", beginning) for beginning in beginnings)):
            return address
    return None
