"""HTTP to a server that holds an account: one origin, no redirects, no proxies, limits on time and size.

What isn't proven to be a whole answer raises ``IncompleteReadError``; the key stands in no message.
"""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from reconciler.model.errors import AccountError, AuthenticationError, IncompleteReadError
from reconciler.model.fields import Json
from reconciler.model.text import neutral

if TYPE_CHECKING:
    import httpx2

_TRIES = 3


@dataclass(frozen=True, slots=True)
class Limits:
    """How long the server may be silent, how long and how large one answer may be, and the pause between two tries."""

    silence: float = 30.0
    seconds: float = 300.0
    octets: int = 256 * 2**20
    pause: float = 0.5


NO_HURRY = Limits()


@dataclass(frozen=True, slots=True)
class Answer:
    """A status and what came with it."""

    status: int
    data: bytes
    media: str

    def json(self) -> Json:
        """Return what the answer holds; raises ``IncompleteReadError`` for what isn't whole JSON."""
        import json

        if self.media != "application/json":
            raise IncompleteReadError(f"The server answered {neutral(self.media or 'nothing', 60)} in place of JSON.")
        try:
            return json.loads(self.data)
        except (ValueError, RecursionError):
            raise IncompleteReadError("The server's answer is cut short or isn't JSON.", "Try again later.") from None

    def reason(self) -> str:
        """Return the server's own words for a refusal, neutral and not too long."""
        import json

        try:
            found = json.loads(self.data[:100_000])
        except (ValueError, RecursionError):
            found = None
        text = found.get("error") if isinstance(found, dict) else None
        return str(text) if text else ""


class UncertainError(AccountError):
    """A request that may have been carried out or not: no answer came back, or a ``status`` that doesn't say."""

    def __init__(self, message: str, help: str = "", status: int = 0) -> None:
        super().__init__(message, help)
        self.status = status


@dataclass(frozen=True, slots=True)
class Api:
    """An interface below ``base``; ``headers`` hold the key and go nowhere else. ``key`` is what users call it."""

    base: str
    headers: Mapping[str, str] = field(repr=False)
    key: str
    limits: Limits = NO_HURRY

    @contextmanager
    def connected(self) -> Iterator["Connection"]:
        """Open connections as they are needed, and close them at the end."""
        import ssl

        import httpx2

        secure = urlsplit(self.base).scheme == "https"
        trust = ssl.create_default_context() if secure else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        with httpx2.Client(
            follow_redirects=False,
            trust_env=False,
            timeout=self.limits.silence,
            verify=trust,
            headers={**self.headers, "Accept": "application/json", "Accept-Encoding": "identity"},
        ) as client:
            yield Connection(self, client)


@dataclass(frozen=True, slots=True)
class Connection:
    """The interface while it is asked."""

    api: Api
    client: "httpx2.Client" = field(repr=False)

    def get(self, path: str) -> Answer:
        """Return the answer to a question, 200 or 404; asked again where the server is busy or can't be reached."""
        import stamina
        from stamina.instrumentation import set_on_retry_hooks

        set_on_retry_hooks([])
        pause = self.api.limits.pause
        for attempt in stamina.retry_context(
            on=UncertainError, attempts=_TRIES, wait_initial=pause, wait_max=10 * pause, timeout=None
        ):
            with attempt:
                answer = self._asked("GET", path, None)
                if answer.status not in (200, 404):
                    raise AccountError(f"{self._where()} answered {answer.status}{_said(answer)}.")
                return answer
        raise AccountError(f"{self._where()} couldn't be asked.")

    def send(self, method: str, path: str, body: bytes | None = None) -> Answer:
        """Return the answer to a write, which is sent once; raises :class:`UncertainError` where none came back."""
        return self._asked(method, path, body)

    def _asked(self, method: str, path: str, body: bytes | None) -> Answer:
        import httpx2

        kind = {"Content-Type": "application/json"} if body is not None else {}
        try:
            with self.client.stream(method, self.api.base + path, content=body, headers=kind) as found:
                data = self._whole(found)
        except httpx2.HTTPError as error:
            said = f"{self._where()} gave no whole answer: {type(error).__name__}."
            raise UncertainError(said, "See that it runs and can be reached from here.") from None
        except (httpx2.InvalidURL, ValueError):
            raise AccountError(f"{self._where()} can't be asked.", "Correct its address in account.yaml.") from None
        media = found.headers.get("content-type", "").partition(";")[0].strip().lower()
        return self._judged(Answer(found.status_code, data, media))

    def _whole(self, answer: "httpx2.Response") -> bytes:
        limits, parts, size = self.api.limits, list[bytes](), 0
        deadline = time.monotonic() + limits.seconds
        if answer.headers.get("content-encoding", "identity") != "identity":
            raise IncompleteReadError(f"{self._where()} answered in an encoding that it wasn't asked for.")
        for part in answer.iter_raw():
            parts.append(part)
            size += len(part)
            if size > limits.octets:
                raise IncompleteReadError(f"The answer of {self._where()} is larger than {limits.octets} octets.")
            if time.monotonic() > deadline:
                raise IncompleteReadError(f"The answer of {self._where()} takes longer than {limits.seconds:g} s.")
        return b"".join(parts)

    def _judged(self, answer: Answer) -> Answer:
        """Return an answer that is one; raises for those that no caller can make anything of."""
        status = answer.status
        if status in (401, 403):
            raise AuthenticationError(
                f"{self._where()} refused the key ({status}).", f"Correct the secret behind `{self.api.key}`."
            )
        if status == 429 or status >= 500:
            raise UncertainError(f"{self._where()} is busy ({status}{_said(answer)}).", "Try again later.", status)
        if 300 <= status < 400:
            raise AccountError(
                f"{self._where()} sent us elsewhere ({status}); the key isn't sent on.",
                "Give the server's own address in account.yaml.",
            )
        return answer

    def _where(self) -> str:
        """Return the server as users know it, without paths."""
        parts = urlsplit(self.api.base)
        return neutral(f"{parts.scheme}://{parts.netloc}", 300)


def _said(answer: Answer) -> str:
    reason = answer.reason()
    return f": {neutral(reason, 200)}" if reason else ""


def json_bytes(body: Any) -> bytes:
    """Return a request's body."""
    import json

    return json.dumps(body, separators=(",", ":")).encode()
