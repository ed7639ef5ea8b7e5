"""A clock for tests: what it says depends on nothing but how often it was asked."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


@dataclass
class Ticking:
    """A clock that goes on by a step with each look, and counts its nonces; without a step it stands still."""

    time: datetime = datetime(2026, 11, 24, 12, tzinfo=UTC)
    step: timedelta = timedelta(minutes=1)
    nonces: int = 0

    def now(self) -> datetime:
        """Return the next moment."""
        self.time += self.step
        return self.time

    def nonce(self) -> str:
        """Return the next number."""
        self.nonces += 1
        return f"{self.nonces:032x}"


def standing() -> Ticking:
    """Return a clock that stands at noon."""
    return Ticking(datetime(2026, 11, 26, 12, tzinfo=UTC), timedelta())
