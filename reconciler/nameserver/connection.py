"""Bytes to a name server and back, with an end to every wait."""

import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from reconciler.nameserver.errors import UnreachableError
from reconciler.nameserver.server import Server

_LARGEST_UDP = 65535


class BrokenError(Exception):
    """The connection ended, or the server was silent, in the middle; the text says where."""


def new_id() -> int:
    """Return a message's number that nobody can guess."""
    return int.from_bytes(os.urandom(2))


def new_ids(count: int) -> list[int]:
    """Return as many different ones."""
    numbers: dict[int, None] = {}
    while len(numbers) < count:
        numbers[new_id()] = None
    return list(numbers)


class Stream:
    """A TCP connection that carries messages, each behind its length (RFC 1035, section 4.2.2)."""

    def __init__(self, connection: socket.socket, timeout: float) -> None:
        self._connection = connection
        self._timeout = timeout
        self._file = b""

    def send(self, wire: bytes) -> None:
        """Send one message; raises :class:`BrokenError`."""
        self._connection.settimeout(self._timeout)
        try:
            self._connection.sendall(len(wire).to_bytes(2) + wire)
        except OSError:
            raise BrokenError("it broke while the request was sent") from None

    def receive(self, deadline: float) -> bytes:
        """Return the next message, whole, before a time of :func:`time.monotonic`; raises :class:`BrokenError`."""
        until = min(deadline, time.monotonic() + self._timeout)
        return self._exactly(int.from_bytes(self._exactly(2, until)), until)

    def _exactly(self, size: int, until: float) -> bytes:
        parts = []
        while size:
            left = until - time.monotonic()
            if left <= 0:
                raise BrokenError("the server was silent, or too slow")
            self._connection.settimeout(left)
            try:
                part = self._connection.recv(size)
            except TimeoutError:
                raise BrokenError("the server was silent, or too slow") from None
            except OSError:
                raise BrokenError("the connection broke") from None
            if not part:
                raise BrokenError("the server closed the connection")
            parts.append(part)
            size -= len(part)
        return b"".join(parts)


@contextmanager
def connect(server: Server) -> Iterator[Stream]:
    """Open a TCP connection; raises :class:`~reconciler.nameserver.errors.UnreachableError`."""
    try:
        connection = socket.create_connection((server.host, server.port), timeout=server.timeout)
    except (OSError, UnicodeError) as error:
        raise unreachable(server, error) from None
    with connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        yield Stream(connection, server.timeout)


def _host(server: Server) -> str | bytes:
    """Return what is looked up: an address as octets, for which Python doesn't load its tables of names."""
    is_address = ":" in server.host or server.host.replace(".", "").isdigit()
    return server.host.encode() if is_address else server.host


@contextmanager
def datagrams(server: Server) -> Iterator[socket.socket]:
    """Open a UDP socket that hears that server only; raises ``OSError`` or ``UnicodeError``."""
    family, kind, protocol, _, place = socket.getaddrinfo(_host(server), server.port, type=socket.SOCK_DGRAM)[0]
    with socket.socket(family, kind, protocol) as endpoint:
        endpoint.connect(place)
        yield endpoint


def ask_udp(server: Server, wire: bytes, timeout: float) -> bytes | None:
    """Return the answer to a request over UDP, or None where none with its number came; TCP then tells why."""
    try:
        with datagrams(server) as endpoint:
            endpoint.send(wire)
            return _datagram(endpoint, wire[:2], time.monotonic() + timeout)
    except (OSError, UnicodeError):
        return None


def _datagram(endpoint: socket.socket, number: bytes, until: float) -> bytes | None:
    with suppress(TimeoutError):
        while (left := until - time.monotonic()) > 0:
            endpoint.settimeout(left)
            if (answer := endpoint.recv(_LARGEST_UDP))[:2] == number:
                return answer
    return None


def unreachable(server: Server, error: Exception) -> UnreachableError:
    """Return the error for a server that doesn't let itself be spoken to."""
    why = "it doesn't answer" if isinstance(error, TimeoutError) else _reason(error)
    return UnreachableError(f"The name server {server} can't be reached: {why}.", "Check its address and its port.")


def _reason(error: Exception) -> str:
    return (getattr(error, "strerror", None) or "its name isn't a host's").lower()
