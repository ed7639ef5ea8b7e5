"""What tests of the web client ask for: a server that answers what they say."""

from collections.abc import Iterator

import pytest

from web.answering import Server, answering


@pytest.fixture
def server() -> Iterator[Server]:
    """A server that answers an empty object until it is told otherwise."""
    with answering() as running:
        yield running
