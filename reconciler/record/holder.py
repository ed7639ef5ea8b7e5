"""Who holds the record: an intent without an outcome is a lock, and whoever meets it learns whose it is."""

import getpass
import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from reconciler.model.errors import LockedError
from reconciler.model.receipt import Receipt
from reconciler.model.text import neutral


@dataclass(frozen=True, slots=True)
class Who:
    """Who runs an apply, and where; ``run_url`` leads to the CI job."""

    name: str
    host: str
    pid: int
    run_url: str = ""

    @classmethod
    def here(cls, environ: Mapping[str, str]) -> "Who":
        """Return who runs this process."""
        run_url = environ.get("RECONCILER_RUN_URL", "")
        return cls(getpass.getuser(), socket.gethostname(), os.getpid(), run_url)


def describe_holder(pending: Receipt, now: datetime) -> tuple[str, str]:
    """Return who holds the record since when, and what to do about it."""
    where = f" ({neutral(pending.run_url)})" if pending.run_url else ""
    message = (
        f"Apply {pending.number} of account {neutral(pending.account)} has begun and not ended: "
        f"{neutral(pending.who)} on {neutral(pending.host)}, process {pending.pid}, {_age(pending, now)} ago{where}."
    )
    return message, "Wait until it has ended. If it was interrupted, finish it there with `reconciler apply --resume`."


def is_running(pending: Receipt, host: str) -> bool:
    """Tell whether the holder may still be at work: only on its own ``host`` can its process be seen to be gone.

    A holder with our own number is gone: we haven't begun, so the number was given anew (as in a restarted container).
    """
    if pending.host != host:
        return True
    if pending.pid == os.getpid():
        return False
    try:
        os.kill(pending.pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True  # a process of another user
    return True


def demand_gone(pending: Receipt, host: str, now: datetime) -> None:
    """Return when the holder's process is gone; raises ``LockedError`` while it may still write."""
    if is_running(pending, host):
        raise LockedError(*describe_holder(pending, now))


def _age(pending: Receipt, now: datetime) -> str:
    try:
        age = now - datetime.fromisoformat(pending.started)
    except (ValueError, TypeError):
        return "an unknown time"
    seconds = max(0, round(age / timedelta(seconds=1)))
    for size, unit in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= size:
            count = seconds // size
            return f"{count} {unit}{'' if count == 1 else 's'}"
    return f"{seconds} second{'' if seconds == 1 else 's'}"
