"""Files on disk: new ones all or none, and one put in place of another at once."""

import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from reconciler.model.errors import CacheLostError, ReconcilerError, UsageError


def write_files(folder: Path, files: Mapping[str, str]) -> list[Path]:
    """Create ``files`` (paths relative to ``folder``), all or none; ``folder`` itself is made where it is missing.

    Returns what was made, in order, for :func:`undo`. Raises :class:`~reconciler.model.errors.UsageError` naming every
    path that exists already, and :class:`~reconciler.model.errors.ReconcilerError` when the files can't be written.
    """
    existing = sorted(path for path in files if os.path.lexists(folder / path))
    if existing:
        names = ", ".join(existing)
        raise UsageError(f"These files exist already: {names}.", "Move them away, or name an empty folder.")
    made: list[Path] = []
    try:
        _make_folders(folder, [folder / path for path in files], made)
        _put(folder, files, made)
    except OSError as error:
        undo(made)
        reason = error.strerror or str(error)
        raise ReconcilerError(f"The files can't be written to {folder}: {reason}.", "Nothing was written.") from error
    return made


def _put(folder: Path, files: Mapping[str, str], made: list[Path]) -> None:
    """Write the files, account.yaml last: without it the folder isn't an account, even after a crash."""
    for path in sorted(files, key=lambda path: (path == "account.yaml", path)):
        with (folder / path).open("xb") as file:
            made.append(folder / path)
            file.write(files[path].encode())


def _make_folders(folder: Path, paths: list[Path], made: list[Path]) -> None:
    for wanted in dict.fromkeys([folder, *(path.parent for path in paths)]):
        missing = [place for place in (wanted, *wanted.parents) if not place.exists()]
        for place in reversed(missing):
            place.mkdir()
            made.append(place)


@contextmanager
def written_files(folder: Path, files: Mapping[str, str]) -> Iterator[None]:
    """Create ``files`` as :func:`write_files` does, and take them away if what is done with them can't be done."""
    made = write_files(folder, files)
    try:
        yield
    except (ReconcilerError, CacheLostError):
        undo(made)
        raise


def undo(made: list[Path]) -> None:
    """Take away what :func:`write_files` made."""
    for place in reversed(made):
        if place.is_dir():
            place.rmdir()
        else:
            place.unlink(missing_ok=True)


def replace_file(path: Path, data: bytes) -> None:
    """Put bytes in place of a file, or where there is none, at once, so that no reader sees half of them.

    Permissions stay. What lies in the way of the new file is removed, never followed. Raises ``OSError``.
    """
    new = path.with_name(f".{path.name}.new")
    new.unlink(missing_ok=True)
    try:
        with new.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            new.chmod(stat.S_IMODE(path.stat().st_mode))
        new.replace(path)
    except OSError:
        new.unlink(missing_ok=True)
        raise


def replace_files(folder: Path, old: Mapping[str, str | None], new: Mapping[str, str | None]) -> None:
    """Put ``new`` texts, if there are any, in place of ``old`` ones, all or none; None: the file isn't there.

    Raises :class:`~reconciler.model.errors.ReconcilerError` when a file is no longer as it was read, or can't be
    written; then every file is as it was.
    """
    for path, text in old.items() if new else ():
        there = (folder / path).read_bytes() if (folder / path).is_file() else None
        if there != (None if text is None else text.encode()):
            raise ReconcilerError(f"{path} was changed in the meantime.", "Nothing was written. Try again.")
    made: list[Path] = []
    done: list[str] = []
    staged: dict[str, Path] = {}
    try:
        _make_folders(folder, [folder / path for path, text in new.items() if text is not None], made)
        for path, text in new.items():
            if text is not None:
                staged[path] = _beside(folder / path)
                _stage(staged[path], folder / path, text)
        for path in new:
            done.append(path)
            _put_in_place(folder / path, staged.get(path))
    except OSError as error:
        for path in done:
            _restore(folder / path, old[path])
        for place in staged.values():
            place.unlink(missing_ok=True)
        undo(made)
        reason = error.strerror or str(error)
        raise ReconcilerError(f"The files can't be written to {folder}: {reason}.", "Nothing was written.") from error


def _beside(path: Path) -> Path:
    """Return where a file's new text lies until it is put in place at once, so that no reader sees half of it."""
    return path.with_name(f".{path.name}.new")


def _stage(place: Path, path: Path, text: str) -> None:
    """Write a file's new text beside it, with its permissions."""
    place.write_bytes(text.encode())
    if path.exists():
        place.chmod(path.stat().st_mode)


def _put_in_place(path: Path, staged: Path | None) -> None:
    if staged is None:
        path.unlink()
    else:
        staged.replace(path)


def _restore(path: Path, text: str | None) -> None:
    if text is None:
        path.unlink(missing_ok=True)
    else:
        path.write_bytes(text.encode())
