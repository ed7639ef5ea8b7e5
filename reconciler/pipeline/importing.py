"""The corridor of imports: from the files of other tools to ours; the account itself is never touched."""

from collections.abc import Sequence
from pathlib import Path

from reconciler.edit.emit import emit
from reconciler.edit.files import write_files
from reconciler.edit.merge_zone import merged_zone
from reconciler.edit.zone_text import ZoneText, zone_text
from reconciler.load.account_file import file_settings
from reconciler.load.master_import import MasterImport, declared_by, read_master
from reconciler.load.octodns_zones import (
    OctodnsImport,
    exclusions,
    in_place,
    options_needed,
    prove,
    read_octodns_import,
)
from reconciler.load.tree import WorkTree
from reconciler.model.account import Dns
from reconciler.model.errors import ReconcilerError
from reconciler.model.fields import Json
from reconciler.model.late import dataclass


@dataclass(frozen=True, slots=True)
class ImportedZone:
    """What became of a master file: where its YAML is, and what was read and written."""

    path: str
    read: MasterImport
    written: ZoneText


def settings_in(folder: Path) -> tuple[Dns, tuple[str, ...]]:
    """Return where zone files belong in an account folder and how they are read, and which files aren't ours."""
    return file_settings(WorkTree(folder))


def import_zone(folder: Path, file: str, raw: bytes, zone: str, dns: Dns) -> ImportedZone:
    """Write the master file of a zone as YAML; raises ``DiagnosticsError``, and ``UsageError`` for a file in the way.

    Before it is written the YAML is read again: it declares exactly what the master file does.
    """
    path = f"{dns.directory}/{zone}.yaml"
    read = read_master(file, raw, zone, dns)
    lines = [(record.address, record.data, record.span.line, record.last) for record in read.records]
    written = zone_text(read.state, lines, read.comments, dns)
    if declared_by(path, written.text, zone, dns) != read.state:
        raise ReconcilerError(
            f"The YAML wouldn't declare what {file} does.", "Nothing was written; please report this."
        )
    write_files(folder, {path: written.text})
    return ImportedZone(path, read, written)


@dataclass(frozen=True, slots=True)
class ImportedZones:
    """What became of octoDNS's zones: files written and in place, everything met, and what account.yaml has to say."""

    wrote: tuple[str, ...]
    in_place: tuple[str, ...]
    read: OctodnsImport
    options: Json
    account: str


def import_octodns(
    folder: Path, config: Path, raw: bytes, bases: Sequence[Path], settings: tuple[Dns, tuple[str, ...]]
) -> ImportedZones:
    """Copy the zones of octoDNS's configuration; raises as :func:`import_zone` does, and then nothing is written.

    A file that already lies where it belongs stays there.
    """
    dns, _ = settings
    read = read_octodns_import(str(config), raw, bases)
    targets = {f"{dns.directory}/{name}.yaml": zone for name, zone in read.zones.items()}
    texts = {path: merged_zone([(one.label, one.text) for one in zone.files]) for path, zone in targets.items()}
    prove(texts, targets)
    there = in_place(folder, targets)
    wrote = {path: text for path, text in texts.items() if path not in there}
    write_files(folder, wrote)
    options = options_needed(read.zones, dns.defaults) | exclusions(folder, config, read.zones, settings)
    account = emit(options, "Read the zones as octoDNS does.") if options else ""
    return ImportedZones(tuple(sorted(wrote)), tuple(sorted(there)), read, options, account)
