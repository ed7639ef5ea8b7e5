"""Kills an apply at every point between two effects, and resumes it elsewhere: ``python tests/anger/crashes.py``.

A first run names the points. For each of them the apply is killed there (SIGKILL), and ``apply --resume`` runs in a
fresh clone on what believes to be another machine. Afterwards nothing is lost, nothing was done twice, and the plan is
empty.
"""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from anger.ground import Ground, applied, forked, session
from reconciler.model.plan import Options
from reconciler.model.points import watch_points
from reconciler.pipeline.planning import plan
from reconciler.pipeline.resuming import resume
from reconciler.record.place import open_record
from reconciler.record.times import Times

TIMES = Times(renewal=0.05, silence=0.3, look=0.1, fresh=1.0)


@dataclass(frozen=True)
class Point:
    """The ``index``-th point that a thread reaches: the one that writes, or (``beat``) the one that beats."""

    index: int
    name: str
    beat: bool = False


def points_of(ground: Ground) -> list[Point]:
    """Return every point that an apply reaches, in order, and what that apply did is then in the account's log."""
    ground.restore()
    clone, trace = ground.clone("holder"), ground.root / "points"
    trace.unlink(missing_ok=True)

    def work() -> int:
        with trace.open("w", encoding="utf-8") as file:
            watch_points(lambda name: file.write(f"{int(_is_beat())} {name}\n"))
            return applied(session(clone.path, TIMES))

    assert forked(work) == 0
    lines = [line.split(" ", 1) for line in trace.read_text("utf-8").splitlines()]
    writing = [name for beat, name in lines if beat == "0"]
    beating = [name for beat, name in lines if beat == "1"][:4]
    found = [Point(index, name) for index, name in enumerate(writing)]
    return found + [Point(index, name, beat=True) for index, name in enumerate(beating)]


def survive(ground: Ground, point: Point, expected: Counter[tuple[str, str]]) -> str:
    """Kill an apply at a point, resume it elsewhere, and return what is wrong afterwards, if anything is."""
    ground.restore()
    holder = ground.clone("holder")
    ended = forked(lambda: _dying(holder.path, point))
    if ended != -signal.SIGKILL and not (point.beat and ended == 0):
        return f"it ended with {ended} instead of being killed"
    other = ground.clone("other")
    ended = forked(lambda: _going_on(other.path), host="another-machine")
    if ended:
        return f"resuming ended with {ended}"
    if (found := ground.effects()) != expected:
        lost, doubled = expected - found, found - expected
        return f"lost {sum(lost.values())}: {sorted(lost)[:3]}; too much {sum(doubled.values())}: {sorted(doubled)[:3]}"
    checked = subprocess.run(["git", "-C", str(ground.remote), "fsck", "--strict"], capture_output=True, check=False)
    return "the remote is damaged" if checked.returncode else ""


def _is_beat() -> bool:
    return threading.current_thread() is not threading.main_thread()


def _dying(folder: Path, point: Point) -> int:
    """Apply until the point is reached, and die there."""
    seen = {False: -1, True: -1}

    def kill(_name: str) -> None:
        beat = _is_beat()
        seen[beat] += 1
        if (seen[beat], beat) == (point.index, point.beat):
            os.kill(os.getpid(), signal.SIGKILL)

    watch_points(kill)
    return applied(session(folder, TIMES))


def _going_on(folder: Path) -> int:
    """Resume, apply where nothing had begun, and look: no apply is pending, and nothing is left to do."""
    one = session(folder, TIMES)
    resumed = resume(one, "", lambda _: None, lambda _: None)
    if resumed and not all(step.status == "done" for step in resumed.receipt.steps):
        return 71
    if resumed is None and (ended := applied(one)):
        return ended
    again = plan(one, Options())
    state = open_record(folder, again.desired.config).read()
    if state.pending or state.applied.number != 2:
        return 72
    return 73 if again.plan.changes or again.plan.drift or again.plan.notes else 0


def sampled(points: Sequence[Point], count: int) -> list[Point]:
    """Return about ``count`` points, evenly, and each name of a point at least once."""
    step = max(1, -(-len(points) // count)) if count else 1
    first = {point.name: point for point in reversed(points)}
    return sorted({*points[::step], *first.values()}, key=lambda point: (point.beat, point.index))


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def main() -> int:
    """Run as the arguments say, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--changes", type=int, default=200)
    parser.add_argument("--points", type=int, default=0, help="how many at most (0: all)")
    given = parser.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="crashes-") as folder:
        ground = Ground(Path(folder) / "ground", given.changes)
        ground.prepare()
        points = points_of(ground)
        expected = ground.effects()
        chosen = sampled(points, given.points)
        _say(f"{len(points)} points, {len(chosen)} of them are tried; {sum(expected.values())} effects")
        wrong = 0
        for done, point in enumerate(chosen, 1):
            if said := survive(ground, point, expected):
                wrong += 1
                _say(f"point {point.index} ({point.name}{', beat' if point.beat else ''}): {said}")
            if done % 50 == 0:
                _say(f"  {done} points, {wrong} wrong, {time.monotonic() - began:.0f} s")
    _say(f"points {len(chosen)}  wrong {wrong}  {time.monotonic() - began:.0f} s")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
