"""The files of the cache: only their owner may read or write them, and each is written whole or not at all.

All lie in one folder, which is opened once for each use: whoever exchanges it meanwhile, or puts a link in its place,
is not followed. What belongs to somebody else, or is open to others, isn't believed. Nothing is removed but by the
names that are given here, whatever else somebody keeps in the same place.
"""

import os
import stat
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from reconciler.model.fields import digest_of

#: No file is larger; a larger one isn't read.
MOST_BYTES = 256 * 1024 * 1024
_TO_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
_TO_MAKE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
#: The file that says what all others are.
INDEX = "index"
_UNFINISHED = ".new"
_HEX = frozenset("0123456789abcdef")
#: How many hexadecimal digits the name has of a folder and of a file that is being written, and that of a blob.
_SHORT, _LONG = 16, 64
#: What another run may just be writing is left alone for so long.
_DAY = 24 * 60 * 60


def folder_of(account_folder: Path, environ: Mapping[str, str]) -> Path | None:
    """Return where the cache of an account folder is; None where the environment names no place for caches.

    That is ``reconciler`` below ``$RECONCILER_CACHE``, else ``$XDG_CACHE_HOME`` or ``~/.cache``; each account folder
    has a folder of its own there.
    """
    home = environ.get("HOME")
    top = environ.get("RECONCILER_CACHE") or environ.get("XDG_CACHE_HOME") or (f"{home}/.cache" if home else "")
    if not top.startswith("/"):
        return None
    return Path(top) / "reconciler" / digest_of(str(account_folder.resolve()))[:_SHORT]


def read(folder: Path, name: str) -> bytes | None:
    """Return the bytes of a file that nobody else can have written, or None."""
    with suppress(OSError), _opened(folder) as at:
        descriptor = os.open(name, _TO_READ, dir_fd=at)
        with os.fdopen(descriptor, "rb") as file:
            status = os.fstat(descriptor)
            if stat.S_ISREG(status.st_mode) and _is_private(status) and status.st_size <= MOST_BYTES:
                return file.read()
    return None


def remove(folder: Path, names: Iterable[str]) -> None:
    """Remove files of ours, as far as that can be done; names that aren't those of such are passed over."""
    with suppress(OSError), _opened(folder) as at:
        for name in filter(_is_ours, names):
            with suppress(OSError):
                os.unlink(name, dir_fd=at)


def sizes(folder: Path) -> dict[str, int]:
    """Return the files of ours that are there and how large they are."""
    with suppress(OSError), _opened(folder) as at, os.scandir(at) as entries:
        return {entry.name: entry.stat(follow_symlinks=False).st_size for entry in entries if _is_ours(entry.name)}
    return {}


def make(folder: Path) -> bool:
    """Make a folder that only its owner may enter; tell whether it is new. Raises ``OSError``.

    One that is ours but was open to others is closed, and loses its files.
    """
    folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        _close(folder)
        return False
    return True


def write(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write files one after the other; raises ``OSError``, and then the ones that follow aren't written."""
    with _opened(folder) as at:
        for name, data in files.items():
            unfinished = f"{os.urandom(8).hex()}{_UNFINISHED}"
            try:
                with os.fdopen(os.open(unfinished, _TO_MAKE, 0o600, dir_fd=at), "wb") as file:
                    file.write(data)
                os.rename(unfinished, name, src_dir_fd=at, dst_dir_fd=at)
            except OSError:
                with suppress(OSError):
                    os.unlink(unfinished, dir_fd=at)
                raise


def sweep(folder: Path, kept: Iterable[str]) -> None:
    """Remove every file of ours that isn't to be kept and that nobody can be writing any more."""
    old, keep = time.time() - _DAY, frozenset(kept)
    with suppress(OSError), _opened(folder) as at, os.scandir(at) as entries:
        for entry in entries:
            if entry.name not in keep and _is_ours(entry.name):
                with suppress(OSError):
                    if not old <= entry.stat(follow_symlinks=False).st_mtime <= old + 2 * _DAY:
                        os.unlink(entry.name, dir_fd=at)


def sweep_beside(folder: Path, days: int, most: int) -> None:
    """Remove the caches beside one that no run has used for ``days``, and the oldest where there are too many."""
    used: dict[Path, float] = {}
    with suppress(OSError):
        for path in folder.parent.iterdir():
            if path != folder and _is_cache(path):
                used[path] = path.lstat().st_mtime
    newest = sorted(used, key=lambda path: used[path], reverse=True)
    old = time.time() - days * _DAY
    for at, path in enumerate(newest):
        if at >= most or used[path] < old:
            remove(path, sizes(path))
            with suppress(OSError):
                path.rmdir()


def _is_cache(folder: Path) -> bool:
    """Tell whether a folder is a cache by its name and by that of everything in it: else it is somebody else's."""
    if not _is_hex(folder.name, _SHORT):
        return False
    with suppress(OSError), _opened(folder) as at, os.scandir(at) as entries:
        names = [entry.name for entry in entries]
        return bool(names) and all(map(_is_ours, names))
    return False


def _is_ours(name: str) -> bool:
    """Tell whether a file is the index, a blob, or one of those while it is being written."""
    stem = name.removesuffix(_UNFINISHED)
    return name == INDEX or _is_hex(stem, _LONG if stem == name else _SHORT)


def _is_hex(text: str, length: int) -> bool:
    return len(text) == length and _HEX.issuperset(text)


@contextmanager
def _opened(folder: Path) -> Iterator[int]:
    """Open a folder that is ours alone; raises ``OSError`` for any other."""
    at = os.open(folder, _TO_READ | os.O_DIRECTORY)
    try:
        if not _is_private(os.fstat(at)):
            raise PermissionError(f"{folder} isn't private.")
        yield at
    finally:
        os.close(at)


def _is_private(status: os.stat_result) -> bool:
    return status.st_uid == os.geteuid() and not status.st_mode & 0o077


def _close(folder: Path) -> None:
    at = os.open(folder, _TO_READ | os.O_DIRECTORY)
    try:
        status = os.fstat(at)
        if status.st_uid == os.geteuid() and status.st_mode & 0o077:
            os.fchmod(at, 0o700)
            remove(folder, sizes(folder))
    finally:
        os.close(at)
