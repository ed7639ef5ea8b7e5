"""Reads and writes many random messages beside dnspython: ``python tests/nameserver/fuzz.py 100000 [--jobs N]``.

Read are answers that dnspython wrote, each as it is and changed at random: we read the same, or refuse. Written are
updates: dnspython reads them, and a server of a few lines finds in them what was meant. Signed are requests, by us, and
answers to them, by dnspython: we and dnspython say the same of each.
"""

import argparse
import os
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from nameserver.reading import answer, difference, mutated, ours, slip, theirs
from nameserver.signatures import disagreement
from nameserver.writing import case, fault

#: How often each message that dnspython wrote is read in a changed form.
_MUTATIONS = 4
_CHUNK = 1000


def read(seed: str, count: int) -> tuple[Counter[str], list[str]]:
    """Read ``count`` messages; return how it went, and what is wrong."""
    rng, went, wrong = Random(seed), Counter[str](), []
    while went.total() < count:
        whole = answer(rng)
        if ours(whole) != theirs(whole):
            wrong.append(f"not read: {whole.hex()}\n  ours   {ours(whole)}\n  theirs {theirs(whole)}")
        went["read"] += 1
        wrong += filter(None, [slip(whole, whole)])
        for _ in range(_MUTATIONS):
            wire = mutated(rng, whole)
            went["changed and refused" if isinstance(ours(wire), str) else "changed and read"] += 1
            wrong += filter(None, [difference(wire), slip(wire, whole)])
    return went, wrong


def sign(seed: str, count: int) -> tuple[Counter[str], list[str]]:
    """Sign ``count`` requests and prove the answers; return how it went, and what is wrong."""
    rng, went, wrong = Random(seed), Counter[str](), []
    for _ in range(count):
        end, found = disagreement(rng)
        went[end] += 1
        wrong += filter(None, [found])
    return went, wrong


def write(seed: str, count: int) -> tuple[Counter[str], list[str]]:
    """Write at least ``count`` messages; return how it went, and what is wrong."""
    rng, went, wrong = Random(seed), Counter[str](), []
    while went["written"] < count:
        given = case(rng)
        messages, found = fault(rng, given)
        went["written"] += messages
        went["zones"] += 1
        if found:
            wrong.append(f"{found}: {given}")
    return went, wrong


def main() -> int:
    """Do both and return 1 where something is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int, nargs="?", default=100_000, help="how many messages each way")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--seed", default="", help="other messages")
    parser.add_argument("--only", choices=("read", "write", "sign"))
    given = parser.parse_args()
    failed = False
    for task in [task for task in (read, write, sign) if given.only in (None, task.__name__)]:
        started, went, wrong = time.monotonic(), Counter[str](), []
        seeds = [f"{given.seed}{number}" for number in range(-(-given.count // _CHUNK))]
        with ProcessPoolExecutor(given.jobs) as pool:
            for some, bad in pool.map(task, seeds, [min(_CHUNK, given.count)] * len(seeds)):
                went += some
                wrong += bad
        sys.stdout.writelines(f"{text}\n" for text in wrong[:10])
        figures = ", ".join(f"{count:,} {what}" for what, count in sorted(went.items()))
        sys.stdout.write(f"{task.__name__}: {figures}; {len(wrong)} wrong, {time.monotonic() - started:,.0f} s\n")
        failed |= bool(wrong)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
