"""The embedded account: one SQLite file that keeps the rules of the real one."""

import weakref
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from sqlite3 import Connection
from sqlite3 import Error as SqliteError

from reconciler.kinds.billing import IBAN
from reconciler.model.errors import AccountError
from reconciler.model.outcome import Status
from reconciler.ports import Write, Written
from reconciler.store.batch import RefusedBatchError, carry_out
from reconciler.store.entries import Contents, put, read_contents
from reconciler.store.file import (
    account_error,
    damaged,
    demand_place,
    is_account,
    open_to_write,
    plain_errors,
    read_file,
    transaction,
)
from reconciler.store.passwords import Cost, hash_password, iban_text
from reconciler.store.tables import PACKAGE, create_tables, first_values, mail_domain_value

#: Who the log names for writes that come from a plan.
BY_APPLY = "apply"


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

    def read(self) -> Contents | None:
        """Return the whole account, or None when there is none yet; the file and its folder stay untouched.

        Raises ``IncompleteReadError`` or ``AccountError``.
        """
        try:
            return read_file(self.path, read_contents, self._timeout)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise damaged(self.path) from error

    def demand_writable(self, number: str) -> None:
        """Raise ``AccountError`` unless the account ``number`` could be written now; creates nothing."""
        demand_place(self.path)
        if not self.path.exists():
            return
        connection = self._open()
        with plain_errors(self.path), transaction(connection):
            self._demand_number(connection, number)

    def prepare(self, number: str, domains: frozenset[str]) -> None:
        """Create the account ``number`` where there is none, and book ``domains``; raises ``AccountError``."""
        connection = self._open()
        now = self._now().isoformat()
        with plain_errors(self.path), transaction(connection):
            if not is_account(connection, self.path):
                create_tables(connection, number, now)
                for address, value in first_values().items():
                    put(connection, address, value, 0)
            self._demand_number(connection, number)
            _book(connection, domains, now)

    def write(self, batch: tuple[Write, ...], who: str = BY_APPLY) -> tuple[Written, ...]:
        """Carry out a batch in one transaction and return one answer per write: all are done, or none is.

        Raises ``AccountError`` only when the account doesn't exist or can't be opened.
        """
        secrets = {(i, field): secret for i, write in enumerate(batch) for field, secret in write.secrets.items()}
        # Hashing is slow on purpose, so it comes before the transaction.
        kept = {
            place: iban_text(secret) if place[1] == IBAN else hash_password(secret, self._cost)
            for place, secret in secrets.items()
        }
        connection = self._open()
        try:
            with transaction(connection):
                if not is_account(connection, self.path):
                    raise AccountError(f"There is no account in {self.path}.", "The first apply creates it.")
                return carry_out(connection, batch, kept, who, self._now().isoformat())
        except RefusedBatchError as refused:
            return refused.answers
        except SqliteError as error:
            return (Written(Status.FAILED, str(account_error(self.path, error))),) * len(batch)

    def close(self) -> None:
        """Close the file; SQLite then removes what it keeps beside it."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _open(self) -> Connection:
        if self._connection is None:
            self._connection = open_to_write(self.path, self._timeout)
            weakref.finalize(self, self._connection.close)
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


def _book(connection: Connection, domains: frozenset[str], now: str) -> None:
    booked = {name for (name,) in connection.execute("SELECT name FROM domain")}
    new = sorted(domains - booked)
    if not new:
        return
    connection.execute("UPDATE account SET revision = revision + 1")
    (revision,) = connection.execute("SELECT revision FROM account").fetchone()
    for domain in new:
        connection.execute("INSERT INTO domain VALUES (?, ?, ?)", (domain, PACKAGE, now))
        put(connection, *mail_domain_value(domain), revision)
        connection.execute(
            "INSERT INTO log VALUES (?, ?, ?, 'book', ?, NULL, NULL)", (revision, now, BY_APPLY, f"domain/{domain}")
        )
