"""What attacks begin from."""

import pytest

from attacks.branches import Branches
from program import Repository


@pytest.fixture
def branches(repo: Repository) -> Branches:
    """The small account on main, and a branch of it that is checked out."""
    made = Branches(repo)
    made.begin()
    return made
