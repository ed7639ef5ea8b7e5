"""Time and randomness of the real world."""

from datetime import UTC, datetime


class SystemClock:
    """The clock of this machine, and its source of randomness."""

    def now(self) -> datetime:
        """Return the present time, in UTC."""
        return datetime.now(UTC)

    def nonce(self) -> str:
        """Return 32 fresh random hexadecimal characters."""
        import secrets

        return secrets.token_hex(16)
