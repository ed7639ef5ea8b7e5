"""Reads many random files of the index the direct and the general way: ``python tests/record/fuzz.py 100000``.

Each is read as it was written, and changed at random: both ways find the same, or both refuse.
"""

import sys
from collections import Counter
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from at_random import main
from record.lines import difference, file_of, mutated


def read(seed: str, count: int) -> tuple[Counter[str], list[str]]:
    """Read ``count`` files; return how many there were, and what is wrong."""
    rng, wrong = Random(seed), list[str]()
    for _ in range(count // 2):
        whole = file_of(rng)
        wrong += filter(None, (difference(whole), difference(mutated(rng, whole))))
    return Counter({"files": count}), wrong


if __name__ == "__main__":
    sys.exit(main(__doc__, "files", [read]))
