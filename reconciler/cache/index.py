"""The index of a cache: its entries, each with the day on which it was used last, as one file that proves itself.

A blob is kept as long as an entry names it.
"""

from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from typing import Any, NamedTuple, TypeAlias

from reconciler.cache import plain

#: The sort and the key of an entry.
Key: TypeAlias = tuple[str, str]

#: An entry that no run has used for so long goes.
KEPT_DAYS = 30
#: What the files of one account folder may come to, in bytes.
MOST_BYTES = 256 * 1024 * 1024
#: The most entries.
MOST_ENTRIES = 200_000

_DIGEST = 32
_NAME = 2 * _DIGEST


class Entry(NamedTuple):
    """What is kept, and the day (of the calendar, as an ordinal) on which it was used last."""

    day: int
    what: Any


Entries: TypeAlias = Mapping[Key, Entry]


def encode(entries: Entries, made_by: bytes) -> bytes:
    """Return entries as bytes; ``made_by`` says which program made them, and for which folder."""
    content = plain.dump({key: tuple(entry) for key, entry in entries.items()})
    return sha256(made_by + content).digest() + content


def decode(data: bytes, made_by: bytes) -> Entries:
    """Return the entries that :func:`encode` turned into ``data``; none for what another made, or what is damaged."""
    content = data[_DIGEST:]
    if sha256(made_by + content).digest() != data[:_DIGEST]:
        return {}
    return {key: Entry(*entry) for key, entry in plain.load(content).items()}


def within(entries: Entries, today: int, sizes: Mapping[str, int]) -> Entries:
    """Return the entries that are kept on, those used last first: not too old, not too many, and not too large.

    ``sizes`` are those of the files that are there: of blobs, and of the index as it was written last. A day that
    hasn't come yet, by a clock that went wrong, counts as today.
    """
    if len(entries) <= MOST_ENTRIES and sum(sizes.values()) <= MOST_BYTES:
        return _not_old(entries, today)
    room, counted = MOST_BYTES, set[str]()
    kept: dict[Key, Entry] = {}
    for key, (day, what) in sorted(entries.items(), key=lambda found: -min(found[1].day, today)):
        if today - day > KEPT_DAYS or len(kept) == MOST_ENTRIES:
            break
        named = {name for name in names_in(what) if name in sizes} - counted
        size = sum(sizes[name] for name in named) + weight_of(what)
        if size <= room:
            room -= size
            counted |= named
            kept[key] = Entry(min(day, today), what)
    return kept


def weight_of(what: Any) -> int:
    """Return how many octets and letters stand in an entry itself, but for the names of blobs."""
    weight, left = 0, [what]
    while left:
        one = left.pop()
        if isinstance(one, bytes) or (isinstance(one, str) and len(one) != _NAME):
            weight += len(one)
        elif isinstance(one, dict):
            left += [*one, *one.values()]
        elif isinstance(one, list | tuple):
            left += one
    return weight


def _not_old(entries: Entries, today: int) -> Entries:
    """Return the entries that aren't too old: where there is room for all, nobody asks what they name."""
    return {
        key: entry if entry.day <= today else Entry(today, entry.what)
        for key, entry in entries.items()
        if today - entry.day <= KEPT_DAYS
    }


def gone(kept: Entries, *others: Entries) -> Iterator[Entry]:
    """Yield the entries of ``others`` that aren't among those that are ``kept``."""
    for entries in others:
        for key, entry in entries.items():
            if key not in kept or kept[key].what is not entry.what:
                yield entry


def named(entries: Iterable[Entry]) -> frozenset[str]:
    """Return what may be the names of blobs in entries."""
    return names_in([entry.what for entry in entries])


def names_in(what: Any) -> frozenset[str]:
    """Return each text in an entry, which is made of plain values, that may be the name of a blob."""
    found, left = set[str](), [what]
    while left:
        one = left.pop()
        sort = type(one)
        if sort is str:
            if len(one) == _NAME:
                found.add(one)
        elif sort is list or sort is tuple:
            left += one
        elif sort is dict:
            left += one
            left += one.values()
    return frozenset(found)
