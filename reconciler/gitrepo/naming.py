"""The name of the trusted ref, which decides what a branch may not: it names one thing, or it is refused.

Git looks for ``origin/main`` in ``refs/tags`` and ``refs/heads`` before ``refs/remotes``, so a tag of that name, which
others may push, would stand in for the protected branch. A short id gives way to a branch of that name likewise.
"""

from typing import NoReturn

from reconciler.gitrepo.objects import check_ref
from reconciler.gitrepo.repo import GitRepo
from reconciler.model.errors import RecordError, RefusedError
from reconciler.model.late import pattern
from reconciler.model.text import neutral

_FULL_ID = pattern(r"[0-9a-f]{40}\Z")
_SHORT_ID = pattern(r"[0-9a-f]{4,39}\Z")
_PLACES = ("refs/{}", "refs/tags/{}", "refs/heads/{}", "refs/remotes/{}")


def trusted_commit(repo: GitRepo, name: str) -> str:
    """Return the commit of the trusted ref; raises ``RefusedError`` for a name that is missing or not beyond doubt."""
    if _FULL_ID.match(name):
        return repo.resolve(name) or _missing(name, name)
    found = [ref for ref in _candidates(name) if repo.read_ref(ref)]
    if len(found) > 1:
        raise RefusedError(
            f"The trusted ref {neutral(name)} has several meanings here: {', '.join(map(neutral, found))}.",
            "Write the whole name of the one that is protected.",
        )
    commit = repo.resolve(found[0]) if found else None
    return commit or _missing(name, name.removeprefix("refs/remotes/").removeprefix("origin/"))


def merge_base(repo: GitRepo, one: str, other: str) -> str | None:
    """Return the newest commit that both contain; None where there is none, or where this clone doesn't reach it."""
    answer = repo.attempt("merge-base", one, other)
    return answer.out.decode().strip() or None if answer.status == 0 else None


def _candidates(name: str) -> list[str]:
    """Return every ref that a name may mean; raises ``RefusedError`` for what isn't the name of a branch or tag."""
    whole = name if name.startswith("refs/") else f"refs/heads/{name}"
    try:
        check_ref(whole)
        name.encode()
    except (RecordError, UnicodeEncodeError):
        known = False
    else:
        known = not name.startswith("-") and name not in ("HEAD", "@") and not _SHORT_ID.match(name)
    if not known:
        raise RefusedError(
            f"{neutral(name)!a} can't be a trusted ref.",
            "Name the protected branch, such as `origin/main`, a tag, or a commit by its whole id. What is checked out "
            "(`HEAD`) protects nothing.",
        )
    return [name] if name.startswith("refs/") else [place.format(name) for place in _PLACES]


def _missing(name: str, there: str) -> NoReturn:
    import shlex

    branch = there.removeprefix("refs/heads/")
    into = f":refs/remotes/origin/{branch}" if name.removeprefix("refs/remotes/").startswith("origin/") else ""
    raise RefusedError(
        f"The trusted ref {neutral(name)} isn't in this clone, so nothing says which settings may be trusted.",
        f"Fetch it: `git fetch --depth=1 origin {neutral(shlex.quote(branch + into))}`.",
    )
