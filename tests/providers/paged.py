"""A service that says what a test wants, page by page: the contract's own words, and any lie in their place."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from reconciler.kinds import KINDS
from reconciler.model.providers import KundencenterProvider
from reconciler.model.secret import Secret
from reconciler.providers._provider import Access
from reconciler.wire.entries import Entry
from web.answering import Asked, Said, Server, answering

TOKEN = "t0ken-k4n4ry"
JSON = {"Content-Type": "application/json"}
INFO: Mapping[str, Any] = {
    "number": "K-104711",
    "revision": 1,
    "caller": "203.0.113.7",
    "kinds": ["zone", "record", "mailbox", "contact"],
    "facts": ["invoice", "balance"],
    "topics": ["newsletter"],
    "page_limit": 2,
    "body_limit": 100_000,
    "domains": ["example.org"],
}


def entry(address: str, version: str = "1", **fields: Any) -> dict[str, Any]:
    """Return an entry as a service tells it."""
    kind = KINDS[address.partition("/")[0]]
    return Entry.of(address, kind.parse(address, fields), version).model_dump(mode="json")


def contacts(count: int) -> list[dict[str, Any]]:
    """Return so many contacts."""
    return [entry(f"contact/~{i}", name=f"Erika {i}", email=f"erika-{i}@example.org") for i in range(count)]


@dataclass
class Paged:
    """The service: ``collections`` by path, cut into pages of ``size``; ``spoil`` changes each answer on its way."""

    server: Server
    collections: dict[str, list[Any]] = field(default_factory=dict)
    info: dict[str, Any] = field(default_factory=lambda: dict(INFO))
    etag: str = '"1"'
    size: int = 2
    spoil: Callable[[Asked, Said], Said] = lambda asked, said: said

    def __post_init__(self) -> None:
        for kind in ("zone", "mailbox", "contact"):
            self.collections.setdefault(f"/v1/settings/{kind}", [])
        for kind in ("invoice", "balance"):
            self.collections.setdefault(f"/v1/facts/{kind}", [])
        self.server.answer = lambda asked: self.spoil(asked, self._said(asked))

    @property
    def asked(self) -> list[str]:
        """The paths that were asked for, with their queries."""
        return [asked.path for asked in self.server.asked]

    def access(self, **settings: Any) -> Access:
        """Return what the provider is opened with."""
        given = {"type": "kundencenter", "url": self.server.url, "token": {"secret": "env/TOKEN"}, **settings}
        made = KundencenterProvider.model_validate(given)
        return Access("K-104711", made, Path("/nowhere"), {"token": Secret(TOKEN)})

    def _said(self, asked: Asked) -> Said:
        parts = urlsplit(asked.path)
        if parts.path == "/v1/account":
            return said(self.info)
        if parts.path not in self.collections:
            return problem(404, "There is nothing here.")
        headers = {**JSON, "ETag": self.etag}
        if asked.headers.get("if-none-match") == self.etag:
            return Said(304, b"", headers)
        items, start = self.collections[parts.path], int(parse_qs(parts.query).get("cursor", ["0"])[0])
        end = start + self.size
        page = {"items": items[start:end], "total": len(items), "next": str(end) if end < len(items) else None}
        return replace(said(page), headers=headers)


def said(body: Any, status: int = 200) -> Said:
    """Return JSON."""
    return Said(status, json.dumps(body).encode(), JSON)


def problem(status: int, title: str, **more: Any) -> Said:
    """Return why not."""
    body = {"type": "urn:reconciler:problem:x", "title": title, "status": status, **more}
    return Said(status, json.dumps(body).encode(), {"Content-Type": "application/problem+json"})


def with_page(found: Said, **keys: Any) -> Said:
    """Return a page with other values under some keys."""
    return replace(found, body=json.dumps({**json.loads(found.body), **keys}).encode())


@contextmanager
def paged(**more: Any) -> Iterator[Paged]:
    """Run the service."""
    with answering() as server:
        yield Paged(server, **more)
