"""Token buckets: so many requests at once, then so many in each second."""

from collections.abc import Callable

_MOST = 10_000


class Buckets:
    """One bucket for each key; used from one thread."""

    def __init__(self, rate: float, burst: int, now: Callable[[], float]) -> None:
        """Hold ``burst`` in each bucket, and fill it by ``rate`` a second of the monotonic clock ``now``."""
        self._rate = rate
        self._burst = float(burst)
        self._now = now
        self._held: dict[str, tuple[float, float]] = {}

    def wait(self, key: str) -> float:
        """Return in how many seconds the bucket has one; zero if it has one now."""
        return max(0.0, (1.0 - self._level(key)) / self._rate)

    def take(self, key: str) -> float:
        """Take one out and return zero, or return in how many seconds there is one."""
        if (seconds := self.wait(key)) > 0.0:
            return seconds
        level = self._level(key) - 1.0
        if len(self._held) >= _MOST:
            self._forget_full()
        self._held[key] = (level, self._now())
        return 0.0

    def _level(self, key: str) -> float:
        level, since = self._held.get(key, (self._burst, self._now()))
        return min(self._burst, level + (self._now() - since) * self._rate)

    def _forget_full(self) -> None:
        self._held = {key: held for key, held in self._held.items() if self._level(key) < self._burst}
