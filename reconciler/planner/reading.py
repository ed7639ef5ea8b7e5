"""Whether a read may be planned on: the right account, proven complete, and not suddenly empty."""

from collections import Counter

from reconciler.kinds import KINDS
from reconciler.model.address import group_of, kind_of
from reconciler.model.errors import IncompleteReadError, RefusedError
from reconciler.model.plan import Options
from reconciler.model.state import Applied, Desired, Live, State


def demand_complete(desired: Desired, live: Live, seen: State, applied: Applied, options: Options) -> str:
    """Return in words what was read; ``seen`` is the live state under our addresses.

    Raises ``RefusedError`` for another account, ``IncompleteReadError`` for a group that isn't proven complete, for
    a fixed resource that is missing, and for a kind that is suddenly empty although more than three of it are owned.
    """
    if live.account != desired.config.account:
        raise RefusedError(
            f"The live account is {live.account}, but account.yaml says {desired.config.account}.",
            "Correct `account:`, or point `providers:` at the right account.",
        )
    kinds = {kind_of(group) for group in live.complete}
    wanted = {kind_of(address) for address in desired.state} | {kind_of(address) for address in applied.state}
    if missing := sorted(wanted - kinds):
        raise IncompleteReadError(
            f"The account was not read completely: {', '.join(missing)}.", "Try again; nothing was concluded from it."
        )
    _demand_fixed(desired, seen)
    _demand_no_sudden_void(seen, applied, options)
    groups = len({group_of(address) for address in live.state})
    return f"read completely: {len(live.state)} resources in {groups} groups" if live.exists else "not created yet"


def _demand_fixed(desired: Desired, seen: State) -> None:
    absent = [a for a in sorted(desired.state) if KINDS[kind_of(a)].fixed and a not in seen]
    if absent:
        raise IncompleteReadError(
            f"The account doesn't report {', '.join(absent)}.",
            "It has such resources for each booked domain and each of its topics: check the spelling, then try again.",
        )


def _demand_no_sudden_void(seen: State, applied: Applied, options: Options) -> None:
    owned = Counter(map(kind_of, applied.state))
    there = {kind_of(address) for address in seen}
    empty = sorted(
        kind for kind, n in owned.items() if n > 3 and kind not in there and kind not in options.accept_empty
    )
    if empty:
        raise IncompleteReadError(
            "The account reports none at all of what we own: " + ", ".join(f"{owned[k]} of {k}" for k in empty) + ".",
            "If it really was emptied, say " + " ".join(f"--accept-empty {k}" for k in empty) + " --reason TEXT.",
        )
