"""Reads many random zone files beside the general way and PyYAML: ``python tests/load/zone_fuzz.py 100000 [--jobs N]``.

Most of each file is plain; something may be odd or wrong, or a change at random may have made it so. The hot path must
find the same record sets at the same places, and the same errors.
"""

import sys
from collections import Counter
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from at_random import main
from load.zone_readings import difference
from load.zone_texts import ZoneTexts, settings


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


if __name__ == "__main__":
    sys.exit(main(__doc__, "files", [read]))
