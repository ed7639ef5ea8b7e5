"""What a corridor does where the cache has lost what it promised: it begins anew, and believes nothing of earlier runs.

That costs time only. Once nothing is believed, nothing can be lost any more, so it happens once in a run.
"""

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar

from reconciler.model.errors import CacheLostError

if TYPE_CHECKING:
    from reconciler.pipeline.session import Session

P = ParamSpec("P")
T = TypeVar("T")


def anew_if_lost(corridor: "Callable[Concatenate[Session, P], T]") -> "Callable[Concatenate[Session, P], T]":
    """Return a corridor that begins anew where it meets ``CacheLostError``; until then it may only have read."""

    @wraps(corridor)
    def walked(session: "Session", /, *args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return corridor(session, *args, **kwargs)
        except CacheLostError:
            session.begin_anew()
            return corridor(session, *args, **kwargs)

    return walked
