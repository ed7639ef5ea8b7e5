"""A web server on a free port, for whatever stands in the place of a service or before one."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread


class Handler(BaseHTTPRequestHandler):
    """Hands every request to ``do``, whatever its verb, and says nothing of it."""

    wbufsize = -1  # one packet an answer, so that nobody waits for an acknowledgement

    def do(self) -> None:
        """Answer."""
        raise NotImplementedError

    def do_GET(self) -> None:
        """Answer."""
        self.do()

    def do_POST(self) -> None:
        """Answer."""
        self.do()

    def do_PUT(self) -> None:
        """Answer."""
        self.do()

    def do_PATCH(self) -> None:
        """Answer."""
        self.do()

    def do_DELETE(self) -> None:
        """Answer."""
        self.do()

    def body(self) -> bytes:
        """Return what came with the request."""
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class _Quiet(ThreadingHTTPServer):
    """Says nothing of clients that have gone away."""

    def handle_error(self, request: object, client_address: object) -> None:
        pass


@contextmanager
def listening(handler: type[Handler]) -> Iterator[str]:
    """Run a server of one's own, whose URL this is."""
    server = _Quiet(("127.0.0.1", 0), handler)
    Thread(target=partial(server.serve_forever, poll_interval=0.01), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
