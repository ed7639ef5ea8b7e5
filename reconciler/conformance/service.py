"""A service as the story asks it, and what every answer must be, whatever was asked."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import field
from itertools import count
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from reconciler.model.fields import Json
from reconciler.model.late import dataclass
from reconciler.model.text import neutral
from reconciler.web.answer import Answer
from reconciler.web.connection import Connection
from reconciler.wire.paths import KEY_HEADER
from reconciler.wire.problem import MEDIA_TYPE, Problem

_M = TypeVar("_M", bound=BaseModel)
_NO_HEADERS: Mapping[str, str] = {}
_LONGEST = 300


class BrokenError(Exception):
    """The contract isn't kept: what was expected, and what came."""


class UntriedError(Exception):
    """There is nothing with which it could be tried: why, in a few words."""


@dataclass(frozen=True, slots=True)
class Service:
    """A service behind ``server``; ``nonce`` makes the idempotency keys of this run its own."""

    server: Connection
    nonce: str
    _keys: "count[int]" = field(default_factory=count)

    def key(self) -> str:
        """Return a fresh idempotency key."""
        return f"conformance-{self.nonce}-{next(self._keys)}"

    def get(self, path: str, headers: Mapping[str, str] = _NO_HEADERS) -> Answer:
        """Read; the same again where the service is busy."""
        return _proper(self.server.ask("GET", path, headers=headers), f"GET {path}")

    def send(
        self,
        verb: str,
        path: str,
        body: Json = None,
        headers: Mapping[str, str] = _NO_HEADERS,
        key: str | None = None,
    ) -> Answer:
        """Write, under a fresh key unless one is given; sent again under the same key where no answer comes."""
        sent = None if body is None else json.dumps(body).encode()
        given = {KEY_HEADER: key or self.key(), "Content-Type": "application/json", **headers}
        return _proper(self.server.ask(verb, path, body=sent, headers=given, again=True), f"{verb} {path}")


def _proper(answer: Answer, asked: str) -> Answer:
    """Return an answer that may be one; raises :class:`BrokenError` for a mistake of the service, or no problem."""
    if answer.status >= 500:
        raise BrokenError(f"{asked}: {answer.status}, a mistake of the service itself.")
    if answer.status >= 400:
        problem = problem_of(answer, asked)
        if problem.status != answer.status:
            raise BrokenError(f"{asked}: the problem says {problem.status}, the answer {answer.status}.")
    return answer


def problem_of(answer: Answer, asked: str) -> Problem:
    """Return the problem that an answer is; raises :class:`BrokenError` where it isn't one (RFC 9457)."""
    if answer.media != MEDIA_TYPE:
        raise BrokenError(f"{asked}: {answer.status} comes as {neutral(answer.media, 60)}, not as {MEDIA_TYPE}.")
    try:
        return Problem.model_validate_json(answer.data)
    except ValidationError:
        raise BrokenError(f"{asked}: {answer.status} comes with something that is no problem (RFC 9457).") from None


def demand(answer: Answer, *statuses: int, what: str) -> Answer:
    """Return an answer with one of these statuses; raises :class:`BrokenError` for another one."""
    if answer.status not in statuses:
        wanted = " or ".join(map(str, statuses))
        said = neutral(answer.data[:_LONGEST].decode("utf-8", "replace"), _LONGEST)
        raise BrokenError(f"{what}: {wanted} was to come, and {answer.status} came. {said}".rstrip())
    return answer


def demand_that(holds: bool, what: str) -> None:
    """Raise :class:`BrokenError` unless it holds."""
    if not holds:
        raise BrokenError(what)


def model_of(answer: Answer, sort: type[_M], what: str) -> _M:
    """Return what an answer holds; raises :class:`BrokenError` where it isn't what the contract says."""
    try:
        return sort.model_validate_json(answer.data)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise BrokenError(f"{what}: the answer isn't a {sort.__name__}: {neutral(where, 80)} {first['msg']}") from None


def etag_of(answer: Answer, what: str) -> str:
    """Return the entity tag of an answer; raises :class:`BrokenError` where there is none, or a weak one."""
    tag = answer.headers.get("etag", "")
    if len(tag) < 3 or not tag.startswith('"') or not tag.endswith('"'):
        raise BrokenError(f"{what}: {neutral(tag, 60) or 'nothing'} came in place of a strong ETag.")
    return tag


def pages(service: Service, path: str, sort: type[_M], limit: int) -> Iterator[tuple[Answer, _M]]:
    """Yield each page of a collection, following its cursors; raises :class:`BrokenError` for one without end."""
    from urllib.parse import urlencode

    cursor, seen = None, set[str]()
    while True:
        asked = {"limit": str(limit), **({"cursor": cursor} if cursor else {})}
        answer = demand(service.get(f"{path}?{urlencode(asked)}"), 200, what=path)
        page = model_of(answer, sort, path)
        yield answer, page
        cursor = getattr(page, "next", None)
        if cursor is None:
            return
        demand_that(cursor not in seen, f"{path}: a cursor leads to itself, so the pages have no end.")
        seen.add(cursor)
