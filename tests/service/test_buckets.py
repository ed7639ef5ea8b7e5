"""Token buckets, on a clock that the test moves."""

from hypothesis import given
from hypothesis import strategies as st

from reconciler.service.buckets import Buckets


class Clock:
    """A monotonic clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        return self.at


def test_so_many_at_once_then_so_many_in_each_second() -> None:
    """And it is said how long to wait."""
    clock = Clock()
    buckets = Buckets(2.0, 3, clock)
    assert [buckets.take("ci") for _ in range(4)] == [0.0, 0.0, 0.0, 0.5]
    clock.at = 0.5
    assert [buckets.take("ci"), buckets.take("ci")] == [0.0, 0.5]


def test_one_key_takes_nothing_from_another() -> None:
    """Each has its own bucket."""
    buckets = Buckets(1.0, 1, Clock())
    assert [buckets.take("one"), buckets.take("two"), buckets.wait("one")] == [0.0, 0.0, 1.0]


def test_full_buckets_are_forgotten() -> None:
    """However many addresses try, the memory that they take is bounded by those that are still waiting."""
    clock = Clock()
    buckets = Buckets(1.0, 1, clock)
    for number in range(10_000):
        buckets.take(str(number))
    clock.at = 10.0
    buckets.take("one more")
    assert len(buckets._held) == 1


@given(st.lists(st.floats(0.0, 5.0), max_size=60), st.floats(0.1, 50.0), st.integers(1, 20))
def test_nobody_ever_gets_more_than_the_rate_allows(steps: list[float], rate: float, burst: int) -> None:
    """In any time: no more than a burst, and the rate times the time."""
    clock = Clock()
    buckets = Buckets(rate, burst, clock)
    taken = 0
    for step in steps:
        clock.at += step
        taken += buckets.take("ci") == 0.0
        assert taken <= burst + rate * clock.at + 1e-6
