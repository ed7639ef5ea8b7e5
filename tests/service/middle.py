"""Who stands between the program and the service, on a real socket, and spoils what is said.

silent       nothing arrives: the connection is reset before the request is handed on
lost         the request has its effect, and its answer never comes
cut          half of an answer, and then the end of the connection
halved       half of an answer that claims to be a whole one
slow         each answer waits a little, and comes in pieces
busy         429, 500 or 503, several times in a row
hidden       the request has its effect, and the answer is a 502
repeated     every request arrives twice
again        a page comes again in place of the next one
ahead        the second page comes in place of the first
backwards    the entries of a page come in another order
begin        cursors are ignored: each page is the first
elsewhere    what the path says is ignored: another collection comes
hollow       a page without its entries
"""

import http.client
import json
import random
import socket
import struct
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field, replace
from threading import Lock
from time import sleep
from typing import Any
from urllib.parse import urlencode, urlsplit

from listening import Handler, listening

_KEPT = frozenset({"authorization", "content-type", "if-match", "if-none-match", "idempotency-key", "managed-by"})
_PASSED = ("Content-Type", "ETag", "Retry-After", "Content-Digest", "Location")
#: Resets a connection when it is closed.
_RESET = struct.pack("ii", 1, 0)


@dataclass(frozen=True)
class Request:
    """What is asked for."""

    verb: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def reads_pages(self) -> bool:
        """Whether a collection is asked for."""
        return self.verb == "GET" and self.path.partition("?")[0].count("/") >= 3


@dataclass(frozen=True)
class Reply:
    """What is answered, and how it ends: ``whole``, ``cut``, ``slow`` or ``reset``."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    ending: str = "whole"

    def page(self, **keys: Any) -> "Reply":
        """Return the page with other values under some keys, as far as it is one."""
        found = json.loads(self.body) if self.status == 200 else None
        if not isinstance(found, dict) or "items" not in found:
            return self
        changed = {**found, **{key: make(found) for key, make in keys.items()}}
        return replace(self, body=json.dumps(changed).encode())

    @property
    def next(self) -> str | None:
        """The cursor of the next page."""
        found = json.loads(self.body) if self.status == 200 and self.body else None
        return found.get("next") if isinstance(found, dict) else None


Ask = Callable[[Request], Reply]
Fault = Callable[[Request, Ask], Reply]
NOTHING = Reply(ending="reset")
BUSY = (429, 500, 503)


def _lost(asked: Request, ask: Ask) -> Reply:
    ask(asked)
    return NOTHING


def _halved(asked: Request, ask: Ask) -> Reply:
    found = ask(asked)
    return replace(found, body=found.body[: len(found.body) // 2])


def _busy(asked: Request, ask: Ask) -> Reply:
    status = BUSY[len(asked.path) % len(BUSY)]
    return Reply(status, {"Content-Type": "application/problem+json", "Retry-After": "0"}, b"{}")


def _hidden(asked: Request, ask: Ask) -> Reply:
    ask(asked)
    return Reply(502, {"Content-Type": "text/html"}, b"<html>")


def _repeated(asked: Request, ask: Ask) -> Reply:
    ask(asked)
    return ask(asked)


def _again(asked: Request, ask: Ask) -> Reply:
    found = ask(asked)
    first = ask(_without_cursor(asked)) if found.next is None and "cursor=" in asked.path else found
    return first.page(next=lambda page: None) if first is not found else found


def _ahead(asked: Request, ask: Ask) -> Reply:
    found = ask(asked)
    if found.next is None:
        return found
    return ask(replace(asked, path=f"{asked.path.partition('?')[0]}?{urlencode({'cursor': found.next})}"))


def _without_cursor(asked: Request) -> Request:
    return replace(asked, path=asked.path.partition("?")[0])


_OTHERS = {"mailbox": "alias", "alias": "contact", "contact": "ftp_account", "ftp_account": "mailbox"}


def _elsewhere(asked: Request, ask: Ask) -> Reply:
    path = asked.path.partition("?")[0]
    kind = path.rpartition("/")[2]
    if path.startswith("/v1/zones/"):
        path = "/v1/zones/foreign.test/records"
    return ask(replace(asked, path=path.replace(kind, _OTHERS.get(kind, kind)), headers=_unconditional(asked)))


def _unconditional(asked: Request) -> Mapping[str, str]:
    return {name: text for name, text in asked.headers.items() if name != "if-none-match"}


#: Each fault by its name; those of pages leave everything else as it is.
FAULTS: Mapping[str, Fault] = {
    "silent": lambda asked, ask: NOTHING,
    "lost": _lost,
    "cut": lambda asked, ask: replace(ask(asked), ending="cut"),
    "halved": _halved,
    "slow": lambda asked, ask: replace(ask(asked), ending="slow"),
    "busy": _busy,
    "hidden": _hidden,
    "repeated": _repeated,
    "again": _again,
    "ahead": _ahead,
    "backwards": lambda asked, ask: ask(asked).page(items=lambda page: page["items"][::-1]),
    "begin": lambda asked, ask: ask(_without_cursor(asked)),
    "elsewhere": _elsewhere,
    "hollow": lambda asked, ask: ask(asked).page(items=lambda page: []),
}
OF_PAGES = frozenset({"again", "ahead", "backwards", "begin", "elsewhere", "hollow"})


@dataclass
class Weather:
    """When it strikes, and how: each request with ``chance``, and then the next few, too; by each fault in turn."""

    faults: Sequence[str]
    chance: float = 0.25
    burst: int = 2
    seed: int = 1
    struck: int = 0
    _left: int = 0
    _lock: Lock = field(default_factory=Lock)

    def __post_init__(self) -> None:
        self._random = random.Random(f"{self.faults}-{self.seed}")

    def over(self, asked: Request) -> Fault | None:
        """Return what hits this request, if anything does."""
        with self._lock:
            fault = self.faults[self.struck % len(self.faults)]
            if fault in OF_PAGES and not asked.reads_pages:
                return None
            if self._left:
                self._left -= 1
            elif self._random.random() < self.chance:
                self._left = self._random.randint(0, self.burst - 1)
            else:
                return None
            self.struck += 1
            return FAULTS[fault]


@dataclass
class Middle:
    """The place between; ``weather`` may change while it stands there, ``asked`` counts requests."""

    url: str
    weather: Weather | None = None
    asked: int = 0


@contextmanager
def between(upstream: str) -> Iterator[Middle]:
    """Stand before a service."""
    place, target = Middle(""), urlsplit(upstream)

    def ask(asked: Request) -> Reply:
        connection = http.client.HTTPConnection(target.hostname or "", target.port, timeout=60)
        with closing(connection):
            connection.request(asked.verb, asked.path, asked.body or None, dict(asked.headers))
            found = connection.getresponse()
            headers = {name: found.headers[name] for name in _PASSED if name in found.headers}
            return Reply(found.status, headers, found.read())

    class Spoiling(Handler):
        protocol_version = "HTTP/1.1"

        def do(self) -> None:
            body = self.body()
            kept = {name.lower(): text for name, text in self.headers.items() if name.lower() in _KEPT}
            asked = Request(self.command, self.path, kept, body)
            place.asked += 1
            fault = place.weather.over(asked) if place.weather else None
            self.answer(fault(asked, ask) if fault else ask(asked))

        def answer(self, reply: Reply) -> None:
            self.close_connection = reply.ending in ("reset", "cut")
            if reply.ending == "reset":
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
                return
            self.send_response(reply.status)
            for name, text in reply.headers.items():
                self.send_header(name, text)
            if reply.status not in (204, 304):
                self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            half = len(reply.body) // 2
            with suppress(OSError):
                self.wfile.write(reply.body if reply.ending == "whole" else reply.body[:half])
                if reply.ending == "slow":
                    self.wfile.flush()
                    sleep(0.005)
                    self.wfile.write(reply.body[half:])

    with listening(Spoiling) as place.url:
        yield place
