"""The applied index in groups: what an earlier run read of a zone's record sets is found by the ids of their files.

A group of which nothing is known is read and kept, so that the next run reads none of its files, and makes its values
only when somebody looks inside. Other kinds may hold personal fields: they are read each time, and never kept.
"""

from array import array
from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import lru_cache
from typing import NamedTuple

from reconciler import __version__
from reconciler.cache import plain
from reconciler.cache.cache import Cache
from reconciler.model.address import Address, kind_of
from reconciler.model.collector import collector_paused
from reconciler.model.errors import CacheLostError
from reconciler.model.fields import Json, Value, digest_of
from reconciler.model.groups import Group, differing, groups_of, opened
from reconciler.model.late import dataclass
from reconciler.model.state import Applied, Origins, Provenance, State
from reconciler.record import index

_SORT = "index"
_FORMAT = 1
_RECORD = "record/"


class Part(NamedTuple):
    """What the record says of one group, and what is known of it without a look inside."""

    state: State
    provenance: Mapping[Address, Provenance]


@dataclass(frozen=True, slots=True)
class Parts:
    """The groups of an index: those that the ``cache`` knows, and of the others the blobs that are to be read."""

    cache: Cache
    files: Mapping[str, tuple[str, ...]]
    known: Mapping[str, Part]

    @classmethod
    def of(cls, cache: Cache, files: Mapping[str, str]) -> "Parts":
        """Return the groups of an index, given its files (path -> blob id)."""
        groups = cls.ids_in(files)
        found = ((group, _known(cache, group, ids)) for group, ids in groups.items())
        return cls(cache, groups, {group: part for group, part in found if part is not None})

    @staticmethod
    def ids_in(files: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
        """Return the ids of each group's blobs, in the order of their paths."""
        blobs: dict[str, list[str]] = {}
        for path, blob in sorted(files.items()):
            blobs.setdefault(index.group_at(path), []).append(blob)
        return {group: tuple(ids) for group, ids in blobs.items()}

    @property
    def wanted(self) -> set[str]:
        """The ids of the blobs that are to be read."""
        return {blob for group, ids in self.files.items() if group not in self.known for blob in ids}

    def read(self, blobs: Mapping[str, bytes]) -> dict[str, Part]:
        """Return every group that isn't empty; raises ``ValueError`` and its like for what no index holds."""
        with collector_paused(bool(self.wanted)):
            made = {
                group: self.known.get(group) or self._read(group, ids, [blobs[blob] for blob in ids])
                for group, ids in self.files.items()
            }
        return {group: part for group, part in made.items() if part.state}

    def _read(self, group: str, ids: tuple[str, ...], contents: Iterable[bytes]) -> Part:
        state: dict[Address, Value] = {}
        provenance: dict[Address, Provenance] = {}
        is_zone = group.startswith(_RECORD)
        from reconciler.record.zone_lines import read_lines

        for data in contents:
            found = read_lines(data) if is_zone else _entries(data)
            state |= found[0]
            provenance |= found[1]
        inside = f"{group}/" if is_zone else ""
        if not all(a.startswith(inside) and "\n" not in a if is_zone else kind_of(a) == group for a in state):
            raise ValueError(f"the files of {group} hold something else")
        part = Part(state, provenance)
        return keep_part(self.cache, group, ids, part) if is_zone else part


def keep_part(cache: Cache, group: str, ids: Iterable[str], part: Part) -> Part:
    """Keep what is read of a zone's record sets for later runs, and return it with what is known of it."""
    state = cache.keep_group(part.state)
    count = len(part.provenance)
    protected = frozenset(address for address, origin in part.provenance.items() if origin.protect)
    # What was read isn't held on to: mostly it is desired just so, and is in memory already.
    told = _encode(part.provenance)
    if state.id:
        cache.keep(_SORT, _key(group, ids), (state.id, count, cache.keep_bytes(told), tuple(sorted(protected))))
    return Part(state, Origins(lambda: _decode(told, state), count, protected))


def keep_learnt(
    cache: Cache, files: Mapping[str, str], applied: Applied, learnt: Mapping[Address, Json | None], desired: State
) -> None:
    """Keep what an index of these ``files`` (path -> blob id) says since it has ``learnt`` more than was ``applied``.

    Nothing is lost where that can't be done: the next run reads it.
    """
    groups, wanted = Parts.ids_in(files), groups_of(desired)
    with suppress(CacheLostError):
        for group, changes in groups_of(learnt).items():
            if group in groups and group.startswith(_RECORD) and cache.is_kept:
                keep_part(cache, group, groups[group], _learnt(applied, group, changes, wanted.get(group, {})))


def _learnt(applied: Applied, group: str, changes: Mapping[Address, Json | None], desired: State) -> Part:
    """Return what is known of a group after some changes; where that is what is ``desired`` of it, it is that."""
    before, came = groups_of(applied.state).get(group, {}), dict[Address, Value]()
    provenance = dict(opened(groups_of(applied.provenance).get(group, {})))
    for address, entry in changes.items():
        provenance.pop(address, None)
        if entry is not None:
            came[address], provenance[address] = index.from_json(address, entry)
    is_desired = all(desired.get(address) == came.get(address) for address in changes)
    if is_desired and changes.keys() >= differing(desired, before):
        return Part(desired, provenance)
    left = {address: value for address, value in opened(before).items() if address not in changes}
    return Part(left | came, provenance)


def _known(cache: Cache, group: str, ids: Iterable[str]) -> Part | None:
    """Return what an earlier run kept of a group, or None."""
    entry = cache.find(_SORT, _key(group, ids)) if group.startswith(_RECORD) else None
    if entry is None:
        return None
    content, count, origins, protected = entry
    state: Group[Value] = cache.group(group, content, count)
    return Part(state, Origins(lambda: _decode(cache.blob(origins), state), count, frozenset(protected)))


def _key(group: str, ids: Iterable[str]) -> str:
    return digest_of([_FORMAT, __version__, group, *ids])


def _encode(provenance: Mapping[Address, Provenance]) -> bytes:
    """Return where each entry comes from: what there is, once, and which of it each address has, in their order."""
    origins = list(map(provenance.__getitem__, sorted(provenance)))
    numbers = {origin: number for number, origin in enumerate(dict.fromkeys(origins))}
    picks = array("I", map(numbers.__getitem__, origins))
    return plain.dump(([tuple(origin) for origin in numbers], b"" if len(numbers) == 1 else picks.tobytes()))


def _decode(data: bytes, state: State) -> dict[Address, Provenance]:
    table, picks = plain.load(data)
    origins = [Provenance(*facts) for facts in table]
    if not picks:
        return dict.fromkeys(state, origins[0])
    return {address: origins[number] for address, number in zip(sorted(state), array("I", picks), strict=True)}


@lru_cache(maxsize=1024)
def _entries(data: bytes) -> index.Found:
    """Return what a file of the index keeps; in one process most of them are read again as they were."""
    from reconciler.record.zone_lines import read_whole

    return read_whole(data)
