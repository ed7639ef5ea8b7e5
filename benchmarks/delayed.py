"""Stands between the program and an account service, makes each request wait, and writes down which came when."""

import http.client
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

#: Headers that belong to one connection, or that the server writes by itself.
_OWN = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length", "date", "server", "host"})


@dataclass(frozen=True)
class Asked:
    """One request: when it came, when its answer was sent, and what both were."""

    began: float
    ended: float
    verb: str
    path: str
    status: int
    conditional: bool = False


@dataclass
class Delayed:
    """The place between; ``delay`` is what each request waits, in seconds."""

    delay: float
    url: str = ""
    asked: list[Asked] = field(default_factory=list)

    def taken(self) -> list[Asked]:
        """Return the requests since it was last asked for them."""
        taken, self.asked = self.asked, []
        return taken


def round_trips(asked: Sequence[Asked]) -> int:
    """Return how many requests, at least, must have followed one another: the longest row in which none overlap."""
    count, until = 0, float("-inf")
    for one in sorted(asked, key=lambda found: found.ended):
        if one.began >= until:
            count, until = count + 1, one.ended
    return count


@contextmanager
def before(upstream: str, delay: float) -> Iterator[Delayed]:
    """Stand before a service until the block ends."""
    place, target, threads = Delayed(delay), urlsplit(upstream), threading.local()

    def connection() -> http.client.HTTPConnection:
        if not hasattr(threads, "kept"):
            threads.kept = http.client.HTTPConnection(target.hostname or "", target.port, timeout=120)
        kept: http.client.HTTPConnection = threads.kept
        return kept

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # one packet an answer, so that nobody waits for an acknowledgement

        def pass_on(self) -> None:
            began = time.monotonic()
            time.sleep(place.delay)
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name: text for name, text in self.headers.items() if name.lower() not in _OWN}
            connection().request(self.command, self.path, body or None, headers)
            answer = connection().getresponse()
            content = answer.read()
            self.send_response(answer.status)
            for name, text in answer.getheaders():
                if name.lower() not in _OWN:
                    self.send_header(name, text)
            if answer.status not in (204, 304):
                self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            # Written down before it is sent: who asks next asks after this one.
            known = "If-None-Match" in self.headers and self.command == "GET"
            place.asked.append(Asked(began, time.monotonic(), self.command, self.path, answer.status, known))
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    for verb in ("GET", "PUT", "POST", "DELETE", "PATCH"):
        setattr(Handler, f"do_{verb}", Handler.pass_on)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    place.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=partial(server.serve_forever, poll_interval=0.05), daemon=True)
    thread.start()
    try:
        yield place
    finally:
        server.shutdown()
        server.server_close()
