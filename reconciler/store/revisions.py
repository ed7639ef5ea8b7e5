"""The revision of each group of an account: the last transaction that changed it, whose reading can be skipped since.

A group is a kind of settings, requests or facts, or the record sets of a zone.
"""

from collections.abc import Iterable
from sqlite3 import Connection

from reconciler.model.address import Address, kind_of

#: Facts that follow from the whole account, so that every transaction may change them.
DERIVED = frozenset({"package", "domain", "log"})


def read_revisions(connection: Connection, kinds: Iterable[str]) -> dict[str, int]:
    """Return the revision of each group; a kind that never changed has the revision 0."""
    (revision,) = connection.execute("SELECT revision FROM account").fetchone()
    found = dict.fromkeys(kinds, 0) | dict.fromkeys(DERIVED, revision)
    for name, changed in connection.execute("SELECT name, revision FROM counter"):
        found[f"record{name[4:]}" if "/" in name else name] = changed
    return found | dict(connection.execute("SELECT kind, revision FROM fact_counter"))


def next_revision(connection: Connection) -> int:
    """Count one transaction more, and return its number; within it."""
    connection.execute("UPDATE account SET revision = revision + 1")
    (revision,) = connection.execute("SELECT revision FROM account").fetchone()
    return int(revision)


def mark_changed(connection: Connection, rows: Iterable[Address], revision: int) -> None:
    """Give the groups of rows that were touched their new revision."""
    connection.executemany(
        "INSERT INTO counter VALUES (?, 0, ?) ON CONFLICT DO UPDATE SET revision = excluded.revision",
        [(name, revision) for name in {name for row in rows for name in _counters(row)}],
    )


def _counters(row: Address) -> tuple[str, ...]:
    if row.startswith("record/"):
        return (f"zone/{row.split('/')[1]}",)
    return ("zone", row) if row.startswith("zone/") else (kind_of(row),)
