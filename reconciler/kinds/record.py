"""Record sets: all records of one name and type in a zone.

The canonical value is compact, because a zone may hold 100,000 of them: type, TTL, sorted values (uncompressed wire
RDATA; canonical JSON for types without RDATA) and options (``octodns:``, ``geo``, ``dynamic``, provider blocks) as
canonical JSON or None.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple, TypeAlias

from reconciler.kinds._whole import WholeKind
from reconciler.kinds.record_show import txt_content, value_text
from reconciler.kinds.record_text import (
    is_wire_type,
    octodns_mapping,
    opaque_value,
    record_address,
    wire_value,
)
from reconciler.model.address import Address, split
from reconciler.model.change import Action, Risk
from reconciler.model.fields import Json, Value, canonical_json
from reconciler.model.kind import NO_REFERENCES, Declaration
from reconciler.model.marks import said
from reconciler.model.meta import NO_META, Meta
from reconciler.model.scalars import Integer, Text
from reconciler.model.written import Written

DEFAULT_TTL = 3600
FIELDS = frozenset({"ttl", "values", "options"})
Values: TypeAlias = tuple[bytes | str, ...]
#: Stands where a packed value has its TTL, which never exceeds 2**31 - 1 (RFC 2181, section 8).
_LONG_FORM = b"\xff\xff\xff\xff"


class RecordValue(NamedTuple):
    """The canonical value of a record set."""

    rtype: str
    ttl: int
    values: Values
    options: str | None = None


class RecordModel(Written):
    """A record set in octoDNS's YAML; further keys are provider blocks, which are mappings."""

    __pydantic_extra__: dict[str, Any] = said(init=False)

    type: Text = said(description="The record type, such as `A` or `MX`.")
    ttl: Integer | None = said(default=None, description="Seconds; the zone's `default_ttl` where it is missing.")
    value: Text | dict[str, Any] | None = said(default=None, description="The only value.")
    values: tuple[Text | dict[str, Any], ...] | None = said(default=None, description="The values.")
    octodns: dict[str, Any] = said(default_factory=dict, description="octoDNS's own options.")
    meta: Meta = NO_META


def record_value(rtype: str, ttl: int, values: Iterable[bytes | str], options: Json | None = None) -> RecordValue:
    """Return the canonical value: values sorted and without repetitions, options as canonical JSON."""
    found = tuple(values)
    if len(found) > 1:
        found = tuple(sorted(set(found)))
    return RecordValue(rtype, ttl, found, canonical_json(options).decode("utf-8", "surrogatepass") if options else None)


def is_served(
    value: RecordValue,
    other_types: frozenset[str],
    record_options: bool | frozenset[str],
    server_types: frozenset[str] = frozenset(),
    data_types: frozenset[str] | None = None,
) -> bool:
    """Tell whether a provider can hold the record set.

    It serves these ``other_types`` without RDATA, of those with it ``data_types`` (None: all) but the ``server_types``,
    which it makes itself, and ``record_options`` or not, or these of them.
    """
    known = is_wire_type(value.rtype) and value.rtype not in server_types
    if not (known and (data_types is None or value.rtype in data_types)) and value.rtype not in other_types:
        return False
    if value.options is None or isinstance(record_options, bool):
        return value.options is None or bool(record_options)
    return record_options.issuperset(json.loads(value.options))


class RecordKind(WholeKind):
    """Record sets of the zone folder; a record set is owned whole, so every field counts as declared."""

    name = "record"
    title = "record set"
    path: tuple[str, ...] = ()
    section = "dns"
    model = RecordModel

    def address(self, keys: tuple[str, ...]) -> Address:
        """Return ``record/ZONE/NAME/TYPE``."""
        return record_address(*keys)

    def declare(self, address: Address, data: Any) -> Declaration:
        """Return what a record set's mapping declares; raises ``PydanticCustomError``."""
        return Declaration(self.parse(address, data), {}, NO_META)

    def parse(self, address: Address, data: Mapping[str, Any]) -> RecordValue:
        """Return the value of ``ttl``, ``value`` or ``values`` and ``options``; raises ``PydanticCustomError``."""
        rtype = split(address)[3]
        given = data.get("values", data.get("value", ()))
        values = list(given) if isinstance(given, list | tuple) else [given]
        ttl = data.get("ttl", DEFAULT_TTL)
        canonical = [wire_value(rtype, v) if is_wire_type(rtype) else opaque_value(v) for v in values]
        return record_value(rtype, int(ttl), canonical, data.get("options"))

    def field_names(self, value: Value) -> frozenset[str]:
        """Return all fields: a record set is owned whole."""
        return FIELDS

    def references(self, address: Address, value: Value) -> Iterable[Address]:
        """Return the zone."""
        yield f"zone/{address.split('/')[1]}"

    def risk(self, action: Action, address: Address, before: Value | None, after: Value | None) -> Risk:
        """Return traffic where answers that exist change or go."""
        if isinstance(before, RecordValue) and isinstance(after, RecordValue) and before.values == after.values:
            return Risk.COSMETIC
        return Risk.COSMETIC if action is Action.CREATE else Risk.TRAFFIC

    def show(self, value: Value) -> Mapping[str, str]:
        """Return TTL, values (one a line) and options as text."""
        record = as_record(value)
        shown = {"ttl": str(record.ttl), "values": "\n".join(texts(record))}
        return shown | ({"options": record.options} if record.options else {})

    def to_json(self, value: Value) -> Json:
        """Return the value with its data in presentation format."""
        record = as_record(value)
        values = texts(record) if is_wire_type(record.rtype) else [json.loads(v) for v in record.values]
        data: Json = {"type": record.rtype, "ttl": record.ttl, "values": values}
        return data | ({"options": json.loads(record.options)} if record.options else {})

    def from_json(self, data: Json) -> RecordValue:
        """Return the value that :meth:`to_json` turned into ``data``."""
        rtype = data["type"]
        make = wire_value if is_wire_type(rtype) else _opaque
        return record_value(rtype, data["ttl"], [make(rtype, v) for v in data["values"]], data.get("options"))

    def write_field(self, address: Address, name: str, value: Value) -> Json:
        """Return one part of a record set's mapping."""
        return self.to_yaml(address, value)[name]

    def to_yaml(self, address: Address, value: Value, references: Mapping[str, Json] = NO_REFERENCES) -> Json:
        """Return the record set in octoDNS's YAML."""
        record = as_record(value)
        values = _written(record)
        data: Json = {"ttl": record.ttl, "type": record.rtype}
        data |= {"value": values[0]} if len(values) == 1 else {"values": values}
        return data | (json.loads(record.options) if record.options else {})


def as_record(value: Value) -> RecordValue:
    """Return a value as a record set's."""
    if not isinstance(value, RecordValue):
        raise TypeError(f"not the value of a record set: {type(value).__name__}")
    return value


def texts(record: RecordValue) -> list[str]:
    """Return the values in presentation format (types without RDATA: as JSON)."""
    return [v if isinstance(v, str) else value_text(record.rtype, v) for v in record.values]


def pack(record: RecordValue) -> bytes:
    """Return a value as the bytes in which a store keeps it, the type left out because the address names it."""
    if len(record.values) == 1 and isinstance(record.values[0], bytes) and record.options is None:
        return record.ttl.to_bytes(4) + record.values[0]
    values = [v if isinstance(v, str) else {"wire": v.hex()} for v in record.values]
    return _LONG_FORM + canonical_json([record.ttl, values, record.options])


def unpack(rtype: str, packed: bytes) -> RecordValue:
    """Return the value that :func:`pack` turned into ``packed``; raises ``ValueError`` for anything else."""
    ttl = packed[:4]
    if len(ttl) < 4:
        raise ValueError("too short for a packed record set")
    if ttl != _LONG_FORM:
        return RecordValue(rtype, int.from_bytes(ttl), (packed[4:],))
    number, values, options = json.loads(packed[4:])
    return RecordValue(
        rtype, number, tuple(v if isinstance(v, str) else bytes.fromhex(v["wire"]) for v in values), options
    )


def _opaque(_rtype: str, value: Any) -> str:
    return opaque_value(value)


def _written(record: RecordValue) -> list[Json]:
    """Return the values as octoDNS writes them: parts by key and TXT raw where that is exact, else as text."""
    if not is_wire_type(record.rtype):
        return [json.loads(value) for value in record.values]
    if record.rtype not in ("TXT", "SPF"):
        pairs = zip(record.values, texts(record), strict=True)
        return [octodns_mapping(record.rtype, value, text) or text for value, text in pairs]
    written: list[Json] = []
    for wire in record.values:
        content = txt_content(wire) if isinstance(wire, bytes) else b""
        raw = content.decode("ascii", "replace")
        exact = content.isascii() and raw.isprintable() and "\\" not in raw and '"' not in raw and raw.strip() == raw
        written.append(raw.replace(";", "\\;") if exact and raw else value_text(record.rtype, bytes(wire)))  # type: ignore[arg-type]  # wire types hold bytes
    return written
