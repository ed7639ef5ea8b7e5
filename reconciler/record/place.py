"""Finding the record of an account folder."""

from pathlib import Path

from reconciler.cache.cache import NO_CACHE, Cache
from reconciler.gitrepo.remote import Remote
from reconciler.gitrepo.repo import GitRepo
from reconciler.model.account import AccountConfig
from reconciler.model.errors import RecordError
from reconciler.record.home import Home
from reconciler.record.record import Record


def open_record(folder: Path, config: AccountConfig, cache: Cache = NO_CACHE, around: GitRepo | None = None) -> Record:
    """Return the account's record, which need not exist yet; raises ``RecordError`` where git can't be used.

    Nothing is asked of a remote yet. What is read of the record is kept in ``cache``; ``around`` is the repository
    around the folder, where that is known.
    """
    folder = folder.resolve()
    around = around or GitRepo.find(folder)
    if around is not None and around.root is None:
        around = None
    remote = None if around is None else _remote(around, config.record.remote)
    return Record(Home(folder, around, f"refs/heads/{config.record_branch}", remote), config.account, cache)


def _remote(around: GitRepo, name: str | None) -> Remote | None:
    """Return the remote that has the record: the one named, else ``origin`` where there is one."""
    if name == ".":  # git's own word for this repository
        return None
    remote = Remote(around, name or "origin")
    if remote.is_configured():
        return remote
    if name is None:
        return None
    raise RecordError(
        f"The repository has no remote {name}, which account.yaml names for the record.",
        "`git remote` lists what there is; `record: {remote: .}` keeps the record in this repository.",
    )
