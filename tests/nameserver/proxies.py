"""What stands between us and a server, or in its place, and does harm."""

import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import TypeAlias

from reconciler.nameserver.server import Server

#: What becomes of a message, by its number from 0 and with its length in front: octets to send, seconds to wait, or
#: None to close the connection.
Fault: TypeAlias = Callable[[int, bytes], Iterable[bytes | float | None]]


def received(connection: socket.socket) -> bytes | None:
    """Return one message with its length in front, or None where the connection ends."""
    found = b""
    while len(found) < 2 or len(found) < 2 + int.from_bytes(found[:2]):
        wanted = 2 if len(found) < 2 else 2 + int.from_bytes(found[:2])
        part = connection.recv(wanted - len(found))
        if not part:
            return None
        found += part
    return found


@contextmanager
def between(server: Server, fault: Fault) -> Iterator[Server]:
    """Yield a server that is ``server`` behind a proxy which passes questions on and harms the answers."""

    def answers(question: bytes, opened: list[socket.socket]) -> Iterator[bytes]:
        upstream = socket.create_connection((server.host, server.port), timeout=10)
        opened.append(upstream)
        upstream.sendall(question)
        while (found := received(upstream)) is not None:
            yield found

    with _listening(server, answers, fault) as place:
        yield place


@contextmanager
def canned(messages: Iterable[bytes], timeout: float = 2.0) -> Iterator[Server]:
    """Yield a server without a key that answers anything with these messages, as answers to the question's number."""

    def answers(question: bytes, _opened: list[socket.socket]) -> Iterator[bytes]:
        for message in messages:
            yield len(message).to_bytes(2) + question[2:4] + message[2:]

    with _listening(Server("127.0.0.1", 0, None, timeout), answers, lambda _, message: (message,)) as place:
        yield place


#: A question and the list of open connections -> the answer's messages.
_Answers: TypeAlias = Callable[[bytes, list[socket.socket]], Iterator[bytes]]


@contextmanager
def _listening(server: Server, answers: _Answers, fault: Fault) -> Iterator[Server]:
    opened = [socket.create_server(("127.0.0.1", 0))]
    port = opened[0].getsockname()[1]

    def serve() -> None:
        with suppress(OSError):
            while True:
                connection, _ = opened[0].accept()
                opened.append(connection)
                with suppress(OSError):
                    _pass_on(connection, answers, fault, opened)
                connection.close()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield Server("127.0.0.1", port, server.key, server.timeout)
    finally:
        for one in opened:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        thread.join(10)
        for one in opened:
            one.close()


def _pass_on(connection: socket.socket, answers: _Answers, fault: Fault, opened: list[socket.socket]) -> None:
    connection.settimeout(5)
    question = received(connection)
    if question is None:
        return
    for number, message in enumerate(answers(question, opened)):
        for step in fault(number, message):
            if step is None:
                return
            if isinstance(step, bytes):
                connection.sendall(step)
            else:
                time.sleep(step)
