"""Questions about history in clones that have only some of it: it is fetched step by step, until the answer is sure.

In a full clone these are plain questions and no remote is asked. In a shallow one the steps grow, so that a near answer
costs little and a far one few rounds; commits that are here are never cut off from their parents.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from reconciler.gitrepo.objects import full_id
from reconciler.gitrepo.remote import Remote
from reconciler.gitrepo.repo import GitRepo
from reconciler.model.errors import RecordError

_FIRST_STEP = 16
_GROWTH = 4
_Answer = TypeVar("_Answer")


def contains(repo: GitRepo, remote: Remote | None, old: str, new: str) -> bool:
    """Tell whether the commit ``new``, which is here, contains ``old``, which need not be."""
    return bool(_until(repo, remote, [new], lambda: _is_ancestor(repo, old, new) or None))


def newer_of(repo: GitRepo, remote: Remote | None, one: str, two: str) -> str | None:
    """Return which of two commits contains the other, or None where neither does."""
    bring(repo, remote, [one, two])

    def answer() -> str | None:
        if _is_ancestor(repo, two, one):
            return one
        return two if _is_ancestor(repo, one, two) else None

    return _until(repo, remote, [one, two], answer)


def merge_base(repo: GitRepo, remote: Remote | None, one: str, two: str) -> str | None:
    """Return the best common ancestor of two commits, or None where their histories are unrelated.

    What is found counts once nothing that is still cut off could lie between it and the two.
    """
    bring(repo, remote, [one, two])

    def answer() -> str | None:
        found = repo.attempt("merge-base", full_id(one), full_id(two))
        base = found.out.decode().strip() if found.status == 0 else None
        return base if base and not _cut(repo, [one, two], f"^{base}") else None

    return _until(repo, remote, [one, two], answer)


def complete(repo: GitRepo, remote: Remote | None, ids: Sequence[str]) -> None:
    """Fetch the whole history of some commits where the clone is shallow; raises ``RecordError`` where it can't be."""
    _until(repo, remote, ids, lambda: None if _cut(repo, ids) else True)


def bring(repo: GitRepo, remote: Remote | None, ids: Iterable[str]) -> None:
    """Fetch the commits that aren't here, without their history; raises ``RecordError`` where that can't be done."""
    missing = [oid for oid in dict.fromkeys(ids) if repo.resolve(full_id(oid)) is None]
    if not missing:
        return
    if remote is None:
        raise RecordError(
            f"The commit {missing[0]} isn't in this clone.",
            "Fetch it from where it is: `git fetch --unshallow` in a shallow clone.",
        )
    remote.fetch_commits(missing)


def _until(
    repo: GitRepo, remote: Remote | None, ids: Sequence[str], answer: Callable[[], _Answer | None]
) -> _Answer | None:
    """Return the first answer, deepening the history of ``ids`` between the tries; None once all of it is here."""
    step = _FIRST_STEP
    while (found := answer()) is None and _cut(repo, ids):
        if remote is None:
            raise RecordError(
                "This clone is shallow, and the answer needs more of its history.",
                "Run `git fetch --unshallow`, or clone with the whole history (`fetch-depth: 0`).",
            )
        before = _ends(repo)
        remote.deepen(step, ids)
        if _ends(repo) == before:
            raise RecordError(
                f"The answer needs more history than {remote.name} has.",
                "It is a shallow clone itself: run `git fetch --unshallow` there.",
            )
        step *= _GROWTH
    return found


def _is_ancestor(repo: GitRepo, old: str, new: str) -> bool:
    return repo.resolve(full_id(old)) is not None and repo.is_ancestor(old, new)


def _cut(repo: GitRepo, ids: Sequence[str], *without: str) -> bool:
    """Tell whether the history of ``ids`` is cut off somewhere, ``without`` some of it."""
    if not repo.is_shallow():
        return False
    return not _ends(repo).isdisjoint(repo.ask("rev-list", "--max-parents=0", *map(full_id, ids), *without).split())


def _ends(repo: GitRepo) -> frozenset[bytes]:
    """Return the commits behind which history is cut off."""
    return frozenset((repo.common_dir / "shallow").read_bytes().split()) if repo.is_shallow() else frozenset()
