"""Where the files of an account come from: the work tree, or any commit."""

import os
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias

if TYPE_CHECKING:
    from reconciler.gitrepo.repo import GitRepo

Entry: TypeAlias = Literal["file", "symlink", "submodule", "special"]
#: The largest file that is ever read, one byte above the limit of a zone file so that a larger one is noticed.
_MOST = 64 * 2**20 + 1
_MODES: Mapping[str, Entry] = {"120000": "symlink", "160000": "submodule"}


class Tree(Protocol):
    """The files below an account folder; hidden files and folders don't exist here."""

    @property
    def label(self) -> str:
        """What it is, for a person."""

    def paths(self) -> Mapping[str, Entry]:
        """Return the POSIX path of each entry, relative to the account folder, and what it is."""

    def read(self, path: str) -> bytes:
        """Return a file's bytes (of a very large file only as many as show that); raises ``OSError``."""


class WorkTree:
    """The files as they lie on disk; links are never followed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @property
    def label(self) -> str:
        """The folder."""
        return str(self._folder)

    def paths(self) -> Mapping[str, Entry]:
        """Return what lies below the folder; raises ``OSError`` when the folder itself can't be read."""
        found: dict[str, Entry] = {}
        self._walk(self._folder, "", found)
        return found

    def _walk(self, folder: Path, prefix: str, found: dict[str, Entry]) -> None:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.name.startswith("."):
                    continue
                path = prefix + entry.name
                if entry.is_symlink():
                    found[path] = "symlink"
                elif entry.is_file(follow_symlinks=False):
                    found[path] = "file"
                elif not entry.is_dir(follow_symlinks=False):
                    found[path] = "special"
                elif (Path(entry.path) / ".git").exists():
                    found[path] = "submodule"
                else:
                    self._walk(Path(entry.path), path + "/", found)

    def read(self, path: str) -> bytes:
        """Return a file's bytes; raises ``OSError``, also when the file has become a link."""
        descriptor = os.open(f"{self._folder}/{path}", os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
        try:
            wanted = min(os.fstat(descriptor).st_size + 1, _MOST)
            data = os.read(descriptor, wanted)
            while len(data) == wanted < _MOST:  # it has grown meanwhile
                wanted = _MOST
                data += os.read(descriptor, _MOST - len(data))
            return data
        finally:
            os.close(descriptor)


class ChangedTree:
    """Another tree with some files put in place of its own; None stands for a file that goes."""

    def __init__(self, tree: Tree, files: Mapping[str, str | None]) -> None:
        self._tree = tree
        self._files = files

    @property
    def label(self) -> str:
        """What the other tree is."""
        return self._tree.label

    def paths(self) -> Mapping[str, Entry]:
        """Return what the other tree holds, and what is put into it."""
        changed: dict[str, Entry] = {path: "file" for path, text in self._files.items() if text is not None}
        kept = {path: what for path, what in self._tree.paths().items() if path not in self._files}
        return kept | changed

    def read(self, path: str) -> bytes:
        """Return a file's bytes; raises ``OSError``."""
        text = self._files.get(path)
        return self._tree.read(path) if text is None else text.encode()


class CommitTree:
    """The files of a commit, read in one batch."""

    def __init__(self, repo: "GitRepo", commit: str, folder: str) -> None:
        self._repo = repo
        self._commit = commit
        self._folder = "" if folder == "." else folder.strip("/")

    @property
    def label(self) -> str:
        """The commit."""
        return self._commit

    @cached_property
    def _entries(self) -> Mapping[str, tuple[str, str]]:
        entries = self._repo.entries(self._commit, self._folder)
        return {path: entry for path, entry in entries.items() if not _is_hidden(path)}

    @cached_property
    def _blobs(self) -> Mapping[str, bytes]:
        wanted = [p for p in self._entries if p.endswith((".yaml", ".zone")) and self.paths()[p] == "file"]
        return self._repo.read_blobs([self._entries[path][1] for path in wanted])

    def paths(self) -> Mapping[str, Entry]:
        """Return what the commit holds below the folder."""
        return {path: _MODES.get(mode, "file") for path, (mode, _) in self._entries.items()}

    def read(self, path: str) -> bytes:
        """Return a file's bytes; raises ``FileNotFoundError``."""
        if path not in self._entries:
            raise FileNotFoundError(path)
        blob = self._entries[path][1]
        return self._blobs[blob] if blob in self._blobs else self._repo.read_blobs([blob])[blob]


class ListedTree:
    """The files of a tree that somebody has listed, as git does, and of which ``blob`` returns the bytes by id."""

    def __init__(self, label: str, entries: Mapping[str, tuple[str, str]], blob: Callable[[str], bytes]) -> None:
        self.label = label
        self._entries = entries
        self._blob = blob

    def paths(self) -> Mapping[str, Entry]:
        """Return what is listed and not hidden."""
        return {path: _MODES.get(mode, "file") for path, (mode, _) in self._entries.items() if not _is_hidden(path)}

    def read(self, path: str) -> bytes:
        """Return a file's bytes; raises ``FileNotFoundError``."""
        if path not in self._entries:
            raise FileNotFoundError(path)
        return self._blob(self._entries[path][1])

    def blobs(self, paths: Iterable[str]) -> dict[str, str]:
        """Return the ids of files' bytes, none of which is read for that."""
        return {path: self._entries[path][1] for path in paths}


def _is_hidden(path: str) -> bool:
    return path.startswith(".") or "/." in path
