"""Exit codes: what a script can tell apart, and which wins when several apply.

===  =====================================================
0    clean or applied
1    error
2    changes pending, drift, or answers of name servers that differ
3    refused by guard, policy, trust or lack of an approval
4    stale plan
5    locked
6    partly applied, or the outcome isn't recorded
7    authentication
64   usage
130  interrupted
===  =====================================================
"""

from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reconciler.model.verified import Verified


class ExitCode(IntEnum):
    """How a run ended."""

    OK = 0
    ERROR = 1
    PENDING = 2
    REFUSED = 3
    STALE = 4
    LOCKED = 5
    PARTIAL = 6
    AUTHENTICATION = 7
    USAGE = 64
    INTERRUPTED = 130


def of_verified(verified: "Verified") -> ExitCode:
    """Return how a look at name servers ended: one that can't be asked weighs more than one that answers otherwise."""
    if verified.is_good:
        return ExitCode.OK
    return ExitCode.ERROR if verified.has_unreachable else ExitCode.PENDING


_PRECEDENCE = (130, 64, 7, 5, 6, 4, 3, 1, 2, 0)


def worst(*codes: int) -> int:
    """Return the code that wins; 0 for none."""
    return min(codes, key=_PRECEDENCE.index, default=0)
