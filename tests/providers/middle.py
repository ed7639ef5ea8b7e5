"""Somebody in the middle between us and a name server, who sees each UPDATE and decides what becomes of it."""

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
    """Listens on ``port`` and passes on what it is given; ``decide`` is asked about the UPDATE of each number."""

    def __init__(self, port: int, decide: Callable[[int], str]) -> None:
        """Stand before the server on ``port`` of this machine."""
        self._behind = port
        self._decide = decide
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self.updates = self.transfers = 0
        self._gone = False
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._thread.join(5)

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                with client, suppress(OSError):
                    self._pass_on(client)
                if self._gone:
                    self._listening.close()

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
                client.sendall(part)
