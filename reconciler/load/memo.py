"""What files declare, kept within one process by the ids of their blobs: a commit costs what it changes."""

from dataclasses import field
from typing import NamedTuple, TypeVar

from reconciler.load.nodes import Mapping
from reconciler.load.problems import Problems
from reconciler.load.sections import Sections
from reconciler.load.zone_records import ZoneContent, ZoneSettings
from reconciler.model.late import dataclass

#: So many versions of one zone file are kept, history changes the same few files again and again; of an ordinary one
#: those before and after a commit.
_ZONE_VERSIONS, _VERSIONS = 4, 2

_Id = TypeVar("_Id")
_What = TypeVar("_What")


class Kept(NamedTuple):
    """What a zone file declares, and what was found in it; None for nothing."""

    content: ZoneContent
    found: Problems | None = None


class Ordinary(NamedTuple):
    """What an ordinary file declares in which nothing was found: its sections, and all else that stands in it."""

    sections: Sections
    rest: Mapping


class Version(NamedTuple):
    """What the outcome of a file goes by: git's id of its bytes, and how it is read."""

    blob: str
    settings: ZoneSettings


@dataclass(frozen=True, slots=True)
class Memo:
    """What was read from the newest versions of each file; nothing that is kept is ever changed."""

    _files: dict[str, dict[Version, Kept]] = field(default_factory=dict)
    _ordinary: dict[str, dict[str, Ordinary]] = field(default_factory=dict)

    def clear(self) -> None:
        """Remember nothing any more."""
        self._files.clear()
        self._ordinary.clear()

    def find(self, path: str, version: Version) -> Kept | None:
        """Return what was read from the same bytes with the same settings before."""
        return self._files.get(path, {}).get(version)

    def knows(self, path: str, blob: str) -> bool:
        """Tell whether a file was read when it had these bytes, so that they may well not be needed again."""
        return any(version.blob == blob for version in self._files.get(path, ()))

    def keep(self, path: str, version: Version, kept: Kept) -> None:
        """Remember what was read, and forget what was asked for longest ago."""
        _remember(self._files.setdefault(path, {}), version, kept, _ZONE_VERSIONS)

    def find_ordinary(self, path: str, blob: str) -> Ordinary | None:
        """Return what was read from the same bytes of an ordinary file before."""
        return self._ordinary.get(path, {}).get(blob)

    def keep_ordinary(self, path: str, blob: str, kept: Ordinary) -> None:
        """Remember what was read from an ordinary file."""
        _remember(self._ordinary.setdefault(path, {}), blob, kept, _VERSIONS)


def _remember(versions: dict[_Id, _What], version: _Id, kept: _What, most: int) -> None:
    versions.pop(version, None)
    versions[version] = kept
    if len(versions) > most:
        del versions[next(iter(versions))]
