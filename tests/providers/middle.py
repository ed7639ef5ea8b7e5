"""Somebody in the middle between us and a name server, who counts, and decides what becomes of each UPDATE."""

import select
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Self

_UPDATE = 5
#: What becomes of an UPDATE: it passes, its answer is lost, it is lost itself, and so is all that comes after it.
PASS, LOSE_ANSWER, LOSE, VANISH = "pass", "lose the answer", "lose", "vanish"


class Middle:
    """Listens on ``port`` and passes on what it is given; ``decide`` is asked about the UPDATE of each number.

    ``spoil`` returns what becomes of each part of an answer over TCP.
    """

    def __init__(
        self, port: int, decide: Callable[[int], str], spoil: Callable[[bytes], bytes] = lambda answer: answer
    ) -> None:
        """Stand before the server on ``port`` of this machine."""
        self._behind = port
        self._decide = decide
        self._spoil = spoil
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self._datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._datagrams.bind(("127.0.0.1", self.port))
        self.updates = self.transfers = self.questions = 0
        self._gone = False
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._asking = threading.Thread(target=self._answer, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self._asking.start()
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._datagrams.sendto(b"", self._datagrams.getsockname())
        self._thread.join(5)
        self._asking.join(5)
        self._datagrams.close()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                with client, suppress(OSError):
                    self._pass_on(client)
                if self._gone:
                    self._listening.close()

    def _answer(self) -> None:
        """Pass on questions over UDP, until an empty one."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
            server.settimeout(2)
            while (asked := self._datagrams.recvfrom(65535))[0]:
                self.questions += 1
                with suppress(TimeoutError):
                    server.sendto(asked[0], ("127.0.0.1", self._behind))
                    self._datagrams.sendto(server.recv(65535), asked[1])

    def _pass_on(self, client: socket.socket) -> None:
        with client.makefile("rb") as file:
            size = file.read(2)
            request = file.read(int.from_bytes(size))
        what = PASS
        if len(request) > 2 and request[2] >> 3 & 15 == _UPDATE:
            what = self._decide(self.updates)
            self.updates += 1
        else:
            self.transfers += 1
        self._gone = what == VANISH
        if what in (LOSE, VANISH):
            return
        with socket.create_connection(("127.0.0.1", self._behind)) as server:
            server.sendall(size + request)
            while server in select.select([client, server], [], [])[0]:
                part = server.recv(65536)
                if not part or what == LOSE_ANSWER:
                    return
                client.sendall(self._spoil(part))
