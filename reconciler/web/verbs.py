"""The verbs of HTTP that change nothing."""

from collections.abc import Iterable

#: RFC 9110, section 9.2.1.
SAFE_VERBS = frozenset({"GET", "HEAD", "OPTIONS"})


def count_writing(verbs: Iterable[str]) -> int:
    """Return how many of these may have changed something."""
    return sum(verb not in SAFE_VERBS for verb in verbs)
