"""Collections of an account service, read in pages and proven complete; what is known is asked for by its mark.

A collection is whole when all its pages speak of one revision (``ETag``) and one total, the last says that it is the
last, as many entries came as there are in all, and none came twice. What isn't is read again from its first page, a
few times, because what stood between may have changed it or a page may have been spoilt on its way.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeAlias, TypeVar
from urllib.parse import urlencode

from pydantic import ValidationError

from reconciler.model.errors import AccountError, IncompleteReadError
from reconciler.model.text import neutral
from reconciler.providers._http import Answer, Connection
from reconciler.wire.entries import FactPage, Page
from reconciler.wire.requests import RequestPage

#: How often a collection is begun, before it is given up.
ROUNDS = 5
_CHANGED = 410
AnyPage: TypeAlias = Page | FactPage | RequestPage
_T = TypeVar("_T")


class GoneError(AccountError):
    """There is no such collection, or no longer."""


class UnprovenError(IncompleteReadError):
    """A collection that wasn't proven complete, and may be when it is read again."""


@dataclass(frozen=True, slots=True)
class Whole(Generic[_T]):
    """A collection that was proven complete, and the mark of its revision."""

    etag: str
    entries: Mapping[str, _T]


@dataclass(frozen=True, slots=True)
class Collection(Generic[_T]):
    """A collection: where it is, what a page of it is, and what each of its items means: a name and a value.

    ``entry`` raises ``ValueError`` for what isn't one, with why.
    """

    path: str
    page: type[AnyPage]
    entry: Callable[[Any], tuple[str, _T]]


@dataclass(frozen=True, slots=True)
class Pages:
    """What was read in this run, by path."""

    _known: dict[str, Whole[Any]] = field(default_factory=dict)

    def read(self, server: Connection, collection: Collection[_T]) -> Whole[_T]:
        """Return a whole collection; raises :class:`GoneError` where there is none.

        Raises ``IncompleteReadError`` for one that isn't proven complete, ``AccountError``, ``AuthenticationError``.
        """
        why = UnprovenError("")
        for _ in range(ROUNDS):
            try:
                found = self._read(server, collection)
            except UnprovenError as error:
                why = error
            else:
                self._known[collection.path] = found
                return found
        raise why

    def _read(self, server: Connection, collection: Collection[_T]) -> Whole[_T]:
        known = self._known.get(collection.path)
        asked = {"If-None-Match": known.etag} if known else {}
        answer = server.ask("GET", collection.path, headers=asked)
        if known and answer.status == 304 and answer.headers.get("etag", known.etag) == known.etag:
            return known
        etag, found = answer.headers.get("etag", ""), dict[str, _T]()
        page = _page(server, collection, answer, etag)
        total = page.total
        while True:
            _take(server, collection, page, found)
            if page.total != total or len(found) > total:
                raise _unproven(server, collection, "its pages don't agree on how many there are")
            if page.next is None:
                break
            if not page.items:
                raise _unproven(server, collection, "a page in its midst is empty")
            answer = server.ask("GET", f"{collection.path}?{urlencode({'cursor': page.next})}")
            page = _page(server, collection, answer, etag)
        if len(found) != total:
            raise _unproven(server, collection, f"it ended with {len(found)} of {total}")
        return Whole(etag, found)


def _page(server: Connection, collection: Collection[Any], answer: Answer, etag: str) -> AnyPage:
    """Return a page, which is of the revision ``etag``."""
    if answer.status == 404:
        raise GoneError(f"{server.where} has no {neutral(collection.path, 200)}.")
    if answer.status not in (200, _CHANGED):
        raise server.unexpected(answer)
    if answer.status == 200 and answer.media != "application/json":
        raise _unproven(server, collection, f"it answered {neutral(answer.media or 'nothing', 60)} in place of JSON")
    if answer.status == _CHANGED or answer.headers.get("etag", "") != etag:
        raise _unproven(server, collection, "it changes while it is read")
    if not etag:
        raise _unproven(server, collection, "its pages don't say of which revision they are")
    try:
        return collection.page.model_validate_json(answer.data)
    except ValidationError as error:
        raise _unproven(server, collection, f"a page isn't one ({_first(error)})") from None


def _take(server: Connection, collection: Collection[_T], page: AnyPage, found: dict[str, _T]) -> None:
    for item in page.items:
        try:
            name, value = collection.entry(item)
        except ValueError as error:
            raise _unproven(server, collection, str(error)) from None
        if name in found:
            raise _unproven(server, collection, f"{neutral(name, 200)} comes twice")
        found[name] = value


def _first(error: ValidationError) -> str:
    where = ".".join(str(part) for part in error.errors()[0]["loc"])
    return neutral(f"{where}: {error.errors()[0]['msg']}", 200)


def _unproven(server: Connection, collection: Collection[Any], why: str) -> UnprovenError:
    return UnprovenError(
        f"{server.where} didn't tell all of {neutral(collection.path, 200)}: {why}.",
        "Try again; nothing was concluded from it.",
    )
