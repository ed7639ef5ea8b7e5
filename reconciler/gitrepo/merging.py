"""What a merge would give: its tree, or where it conflicts. No branch moves, and nothing is written to the repository.

The merge is made in a scratch repository that borrows the objects of the real one and has no configuration, no
attributes and no work tree, so that no merge driver, filter or rename setting takes part that somebody else decides.
"""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path

from reconciler.gitrepo.codes import CODES
from reconciler.gitrepo.objects import full_id
from reconciler.gitrepo.process import failure, git_version
from reconciler.gitrepo.remote import Remote
from reconciler.gitrepo.repo import GitRepo
from reconciler.gitrepo.shallow import merge_base
from reconciler.model.diagnostic import Diagnostic, sort_diagnostics
from reconciler.model.errors import DiagnosticsError, RecordError
from reconciler.model.late import dataclass
from reconciler.model.plan import Merge
from reconciler.model.span import Span
from reconciler.model.text import neutral

_OLDEST_GIT = (2, 38)  # the first with `merge-tree --write-tree`
_SUBMODULE = "160000"
_MEND = "Merge the base into the branch, or rebase the branch onto it, settle it there and push."
#: Which of base (2) and branch (3) still has a file that conflicts, and whether both came from one (1).
_WHAT = {
    (1, 2, 3): "{} was changed on both sides in the same place.",
    (2, 3): "{} was added on both sides, and differently.",
    (1, 2): "{} was deleted on the branch and changed on the base.",
    (1, 3): "{} was changed on the branch and deleted on the base.",
}


@dataclass(frozen=True, slots=True)
class Merged:
    """The tree that a merge gives, in the scratch repository that holds what is new in it."""

    repo: GitRepo
    tree: str


def merge_ends(folder: Path, into: str) -> tuple[GitRepo, Merge]:
    """Return the repository around an account folder, and HEAD and the commit ``into`` that it is to be merged into.

    Raises ``RecordError`` where one of them is missing.
    """
    repo = GitRepo.find(folder)
    if repo is None or repo.root is None:
        raise RecordError(
            "There is no git repository with a work tree around this folder.", "Clone it, and plan there."
        )
    head, base = repo.head(), repo.resolve(into)
    if head is None:
        raise RecordError("Nothing is committed here yet.", "Commit the account's files first.")
    if base is None:
        raise RecordError(f"There is no commit {neutral(into)} here.", "Fetch it, or name another branch.")
    return repo, Merge(into, base, head)


@contextmanager
def merged_tree(repo: GitRepo, base: str, head: str, folder: str) -> Iterator[Merged]:
    """Give the tree of ``head`` merged into ``base``, for as long as the context lasts.

    ``folder`` is the account's, from which paths are told.
    Raises ``DiagnosticsError`` with every file that conflicts, and ``RecordError`` for histories without a common
    commit and for a git that is too old.
    """
    if (found := git_version()) < _OLDEST_GIT:
        raise RecordError(f"Git {'.'.join(map(str, found))} can't plan a merge.", "Install git 2.38 or newer.")
    _demand_related(repo, base, head)
    with tempfile.TemporaryDirectory(prefix="reconciler-merge-") as place:
        scratch = _borrowing(repo, Path(place))
        yield Merged(scratch, _merge(scratch, base, head, folder))


def _borrowing(repo: GitRepo, folder: Path) -> GitRepo:
    """Return a new repository that sees every object of another one, and knows where a shallow clone ends."""
    scratch = GitRepo.init_bare(folder / "merge.git")
    (scratch.git_dir / "objects" / "info" / "alternates").write_bytes(os.fsencode(repo.common_dir / "objects") + b"\n")
    shallow = repo.common_dir / "shallow"
    if shallow.exists():
        (scratch.git_dir / "shallow").write_bytes(shallow.read_bytes())
    return scratch


def _merge(scratch: GitRepo, base: str, head: str, folder: str) -> str:
    answer = scratch.attempt("merge-tree", "--write-tree", "-z", "--no-messages", full_id(base), full_id(head))
    if answer.status not in (0, 1):
        raise failure(answer, "The branch can't be merged")
    tree, *conflicts = answer.out.split(b"\0")
    if answer.status == 1:
        entries = [_conflict(line) for line in conflicts if line]
        diagnostics = _diagnostics(scratch, tree.decode(), head, entries, folder)
        raise DiagnosticsError(sort_diagnostics(diagnostics))
    return tree.decode()


def _conflict(line: bytes) -> tuple[str, int]:
    """Return path and side of a line such as ``100644 ID 2<TAB>PATH``."""
    about, _, path = line.partition(b"\t")
    return os.fsdecode(path), int(about.split(b" ")[2])


def _diagnostics(
    scratch: GitRepo, tree: str, head: str, entries: list[tuple[str, int]], folder: str
) -> list[Diagnostic]:
    """Return what conflicts, file by file, with the lines of the branch's own version where they can be found."""
    merged, ours = scratch.entries(tree), scratch.entries(head)
    found = []
    for path, sides in groupby(sorted(entries), key=lambda entry: entry[0]):
        shown = os.path.relpath(path, folder or ".")
        detail = _WHAT.get(tuple(side for _, side in sides), "{} can't be merged.").format(shown)
        ids = [files[path][1] for files in (merged, ours) if path in files and files[path][0] != _SUBMODULE]
        lines = _lines(*scratch.read_blobs(ids).values()) if len(set(ids)) == 2 else []
        first, *more = [Span(shown, line, 1) for line in lines or [1]]
        summary = CODES["merge-conflict"].summary
        found.append(Diagnostic("merge-conflict", summary, detail, first, _MEND, related=tuple(more)))
    return found


def _lines(merged: bytes, ours: bytes) -> list[int]:
    """Return where each conflict marked in a merged text begins in our own version of it, counted from 1."""
    there, found, at = ours.splitlines(), [], 0
    for block in merged.split(b"<<<<<<< ")[1:]:
        _, _, rest = block.partition(b"\n=======\n")
        side = rest.partition(b">>>>>>> ")[0].splitlines()
        at = next((n for n in range(at, len(there)) if side and there[n : n + len(side)] == side), at)
        found.append(min(at, max(len(there) - 1, 0)) + 1)
        at += len(side)
    return found


def _demand_related(repo: GitRepo, base: str, head: str) -> None:
    """Raise ``RecordError`` unless two commits have a common history, which is fetched where a clone is shallow."""
    remote = Remote(repo, "origin")
    if merge_base(repo, remote if remote.is_configured() else None, base, head) is None:
        raise RecordError(
            f"The commits {base[:12]} and {head[:12]} have no common history.",
            "Name the branch that this one is to be merged into.",
        )
