"""A hot path: a zone's file of the index, read line by line without an object for each JSON value.

Written for speed before it is written for reading. A line of the usual form (docs/hot-paths.md) is taken apart by one
regular expression and a direct way for its type. Whatever it doesn't match goes the general way of
:mod:`reconciler.record.index`, line by line where each stands for itself, else the whole file, so the result is the
same; ``make fuzz-record`` compares both over 100,000 files.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache, partial
from socket import AF_INET, AF_INET6, inet_pton

from reconciler.kinds.record import RecordValue, Values
from reconciler.kinds.record_names import name_to_wire
from reconciler.kinds.record_text import wire_value
from reconciler.model.address import Address
from reconciler.model.fields import Value
from reconciler.model.late import pattern
from reconciler.model.state import Provenance
from reconciler.record import index

# One match for each line, in order: seven groups of a usual line (the last but one is the text of its only value, or
# the last what only a closer look can tell), seven empty ones of any other.
_LINE = pattern(
    r'^,(?:"(record/[^"\\/\x00-\x1f]+/[^"\\/\x00-\x1f]+/([A-Z]+))":\{'
    r'("commit":"[^"\\\x00-\x1f]*","path":"[^"\\\x00-\x1f]*",(?:"protect":true,)?"receipt":(?:0|[1-9][0-9]*)),'
    r'"value":\{"ttl":(0|[1-9][0-9]*),"type":"([A-Z]+)","values":\["(?:([ !#-\[\]-~]+)|(.*))"\]\}\}|.*)$',
    re.MULTILINE,
)
_START = '{"$format":1\n'
_END = "\n}\n"


def read_lines(data: bytes) -> index.Found:
    """Return what a zone's file of the index says; raises what the general way raises for anything else."""
    text = data.decode("utf-8", "surrogatepass")
    lines = _LINE.findall(text)
    if not text.startswith(_START) or not text.endswith(_END) or len(lines) != text.count("\n") - 2:
        return read_whole(data)
    try:
        return _taken_apart(text, lines) or read_whole(data)
    except (AttributeError, LookupError, OSError, TypeError, ValueError, RecursionError):
        # One line is wrong; whether the whole file is, another line may decide, which says the same address again.
        return read_whole(data)


def read_whole(data: bytes) -> index.Found:
    """Return the same the general way, of any kind."""
    kept = {address: index.from_json(address, entry) for address, entry in index.decode(data).items()}
    return {a: one.value for a, one in kept.items()}, {a: one.provenance for a, one in kept.items()}


def _taken_apart(text: str, lines: Iterable[tuple[str, ...]]) -> index.Found | None:
    """Return what the lines say, or None where one of them doesn't stand for itself."""
    values: dict[Address, Value] = {}
    provenance: dict[Address, Provenance] = {}
    make, cut = tuple.__new__, list[str]()
    for number, (address, rtype, origin, ttl, told, text_of, inner) in enumerate(lines, 1):
        maker = _MAKERS.get(rtype) if told == rtype else None
        if maker and text_of:
            data: Values = (maker[1](text_of),)
        elif maker and (parts := _parts(inner)):
            data = tuple(sorted({maker[1](part) for part in parts}))
        else:
            cut = cut or text.split("\n")
            odd = _odd(cut[number])
            if odd is None:
                return None
            values[odd[0]], provenance[odd[0]] = odd[1]
            continue
        values[address] = make(RecordValue, (maker[0], int(ttl), data, None))
        provenance[address] = _origin(origin)
    return values, provenance


def _parts(inner: str) -> list[str] | None:
    """Return the texts between the first and the last quote of a list, or None where only JSON can tell."""
    if not (inner.isascii() and inner.isprintable()):
        return None
    quotes = inner.count('"')
    if "\\" not in inner:
        parts = inner.split('","')
        return parts if quotes == 2 * len(parts) - 2 else None
    # Every backslash stands before a quote, every quote behind one: that is one text.
    single = inner.count('\\"') == quotes == inner.count("\\")
    return [inner.replace('\\"', '"')] if single else None


def _odd(line: str) -> tuple[Address, index.Kept] | None:
    entries = json.loads(f"{{{line[1:]}}}")
    if len(entries) != 1 or index.FORMAT_KEY in entries:
        return None
    ((address, entry),) = entries.items()
    return address, index.from_json(address, entry)


@lru_cache(maxsize=1 << 12)
def _origin(text: str) -> Provenance:
    facts = json.loads(f"{{{text}}}")
    return Provenance(facts["receipt"], facts["commit"], facts["path"], facts.get("protect", False))


def _name(text: str) -> bytes:
    return name_to_wire(text, False) if " " not in text else wire_value("CNAME", text)


def _mx(text: str) -> bytes:
    preference, _, exchange = text.partition(" ")
    if len(preference) < 5 and preference.isdigit() and " " not in exchange:
        return int(preference).to_bytes(2) + name_to_wire(exchange, False)
    return wire_value("MX", text)


def _txt(text: str) -> bytes:
    string = text[1:-1]
    if len(string) < 256 and '"' not in string and text[:1] == text[-1:] == '"' != text:
        return bytes((len(string),)) + string.encode()
    return wire_value("TXT", text)


#: For each type its name, and what makes the data of one value.
_MAKERS: Mapping[str, tuple[str, Callable[[str], bytes]]] = {
    "A": ("A", partial(inet_pton, AF_INET)),
    "AAAA": ("AAAA", partial(inet_pton, AF_INET6)),
    "CAA": ("CAA", partial(wire_value, "CAA")),
    "CNAME": ("CNAME", _name),
    "MX": ("MX", _mx),
    "NS": ("NS", _name),
    "PTR": ("PTR", _name),
    "SRV": ("SRV", partial(wire_value, "SRV")),
    "TXT": ("TXT", _txt),
}
