"""A zone file in octoDNS's YAML to canonical record sets, in one pass over the events.

This is a hot path: a zone may hold 100,000 record sets, so nothing is kept of an entry once its record sets are made,
and whatever is rare (options, templates, errors) stands apart from what every record set needs.
"""

from collections.abc import Callable
from collections.abc import Mapping as MappingType
from typing import TYPE_CHECKING, Any

from reconciler.kinds.record import RecordModel, record_value
from reconciler.kinds.record_text import is_known_type, is_wire_type, opaque_value, record_address, wire_value
from reconciler.load.nodes import Broken, Mapping, Node, Scalar, Sequence, describe, plain, typed
from reconciler.load.problems import Problems, place, report_nulls
from reconciler.load.record_options import RecordOptions, read_options
from reconciler.load.spelling import did_you_mean, nearest
from reconciler.load.validation import Subject, details_of, report_errors
from reconciler.load.yaml_text import ZONE, YamlReader
from reconciler.load.zone_records import ONE_VALUE, Records, ZoneSettings, check_cnames, may_stand
from reconciler.model.address import Address
from reconciler.model.late import pattern
from reconciler.model.scalars import refusals
from reconciler.model.span import Span

if TYPE_CHECKING:
    from pydantic_core import PydanticCustomError

_TTL = pattern(r"(?:0|[1-9][0-9]{0,9})\Z")
#: Seconds (RFC 2181, section 8).
MAX_TTL = 2**31 - 1
#: Characters of a name with its zone (RFC 1035).
MAX_NAME = 253
_USUAL = frozenset({"type", "ttl", "value", "values"})
_COMMON_TYPES = ("A", "AAAA", "CAA", "CNAME", "DNAME", "DS", "HTTPS", "LOC", "MX", "NAPTR", "NS", "PTR", "SPF", "SRV")
#: Named when a type is misspelt.
KNOWN_TYPES = (*_COMMON_TYPES, "SSHFP", "SVCB", "TLSA", "TXT", "URI", "ALIAS", "URLFWD")
_APEX = "''"
_NO_OPTIONS = RecordOptions()
_NOT_A_ZONE = "If this file is no zone, name it under `dns: {exclude: [...]}` in account.yaml."


def read_zone_file(
    file: str,
    raw: bytes,
    settings: ZoneSettings,
    records: Records,
    problems: Problems,
    render: Callable[[str, Scalar, Node], Node] | None = None,
) -> None:
    """Add a zone file's record sets to ``records``; ``render`` replaces templates in an entry's values."""
    reader = YamlReader(file, raw, problems, ZONE)
    entries = ZoneEntries(file, settings, records, problems)
    take = entries.take if render is None else lambda key, node: entries.take(key, render(file, key, node))
    other = reader.entries(take)
    if reader.blank:
        detail = f"The zone {settings.zone} is managed and empty."
        problems.warning("empty-zone-file", detail, Span(file, 1, 1), "Write `{}` if this is meant.")
    elif other is not None and not report_nulls(file, other, problems):
        detail = f"A zone file is a mapping of names to records, but this is {describe(other)}."
        problems.error("wrong-type", detail, place(file, other), _NOT_A_ZONE)
    check_cnames(entries.addresses, records.places, problems)


class ZoneEntries:
    """Takes the entries of one zone file."""

    def __init__(self, file: str, settings: ZoneSettings, records: Records, problems: Problems) -> None:
        self._file = file
        self._settings = settings
        self._records = records
        self._problems = problems
        self._ttls: dict[str, int] = {}
        #: The record sets of this file.
        self.addresses: list[Address] = []

    def take(self, key: Scalar, node: Node) -> None:
        """Take one name with its record set, or its list of them."""
        if len(key.text) + len(self._settings.zone) >= MAX_NAME:
            self._error("wrong-value", "With its zone, this name has more than 253 characters (RFC 1035).", key)
        elif isinstance(node, Mapping):
            self._take_record(key.text, key, node)
        elif isinstance(node, Sequence):
            for item in node.items:
                if self._problems.is_full(self._file):
                    return
                if isinstance(item, Mapping):
                    self._take_record(key.text, item, item)
                else:
                    self._not_a_record(key, item)
        else:
            self._not_a_record(key, node)

    def _not_a_record(self, key: Scalar, node: Node) -> None:
        if not self._is_said(node):
            detail = (
                f"`{key.text or _APEX}` needs a record set with `type` and `value`, but here stands {describe(node)}."
            )
            self._error("wrong-type", detail, node, _NOT_A_ZONE)

    def _take_record(self, name: str, at: Node, node: Mapping) -> None:
        entries = node.entries
        rtype = self._type(node, at)
        odd = entries.keys() - _USUAL
        if rtype is None and not entries.keys() & _USUAL:
            return
        options = read_options(self._file, node, self._problems) if odd else _NO_OPTIONS
        if rtype is None:
            return
        try:
            address = record_address(self._settings.zone, name, rtype)
        except refusals() as error:
            self._refused(error, at)
            return
        lenient = options.lenient or self._settings.lenient
        ttl = self._ttl(entries["ttl"][1]) if "ttl" in entries else self._settings.default_ttl
        values = self._values(rtype, node, at, lenient, options.valid)
        span = place(self._file, at)
        if ttl is None or values is None or not options.valid:
            return
        if not may_stand(self._settings, address, rtype, span, lenient, self._problems):
            return
        if (first := self._records.places.setdefault(address, span)) is not span:
            self._twice(address, first, span)
            return
        self.addresses.append(address)
        self._records.state[address] = record_value(rtype, ttl, values, options.kept)
        if options.meta is not None:
            self._records.metas[address] = options.meta

    def _type(self, node: Mapping, at: Node) -> str | None:
        """Return a record set's type, or None when it has none that can be declared."""
        found = node.get("type")
        if found is None:
            mistyped = any(nearest(name, _USUAL) == "type" for name in node.entries.keys() - _USUAL)
            if not node.incomplete and not (mistyped and node.entries.keys() & _USUAL):
                self._error("missing-key", "A record set needs the key `type`.", at, _NOT_A_ZONE)
            return None
        if not isinstance(found, Scalar):
            self._error("wrong-type", f"Expected a record type, but here stands {describe(found)}.", found, _NOT_A_ZONE)
        elif self._is_said(found):
            pass
        elif found.text == "SOA":
            self._error("soa-record", "This record set is an SOA.", at, "Delete it.")
        elif is_wire_type(found.text) or is_known_type(found.text):
            return found.text
        else:
            remedy = did_you_mean(found.text, KNOWN_TYPES, "Common types")
            self._error("unknown-type", f"`{found.text}` is no record type.", found, remedy)
        return None

    def _ttl(self, node: Node) -> int | None:
        text = node.text if isinstance(node, Scalar) else ""
        if (known := self._ttls.get(text)) is not None:
            return known
        if self._is_said(node):
            return None
        if not isinstance(node, Scalar) or not _TTL.match(text):
            self._error("wrong-type", "Expected a whole number of seconds.", node, "Write digits, for example `3600`.")
        elif int(text) > MAX_TTL:
            detail = "A TTL is between 0 and 2147483647 seconds (RFC 2181, section 8)."
            self._error("wrong-value", detail, node, "Write a smaller number; `86400` is a day.")
        else:
            return self._ttls.setdefault(text, int(text))
        return None

    def _values(self, rtype: str, node: Mapping, at: Node, lenient: bool, complete: bool) -> list[bytes | str] | None:
        """Return the canonical values of a record set, or None when any is wrong."""
        one, many = node.entries.get("value"), node.entries.get("values")
        if one is not None and many is not None:
            self._error("value-and-values", "Both keys stand here.", many[0], "Keep `values`, with all of them.")
            return None
        found = one or many
        if found is None:
            if complete and not node.incomplete:
                detail = "A record set needs the key `value`, or `values` with a list."
                self._error("missing-key", detail, at, "Add `value`.")
            return None
        given = found[1].items if isinstance(found[1], Sequence) else [found[1]]
        if not given or (len(given) > 1 and rtype in ONE_VALUE):
            count = "exactly one value" if rtype in ONE_VALUE else "at least one value"
            self._error("wrong-value", f"A record set of type {rtype} needs {count}.", found[1], "Correct the list.")
            return None
        if isinstance(found[1], Broken) and self._is_said(found[1]):
            return None
        if not is_wire_type(rtype):
            return [opaque_value(typed(value)) for value in given]
        values: list[bytes | str] = []
        escaped = self._settings.escaped_semicolons
        for value in given:
            text = value.text if value.__class__ is Scalar else plain(value)
            if value.__class__ is not Scalar and report_nulls(self._file, value, self._problems):
                continue
            try:
                values.append(wire_value(rtype, text, lenient=lenient, escaped_semicolons=escaped))
            except refusals() as error:
                self._refused(error, value)
                if self._problems.is_full(self._file):
                    return None
        return values if len(values) == len(given) else None

    def _twice(self, address: Address, first: Span, second: Span) -> None:
        self._problems.error(
            "duplicate-address",
            f"{address} is declared at {first} already.",
            second,
            "Write all values of a name and type into one record set.",
            related=(first,),
            address=address,
        )

    def _refused(self, error: "PydanticCustomError", node: Node) -> None:
        if not self._is_said(node):
            node = _part_of(node, error.context or {})
            subject = Subject(self._file, node, RecordModel, "this value", node if isinstance(node, Scalar) else None)
            report_errors(subject, [details_of(error)], self._problems)

    def _is_said(self, node: Node) -> bool:
        """Tell whether what is wrong with a node has been reported, and report it if it is an empty value."""
        return isinstance(node, Broken) and (report_nulls(self._file, node, self._problems) or True)

    def _error(self, code: str, detail: str, node: Node, help: str = "") -> None:
        self._problems.error(code, detail, place(self._file, node), help)


def _part_of(node: Node, context: MappingType[str, Any]) -> Node:
    """Return the part of a value with keys that an error is about: named by it, or holding the target it names."""
    if not isinstance(node, Mapping):
        return node
    part = node.get(str(context.get("part")))
    targets = (value for _, value in node.entries.values() if context.get("name") == repr(getattr(value, "text", None)))
    return part or next(targets, node)
