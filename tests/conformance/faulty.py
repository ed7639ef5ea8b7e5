"""A service that breaks the contract in one way, in front of one that keeps it, on a real socket."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl, urlencode

from reconciler.conformance.service import Service
from reconciler.service.running import listen, server_of, url_of
from reconciler.web.connection import Connection, Limits, Site
from service.serving import serving

WRITES = ("PUT", "POST", "DELETE")
_NUMBERS = count()


class Faulty:
    """Stands before a service as a proxy would, and does what ``fault`` says."""

    def __init__(self, app: Any, fault: str) -> None:
        self._app = app
        self._fault = fault
        self._lost: set[bytes] = set()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Hand on one request, changed, or its answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        if self._fault.startswith("without "):
            self._without(scope, headers, self._fault.removeprefix("without "))
        if self._fault == "answers are lost" and scope["method"] in WRITES:
            key = headers.get(b"idempotency-key", b"")
            if key not in self._lost:
                self._lost.add(key)
                await self._app(scope, receive, _nowhere)
                raise ConnectionResetError("the answer was lost after the effect")
        if self._fault == "pages are cut":
            send = _cutting(send)
        await self._app(scope, receive, send)

    def _without(self, scope: Any, headers: dict[bytes, bytes], name: str) -> None:
        query = [(key, value) for key, value in parse_qsl(scope["query_string"].decode()) if key != name]
        scope["query_string"] = urlencode(query).encode()
        if name == "keys":
            headers |= {b"idempotency-key": f"another-key-{next(_NUMBERS)}".encode()} if headers else {}
        if name == "conditions" and b"if-match" in headers:
            headers[b"if-match"] = b"*"
        scope["headers"] = list(headers.items())


async def _nowhere(_message: Any) -> None:
    """Lose an answer."""


def _cutting(send: Any) -> Any:
    """Return what sends pages without their last entry."""
    held: list[Any] = []

    async def cut(message: Any) -> None:
        if message["type"] == "http.response.start":
            held.append(message)
            return
        body = message.get("body", b"")
        if held:
            data = json.loads(body) if body.startswith(b'{"items":') else None
            body = json.dumps({**data, "items": data["items"][:-1]}).encode() if data else body
            start = held.pop()
            lengths = [(n, v) if n != b"content-length" else (n, str(len(body)).encode()) for n, v in start["headers"]]
            await send({**start, "headers": lengths})
        await send({**message, "body": body})

    return cut


@contextmanager
def faulty(folder: Path, fault: str) -> Iterator[Service]:
    """Serve an account with one fault, and yield the service as the story asks it."""
    with serving(folder / "account.db") as served, listen("127.0.0.1", 0) as bound:
        server = server_of(Faulty(served.gate, fault))
        thread = Thread(target=server.run, kwargs={"sockets": [bound]})
        thread.start()
        site = Site(url_of(bound), {"Authorization": f"Bearer {served.token}"}, Limits(pause=0.01))
        connection = Connection(site)
        try:
            yield Service(connection, "5e5e5e")
        finally:
            connection.close()
            server.should_exit = True
            thread.join()
