"""The corridor of imports: from the files of other tools to ours; the account itself is never touched."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from reconciler.edit.files import write_files
from reconciler.edit.zone_text import ZoneText, zone_text
from reconciler.load.desired import load_desired
from reconciler.load.files import ACCOUNT_FILE
from reconciler.load.master_import import MasterImport, declared_by, read_master
from reconciler.load.tree import WorkTree
from reconciler.model.account import Dns
from reconciler.model.errors import ReconcilerError


@dataclass(frozen=True, slots=True)
class ImportedZone:
    """What became of a master file: where its YAML is, and what was read and written."""

    path: str
    read: MasterImport
    written: ZoneText


def settings_in(folder: Path, today: date) -> Dns:
    """Return where zone files belong in an account folder, and how they are read; ours where there is no account."""
    exists = (folder / ACCOUNT_FILE).exists()
    return load_desired(WorkTree(folder), today).config.dns if exists else Dns()


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
