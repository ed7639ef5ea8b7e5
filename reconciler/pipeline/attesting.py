"""The corridor of attestations: what somebody saw in a portal becomes what is live, in the record."""

from reconciler.load.tree import WorkTree
from reconciler.model.by_hand import Sight
from reconciler.pipeline.anew import anew_if_lost
from reconciler.pipeline.planning import trusted
from reconciler.pipeline.session import Session
from reconciler.planner.attesting import Claim, sights
from reconciler.record.attested import Evidence, attestations, write_attested
from reconciler.record.holder import Who


@anew_if_lost
def attest(session: Session, claim: Claim, evidence: Evidence) -> dict[str, Sight]:
    """Record what somebody says they saw, compared with what is declared; the account isn't asked.

    Raises ``UsageError`` for what can't be attested, ``LockedError`` while an apply is under way, ``RefusedError`` in
    CI for files that aren't committed.
    """
    desired = trusted(session)
    record = session.record(desired.config)
    state = record.read()
    seen = sights(claim, desired, state.applied)
    record.demand_free(state, session.clock.now())
    commit = record.snapshot(desired.files, WorkTree(session.folder).read, session.environ, session.clock)
    record.keep_out_of_git()
    who = Who.here(session.environ)
    told = attestations(seen, evidence, commit, who, session.clock)
    write_attested(record, state, commit, told, session.clock)
    return seen
