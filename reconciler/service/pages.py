"""Pages of a collection: all of them speak of one revision, or the reader begins again."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple

from reconciler.service.problems import ProblemError


class Cut(NamedTuple):
    """The names on one page, and the cursor of the next, if there is one."""

    names: Sequence[str]
    next: str | None


def cut(names: Sequence[str], revision: str, cursor: str | None, limit: int) -> Cut:
    """Return one page of sorted ``names``; raises ``ProblemError`` for a cursor of another revision, or none."""
    begin = 0
    if cursor is not None:
        of, last = _opened(cursor)
        if of != revision:
            raise ProblemError("changed", "Begin again with the first page.")
        begin = bisect_right(names, last)
    found = names[begin : begin + limit]
    more = begin + limit < len(names)
    return Cut(found, _cursor(revision, found[-1]) if more else None)


def _cursor(revision: str, last: str) -> str:
    return urlsafe_b64encode(json.dumps([revision, last]).encode()).decode("ascii").rstrip("=")


def _opened(cursor: str) -> tuple[str, str]:
    try:
        revision, last = json.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, TypeError, RecursionError):
        raise ProblemError("malformed", "A cursor is what `next` of a page said.") from None
    return str(revision), str(last)
