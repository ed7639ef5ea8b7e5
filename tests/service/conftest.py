"""One service for each module of tests, over an account of its own."""

from collections.abc import Iterator

import pytest

from service.serving import Served, serving


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A service over a new account with ``example.org`` and its zone."""
    with serving(tmp_path_factory.mktemp("served") / "account.db") as running:
        running.account.done(running.account.create("zone/example.org"))
        yield running
