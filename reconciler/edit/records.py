"""Record sets that are live -> edits of the zone file that declares their zone, in the style of what stands there."""

from collections.abc import Iterable, Mapping, Sequence

from reconciler.edit.literal import can_be_written, without_templates
from reconciler.edit.order import NaturalKey, natural_key
from reconciler.edit.patch import Add, Delete, Edit, Join, Put
from reconciler.edit.places import Item, Node, Path, Placed, data_of
from reconciler.kinds import KINDS
from reconciler.kinds.record import RecordValue, record_value
from reconciler.kinds.record_octodns import MAPPINGS
from reconciler.kinds.record_show import value_text
from reconciler.kinds.record_text import is_wire_type, octodns_mapping, record_address, wire_value
from reconciler.model.account import ZoneOptions
from reconciler.model.address import Address, split
from reconciler.model.fields import Json
from reconciler.model.late import dataclass
from reconciler.model.scalars import refusals

_TEXT_TYPES = ("TXT", "SPF")


class LeftOutError(Exception):
    """What can't be adopted; the text says why."""


@dataclass(frozen=True, slots=True)
class ZoneText:
    """A zone's file, its values with their places, and how it is read."""

    zone: str
    placed: Placed
    options: ZoneOptions
    templates: bool

    def changed(self, path: Path, desired: RecordValue, live: RecordValue) -> list[Edit]:
        """Return the edits after which the record set at ``path`` says what is live; raises :class:`LeftOutError`."""
        if desired.options != live.options:
            raise LeftOutError("its options differ, which only a person can tell apart")
        node = self.placed.at(path)
        if node is None or node.sort != "mapping":
            raise LeftOutError("it isn't written as a mapping of its own")
        edits: list[Edit] = []
        if desired.ttl != live.ttl:
            edits.append(Put((*path, "ttl"), live.ttl))
        if desired.values != live.values:
            edits += self._values(path, node, live)
        return edits

    def added(self, new: Mapping[Address, RecordValue], gone: Iterable[Path]) -> dict[tuple[Address, ...], list[Edit]]:
        """Return the edits that add record sets, those of each name together; ``gone`` are paths that are deleted."""
        by_name: dict[str, list[Address]] = {}
        for address in sorted(new, key=_written_order):
            by_name.setdefault(address.rpartition("/")[0], []).append(address)
        return {tuple(addresses): self._named(addresses, new, set(gone)) for addresses in by_name.values()}

    def written(self, address: Address, value: RecordValue) -> Json:
        """Return a record set as it is written in this file; raises :class:`LeftOutError`."""
        name = split(address)[2]
        data: dict[str, Json] = KINDS["record"].to_yaml(address, value)
        if not can_be_written((name,), data, self.templates):
            raise LeftOutError("no file may hold its text")
        if value.rtype in _TEXT_TYPES and self.options.escaped_semicolons is False:
            data = {key: _bare(given) for key, given in data.items()}
        return without_templates(data) if self.templates else data

    def _named(self, addresses: Sequence[Address], new: Mapping[Address, RecordValue], gone: set[Path]) -> list[Edit]:
        """Return the edits that add record sets of one name."""
        sets = [self.written(address, new[address]) for address in addresses]
        item = self._item(addresses[0])
        if item is None:
            return [Put((_written_name(addresses[0]),), sets[0] if len(sets) == 1 else sets)]
        path: Path = (item.name,)
        if item.value.sort != "list":
            if path in gone:
                return [Put(path, sets[0] if len(sets) == 1 else sets)]
            here = _type_of(item.value)
            before = tuple(data for data in sets if data["type"] < here)
            return [Join(path, before, tuple(sets[len(before) :]))]
        types = [_type_of(entry.value) for entry in item.value.items]
        return [Add(path, sum(here < data["type"] for here in types), data) for data in sets]

    def _item(self, address: Address) -> Item | None:
        """Return the entry of a name, however the file spells it."""
        rtype = split(address)[3]
        for item in self.placed.root.items if self.placed.root else ():
            try:
                found = record_address(self.zone, item.name, rtype)
            except refusals():
                continue
            if found == address:
                return item
        return None

    def _values(self, path: Path, node: Node, live: RecordValue) -> list[Edit]:
        """Return the edits of the values: what is still live keeps its place and spelling."""
        one, many = node.child("value"), node.child("values")
        holder = one or many
        if holder is None:
            raise LeftOutError("it has neither `value` nor `values` of its own")
        nodes = [entry.value for entry in holder.value.items] if holder.value.sort == "list" else [holder.value]
        old = [data_of(entry) for entry in nodes]
        known = [self._canonical(live.rtype, data, lenient=True) for data in old]
        missing = [value for value in live.values if value not in known]
        written: list[Json] = []
        for data, value in zip(old, known, strict=True):
            if value is not None and value in live.values:
                written.append(data)
            elif missing:
                written.append(self._like(live.rtype, missing.pop(0), data))
        written += [self._like(live.rtype, value, old[-1] if old else None) for value in missing]
        if holder.value.sort == "list" or len(written) > 1:
            if one and holder.value.sort != "list":
                return [Delete((*path, "value")), Put((*path, "values"), written)]
            return [Put((*path, holder.name), written)]
        return [Put((*path, holder.name), written[0])]

    def _canonical(self, rtype: str, data: Json, lenient: bool) -> bytes | None:
        """Return what a value in the file means; None for what can't be told without its variables or its anchor."""
        escaped = self.options.escaped_semicolons is not False
        try:
            return wire_value(rtype, data, lenient=lenient, escaped_semicolons=escaped) if is_wire_type(rtype) else None
        except refusals():
            return None

    def _like(self, rtype: str, value: bytes | str, like: Json) -> Json:
        """Return a value written as ``like`` is: in parts, as text, quoted, with or without the last dot."""
        plain: Json = KINDS["record"].to_yaml("", record_value(rtype, 0, [value]))["value"]
        if not isinstance(value, bytes):
            return plain
        text = value_text(rtype, value)
        if rtype in _TEXT_TYPES:
            quoted = isinstance(like, str) and like.startswith('"')
            escaped = self.options.escaped_semicolons is not False
            written = text if quoted else plain if escaped else _bare(plain)
        elif isinstance(like, dict):
            written = _in_parts(rtype, octodns_mapping(rtype, value, text), like) or text
        elif isinstance(like, str):
            written = text.removesuffix(".") if self.options.lenient and not like.endswith(".") else text
        else:
            written = plain
        lenient = bool(self.options.lenient)
        written = written if self._canonical(rtype, written, lenient) == value else text
        return without_templates(written) if self.templates else written


def _written_name(address: Address) -> str:
    """Return a record set's name as a file writes it, where the apex is the empty text."""
    name = split(address)[2]
    return "" if name == "@" else name


def _written_order(address: Address) -> tuple[NaturalKey, str]:
    """Return what sorts record sets as a sorted file holds them."""
    return natural_key(_written_name(address)), split(address)[3]


def _in_parts(rtype: str, mapping: dict[str, Json] | None, like: dict[str, Json]) -> dict[str, Json] | None:
    """Return a value in parts under the names that the file uses for them, without defaults that it leaves out."""
    if mapping is None:
        return None
    named = {}
    for key in MAPPINGS[rtype].keys:
        name = next((name for name in (key.name, *key.others) if name in like), None)
        if name is not None or str(mapping[key.name]) != key.default:
            named[name or key.name] = mapping[key.name]
    return named


def _type_of(node: Node) -> str:
    """Return the record type that a mapping names."""
    found = node.child("type")
    return found.value.text if found else ""


def _bare(given: Json) -> Json:
    """Return raw TXT values as they are written where ``;`` isn't escaped; quoted ones never escape it."""
    if isinstance(given, list):
        return [_bare(text) for text in given]
    return given.replace("\\;", ";") if isinstance(given, str) and not given.startswith('"') else given
