"""What zone files declare, kept within one process by the ids of their bytes: a commit costs what it changes."""

from collections.abc import Callable
from dataclasses import field
from typing import TypeAlias

from reconciler.gitrepo.objects import blob_id
from reconciler.load.problems import Problems
from reconciler.load.zone_records import ZoneContent, ZoneSettings
from reconciler.model.late import dataclass

#: So many versions of one file are kept; history changes the same few files again and again.
_VERSIONS = 4
_Key: TypeAlias = tuple[str, ZoneSettings]
_Kept: TypeAlias = tuple[ZoneContent, Problems]


@dataclass(frozen=True, slots=True)
class Memo:
    """What was read from the newest versions of each zone file; nothing that is kept is ever changed."""

    _files: dict[str, dict[_Key, _Kept]] = field(default_factory=dict)

    def clear(self) -> None:
        """Remember nothing any more."""
        self._files.clear()

    def zone(
        self, path: str, raw: bytes, settings: ZoneSettings, problems: Problems, read: Callable[[Problems], ZoneContent]
    ) -> ZoneContent:
        """Return what a zone file declares: as it was read from the same bytes before, else ``read`` now."""
        key = (blob_id(raw), settings)
        versions = self._files.setdefault(path, {})
        kept = versions.pop(key, None)
        if kept is None:
            apart = problems.apart()
            kept = (read(apart), apart)
            if not apart.failed:
                apart.forget_sources()  # whoever asks again has the bytes
        versions[key] = kept
        if len(versions) > _VERSIONS:
            del versions[next(iter(versions))]
        problems.absorb(kept[1])
        if not kept[1].failed:
            problems.source(path, raw)
        return kept[0]
