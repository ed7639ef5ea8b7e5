"""Record sets between octoDNS's objects and canonical values: by their data, on the path that zone files take."""

import json
from collections.abc import Mapping
from typing import Any

from reconciler.kinds.record import RecordValue, record_value, texts
from reconciler.kinds.record_text import is_wire_type, opaque_value, record_address, txt_wire, wire_value
from reconciler.model.address import Address, split
from reconciler.model.fields import Json, canonical_json

#: The options of a record set that octoDNS itself knows.
OPTIONS = ("dynamic", "geo", "octodns")
_TEXT_TYPES = frozenset({"SPF", "TXT"})
#: Packages whose providers keep texts as presentation format has them, without unescaping them.
_ESCAPED_TEXTS = frozenset({"octodns_powerdns"})


def keeps_escapes(cls: str) -> bool:
    """Tell whether a class, by its full name, keeps texts as presentation format has them."""
    return cls.partition(".")[0] in _ESCAPED_TEXTS


def address_of(record: Any) -> Address:
    """Return the address of an octoDNS record; raises ``PydanticCustomError`` for a name that is none."""
    return record_address(record.zone.name, record.name, record._type)


def value_of(record: Any, escaped: bool = False) -> tuple[Address, RecordValue]:
    """Return the address and the canonical value of an octoDNS record.

    ``escaped`` says that its provider keeps texts as presentation format has them, without unescaping them. Raises
    ``PydanticCustomError`` for data that isn't what its type needs.
    """
    rtype, data = record._type, record.data
    address = address_of(record)
    given = data.get("values", data.get("value"))
    values = given if isinstance(given, list | tuple) else [given]
    options = {name: _plain(data[name]) for name in OPTIONS if data.get(name)}
    ttl = int(data["ttl"])
    if not is_wire_type(rtype):
        return address, record_value(rtype, ttl, [opaque_value(_plain(value)) for value in values], options)
    return address, record_value(rtype, ttl, [_wire(rtype, value, escaped) for value in values], options)


def _wire(rtype: str, value: Any, escaped: bool) -> bytes:
    if rtype not in _TEXT_TYPES:
        return wire_value(rtype, value, lenient=True)
    text = str(value).replace("\\;", ";")
    return wire_value(rtype, f'"{text}"') if escaped else txt_wire(text.encode("utf-8", "surrogateescape"))


def _plain(value: Any) -> Json:
    return json.loads(canonical_json(value))


def record_of(zone: Any, address: Address, value: RecordValue, source: Any, escaped: bool) -> Any:
    """Return a canonical value as octoDNS's record, made leniently; raises whatever octoDNS raises."""
    from octodns.record import Record

    name = split(address)[2]
    data = {**_data(zone, value, escaped), **(json.loads(value.options) if value.options else {})}
    return Record.new(zone, "" if name == "@" else name, data, source=source, lenient=True)


def renders(record: Any, value: RecordValue) -> bool:
    """Tell whether octoDNS writes a record as what it means, in both of its ways, one of which each provider uses."""
    if not is_wire_type(value.rtype):
        return True
    ways = (record.to_rrset().rdatas, record.rrs[3])
    return all(tuple(sorted(wire_value(value.rtype, str(text)) for text in way)) == value.values for way in ways)


def _data(zone: Any, value: RecordValue, escaped: bool) -> Mapping[str, Any]:
    from octodns.record import Record, Rrset

    rtype = value.rtype
    if not is_wire_type(rtype):
        values = [json.loads(text) for text in value.values]
        several = {"value": values[0]} if len(values) == 1 else {"values": values}
        return {"type": rtype, "ttl": value.ttl, **several}
    shown = texts(value)
    if escaped and rtype in _TEXT_TYPES:
        inner = [text[1:-1].replace('" "', "").replace(";", "\\;") for text in shown]
        return {"type": rtype, "ttl": value.ttl, "values": inner}
    rrset = Rrset(zone.name, rtype, value.ttl, shown)
    data: Mapping[str, Any] = Record.registered_types()[rtype].data_from_rrset(rrset)
    return data
