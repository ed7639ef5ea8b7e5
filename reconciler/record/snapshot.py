"""The configuration commit: HEAD when exactly its files were loaded, else a snapshot commit of the files read.

In a repository a snapshot stands on HEAD and holds HEAD's tree with the account's files as they were loaded. Outside of
any it holds these files alone, and its parent is the snapshot before it.
"""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path, PurePosixPath

from reconciler.gitrepo.objects import Entry, blob_id
from reconciler.gitrepo.repo import GitRepo
from reconciler.model.errors import RefusedError, StaleError
from reconciler.model.late import dataclass
from reconciler.model.text import neutral
from reconciler.ports import Clock
from reconciler.record.home import Home
from reconciler.record.message import snapshot_message
from reconciler.record.order import stands_on

_ACCOUNT_FILE = "account.yaml"


@dataclass(frozen=True, slots=True)
class Loaded:
    """The files that were loaded (path relative to the account folder -> blob id), and how to read one again."""

    files: Mapping[str, str]
    read: Callable[[str], bytes]

    def contents(self) -> dict[str, bytes]:
        """Return every file's bytes; raises ``StaleError`` when one is no longer what was loaded."""
        found = {path: self._bytes(path) for path in self.files}
        changed = [path for path, data in found.items() if data is None or blob_id(data) != self.files[path]]
        if changed:
            raise StaleError(f"Changed while the program ran: {_named(changed)}.", "Plan again.")
        return {path: data for path, data in found.items() if data is not None}

    def _bytes(self, path: str) -> bytes | None:
        try:
            return self.read(path)
        except OSError:
            return None


def config_commit(home: Home, account: str, loaded: Loaded, *, may_snapshot: bool, clock: Clock) -> str:
    """Return the commit that holds exactly what was loaded.

    Raises ``RefusedError`` where that would be a snapshot and none may be made, ``StaleError`` when a file changed.
    """
    head = home.around.head() if home.around else None
    there = home.around.entries(head, home.relative) if home.around and head else {}
    gone = [path for path in there if path not in loaded.files and _was_ours(path, there, home.folder)]
    changed = [path for path, blob in loaded.files.items() if there.get(path, ("", ""))[1] != blob]
    if head and not gone and not changed:
        return head
    if not may_snapshot:
        raise RefusedError(
            f"In CI only a commit is applied, and these files differ from it: {_named(changed + gone)}.",
            "Commit them, or check out what is to be applied.",
        )
    return _write(home, account, head, loaded.contents(), gone, clock)


def _write(
    home: Home, account: str, head: str | None, contents: Mapping[str, bytes], gone: Iterable[str], clock: Clock
) -> str:
    """Return a snapshot commit: the last one, when it holds the same and stands on the same commit, else a new one."""
    repo = home.writable()
    last = _last_applied(repo, home.known(home.ref))
    base = head if home.around else last
    if last and home.around and repo.resolve(last) is None:
        last = None  # a shallow clone lacks it: then it isn't what is about to be written again
    if last and not home.around:
        gone = repo.entries(last).keys() - contents.keys()
    prefix = f"{home.relative}/" if home.relative else ""
    removed: dict[str, bytes | None] = {prefix + path: None for path in gone}
    tree = repo.write_tree(base, removed | {prefix + path: data for path, data in contents.items()})
    parents = (base,) if base else ()
    if last and repo.commit(last).tree == tree and (not home.around or repo.commit(last).parents == parents):
        return last
    message = snapshot_message(account, stands_on(base, inside=home.around is not None))
    return repo.write_commit(tree, parents, message, clock.now())


def _last_applied(repo: GitRepo, newest: str | None) -> str | None:
    """Return the configuration commit of the record's newest apply: the second parent of its newest commit."""
    parents = repo.commit(newest).parents if newest else ()
    return parents[1] if len(parents) > 1 else None


def _was_ours(path: str, there: Mapping[str, Entry], folder: Path) -> bool:
    """Tell whether the loader would have read a file of HEAD that it didn't find among the files on disk.

    Hidden files and other accounts' folders are never read. A file that is still on disk wasn't read for the same
    reason for which it wouldn't be at HEAD, except below a folder that has become another account's since.
    """
    pure = PurePosixPath(path)
    if pure.suffix not in (".yaml", ".yml", ".zone") or any(part.startswith(".") for part in pure.parts):
        return False
    above = [parent / _ACCOUNT_FILE for parent in pure.parents[:-1]]
    if any(str(nested) in there for nested in above):
        return False
    return not (folder / path).is_file() or any((folder / nested).is_file() for nested in above)


def _named(paths: list[str]) -> str:
    more = f" and {len(paths) - 5} more" if len(paths) > 5 else ""
    return ", ".join(neutral(path) for path in sorted(paths)[:5]) + more
