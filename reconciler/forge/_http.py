"""HTTP to a forge: one origin, no redirects, limits on time and size, and no word of a token in any message."""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from reconciler.model.errors import AuthenticationError, ForgeError, UsageError
from reconciler.model.fields import Json
from reconciler.model.text import neutral

if TYPE_CHECKING:
    import httpx2

_MOST_BYTES = 8 * 2**20
_MOST_PAGES = 50
_TRIES = 3
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True, slots=True)
class Api:
    """The REST interface below ``base``; ``headers`` hold the token. Only reading is tried again."""

    base: str
    headers: Mapping[str, str] = field(repr=False)
    seconds: float = 30.0
    pause: float = 1.0

    def __post_init__(self) -> None:
        parts = urlsplit(self.base)
        if parts.scheme != "https" and parts.hostname not in _LOOPBACK:
            raise UsageError(f"{neutral(self.base)} isn't an https address.", "A token is never sent in the clear.")

    def get(self, path: str, absent: Json = None, **query: str) -> Json:
        """Return one answer; ``absent`` where the forge says 404 and that is no error."""
        answer = self._read(self.base + path, query)
        if answer.status == 404 and absent is not None:
            return absent
        return answer.json()

    def pages(self, path: str, **query: str) -> Iterator[Json]:
        """Yield the entries of a list over all its pages, which all lie on the same origin."""
        url, asked = self.base + path, {**query, "per_page": "100"}
        for _ in range(_MOST_PAGES):
            answer = self._read(url, asked)
            rows = answer.json()
            if not isinstance(rows, list):
                raise ForgeError("The forge answered something other than the list that was asked for.")
            yield from rows
            if not answer.next:
                return
            url, asked = answer.next, {}
            if not url.startswith(f"{self.base}/"):
                raise ForgeError("The forge's next page lies on another address; it wasn't followed.")
        raise ForgeError(f"The forge's list has more than {_MOST_PAGES} pages.")

    def send(self, method: str, path: str, body: Json) -> Json:
        """Return the answer to a write, which is sent once."""
        return self._once(method, self.base + path, {}, body).json()

    def post_to(self, url: str, body: Json) -> Json:
        """Return the answer of another address of the same host."""
        if urlsplit(url)[:2] != urlsplit(self.base)[:2]:
            raise UsageError(f"{neutral(url)} isn't on the host of {neutral(self.base)}.")
        return self._once("POST", url, {}, body).json()

    def _read(self, url: str, query: Mapping[str, str]) -> "_Answer":
        import stamina
        from stamina.instrumentation import set_on_retry_hooks

        set_on_retry_hooks([])
        tries = stamina.retry_context(
            on=_BusyError, attempts=_TRIES, wait_initial=self.pause, wait_max=10 * self.pause, timeout=4 * self.seconds
        )
        for attempt in tries:
            with attempt:
                return self._once("GET", url, query, None)
        raise ForgeError("The forge couldn't be asked.")

    def _once(self, method: str, url: str, query: Mapping[str, str], body: Json) -> "_Answer":
        import httpx2

        try:
            with (
                httpx2.Client(follow_redirects=False, timeout=self.seconds, headers=dict(self.headers)) as client,
                client.stream(method, url, params=dict(query) or None, json=body) as answer,
            ):
                data = self._bounded(answer)
        except httpx2.HTTPError as error:
            raise _BusyError(f"The forge can't be reached: {type(error).__name__}.", "Try again later.") from None
        except (httpx2.InvalidURL, ValueError):
            raise ForgeError("The forge's address can't be used.", "See GITHUB_API_URL or CI_API_V4_URL.") from None
        following = answer.links.get("next", {}).get("url", "")
        return _judged(_Answer(answer.status_code, data, following), answer.headers.get("x-ratelimit-remaining") == "0")

    def _bounded(self, answer: "httpx2.Response") -> bytes:
        deadline, parts, size = time.monotonic() + self.seconds, list[bytes](), 0
        for part in answer.iter_bytes():
            parts.append(part)
            size += len(part)
            if size > _MOST_BYTES:
                raise ForgeError("The forge's answer is too large to be one.")
            if time.monotonic() > deadline:
                raise _BusyError("The forge's answer takes too long.", "Try again later.")
        return b"".join(parts)


class _BusyError(ForgeError):
    """The forge may answer when asked again."""


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    data: bytes
    next: str

    def json(self) -> Any:
        import json

        if self.status == 404:
            raise ForgeError(f"The forge knows nothing there (404{_said(self.data)}).", _RIGHTS)
        try:
            return json.loads(self.data) if self.data else None
        except (ValueError, RecursionError):
            raise ForgeError("The forge answered something other than JSON.") from None


_NEEDED = "docs/approvals.md says which rights it needs."
_RIGHTS = "See that the repository is the right one and that the token may read it."


def _judged(answer: _Answer, is_limited: bool) -> _Answer:
    """Return an answer that is one; raises for everything else. 404 is the caller's to judge."""
    status, said = answer.status, _said(answer.data)
    if status == 429 or status >= 500 or (status == 403 and is_limited):
        raise _BusyError(f"The forge is busy ({status}{said}).", "Try again later.")
    if status in (401, 403):
        raise AuthenticationError(f"The forge refused the token ({status}{said}).", _NEEDED)
    if 300 <= status < 400:
        raise ForgeError(f"The forge sent us elsewhere ({status}); a token isn't sent on.", "Give its own address.")
    if status >= 400 and status != 404:
        raise ForgeError(f"The forge didn't do it ({status}{said}).")
    return answer


def _said(data: bytes) -> str:
    """Return the forge's own reason, if it gave one."""
    import json

    try:
        found = json.loads(data[:10_000])
    except (ValueError, RecursionError):
        return ""
    text = found.get("message", found.get("error")) if isinstance(found, dict) else None
    return f": {neutral(str(text), 200)}" if text else ""
