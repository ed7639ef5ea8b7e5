"""An applied account, run inside this process."""

import pytest

from inside import Inside
from program import Repository
from tiny import FILES, SECRETS


@pytest.fixture
def account(repo: Repository) -> Inside:
    """The tiny account after its first apply."""
    repo.commit("Begin", FILES)
    made = Inside(repo.path, SECRETS)
    assert made("apply", "--auto-approve").code == 0
    return made


@pytest.fixture
def www(account: Inside) -> Inside:
    """The same after somebody moved www by hand."""
    assert account("account", "set", "record/example.org/www/A", "values=203.0.113.66").code == 0
    return account
