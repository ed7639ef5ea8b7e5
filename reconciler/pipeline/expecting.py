"""The corridor of expectations: a plan learns which facts aren't as git expects them; nothing is done about that."""

from reconciler.model.account import AccountConfig
from reconciler.model.errors import ReconcilerError
from reconciler.model.facts import NO_FACTS, Facts
from reconciler.model.plan import Plan
from reconciler.model.state import Desired
from reconciler.pipeline.session import Session


def told_kinds(session: Session, config: AccountConfig) -> frozenset[str]:
    """Return the kinds of facts that the account tells; only the provider `default` is asked."""
    outside = session.outside(config)
    return outside.parts[0].open_reader().capabilities.facts if outside.facts() else frozenset()


def judged(session: Session, plan: Plan, desired: Desired) -> Plan:
    """Return a plan with every expectation that isn't met; facts that can't be read keep no plan from being made."""
    if not desired.expectations:
        return plan
    from reconciler.planner.expectations import with_expectations

    facts, unread = _read(session, desired)
    return with_expectations(plan, desired.expectations, facts, unread)


def _read(session: Session, desired: Desired) -> tuple[Facts, str]:
    """Return the facts of which something is expected, or none of them and why."""
    from reconciler.planner.expectations import expected_kinds

    try:
        kinds = expected_kinds(desired.expectations) & told_kinds(session, desired.config)
        reader = session.outside(desired.config).facts()
        return (reader.read_facts(kinds) if reader else NO_FACTS), ""
    except ReconcilerError as error:
        return NO_FACTS, error.in_full
