"""How many record sets a second come into one zone: by our writer, and by a sender of full messages beside it.

``python benchmarks/updates.py PORT ZONE COUNT TURNS`` is one process; it prints rates by the clock as JSON. The writer
has read the zone before the clock runs; then it cuts, encodes, demands what was read, signs and sends. The sender only
sends: its messages hold as much as fits, and were made and signed by dnspython before the clock ran. One sender demands
nothing; the other one demands of each record set that it isn't there, which costs the server.
"""

import json
import socket
import struct
import sys
import time
from collections.abc import Iterator, Sequence

import dns.message
import dns.name
import dns.rdataset
import dns.rdatatype
import dns.tsig
import dns.update
import named
import zone as zones
from measuring import BenchError

from reconciler.kinds.record_text import wire_value
from reconciler.model.secret import Secret
from reconciler.nameserver.cutting import LARGEST, SetChange
from reconciler.nameserver.server import Key, Server
from reconciler.nameserver.transfer import transfer
from reconciler.nameserver.update import End, send_all
from reconciler.nameserver.zone import RecordSet

_KEY = dns.tsig.Key(named.KEY_NAME, named.KEY, named.ALGORITHM)
#: What a signature takes of a message at most, here.
_ROOM = 200


def made(prefix: str, count: int, zone: str) -> list[zones.RecordSet]:
    """Return record sets that a zone doesn't have yet."""
    return [found._replace(name=f"{found.name}.{prefix}") for found in zones.record_sets(count, zone=zone)]


def by_writer(port: int, zone: str, sets: Sequence[zones.RecordSet]) -> float:
    """Create record sets our way and return how many came in a second."""
    server, name = Server(named.HOST, port, Key(named.KEY_NAME, named.ALGORITHM, Secret(named.KEY))), zone.rstrip(".")
    changes = [SetChange(found.name, found.type, None, _wire(found)) for found in sets]
    there = transfer(server, name)
    started = time.monotonic()
    sent = send_all(server, name, changes, there)
    ended = time.monotonic()
    if sent.end is not End.DONE:
        raise BenchError(f"The writer's message was refused with {sent.rcode}.")
    return len(sets) / (ended - started)


def _wire(found: zones.RecordSet) -> RecordSet:
    values = (wire_value(found.type, zones.presentation(found.type, value)) for value in found.values)
    return RecordSet(found.ttl, tuple(sorted(values)))


def by_sender(port: int, zone: str, sets: Sequence[zones.RecordSet], demands: bool) -> float:
    """Create record sets by messages that are full, and return how many came in a second."""
    messages = [struct.pack("!H", len(wire)) + wire for wire in _messages(zone, sets, demands)]
    with socket.create_connection((named.HOST, port)) as stream, stream.makefile("rb") as answers:
        stream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        started = time.monotonic()
        for message in messages:
            stream.sendall(message)
            answer = answers.read(struct.unpack("!H", answers.read(2))[0])
            if rcode := answer[3] & 15:
                raise BenchError(f"The sender's message was refused with {rcode}.")
        return len(sets) / (time.monotonic() - started)


def _messages(zone: str, sets: Sequence[zones.RecordSet], demands: bool) -> Iterator[bytes]:
    """Yield signed messages, each with as many record sets as fit."""
    origin = dns.name.from_text(zone)
    message, size = _empty(zone), _ROOM
    for found in sets:
        texts = [zones.presentation(found.type, value) for value in found.values]
        rdatas = dns.rdataset.from_text_list("IN", found.type, found.ttl, texts)
        needs = sum(len(found.name) + 16 + len(rdata.to_wire(origin=origin) or b"") for rdata in rdatas)
        needs += len(found.name) + 16 if demands else 0
        if size + needs > LARGEST:
            yield message.to_wire(max_size=LARGEST)
            message, size = _empty(zone), _ROOM
        if demands:
            message.absent(found.name, found.type)
        message.add(found.name, rdatas)
        size += needs
    yield message.to_wire(max_size=LARGEST)


def _empty(zone: str) -> dns.update.UpdateMessage:
    return dns.update.UpdateMessage(zone, keyring=_KEY)


def main(port: int, zone: str, count: int, turns: int) -> None:
    """Let each create as many, in turn, and print their rates."""
    rates: dict[str, list[float]] = {"writer": [], "sender": [], "sender that demands": []}
    for turn in range(turns):
        rates["writer"].append(by_writer(port, zone, made(f"w{turn}", count, zone)))
        rates["sender"].append(by_sender(port, zone, made(f"s{turn}", count, zone), demands=False))
        rates["sender that demands"].append(by_sender(port, zone, made(f"d{turn}", count, zone), demands=True))
    print(json.dumps(rates))


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], *map(int, sys.argv[3:]))
