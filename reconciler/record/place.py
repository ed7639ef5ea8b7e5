"""Finding the record of an account folder."""

from pathlib import Path

from reconciler.gitrepo.repo import GitRepo
from reconciler.model.account import AccountConfig
from reconciler.record.home import Home
from reconciler.record.record import Record


def open_record(folder: Path, config: AccountConfig) -> Record:
    """Return the account's record, which need not exist yet; raises ``RecordError`` where git can't be used."""
    folder = folder.resolve()
    around = GitRepo.find(folder)
    if around is not None and around.root is None:
        around = None
    return Record(Home(folder, around, f"refs/heads/{config.record_branch}"), config.account)
