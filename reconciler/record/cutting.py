"""How the applied index is cut into files, so that an apply reads and writes about what it changes.

    record/example.org.json         up to 1,000 entries are one file
    record/example.org/ab.json      above, there is one for each first byte of SHA-256(address)
    record/example.org/ab/c.json    above 25,600, one for each three digits of it; above 409,600, for each four

The cut depends on nothing but the number of entries, so equal content is equal files; whoever reads takes any cut.
Files are rewritten by lines: one whose entry doesn't change is never read as JSON. This file is pure; paths are
relative to ``applied/``.
"""

from collections.abc import Callable, Iterable, Mapping
from hashlib import sha256
from typing import TypeAlias

from reconciler.model.address import Address
from reconciler.model.fields import Json
from reconciler.model.groups import groups_of
from reconciler.record.index import group_at, joined, line_of, lines_of

#: Up to how many entries a group has files for so many digits.
LIMITS = ((1000, 0), (25_600, 2), (409_600, 3))
_MOST_DIGITS = 4

#: Returns the bytes of blobs by their ids.
Read: TypeAlias = Callable[[Iterable[str]], Mapping[str, bytes]]


def updated(
    files: Mapping[str, str],
    read: Read,
    known: Mapping[Address, object],
    changes: Mapping[Address, Json | None],
) -> dict[str, bytes | None]:
    """Return the files to write (or, with None, to remove) so that the index learns ``changes``.

    ``files`` maps the index's paths to blob ids, which ``read`` reads; ``known`` are all addresses of the index. An
    entry of None is forgotten. Raises ``ValueError`` when a file can't be read.
    """
    parts = _parts(files, known, changes)
    blobs = read(part.files[path] for part in parts for path in part.needed)
    result: dict[str, bytes | None] = {}
    for part in parts:
        result |= part.learnt({path: blobs[part.files[path]] for path in part.needed}, read)
    return result


def needed(files: Mapping[str, str], known: Mapping[Address, object], addresses: Iterable[Address]) -> set[str]:
    """Return the ids of all blobs that :func:`updated` may read, whatever of these ``addresses`` it learns."""
    return {part.files[path] for part in _parts(files, known, dict.fromkeys(addresses)) for path in part.at_most}


def _parts(
    files: Mapping[str, str], known: Mapping[Address, object], changes: Mapping[Address, Json | None]
) -> list["_Part"]:
    there: dict[str, dict[str, str]] = {group: {} for group in groups_of(changes)}
    for path, blob in files.items():
        if (group := group_at(path)) in there:
            there[group][path] = blob
    counts = {group: len(found) for group, found in groups_of(known).items()}
    return [_Part(group, there[group], learnt, counts.get(group, 0)) for group, learnt in groups_of(changes).items()]


class _Part:
    """One group while it learns: its files (path -> blob id), what changes, and how many entries it had."""

    def __init__(
        self, group: str, files: Mapping[str, str], changes: Mapping[Address, Json | None], count: int
    ) -> None:
        self.files = files
        self._changes = changes
        self._count = count
        self._stem = _stem(group)
        self._digits = self._cut()
        #: The files without which it can't be said what to write.
        self.needed = {self._path(a, self._digits) for a in changes} & files.keys() if self._digits else set(files)

    @property
    def at_most(self) -> Iterable[str]:
        """The files that are read whichever of the changes come true: all of them where the cut may change."""
        most = len(self._changes)
        cuts = {_digits_of(self._count - most), _digits_of(self._count + most)}
        return self.needed if cuts == {self._digits} else self.files

    def learnt(self, old: dict[str, bytes], read: Read) -> dict[str, bytes | None]:
        """Return the files that differ, given those that are needed; ``read`` reads more where the cut changes."""
        lines = {path: lines_of(data) for path, data in old.items()}
        digits = self._digits_after(lines)
        if digits != self._digits:
            rest = read(blob for path, blob in self.files.items() if path not in old)
            old |= {path: rest[blob] for path, blob in self.files.items() if path not in old}
            every = {address: line for data in old.values() for address, line in lines_of(data).items()}
            lines = {}
            for address, line in every.items():
                lines.setdefault(self._path(address, digits), {})[address] = line
        for address, entry in self._changes.items():
            inside = lines.setdefault(self._path(address, digits), {})
            if entry is None:
                inside.pop(address, None)
            else:
                inside[address] = line_of(address, entry)
        written = {path: joined(inside) for path, inside in lines.items() if inside}
        gone: dict[str, bytes | None] = {path: None for path in old if path not in written}
        return gone | {path: data for path, data in written.items() if old.get(path) != data}

    def _digits_after(self, lines: Mapping[str, Mapping[Address, str]]) -> int:
        """Return by how many digits the files are to be cut, given the lines of those that are needed."""
        before = {address for inside in lines.values() for address in inside}
        told = {address for address, entry in self._changes.items() if entry is not None}
        count = self._count if self._digits else len(before)
        count += len(told - before) - len(self._changes.keys() & before - told)
        return _digits_of(count)

    def _cut(self) -> int:
        """Return by how many digits the files are cut; 0 also where they aren't all cut alike, and all are needed."""
        start = len(self._stem) + 1
        found = {0 if path == f"{self._stem}.json" else len(path[start:-5].replace("/", "")) for path in self.files}
        return found.pop() if len(found) == 1 else 0

    def _path(self, address: Address, digits: int) -> str:
        if not digits:
            return f"{self._stem}.json"
        digest = sha256(address.encode("utf-8", "surrogatepass")).hexdigest()
        below = f"/{digest[2:digits]}" if digits > 2 else ""
        return f"{self._stem}/{digest[:2]}{below}.json"


def _digits_of(count: int) -> int:
    """Return by how many digits the files of so many entries are cut."""
    return next((digits for most, digits in LIMITS if count <= most), _MOST_DIGITS)


def _stem(group: str) -> str:
    """Return where a group's file or folder is; a name in ``.json`` is escaped, so that no file meets a folder."""
    return f"{group[:-5]}%2Ejson" if group.endswith(".json") else group
