"""Points between two effects on the outside, at which a test may end this process; nothing happens there otherwise."""

from collections.abc import Callable

_WATCHERS: list[Callable[[str], None]] = []


def reached(point: str) -> None:
    """Say that a point was reached: just before or just after something that outlives this process."""
    for watcher in _WATCHERS:
        watcher(point)


def watch_points(watcher: Callable[[str], None]) -> None:
    """Have ``watcher`` told of every point from now on."""
    _WATCHERS.append(watcher)
