"""All cases: 10,000 generated configurations and 2,000 bombs, always the same."""

from collections.abc import Callable, Mapping
from functools import partial
from random import Random

from fuzz import bombs, grammar, masters, mutations
from fuzz.grammar import Files
from fuzz.measured import Case

#: Of ten generated folders so many are of each family.
FAMILIES: Mapping[str, tuple[Callable[[Random], Files], int]] = {
    "grammar": (grammar.generated, 4),
    "mutated": (mutations.mutated, 2),
    "master files": (masters.master, 1),
    "text": (mutations.raw_text, 1),
    "bytes": (mutations.raw_bytes, 1),
    "hostile": (mutations.hostile, 1),
}
GENERATED, BOMBS = 10_000, 2_000
assert sum(share for _, share in FAMILIES.values()) == 10


def generated(count: int = GENERATED, seed: str = "") -> list[Case]:
    """Return generated configurations."""
    turns = [(family, make) for family, (make, share) in FAMILIES.items() for _ in range(share)]
    return [
        Case(family, f"{family}-{seed}{number}", partial(_made, make, f"{family}-{seed}{number}"))
        for number in range(count)
        for family, make in [turns[number % len(turns)]]
    ]


def of_bombs(count: int = BOMBS, largest: int = bombs.MOST, smallest: int = 2**10) -> list[Case]:
    """Return bombs: of each sort one of the largest size, the others of any size down to the smallest."""
    names = sorted(bombs.BOMBS)
    made = []
    for number in range(count):
        name = names[number % len(names)]
        luck = Random(number).random() if number >= len(names) else 1.0
        size = int(smallest * (min(largest, bombs.HONEST.get(name, largest)) / smallest) ** luck)
        made.append(Case("bombs", f"{name}, {size:,}", partial(bombs.BOMBS[name], size)))
    return made


def honest() -> list[Case]:
    """Return a MiB of each sort of sound resources, which is measured and not judged."""
    names = (*bombs.HONEST, "many record sets")
    return [Case("a MiB of", name, partial(bombs.BOMBS[name], bombs.MOST)) for name in names]


def _made(make: Callable[[Random], Files], seed: str) -> Files:
    return make(Random(seed))
