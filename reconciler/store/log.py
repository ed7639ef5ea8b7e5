"""The account's own change log: who or what changed it, when, from where, and which idempotency keys it has seen."""

from collections.abc import Iterable
from datetime import date, datetime
from sqlite3 import Connection
from typing import TYPE_CHECKING, NamedTuple

from reconciler.model.address import Address, live_id_of
from reconciler.model.errors import IncompleteReadError
from reconciler.model.late import dataclass

if TYPE_CHECKING:
    from reconciler.facts.log import LogEntry


@dataclass(frozen=True, slots=True)
class Author:
    """Who changes the account, when (ISO 8601), and from which address if over the network."""

    who: str
    at: str
    origin: str = ""

    @property
    def day(self) -> date:
        """The day on which it happens."""
        return datetime.fromisoformat(self.at).date()


class Noted(NamedTuple):
    """What was done (``create``, ``book``) and where; of a write its idempotency key, and the digest of its content."""

    action: str
    row: Address
    key: str = ""
    digest: str | None = None


def note(connection: Connection, author: Author, revision: int, done: Iterable[Noted]) -> None:
    """Write what was done."""
    connection.executemany(
        "INSERT INTO log (revision, at, who, origin, action, address, key, live_id, digest)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (revision, author.at, author.who, author.origin, action, row, key or None, live_id_of(row), digest)
            for action, row, key, digest in done
        ],
    )


def read_log(connection: Connection) -> "list[LogEntry]":
    """Return the whole log, from the beginning; ids have zeros in front, so that they sort as they happened.

    Raises ``IncompleteReadError`` where ids are missing.
    """
    from reconciler.facts.log import LogEntry

    rows = connection.execute("SELECT id, at, who, origin, action, address FROM log ORDER BY id").fetchall()
    (given,) = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'log'").fetchone() or (0,)
    if len(rows) != given:
        raise IncompleteReadError(
            "The account's change log has gaps.", "The file is damaged; put back a copy from your backup."
        )
    return [
        LogEntry.model_validate(
            {"id": f"{number:09}", "at": at, "who": who, "origin": origin, "action": action, "resource": address}
        )
        for number, at, who, origin, action, address in rows
    ]
