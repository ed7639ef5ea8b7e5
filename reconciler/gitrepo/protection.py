"""Whether a remote would let somebody rewrite the record: what can be checked is checked, the rest is not known."""

import os
from pathlib import Path

from reconciler.gitrepo.process import run
from reconciler.gitrepo.remote import Remote
from reconciler.gitrepo.repo import GitRepo
from reconciler.model.errors import RecordError
from reconciler.model.late import dataclass

_SETTINGS = ("receive.denyNonFastForwards", "receive.denyDeletes")
_FORGE = (
    "Protect the branch at the forge. GitHub: a ruleset for `reconciler/**` with `Restrict deletions` and `Block force "
    "pushes`. GitLab: a protected branch `reconciler/*` without `Allowed to force push`."
)


@dataclass(frozen=True, slots=True)
class RemoteCheck:
    """What is known about who could rewrite the record on its remote.

    ``rewrites`` and ``deletes``: True where the remote's settings allow it to whoever may push, False where they forbid
    it to everybody who comes through git, None where it can't be seen from here (never a guess). ``remote`` is empty
    for a record that has none, which whoever has the folder can rewrite. ``help`` says what to set, and is empty where
    nothing is left to do.
    """

    remote: str
    rewrites: bool | None
    deletes: bool | None
    help: str


def check_remote(remote: Remote | None) -> RemoteCheck:
    """Return what the remote's own settings say. Only a remote in a folder of this machine shows them to git."""
    if remote is None:
        return RemoteCheck("", True, True, "Give the repository a remote that forbids rewriting.")
    place = remote.folder()
    settings = None if place is None else _settings(place)
    if place is None or settings is None:
        return RemoteCheck(remote.name, None, None, _FORGE)
    missing = [name for name, forbids in zip(_SETTINGS, settings, strict=True) if not forbids]
    advice = "; ".join(f"`git -C {place} config {name} true`" for name in missing)
    return RemoteCheck(remote.name, not settings[0], not settings[1], f"Run {advice}." if advice else "")


def _settings(place: Path) -> list[bool] | None:
    """Return which of the settings forbid something; None where the folder isn't a repository that git reads."""
    try:
        repo = GitRepo.find(place)
    except (RecordError, OSError):
        return None
    if repo is None or repo.git_dir not in (place.resolve(), (place / ".git").resolve()):
        return None
    # With the user's configuration, which counts as well when git receives a push on this machine.
    own = {"GIT_DIR": str(repo.git_dir)}
    answers = [run(repo.git_dir, own, ("config", "--type=bool", "--get", name)) for name in _SETTINGS]
    return [os.fsdecode(answer.out).strip() == "true" for answer in answers]
