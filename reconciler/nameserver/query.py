"""One question, one answer: over UDP, and over TCP where that isn't enough."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from reconciler.kinds.record_names import name_to_wire, wire_to_name
from reconciler.model.errors import IncompleteReadError
from reconciler.model.late import dataclass
from reconciler.nameserver.connection import BrokenError, ask_udp, connect, new_id
from reconciler.nameserver.errors import UnreachableError, rcode_text
from reconciler.nameserver.message import HEADER, IN, QUERY, SOA, Message, MessageError, read_message
from reconciler.nameserver.rdata import read_rdata, type_code, type_text
from reconciler.nameserver.server import Server
from reconciler.nameserver.signing import Signing, SigningError

#: A datagram may be lost; we don't wait longer before we ask over TCP.
_LONGEST_UDP = 2.0
#: A server that says nothing about itself isn't waited for longer.
_LONGEST_CHAOS = 2.0
_TXT, _CHAOS = 16, 3


@dataclass(frozen=True, slots=True)
class AnswerRecord:
    """One record of an answer: the owner is absolute, the value canonical."""

    owner: str
    rtype: str
    ttl: int
    value: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server says to a question; ``authority`` are the records of a referral or a denial."""

    rcode: int
    authoritative: bool
    records: tuple[AnswerRecord, ...]
    authority: tuple[AnswerRecord, ...] = ()


def ask(server: Server, name: str, rtype: str) -> Answer:
    """Return the answer to a question about an absolute name; recursion isn't desired.

    Raises ``IncompleteReadError`` for an answer that can't be read or isn't signed, ``AuthenticationError``, and
    :class:`~reconciler.nameserver.errors.UnreachableError`.
    """
    with _asked(server, name, rtype) as answer:
        return Answer(answer.rcode, answer.authoritative, _records(answer, True), _records(answer, False))


@contextmanager
def _asked(server: Server, name: str, rtype: str) -> Iterator[Message]:
    """Yield the answer to whoever reads it: data that can't be read makes it as useless as one that isn't signed."""
    request = asking(new_id(), name_to_wire(name, lenient=True), type_code(rtype))
    try:
        yield _over_udp(server, request) or _over_tcp(server, request)
    except (BrokenError, MessageError, SigningError) as error:
        raise IncompleteReadError(
            f"The answer of {server} about {name} {rtype} can't be used: {error}.", "Try again."
        ) from None


def serial(server: Server, zone: str) -> int | None:
    """Return the serial of a zone on a server, or None where the server has no authority over it.

    Raises as :func:`ask` does, also where the server has our key and doesn't sign that it has no authority (Knot).
    """
    found = soa(server, zone)
    return None if found is None else serial_of(found)


def soa(server: Server, zone: str) -> bytes | None:
    """Return the exact data of a zone's SOA on a server, as :func:`serial` does its serial."""
    with _asked(server, f"{zone.removesuffix('.')}.", "SOA") as answer:
        return soa_in(answer)


def soa_in(answer: Message) -> bytes | None:
    """Return the SOA in the answer to a question about it; None where the server has no authority over that name.

    One of another name is none: an alias leads to it, and where a zone was there may be an alias. Raises
    ``MessageError`` where it can't be read.
    """
    asked = [name.lower() for name, _, _ in answer.questions]
    soas = [rr for rr in answer.answer if rr[1] == SOA and rr[2] == IN and [rr[0]] == asked]
    if answer.rcode or not answer.authoritative or len(soas) != 1:
        return None
    exact, _ = read_rdata(SOA, answer.wire, *soas[0][4:6], answer.names)
    return exact


def serial_of(soa: bytes) -> int:
    """Return the serial in the data of an SOA."""
    return int.from_bytes(soa[-20:-16])


def raised(soa: bytes) -> bytes:
    """Return the data of an SOA with the next serial; after the last comes the first (RFC 1982)."""
    return soa[:-20] + ((serial_of(soa) + 1) % (1 << 32)).to_bytes(4) + soa[-16:]


def is_no_powerdns(server: Server) -> bool:
    """Tell whether a server answers what it is, and not that it is a PowerDNS; its settings may hide that it is one.

    It is asked without a key, in the class in which servers tell of themselves (RFC 4892), once and not for long: of
    one that is silent nothing is known. BIND answers that over UDP three times in a second only, so it goes over TCP,
    as transfers do.
    """
    anybody = Server(server.host, server.port, None, min(server.timeout, _LONGEST_CHAOS))
    question = name_to_wire("version.bind.") + _TXT.to_bytes(2) + _CHAOS.to_bytes(2)
    request = HEADER.pack(new_id(), 0, 1, 0, 0, 0) + question
    try:
        answer = _over_tcp(anybody, request)
    except (UnreachableError, BrokenError, MessageError):
        return False
    return not any(b"powerdns" in answer.wire[start:end].lower() for _, _, _, _, start, end, _ in answer.answer)


def asking(number: int, name: bytes, code: int) -> bytes:
    """Return a question as a message, not yet signed."""
    return HEADER.pack(number, 0, 1, 0, 0, 0) + name + code.to_bytes(2) + IN.to_bytes(2)


def _over_udp(server: Server, request: bytes) -> Message | None:
    """Return the whole answer, or None where it must be asked for over TCP."""
    signing = Signing(server.key) if server.key else None
    wire = ask_udp(server, signing.sign(request) if signing else request, min(server.timeout, _LONGEST_UDP))
    if wire is None:
        return None
    answer = proven(read_message(wire), request, signing)
    return None if answer.truncated else answer


def _over_tcp(server: Server, request: bytes) -> Message:
    signing = Signing(server.key) if server.key else None
    with connect(server) as stream:
        stream.send(signing.sign(request) if signing else request)
        answer = proven(read_message(stream.receive(time.monotonic() + server.timeout)), request, signing)
    if answer.truncated:
        raise MessageError("it is truncated")
    return answer


def proven(answer: Message, request: bytes, signing: Signing | None) -> Message:
    """Return the answer, if it is one to this request; raises ``MessageError``, ``SigningError`` or another."""
    if answer.id != int.from_bytes(request[:2]) or not answer.response or answer.opcode != QUERY:
        raise MessageError("it answers something else")
    if signing is not None:
        signing.prove(answer)
    asked = [name.lower() + rtype.to_bytes(2) + rclass.to_bytes(2) for name, rtype, rclass in answer.questions]
    if asked != [request[HEADER.size :]] and not (answer.rcode and not asked):
        raise MessageError(f"it is about another question ({rcode_text(answer.rcode)})")
    return answer


def _records(message: Message, answer: bool) -> tuple[AnswerRecord, ...]:
    records = message.answer if answer else message.authority
    return tuple(
        AnswerRecord(
            wire_to_name(owner)[0], type_text(rtype), ttl, read_rdata(rtype, message.wire, start, end, message.names)[1]
        )
        for owner, rtype, rclass, ttl, start, end, _ in records
        if rclass == IN
    )
