"""Whatever is spoilt between the program and the service: an apply ends as if it hadn't been, or in an error.

`make anger-http` lets 200 changes be applied under each fault.
"""

from collections.abc import Iterator

import pytest

from reconciler.model.errors import AccountError
from service.middle import FAULTS, Weather
from service.weather import MOST_ROUNDS, Ground, endure, ground


@pytest.fixture(scope="module")
def bad(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    """A service with strangers in its account, and somebody before it."""
    with ground(tmp_path_factory.mktemp("weather"), 6) as running:
        yield running


STORMS = (
    ("silent", "lost", "cut", "slow"),
    ("halved", "busy", "hidden", "repeated"),
    ("again", "ahead", "backwards"),
    ("begin", "elsewhere", "hollow"),
)


def test_every_fault_is_in_a_storm() -> None:
    """None is left out here that the long form has."""
    assert sorted(fault for storm in STORMS for fault in storm) == sorted(FAULTS)


@pytest.mark.parametrize("storm", STORMS, ids="-".join)
def test_an_apply_ends_as_if_the_weather_had_been_fair(bad: Ground, storm: tuple[str, ...]) -> None:
    """Nothing is lost, nothing happens twice, no stranger is touched, nothing goes that nobody asked to go."""
    figures = endure(bad, storm)
    assert figures.is_clean, figures
    assert figures.struck >= len(storm)
    assert figures.changes >= 6
    assert figures.rounds < MOST_ROUNDS


@pytest.mark.parametrize("fault", ["lost", "again", "elsewhere", "hollow"])
def test_what_never_passes_ends_in_an_error(bad: Ground, fault: str) -> None:
    """No plan is made of it, so that nothing is concluded from what is missing."""
    bad.middle.weather = Weather([fault], chance=1.0)
    with pytest.raises(AccountError):
        bad.plan(bad.declared, bad.access())
    bad.middle.weather = None
    assert not bad.plan(bad.declared, bad.access()).changes
