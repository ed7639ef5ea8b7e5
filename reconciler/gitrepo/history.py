"""The history of a repository: its commits in order, who made them, and which files each of them changes."""

import os
from collections.abc import Iterable, Mapping, Sequence

from reconciler.gitrepo.objects import Entry, full_id
from reconciler.gitrepo.process import failure
from reconciler.gitrepo.repo import GitRepo
from reconciler.model.history import LoggedCommit

_FORMAT = "%x00%P%x00%an <%ae>%x00%aI%x00%s%x00"
_GONE = "000000"


def log(
    repo: GitRepo, head: str, without: Sequence[str] = (), *, most: int | None = None, first_parent: bool = False
) -> tuple[LoggedCommit, ...]:
    """Return the commits that ``head`` contains and none of ``without`` does, children before parents.

    In a shallow clone the history ends where the clone does; its last commits are ``cut``.
    """
    options = [*([f"--max-count={most}"] if most is not None else []), *(["--first-parent"] if first_parent else [])]
    excluded = [f"^{full_id(one)}" for one in without]
    command = ("rev-list", "--topo-order", "--encoding=UTF-8", f"--format={_FORMAT}", *options, full_id(head))
    answer = repo.attempt(*command, *excluded, "--")
    if answer.status != 0:
        raise failure(answer, "The history can't be read")
    pieces, cut = answer.out.decode("utf-8", "replace").split("\0"), cuts(repo)
    return tuple(_logged(cut, *pieces[at : at + 5]) for at in range(0, len(pieces) - 1, 5))


def _logged(cut: frozenset[str], head: str, parents: str, author: str, when: str, subject: str) -> LoggedCommit:
    commit = head.split()[1]
    return LoggedCommit(commit, tuple(parents.split()), author, when, subject, commit in cut)


def changed_files(repo: GitRepo, commits: Iterable[str], folder: str = "") -> Mapping[str, Mapping[str, Entry | None]]:
    """Return for each commit what it makes of files below ``folder``, compared with its first parent.

    Paths are relative to ``folder``; None stands for a file that goes.
    """
    wanted = [full_id(commit) for commit in commits]
    if not wanted:
        return {}
    options = ("--stdin", "--root", "-r", "-z", "--raw", "--no-renames", "--no-abbrev", "--diff-merges=first-parent")
    below = ("--", f"{folder}/") if folder else ()
    out = repo.ask("diff-tree", *options, *below, input="".join(f"{one}\n" for one in wanted).encode())
    found: dict[str, dict[str, Entry | None]] = {commit: {} for commit in wanted}
    pieces = iter(out.split(b"\0")[:-1])
    current: dict[str, Entry | None] = {}
    for piece in pieces:
        if not piece.startswith(b":"):
            current = found[piece.decode().strip()]
            continue
        _, mode, _, blob, _ = piece[1:].decode().split(" ")
        path = os.fsdecode(next(pieces))[len(folder) + 1 if folder else 0 :]
        current[path] = None if mode == _GONE else (mode, blob)
    return found


def cuts(repo: GitRepo) -> frozenset[str]:
    """Return the commits at which a shallow clone ends; none of a whole one."""
    try:
        return frozenset((repo.common_dir / "shallow").read_text("ascii").split())
    except (OSError, ValueError):
        return frozenset()
