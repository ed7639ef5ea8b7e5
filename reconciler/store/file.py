"""Opens the account's SQLite file, to read or to write; each way in which it can be bad has one sentence and one help.

Reading leaves no trace. SQLite would leave ``-wal`` and ``-shm`` files beside a WAL database that it may only read, so
a file without them (nobody has it open) is read as immutable, and read again should it change meanwhile.
"""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from sqlite3 import Connection
from typing import TypeVar

from reconciler.model.errors import AccountError
from reconciler.model.points import reached
from reconciler.store.schema import APPLICATION_ID, FORMAT, OLDEST

_T = TypeVar("_T")
_READ_ATTEMPTS = 5

_HELD = ("is held by another process.", "Wait until the other run has ended, then try again.")
_DENIED = ("may not be written.", "Give this user the right to write the file and its folder.")
_SAYINGS = {
    sqlite3.SQLITE_BUSY: _HELD,
    sqlite3.SQLITE_LOCKED: _HELD,
    sqlite3.SQLITE_READONLY: _DENIED,
    sqlite3.SQLITE_PERM: _DENIED,
    sqlite3.SQLITE_CANTOPEN: (
        "can't be opened.",
        "Give this user the right to read and write the file and its folder.",
    ),
    sqlite3.SQLITE_CORRUPT: ("is damaged.", "Put back a copy of the file from your backup."),
    sqlite3.SQLITE_NOTADB: (
        "is not an account file, or is damaged.",
        "Correct `path` in account.yaml, or put back a copy of the file from your backup.",
    ),
    sqlite3.SQLITE_FULL: ("can't grow, because the disk is full.", "Make room on the disk, then try again."),
    sqlite3.SQLITE_IOERR: ("can't be read or written by the system.", "Check the disk, then try again."),
}


def account_error(path: Path, error: sqlite3.Error) -> AccountError:
    """Return what SQLite says about the file as a sentence for the user."""
    # Mistakes of the file's content (a missing table) have the primary code SQLITE_ERROR, and aren't the user's words.
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF
    said, advice = _SAYINGS.get(code, _SAYINGS[sqlite3.SQLITE_CORRUPT])
    return AccountError(f"The account file {path} {said}", advice)


def damaged(path: Path) -> AccountError:
    """Return the error for a file whose content makes no sense."""
    said, advice = _SAYINGS[sqlite3.SQLITE_CORRUPT]
    return AccountError(f"The account file {path} {said}", advice)


def no_account(path: Path) -> AccountError:
    """Return the error for an account that doesn't exist yet."""
    return AccountError(f"There is no account in {path}.", "The first `reconciler apply` creates it.")


@contextmanager
def plain_errors(path: Path) -> Iterator[None]:
    """Turn SQLite's and the system's errors into ``AccountError``."""
    try:
        yield
    except sqlite3.Error as error:
        raise account_error(path, error) from error
    except OSError as error:
        raise AccountError(
            f"The account file {path} can't be used: {error.strerror}.", "Check the file and its folder."
        ) from error


def check_place(path: Path) -> None:
    """Raise ``AccountError`` unless the path is a file, or a place in a folder where one can be made."""
    if path.is_dir():
        raise AccountError(f"The account file {path} is a folder.", "Name a file in `path` of account.yaml.")
    if path.exists() and not path.is_file():
        raise AccountError(f"The account file {path} is not a regular file.", "Correct `path` in account.yaml.")
    if not path.parent.is_dir():
        raise AccountError(
            f"The folder of the account file {path} doesn't exist.", "Create the folder, or correct `path`."
        )


def read_file(path: Path, read: Callable[[Connection], _T], timeout: float) -> _T | None:
    """Return what ``read`` returns on one unchanging view of the account, or None when there is no account yet.

    Raises ``AccountError``; the file and its folder stay as they are.
    """
    with plain_errors(path):
        check_place(path)
        for _ in range(_READ_ATTEMPTS):
            before = _mark(path)
            if before is None:
                return None
            quiet = not _journals(path)
            try:
                found = _read_once(path, "immutable=1" if quiet else "mode=ro", read, timeout)
            except Exception:  # whatever a page makes of itself that changes while it is read
                if not quiet or (_mark(path) == before and not _journals(path)):
                    raise
                continue
            if not quiet or (_mark(path) == before and not _journals(path)):
                return found
    raise AccountError(f"The account file {path} {_HELD[0]}", _HELD[1])


def _read_once(path: Path, mode: str, read: Callable[[Connection], _T], timeout: float) -> _T | None:
    uri = f"{path.absolute().as_uri()}?mode=ro&{mode}"
    with closing(sqlite3.connect(uri, uri=True, isolation_level=None, timeout=timeout)) as connection:
        connection.execute("BEGIN")
        if not is_account(connection, path):
            return None
        if _format(connection) == FORMAT:
            return read(connection)
        from reconciler.store.migration import upgrade

        with closing(sqlite3.connect(":memory:", isolation_level=None)) as copy:
            connection.backup(copy)
            upgrade(copy)
            return read(copy)


def _mark(path: Path) -> tuple[int, int, int] | None:
    """Return what changes whenever the file is written, or None for no file."""
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    return status.st_ino, status.st_size, status.st_mtime_ns


def _journals(path: Path) -> bool:
    return any(path.with_name(path.name + suffix).exists() for suffix in ("-wal", "-journal"))


def is_account(connection: Connection, path: Path) -> bool:
    """Tell an account from an empty file; raises ``AccountError`` for a foreign, a newer or a very old one."""
    (number,) = connection.execute("PRAGMA application_id").fetchone()
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if number == 0 and tables == 0:
        return False
    if number != APPLICATION_ID:
        raise AccountError(
            f"The file {path} belongs to another program.", "Correct `path` in account.yaml; nothing was changed."
        )
    version = _format(connection)
    if not OLDEST <= version <= FORMAT:
        raise AccountError(
            f"The account file {path} has format {version}; this program reads format {FORMAT}.",
            "Install a newer version of reconciler."
            if version > FORMAT
            else "It was made by an older version. Move it away; the next apply makes a new account.",
        )
    return True


def _format(connection: Connection) -> int:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    return int(version)


def open_to_write(path: Path, timeout: float) -> Connection:
    """Return a connection to the file, made empty (and private to this user) where it doesn't exist.

    ``timeout`` are the seconds to wait for another process. Raises ``AccountError``.
    """
    with plain_errors(path):
        check_place(path)
        if path.exists():
            _check_writable(path)
            read_file(path, lambda _: None, timeout)  # before SQLite may touch a file that isn't ours
        else:
            reached("account file to be made")
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
            reached("account file made")
        connection = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode=rw", uri=True, isolation_level=None, timeout=timeout
        )
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA foreign_keys = ON")
        except sqlite3.Error:
            connection.close()
            raise
    return connection


def demand_place(path: Path) -> None:
    """Raise ``AccountError`` unless the path is a file in a folder where SQLite can make its own files beside it."""
    with plain_errors(path):
        check_place(path)
    if not os.access(path.parent, os.W_OK):
        raise AccountError(f"The account file {path} {_DENIED[0]}", _DENIED[1])


def _check_writable(path: Path) -> None:
    # The mode is asked too, because to the superuser every file looks writable.
    if not path.stat().st_mode & 0o222 or not os.access(path, os.W_OK):
        raise AccountError(f"The account file {path} is read-only.", _DENIED[1])


@contextmanager
def transaction(connection: Connection) -> Iterator[None]:
    """Hold the account for writing; leave it as it was when the block raises."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        reached("transaction to be committed")
        connection.execute("COMMIT")
        reached("transaction committed")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
