"""What a person means by ``BASE..HEAD``: two commits of this clone, and never a word to a remote."""

from pathlib import Path

from reconciler.gitrepo.naming import merge_base
from reconciler.gitrepo.repo import GitRepo
from reconciler.model.errors import RecordError, UsageError
from reconciler.model.plan import Between
from reconciler.model.text import neutral


def two_commits(folder: Path, text: str) -> tuple[GitRepo, Between]:
    """Return the repository around a folder and the two commits of a range.

    As in git, an empty side is ``HEAD``, and ``BASE...HEAD`` begins where the two parted. Raises ``UsageError`` for
    anything else, and ``RecordError`` for a commit that this clone doesn't have.
    """
    first, dots, last = text.partition("...") if "..." in text else text.partition("..")
    if not dots or ".." in last or last.startswith("."):
        remedy = "Write `BASE..HEAD`, such as `origin/main..HEAD`."
        raise UsageError(f"{neutral(text)} doesn't name two commits.", remedy)
    repo = GitRepo.find(folder)
    if repo is None or repo.root is None:
        remedy = "Clone it, and plan there."
        raise RecordError("There is no git repository with a work tree around this folder.", remedy)
    base, head = _commit(repo, first or "HEAD"), _commit(repo, last or "HEAD")
    if dots == "...":
        base = merge_base(repo, base, head) or _parted(repo, base, head)
    return repo, Between(base, head)


def _commit(repo: GitRepo, name: str) -> str:
    found = repo.resolve(name)
    if found is None:
        what = name.removeprefix("origin/") or name
        raise RecordError(
            f"There is no commit {neutral(name)} in this clone.",
            f"Nothing is fetched here. Fetch it before: `git fetch --depth=1 origin {neutral(what)}`.",
        )
    return found


def _parted(repo: GitRepo, base: str, head: str) -> str:
    """Raise ``RecordError``: the two have nothing in common, or a shallow clone doesn't reach it."""
    if not (repo.common_dir / "shallow").exists():
        raise RecordError(f"The commits {base[:12]} and {head[:12]} have no history in common.", "Name another base.")
    ends = ", ".join(end[:12] for end in (repo.common_dir / "shallow").read_text("ascii", "replace").split()[:3])
    raise RecordError(
        f"This clone is shallow, and what {base[:12]} and {head[:12]} have in common lies before {ends}.",
        "Nothing is fetched here. Fetch it before: `git fetch --unshallow origin`, or compare with `..`.",
    )
