"""Whole zones by AXFR (RFC 5936), each with the proof that nothing is missing; or what has changed, by IXFR (RFC 1995).

A transfer begins and ends with the same SOA, every message is signed (where the server has a key), nothing stands twice
and nothing stands outside the zone. Anything else is an ``IncompleteReadError``, never a smaller zone.
"""

import threading
import time
from collections.abc import Iterable
from contextlib import suppress

from reconciler.model.collector import collector_paused
from reconciler.model.errors import AccountError, AuthenticationError, IncompleteReadError
from reconciler.model.late import dataclass
from reconciler.nameserver.connection import BrokenError, Stream, connect, new_id
from reconciler.nameserver.errors import ZoneRefusedError, rcode_text
from reconciler.nameserver.incoming import Incoming
from reconciler.nameserver.message import (
    AXFR,
    FIXED,
    HEADER,
    IN,
    IXFR,
    SOA,
    Known,
    Message,
    MessageError,
    Rr,
    read_message,
)
from reconciler.nameserver.owners import zone_wire
from reconciler.nameserver.server import Server
from reconciler.nameserver.signing import Signing, SigningError
from reconciler.nameserver.steps import Steps
from reconciler.nameserver.zone import Transfer


@dataclass(frozen=True, slots=True)
class Limits:
    """How large the transfers of one read may become together, and how many seconds each may take in all."""

    octets: int = 128 << 20
    records: int = 5_000_000
    seconds: float = 300.0


LIMITS = Limits()
#: Whatever is wrong with steps, the whole zone that is asked for then tells whether it is wrong, too.
_NO_STEPS = (AccountError, AuthenticationError, BrokenError, MessageError, SigningError)


class Tally:
    """What the transfers of one read take in, so that a server can't exhaust the memory by many zones either."""

    def __init__(self, limits: Limits = LIMITS) -> None:
        """Begin with nothing."""
        self.limits = limits
        self._lock = threading.Lock()
        self._octets = self._records = 0

    def add(self, octets: int, records: int) -> None:
        """Count in what has come; raises ``MessageError`` where it is too much."""
        with self._lock:
            self._octets += octets
            self._records += records
            if self._octets > self.limits.octets:
                raise MessageError(f"with the zones read beside it, it is larger than {self.limits.octets} octets")
            if self._records > self.limits.records:
                raise MessageError(f"with the zones read beside it, it has more than {self.limits.records} records")


def transfer(server: Server, zone: str, tally: Tally | None = None) -> Transfer:
    """Return all of a zone, with proof; its name has no trailing dot. Transfers of one read share their ``tally``.

    Raises ``IncompleteReadError``, ``AuthenticationError``, :class:`~reconciler.nameserver.errors.ZoneRefusedError` and
    :class:`~reconciler.nameserver.errors.UnreachableError`.
    """
    exchange = _Exchange(server, zone, AXFR, tally or Tally())
    with connect(server) as stream, collector_paused():
        try:
            stream.send(exchange.request())
            return exchange.whole(stream)
        except (BrokenError, MessageError, SigningError) as error:
            raise exchange.incomplete(str(error)) from None


def transfer_since(server: Server, before: Transfer) -> Transfer:
    """Return all of a zone that was read before: by what has changed since, or whole.

    The server must tell how it came from the version that was read to the one that it has, and all that it takes away
    must have been there. It is transferred whole where the server doesn't tell that (some never do), tells something
    else or nothing, or signs nothing. Raises what :func:`transfer` does.
    """
    if server.key is not None:
        with connect(server) as stream, suppress(*_NO_STEPS):
            exchange = _Exchange(server, before.zone, IXFR, Tally())
            stream.send(exchange.request(before.soa))
            return exchange.since(before, stream)
    return transfer(server, before.zone)


class _Exchange:
    """A transfer that is under way: messages are taken in one by one, until the closing SOA."""

    def __init__(self, server: Server, zone: str, qtype: int, tally: Tally) -> None:
        self._server, self._zone, self._apex, self._qtype = server, zone, zone_wire(zone), qtype
        self._number = new_id()
        self._signing = Signing(server.key) if server.key else None
        self._tally = tally
        self._deadline = time.monotonic() + tally.limits.seconds
        self._messages = 0
        self._incoming = Incoming(zone, self._apex)

    def request(self, soa: bytes = b"") -> bytes:
        """Return the question, signed; with the SOA of the version that one has, if any."""
        asked = self._apex + self._qtype.to_bytes(2) + IN.to_bytes(2)
        has = self._apex + FIXED.pack(SOA, IN, 0, len(soa)) + soa if soa else b""
        wire = HEADER.pack(self._number, 0, 1, 0, bool(has), 0) + asked + has
        return self._signing.sign(wire) if self._signing else wire

    def whole(self, stream: Stream, begun: Iterable[Message] = ()) -> Transfer:
        """Take in every message, behind those that have come and been proven, and return the zone."""
        for message in begun:
            read_message(message.wire, self._incoming.take)
        while not self._incoming.is_closed:
            self._check(read_message(self._next(stream), self._take))
        return self._finished()

    def since(self, before: Transfer, stream: Stream) -> Transfer:
        """Take in what has changed since a zone was read, or all of it where the server sends that, and return it."""
        begun, answer = self._begun(before, stream)
        if answer[1][1] != SOA:
            with collector_paused():
                return self.whole(stream, begun)
        steps = Steps(before, self._apex)
        for message in begun:
            steps.take(message)
        while not steps.is_closed:
            steps.take(self._proven(stream))
        return steps.taken()

    def _begun(self, before: Transfer, stream: Stream) -> tuple[list[Message], list[Rr]]:
        """Return the first messages, and their records: at least two, because the second tells what is sent."""
        begun = [self._proven(stream)]
        answer = begun[0].answer
        if len(answer) == 1 and not _is_later(answer[0], begun[0].wire, before.serial):
            raise MessageError("it has no later version")  # and says nothing more
        while len(answer) < 2:
            begun.append(self._proven(stream))
            answer = [*answer, *begun[-1].answer]
        return begun, answer

    def _proven(self, stream: Stream) -> Message:
        message = read_message(self._next(stream))
        self._tally.add(0, len(message.answer))
        self._check(message)
        return message

    def _next(self, stream: Stream) -> bytes:
        wire = stream.receive(self._deadline)
        self._messages += 1
        self._tally.add(len(wire), 0)
        return wire

    def incomplete(self, why: str) -> IncompleteReadError:
        """Return the error for a transfer that isn't proven."""
        return IncompleteReadError(
            f"The transfer of {self._zone} from {self._server} isn't proven complete: "
            f"at message {self._messages}, {self._incoming.count} records, {why}.",
            "Nothing was concluded from it; try again.",
        )

    def _check(self, message: Message) -> None:
        if message.id != self._number or not message.response or message.opcode != 0:
            raise MessageError("it isn't the answer to what was asked")
        if self._signing is not None and (message.tsig is not None or not message.rcode or self._messages > 1):
            self._signing.prove(message)
        if message.rcode:
            raise self._refused(message)
        if message.truncated:
            raise MessageError("it says that it is truncated")
        if message.questions not in (((self._apex, self._qtype, IN),), () if self._messages > 1 else None):
            asked = [(name.lower(), *rest) for name, *rest in message.questions]
            if asked != [(self._apex, self._qtype, IN)]:
                raise MessageError("it is about another question")
        if message.authority:
            raise MessageError("it has records in its authority section")

    def _refused(self, message: Message) -> ZoneRefusedError | IncompleteReadError:
        said = rcode_text(message.rcode)
        if self._messages > 1:
            return self.incomplete(f"the server gave up ({said})")
        return ZoneRefusedError(
            f"The name server {self._server} refuses the transfer of {self._zone} ({said}).",
            "Check that it serves the zone, and that it knows this key and lets it transfer the zone.",
            zone=self._zone,
            rcode=message.rcode,
        )

    def _take(self, wire: bytes, at: int, count: int, names: Known) -> int:
        """Take in the records of one message; nothing comes of them where it turns out not to be proven."""
        self._tally.add(0, count)
        return self._incoming.take(wire, at, count, names)

    def _finished(self) -> Transfer:
        assert self._incoming.soa is not None
        soa, serial = self._incoming.soa
        if self._signing is None and not self._incoming.has("@", "NS"):
            raise MessageError("it has no NS records for the zone itself, and nothing is signed")
        return Transfer(self._zone, serial, soa, *self._incoming.finished())


def _is_later(rr: Rr, wire: bytes, serial: int) -> bool:
    """Tell whether a record is an SOA with a later serial (RFC 1982, section 3.2)."""
    _, rtype, _, _, _, end, _ = rr
    return rtype == SOA and 0 < (int.from_bytes(wire[end - 20 : end - 16]) - serial) % (1 << 32) < 1 << 31
