"""What came back: a status, headers, a body; all of it untrusted."""

from collections.abc import Mapping
from dataclasses import field
from email.utils import parsedate_to_datetime

from reconciler.model.fields import Json
from reconciler.model.late import dataclass

#: A refusal is heard up to here.
_MOST_TOLD = 100_000


@dataclass(frozen=True, slots=True)
class Answer:
    """One whole answer; ``headers`` go by their names in lower case, ``next`` is the next page's URL (RFC 8288)."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    data: bytes = field(default=b"", repr=False)
    next: str = field(default="", repr=False)

    @property
    def media(self) -> str:
        """The media type, without its parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def told(self) -> Mapping[str, Json]:
        """The JSON object in its body, such as why something is refused; empty where there is none."""
        import json

        try:
            found = json.loads(self.data[:_MOST_TOLD])
        except (ValueError, RecursionError):
            return {}
        return found if isinstance(found, dict) else {}

    @property
    def is_busy(self) -> bool:
        """Whether the server may answer otherwise when asked again."""
        return self.status == 429 or self.status >= 500

    @property
    def retry_after(self) -> float | None:
        """The seconds after which the server wants to be asked again, where it says so (RFC 9110, section 10.2.3)."""
        said = self.headers.get("retry-after", "").strip()
        if said.isascii() and said.isdecimal():
            return float(said[:9])
        try:
            there, then = (parsedate_to_datetime(text) for text in (self.headers.get("date", ""), said))
            return max(0.0, (then - there).total_seconds())
        except (TypeError, ValueError, OverflowError):
            return None
