"""A file of an older format is an account still: nothing is lost, and reading alone leaves it as it is."""

import sqlite3
from pathlib import Path

import pytest

from accounts import NUMBER, Account
from reconciler.facts.log import LogEntry
from reconciler.store.migration import _STEPS
from reconciler.store.schema import FORMAT, OLDEST, create_tables

OLD = Path(__file__).parent / "account-2.sql"


@pytest.fixture
def old(tmp_path: Path) -> Account:
    """An account as the first published version made it."""
    path = tmp_path / "account.db"
    connection = sqlite3.connect(path)
    connection.executescript(OLD.read_text())
    connection.close()
    return Account(path)


def test_reading_an_older_file_leaves_it_as_it_is(old: Account) -> None:
    """It is read as if it were new already."""
    before = old.path.read_bytes()
    assert {"zone/example.org", "record/example.org/www/A", "mailbox/info@example.org"} <= old.state.keys()
    assert old.path.read_bytes() == before
    assert [path.name for path in old.path.parent.iterdir()] == ["account.db"]


def test_the_first_write_makes_it_new(old: Account) -> None:
    """Entries, versions, the log with its keys and passwords are those that were there."""
    state, log = old.state, old.store.read_facts(["log"]).all(LogEntry)
    old.store.prepare(NUMBER, frozenset())
    assert old.state == state
    assert old.store.read_facts(["log"]).all(LogEntry) == log
    assert [(e.action, e.resource) for e in log][:2] == [("book", "domain/example.org"), ("create", "zone/example.org")]
    old.done(old.delete("alias/sales@example.org"), old.delete("mailbox/info@example.org"))
    old.store.close()
    connection = sqlite3.connect(old.path)
    assert connection.execute("PRAGMA user_version").fetchone() == (FORMAT,)
    connection.close()


def test_an_older_file_of_another_account_stays_old(old: Account) -> None:
    """Whoever names the wrong file changes nothing in it."""
    with pytest.raises(Exception, match="belongs to the account"):
        old.store.prepare("K-2", frozenset())
    old.store.close()
    connection = sqlite3.connect(old.path)
    assert connection.execute("PRAGMA user_version").fetchone() == (2,)
    connection.close()


def test_an_upgraded_file_has_the_tables_of_a_new_one(old: Account) -> None:
    """Column by column, index by index and trigger by trigger."""
    old.store.prepare(NUMBER, frozenset())
    old.store.close()
    upgraded, new = sqlite3.connect(old.path), sqlite3.connect(":memory:")
    create_tables(new, NUMBER, "2026-11-26T00:00:00+00:00")
    assert _shape(upgraded) == _shape(new)
    upgraded.close()


def _shape(connection: sqlite3.Connection) -> dict[tuple[str, str], object]:
    names = connection.execute("SELECT type, name, sql FROM sqlite_master ORDER BY type, name").fetchall()
    return {
        (kind, name): connection.execute(f"PRAGMA table_xinfo('{name}')").fetchall() if kind == "table" else sql
        for kind, name, sql in names
    }


def test_every_format_from_the_oldest_on_has_a_step() -> None:
    """What counts as an account still can be made one of the present format."""
    assert sorted(_STEPS) == list(range(OLDEST, FORMAT))
