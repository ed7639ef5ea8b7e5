"""The index of a cache: its entries, each with the day on which it was used last, as one file that proves itself.

A blob is kept as long as an entry names it.
"""

from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any, NamedTuple, TypeAlias

from reconciler.cache import plain

#: The sort and the key of an entry.
Key: TypeAlias = tuple[str, str]

#: An entry that no run has used for so long goes.
KEPT_DAYS = 30
#: What the blobs of one account folder may come to, in bytes.
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
    """Return the entries that are kept on, those used last first: not too old, not too many, their blobs not too large.

    A day that hasn't come yet, by a clock that went wrong, counts as today.
    """
    room, counted = MOST_BYTES, set[str]()
    kept: dict[Key, Entry] = {}
    for key, (day, what) in sorted(entries.items(), key=lambda found: -min(found[1].day, today)):
        if today - day > KEPT_DAYS or len(kept) == MOST_ENTRIES:
            break
        named = {name for name in names_in(what) if name in sizes} - counted
        size = sum(sizes[name] for name in named)
        if size <= room:
            room -= size
            counted |= named
            kept[key] = Entry(min(day, today), what)
    return kept


def named(entries: Entries) -> frozenset[str]:
    """Return what may be the names of blobs in entries."""
    return frozenset(name for entry in entries.values() for name in names_in(entry.what))


def names_in(what: Any) -> Iterator[str]:
    """Yield each text in an entry that may be the name of a blob."""
    if isinstance(what, str):
        if len(what) == _NAME:
            yield what
    elif isinstance(what, Mapping):
        for key, value in what.items():
            yield from names_in(key)
            yield from names_in(value)
    elif isinstance(what, tuple | list):
        for value in what:
            yield from names_in(value)
