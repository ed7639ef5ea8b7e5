"""Runs whole processes to their end and says what they cost, as the operating system counts it.

The process that measures must stay small: Linux counts what it holds as the first peak of each process that it starts.
"""

import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO


class BenchError(Exception):
    """What keeps a row from being measured; the message says it."""


@dataclass(frozen=True)
class Sample:
    """One process: ``cpu`` is user and system time with that of its children, ``peak`` its largest memory in MiB."""

    wall: float
    cpu: float
    peak: float
    said: str = field(default="", repr=False)

    def figures(self) -> dict[str, float]:
        """Return the figures without what was printed."""
        return {"wall": round(self.wall, 4), "cpu": round(self.cpu, 4), "peak": round(self.peak, 1)}


@dataclass(frozen=True)
class Command:
    """A command line, where it runs, and in which environment; ``codes`` are the ends that mean success."""

    line: Sequence[str]
    folder: Path
    env: Mapping[str, str]
    codes: tuple[int, ...] = (0,)


def measured(command: Command, limit: float = 1200) -> Sample:
    """Run a process to its end and return what it cost; raises ``BenchError`` with what it printed if it fails."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        started = time.monotonic()
        process = subprocess.Popen(
            command.line, cwd=command.folder, env=dict(command.env), stdin=subprocess.DEVNULL, stdout=out, stderr=err
        )
        with _ended_after(limit, process.pid):
            _, status, usage = os.wait4(process.pid, 0)
        wall = time.monotonic() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        texts = [_text(file) for file in (out, err)]
    if process.returncode not in command.codes:
        line = " ".join(command.line)
        raise BenchError(f"{line}: exit {process.returncode}\n" + "\n".join(text[-2000:] for text in texts))
    return Sample(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, texts[0])


@contextmanager
def _ended_after(limit: float, pid: int) -> Iterator[None]:
    """End a process that takes too long, so that one experiment can't hold up all others."""
    signal.signal(signal.SIGALRM, lambda *_: os.kill(pid, signal.SIGKILL))
    signal.setitimer(signal.ITIMER_REAL, limit)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _text(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode(errors="replace")
