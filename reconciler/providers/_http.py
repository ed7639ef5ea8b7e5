"""HTTP to a server that holds an account, in the words of providers.

What isn't proven to be a whole answer raises ``IncompleteReadError``; the key stands in no message.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import field
from typing import Any, TypeVar

from reconciler.model.errors import AccountError, AuthenticationError, IncompleteReadError
from reconciler.model.fields import Json
from reconciler.model.late import dataclass
from reconciler.model.text import neutral
from reconciler.web import connection
from reconciler.web.answer import Answer as WebAnswer
from reconciler.web.connection import NO_HURRY, Limits, Site
from reconciler.web.errors import EndlessAnswerError, NoAnswerError, UntrustedError, WebError
from reconciler.wire.problem import TYPE

_T = TypeVar("_T")
_R = TypeVar("_R")
_NO_HEADERS: Mapping[str, str] = {}


class Answer(WebAnswer):
    """A status and what came with it, to be read in the words of an interface."""

    __slots__ = ()

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
        """Return the server's own words for a refusal, as it gives them."""
        text = self.told.get("error") or self.told.get("detail") or self.told.get("title")
        return str(text) if text else ""

    @property
    def is_from_outside(self) -> bool:
        """Whether a service that keeps the contract says that the whitelist doesn't admit this machine's address."""
        return self.status == 403 and self.told.get("type") == f"{TYPE}not-admitted"


class UncertainError(AccountError):
    """A request that may have been carried out or not: no answer came back, or a ``status`` that doesn't say."""

    def __init__(self, message: str, help: str = "", status: int = 0) -> None:
        super().__init__(message, help)
        self.status = status


@dataclass(frozen=True, slots=True)
class Api:
    """An interface below ``base``; ``headers`` hold the key and go nowhere else. ``key`` is what users call it.

    ``ca_file`` is trusted in place of the system's own authorities; with ``reading`` nothing is sent that could write.
    The verb of each request is put into ``sent``.
    """

    base: str
    headers: Mapping[str, str] = field(repr=False)
    key: str
    limits: Limits = NO_HURRY
    ca_file: str | None = None
    proxy: str | None = field(default=None, repr=False)
    reading: bool = False
    sent: list[str] = field(default_factory=list, repr=False, compare=False)

    def connection(self) -> "Connection":
        """Return the interface to ask; connections open as they are needed."""
        headers = {**self.headers, "Accept": "application/json"}
        site = Site(self.base, headers, self.limits, self.ca_file, self.proxy, self.reading)
        return Connection(self, connection.Connection(site, self.sent))

    def without_key(self, data: bytes) -> bytes:
        """Return what a server said, without the key, should it repeat it."""
        for value in self.headers.values():
            key = value.rpartition(" ")[2]
            for spelt in (json_bytes(key)[1:-1], key.encode()) if key else ():
                data = data.replace(spelt, b"...")
        return data

    @contextmanager
    def connected(self) -> Iterator["Connection"]:
        """Open connections as they are needed, and close them at the end."""
        found = self.connection()
        try:
            yield found
        finally:
            found.web.close()


@dataclass(frozen=True, slots=True)
class Connection:
    """The interface while it is asked."""

    api: Api
    web: connection.Connection = field(repr=False)

    def get(self, path: str) -> Answer:
        """Return the answer to a question, 200 or 404; asked again where the server is busy or can't be reached."""
        answer = self.ask("GET", path)
        if answer.status not in (200, 404):
            raise self.unexpected(answer)
        return answer

    def unexpected(self, answer: Answer) -> AccountError:
        """Return the error for an answer that is none to what was asked."""
        return AccountError(f"{self.where} answered {answer.status}{_said(answer)}.")

    def send(self, method: str, path: str, body: bytes | None = None) -> Answer:
        """Return the answer to a write, which is sent once; raises :class:`UncertainError` where none came back."""
        return self.ask(method, path, body)

    def ask(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: Mapping[str, str] = _NO_HEADERS,
        again: bool | None = None,
    ) -> Answer:
        """Return the answer to one request, whatever its status; with ``again`` it may be sent more than once."""
        kind = {"Content-Type": "application/json"} if body is not None else {}
        with self._own_errors():
            found = self.web.ask(method, path, body=body, headers={**kind, **headers}, again=again)
        return self._judged(found, found.data)

    @contextmanager
    def streamed(self, path: str) -> Iterator[tuple[Answer, Iterator[bytes]]]:
        """Open the answer to a question, 200 or 404: what comes before its body, and its body in pieces."""
        with self._own_errors(), self.web.streamed(path) as (found, pieces):
            if found.status in (200, 404):
                yield Answer(found.status, found.headers), pieces
                return
            raise self.unexpected(self._judged(found, b"".join(pieces)))

    def each(self, ask: Callable[[_T], _R], things: Iterable[_T]) -> list[_R]:
        """Return what ``ask`` returns for each of ``things``, asked at once as far as connections go."""
        return self.web.each(ask, things)

    @property
    def where(self) -> str:
        """The server as users know it, without paths."""
        return self.web.site.where

    @contextmanager
    def _own_errors(self) -> Iterator[None]:
        try:
            yield
        except NoAnswerError as error:
            raise UncertainError(str(error), error.help) from None
        except EndlessAnswerError as error:
            raise IncompleteReadError(str(error)) from None
        except UntrustedError as error:
            raise AccountError(str(error), error.help) from None
        except WebError as error:
            raise AccountError(str(error), "Correct the provider's settings in account.yaml.") from None

    def _judged(self, found: WebAnswer, data: bytes) -> Answer:
        """Return an answer with its body; raises for one that no caller can make anything of.

        A refusal that repeats the key is heard without it.
        """
        status = found.status
        answer = Answer(status, found.headers, self.api.without_key(data) if status >= 400 else data)
        if answer.is_from_outside:
            raise AuthenticationError(
                f"The whitelist of the account at {self.where} doesn't admit this machine{_said(answer).rstrip('.')}.",
                "Add its address from a machine that is admitted, or in the portal; the token is not what is wrong.",
            )
        if status in (401, 403):
            raise AuthenticationError(
                f"{self.where} refused the key ({status}{_said(answer)}).",
                f"Correct the secret behind `{self.api.key}`.",
            )
        if status == 429 or status >= 500:
            raise UncertainError(f"{self.where} is busy ({status}{_said(answer)}).", "Try again later.", status)
        if 300 <= status < 400 and status != 304:
            raise AccountError(
                f"{self.where} sent us elsewhere ({status}); the key isn't sent on.",
                "Give the server's own address in account.yaml.",
            )
        return answer


def _said(answer: Answer) -> str:
    reason = answer.reason()
    return f": {neutral(reason, 200)}" if reason else ""


def json_bytes(body: Any) -> bytes:
    """Return a request's body."""
    import json

    return json.dumps(body, separators=(",", ":")).encode()
