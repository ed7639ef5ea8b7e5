"""Reads many random files of the index the direct and the general way: ``python tests/record/fuzz.py 100000``.

Each is read as it was written, and changed at random: both ways find the same, or both refuse.
"""

import argparse
import sys
import time
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from record.lines import difference, file_of, mutated


def main() -> int:
    """Read them all and return 1 where something differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int, nargs="?", default=100_000, help="how many files")
    parser.add_argument("--seed", default="", help="other files")
    given = parser.parse_args()
    started, rng, wrong = time.monotonic(), Random(given.seed), list[str]()
    for _ in range(given.count // 2):
        whole = file_of(rng)
        wrong += filter(None, (difference(whole), difference(mutated(rng, whole))))
    sys.stdout.writelines(f"{text}\n" for text in wrong[:10])
    sys.stdout.write(f"{given.count:,} files; {len(wrong)} wrong, {time.monotonic() - started:,.0f} s\n")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
