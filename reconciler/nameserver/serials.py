"""The SOAs of many zones: a probe of each, over one UDP socket, with a bounded number under way at once.

Every answer is signed and proven as that of any question is. One that isn't proven is as none: who puts datagrams
between us and the server delays us only. What isn't answered over UDP is asked over one TCP connection; of what isn't
answered there either nothing is known, and whoever needs the zone transfers it.
"""

import socket
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import islice
from time import monotonic

from reconciler.model.errors import AuthenticationError
from reconciler.nameserver.connection import BrokenError, connect, datagrams, new_ids
from reconciler.nameserver.errors import UnreachableError
from reconciler.nameserver.message import SOA, MessageError, read_message
from reconciler.nameserver.owners import zone_wire
from reconciler.nameserver.query import asking, proven, soa_in
from reconciler.nameserver.server import Server
from reconciler.nameserver.signing import Signing, SigningError

#: How many probes are under way at once.
_WINDOW = 64
#: How many seconds without any answer over UDP are enough.
_SILENCE = 1.0
_LARGEST = 65535
#: How many numbers a message can have.
_NUMBERS = 65536


def soas(server: Server, zones: Iterable[str]) -> dict[str, bytes]:
    """Return the exact SOA data of each zone, by its name, of which the server proves that it has it."""
    probes = _probes(server, list(zones))
    if not probes:
        return {}
    with suppress(OSError, UnicodeError):
        _over_udp(server, probes)
    left = _probes(server, [probe.zone for probe in probes if not probe.is_answered])
    with suppress(UnreachableError, BrokenError):
        _over_tcp(server, left)
    return {probe.zone: probe.soa for probe in (*probes, *left) if probe.soa is not None}


class _Probe:
    """One question, as it is sent, and the answer to it."""

    __slots__ = ("_request", "_signing", "is_answered", "soa", "wire", "zone")

    def __init__(self, server: Server, zone: str, number: int) -> None:
        self.zone = zone
        self.is_answered = False
        self.soa: bytes | None = None
        self._request = asking(number, zone_wire(zone), SOA)
        self._signing = Signing(server.key) if server.key else None
        self.wire = self._signing.sign(self._request) if self._signing else self._request

    def is_told_by(self, wire: bytes) -> bool:
        """Tell whether this is the answer, also where that says that it has no room."""
        try:
            answer = proven(read_message(wire), self._request, self._signing)
            if not answer.truncated:
                self.soa = soa_in(answer)
                self.is_answered = True
        except (MessageError, SigningError, AuthenticationError):
            return False
        return True


def _probes(server: Server, zones: Sequence[str]) -> list[_Probe]:
    """Return a probe of each zone; the numbers of those that can be under way together differ."""
    numbers = new_ids(min(len(zones), _NUMBERS))
    return [_Probe(server, zone, numbers[place % _NUMBERS]) for place, zone in enumerate(zones)]


def _over_udp(server: Server, probes: Sequence[_Probe]) -> None:
    """Send what the window allows whenever there is room in it, until all is answered or the server is silent."""
    following, waiting = iter(probes), dict[bytes, _Probe]()
    with datagrams(server) as endpoint:
        until = monotonic() + min(server.timeout, _SILENCE)
        _send(endpoint, following, waiting)
        while waiting and (left := until - monotonic()) > 0:
            endpoint.settimeout(left)
            wire = endpoint.recv(_LARGEST)
            probe = waiting.get(wire[:2])
            if probe is not None and probe.is_told_by(wire):
                del waiting[wire[:2]]
                until = monotonic() + min(server.timeout, _SILENCE)
                _send(endpoint, following, waiting)


def _send(endpoint: socket.socket, following: Iterator[_Probe], waiting: dict[bytes, _Probe]) -> None:
    for probe in islice(following, _WINDOW - len(waiting)):
        endpoint.send(probe.wire)
        waiting[probe.wire[:2]] = probe


def _over_tcp(server: Server, probes: Sequence[_Probe]) -> None:
    """Ask in batches that fit into the buffers of both sides."""
    if not probes:
        return
    with connect(server) as stream:
        for start in range(0, len(probes), _WINDOW):
            waiting = {probe.wire[:2]: probe for probe in probes[start : start + _WINDOW]}
            for probe in waiting.values():
                stream.send(probe.wire)
            for _ in range(len(waiting)):
                wire = stream.receive(monotonic() + server.timeout)
                if wire[:2] in waiting:
                    waiting[wire[:2]].is_told_by(wire)
