"""Random files of a zone's record sets in the index: as they are written, and changed at random."""

import json
from collections.abc import Callable
from random import Random

from reconciler.model.fields import Json
from reconciler.record import index
from reconciler.record.zone_lines import read_lines, read_whole

#: What a file says: addresses with values and provenance in their order, or that it is refused.
Reading = list[tuple[object, ...]] | str

_NAMES = ("@", "www", "*.a", "_sip._tcp", "ü", "x%2Fy", "h\\.1")
_PATHS = ("dns.yaml", "zones/example.org.yaml", "ä.yaml", "", 'q".yaml')
_TEXTS = (
    '"v=spf1 -all"',
    '"a" "b"',
    '"semi; colon"',
    '"q\\"uote"',
    '"\\195\\164"',
    '""',
    f'"{"x" * 255}"',
    '"ö"',
    "raw",
)
_LONG = f'"{"y" * 255}" "{"z" * 9}"'
_HOSTS = ("a.example.", "*.b.example.", "UPPER.example.", ".", "relative", "two words.", "münchen.example.", "a\\.b.c.")
_TTLS: tuple[Json, ...] = (0, 60, 3600, 2**31 - 1, 10**12, True, 1.0, -1)
_PIECES = (
    *("\n", "\r", "\n,", ",", '"', "\\", '\\"', '","', '"]', "[", "]", "{", "}}", ":", " ", "0", "00", "\x7f", "\x01"),
    *("null", '"ttl":', '"type":"A"', '"values":["', '"protect":true,', '"options":{},', "\\u0041", "é", "\ud800"),
    *('{"$format":1\n', "}\n", ',"$format":1\n', ',"$format":2\n', ',"record/example.org/www/A":null\n'),
)


def _host(rng: Random) -> str:
    return rng.choice(_HOSTS) if rng.random() < 0.3 else f"h{rng.randrange(99)}.example."


_VALUES: dict[str, Callable[[Random], Json]] = {
    "A": lambda rng: rng.choice([f"192.0.2.{rng.randrange(256)}", "192.0.2.256", "1.2.3", "192.0.2.01", " 192.0.2.1"]),
    "AAAA": lambda rng: rng.choice([f"2001:db8::{rng.randrange(65536):x}", "::1.2.3.4", "::g", "2001:DB8::1"]),
    "CAA": lambda rng: (
        f'{rng.randrange(300)} {rng.choice(("issue", "ISSUE", "is sue"))} "ca{rng.randrange(9)}.example"'
    ),
    "CNAME": _host,
    "MX": lambda rng: f"{rng.choice((0, 10, 65535, 65536, '010', '٣'))}{rng.choice((' ', '  ', ''))}{_host(rng)}",
    "NS": _host,
    "PTR": _host,
    "SRV": lambda rng: f"0 {rng.randrange(9)} {rng.randrange(70000)} {_host(rng)}",
    "TXT": lambda rng: rng.choice((*_TEXTS, _LONG)),
    "SSHFP": lambda _: "1 1 " + "ab" * 20,
    "ALIAS": lambda rng: rng.choice((_host(rng), {"a": 1})),
    "TYPE65280": lambda _: "\\# 2 abcd",
}


def file_of(rng: Random, valid: float = 0.97) -> bytes:
    """Return a file with some entries; each of its parts is as it should be with the probability ``valid``."""
    entries: dict[str, Json] = {}
    for _ in range(rng.randrange(6)):
        rtype = rng.choice(list(_VALUES))
        told = rtype if rng.random() < valid else rng.choice(list(_VALUES))
        values = [_VALUES[rtype](rng) for _ in range(rng.choice((0, 1, 1, 1, 1, 2, 3)))]
        ttl = rng.choice(_TTLS[:5] if rng.random() < valid else _TTLS)
        value: Json = {"type": told, "ttl": ttl, "values": values}
        if rng.random() < 0.1:
            value["options"] = {"octodns": {"healthcheck": {"host": "x"}}}
        entry: Json = {"value": value, "receipt": rng.randrange(20), "commit": "ab" * 20, "path": rng.choice(_PATHS)}
        if rng.random() < 0.2:
            entry["protect"] = rng.random() < valid
        if rng.random() < 0.05:
            entry["live_id"] = "17"
        entries[f"record/example.org/{rng.choice(_NAMES)}/{rtype}"] = entry
    return index.encode(entries)


def mutated(rng: Random, data: bytes) -> bytes:
    """Return a file changed at random: pieces put in, cut out, doubled or moved, or a byte that is another one."""
    for _ in range(rng.choice((1, 1, 2, 3))):
        at, size = rng.randrange(len(data) + 1), rng.choice((0, 1, 2, 9, 40))
        piece = rng.choice(_PIECES).encode("utf-8", "surrogatepass")
        match rng.randrange(4):
            case 0:
                data = data[:at] + piece + data[at + size :]
            case 1:
                data = data[:at] + data[at + size :]
            case 2:
                lines = data.split(b"\n")
                lines.insert(rng.randrange(len(lines)), rng.choice(lines))
                data = b"\n".join(lines)
            case _:
                data = data[:at] + bytes((rng.randrange(256),)) + data[at + 1 :]
    return data


def _read(read: Callable[[bytes], index.Found], data: bytes) -> Reading:
    try:
        values, provenance = read(data)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, RecursionError):
        return "refused"
    return [
        (address, type(value), value, *map(type, value), provenance[address], *map(type, provenance[address]))
        for address, value in values.items()
        if isinstance(value, tuple)
    ]


def difference(data: bytes) -> str:
    """Return how the direct way reads a file otherwise than the general one; empty where it doesn't."""
    direct, general = _read(read_lines, data), _read(read_whole, data)
    return "" if repr(direct) == repr(general) else f"{json.dumps(data.decode('latin-1'))}\n  {direct}\n  {general}"
