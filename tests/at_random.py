"""Does a task many times at random, on all processors, and says how it went: what the fuzzing by hand has in common."""

import os
import sys
import time
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import TypeAlias

#: Goes by a seed, does at least so many things, and returns how they went and what is wrong.
Task: TypeAlias = Callable[[str, int], tuple[Counter[str], list[str]]]
_CHUNK = 1000
_MOST_SHOWN = 10


def main(about: str | None, things: str, tasks: Sequence[Task]) -> int:
    """Do as many ``things`` of each task as the command line says; return 1 where anything is wrong."""
    parser = ArgumentParser(description=about)
    parser.add_argument("count", type=int, nargs="?", default=100_000, help=f"how many {things}")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--seed", default="", help=f"other {things}")
    parser.add_argument("--only", choices=[task.__name__ for task in tasks])
    given = parser.parse_args()
    chosen = [task for task in tasks if given.only in (None, task.__name__)]
    return max(_done(task, given.count, given.seed, given.jobs) for task in chosen)


def _done(task: Task, count: int, seed: str, jobs: int) -> int:
    began, went, wrong = time.monotonic(), Counter[str](), list[str]()
    seeds = [f"{seed}{number}" for number in range(-(-count // _CHUNK))]
    with ProcessPoolExecutor(jobs) as pool:
        for counted, found in pool.map(task, seeds, [min(_CHUNK, count)] * len(seeds)):
            went += counted
            wrong += found
    sys.stdout.writelines(f"{text}\n" for text in wrong[:_MOST_SHOWN])
    figures = ", ".join(f"{many:,} {what}" for what, many in sorted(went.items()))
    sys.stdout.write(f"{task.__name__}: {figures}; {len(wrong)} wrong, {time.monotonic() - began:,.0f} s\n")
    return int(bool(wrong))
