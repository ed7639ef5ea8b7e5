"""The files of the cache: only their owner may read or write them, and each is written whole or not at all."""

import os
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from reconciler.model.fields import digest_of


def folder_of(account_folder: Path, environ: Mapping[str, str]) -> Path | None:
    """Return where the cache of an account folder is; None where the environment names no place for caches.

    That is ``$RECONCILER_CACHE``, else ``reconciler`` below ``$XDG_CACHE_HOME`` or ``~/.cache``; each account folder
    has a folder of its own there.
    """
    home = environ.get("HOME")
    base = environ.get("XDG_CACHE_HOME") or (f"{home}/.cache" if home else "")
    top = environ.get("RECONCILER_CACHE") or (f"{base}/reconciler" if base else "")
    return Path(top) / digest_of(str(account_folder.resolve()))[:16] if top.startswith("/") else None


def read(path: Path) -> bytes | None:
    """Return the bytes of a file that nobody else can have written, or None."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return None
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        return file.read() if status.st_uid == os.geteuid() and not status.st_mode & 0o077 else None


def write_all(folder: Path, blobs: Mapping[str, bytes], index: bytes) -> None:
    """Write blobs that aren't there, then the index; where that can't be done, nothing is kept."""
    with suppress(OSError):
        (folder / "blobs").mkdir(mode=0o700, parents=True, exist_ok=True)
        for name, data in blobs.items():
            if not (folder / "blobs" / name).exists():
                _write(folder / "blobs" / name, data)
        _write(folder / "index", index)


def _write(path: Path, data: bytes) -> None:
    descriptor, made = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
    Path(made).replace(path)
