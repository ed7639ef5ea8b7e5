"""An account with one booked domain."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from accounts import Account


@pytest.fixture
def account(tmp_path: Path) -> Iterator[Account]:
    """An account in which example.org is booked."""
    account = Account(tmp_path / "account.db").booked()
    yield account
    account.store.close()
