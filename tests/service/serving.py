"""The service for tests: in this process, on a real socket, over an account file that a test holds."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from threading import Thread
from typing import Any

import httpx2
from starlette.types import ASGIApp

from accounts import CHEAP, Account
from reconciler.service.app import build_service
from reconciler.service.gate import Gate, Line
from reconciler.service.running import listen, server_of, url_of
from reconciler.service.scopes import all_scopes
from reconciler.service.settings import Settings
from reconciler.store.account import Store
from service.tls import Tls

JSON = {"Content-Type": "application/json"}


@dataclass
class Served:
    """A service that runs, its account, and a client with a token that may do everything.

    ``lines`` is the service's own log, ``faults`` its mistakes, of which there must be none.
    """

    url: str
    account: Account
    token: str
    http: httpx2.Client
    lines: list[Line]
    faults: list[Exception]
    gate: Gate
    _keys: "count[int]" = field(default_factory=count)

    def key(self) -> str:
        """Return a fresh idempotency key."""
        return f"key-of-test-{next(self._keys)}"

    def get(self, path: str, **headers: str) -> httpx2.Response:
        """Read."""
        return self.http.get(path, headers=_headers(headers))

    def put(self, path: str, body: Any, **headers: str) -> httpx2.Response:
        """Make or change."""
        return self._send("PUT", path, body, headers)

    def post(self, path: str, body: Any, **headers: str) -> httpx2.Response:
        """Make, or carry out."""
        return self._send("POST", path, body, headers)

    def delete(self, path: str, **headers: str) -> httpx2.Response:
        """Delete."""
        return self.http.delete(path, headers=_headers({"idempotency_key": self.key(), **headers}))

    def batch(self, *writes: Mapping[str, Any], **headers: str) -> httpx2.Response:
        """Carry out writes as one, each with a key of its own unless it has one."""
        return self.post("/v1/batches", {"writes": [{"key": self.key(), **write} for write in writes]}, **headers)

    def version(self, path: str) -> str:
        """Return the ETag of what is there."""
        return str(self.get(path).headers["etag"])

    def token_for(self, name: str, *scopes: str) -> dict[str, str]:
        """Return the header of a new token."""
        return {"authorization": f"Bearer {self.account.store.make_token(name, scopes)}"}

    def _send(self, method: str, path: str, body: Any, headers: Mapping[str, str]) -> httpx2.Response:
        given = _headers({"idempotency_key": self.key(), **headers})
        return self.http.request(method, path, content=json.dumps(body), headers={**JSON, **given})


def _headers(given: Mapping[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in given.items()}


@contextmanager
def running(app: ASGIApp, tls: Tls | None = None) -> Iterator[str]:
    """Run any application, with TLS if need be, and return where."""
    with listen("127.0.0.1", 0) as bound:
        server = server_of(app)
        if tls:
            server.config.ssl_certfile, server.config.ssl_keyfile = tls.certificate, tls.key
        thread = Thread(target=server.run, kwargs={"sockets": [bound]})
        thread.start()
        try:
            yield url_of(bound, "https" if tls else "http")
        finally:
            server.force_exit = bool(tls)  # a connection with TLS isn't gone before its other end says goodbye
            server.should_exit = True
            thread.join()


@contextmanager
def serving(
    path: Path, settings: Settings | None = None, timeout: float = 30.0, tls: Tls | None = None, **more: Any
) -> Iterator[Served]:
    """Serve the account in ``path`` (made, with ``example.org``, where there is none) until the block ends."""
    account = Account(path, timeout=5.0)
    if not path.exists():
        account.booked()
    lines: list[Line] = []
    faults: list[Exception] = []
    token = account.store.make_token(f"tests-{len(account.store.tokens())}", all_scopes())
    service = build_service(
        lambda: Store(path, cost=CHEAP, timeout=timeout),
        settings or Settings(),
        heard=lines.append,
        said=lambda _: None,
        failed=faults.append,
        **more,
    )
    headers = {"authorization": f"Bearer {token}"}
    try:
        with (
            running(service, tls) as url,
            httpx2.Client(
                base_url=url, headers=headers, timeout=60, trust_env=False, verify=tls.trust if tls else True
            ) as http,
        ):
            yield Served(url, account, token, http, lines, faults, service)
    finally:
        account.store.close()
    assert faults == []
