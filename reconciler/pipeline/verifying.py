"""The corridor of verifying: do the name servers answer what git says? Reads only."""

from collections.abc import Sequence

from reconciler.model.address import Address
from reconciler.model.errors import AccountError, CacheLostError, ReconcilerError
from reconciler.model.state import Desired
from reconciler.model.verified import Verified
from reconciler.pipeline.anew import anew_if_lost
from reconciler.pipeline.planning import trusted
from reconciler.pipeline.session import Applied, Planned, Session
from reconciler.verify.expected import expected
from reconciler.verify.primary import read_primary
from reconciler.verify.scope import changed_sets, chosen_zones, declared_sets, zones_of
from reconciler.verify.servers import has_route, resolved, targets
from reconciler.verify.watch import watch


@anew_if_lost
def verify(session: Session, names: Sequence[str], deadline: int | None) -> Verified:
    """Ask the servers of zones, all where none is named, for every record set that is declared.

    ``deadline`` is in seconds, as account.yaml says where it is None. Raises ``AccountError`` where there is no zone.
    """
    desired = trusted(session)
    zones = chosen_zones(desired, names)
    if not zones:
        raise AccountError("There is no zone to verify.", "Put a zone file into the folder of zones.")
    return _asked(session, desired, zones, declared_sets(desired, zones, session.clock.now().date()), deadline)


def verify_applied(session: Session, planned: Planned, applied: Applied, deadline: int | None) -> Verified:
    """Ask the servers for what an apply has changed; where the account can't be read any more, that is what is told."""
    desired = planned.desired
    changed = changed_sets(applied.outcomes, desired)
    zones = zones_of(changed)
    try:
        return _asked(session, desired, zones, changed, deadline) if changed else Verified()
    except (ReconcilerError, CacheLostError) as error:
        return Verified(unknown=dict.fromkeys(sorted(zones), error.in_full))


def _asked(
    session: Session, desired: Desired, zones: frozenset[str], addresses: Sequence[Address], deadline: int | None
) -> Verified:
    """Read the part of the account that holds the zones, if it can be, and ask their servers."""
    settings = desired.config.dns.verify
    part = next(part for part in session.outside(desired.config).parts if "record" in part.kinds)
    reader = part.open_reader()
    primary = read_primary(reader, zones, desired)
    live = primary.live
    found = targets(sorted(zones), settings, (desired.state, live.state), resolved, has_route)
    primary.demand_others(found)
    wanted = expected(desired.state, live.state, addresses, reader.capabilities, zones)
    checked = watch(wanted.zones, found.zones, live.soas, settings.deadline if deadline is None else deadline)
    return Verified(checked, wanted.left_out, {**primary.unknown, **found.unknown})
