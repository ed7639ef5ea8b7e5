"""Whole zones by AXFR (RFC 5936), each with the proof that nothing is missing.

A transfer begins and ends with the same SOA, every message is signed (where the server has a key), nothing stands twice
and nothing stands outside the zone. Anything else is an ``IncompleteReadError``, never a smaller zone.
"""

import threading
import time

from reconciler.model.collector import collector_paused
from reconciler.model.errors import IncompleteReadError
from reconciler.model.late import dataclass
from reconciler.nameserver.connection import BrokenError, Stream, connect, new_id
from reconciler.nameserver.errors import ZoneRefusedError, rcode_text
from reconciler.nameserver.incoming import Incoming
from reconciler.nameserver.message import AXFR, HEADER, IN, Known, Message, MessageError, read_message
from reconciler.nameserver.owners import zone_wire
from reconciler.nameserver.server import Server
from reconciler.nameserver.signing import Signing, SigningError
from reconciler.nameserver.zone import Transfer


@dataclass(frozen=True, slots=True)
class Limits:
    """How large the transfers of one read may become together, and how many seconds each may take in all."""

    octets: int = 128 << 20
    records: int = 5_000_000
    seconds: float = 300.0


LIMITS = Limits()


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
    number, apex = new_id(), zone_wire(zone)
    request = HEADER.pack(number, 0, 1, 0, 0, 0) + apex + AXFR.to_bytes(2) + IN.to_bytes(2)
    signing = Signing(server.key) if server.key else None
    exchange = _Exchange(server, zone, apex, number, signing, tally or Tally())
    with connect(server) as stream, collector_paused():
        try:
            stream.send(signing.sign(request) if signing else request)
            return exchange.whole(stream)
        except (BrokenError, MessageError, SigningError) as error:
            raise exchange.incomplete(str(error)) from None


class _Exchange:
    """A transfer that is under way: messages are taken in one by one, until the closing SOA."""

    def __init__(
        self, server: Server, zone: str, apex: bytes, number: int, signing: Signing | None, tally: Tally
    ) -> None:
        self._server, self._zone, self._apex, self._number = server, zone, apex, number
        self._signing, self._tally = signing, tally
        self._deadline = time.monotonic() + tally.limits.seconds
        self._messages = 0
        self._incoming = Incoming(zone, apex)

    def whole(self, stream: Stream) -> Transfer:
        """Take in every message and return the zone."""
        while not self._incoming.is_closed:
            wire = stream.receive(self._deadline)
            self._messages += 1
            self._tally.add(len(wire), 0)
            self._check(read_message(wire, self._take))
        return self._finished()

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
        if message.questions not in (((self._apex, AXFR, IN),), () if self._messages > 1 else None):
            asked = [(name.lower(), *rest) for name, *rest in message.questions]
            if asked != [(self._apex, AXFR, IN)]:
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
