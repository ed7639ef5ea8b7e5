"""The cache of one account folder: small entries by sort and key, and large blobs by the digest of what is in them."""

from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from datetime import date
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

from reconciler.cache import files, index
from reconciler.cache.program import program
from reconciler.model.address import Address, group_of
from reconciler.model.errors import CacheLostError
from reconciler.model.fields import Value
from reconciler.model.groups import Group, differing, opened

#: So many account folders have a cache; of more those go that were used longest ago.
_MOST_FOLDERS = 64
#: Where record sets differ from others at so many addresses at most, that is less work than to encode all of them.
_FEW = 200
#: So few bytes stand in the entry itself: a file of their own would cost more.
_SMALL = 4096


class Cache:
    """What was kept by earlier runs over an account folder.

    Without a ``folder`` nothing is kept. One that isn't ``believed`` finds nothing, and keeps what is new all the same.
    """

    def __init__(self, folder: Path | None = None, *, believed: bool = True) -> None:
        """Open nothing yet."""
        self._folder = folder
        self._believed = believed
        self._old: index.Entries | None = None
        self._index: bytes | None = None
        self._used: set[index.Key] = set()
        self._new: dict[index.Key, Any] = {}
        self._gone: set[index.Key] = set()
        self._made: dict[str, bytes] = {}
        self._groups: dict[str, dict[str, Group[Value]]] = {}

    @property
    def is_kept(self) -> bool:
        """Whether anything is kept at all."""
        return self._folder is not None

    def find(self, sort: str, key: str) -> Any | None:
        """Return the entry of an earlier run, or None; it is made of plain values."""
        if (sort, key) in self._new:
            return self._new[sort, key]
        if self._believed and (sort, key) not in self._gone and (entry := self._earlier().get((sort, key))):
            self._used.add((sort, key))
            return entry.what
        return None

    def keep(self, sort: str, key: str, entry: Any) -> None:
        """Keep an entry, made of plain values, for later runs."""
        if self._folder is not None:
            self._gone.discard((sort, key))
            self._new[sort, key] = entry

    def drop(self, sort: str, key: str) -> None:
        """Keep an entry no longer: what it was about is known to be gone."""
        self._new.pop((sort, key), None)
        self._used.discard((sort, key))
        self._gone.add((sort, key))

    def keep_blob(self, data: bytes) -> str:
        """Keep bytes for later runs, as long as an entry names them; return their name, the digest of what they are."""
        name = sha256(data).hexdigest()
        if self._folder is not None:
            self._made[name] = data
        return name

    def keep_bytes(self, data: bytes) -> bytes | str:
        """Keep bytes for later runs and return what the entry tells of them: few themselves, else a blob's name."""
        return data if len(data) <= _SMALL else self.keep_blob(data)

    def blob(self, name: bytes | str) -> bytes:
        """Return the bytes of an earlier run; raises ``CacheLostError`` where they are gone or damaged."""
        if isinstance(name, bytes):
            return name
        if name in self._made:
            return self._made[name]
        data = files.read(self._folder, name) if self._folder else None
        if data is not None and sha256(data).hexdigest() == name:
            return data
        if data is not None and self._folder:
            files.remove(self._folder, [name])  # else it would be taken for kept
        raise CacheLostError(f"The cache has lost {name[:12]}.")

    def keep_group(self, group: Mapping[Address, Value]) -> Group[Value]:
        """Keep record sets for later runs and return them as a group with an id: equal ones have the same.

        What is desired, live and applied of a zone is mostly equal: then it is one group, encoded once; and what
        differs little from another is encoded from that.
        """
        if isinstance(group, Group) and group.id:
            return group
        if self._folder is None:
            return Group.of(group)
        known = self._groups.setdefault(group_of(next(iter(group), "")), {})
        made = self._like(known.values(), group)
        if made is None:
            from reconciler.cache.groups import encode

            made = Group.of(group, self.keep_blob(encode(group)))
        return known.setdefault(made.id, made)

    def _like(self, known: Iterable[Group[Value]], group: Mapping[Address, Value]) -> Group[Value] | None:
        """Return a group made from what is known: from an equal one, or one that differs at a few addresses."""
        for kept in known:
            unlike = _unlike(kept, group)
            if unlike is not None and len(unlike) <= _FEW:
                return self._changed(kept, group, unlike) if unlike else kept
        return None

    def _changed(self, kept: Group[Value], group: Mapping[Address, Value], unlike: Collection[Address]) -> Group[Value]:
        from reconciler.cache.groups import Columns

        held = opened(kept)
        columns = held if isinstance(held, Columns) else Columns(self.blob(kept.id))
        return Group.of(group, self.keep_blob(columns.changed(group, unlike)), (kept.id, unlike))

    def group(self, name: str, id: str, count: int) -> Group[Value]:
        """Return record sets that an earlier run kept; whoever looks inside may meet ``CacheLostError``.

        ``name`` is the group's; in one run the same record sets are one group.
        """
        made = Group(lambda: self._columns(id), count, id)
        return self._groups.setdefault(name, {}).setdefault(id, made)

    def _columns(self, id: str) -> Mapping[Address, Value]:
        from reconciler.cache.groups import Columns

        return Columns(self.blob(id))

    def disbelieve(self) -> None:
        """Find nothing of earlier runs any more, nor what this one kept on the strength of them."""
        self._believed = False
        self._used.clear()
        self._new.clear()
        self._gone.clear()
        self._groups.clear()

    def write(self, today: int | None = None) -> None:
        """Write what is new, as of a day (an ordinal), else today; where that can't be done, nothing is kept."""
        today = today or date.today().toordinal()
        if self._folder is None or not self._is_news(today):
            return
        with suppress(OSError):
            is_new = files.make(self._folder)
            self._write(self._folder, self._merged(today), today)
            if is_new:
                files.sweep_beside(self._folder, index.KEPT_DAYS, _MOST_FOLDERS)

    def forget(self) -> None:
        """Remove the index, so that no later run believes what earlier ones left."""
        if self._folder is not None:
            files.remove(self._folder, [files.INDEX])
        self._folder = None

    def _write(self, folder: Path, entries: index.Entries, today: int) -> None:
        there = files.sizes(folder)
        kept = index.within(entries, today, there | {name: len(data) for name, data in self._made.items()})
        named = index.named(kept.values())
        missing = {name: data for name, data in self._missing(there).items() if name in named}
        files.write(folder, {**missing, files.INDEX: index.encode(kept, self._made_by)})
        files.remove(folder, index.named(index.gone(kept, self._earlier(), entries)) - named)
        files.sweep(folder, named | {files.INDEX})

    def _merged(self, today: int) -> index.Entries:
        """Return the entries of this run, and of those that have ended since it began."""
        earlier = self._earlier(anew=True)
        used = {key: entry.what for key, entry in earlier.items() if key in self._used} | self._new
        entries = {**earlier, **{key: index.Entry(today, what) for key, what in used.items()}}
        return {key: entry for key, entry in entries.items() if key not in self._gone}

    def _is_news(self, today: int) -> bool:
        earlier = self._earlier()
        return (
            any(key not in earlier or earlier[key] != (today, what) for key, what in self._new.items())
            or any(earlier[key].day != today for key in self._used)
            or not self._gone.isdisjoint(earlier)
            or bool(self._made and self._folder and self._missing(files.sizes(self._folder)))
        )

    def _missing(self, there: Mapping[str, int]) -> dict[str, bytes]:
        return {name: data for name, data in self._made.items() if there.get(name) != len(data)}

    def _earlier(self, anew: bool = False) -> index.Entries:
        """Return the entries of earlier runs; ``anew`` also those of runs that have ended since this one began."""
        if self._old is None or anew:
            data = files.read(self._folder, files.INDEX) if self._folder else None
            if self._old is None or data != self._index:
                self._old = index.decode(data, self._made_by) if data is not None else {}
                self._index = data
        return self._old

    @cached_property
    def _made_by(self) -> bytes:
        return program() + str(self._folder).encode("utf-8", "surrogateescape")


def _unlike(kept: Mapping[Address, Value], group: Mapping[Address, Value]) -> set[Address] | None:
    """Return where two groups differ; None where the cache has lost one of them."""
    try:
        return differing(kept, group)
    except CacheLostError:
        return None


#: Keeps nothing.
NO_CACHE = Cache()
