"""The whitelist, where the account reports from which address it sees us: nobody locks himself out.

An empty whitelist admits everybody. The first entry must come with one that admits the caller, and a caller admitted
now must be admitted after every step. Binding at apply, a warning at plan.
"""

from collections.abc import Iterable
from dataclasses import replace

from reconciler.model.address import Address, kind_of
from reconciler.model.change import Action, Change
from reconciler.model.diagnostic import Diagnostic
from reconciler.planner.codes import diagnostic
from reconciler.planner.groups import Group
from reconciler.ports import Capabilities

KIND = "whitelist_entry"
_PRIVATE = (
    "The account is asked over the internet, and nobody comes to it from a private address, loopback or a link-local "
    "one. Write the address that the internet sees."
)


def admitting(changes: Iterable[Change], caller: str | None) -> frozenset[Address]:
    """Return the addresses of changes after which the caller is admitted, which go before others of their kind."""
    if caller is None:
        return frozenset()
    from reconciler.kinds.whitelist_entry import admitted, canonical_ip

    told = canonical_ip(caller)
    of_list = [c for c in changes if kind_of(c.address) == KIND and c.after is not None]
    return frozenset(change.address for change in of_list if admitted(change.after) == told)


def refuse_private(changes: Iterable[Change], can: Capabilities) -> list[Change]:
    """Return the changes; those that admit an address from which nobody can come to the account, refused."""
    found = list(changes)
    if can.private_addresses:
        return found
    return [replace(c, refused=c.refused or _PRIVATE) if _admits_private(c) else c for c in found]


def _admits_private(change: Change) -> bool:
    if kind_of(change.address) != KIND or change.after is None:
        return False
    from reconciler.kinds.whitelist_entry import is_private

    return is_private(change.after)


def check_whitelist(ordered: Iterable[Change], live: Group, caller: str | None) -> list[Diagnostic]:
    """Return a finding when a step of the ordered changes locks out the caller; ``live`` are the entries there now."""
    if caller is None:
        return []
    from reconciler.kinds.whitelist_entry import admitted, canonical_ip

    told = canonical_ip(caller)
    entries = {address: admitted(value) for address, value in live.items() if kind_of(address) == KIND}
    if entries and told not in entries.values():
        return []
    for change in ordered:
        if kind_of(change.address) != KIND or not change.action.writes:
            continue
        if change.action is Action.DELETE:
            entries.pop(change.address, None)
        elif change.after is not None:
            entries[change.address] = admitted(change.after)
        if entries and told not in entries.values():
            return [
                diagnostic(
                    "whitelist-locks-out",
                    f"After {change.address} your own address {told} could no longer log in.",
                    "Add an entry that admits it, or keep the one that there is.",
                    address=change.address,
                    span=change.span,
                )
            ]
    return []
