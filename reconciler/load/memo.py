"""What zone files declare, kept within one process by the ids of their bytes: a commit costs what it changes."""

from dataclasses import field
from typing import NamedTuple

from reconciler.load.problems import Problems
from reconciler.load.zone_records import ZoneContent
from reconciler.model.late import dataclass

#: So many versions of one file are kept; history changes the same few files again and again.
_VERSIONS = 4


class Kept(NamedTuple):
    """What a zone file declares, and what was found in it; None for nothing."""

    content: ZoneContent
    found: Problems | None = None


@dataclass(frozen=True, slots=True)
class Memo:
    """What was read from the newest versions of each zone file; nothing that is kept is ever changed."""

    _files: dict[str, dict[str, Kept]] = field(default_factory=dict)

    def clear(self) -> None:
        """Remember nothing any more."""
        self._files.clear()

    def find(self, path: str, key: str) -> Kept | None:
        """Return what was read from the same bytes with the same settings before, which ``key`` stands for."""
        return self._files.get(path, {}).get(key)

    def keep(self, path: str, key: str, kept: Kept) -> None:
        """Remember what was read, and forget what was asked for longest ago."""
        versions = self._files.setdefault(path, {})
        versions.pop(key, None)
        versions[key] = kept
        if len(versions) > _VERSIONS:
            del versions[next(iter(versions))]
