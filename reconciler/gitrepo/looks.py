"""The commits of a branch of ours one after the other, and one file as each of them has it; two questions to git."""

from collections.abc import Sequence

from reconciler.gitrepo.objects import full_id, object_id
from reconciler.gitrepo.process import FSCK
from reconciler.gitrepo.repo import GitRepo
from reconciler.model.errors import RecordError


def first_parents(repo: GitRepo, commit: str, limit: int) -> tuple[str, ...]:
    """Return a commit and those before it, following first parents, at most ``limit``; a shallow clone ends earlier."""
    listing = repo.ask("rev-list", "--first-parent", f"--max-count={limit}", full_id(commit))
    return tuple(listing.decode().split())


def file_in_each(repo: GitRepo, commits: Sequence[str], path: str) -> dict[str, bytes | None]:
    """Return the bytes of the file ``path`` in each commit, None where it has none; raises ``RecordError`` for damage.

    ``path`` is a name of ours, not one that a person wrote.
    """
    if not commits:
        return {}
    out = repo.ask("cat-file", "--batch", input="".join(f"{full_id(one)}:{path}\n" for one in commits).encode())
    found: dict[str, bytes | None] = {}
    at = 0
    for commit in commits:
        end = out.find(b"\n", at)
        header = out[at:end].split()
        at = end + 1
        if len(header) != 3:
            found[commit] = None
            continue
        data = out[at : at + int(header[2])]
        at += len(data) + 1
        if object_id(header[1], data) != header[0].decode():
            raise RecordError(f"{path} in the commit {commit} in {repo.git_dir} is damaged.", FSCK)
        found[commit] = data if header[1] == b"blob" else None
    return found
