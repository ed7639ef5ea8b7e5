"""The zone files that octoDNS's configuration asks for, read as we read them: proof that they may be copied."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from reconciler.kinds.record import RecordValue
from reconciler.kinds.record_text import is_wire_type
from reconciler.kinds.zone import ZoneKind, ZoneModel
from reconciler.load.files import covers
from reconciler.load.octodns_config import OctodnsConfig, WantedZone, YamlSource, read_octodns
from reconciler.load.octodns_features import Occurrence
from reconciler.load.problems import Problems
from reconciler.load.source_text import decode
from reconciler.load.tree import Entry, WorkTree
from reconciler.load.yaml11 import OtherReading, other_readings
from reconciler.load.yaml_text import ZONE
from reconciler.load.zone_records import Records, ZoneSettings
from reconciler.load.zonefile import read_zone_file
from reconciler.load.zones import settings_of
from reconciler.model.account import Dns, ZoneOptions
from reconciler.model.address import Address, decode_part
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.errors import DiagnosticsError, ReconcilerError
from reconciler.model.fields import Json
from reconciler.model.late import dataclass
from reconciler.model.scalars import refusals
from reconciler.model.span import Span

_KIND = ZoneKind()


class ZoneFile(NamedTuple):
    """A file of a zone: its name in diagnostics, where it lies, and its text."""

    label: str
    path: Path
    text: str


@dataclass(frozen=True, slots=True)
class OctodnsZone:
    """A zone: the files it is made of, how they are read, and what they declare."""

    files: tuple[ZoneFile, ...]
    settings: ZoneSettings
    state: Mapping[Address, RecordValue]


@dataclass(frozen=True, slots=True)
class OctodnsImport:
    """Everything that is imported, what else was met, and every scalar that octoDNS reads differently."""

    zones: Mapping[str, OctodnsZone]
    occurrences: tuple[Occurrence, ...]
    readings: tuple[OtherReading, ...]
    findings: tuple[Diagnostic, ...]


def read_octodns_import(file: str, raw: bytes, bases: Sequence[Path]) -> OctodnsImport:
    """Return what octoDNS's configuration imports; its folders are looked for below ``bases``, in this order.

    Raises ``DiagnosticsError`` with everything that is wrong with the configuration and the zone files.
    """
    problems = Problems()
    config = read_octodns(file, raw, problems)
    finder = _Finder(bases, problems)
    found = finder.zones(config)
    occurrences = config.occurrences
    readings: list[OtherReading] = []
    settings = _settings(found)
    zones = {}
    for zone, one in found.items():
        records = Records()
        for path in one.files:
            read_zone_file(path.label, path.text.encode(), settings[f"zone/{zone}"], records, problems)
            readings += other_readings(path.label, path.text.encode())
        occurrences += _occurrences(records)
        zones[zone] = OctodnsZone(one.files, settings[f"zone/{zone}"], records.state)
    if problems.failed:
        raise DiagnosticsError(problems.sorted())
    return OctodnsImport(zones, tuple(occurrences), tuple(readings), problems.sorted())


@dataclass(frozen=True, slots=True)
class _Found:
    """The files of one zone, and the configuration that asks for it."""

    wanted: WantedZone
    files: tuple[ZoneFile, ...]


@dataclass(slots=True)
class _Folder:
    """A source's folder: where diagnostics say it is, and what lies in it."""

    label: str
    place: Path
    tree: WorkTree
    paths: Mapping[str, Entry]


@dataclass(slots=True)
class _Finder:
    """Looks for the files of zones."""

    bases: Sequence[Path]
    problems: Problems
    folders: dict[str, _Folder | None] = field(default_factory=dict)

    def zones(self, config: OctodnsConfig) -> dict[str, _Found]:
        """Return the files of every zone by its canonical name; what is named counts before what a pattern finds."""
        found: dict[str, _Found] = {}
        for wanted in sorted(config.wanted, key=lambda zone: bool(zone.pattern)):
            if wanted.pattern:
                folder = self._folder(wanted.source)
                names = [name for name in self._names(folder, wanted.source) if name not in config.named]
                for name in names:
                    if fnmatchcase(name, wanted.pattern):
                        self._add(name, wanted, found)
            else:
                self._add(wanted.name, wanted, found)
        return found

    def _add(self, name: str, wanted: WantedZone, found: dict[str, _Found]) -> None:
        try:
            zone = decode_part(_KIND.address((name,)).partition("/")[2])
        except refusals():
            self.problems.error("octodns-config", f"`{name}` is not the name of a zone.", wanted.span)
            return
        if "/" in zone:
            self.problems.error("octodns-config", f"`{name}` can't be the name of a file.", wanted.span)
        elif zone not in found:
            folder = self._folder(wanted.source)
            files = self._files(folder, name, zone, wanted) if folder else ()
            if files:
                found[zone] = _Found(wanted, files)

    def _names(self, folder: _Folder | None, source: YamlSource) -> list[str]:
        """Return the zones of a folder as octoDNS lists them, with their last dot."""
        names: set[str] = set()
        for path in folder.paths if folder else ():
            parts = path.split("/")
            if len(parts) == 1 and source.zone_files and path.endswith(".yaml") and path.count(".") > 1:
                names.add(path.removesuffix("yaml"))
            elif len(parts) > 1 and source.split and parts[0].endswith(source.split):
                names.add(parts[0].removesuffix(source.split) + ".")
        return sorted(names)

    def _files(self, folder: _Folder, name: str, zone: str, wanted: WantedZone) -> tuple[ZoneFile, ...]:
        source, stems = wanted.source, dict.fromkeys((name.removesuffix("."), zone))
        paths = []
        for stem in stems:
            if source.split:
                below = f"{stem}{source.split}/"
                inside = (path for path in folder.paths if path.startswith(below) and path.endswith(".yaml"))
                paths += sorted(path for path in inside if path.count("/") == 1)
            if source.zone_files and f"{stem}.yaml" in folder.paths:
                paths.append(f"{stem}.yaml")
        if not paths and not source.may_miss:
            detail = f"The folder {folder.label} holds no file of the zone {zone}."
            remedy = "Add the file, or take the zone out of octoDNS's configuration."
            self.problems.error("zone-without-file", detail, wanted.span, remedy)
        read = (self._file(folder, path) for path in paths)
        return tuple(file for file in read if file is not None)

    def _file(self, folder: _Folder, path: str) -> ZoneFile | None:
        label = f"{folder.label}/{path}"
        if folder.paths[path] != "file":
            detail = f"{label} is a link or something else that isn't a file."
            self.problems.error("unsafe-path", detail, Span(label, 1, 1), "Put the file itself there.")
            return None
        try:
            text = decode(label, folder.tree.read(path), self.problems, ZONE.size)
        except OSError as error:
            self.problems.error("unreadable-file", f"{label}: {error.strerror or error}.", Span(label, 1, 1))
            return None
        return None if text is None else ZoneFile(label, folder.place / path, text)

    def _folder(self, source: YamlSource) -> _Folder | None:
        """Return a source's folder, None for one that was reported."""
        if source.directory not in self.folders:
            self.folders[source.directory] = self._open(source)
        return self.folders[source.directory]

    def _open(self, source: YamlSource) -> _Folder | None:
        path = PurePosixPath(source.directory)
        if path.is_absolute() or ".." in path.parts:
            detail = f"`{source.directory}` leads outside of the folder."
            self.problems.error("unsafe-path", detail, source.span, "Write its path from here.")
            return None
        base = next((base for base in self.bases if (base / path).is_dir()), None)
        if base is None:
            detail = f"There is no folder `{source.directory}` here or beside the configuration."
            self.problems.error("unreadable-file", detail, source.span, "Run the import where octoDNS runs.")
            return None
        if any((base / part).is_symlink() for part in [*path.parents, path]):
            detail = f"`{source.directory}` is a symbolic link, or lies behind one."
            self.problems.error("unsafe-path", detail, source.span, "Name the folder itself.")
            return None
        tree = WorkTree(base / path)
        return _Folder(str(path), base / path, tree, tree.paths())


def prove(texts: Mapping[str, str], zones: Mapping[str, OctodnsZone]) -> None:
    """Raise unless every new file, given by its path, declares exactly what the zone's old ones do."""
    problems = Problems()
    wrong = []
    for path, text in texts.items():
        records = Records()
        read_zone_file(path, text.encode(), zones[path].settings, records, problems)
        wrong += [path] if records.state != zones[path].state else []
    if problems.failed:
        raise DiagnosticsError(problems.sorted())
    if wrong:
        raise ReconcilerError(f"{wrong[0]} wouldn't declare what octoDNS's files do.", "Please report this.")


def in_place(folder: Path, zones: Mapping[str, OctodnsZone]) -> frozenset[str]:
    """Return the paths at which a zone's only file lies already."""
    return frozenset(
        path
        for path, zone in zones.items()
        if len(zone.files) == 1 and zone.files[0].path.resolve() == (folder / path).resolve()
    )


def options_needed(zones: Mapping[str, OctodnsZone], given: ZoneOptions) -> dict[str, Json]:
    """Return what account.yaml must say beyond ``given`` so that zones are read as octoDNS does; empty for nothing."""
    wanted = {zone: _options(one.settings) for zone, one in zones.items()}
    ours = _options(ZoneSettings("")) | given.model_dump(exclude_none=True)
    common = Counter(tuple(options.items()) for options in wanted.values()).most_common(1)
    defaults = dict(common[0][0]) if common else ours
    changed = {name: value for name, value in defaults.items() if ours[name] != value}
    apart = {
        zone: {name: value for name, value in options.items() if defaults[name] != value}
        for zone, options in sorted(wanted.items())
        if options != defaults
    }
    needed: dict[str, Json] = {"dns": {"defaults": changed}} if changed else {}
    return needed | ({"zones": apart} if apart else {})


def exclusions(
    folder: Path, config: Path, zones: Mapping[str, OctodnsZone], settings: tuple[Dns, tuple[str, ...]]
) -> dict[str, Json]:
    """Return what account.yaml has to exclude: octoDNS's files below the account folder that would be read as ours."""
    dns, excluded = settings
    sources = [config, *(file.path for zone in zones.values() for file in zone.files)]
    found = {path for source in sources if (path := _below(source.resolve(), folder.resolve())) is not None}
    inner = {path for path in found if not path.startswith(f"{dns.directory}/")}
    tops = {path.partition("/")[0] for path in inner}
    missing = sorted(top for top in tops if not any(covers(glob, top) for glob in excluded))
    return {"exclude": [*excluded, *missing]} if missing else {}


def _below(path: Path, folder: Path) -> str | None:
    return path.relative_to(folder).as_posix() if path.is_relative_to(folder) else None


def _options(settings: ZoneSettings) -> dict[str, Json]:
    names = ("default_ttl", "lenient", "escaped_semicolons")
    return {name: getattr(settings, name) for name in names}


def _settings(found: Mapping[str, _Found]) -> dict[Address, ZoneSettings]:
    """Return how the files of each zone are read: as octoDNS does."""
    options = {
        f"zone/{zone}": (
            ZoneModel.model_construct(
                default_ttl=one.wanted.source.default_ttl,
                lenient=one.wanted.lenient,
                escaped_semicolons=one.wanted.source.escaped_semicolons,
            ),
            one.wanted.span,
        )
        for zone, one in found.items()
    }
    return settings_of(options, options, ZoneOptions())


def _occurrences(records: Records) -> Iterator[Occurrence]:
    """Yield what a zone holds besides plain records."""
    for address, value in records.state.items():
        span, what = records.places[address], address.partition("/")[2]
        if not is_wire_type(value.rtype):
            yield Occurrence("alias-records", span, what)
        names = json.loads(value.options) if value.options else ()
        for name in dict.fromkeys(name if name in ("geo", "dynamic") else "record-options" for name in names):
            yield Occurrence(name, span, what)
