"""The corridor of looks: does the account differ from what was applied? Writes nothing but a trace, if asked for."""

from collections.abc import Callable

from reconciler.model.errors import ReconcilerError
from reconciler.model.look import Look
from reconciler.model.plan import Options
from reconciler.pipeline.anew import anew_if_lost
from reconciler.pipeline.planning import planned_from, trusted
from reconciler.pipeline.session import Planned, Session
from reconciler.ports import Clock
from reconciler.record.holder import Who
from reconciler.record.looks import failed_look, leave_look, look_at, read_looks
from reconciler.record.record import Record


@anew_if_lost
def look(session: Session, heartbeat: bool, show: Callable[[Planned], None]) -> Planned:
    """Return a plan made to look at what differs from what was applied last, after it was shown.

    With ``heartbeat`` a trace of the look is left in git, also of one at which the account or the record couldn't be
    read; a configuration with errors has no account to speak of. Raises ``RecordError`` where no trace can be left.
    """
    desired = trusted(session)
    record = session.record(desired.config)
    who, clock = Who.here(session.environ), session.clock
    try:
        planned = planned_from(session, desired, record, record.read(), Options())
    except ReconcilerError as error:
        if heartbeat:
            _leave_beside(error, record, failed_look(error, who, clock), clock)
        raise
    show(planned)
    if heartbeat:
        seen = look_at(planned.plan, planned.state.applied.number, who, clock)
        leave_look(record.home, record.account, seen, clock)
    return planned


def looks(session: Session) -> tuple[Look, ...]:
    """Return the traces of looks at the account, the newest first; the account itself isn't read."""
    record = session.record(trusted(session).config)
    return read_looks(record.home, record.account)


def _leave_beside(error: ReconcilerError, record: Record, seen: Look, clock: Clock) -> None:
    """Leave a trace of an error that goes on; where that fails, too, the error says so."""
    try:
        leave_look(record.home, record.account, seen, clock)
    except ReconcilerError as second:
        error.lines = (*error.lines, f"No trace of this look could be left: {second}")
