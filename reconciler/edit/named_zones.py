"""Zones that are named to ``init``, because the account can't list what it holds, or not all of it is wanted."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from reconciler.kinds.record_names import canonical_zone
from reconciler.model.address import Address, kind_of, split
from reconciler.model.errors import AccountError, UsageError
from reconciler.model.scalars import refusals
from reconciler.model.state import Live
from reconciler.model.text import neutral
from reconciler.ports import Capabilities


def zone_names(names: Iterable[str]) -> frozenset[str]:
    """Return the canonical names of zones; raises ``UsageError`` for what isn't a name."""
    try:
        return frozenset(map(canonical_zone, names))
    except refusals() as error:
        raise UsageError(f"--zone: {error.message()}", "Write a name such as `example.org`.") from None


def demand_named(zones: frozenset[str], only: Sequence[str], can: Capabilities) -> None:
    """Raise ``UsageError`` where DNS is wanted and the account can't say which zones it holds."""
    if "dns" in only and not zones and not can.lists_zones:
        raise UsageError(
            "The name server can't list its zones.", "Name each with `--zone`, such as `--zone example.org`."
        )


def of_zones(live: Live, zones: frozenset[str]) -> Live:
    """Return only these zones of the DNS, all where none are named; raises ``AccountError`` for a missing one."""
    if not zones:
        return live
    if missing := sorted(zones - {_zone(address) for address in live.state}):
        raise AccountError(
            f"There is no zone {', '.join(map(neutral, missing))} in the account.",
            "Check the name; a name server must also let us transfer it.",
        )
    return replace(live, state={a: value for a, value in live.state.items() if _zone(a) in (None, *zones)})


def _zone(address: Address) -> str | None:
    return split(address)[1] if kind_of(address) in ("zone", "record") else None
