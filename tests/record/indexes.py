"""An index in memory, and entries for it."""

from collections.abc import Iterable, Mapping

from reconciler.model.address import Address, join
from reconciler.model.fields import Json
from reconciler.record.cutting import needed, updated
from reconciler.record.index import decode


class Index:
    """An index in memory, kept by ``updated`` alone; ``read`` counts what was read, all of which was foreseen."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.read = 0
        self.foreseen: set[str] = set()

    def learn(self, changes: Mapping[Address, Json | None], planned: Iterable[Address] = ()) -> dict[str, bytes | None]:
        """Learn changes, of which there might have been more; return the files that were written or removed."""
        self.foreseen = needed({path: path for path in self.files}, self.entries(), {*changes, *planned})
        written = updated({path: path for path in self.files}, self._read, self.entries(), changes)
        for path, data in written.items():
            if data is None:
                del self.files[path]
            else:
                self.files[path] = data
        return written

    def entries(self) -> dict[Address, Json]:
        """Return all entries."""
        return {address: entry for data in self.files.values() for address, entry in decode(data).items()}

    def _read(self, paths: Iterable[str]) -> dict[str, bytes]:
        found = {path: self.files[path] for path in paths}
        assert found.keys() <= self.foreseen
        self.read += len(found)
        return found


def hosts(*numbers: int, zone: str = "example.org", what: Json = 1) -> dict[Address, Json]:
    """Return entries of a zone."""
    return {join("record", zone, f"h{number}", "A"): {"value": what} for number in numbers}
