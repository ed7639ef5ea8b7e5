"""Many questions to one server: all of them are answered, or it is said why not; nothing a server does hurts."""

import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nameservers import Bind, NameServer
from reconciler.kinds.record_names import name_to_wire
from reconciler.nameserver.answers import Found, Question, Replies, ask_all

QUESTIONS = [Question(name_to_wire(f"n{number}.example.org."), "A") for number in range(5)]

#: What a scripted server does with one connection, given a way to read whole questions.
Script = Callable[[socket.socket, Callable[[], bytes]], None]


@contextmanager
def scripted(*scripts: Script) -> Iterator[int]:
    """Serve one connection after the other, each by its script, on a port of this machine."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            with suppress(OSError, struct.error):  # who asked has gone
                for script in scripts:
                    link, _ = listening.accept()
                    with closing(link):
                        script(link, partial(_read, link))

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listening.getsockname()[1]


def _read(link: socket.socket) -> bytes:
    """Return the next question."""
    size = struct.unpack("!H", link.recv(2, socket.MSG_WAITALL))[0]
    return link.recv(size, socket.MSG_WAITALL)


def answer(question: bytes, address: bytes = b"\xc0\x00\x02\x01") -> bytes:
    """Return the answer to a question: one A record of its name."""
    record = b"\xc0\x0c" + struct.pack("!HHIH", 1, 1, 300, 4) + address
    body = question[:2] + struct.pack("!HHHHH", 0x8400, 1, 1, 0, 0) + question[12:] + record
    return struct.pack("!H", len(body)) + body


def answering(count: int) -> Script:
    """Return the script of a server that answers so many questions and ends the connection."""

    def script(link: socket.socket, read: Callable[[], bytes]) -> None:
        for _ in range(count):
            link.sendall(answer(read()))

    return script


def asked(port: int, silence: float = 0.3, seconds: float = 5.0) -> Replies:
    """Ask the scripted server."""
    return ask_all("127.0.0.1", port, QUESTIONS, silence, time.monotonic() + seconds)


def test_every_question_of_thousands_is_answered(nameserver: NameServer, zone: str) -> None:
    """In batches over one connection; the answers of 1,000 names are there in a second or two."""
    names = [f"n{number}" for number in range(1000)]
    nameserver.add_zone(zone, "".join(f"{name} 60 IN A 192.0.2.1\n" for name in names))
    questions = [Question(name_to_wire(f"{name}.{zone}."), "A") for name in names]
    started = time.monotonic()
    replies = ask_all(nameserver.server.host, nameserver.server.port, questions, 5.0, started + 30)
    assert (len(replies.found), replies.problem) == (1000, "")
    assert time.monotonic() - started < 10
    expected = Found(60, (bytes((192, 0, 2, 1)),))
    assert all(replies.found[n].answer == {question: expected} for n, question in enumerate(questions))
    assert all(reply.authoritative and not reply.rcode for reply in replies.found.values())


def test_an_answer_larger_than_a_datagram_is_whole(bind: Bind, zone: str) -> None:
    """Over TCP nothing is cut off."""
    bind.add_zone(zone, "".join(f'big 60 IN TXT "{number:03d}{"x" * 200}"\n' for number in range(100)))
    (name,) = [name_to_wire(f"big.{zone}.")]
    replies = ask_all(bind.server.host, bind.server.port, [Question(name, "TXT")], 5.0, time.monotonic() + 10)
    assert len(replies.found[0].answer[name, "TXT"].values) == 100


def test_a_server_that_hangs_up_is_called_again() -> None:
    """As long as it answers something each time."""
    with scripted(answering(2), answering(2), answering(1)) as port:
        replies = asked(port)
    assert (sorted(replies.found), replies.problem) == ([0, 1, 2, 3, 4], "")


def test_a_server_that_only_hangs_up_is_given_up() -> None:
    """What it did answer counts."""
    with scripted(answering(2), answering(0)) as port:
        replies = asked(port)
    assert sorted(replies.found) == [0, 1]
    assert "connection" in replies.problem.lower()


def test_answers_out_of_order_find_their_questions() -> None:
    """A server may answer what is ready first (RFC 7766, section 6.2.1.1)."""

    def backwards(link: socket.socket, read: Callable[[], bytes]) -> None:
        questions = [read() for _ in QUESTIONS]
        addresses = [bytes((192, 0, 2, number)) for number in range(len(questions))]
        link.sendall(b"".join(map(answer, reversed(questions), reversed(addresses))))

    with scripted(backwards) as port:
        replies = asked(port)
    found = [replies.found[number].answer[question].values for number, question in enumerate(QUESTIONS)]
    assert found == [(bytes((192, 0, 2, number)),) for number in range(5)]


def test_a_silent_server_is_waited_for_no_longer_than_said() -> None:
    """Neither its silence nor the whole may last longer."""

    def silent(link: socket.socket, read: Callable[[], bytes]) -> None:
        link.sendall(answer(read()))
        time.sleep(1.5)

    started = time.monotonic()
    with scripted(silent) as port:
        replies = asked(port, seconds=0.5)
    assert sorted(replies.found) == [0]
    assert replies.problem.startswith("no answer over TCP")
    assert time.monotonic() - started < 1.4


@pytest.mark.parametrize("change", ["id", "name", "question"])
def test_an_answer_to_something_else_is_none(change: str) -> None:
    """An id that wasn't sent, another name, a question back: the server is told apart from one that answers."""

    def script(link: socket.socket, read: Callable[[], bytes]) -> None:
        right = bytearray(answer(read()))
        at, value = {"id": (2, 0x7F), "name": (16, 0x78), "question": (4, 0x04)}[change]
        right[at] = value
        link.sendall(right)
        time.sleep(0.1)

    with scripted(script) as port:
        replies = asked(port)
    assert (replies.found, replies.problem[:35]) == ({}, "it answers what isn't a DNS message")


@settings(max_examples=20, deadline=None)
@given(st.binary(min_size=1, max_size=60))
def test_garbage_is_a_problem_and_never_an_error(garbage: bytes) -> None:
    """Whatever comes instead of an answer ends in a sentence."""

    def script(link: socket.socket, read: Callable[[], bytes]) -> None:
        read()
        link.sendall(struct.pack("!H", len(garbage)) + garbage)

    with scripted(script, script) as port:
        replies = asked(port)
    assert not replies.found
    assert replies.problem
