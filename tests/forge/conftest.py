"""What tests of forges ask for: a running stand-in, as either forge."""

from collections.abc import Iterator

import pytest

from forge.stand_in import StandIn, running


@pytest.fixture
def stand_in() -> Iterator[StandIn]:
    """A forge that knows nothing yet."""
    with running() as started:
        yield started


@pytest.fixture(params=["github", "gitlab"])
def environ(request: pytest.FixtureRequest, stand_in: StandIn) -> dict[str, str]:
    """The environment of a job at one of the two forges, with the token of an app."""
    named: dict[str, str] = getattr(stand_in, request.param)()
    return named
