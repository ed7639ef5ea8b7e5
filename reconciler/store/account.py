"""The embedded account: one SQLite file that keeps the rules of the real one."""

import weakref
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from sqlite3 import Connection, IntegrityError
from sqlite3 import Error as SqliteError
from typing import TYPE_CHECKING, TypeVar

from reconciler.model.address import Address, join
from reconciler.model.errors import AccountError
from reconciler.model.facts import Facts
from reconciler.model.outcome import Status
from reconciler.model.state import STATUSES
from reconciler.model.text import neutral
from reconciler.ports import Write, Written
from reconciler.store.entries import Contents, Known, is_unlimited, put, read_contents
from reconciler.store.file import (
    damaged,
    demand_place,
    is_account,
    no_account,
    open_to_write,
    plain_errors,
    read_file,
    transaction,
)
from reconciler.store.log import Author, Noted, note
from reconciler.store.passwords import Cost, is_kept, kept_text
from reconciler.store.requests import UNSIGNED, read_attachments
from reconciler.store.revisions import mark_changed, next_revision
from reconciler.store.schema import create_tables

if TYPE_CHECKING:
    from reconciler.model.fact import Fact
    from reconciler.store.tokens import Token

_T = TypeVar("_T")
#: Who the log names for writes that come from a plan.
BY_APPLY = "apply"
#: Who the log names for what somebody does with the program's own commands.
BY_HAND = "by hand"
#: Who the log names for what the hosting company does.
BY_COMPANY = "company"
_NO_FILES: Mapping[Address, bytes] = {}


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Store:
    """An account file. Reading opens it for the moment; the first write opens it until :meth:`close`."""

    def __init__(
        self,
        path: Path,
        *,
        now: Callable[[], datetime] = _utc_now,
        cost: Cost = Cost(),  # noqa: B008  # an immutable value
        timeout: float = 5.0,
    ) -> None:
        """Name the file, without opening it; ``timeout`` are the seconds to wait for another process that writes."""
        self.path = path
        self._now = now
        self._cost = cost
        self._timeout = timeout
        self._connection: Connection | None = None

    def read(self, known: Known | None = None) -> Contents | None:
        """Return the whole account, or None when there is none yet; the file and its folder stay untouched.

        What is ``known`` of a zone's rows by their digest isn't made again. Raises ``IncompleteReadError`` or
        ``AccountError``.
        """
        return self._read(lambda connection: read_contents(connection, known))

    def revision(self) -> int | None:
        """Return how many transactions changed the account, or None where there is none; cheap beside a read."""

        def count(connection: Connection) -> int:
            (found,) = connection.execute("SELECT revision FROM account").fetchone()
            return int(found)

        return self._read(count)

    def read_facts(self, kinds: Iterable[str]) -> Facts:
        """Return all facts of these kinds, also those of an account that doesn't exist yet.

        ``domain`` and ``package`` say what is booked, ``log`` is the change log. Raises ``IncompleteReadError`` or
        ``AccountError``.
        """
        from reconciler.store.facts import first_facts, read_kinds

        wanted = frozenset(kinds)
        return self._read(lambda connection: read_kinds(connection, wanted)) or first_facts(wanted)

    def read_file(self, address: Address) -> bytes:
        """Return the file of a fact; raises ``AccountError`` where there is none."""
        from reconciler.store.facts import read_content

        return self._demand(self._read(lambda connection: read_content(connection, address)))

    def read_attachments(self, address: Address) -> dict[str, bytes]:
        """Return the files that came with a request, by their SHA-256; raises ``AccountError``."""
        return self._demand(self._read(lambda connection: read_attachments(connection, address)))

    def tokens(self) -> "tuple[Token, ...]":
        """Return all tokens by name, also those that were revoked; raises ``AccountError``."""
        from reconciler.store.tokens import read_tokens

        return self._demand(self._read(read_tokens))

    def find_token(self, text: str) -> "Token | None":
        """Return the token of a text, unless there is none or it was revoked, in constant time."""
        from reconciler.store.tokens import find

        return self._read(lambda connection: find(connection, text))

    def demand_writable(self, number: str) -> None:
        """Raise ``AccountError`` unless the account ``number`` could be written now; creates nothing.

        What writing needs of the program is loaded then.
        """
        from reconciler.store.batch import take_in_hand

        take_in_hand()
        demand_place(self.path)
        if not self.path.exists():
            return
        connection = self._open()
        with plain_errors(self.path), transaction(connection):
            self._demand_number(connection, number)

    def prepare(self, number: str, domains: frozenset[str]) -> None:
        """Create the account ``number`` where there is none, and book ``domains``; raises ``AccountError``."""
        from reconciler.store.migration import upgrade
        from reconciler.store.tables import first_values

        connection = self._open()
        author = self._author(BY_APPLY)
        with plain_errors(self.path), transaction(connection):
            if not is_account(connection, self.path):
                create_tables(connection, number, author.at)
                for address, value in first_values().items():
                    put(connection, address, value, 0)
            self._demand_number(connection, number)
            upgrade(connection)
            if is_unlimited(connection):
                _book(connection, domains, author)

    def write(
        self, batch: tuple[Write, ...], who: str = BY_APPLY, origin: str = "", managed_by: str | None = None
    ) -> tuple[Written, ...]:
        """Carry out a batch in one transaction and return one answer per write: all are done, or none is.

        The log names ``who`` did it and the address of ``origin``. What is written is claimed for ``managed_by``, if
        given; what somebody else has claimed is refused. Raises ``AccountError`` only when the account doesn't exist or
        can't be opened.
        """
        try:
            return self.write_or_raise(batch, who, origin, managed_by)
        except AccountError as error:
            if not isinstance(error.__cause__, SqliteError):
                raise
            return (Written(Status.FAILED, str(error)),) * len(batch)

    def write_or_raise(
        self, batch: tuple[Write, ...], who: str, origin: str = "", managed_by: str | None = None
    ) -> tuple[Written, ...]:
        """Do as :meth:`write` does, but raise ``AccountError`` also when the file is held or fails meanwhile."""
        from reconciler.store.batch import RefusedBatchError, carry_out, kept_of_known

        secret = any(write.secrets for write in batch)
        known = (self._read(lambda connection: kept_of_known(connection, batch)) if secret else None) or {}
        # Hashing and proving are slow on purpose, so they come before the transaction.
        kept = {
            (i, path): there if there and is_kept(path, secret, there) else kept_text(path, secret, self._cost)
            for i, write in enumerate(batch)
            for path, secret in write.secrets.items()
            for there in [known.get((i, path))]
        }
        try:
            with plain_errors(self.path), self._changing() as connection:
                return carry_out(connection, batch, kept, self._author(who, origin), managed_by)
        except RefusedBatchError as refused:
            return refused.answers

    def put_facts(
        self, kinds: Iterable[str], facts: Iterable["Fact"], files: Mapping[Address, bytes] = _NO_FILES
    ) -> None:
        """Replace all facts of these kinds, as the hosting company does; ``files`` are their files by address.

        Raises ``AccountError`` for what can't be so, and changes nothing then.
        """
        from reconciler.store.answering import unsigned
        from reconciler.store.telling import put_kinds

        author = self._author(BY_COMPANY)
        kinds, facts = sorted(set(kinds)), tuple(facts)
        try:
            with plain_errors(self.path), self._changing() as connection:
                revision = next_revision(connection)
                put_kinds(connection, kinds, facts, files, revision, author.at)
                lapsed = list(unsigned(connection)) if "document" in kinds else []
                mark_changed(connection, lapsed, revision)
                note(connection, author, revision, [Noted("tell", kind) for kind in kinds])
                note(connection, author, revision, [Noted(UNSIGNED, address) for address in lapsed])
        except AccountError as error:
            if isinstance(error.__cause__, IntegrityError):
                raise AccountError(
                    "These facts leave out a package or a domain that the account still needs.",
                    "Delete first what is in the domain, or tell all packages and domains together.",
                ) from error
            raise

    def answer_request(self, address: Address, status: str, said: str = "") -> None:
        """Say what became of a request, and do what follows, as the hosting company does.

        Raises ``AccountError`` where there is no such request, and for what can't become of it.
        """
        from reconciler.store.answering import answer

        if status not in STATUSES:
            raise AccountError(f"A request is never {status!r}.", f"It is one of: {', '.join(STATUSES)}.")
        author = self._author(BY_COMPANY)
        with plain_errors(self.path), self._changing() as connection:
            revision = next_revision(connection)
            answer(connection, address, status, said, author, revision)
            mark_changed(connection, [address], revision)
            note(connection, author, revision, [Noted(status, address)])

    def make_token(self, name: str, scopes: Iterable[str]) -> str:
        """Make a token and return its text, which can't be told again; raises ``AccountError`` for a name in use."""
        from reconciler.store.tokens import put_token

        author = self._author(BY_HAND)
        with plain_errors(self.path), self._changing() as connection:
            text = put_token(connection, name, scopes, author.at)
            note(connection, author, next_revision(connection), [Noted("make", join("token", name))])
            return text

    def revoke_token(self, name: str) -> None:
        """Revoke a token for ever; raises ``AccountError`` where there is none."""
        from reconciler.store.tokens import revoke

        author = self._author(BY_HAND)
        with plain_errors(self.path), self._changing() as connection:
            if not revoke(connection, name, author.at):
                raise AccountError(f"There is no token {neutral(name)}.", "Name one that was made.")
            note(connection, author, next_revision(connection), [Noted("revoke", join("token", name))])

    def close(self) -> None:
        """Close the file; SQLite then removes what it keeps beside it."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
            self._left_open.detach()

    def _read(self, read: Callable[[Connection], _T]) -> _T | None:
        try:
            return read_file(self.path, read, self._timeout)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise damaged(self.path) from error

    def _demand(self, found: _T | None) -> _T:
        if found is None:
            raise no_account(self.path)
        return found

    @contextmanager
    def _changing(self) -> Iterator[Connection]:
        """Hold the account, which must exist, for writing; in the present format."""
        from reconciler.store.migration import upgrade

        if self._connection is None and not self.path.exists():
            raise no_account(self.path)
        connection = self._open()
        with transaction(connection):
            if not is_account(connection, self.path):
                raise no_account(self.path)
            upgrade(connection)
            yield connection

    def _author(self, who: str, origin: str = "") -> Author:
        return Author(who, self._now().isoformat(), origin)

    def _open(self) -> Connection:
        if self._connection is None:
            self._connection = open_to_write(self.path, self._timeout)
            self._left_open = weakref.finalize(self, self._connection.close)
        return self._connection

    def _demand_number(self, connection: Connection, number: str) -> None:
        if not is_account(connection, self.path):
            return
        (found,) = connection.execute("SELECT number FROM account").fetchone()
        if found != number:
            raise AccountError(
                f"The account file {self.path} belongs to the account {found}, not to {number}.",
                "Correct `account` or `path` in account.yaml.",
            )


def _book(connection: Connection, domains: frozenset[str], author: Author) -> None:
    booked = {name for (name,) in connection.execute("SELECT name FROM domain")}
    new = sorted(domains - booked)
    if not new:
        return
    from reconciler.store.tables import mail_domain_value

    revision = next_revision(connection)
    (package,) = connection.execute("SELECT name FROM package WHERE unlimited ORDER BY name LIMIT 1").fetchone()
    for domain in new:
        connection.execute("INSERT INTO domain (name, package, booked) VALUES (?, ?, ?)", (domain, package, author.at))
        put(connection, *mail_domain_value(domain), revision)
    mark_changed(connection, ["mail_domain"], revision)
    note(connection, author, revision, [Noted("book", f"domain/{domain}") for domain in new])
