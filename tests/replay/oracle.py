"""An independent opinion on the corpus: octoDNS's own YamlProvider (lenient), and the guards computed from the rules.

This file imports nothing of reconciler, so that an error of ours can't hide in both.
"""

import contextlib
import json
import logging
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

logging.disable(logging.CRITICAL)

FOLDER = "hostedzones"
#: The tool's own configuration lies among the zones.
NOT_ZONES = {"octodns.yaml"}

Key = tuple[str, str, str]  # zone, name ("" for the apex), type
Data = tuple[int, tuple[str, ...]]  # TTL and values
Zone = dict[tuple[str, str], Data]


def git(repo: Path, *args: str) -> str:
    """Return the output of a git command."""
    return subprocess.run(["git", "-C", str(repo), *args], check=True, capture_output=True, text=True).stdout


class Oracle:
    """What octoDNS reads in each commit; each version of a file is read once."""

    def __init__(self, repo: Path) -> None:
        self._repo = repo
        self._zones: dict[tuple[str, str], Zone] = {}

    def zones(self, commit: str) -> dict[str, Zone]:
        """Return each zone's record sets at a commit."""
        found = {}
        for line in git(self._repo, "ls-tree", commit, f"{FOLDER}/").splitlines():
            (_mode, _type, blob), path = line.partition("\t")[0].split(), line.partition("\t")[2]
            name = Path(path).name
            if name.endswith(".yaml") and name not in NOT_ZONES:
                zone = name.removesuffix(".yaml")
                found[zone] = self._zone(zone, blob)
        return found

    def _zone(self, zone: str, blob: str) -> Zone:
        if (zone, blob) not in self._zones:
            self._zones[zone, blob] = read_with_octodns(zone, git(self._repo, "cat-file", "blob", blob))
        return self._zones[zone, blob]


def read_with_octodns(zone_name: str, text: str) -> Zone:
    """Return the record sets that octoDNS finds in a zone file."""
    return {
        (record.name, record._type): (record.ttl, tuple(sorted(map(_comparable, _values(record)))))
        for record in octodns_zone(zone_name, text).records
    }


def octodns_zone(zone_name: str, text: str) -> Any:
    """Return a zone file as octoDNS's zone."""
    from octodns.provider.yaml import YamlProvider
    from octodns.zone import Zone as OctoZone

    register_provider_alias()
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / f"{zone_name}.yaml").write_text(text)
        provider = YamlProvider("oracle", folder, default_ttl=3600, enforce_order=False, escaped_semicolons=True)
        zone = OctoZone(f"{zone_name}.", [])
        provider.populate(zone, lenient=True)
    return zone


def register_provider_alias() -> None:
    """Make octoDNS keep `Route53Provider/ALIAS` as data, as it does with that provider's package installed."""
    from octodns.record import Record, RecordException, ValuesMixin

    class Alias(dict):  # type: ignore[type-arg]
        VALIDATORS = ()

        @classmethod
        def process(cls, values: list[dict[str, str]]) -> list["Alias"]:
            return [cls(value) for value in values]

    class ProviderAlias(ValuesMixin, Record):  # type: ignore[misc]
        _type = "Route53Provider/ALIAS"
        _value_type = Alias

        def __hash__(self) -> int:
            return Record.__hash__(self)

    with contextlib.suppress(RecordException):
        Record.register_type(ProviderAlias)


def _values(record: object) -> list[object]:
    return list(record.values) if hasattr(record, "values") else [record.value]  # type: ignore[attr-defined]


def _comparable(value: object) -> str:
    """Return a value as octoDNS hands it to a provider; names without regard to case (RFC 4343)."""
    from octodns.record.chunked import _ChunkedValue

    if isinstance(value, dict):
        return json.dumps({key: str(part).lower() for key, part in value.items()}, sort_keys=True)
    return value.to_raw_text() if isinstance(value, _ChunkedValue) else str(value).lower()


def flat(zones: dict[str, Zone]) -> dict[Key, Data]:
    """Return all record sets by zone, name and type."""
    return {(zone, name, rtype): data for zone, sets in zones.items() for (name, rtype), data in sets.items()}


def difference(before: dict[Key, Data], after: dict[Key, Data]) -> dict[Key, str]:
    """Return what must be done to come from one to the other."""
    changes = {key: "create" for key in after if key not in before}
    changes |= {key: "delete" for key in before if key not in after}
    return changes | {key: "update" for key in after if key in before and after[key] != before[key]}


@dataclass(frozen=True)
class Verdict:
    """Whether the guards of the design let a commit through, and which say no."""

    guards: frozenset[str]

    @property
    def refused(self) -> bool:
        """Whether any guard says no."""
        return bool(self.guards)


def judge(before: dict[str, Zone], after: dict[str, Zone]) -> Verdict:
    """Return the verdict of the rules of section 7 on coming from one set of owned zones to another."""
    guards = set()
    deleted_in_all = 0
    for zone, old in before.items():
        new = after.get(zone, {})
        deleted = [key for key in old if key not in new]
        if zone not in after:
            guards.add("tombstone")
            deleted_in_all += 1 + len(deleted)
            continue
        deleted_in_all += len(deleted)
        if len(deleted) > max(3, len(old) * 3 // 10):
            guards.add("zone threshold")
        if len(old) > 3 and len(deleted) == len(old) and not new:
            guards.add("to zero")
        for rtype in ("MX", "NS"):
            had = any(t == rtype for _, t in old)
            if had and not any(t == rtype for _, t in new):
                guards.add(f"last {rtype}")
    owned = sum(len(sets) + 1 for sets in before.values())
    if deleted_in_all > max(10, owned // 10):
        guards.add("account threshold")
    return Verdict(frozenset(guards))
