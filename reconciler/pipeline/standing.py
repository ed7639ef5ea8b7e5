"""Plans in which the record stands for what is live, as far as the account says that nothing changed since they agreed.

What is planned over the record shows no difference, or else it is planned anew over what is read: so it says the same.
"""

from collections.abc import Callable
from dataclasses import replace

from reconciler.cache.cache import Cache
from reconciler.model.errors import CacheLostError, ReconcilerError
from reconciler.model.plan import Plan
from reconciler.model.state import Applied, Desired, Live
from reconciler.planner.agreeing import agreeing, as_declared, is_elsewhere
from reconciler.ports import Reader, Scope


def read_and_planned(
    reader: Reader, scope: Scope, desired: Desired, applied: Applied, cache: Cache, make: Callable[[Live], Plan]
) -> tuple[Live, Plan]:
    """Return what is live and the plan that ``make`` makes of it, and keep where the record can stand the next time."""
    live = reader.read(replace(scope, recorded=lambda: applied if as_declared(desired, applied) else None))
    plan = _planned_as_recorded(live, make) if live.as_recorded else make(live)
    if plan is None:
        live = reader.read(scope)
        plan = make(live)
    if live.marks:
        from reconciler.cache.agreed import keep_agreed

        keep_agreed(cache, live, agreeing(live, applied), applied.state)
    return live, plan


def _planned_as_recorded(live: Live, make: Callable[[Live], Plan]) -> Plan | None:
    """Return the plan over the record; None where it looked at what the record stands for."""
    try:
        plan = make(live)
    except CacheLostError:
        raise
    except ReconcilerError:
        return None
    return plan if is_elsewhere(plan) else None
