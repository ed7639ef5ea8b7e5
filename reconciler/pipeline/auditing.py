"""The corridor of history: from commits and receipts to who asked for what, and what became of it; only read."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from reconciler.audit.causes import changes_asked, committed_addresses, find_causes, with_causes
from reconciler.audit.effects import Bytes, Reading
from reconciler.gitrepo.objects import Entry
from reconciler.load.desired import load_desired
from reconciler.load.tree import ListedTree
from reconciler.model.errors import RecordError
from reconciler.model.state import Desired
from reconciler.pipeline.session import Planned, Session


def explained(session: Session, planned: Planned, commit: str | None = None) -> Planned:
    """Return a plan of which each change names the commit that asks for it, where one is found.

    ``commit`` is what is planned, if it isn't what is checked out. Files that aren't committed have no cause.
    """
    home, applied, asked = planned.record.home, planned.state.applied, changes_asked(planned.plan)
    head = commit or (home.around.head() if home.around else None)
    if home.around is None or head is None or not asked:
        return planned
    reading = Reading(home.around, home.relative, partial(_load, session), applied.salt)
    try:
        addresses = committed_addresses(planned.desired, reading, head, asked)
        last = home.around.resolve(applied.config_commit) if applied.config_commit else None
        causes = find_causes(home.around, reading, head, last, addresses, {})
    except RecordError:
        return planned  # a history with holes says less; the plan doesn't depend on it
    return replace(planned, plan=with_causes(planned.plan, causes))


def _load(session: Session, commit: str, entries: Mapping[str, Entry], blob: Bytes) -> Desired:
    return load_desired(ListedTree(commit, entries, blob), session.clock.now().date(), memo=session.memo)
