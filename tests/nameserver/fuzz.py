"""Reads and writes many random messages beside dnspython: ``python tests/nameserver/fuzz.py 100000 [--jobs N]``.

Read are answers that dnspython wrote, each as it is and changed at random: we read the same, or refuse. Written are
updates: dnspython reads them, and a server of a few lines finds in them what was meant. Signed are requests, by us, and
answers to them, by dnspython: we and dnspython say the same of each.
"""

import sys
from collections import Counter
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from at_random import main
from nameserver.reading import answer, difference, mutated, ours, slip, theirs
from nameserver.signatures import disagreement
from nameserver.writing import case, fault

#: How often each message that dnspython wrote is read in a changed form.
_MUTATIONS = 4


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


if __name__ == "__main__":
    sys.exit(main(__doc__, "messages", [read, write, sign]))
