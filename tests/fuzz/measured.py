"""Runs cases in children of their own and measures each: CPU seconds, and how much memory its peak took.

What is bounded is one load of a folder: the CPU time of the process (user and system), and the growth of its resident
memory from before to the peak, as Linux counts it (``VmHWM``, reset before each case). A child is a fork of a process
that has imported everything, so that start-up isn't counted. An endless case ends by a limit of CPU time, a greedy one
by a limit of address space; the parent sees which case it was.

A second of CPU is longer where neighbours share the processor's core. So a case over a bound is run again, alone in its
child, up to twice, and its best figures count.
"""

import gc
import json
import os
import resource
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from fuzz.grammar import ACCOUNT, Files
from fuzz.verdict import answer, unsound

MOST_SECONDS = 2.0
MOST_MIB = 256.0
#: What ends a child: far above the bounds, so that a case over them is measured and named, and far below a machine's.
_CPU_LIMIT, _SPACE_LIMIT = 60, 4 * 2**30
#: What makes the loader import everything that it imports late.
_EVERY_LIBRARY = b"""
vars: {a: x}
removed: {mailbox/a@example.org: {reason: '{{ vars.a | upper }}'}}
contacts: {erika: {name: Erika, email: erika@example.org, phone: '+49 511 123456', nmae: x}}
mail: {'m\xc3\xbcnchen.example': {aliases: {a: [b]}}}
"""
_STATUS, _RESET = Path("/proc/self/status"), Path("/proc/self/clear_refs")


@dataclass(frozen=True)
class Case:
    """One folder to load; ``make`` is called in the child, so that its files cost the parent nothing."""

    family: str
    name: str
    make: Callable[[], Files]


@dataclass(frozen=True)
class Result:
    """What became of a case. ``fault`` is empty for a sound answer."""

    family: str
    name: str
    seconds: float
    mib: float
    fault: str

    @property
    def is_bad(self) -> bool:
        """Whether the answer isn't sound, or cost too much."""
        return bool(self.fault) or self.seconds > MOST_SECONDS or self.mib > MOST_MIB


def run(cases: Sequence[Case], chunk: int, jobs: int = 1) -> Iterator[Result]:
    """Yield the result of each case; ``chunk`` cases share a child, ``jobs`` children run at a time."""
    answer({"account.yaml": ACCOUNT, "zones/example.org.yaml": b"{}", "x.yaml": _EVERY_LIBRARY})
    chunks = [cases[start : start + chunk] for start in range(0, len(cases), chunk)]
    running: list[tuple[int, str, Sequence[Case]]] = []
    while chunks or running:
        while chunks and len(running) < jobs:
            running.append(_start(chunks.pop(0)))
        pid, file, given = running.pop(0)
        _, status = os.waitpid(pid, 0)
        done = [Result(**json.loads(line)) for line in Path(file).read_text("utf-8").splitlines()]
        Path(file).unlink()
        yield from (_again(given[number], one) for number, one in enumerate(done))
        if len(done) < len(given):
            ended = given[len(done)]
            code = os.waitstatus_to_exitcode(status)
            yield Result(ended.family, ended.name, float(_CPU_LIMIT), 0.0, f"The process ended with {code}.")
            chunks.insert(0, given[len(done) + 1 :])


def _again(case: Case, first: Result) -> Result:
    """Return the best of up to three results of a case that has none but sound answers."""
    best = first
    for _ in range(2):
        if best.fault or not best.is_bad or best.seconds > 5 * MOST_SECONDS:
            break
        pid, file, _ = _start([case])
        os.waitpid(pid, 0)
        for line in Path(file).read_text("utf-8").splitlines():
            one = Result(**json.loads(line))
            best = replace(one, seconds=min(one.seconds, best.seconds), mib=min(one.mib, best.mib))
        Path(file).unlink()
    return best


def _start(cases: Sequence[Case]) -> tuple[int, str, Sequence[Case]]:
    handle, file = tempfile.mkstemp(prefix="fuzz-")
    pid = os.fork()
    if pid == 0:
        try:
            _child(cases, handle)
        finally:
            os._exit(0)
    os.close(handle)
    return pid, file, cases


def _child(cases: Sequence[Case], handle: int) -> None:
    gc.freeze()  # what the parent has imported isn't looked through again for each case
    used = time.process_time()
    resource.setrlimit(resource.RLIMIT_CPU, (int(used) + _CPU_LIMIT * (1 + len(cases) // 10), resource.RLIM_INFINITY))
    resource.setrlimit(resource.RLIMIT_AS, (_SPACE_LIMIT, resource.RLIM_INFINITY))
    for case in cases:
        os.write(handle, json.dumps(asdict(measure(case))).encode() + b"\n")


def measure(case: Case) -> Result:
    """Return the result of a case, measured in this process."""
    files = case.make()
    gc.collect()
    before, started = _memory("VmRSS", reset=True), time.process_time()
    given = answer(files)
    seconds = time.process_time() - started
    grown = max(0.0, _memory("VmHWM") - before)
    return Result(case.family, case.name, round(seconds, 3), round(grown, 1), unsound(files, given))


def _memory(what: str, reset: bool = False) -> float:
    """Return a figure of this process in MiB; ``reset`` lets the peak begin anew. Elsewhere than on Linux: nothing."""
    if not _STATUS.exists():
        return 0.0
    if reset:
        _RESET.write_text("5")
    line = next(line for line in _STATUS.read_text().splitlines() if line.startswith(what))
    return int(line.split()[1]) / 1024
