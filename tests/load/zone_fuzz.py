"""Reads many random zone files beside the general way and PyYAML: ``python tests/load/zone_fuzz.py 100000 [--jobs N]``.

Most of each file is plain; something may be odd or wrong, or a change at random may have made it so. The hot path must
find the same record sets at the same places, and the same errors.
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

from load.zone_readings import difference
from load.zone_texts import ZoneTexts, settings

_CHUNK = 1000


def read(seed: str, count: int) -> tuple[Counter[str], list[str]]:
    """Read ``count`` files; return how it went, and what is wrong."""
    rng, went, wrong = Random(seed), Counter[str](), []
    texts = ZoneTexts(rng)
    for _ in range(count):
        raw, how = texts.text().encode("utf-8"), settings(rng)
        way, found = difference(raw, how)
        went[way] += 1
        if found:
            wrong.append(f"{found}: {raw!r} {how}")
    return went, wrong


def main() -> int:
    """Read all and return 1 where something is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int, nargs="?", default=100_000, help="how many files")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--seed", default="", help="other files")
    given = parser.parse_args()
    began, went, wrong = time.monotonic(), Counter[str](), list[str]()
    seeds = [f"{given.seed}{number}" for number in range(-(-given.count // _CHUNK))]
    with ProcessPoolExecutor(given.jobs) as pool:
        for counted, found in pool.map(read, seeds, [min(_CHUNK, given.count)] * len(seeds)):
            went += counted
            wrong += found
    sys.stdout.writelines(f"{text}\n" for text in wrong[:10])
    ways = ", ".join(f"{count:,} {way}" for way, count in sorted(went.items()))
    figures = f"{went.total():,} zone files read ({ways}), {len(wrong)} wrong"
    sys.stdout.write(f"{figures}, {time.monotonic() - began:,.0f} s\n")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
