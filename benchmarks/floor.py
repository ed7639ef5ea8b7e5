"""The floor: the least work that a correct DNS plan must do in Python with libyaml. It is no product: it believes all.

``python benchmarks/floor.py cold|changed|warm CACHE PORT FILE ZONE`` is one whole process. ``cold`` reads the file's
events, normalises, transfers the zone, compares and keeps what it read; ``changed`` finds the file's content in CACHE,
by its digest, and transfers; ``warm`` finds there, too, which serial it saw, and asks for that alone.
"""

import gc
import marshal
import os
import socket
import struct
import sys
from collections.abc import Callable
from hashlib import sha1
from pathlib import Path
from typing import Any, TypeAlias

#: (owner, type) -> (TTL, sorted values), all of them as on the wire.
Sets: TypeAlias = dict[tuple[bytes, int], tuple[int, tuple[bytes, ...]]]

_TYPES = {"A": 1, "NS": 2, "CNAME": 5, "MX": 15, "TXT": 16, "AAAA": 28, "SRV": 33, "CAA": 257}
#: How many octets stand before the name in the data of a type that ends with one.
_BEFORE_NAME = {2: 0, 5: 0, 15: 2, 33: 6}
_SOA, _TXT, _AXFR = 6, 16, 252


def wire_name(text: str) -> bytes:
    """Return a name as on the wire."""
    return b"".join(bytes([len(label)]) + label for label in text.lower().encode().rstrip(b".").split(b".")) + b"\0"


def from_events(raw: bytes) -> Any:
    """Return what a YAML document holds, every scalar a string."""
    from yaml._yaml import CParser
    from yaml.events import MappingEndEvent, MappingStartEvent, ScalarEvent, SequenceEndEvent

    event: Callable[[], Any] = CParser(raw).get_event

    def value(found: Any) -> Any:
        if found.__class__ is ScalarEvent:
            return found.value
        if found.__class__ is MappingStartEvent:
            pairs: dict[str, Any] = {}
            while (key := event()).__class__ is not MappingEndEvent:
                pairs[key.value] = value(event())
            return pairs
        items = []
        while (entry := event()).__class__ is not SequenceEndEvent:
            items.append(value(entry))
        return items

    event(), event()
    return value(event())


def _data(rtype: str, value: Any, names: dict[str, bytes]) -> bytes:
    def name(text: str) -> bytes:
        return names.get(text) or names.setdefault(text, wire_name(text))

    if rtype in {"A", "AAAA"}:
        return socket.inet_pton(socket.AF_INET if rtype == "A" else socket.AF_INET6, value)
    if rtype in {"CNAME", "NS"}:
        return name(value)
    if rtype == "MX":
        return struct.pack("!H", int(value["preference"])) + name(value["exchange"])
    if rtype == "SRV":
        return struct.pack("!HHH", *(int(value[key]) for key in ("priority", "weight", "port"))) + name(value["target"])
    if rtype == "CAA":
        tag, text = (str(value[key]).encode() for key in ("tag", "value"))
        return bytes([int(value["flags"]), len(tag)]) + tag + text
    return bytes(value.replace("\\;", ";").encode())


def desired(document: Any, zone: str) -> Sets:
    """Return the record sets that octoDNS's YAML declares."""
    names: dict[str, bytes] = {}
    sets: Sets = {}
    suffix = wire_name(zone)
    for name, found in document.items():
        owner = (wire_name(name)[:-1] if name else b"") + suffix
        for entry in found if isinstance(found, list) else (found,):
            rtype = entry["type"]
            values = entry.get("values") or [entry["value"]]
            data = sorted(_data(rtype, value, names) for value in values)
            sets[owner, _TYPES[rtype]] = int(entry["ttl"]), tuple(data)
    return sets


def name_at(message: bytes, at: int, known: dict[int, bytes]) -> tuple[bytes, int]:
    """Return the name that begins there, in lower case and whole, and where it ends."""
    start, parts = at, []
    while (length := message[at]) and length < 192:
        parts.append(message[at : at + length + 1].lower())
        at += length + 1
    if length:
        place = (length & 63) << 8 | message[at + 1]
        parts.append(known.get(place) or name_at(message, place, known)[0])
        at += 1
    else:
        parts.append(b"\0")
    known[start] = name = b"".join(parts)
    return name, at + 1


def question(zone: str, rtype: int) -> bytes:
    """Return a query."""
    return struct.pack("!HHHHHH", 1, 0, 1, 0, 0, 0) + wire_name(zone) + struct.pack("!HH", rtype, 1)


def transferred(port: int, zone: str) -> tuple[Sets, int]:
    """Return what the server holds, and its serial."""
    asked, sets, serials = question(zone, _AXFR), dict[tuple[bytes, int], tuple[int, list[bytes]]](), list[int]()
    with socket.create_connection(("127.0.0.1", port)) as stream:
        stream.sendall(struct.pack("!H", len(asked)) + asked)
        with stream.makefile("rb", 1 << 18) as file:
            while len(serials) < 2:
                _add(file.read(struct.unpack("!H", file.read(2))[0]), sets, serials)
    return {key: (ttl, tuple(sorted(data))) for key, (ttl, data) in sets.items()}, serials[0]


def _add(message: bytes, sets: dict[tuple[bytes, int], tuple[int, list[bytes]]], serials: list[int]) -> None:
    questions, answers = struct.unpack_from("!HH", message, 4)
    at, known = 12, dict[int, bytes]()
    for _ in range(questions):
        at = name_at(message, at, known)[1] + 4
    for _ in range(answers):
        owner, at = name_at(message, at, known)
        rtype, _, ttl, length = struct.unpack_from("!HHIH", message, at)
        at += 10
        if rtype == _SOA:
            serials += struct.unpack_from("!I", message, at + length - 20)
        else:
            data = _plain(message, at, rtype, length, known)
            if found := sets.get((owner, rtype)):
                found[1].append(data)
            else:
                sets[owner, rtype] = ttl, [data]
        at += length


def _plain(message: bytes, at: int, rtype: int, length: int, known: dict[int, bytes]) -> bytes:
    if (before := _BEFORE_NAME.get(rtype)) is not None:
        return message[at : at + before] + name_at(message, at + before, known)[0]
    if rtype != _TXT:
        return message[at : at + length]
    parts, end = [], at + length
    while at < end:
        parts.append(message[at + 1 : at + 1 + message[at]])
        at += 1 + message[at]
    return b"".join(parts)


def serial_of(port: int, zone: str) -> int:
    """Ask for a zone's serial."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams:
        datagrams.connect(("127.0.0.1", port))
        datagrams.settimeout(2)
        datagrams.send(question(zone, _SOA))
        answer = datagrams.recv(4096)
    at = name_at(answer, name_at(answer, 12, {})[1] + 4, {})[1] + 10
    at = name_at(answer, name_at(answer, at, {})[1], {})[1]
    return int(struct.unpack_from("!I", answer, at)[0])


def plan(mode: str, cache: Path, port: int, file: Path, zone: str) -> int:
    """Return how many record sets differ between a file and its zone."""
    raw = file.read_bytes()
    digest, place = sha1(raw, usedforsecurity=False).digest(), cache / zone
    mark = place.with_suffix(".serial")
    if mode == "warm" and mark.exists() and marshal.loads(mark.read_bytes()) == (digest, serial_of(port, zone)):
        return 0
    kept = place.read_bytes() if mode == "changed" else b""
    want = marshal.loads(kept[20:]) if kept[:20] == digest else desired(from_events(raw), zone)
    live, serial = transferred(port, zone)
    if not kept:
        place.write_bytes(digest + marshal.dumps(want))
    differ = sum(live.get(key) != found for key, found in want.items()) + sum(key not in want for key in live)
    if not differ:
        mark.write_bytes(marshal.dumps((digest, serial)))
    return differ


def main(mode: str, cache: str, port: str, *pairs: str) -> None:
    """Plan each pair of a file and a zone."""
    gc.disable()
    differ = [
        plan(mode, Path(cache), int(port), Path(file), zone) for file, zone in zip(pairs[::2], pairs[1::2], strict=True)
    ]
    print(f"{len(differ)} zones, {sum(differ)} record sets differ")
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main(*sys.argv[1:])
