"""The tables of an account file.

Each group of entries (a kind, or a zone's record sets) has a row in ``counter`` that triggers keep, so that a read can
be proven complete; so has each kind of facts in ``fact_counter``. ``log`` is at once the account's own history and the
memory of idempotency keys: both are written with the effect they speak of, or not at all; its ids have no gaps.
A request is an entry, too: ``request`` has what became of it.
"""

from collections.abc import Iterator
from sqlite3 import Connection, complete_statement

#: "RCNC": what tells an account file from every other SQLite file (``PRAGMA application_id``).
APPLICATION_ID = 0x52434E43
#: The version of these tables (``PRAGMA user_version``).
FORMAT = 3
#: The oldest format that :mod:`reconciler.store.migration` makes the present one.
OLDEST = 2
#: The package of a new account: it has no limits.
PACKAGE = "unlimited"

_TABLES = """
CREATE TABLE account (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    number TEXT NOT NULL,
    created TEXT NOT NULL,
    revision INTEGER NOT NULL DEFAULT 0,  -- counts transactions; an entry's version is the revision that wrote it
    last_id INTEGER NOT NULL DEFAULT 0    -- the last id given to an entry without a name; never given again
) STRICT;
CREATE TABLE package (
    name TEXT PRIMARY KEY,
    unlimited INTEGER NOT NULL CHECK (unlimited IN (0, 1)),
    value BLOB NOT NULL DEFAULT x'7b7d'  -- {}: what the package's fact says beside its id and what of it is used
) STRICT, WITHOUT ROWID;
CREATE TABLE domain (
    name TEXT PRIMARY KEY,
    package TEXT NOT NULL REFERENCES package (name),
    booked TEXT NOT NULL,
    renews TEXT,
    status TEXT NOT NULL DEFAULT 'active'
) STRICT, WITHOUT ROWID;
CREATE TABLE entry (
    address TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    domain TEXT REFERENCES domain (name) DEFERRABLE INITIALLY DEFERRED,
    natural_key TEXT,
    value BLOB NOT NULL,  -- canonical JSON
    version INTEGER NOT NULL,
    managed_by TEXT       -- who claimed it
) STRICT, WITHOUT ROWID;
CREATE INDEX entry_by_kind ON entry (kind);
CREATE INDEX entry_by_claim ON entry (managed_by) WHERE managed_by IS NOT NULL;
CREATE INDEX entry_by_natural_key ON entry (kind, natural_key) WHERE natural_key IS NOT NULL;
CREATE TABLE record_set (
    zone TEXT NOT NULL REFERENCES entry (address) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    name TEXT NOT NULL,
    type TEXT NOT NULL,
    value BLOB NOT NULL,  -- packed by kinds.record
    version INTEGER NOT NULL,
    managed_by TEXT,
    PRIMARY KEY (zone, name, type)
) STRICT, WITHOUT ROWID;
CREATE INDEX record_set_by_claim ON record_set (managed_by) WHERE managed_by IS NOT NULL;
CREATE INDEX cname ON record_set (zone, name) WHERE type = 'CNAME';
CREATE TABLE password (
    address TEXT NOT NULL REFERENCES entry (address) ON DELETE CASCADE,
    field TEXT NOT NULL,
    hash TEXT NOT NULL,
    PRIMARY KEY (address, field)
) STRICT, WITHOUT ROWID;
CREATE TABLE bank_number (  -- the bank needs it; it leaves this file only masked
    address TEXT NOT NULL REFERENCES entry (address) ON DELETE CASCADE,
    field TEXT NOT NULL,
    iban TEXT NOT NULL,
    PRIMARY KEY (address, field)
) STRICT, WITHOUT ROWID;
CREATE TABLE mail_target (
    source TEXT NOT NULL REFERENCES entry (address) ON DELETE CASCADE,
    target TEXT NOT NULL,
    PRIMARY KEY (source, target)
) STRICT, WITHOUT ROWID;
CREATE INDEX mail_target_by_target ON mail_target (target);
CREATE TABLE log (
    id INTEGER PRIMARY KEY AUTOINCREMENT,  -- SQLite keeps the last one elsewhere, so that a lost end is noticed
    revision INTEGER NOT NULL,
    at TEXT NOT NULL,
    who TEXT NOT NULL,
    origin TEXT NOT NULL,  -- the address that it came from, if it came over the network
    action TEXT NOT NULL,
    address TEXT NOT NULL,
    key TEXT UNIQUE,
    live_id TEXT,
    digest TEXT  -- of what was written under the key
) STRICT;
CREATE TABLE request (
    address TEXT PRIMARY KEY REFERENCES entry (address),
    reference TEXT NOT NULL UNIQUE,
    status TEXT NOT NULL,
    at TEXT NOT NULL,
    note TEXT NOT NULL,
    quote BLOB
) STRICT, WITHOUT ROWID;
CREATE TABLE attachment (
    request TEXT NOT NULL REFERENCES request (address),
    sha256 TEXT NOT NULL,
    content BLOB NOT NULL,
    PRIMARY KEY (request, sha256)
) STRICT;
CREATE TABLE fact (
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    value BLOB NOT NULL,
    PRIMARY KEY (kind, name)
) STRICT, WITHOUT ROWID;
CREATE TABLE fact_file (
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    content BLOB NOT NULL,
    PRIMARY KEY (kind, name),
    FOREIGN KEY (kind, name) REFERENCES fact (kind, name) ON DELETE CASCADE
) STRICT;
CREATE TABLE token (
    name TEXT PRIMARY KEY,
    hash TEXT NOT NULL UNIQUE,
    scopes TEXT NOT NULL,
    made TEXT NOT NULL,
    revoked TEXT
) STRICT, WITHOUT ROWID;
CREATE TABLE counter (
    name TEXT PRIMARY KEY,
    entries INTEGER NOT NULL,
    revision INTEGER NOT NULL DEFAULT 0  -- the last one that changed the group
) STRICT, WITHOUT ROWID;
CREATE TABLE fact_counter (
    kind TEXT PRIMARY KEY,
    facts INTEGER NOT NULL,
    revision INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE TRIGGER entry_added AFTER INSERT ON entry BEGIN
    INSERT INTO counter (name, entries) VALUES (NEW.kind, 1) ON CONFLICT DO UPDATE SET entries = entries + 1;
END;
CREATE TRIGGER entry_removed AFTER DELETE ON entry BEGIN
    UPDATE counter SET entries = entries - 1 WHERE name = OLD.kind;
END;
CREATE TRIGGER record_set_added AFTER INSERT ON record_set BEGIN
    INSERT INTO counter (name, entries) VALUES (NEW.zone, 1) ON CONFLICT DO UPDATE SET entries = entries + 1;
END;
CREATE TRIGGER record_set_removed AFTER DELETE ON record_set BEGIN
    UPDATE counter SET entries = entries - 1 WHERE name = OLD.zone;
END;
CREATE TRIGGER fact_added AFTER INSERT ON fact BEGIN
    INSERT INTO fact_counter (kind, facts) VALUES (NEW.kind, 1) ON CONFLICT DO UPDATE SET facts = facts + 1;
END;
CREATE TRIGGER fact_removed AFTER DELETE ON fact BEGIN
    UPDATE fact_counter SET facts = facts - 1 WHERE kind = OLD.kind;
END;
"""


def create_tables(connection: Connection, number: str, now: str) -> None:
    """Make an empty file an account with its own number, the unlimited package and no domain; within a transaction."""
    for statement in _statements(_TABLES):
        connection.execute(statement)
    connection.execute("INSERT INTO account (only, number, created) VALUES (1, ?, ?)", (number, now))
    connection.execute("INSERT INTO package (name, unlimited) VALUES (?, 1)", (PACKAGE,))
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {FORMAT}")


def statements_of(*names: str) -> tuple[str, ...]:
    """Return the statements that make the tables, indexes and triggers of these names."""
    by_name = {statement.split()[2]: statement for statement in _statements(_TABLES)}
    return tuple(by_name[name] for name in names)


def _statements(script: str) -> Iterator[str]:
    # One by one, because executescript would commit the transaction first.
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if complete_statement(statement):
            yield statement
            statement = ""
