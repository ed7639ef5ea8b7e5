"""What a token may do: ``read``, ``write:SECTION``, ``submit:KIND``."""

from collections.abc import Iterable

from reconciler.kinds import KINDS
from reconciler.model.errors import UsageError
from reconciler.model.kind import Kind

READ = "read"


def scope_of(kind: Kind) -> str:
    """Return the scope that writing or submitting something of this kind needs."""
    return f"submit:{kind.name}" if kind.is_request else f"write:{kind.section}"


def all_scopes() -> tuple[str, ...]:
    """Return every scope that there is."""
    return (READ, *dict.fromkeys(scope_of(kind) for kind in KINDS.values()))


def expanded(given: Iterable[str]) -> frozenset[str]:
    """Return the scopes that are meant, ``write:*`` and ``submit:*`` being all of their sort.

    Raises ``UsageError`` for one that there isn't.
    """
    known, found = all_scopes(), set[str]()
    for scope in given:
        sort, colon, rest = scope.partition(":")
        meant = {one for one in known if one.startswith(f"{sort}:")} if colon and rest == "*" else {scope} & set(known)
        if not meant:
            raise UsageError(f"There is no scope {scope!r}.", f"The scopes are {', '.join(known)}.")
        found |= meant
    return frozenset(found)
