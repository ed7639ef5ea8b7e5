"""The cache of one account folder: small entries by sort and key, and large blobs by the digest of what is in them."""

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from reconciler.cache import files, groups, plain
from reconciler.model.address import Address
from reconciler.model.errors import CacheLostError
from reconciler.model.fields import Value
from reconciler.model.groups import Group


class Cache:
    """What was kept by earlier runs over an account folder.

    Without a ``folder`` nothing is kept. One that isn't ``believed`` finds nothing, and keeps what is new all the same.
    """

    def __init__(self, folder: Path | None = None, *, believed: bool = True) -> None:
        """Open nothing yet."""
        self._folder = folder
        self._believed = believed
        self._old: dict[tuple[str, str], Any] | None = None
        self._new: dict[tuple[str, str], Any] = {}
        self._made: dict[str, bytes] = {}

    def find(self, sort: str, key: str) -> Any | None:
        """Return the entry of an earlier run, or None; it is made of plain values."""
        found = self._new.get((sort, key))
        if found is None and self._believed:
            found = self._entries().get((sort, key))
            if found is not None:
                self._new[sort, key] = found  # what was used is kept on
        return found

    def keep(self, sort: str, key: str, entry: Any) -> None:
        """Keep an entry for later runs."""
        self._new[sort, key] = entry

    def keep_blob(self, data: bytes) -> str:
        """Keep bytes for later runs and return their name, the digest of what is in them."""
        name = sha256(data).hexdigest()
        if self._folder is not None:
            self._made[name] = data
        return name

    def blob(self, name: str) -> bytes:
        """Return the bytes of an earlier run; raises ``CacheLostError`` where they are gone or damaged."""
        data = self._made.get(name) or (files.read(self._folder / "blobs" / name) if self._folder else None)
        if data is None or sha256(data).hexdigest() != name:
            raise CacheLostError(f"The cache has lost {name[:12]}.")
        return data

    def keep_group(self, group: Mapping[Address, Value]) -> Group[Value]:
        """Keep record sets for later runs and return them as a group with an id: equal ones have the same."""
        if isinstance(group, Group) and group.id:
            return group
        if self._folder is None:
            return Group.of(group)
        return Group.of(group, self.keep_blob(groups.encode(group)))

    def group(self, id: str, count: int) -> Group[Value]:
        """Return record sets that an earlier run kept; whoever looks inside may meet ``CacheLostError``."""
        return Group(lambda: groups.decode(self.blob(id)), count, id)

    def write(self) -> None:
        """Write what is new; where that can't be done, nothing is kept."""
        if self._folder is None or not (self._made or self._new):
            return
        files.write_all(self._folder, self._made, plain.dump({**self._entries(), **self._new}))

    def _entries(self) -> dict[tuple[str, str], Any]:
        if self._old is None:
            data = files.read(self._folder / "index") if self._folder else None
            self._old = plain.load(data) if data is not None else {}
        return self._old


#: Keeps nothing.
NO_CACHE = Cache()
