"""Every way in which an account file can be bad: one clear error with help, and the file stays as it is."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from accounts import NUMBER, Account
from asking import PDF, annex, company, submit
from reconciler.model.errors import AccountError, IncompleteReadError
from reconciler.model.outcome import Status


def _text(path: Path) -> None:
    path.write_text("Dear diary, today I was opened as a database. " * 100)


def _foreign(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.executescript("CREATE TABLE note (text TEXT); PRAGMA user_version = 3")
    connection.close()


def _newer(path: Path) -> None:
    _change(path, "PRAGMA user_version = 99")


def _older(path: Path) -> None:
    _change(path, "PRAGMA user_version = 1")


def _truncated(path: Path) -> None:
    _account(path)
    path.write_bytes(path.read_bytes()[:9000])


def _overwritten(path: Path) -> None:
    _account(path)
    data = bytearray(path.read_bytes())
    data[4096:] = b"\xa5" * (len(data) - 4096)
    path.write_bytes(data)


def _without_a_table(path: Path) -> None:
    _change(path, "DROP TABLE counter")


def _with_damaged_json(path: Path) -> None:
    _change(path, "UPDATE entry SET value = x'ff7b'")


def _with_an_unknown_kind(path: Path) -> None:
    _change(path, "UPDATE entry SET kind = 'toaster'; UPDATE counter SET name = 'toaster' WHERE name = 'mail_domain'")


def _folder(path: Path) -> None:
    path.mkdir()


def _account(path: Path) -> None:
    account = Account(path).booked()
    account.done(account.create("zone/example.org"), account.create("record/example.org/www/A", value="203.0.113.10"))
    account.store.close()


def _change(path: Path, script: str) -> None:
    _account(path)
    connection = sqlite3.connect(path)
    connection.executescript(script)
    connection.close()


BAD = {
    "is not an account file, or is damaged": _text,
    "belongs to another program": _foreign,
    "has format 99; this program reads format 3": _newer,
    "has format 1; this program reads format 3": _older,
    "is a folder": _folder,
}
DAMAGED = [_truncated, _overwritten, _without_a_table, _with_damaged_json, _with_an_unknown_kind]


@pytest.mark.parametrize(("said", "make"), BAD.items())
def test_a_bad_file_has_one_clear_error(tmp_path: Path, said: str, make: Callable[[Path], None]) -> None:
    """Reading and writing say the same, and neither changes a byte nor leaves a file beside it."""
    path = tmp_path / "account.db"
    make(path)
    before = _folder_content(tmp_path)
    store = Account(path).store
    for act in (store.read, lambda: store.demand_writable(NUMBER), lambda: store.prepare(NUMBER, frozenset())):
        with pytest.raises(AccountError, match=said) as caught:
            act()
        assert str(path) in str(caught.value)
        assert caught.value.help
    assert _folder_content(tmp_path) == before


@pytest.mark.parametrize("make", DAMAGED)
def test_a_damaged_file_is_never_read_as_less(tmp_path: Path, make: Callable[[Path], None]) -> None:
    """Whatever is damaged, nothing is concluded from what is left."""
    path = tmp_path / "account.db"
    make(path)
    with pytest.raises(AccountError, match=r"is damaged|doesn't hold as many") as caught:
        Account(path).store.read()
    assert caught.value.help


@pytest.mark.parametrize(
    "loss", ["DELETE FROM record_set", "DELETE FROM entry WHERE kind = 'notification' AND address LIKE '%outage'"]
)
def test_a_read_is_proven_complete(tmp_path: Path, loss: str) -> None:
    """Rows that vanished behind the account's back make the read incomplete, not the account emptier."""
    path = tmp_path / "account.db"
    _change(path, f"DROP TRIGGER entry_removed; DROP TRIGGER record_set_removed; {loss}")
    with pytest.raises(IncompleteReadError, match="doesn't hold as many entries as it says"):
        Account(path).store.read()


def test_rows_without_a_counter_make_a_read_incomplete(tmp_path: Path) -> None:
    """A counter that vanished is noticed like a row that vanished."""
    path = tmp_path / "account.db"
    _change(path, "DELETE FROM counter WHERE name = 'zone/example.org'")
    with pytest.raises(IncompleteReadError):
        Account(path).store.read()


@pytest.mark.parametrize("loss", ["id = 1", "id = (SELECT max(id) FROM log)"])
def test_the_log_is_proven_complete(tmp_path: Path, loss: str) -> None:
    """Neither its beginning nor its end can vanish unnoticed."""
    path = tmp_path / "account.db"
    _change(path, f"DELETE FROM log WHERE {loss}")
    with pytest.raises(IncompleteReadError, match="change log has gaps"):
        Account(path).store.read_facts(["log"])


@pytest.mark.parametrize("loss", ["DELETE FROM request", "DROP TRIGGER fact_removed; DELETE FROM fact"])
def test_requests_and_facts_are_proven_complete(tmp_path: Path, loss: str) -> None:
    """What became of a request can't vanish beside it, and a fact isn't missing unnoticed."""
    path = tmp_path / "account.db"
    account = company(path)
    account.done(submit(account, "payment/p", amount="5.00 EUR"))
    account.store.close()
    connection = sqlite3.connect(path)
    connection.executescript(loss)
    connection.close()
    with pytest.raises(IncompleteReadError, match="doesn't hold as many"):
        (Account(path).store.read(), Account(path).store.read_facts(["price"]))


def test_a_file_of_a_fact_is_the_one_that_was_told(tmp_path: Path) -> None:
    """Its digest is compared whenever it is read."""
    path = tmp_path / "account.db"
    account = company(path)
    account.store.put_facts(["document"], [annex("3")], {"document/tom": PDF})
    account.store.close()
    connection = sqlite3.connect(path)
    connection.executescript("UPDATE fact_file SET content = x'00'")
    connection.close()
    with pytest.raises(AccountError, match="is damaged"):
        Account(path).store.read_file("document/tom")


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    """The program makes the file, not the folder it lies in."""
    account = Account(tmp_path / "nowhere" / "account.db")
    for act in (account.store.read, lambda: account.store.prepare(NUMBER, frozenset())):
        with pytest.raises(AccountError, match="doesn't exist"):
            act()


def test_a_read_only_file_is_read_and_not_written(tmp_path: Path) -> None:
    """Planning needs no right to write; applying says so before anything else happens."""
    path = tmp_path / "account.db"
    _account(path)
    path.chmod(0o444)
    account = Account(path)
    assert "zone/example.org" in account.state
    with pytest.raises(AccountError, match="is read-only"):
        account.store.demand_writable(NUMBER)


def test_a_file_that_another_process_writes_is_read_but_not_written(tmp_path: Path) -> None:
    """Whoever reads sees the account before the other's transaction; whoever writes waits, then says why not."""
    path = tmp_path / "account.db"
    _account(path)
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    account = Account(path)
    assert "zone/example.org" in account.state
    with pytest.raises(AccountError, match="is held by another process"):
        account.store.demand_writable(NUMBER)
    (answer,) = account.write(account.delete("zone/example.org"))
    assert (answer.status, "is held by another process" in answer.detail) == (Status.FAILED, True)
    holder.execute("ROLLBACK")
    holder.close()
    account.done(account.delete("zone/example.org"))


def test_a_file_that_another_process_holds_for_itself_alone_says_so(tmp_path: Path) -> None:
    """Then even reading is impossible."""
    path = tmp_path / "account.db"
    _account(path)
    holder = sqlite3.connect(path, isolation_level=None)
    holder.executescript("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; UPDATE account SET last_id = last_id")
    with pytest.raises(AccountError, match="is held by another process"):
        Account(path).store.read()
    holder.close()


def test_the_file_of_another_account_is_not_written(account: Account) -> None:
    """The account number protects against a wrong path."""
    for act in (account.store.demand_writable, lambda number: account.store.prepare(number, frozenset())):
        with pytest.raises(AccountError, match="belongs to the account K-104711, not to K-2"):
            act("K-2")


def test_reading_leaves_no_trace(account: Account, tmp_path: Path) -> None:
    """A plan changes nothing, not even a modification time, and leaves no file beside the account."""
    account.store.close()
    before = _folder_content(tmp_path)
    assert account.store.read()
    assert _folder_content(tmp_path) == before
    assert [path.name for path in tmp_path.iterdir()] == ["account.db"]


def test_reading_what_does_not_exist_creates_nothing(tmp_path: Path) -> None:
    """Neither does asking whether it could be written."""
    account = Account(tmp_path / "account.db")
    assert account.store.read() is None
    account.store.demand_writable(NUMBER)
    assert list(tmp_path.iterdir()) == []


def test_an_empty_file_is_no_account_yet(tmp_path: Path) -> None:
    """A crash before the first transaction leaves one; the next apply makes it an account."""
    path = tmp_path / "account.db"
    path.touch()
    account = Account(path)
    assert account.store.read() is None
    assert "mail_domain/example.org" in account.booked().state


def test_a_reader_sees_what_an_open_writer_committed(account: Account) -> None:
    """The proof after an apply reads while the writer still has the file open."""
    account.done(account.create("zone/example.org"))
    assert "zone/example.org" in Account(account.path).state


def test_only_this_user_may_read_a_new_account(account: Account) -> None:
    """It holds personal data and password hashes."""
    assert account.path.stat().st_mode & 0o777 == 0o600


def _folder_content(folder: Path) -> dict[str, tuple[int, bytes]]:
    return {p.name: (p.stat().st_mtime_ns, p.read_bytes() if p.is_file() else b"") for p in folder.iterdir()}
