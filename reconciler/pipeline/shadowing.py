"""The corridor of shadowing: our plan, octoDNS's plan for the same account, and where the two disagree; only read."""

from pathlib import Path

from reconciler.model.address import split
from reconciler.model.groups import of_kind
from reconciler.model.shadow import Shadow
from reconciler.pipeline.session import Planned, Session
from reconciler.pipeline.trusting import demand_trusted
from reconciler.planner.shadow import compare
from reconciler.providers.octodns_shadow import octodns_plan


def shadow(session: Session, planned: Planned, config: Path) -> Shadow:
    """Return where octoDNS, by its configuration, would do something else than the plan.

    Raises ``RefusedError`` for a configuration or a class that isn't trusted, and ``AccountError`` where octoDNS can't
    be asked at all.
    """
    demand_trusted(session, config)
    theirs = octodns_plan(config, planned.desired.config.policy, session.environ)
    zones = frozenset(split(address)[1] for address in of_kind(planned.desired.state, "zone"))
    return compare(planned.plan, theirs, zones)
