"""The beat: how a holder of the record shows that it lives, and how others find out that it doesn't.

The holder replaces the one commit of a branch of its own from time to time. Nobody compares clocks: whoever wants to
take over watches that branch, and may do so when it saw no renewal for long enough by its own clock.
"""

import threading
import time
from collections.abc import Callable
from contextlib import suppress

from reconciler.model.errors import LockedError, RecordError
from reconciler.model.receipt import Receipt
from reconciler.ports import Clock
from reconciler.record.holder import describe_holder, is_gone, this_machine
from reconciler.record.home import Home
from reconciler.record.message import beat_message
from reconciler.record.times import Times

# Goes on while a machine sleeps, so that one that wakes up notices that it slept.
_CLOCK = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


def beat_ref(account: str) -> str:
    """Return the branch on which an account's holder beats."""
    return f"refs/heads/reconciler-beat/{account}"


class Beat:
    """A holder's sign of life, renewed by a thread of its own while the ``with`` block runs."""

    def __init__(self, home: Home, receipt: Receipt, commit: str, clock: Clock, times: Times) -> None:
        """Beat for the apply of ``receipt``, whose intent is ``commit``; it was written just now."""
        self._home = home
        self._receipt = receipt
        self._commit = commit
        self._clock = clock
        self._times = times
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._renewed = self._looked = _now()
        self._why = ""

    def __enter__(self) -> "Beat":
        """Begin to beat; the first renewal comes when it is due, because the intent itself is fresh."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop beating."""
        self._ended.set()
        self._thread.join(self._times.look)

    def lost(self) -> str:
        """Return why nothing more may be written, or an empty string while the record is ours.

        Where it can't be asked, the last renewal vouches for some time: nobody may have taken over so soon.
        """
        now = _now()
        if self._why or now - self._looked < self._times.fresh:
            return self._why
        try:
            head = self._home.latest(self._home.ref)
        except RecordError as error:
            vouched = now - self._renewed < self._times.silence / 2
            return "" if vouched else f"Whether this apply still holds the record can't be told: {error}"
        self._looked = now
        if head != self._commit:
            self._why = "Another run has taken this apply over."
        return self._why

    def _run(self) -> None:
        count = 0
        while not self._ended.wait(self._times.renewal) and not self._why:
            if self.lost():
                continue
            count += 1
            began = _now()
            with suppress(RecordError):  # the next one may succeed; whoever watches is patient
                if self._renew(count):
                    self._renewed = began

    def _renew(self, count: int) -> bool:
        ref = beat_ref(self._receipt.account)
        old, repo = self._home.latest(ref), self._home.writable()
        message = beat_message(self._receipt, self._commit, count)
        # A remote that forbids rewriting takes only what grows; a signature would prove nothing here.
        parents = [old] if old and self._home.remote else []
        made = repo.write_commit(repo.write_tree(None, {}), parents, message, self._clock.now(), signed=False)
        return self._home.swap(ref, made, old)


def watch(
    home: Home, pending: Receipt, head: str | None, clock: Clock, times: Times, on_silence: Callable[[float], None]
) -> None:
    """Return when the holder of the record's newest commit ``head`` is gone, or the record has moved on.

    ``on_silence`` is told for how long it has been silent. Raises ``LockedError`` as soon as it is seen to beat.
    """
    if is_gone(pending.holder, this_machine()):
        return
    ref = beat_ref(pending.account)
    began, seen = _now(), home.latest(ref)
    while True:
        silent = _now() - began
        if home.latest(home.ref) != head:
            return
        if home.latest(ref) != seen:
            message, advice = describe_holder(pending, clock.now())
            raise LockedError(f"{message} It is at work: it was seen to beat after {silent:.0f} s.", advice)
        if silent >= times.silence:
            return
        on_silence(silent)
        time.sleep(min(times.look, times.silence))


def _now() -> float:
    return time.clock_gettime(_CLOCK)
