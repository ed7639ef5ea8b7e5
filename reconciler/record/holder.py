"""Who holds the record: an intent without an outcome is a lock, and whoever meets it learns whose it is."""

import os
import socket
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

from reconciler.model.errors import RecordError
from reconciler.model.fields import digest_of
from reconciler.model.late import dataclass
from reconciler.model.receipt import Receipt, Takeover
from reconciler.model.text import neutral


@dataclass(frozen=True, slots=True)
class Who:
    """Who runs an apply, and where; ``run_url`` leads to the CI job, ``machine`` is empty where it can't be told."""

    name: str
    host: str
    pid: int
    run_url: str = ""
    machine: str = ""

    @classmethod
    def here(cls, environ: Mapping[str, str]) -> "Who":
        """Return who runs this process."""
        run_url = environ.get("RECONCILER_RUN_URL", "")
        import getpass

        return cls(getpass.getuser(), socket.gethostname(), os.getpid(), run_url, this_machine())


def this_machine() -> str:
    """Return what is equal for two processes only if each can see whether the other lives; empty where nothing tells.

    A host's name doesn't: containers share it, each with process numbers of its own, and so do machines made from one
    image.
    """
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
        return digest_of([socket.gethostname(), boot, str(Path("/proc/self/ns/pid").readlink())])[:16]
    except (OSError, ValueError):
        return ""


def describe_holder(pending: Receipt, now: datetime) -> tuple[str, str]:
    """Return who holds the record since when, and what to do about it."""
    holder = pending.holder
    where = f" ({neutral(holder.run_url)})" if holder.run_url else ""
    what = "was taken over and has not ended" if pending.taken else "has begun and not ended"
    message = (
        f"Apply {pending.number} of account {neutral(pending.account)} {what}: "
        f"{neutral(holder.who)} on {neutral(holder.host)}, process {holder.pid}, {_age(holder.at, now)} ago{where}."
    )
    return message, "Wait until it has ended. If it was interrupted, finish it with `reconciler apply --resume`."


def at_work(pending: Receipt, now: datetime) -> str:
    """Return in a few words that an apply is under way: what it has done so far, nobody can know from the record."""
    holder = pending.holder
    who = f"{neutral(holder.who)} on {neutral(holder.host)}"
    return f"apply {pending.number} has been under way for {_age(holder.at, now)} ({who})"


def is_gone(holder: Takeover, machine: str) -> bool:
    """Tell whether the holder's process has provably ended, which shows on its own ``machine`` only.

    A holder with our own number is gone: we haven't begun, so the number was given anew.
    """
    if not machine or holder.machine != machine:
        return False
    if holder.pid == os.getpid():
        return True
    try:
        os.kill(holder.pid, 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False  # a process of another user
    return False


def begun_at(pending: Receipt) -> datetime:
    """Return when an apply began; raises ``RecordError`` where that is no time."""
    try:
        return datetime.fromisoformat(pending.started)
    except ValueError:
        raise RecordError(f"The record is damaged: apply {pending.number} began at no time.") from None


def _age(since: str, now: datetime) -> str:
    try:
        age = now - datetime.fromisoformat(since)
    except (ValueError, TypeError):
        return "an unknown time"
    seconds = max(0, round(age / timedelta(seconds=1)))
    for size, unit in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= size:
            count = seconds // size
            return f"{count} {unit}{'' if count == 1 else 's'}"
    return f"{seconds} second{'' if seconds == 1 else 's'}"
