"""HTTP to a forge: one origin, no redirects, limits on time and size, and no word of a token in any message."""

from collections.abc import Iterator, Mapping
from dataclasses import field
from typing import Any
from urllib.parse import urlencode, urlsplit

from reconciler.model.errors import AuthenticationError, ForgeError, UsageError
from reconciler.model.fields import Json
from reconciler.model.late import dataclass
from reconciler.model.text import neutral
from reconciler.web.answer import Answer
from reconciler.web.connection import Connection, Limits, Site
from reconciler.web.errors import EndlessAnswerError, NoAnswerError, UntrustedError, WebError

_MOST_BYTES = 8 * 2**20
_MOST_PAGES = 50
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True, slots=True)
class Api:
    """The REST interface below ``base``; ``headers`` hold the token. Only reading is tried again."""

    base: str
    headers: Mapping[str, str] = field(repr=False)
    seconds: float = 30.0
    pause: float = 1.0
    proxy: str | None = field(default=None, repr=False)
    _web: Connection = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        parts = urlsplit(self.base)
        if parts.scheme != "https" and parts.hostname not in _LOOPBACK:
            raise UsageError(f"{neutral(self.base)} isn't an https address.", "A token is never sent in the clear.")
        limits = Limits(silence=self.seconds, seconds=self.seconds, octets=_MOST_BYTES, pause=self.pause)
        site = Site(self.base, self.headers, limits, proxy=self.proxy, is_busy=_is_busy)
        object.__setattr__(self, "_web", Connection(site))

    def get(self, path: str, absent: Json = None, **query: str) -> Json:
        """Return one answer; ``absent`` where the forge says 404 and that is no error."""
        answer = self._asked("GET", _with(path, query))
        if answer.status == 404 and absent is not None:
            return absent
        return _json(answer)

    def pages(self, path: str, **query: str) -> Iterator[Json]:
        """Yield the entries of a list over all its pages, which all lie on the same origin."""
        url = _with(path, {**query, "per_page": "100"})
        for _ in range(_MOST_PAGES):
            answer = self._asked("GET", url)
            rows = _json(answer)
            if not isinstance(rows, list):
                raise ForgeError("The forge answered something other than the list that was asked for.")
            yield from rows
            if not answer.next:
                return
            url = answer.next
            if not url.startswith(f"{self.base}/"):
                raise ForgeError("The forge's next page lies on another address; it wasn't followed.")
        raise ForgeError(f"The forge's list has more than {_MOST_PAGES} pages.")

    def send(self, method: str, path: str, body: Json) -> Json:
        """Return the answer to a write, which is sent once."""
        return _json(self._asked(method, path, body))

    def post_to(self, url: str, body: Json) -> Json:
        """Return the answer of another address of the same host."""
        if urlsplit(url)[:2] != urlsplit(self.base)[:2]:
            raise UsageError(f"{neutral(url)} isn't on the host of {neutral(self.base)}.")
        return _json(self._asked("POST", url, body))

    def _asked(self, method: str, path: str, body: Json = None) -> Answer:
        import json

        sent = None if body is None else json.dumps(body).encode()
        kind = {} if body is None else {"Content-Type": "application/json"}
        try:
            answer = self._web.ask(method, path, body=sent, headers=kind)
        except NoAnswerError as error:
            raise ForgeError(f"The forge can't be reached: {error.cause}.", "Try again later.") from None
        except UntrustedError as error:
            raise ForgeError(str(error), "Trust its authority on this machine, if it is the right server.") from None
        except EndlessAnswerError:
            raise ForgeError("The forge's answer is too large, or takes too long, to be one.") from None
        except WebError:
            raise ForgeError("The forge's address can't be used.", "See GITHUB_API_URL or CI_API_V4_URL.") from None
        return _judged(answer)


def _with(path: str, query: Mapping[str, str]) -> str:
    return f"{path}?{urlencode(query)}" if query else path


def _is_busy(answer: Answer) -> bool:
    limited = answer.status == 403 and answer.headers.get("x-ratelimit-remaining") == "0"
    return answer.is_busy or limited


def _json(answer: Answer) -> Any:
    import json

    if answer.status == 404:
        raise ForgeError(f"The forge knows nothing there (404{_said(answer)}).", _RIGHTS)
    try:
        return json.loads(answer.data) if answer.data else None
    except (ValueError, RecursionError):
        raise ForgeError("The forge answered something other than JSON.") from None


_NEEDED = "docs/approvals.md says which rights it needs."
_RIGHTS = "See that the repository is the right one and that the token may read it."


def _judged(answer: Answer) -> Answer:
    """Return an answer that is one; raises for everything else. 404 is the caller's to judge."""
    status, said = answer.status, _said(answer)
    if _is_busy(answer):
        raise ForgeError(f"The forge is busy ({status}{said}).", "Try again later.")
    if status in (401, 403):
        raise AuthenticationError(f"The forge refused the token ({status}{said}).", _NEEDED)
    if 300 <= status < 400:
        raise ForgeError(f"The forge sent us elsewhere ({status}); a token isn't sent on.", "Give its own address.")
    if status >= 400 and status != 404:
        raise ForgeError(f"The forge didn't do it ({status}{said}).")
    return answer


def _said(answer: Answer) -> str:
    """Return the forge's own reason, if it gave one."""
    text = answer.told.get("message", answer.told.get("error"))
    return f": {neutral(str(text), 200)}" if text else ""
