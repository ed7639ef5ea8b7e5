"""A real web server on a free port that answers what a test says, in order, and remembers what it was asked."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from listening import Handler, listening


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


@contextmanager
def answering() -> Iterator[Server]:
    """Run a server of one's own."""
    place = Server()

    class Answering(Handler):
        protocol_version = "HTTP/1.1"

        def do(self) -> None:
            body = self.body()
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

    with listening(Answering) as place.url:
        yield place
