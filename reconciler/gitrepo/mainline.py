"""The line of merges: what a branch went through since a commit, first parents only."""

from reconciler.gitrepo.objects import full_id
from reconciler.gitrepo.remote import Remote
from reconciler.gitrepo.repo import GitRepo
from reconciler.gitrepo.shallow import contains
from reconciler.model.late import dataclass


@dataclass(frozen=True, slots=True)
class Landed:
    """A commit on the line, with its whole message as its author wrote it."""

    id: str
    message: str


def mainline(repo: GitRepo, remote: Remote | None, new: str, old: str | None, most: int) -> tuple[Landed, ...]:
    """Return up to ``most`` commits from ``new`` back to, and without, ``old`` (None: the beginning), newest first.

    A shallow clone fetches as much history as that takes.
    """
    if old is not None:
        contains(repo, remote, old, new)
    span = (full_id(new), *((f"^{full_id(old)}",) if old else ()))
    listed = repo.ask("rev-list", "--first-parent", f"--max-count={most}", *span, "--")
    return tuple(Landed(oid, repo.commit(oid).message) for oid in listed.decode().split())
