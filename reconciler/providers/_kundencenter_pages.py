"""Collections of an account service, read in pages and proven complete; what is known is asked for by its mark.

A collection is whole when all its pages speak of one revision (``ETag``) and one total, the last says that it is the
last, as many entries came as there are in all, and none came twice. A page that doesn't go on from those before it may
have been spoilt on its way and is asked for again; if that doesn't help, the collection is read again from its first
page, because it may have changed; both a few times.
"""

from collections.abc import Callable
from dataclasses import field
from typing import TYPE_CHECKING, Any, Generic, TypeAlias, TypeVar
from urllib.parse import urlencode

from reconciler.model.errors import AccountError, IncompleteReadError
from reconciler.model.late import dataclass
from reconciler.model.scalars import faults
from reconciler.model.text import neutral
from reconciler.providers._http import Answer, Connection
from reconciler.providers._kundencenter_wholes import Whole
from reconciler.wire.entries import FactPage, Page
from reconciler.wire.requests import RequestPage

if TYPE_CHECKING:
    from pydantic import ValidationError

#: How often a collection is begun, before it is given up, and how often a page is asked for again.
ROUNDS = 5
_TIMES = 3
_CHANGED = 410
#: More is in no account; a broken service could go on for ever, one page after the other.
_MOST = 5_000_000
AnyPage: TypeAlias = Page | FactPage | RequestPage
_T = TypeVar("_T")


class GoneError(AccountError):
    """There is no such collection, or no longer."""


class UnprovenError(IncompleteReadError):
    """A collection that wasn't proven complete, and may be when it is read again."""


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
    """What is known of collections in this run, by path."""

    _known: dict[str, Whole[Any]] = field(default_factory=dict)

    def learn(self, collection: Collection[_T], whole: Whole[_T]) -> None:
        """Know a collection that somebody else has read."""
        self._known.setdefault(collection.path, whole)

    def read(
        self, server: Connection, collection: Collection[_T], known: Whole[_T] | None = None, *, remember: bool = True
    ) -> Whole[_T]:
        """Return a whole collection; raises :class:`GoneError` where there is none.

        What is ``known`` of it is returned as it is, if it still holds. With ``remember`` what is read is known the
        next time. Raises ``IncompleteReadError`` for one that isn't proven complete, ``AccountError``,
        ``AuthenticationError``.
        """
        why = UnprovenError("")
        for _ in range(ROUNDS):
            try:
                found = self._read(server, collection, known or self._known.get(collection.path))
            except UnprovenError as error:
                why = error
            else:
                if remember and found is not known:
                    self._known[collection.path] = found
                return found
        raise why

    def _read(self, server: Connection, collection: Collection[_T], known: Whole[_T] | None) -> Whole[_T]:
        answer = server.ask("GET", collection.path, headers={"If-None-Match": known.etag} if known else {})
        if known and answer.status == 304 and answer.headers.get("etag", known.etag) == known.etag:
            return known
        begun = Begun[_T](server, collection)
        while begun.cursor is not None:
            begun.go_on(answer)
            if begun.cursor:
                answer = begun.ask()
        return Whole(begun.etag, begun.found)


@dataclass(slots=True)
class Begun(Generic[_T]):
    """A collection as far as it was read; ``cursor`` is empty before the first page and None after the last."""

    server: Connection
    collection: Collection[_T]
    etag: str = ""
    total: int = 0
    cursor: str | None = ""
    found: dict[str, _T] = field(default_factory=dict)

    def ask(self) -> Answer:
        """Ask for the page at the cursor."""
        query = f"?{urlencode({'cursor': self.cursor})}" if self.cursor else ""
        return self.server.ask("GET", self.collection.path + query)

    def go_on(self, answer: Answer) -> None:
        """Take a page that goes on from here; one that doesn't is asked for again, a few times.

        Raises :class:`UnprovenError` and :class:`GoneError`.
        """
        for _ in range(_TIMES):
            try:
                self._take(answer)
            except UnprovenError:
                if answer.status == _CHANGED:
                    break
                answer = self.ask()
            else:
                return
        self._take(answer)

    def _take(self, answer: Answer) -> None:
        first, etag = not self.cursor, answer.headers.get("etag", "")
        page = self._page(answer)
        if not first and etag != self.etag:
            raise self._unproven("it changes while it is read")
        total = page.total if first else self.total
        new = self._entries(page)
        if total > _MOST:
            raise self._unproven(f"it is said to have {total} entries, more than can be read")
        if page.total != total or len(self.found) + len(new) > total:
            raise self._unproven("its pages don't agree on how many there are")
        if page.next is not None and not new:
            raise self._unproven("a page in its midst is empty")
        if page.next is None and len(self.found) + len(new) != total:
            raise self._unproven(f"it ended with {len(self.found) + len(new)} of {total}")
        self.etag, self.total, self.cursor = etag, total, page.next
        self.found.update(new)

    def _page(self, answer: Answer) -> AnyPage:
        if answer.status == 404:
            raise GoneError(f"{self.server.where} has no {neutral(self.collection.path, 200)}.")
        if answer.status == _CHANGED:
            raise self._unproven("it changes while it is read")
        if answer.status != 200:
            raise self.server.unexpected(answer)
        if answer.media != "application/json":
            raise self._unproven(f"it answered {neutral(answer.media or 'nothing', 60)} in place of JSON")
        if not answer.headers.get("etag"):
            raise self._unproven("its pages don't say of which revision they are")
        try:
            return self.collection.page.model_validate_json(answer.data)
        except faults() as error:
            raise self._unproven(f"a page isn't one ({_first(error)})") from None

    def _entries(self, page: AnyPage) -> dict[str, _T]:
        new: dict[str, _T] = {}
        for item in page.items:
            try:
                name, value = self.collection.entry(item)
            except ValueError as error:
                raise self._unproven(str(error)) from None
            if name in self.found or name in new:
                raise self._unproven(f"{neutral(name, 200)} comes twice")
            new[name] = value
        return new

    def _unproven(self, why: str) -> UnprovenError:
        return UnprovenError(
            f"{self.server.where} didn't tell all of {neutral(self.collection.path, 200)}: {why}.",
            "Try again; nothing was concluded from it.",
        )


def _first(error: "ValidationError") -> str:
    where = ".".join(str(part) for part in error.errors()[0]["loc"])
    return neutral(f"{where}: {error.errors()[0]['msg']}", 200)
