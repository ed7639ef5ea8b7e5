"""A real web server on a free port that answers what a test says, in order, and remembers what it was asked."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread


@dataclass(frozen=True)
class Asked:
    """One request as it arrived."""

    verb: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Said:
    """One answer; ``announced`` is the length that it claims, ``hangs_up`` says that none comes at all."""

    status: int = 200
    body: bytes = b"{}"
    headers: Mapping[str, str] = field(default_factory=lambda: {"Content-Type": "application/json"})
    announced: int | None = None
    hangs_up: bool = False


@dataclass
class Server:
    """The running server: ``answer`` makes each answer, ``asked`` has each request."""

    url: str = ""
    asked: list[Asked] = field(default_factory=list)
    answer: Callable[[Asked], Said] = lambda asked: Said()

    def say(self, *answers: Said) -> None:
        """Give these answers in order, and the last again and again."""
        left = list(answers)
        self.answer = lambda asked: left.pop(0) if len(left) > 1 else left[0]


class Quiet(ThreadingHTTPServer):
    """Says nothing of clients that have gone away."""

    def handle_error(self, request: object, client_address: object) -> None:
        pass


@contextmanager
def answering() -> Iterator[Server]:
    """Run a server of one's own."""
    place = Server()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # one packet an answer, so that nobody waits for an acknowledgement

        def do(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            asked = Asked(self.command, self.path, {k.lower(): v for k, v in self.headers.items()}, body)
            place.asked.append(asked)
            said = place.answer(asked)
            self.close_connection = said.hangs_up or said.announced is not None
            if said.hangs_up:
                return
            self.send_response(said.status)
            for name, text in said.headers.items():
                self.send_header(name, text)
            if said.status != 304:
                self.send_header("Content-Length", str(len(said.body) if said.announced is None else said.announced))
            self.end_headers()
            with suppress(OSError):  # who asked doesn't want it all
                self.wfile.write(said.body)

        def do_GET(self) -> None:
            self.do()

        def do_POST(self) -> None:
            self.do()

        def do_PUT(self) -> None:
            self.do()

        def do_DELETE(self) -> None:
            self.do()

        def log_message(self, *_: object) -> None:
            pass

    server = Quiet(("127.0.0.1", 0), Handler)
    place.url = f"http://127.0.0.1:{server.server_port}"
    Thread(target=partial(server.serve_forever, poll_interval=0.01), daemon=True).start()
    try:
        yield place
    finally:
        server.shutdown()
        server.server_close()
