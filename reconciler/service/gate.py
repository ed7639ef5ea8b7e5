"""Who comes in, before anything is looked at: address, whitelist, token, rate, and the size of what is sent.

It stands before the framework, so that a caller who isn't admitted can't make it read or parse anything. All but the
health of the service is behind it. What goes wrong inside is answered here, too, and never with its words.
"""

import asyncio
from collections.abc import Callable
from math import ceil
from typing import TYPE_CHECKING, Any

from pydantic_core import from_json
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from reconciler.model.late import dataclass
from reconciler.service.account import Account
from reconciler.service.buckets import Buckets
from reconciler.service.callers import IpAddress, admits, caller_of
from reconciler.service.problems import ProblemError
from reconciler.service.settings import Settings
from reconciler.service.visits import Visit
from reconciler.wire.paths import HEALTH

if TYPE_CHECKING:
    from reconciler.store.tokens import Token

_CHALLENGE = {"WWW-Authenticate": "Bearer"}
_CLOSE = {"Connection": "close"}


@dataclass(frozen=True, slots=True)
class Line:
    """What the service's own log says of a request."""

    caller: str
    token: str
    asked: str
    status: int


class Gate:
    """Stands before ``app``."""

    def __init__(
        self,
        app: ASGIApp,
        account: Account,
        settings: Settings,
        heard: Callable[[Line], None],
        failed: Callable[[Exception], None],
        now: Callable[[], float],
    ) -> None:
        """Tell ``heard`` of each request before its caller has an answer, and ``failed`` of each mistake of ours.

        ``now`` is a monotonic clock.
        """
        limits = settings.limits
        self._app = app
        self._account = account
        self._settings = settings
        self._heard = heard
        self._failed = failed
        self._of_tokens = Buckets(limits.rate, limits.burst, now)
        self._of_failures = Buckets(1.0, limits.failures, now)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or hand on what isn't one."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        answer = _Answer(send, lambda status: self._heard(_line(scope, status)))
        try:
            scope.setdefault("state", {})["visit"] = await self._admit(scope)
            body = await self._body(scope, receive)
            await self._app(scope, _replay(body, receive), answer)
        except ProblemError as error:
            await error.response()(scope, receive, answer)
        except Exception as error:
            if not answer.status:  # what the framework has answered it has told, too
                self._failed(error)
                await ProblemError("failed", "Please report it.").response()(scope, receive, answer)
        finally:
            if not answer.status:
                self._heard(_line(scope, 0))

    async def _admit(self, scope: Scope) -> Visit:
        headers = Headers(scope=scope)
        caller = self._caller(scope, headers)
        if scope["path"] == HEALTH:
            return Visit(caller)
        view = await run_in_threadpool(self._account.view)
        if not admits(view.whitelist, caller):
            raise ProblemError("not-admitted", f"You come from {caller}.")
        token = await self._token(headers, str(caller))
        if seconds := self._of_tokens.take(token.name):
            raise _too_many(seconds)
        return Visit(caller, token)

    def _caller(self, scope: Scope, headers: Headers) -> IpAddress:
        peer = scope["client"][0] if scope.get("client") else ""
        try:
            return caller_of(peer, headers.getlist("x-forwarded-for"), self._settings.proxies)
        except ValueError:
            raise ProblemError("not-admitted", "X-Forwarded-For doesn't say from which address you come.") from None

    async def _token(self, headers: Headers, caller: str) -> "Token":
        if seconds := self._of_failures.wait(caller):
            raise _too_many(seconds)
        scheme, _, text = headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not text.strip():
            raise ProblemError("unauthenticated", "Send it as `Authorization: Bearer ...`.", headers=_CHALLENGE)
        token = await run_in_threadpool(self._account.token, text.strip())
        if token is None:
            self._of_failures.take(caller)
            raise ProblemError("unauthenticated", "This token is unknown or was revoked.", headers=_CHALLENGE)
        return token

    async def _body(self, scope: Scope, receive: Receive) -> bytes:
        """Return the whole body, which is JSON or nothing; whoever says that it is larger isn't listened to."""
        headers, limits = Headers(scope=scope), self._settings.limits
        declared = headers.get("content-length", "0")
        if not declared.isdecimal() or int(declared[:20]) > limits.body:
            raise _too_large(limits.body)
        try:
            async with asyncio.timeout(limits.body_seconds):
                body = await _read(receive, limits.body)
        except TimeoutError:
            raise ProblemError("too-slow", headers=_CLOSE) from None
        if body:
            _demand_json(headers, body)
        return body


class _Answer:
    """Sends on what is answered, tells its status before, and remembers it."""

    def __init__(self, send: Send, begins: Callable[[int], None]) -> None:
        self._send = send
        self._begins = begins
        self.status = 0

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._begins(message["status"])
            self.status = message["status"]
        await self._send(message)


async def _read(receive: Receive, most: int) -> bytes:
    body = bytearray()
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ProblemError("malformed", "The connection ended before the request.")
        body += message.get("body", b"")
        if len(body) > most:
            raise _too_large(most)
        more = message.get("more_body", False)
    return bytes(body)


def _demand_json(headers: Headers, body: bytes) -> None:
    media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise ProblemError("wrong-media-type", "Send `Content-Type: application/json`.")
    try:
        # What the standard library lets through (lone surrogates, NaN, any depth) ends here.
        from_json(body, allow_inf_nan=False)
    except ValueError as error:
        raise ProblemError("malformed", f"It is not JSON: {error}.") from None


def _replay(body: bytes, receive: Receive) -> Receive:
    """Return what gives the body that was read, then whatever comes."""
    pending: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def again() -> Message:
        return pending.pop() if pending else await receive()

    return again


def _too_many(seconds: float) -> ProblemError:
    return ProblemError("too-many", "Wait as long as Retry-After says.", headers={"Retry-After": str(ceil(seconds))})


def _too_large(most: int) -> ProblemError:
    return ProblemError("too-large", f"It may have {most} octets; send it in parts.", headers=_CLOSE)


def _line(scope: Scope, status: int) -> Line:
    visit: Visit | None = scope.get("state", {}).get("visit")
    client: Any = scope.get("client") or ("?",)
    caller = str(visit.caller) if visit else str(client[0])
    return Line(
        caller, visit.token.name if visit and visit.token else "-", f"{scope['method']} {scope['path']}", status
    )
