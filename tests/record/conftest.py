"""The folders in which an account's record may be."""

from pathlib import Path

import pytest

from program import Repository
from record.world import ACCOUNT, Folder


@pytest.fixture
def inside(repo: Repository) -> Folder:
    """An account at the top of a repository, committed."""
    repo.commit("Begin", {"account.yaml": ACCOUNT, "mail.yaml": "mail: {}\n"})
    return Folder(repo.path)


@pytest.fixture
def outside(tmp_path: Path) -> Folder:
    """An account in a folder of no repository."""
    folder = Folder(tmp_path / "account")
    folder.path.mkdir()
    folder.write(account_yaml=ACCOUNT, mail_yaml="mail: {}\n")
    return folder


@pytest.fixture(params=["inside", "outside"])
def folder(request: pytest.FixtureRequest) -> Folder:
    """Each of both."""
    found: Folder = request.getfixturevalue(request.param)
    return found
