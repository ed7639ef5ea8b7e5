"""The whole of the fuzzing, with its figures: ``python tests/fuzz/run.py [--jobs N] [--only bombs|generated]``."""

import argparse
import json
import os
import sys
import time
from collections.abc import Iterable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from fuzz import cases
from fuzz.measured import MOST_MIB, MOST_SECONDS, Case, Result, run


def main() -> int:
    """Run what was asked for and return 1 where a case broke a bound or got an unsound answer."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--only", choices=("generated", "bombs"))
    parser.add_argument("--seed", default="", help="another 10,000 configurations")
    parser.add_argument("--name", default="", help="only cases whose name holds this")
    given = parser.parse_args()
    chosen = [] if given.only == "bombs" else [(cases.generated(seed=given.seed), 100)]
    chosen += [] if given.only == "generated" else [(cases.of_bombs(), 1)]
    results: list[Result] = []
    started = time.monotonic()
    for every, chunk in chosen:
        results += _watched([case for case in every if given.name in case.name], chunk, given.jobs)
    sys.stdout.write(table(results))
    if given.only != "generated" and not given.name:
        sys.stdout.write("Sound resources, not judged; a MiB of each:\n")
        for one in run(cases.honest(), 1):
            sys.stdout.write(f"  {one.seconds:>6.2f} s {one.mib:>7.1f} MiB  {one.name}\n")
    sys.stdout.write(f"\n{len(results):,} cases in {time.monotonic() - started:,.0f} s, {given.jobs} at a time.\n")
    bad = [result for result in results if result.is_bad]
    return 1 if bad or not results else 0


def _watched(chosen: list[Case], chunk: int, jobs: int) -> list[Result]:
    """Return all results, saying at once what is bad."""
    results = []
    for result in run(chosen, chunk, jobs):
        results.append(result)
        if result.is_bad:
            sys.stdout.write(f"BAD {json.dumps(result.name)}: {result.seconds} s, {result.mib} MiB. {result.fault}\n")
        if len(results) % 1000 == 0:
            sys.stdout.write(f"{len(results):,} of {len(chosen):,}\n")
        sys.stdout.flush()
    return results


def table(results: Iterable[Result]) -> str:
    """Return the figures by family, and the costliest bombs."""
    everything = list(results)
    rows = [f"\n{'family':<12}{'cases':>8}{'bad':>6}{'worst s':>9}{'worst MiB':>11}   slowest\n"]
    for family in dict.fromkeys(one.family for one in everything):
        own = [one for one in everything if one.family == family]
        slowest = max(own, key=lambda one: one.seconds)
        peak, bad = max(one.mib for one in own), sum(one.is_bad for one in own)
        rows.append(
            f"{family:<12}{len(own):>8,}{bad:>6}{slowest.seconds:>9.2f}{peak:>11.1f}   {json.dumps(slowest.name)}\n"
        )
    costly = sorted((one for one in everything if one.family == "bombs"), key=lambda one: -one.seconds)[:10]
    rows += [f"  {one.seconds:>6.2f} s {one.mib:>7.1f} MiB  {one.name}\n" for one in costly]
    return "".join(rows) + f"Bounds: {MOST_SECONDS:g} s of CPU, {MOST_MIB:g} MiB.\n"


if __name__ == "__main__":
    sys.exit(main())
