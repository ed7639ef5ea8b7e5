"""Traces of looks, on a branch of their own: an auditor sees when somebody looked at the account, and when nobody did.

Each look is one commit, whose tree holds ``look.json`` and nothing else. The branch only grows; what was applied, and
what the account holds, never stand there.
"""

import json
from dataclasses import replace

from reconciler.gitrepo.looks import file_in_each, first_parents
from reconciler.model.change import Origin
from reconciler.model.errors import LockedError, RecordError
from reconciler.model.look import Look, Result
from reconciler.model.plan import Plan
from reconciler.model.text import neutral
from reconciler.ports import Clock
from reconciler.record.holder import Who
from reconciler.record.home import Home
from reconciler.record.message import look_message

FILE = "look.json"
#: How often a trace is put on top of somebody else's; each time one of the others has got through.
_TRIES = 25


def looks_ref(account: str) -> str:
    """Return the branch that holds the traces of an account."""
    return f"refs/heads/reconciler-drift/{account}"


def look_at(plan: Plan, receipt: int, who: Who, clock: Clock) -> Look:
    """Return what a look found."""
    origins = [change.origin for change in plan.drifted]
    both = origins.count(Origin.BOTH)
    result = Result.DIFFERS if origins or plan.unmet else Result.CLEAN
    return Look(
        when=clock.now().isoformat(timespec="seconds"),
        result=result,
        who=who.name,
        host=who.host,
        run_url=who.run_url,
        receipt=receipt,
        drift=len(origins) - both,
        both=both,
        unmanaged=len(plan.undeclared),
        expectations=len(plan.unmet),
    )


def failed_look(error: Exception, who: Who, clock: Clock) -> Look:
    """Return the look of somebody who couldn't read; the error's sort is kept, its words might hold values."""
    when = clock.now().isoformat(timespec="seconds")
    return Look(when, Result.UNREADABLE, who.name, who.host, who.run_url, error=type(error).__name__)


def leave_look(home: Home, account: str, look: Look, clock: Clock) -> None:
    """Put a look on top of the traces, also when somebody else leaves one at the same time.

    Raises ``RecordError`` for a branch that holds something else, ``LockedError`` when others are always faster.
    """
    ref, repo = looks_ref(account), home.writable()
    around = home.around.head() if home.around else None
    look = replace(look, head=around or "")
    text = json.dumps(look.to_json(), indent=1, ensure_ascii=False) + "\n"
    tree = repo.write_tree(None, {FILE: text.encode("utf-8", "surrogatepass")})
    for _ in range(_TRIES):
        last = home.latest(ref)
        if last is not None:
            _read(home, account, last, 1)
        made = repo.write_commit(tree, [last] if last else [], look_message(account, look), clock.now())
        if home.swap(ref, made, last):
            return
    raise LockedError("The trace of this look can't be left: others are always faster.", "Look again.")


def read_looks(home: Home, account: str, limit: int = 1000) -> tuple[Look, ...]:
    """Return the last looks at an account, the newest first; none where nobody ever left a trace.

    Raises ``RecordError`` where the branch holds anything else.
    """
    last = home.latest(looks_ref(account))
    return _read(home, account, last, limit) if last else ()


def _read(home: Home, account: str, last: str, limit: int) -> tuple[Look, ...]:
    repo = home.readable()
    if repo is None:
        return ()
    texts = file_in_each(repo, first_parents(repo, last, limit), FILE)
    try:
        return tuple(_decoded(text) for text in texts.values())
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        branch = looks_ref(account).removeprefix("refs/heads/")
        raise RecordError(
            f"The branch {branch} holds something other than traces of looks: {neutral(str(error))}.",
            "Rename that branch; the next `reconciler drift --heartbeat` begins it anew.",
        ) from None


def _decoded(text: bytes | None) -> Look:
    if text is None:
        raise ValueError(f"a commit without {FILE}")
    return Look.from_json(json.loads(text.decode("utf-8", "surrogatepass")))
