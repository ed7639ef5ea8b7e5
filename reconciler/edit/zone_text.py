"""Record sets with the comments of a master file -> octoDNS's YAML, each comment at the record that it stood at."""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from typing import TypeAlias

from reconciler.edit.emit import is_ambiguous
from reconciler.edit.layout import write_document
from reconciler.edit.literal import without_templates
from reconciler.edit.order import natural_key
from reconciler.edit.tree import Collection, Document, Entry, Line, Node, Scalar
from reconciler.kinds.record import RecordKind, RecordValue
from reconciler.model.account import Dns
from reconciler.model.address import Address, split
from reconciler.model.fields import Json
from reconciler.model.late import dataclass, pattern

#: A record of the master file: its record set's address (None for the SOA), its data, its first and last line.
MasterLine: TypeAlias = tuple[Address | None, bytes, int, int]
#: A comment of the master file: its line, its text, and whether it stands alone there.
MasterComment: TypeAlias = tuple[int, str, bool]
_Value: TypeAlias = tuple[Address, bytes]
_PLAIN = pattern(
    r"[A-Za-z0-9_.](?:[A-Za-z0-9_./+=~*@,;\\()<>^$-]|:(?=[A-Za-z0-9/.])| (?=[A-Za-z0-9_./+=~@;\\(<^$-]))*\Z"
)
_KIND = RecordKind()


@dataclass(frozen=True, slots=True)
class ZoneText:
    """A zone's YAML, and how many comments of the master file are in it, and how many went with SOA and directives."""

    text: str
    comments: int
    left_out: int


@dataclass(slots=True)
class _Comments:
    """Where comments go: above or beside a record's data, to the head or the end of the file."""

    above: dict[_Value, list[Line]] = field(default_factory=dict)
    beside: dict[_Value, list[str]] = field(default_factory=dict)
    head: list[Line] = field(default_factory=list)
    below: list[Line] = field(default_factory=list)
    left_out: int = 0

    def place(self, comments: Iterable[MasterComment], lines: Sequence[MasterLine]) -> int:
        """Give every comment its place and return how many have one."""
        ends = [last for _, _, _, last in lines]
        count = 0
        for number, text, alone in comments:
            index = bisect_left(ends, number)
            inside = index < len(lines) and lines[index][2] <= number
            count += self._place(text, alone, inside, lines[index] if index < len(lines) else None)
        return count

    def _place(self, text: str, alone: bool, inside: bool, at: MasterLine | None) -> bool:
        if not text.strip():
            return False
        comment = f"#{text}" if text[0] == " " else f"# {text}"
        if (inside and at and at[0] is None) or (not inside and not alone):
            self.left_out += 1
            return False
        if at is None:
            self.below.append(comment.rstrip())
        elif at[0] is None:
            self.head.append(comment.rstrip())
        elif alone:
            self.above.setdefault((at[0], at[1]), []).append(comment.rstrip())
        else:
            self.beside.setdefault((at[0], at[1]), []).append(text.strip())
        return True


def zone_text(
    state: Mapping[Address, RecordValue], lines: Sequence[MasterLine], comments: Iterable[MasterComment], dns: Dns
) -> ZoneText:
    """Return a zone's YAML in natural order; ``lines`` and ``comments`` come in the order of the file."""
    placed = _Comments()
    count = placed.place(comments, lines)
    firsts: dict[Address, bytes] = {}
    names: dict[str, list[Address]] = {}
    for address, data, _, _ in lines:
        if address is not None and address not in firsts:
            firsts[address] = data
            names.setdefault(split(address)[2], []).append(address)
    entries = []
    for name in sorted(("" if name == "@" else name for name in names), key=natural_key):
        sets = names[name or "@"]
        above = placed.above.pop((sets[0], firsts[sets[0]]), [])
        made = [_entry(address, state[address], firsts[address], placed, dns) for address in sets]
        value: Node = made[0].value if len(made) == 1 else Collection(False, False, False, tuple(made))
        entries.append(Entry(tuple(above), _scalar(name), value))
    root = Collection(True, not entries, False, tuple(entries))
    document = Document(tuple(placed.head), True, "", Entry((), None, root), tuple(placed.below))
    return ZoneText(write_document(document), count, placed.left_out)


def _entry(address: Address, record: RecordValue, first: bytes, placed: _Comments, dns: Dns) -> Entry:
    """Return a record set as an item of its name's list."""
    data = _KIND.to_yaml(address, record)
    given = data["values"] if "values" in data else [data["value"]]
    values = [_value(value, record.rtype, dns) for value in given]
    above = placed.above.pop((address, first), [])
    items = [
        _with_comment(
            Entry(tuple(placed.above.get((address, wire), ())), None, value),
            "; ".join(placed.beside.get((address, wire), ())),
        )
        for value, wire in zip(values, (bytes(v) for v in record.values if isinstance(v, bytes)), strict=True)
    ]
    pairs = [_pair("ttl", Scalar(str(record.ttl), str(record.ttl), "")), _pair("type", _scalar(record.rtype))]
    if len(items) == 1:
        pairs.append(Entry(items[0].above, _scalar("value"), items[0].value, items[0].beside))
    else:
        pairs.append(_pair("values", Collection(False, False, False, tuple(items))))
    return Entry(tuple(above), None, Collection(True, False, False, tuple(pairs)))


def _with_comment(entry: Entry, comment: str) -> Entry:
    """Return an entry with a comment beside it; for a mapping it stands at its first key."""
    if not comment:
        return entry
    value = entry.value
    if isinstance(value, Scalar) or not value.entries:
        return Entry(entry.above, entry.key, value, f"# {comment}")
    first, *rest = value.entries
    told = (Entry(first.above, first.key, first.value, f"# {comment}"), *rest)
    return Entry(entry.above, entry.key, Collection(value.mapping, value.flow, value.broken, told))


def _value(value: Json, rtype: str, dns: Dns) -> Node:
    if isinstance(value, str) and rtype in ("TXT", "SPF") and dns.defaults.escaped_semicolons is False:
        value = value if value.startswith('"') else value.replace("\\;", ";")
    return _node(without_templates(value) if dns.templates else value)


def _node(value: Json) -> Node:
    if isinstance(value, dict):
        pairs = tuple(_pair(key, _node(value[key])) for key in sorted(value, key=natural_key))
        return Collection(True, not pairs, False, pairs)
    return Scalar(str(value), str(value), "") if isinstance(value, int) else _scalar(str(value))


def _pair(key: str, value: Node) -> Entry:
    return Entry((), _scalar(key), value)


def _scalar(text: str) -> Scalar:
    """Return text as YAML that every version reads as text."""
    if _PLAIN.match(text) and not is_ambiguous(text):
        return Scalar(text, text, "")
    quoted = text.replace("'", "''")
    return Scalar(f"'{quoted}'", text, "'")
