"""Many questions to one server, asked as anybody asks them: without a key, in batches over one TCP connection.

Over TCP no answer is cut off, and no server's limit on repeated answers over UDP holds (RFC 7766).
"""

import socket
import struct
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import field
from typing import NamedTuple, TypeAlias

from reconciler.model.late import dataclass
from reconciler.nameserver.message import HEADER, IN, Message, MessageError, Rr, read_message
from reconciler.nameserver.rdata import read_rdata, type_code, type_text

#: How many questions are under way at once: few enough that neither side waits for the other to read.
_BATCH = 256
_LENGTH = struct.Struct("!H")
_OPT = 41


class Question(NamedTuple):
    """An absolute name in lower case, and a type."""

    name: bytes
    rtype: str


class Found(NamedTuple):
    """A record set in an answer: its TTL (the least, where they differ) and its canonical data, sorted."""

    ttl: int
    values: tuple[bytes, ...]


Sets: TypeAlias = Mapping[tuple[bytes, str], Found]


@dataclass(frozen=True, slots=True)
class Reply:
    """A server's answer to a question; its sections are record sets by name in lower case and type."""

    rcode: int
    authoritative: bool
    answer: Sets
    authority: Sets
    additional: Sets


@dataclass(slots=True)
class Replies:
    """The answers that came, by the number of their question, and why some are missing, as text or nothing."""

    found: dict[int, Reply] = field(default_factory=dict)
    problem: str = ""


def ask_all(host: str, port: int, questions: Sequence[Question], silence: float, until: float) -> Replies:
    """Return what a server answers.

    It may be silent for ``silence`` seconds, and all of it may last ``until`` a time of the monotonic clock. A server
    that ends the connection is connected to again, as long as it goes on answering.
    """
    replies, left = Replies(), list(enumerate(questions))
    while left:
        count = len(replies.found)
        try:
            with closing(_connect(host, port, silence, until)) as link:
                _converse(link, left, replies, silence, until)
            replies.problem = "it ended the connection without an answer"
        except TimeoutError:
            replies.problem = f"no answer over TCP within {silence:g} s"
        except OSError as error:
            replies.problem = f"no answer over TCP ({error.strerror or 'the connection failed'})"
        except MessageError as error:
            replies.problem = f"it answers what isn't a DNS message: {error}"
            break
        left = [(number, question) for number, question in left if number not in replies.found]
        if len(replies.found) == count:
            break
    if not left:
        replies.problem = ""
    return replies


def _connect(host: str, port: int, silence: float, until: float) -> socket.socket:
    link = socket.create_connection((host, port), timeout=_patience(silence, until))
    link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return link


def _patience(silence: float, until: float) -> float:
    """Return how long to wait now; raises ``TimeoutError`` where the time is over."""
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return min(silence, left)


def _converse(
    link: socket.socket, left: Sequence[tuple[int, Question]], replies: Replies, silence: float, until: float
) -> None:
    """Ask in batches until everything is answered, or the server ends the connection."""
    buffer = bytearray()
    for start in range(0, len(left), _BATCH):
        batch = left[start : start + _BATCH]
        link.settimeout(_patience(silence, until))
        link.sendall(b"".join(_asked(number, question) for number, (_, question) in enumerate(batch)))
        waiting = dict(enumerate(batch))
        while waiting:
            for wire in _messages(buffer):
                _take(read_message(wire), waiting, replies)
            if not waiting:
                break
            link.settimeout(_patience(silence, until))
            piece = link.recv(65536)
            if not piece:
                return
            buffer += piece


def _asked(number: int, question: Question) -> bytes:
    """Return a question as a message with its length in front."""
    body = HEADER.pack(number, 0, 1, 0, 0, 0) + question.name + struct.pack("!HH", type_code(question.rtype), IN)
    return _LENGTH.pack(len(body)) + body


def _messages(buffer: bytearray) -> Iterator[bytes]:
    """Take whole messages out of what has come."""
    at = 0
    while len(buffer) - at >= 2 and len(buffer) - at - 2 >= (size := _LENGTH.unpack_from(buffer, at)[0]):
        yield bytes(buffer[at + 2 : at + 2 + size])
        at += 2 + size
    del buffer[:at]


def _take(message: Message, waiting: dict[int, tuple[int, Question]], replies: Replies) -> None:
    """Keep an answer to a question that is open; raises ``MessageError`` for one that isn't the answer to any."""
    number, question = waiting.pop(message.id, (-1, None))
    asked = [(name.lower(), code) for name, code, _ in message.questions]
    # A server that can't read or won't take a question may leave it out of its answer.
    fits = question and (asked == [(question.name, type_code(question.rtype))] or (not asked and message.rcode))
    if not fits or not message.response:
        raise MessageError("it isn't the answer to any question that was asked")
    sections = (message.answer, message.authority, message.additional)
    sets = (_sets(message, section) for section in sections)
    replies.found[number] = Reply(message.rcode, message.authoritative, *sets)


def _sets(message: Message, section: Iterable[Rr]) -> Sets:
    """Return the record sets of a section."""
    found: dict[tuple[bytes, str], Found] = {}
    for owner, rtype, rclass, ttl, start, end, _ in section:
        if rtype == _OPT or rclass != IN:
            continue
        _, data = read_rdata(rtype, message.wire, start, end, message.names)
        key = (owner, type_text(rtype))
        known = found.get(key)
        if known is None:
            found[key] = Found(ttl, (data,))
        else:
            found[key] = Found(min(known.ttl, ttl), tuple(sorted({*known.values, data})))
    return found
