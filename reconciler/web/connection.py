"""One origin over HTTP: one pool, limits on time and size, no redirects, no proxy but a configured one.

Credentials go to this origin and nowhere else. What may pass is asked again, later each time, where asking twice can't
do anything twice; ``Retry-After`` is respected by all who ask (``web.pace``), up to a limit beyond which nobody waits.
"""

import ssl
import time
import weakref
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import field
from http.cookiejar import CookieJar, DefaultCookiePolicy
from threading import Lock
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

from reconciler.model.late import dataclass
from reconciler.model.text import neutral
from reconciler.web.answer import Answer
from reconciler.web.errors import EndlessAnswerError, NoAnswerError, UntrustedError, WrongAddressError
from reconciler.web.pace import Pace
from reconciler.web.verbs import SAFE_VERBS

if TYPE_CHECKING:
    import httpx2

_T = TypeVar("_T")
_R = TypeVar("_R")
_NO_HEADERS: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Limits:
    """How long connecting, silence and a whole answer may take, how large it may be, and how often one asks.

    ``pause`` stands between two tries, with as much again by chance and doubled each time; ``longest_pause`` is the
    longest that a server may ask for. ``connections`` are open at once at most.
    """

    connect: float = 10.0
    silence: float = 30.0
    seconds: float = 300.0
    octets: int = 256 * 2**20
    tries: int = 3
    pause: float = 0.5
    longest_pause: float = 30.0
    connections: int = 4


NO_HURRY = Limits()


@dataclass(frozen=True, slots=True)
class Site:
    """What lies below ``base``. ``headers`` hold the credentials; ``ca_file`` is trusted in place of the system's own.

    With ``reading`` only verbs that change nothing are sent. ``is_busy`` tells the answers after which one asks again.
    """

    base: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    limits: Limits = NO_HURRY
    ca_file: str | None = None
    proxy: str | None = field(default=None, repr=False)
    reading: bool = False
    is_busy: Callable[[Answer], bool] = field(default=lambda answer: answer.is_busy, repr=False)

    @property
    def where(self) -> str:
        """The server as users know it, without paths."""
        parts = urlsplit(self.base)
        return neutral(f"{parts.scheme}://{parts.netloc}", 300)


class Connection:
    """A site while it is asked, by several threads at once if need be; connections open when they are needed."""

    def __init__(self, site: Site, sent: list[str] | None = None) -> None:
        """Stand before ``site``, of which nothing is opened yet; the verb of each request is put into ``sent``."""
        self.site = site
        self.sent = [] if sent is None else sent
        self._client: httpx2.Client | None = None
        self._lock = Lock()
        self._pace = Pace(site.limits.connections, site.limits.longest_pause)

    def ask(
        self,
        verb: str,
        path: str,
        *,
        body: bytes | None = None,
        headers: Mapping[str, str] = _NO_HEADERS,
        again: bool | None = None,
    ) -> Answer:
        """Return the answer to one request, whatever its status; ``path`` may be a URL of the same origin.

        With ``again`` it may be sent more than once, as by default only verbs that change nothing are. Raises
        :class:`~reconciler.web.errors.WebError`.
        """
        often = verb in SAFE_VERBS if again is None else again

        def ask() -> Answer:
            self._pace.wait()
            answer = self._once(verb, path, body, headers)
            self._pace.learn(answer, is_busy=self.site.is_busy(answer))
            return answer

        with self._pace.turn():
            return self._often(ask) if often else ask()

    @contextmanager
    def streamed(self, path: str) -> Iterator[tuple[Answer, Iterator[bytes]]]:
        """Open the answer to a GET: status and headers, and its body in pieces, within the same limits."""
        with self._open("GET", path, None, _NO_HEADERS) as found:
            yield _answer(found, b""), self._pieces(found)

    def each(self, ask: Callable[[_T], _R], things: Iterable[_T]) -> list[_R]:
        """Return what ``ask`` returns for each of ``things``, in order, asked at once as far as the pool goes.

        The first failure is raised, and what hasn't begun by then isn't asked.
        """
        with ThreadPoolExecutor(self.site.limits.connections) as threads:
            try:
                return list(threads.map(ask, things))
            except BaseException:
                threads.shutdown(cancel_futures=True)
                raise

    def close(self) -> None:
        """Close what is open; what is asked afterwards opens it again."""
        with self._lock:
            if self._client is not None:
                self._client.close()
                self._client = None

    def _often(self, ask: Callable[[], Answer]) -> Answer:
        import stamina
        from stamina.instrumentation import set_on_retry_hooks

        set_on_retry_hooks([])
        limits = self.site.limits
        tries = stamina.retry_context(
            on=self._pause,
            attempts=limits.tries,
            wait_initial=limits.pause,
            wait_jitter=limits.pause,
            wait_max=10 * limits.pause,
            timeout=None,
        )
        answer = Answer(0)
        try:
            for attempt in tries:
                with attempt:
                    answer = ask()
                    if self.site.is_busy(answer):
                        raise _BusyError(answer)
        except _BusyError as busy:
            return busy.answer
        return answer

    def _pause(self, error: Exception) -> bool | float:
        """Return whether to ask again after an error, or after how many seconds."""
        if not isinstance(error, _BusyError):
            return isinstance(error, NoAnswerError)
        wanted = error.answer.retry_after
        # That long everybody waits who asks the site.
        return True if wanted is None else wanted <= self.site.limits.longest_pause and 0.001

    def _once(self, verb: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Answer:
        with self._open(verb, path, body, headers) as found:
            return _answer(found, b"".join(self._pieces(found)))

    @contextmanager
    def _open(
        self, verb: str, path: str, body: bytes | None, headers: Mapping[str, str]
    ) -> Iterator["httpx2.Response"]:
        import httpx2

        url = self._url(path)
        try:
            client = self._opened()
            request = client.build_request(verb, url, content=body, headers=dict(headers))
        except ValueError:  # what can't stand in a header
            raise WrongAddressError(f"{self.site.where} can't be asked.") from None
        try:
            found = client.send(request, stream=True)
            try:
                yield found
            finally:
                found.close()
        except httpx2.HTTPError as error:
            if (distrust := _distrust(error)) is not None:
                raise UntrustedError(self.site.where, distrust) from None
            raise NoAnswerError(self.site.where, type(error).__name__) from None

    def _url(self, path: str) -> "httpx2.URL":
        """Return where to ask; raises ``WrongAddressError`` for what leads to another origin."""
        import httpx2

        try:
            base = httpx2.URL(self.site.base)
            url = httpx2.URL(path if path.startswith(("http://", "https://")) else self.site.base + path)
        except (httpx2.InvalidURL, ValueError):
            raise WrongAddressError(f"{self.site.where} can't be asked.") from None
        if (url.scheme, url.host, url.port, url.userinfo) != (base.scheme, base.host, base.port, base.userinfo):
            raise WrongAddressError(f"This leads away from {self.site.where}; nothing was sent there.")
        return url

    def _opened(self) -> "httpx2.Client":
        with self._lock:
            if self._client is None:
                self._client = _client(self.site, self.sent.append)
                weakref.finalize(self, self._client.close)
            return self._client

    def _pieces(self, found: "httpx2.Response") -> Iterator[bytes]:
        """Yield the body of an answer as it comes; raises ``EndlessAnswerError`` where it goes beyond the limits."""
        limits, where, size = self.site.limits, self.site.where, 0
        deadline = time.monotonic() + limits.seconds
        if found.headers.get("content-encoding", "identity") != "identity":
            raise EndlessAnswerError(f"{where} answered in an encoding that it wasn't asked for.")
        for piece in found.iter_raw():
            size += len(piece)
            if size > limits.octets:
                raise EndlessAnswerError(f"The answer of {where} is larger than {limits.octets} octets.")
            if time.monotonic() > deadline:
                raise EndlessAnswerError(f"The answer of {where} takes longer than {limits.seconds:g} s.")
            yield piece


class _BusyError(Exception):
    """An answer that may be another one later."""

    def __init__(self, answer: Answer) -> None:
        super().__init__()
        self.answer = answer


def _client(site: Site, sent: Callable[[str], object]) -> "httpx2.Client":
    import httpx2

    from reconciler.web.transport import WatchedTransport

    limits = site.limits
    transport = WatchedTransport(_trust(site), limits.connections, site.proxy, site.reading, sent)
    return httpx2.Client(
        transport=transport,
        follow_redirects=False,
        trust_env=False,
        timeout=httpx2.Timeout(limits.silence, connect=min(limits.connect, limits.silence), pool=None),
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
        headers={"User-Agent": "reconciler", **site.headers, "Accept-Encoding": "identity"},
    )


def _trust(site: Site) -> ssl.SSLContext:
    """Return whom to trust; raises ``WrongAddressError`` for a file that holds no certificates."""
    if urlsplit(site.base).scheme != "https" and not (site.proxy or "").startswith("https"):
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        return ssl.create_default_context(cafile=site.ca_file)
    except (OSError, ValueError):
        raise WrongAddressError(f"The certificates in {neutral(site.ca_file or '', 300)} can't be read.") from None


def _answer(found: "httpx2.Response", data: bytes) -> Answer:
    following = found.links.get("next", {}).get("url", "") if "link" in found.headers else ""
    return Answer(found.status_code, dict(found.headers), data, following)


def _distrust(error: BaseException) -> str | None:
    """Return what the certificate lacks, if it is that for which nothing came."""
    under: BaseException | None = error
    while under is not None:
        if isinstance(under, ssl.SSLCertVerificationError):
            return neutral(under.verify_message, 200).rstrip(".")
        under = under.__cause__ or under.__context__
    return None
