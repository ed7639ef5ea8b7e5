"""Makes a file of an older format one of the present format, in one transaction, so that no account is lost.

An older file is read as if it were new already, in a copy in memory; the file itself changes with the first write.
"""

from collections.abc import Iterable, Mapping
from sqlite3 import Connection

from reconciler.store.schema import FORMAT, statements_of

#: What turns a file of each older format into the next.
_STEPS: Mapping[int, Iterable[str]] = {
    2: (
        "ALTER TABLE package ADD COLUMN value BLOB NOT NULL DEFAULT x'7b7d'",
        "ALTER TABLE domain ADD COLUMN renews TEXT",
        "ALTER TABLE domain ADD COLUMN status TEXT NOT NULL DEFAULT 'active'",
        "ALTER TABLE entry ADD COLUMN managed_by TEXT",
        "ALTER TABLE record_set ADD COLUMN managed_by TEXT",
        "ALTER TABLE counter ADD COLUMN revision INTEGER NOT NULL DEFAULT 0",
        "UPDATE counter SET revision = (SELECT revision FROM account)",
        "ALTER TABLE log RENAME TO old_log",
        "DROP TRIGGER entry_added",
        "DROP TRIGGER record_set_added",
        *statements_of("log", "request", "attachment", "fact", "fact_file", "token", "fact_counter"),
        *statements_of("entry_added", "record_set_added", "fact_added", "fact_removed"),
        *statements_of("entry_by_claim", "record_set_by_claim"),
        "INSERT INTO log (revision, at, who, origin, action, address, key, live_id)"
        " SELECT revision, at, who, '', action, address, key, live_id FROM old_log ORDER BY rowid",
        "DROP TABLE old_log",
    ),
}


def upgrade(connection: Connection) -> None:
    """Bring a file to the present format; within a transaction."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    for step in range(version, FORMAT):
        for statement in _STEPS[step]:
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {step + 1}")
