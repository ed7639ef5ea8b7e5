"""A master file read to be written as YAML, and the YAML read back to prove that it says the same."""

from collections.abc import Mapping

from reconciler.kinds.record import RecordValue
from reconciler.load.master_text import Comment
from reconciler.load.masterfile import MasterRecord, read_master_file
from reconciler.load.problems import Problems
from reconciler.load.zone_records import Records, ZoneSettings
from reconciler.load.zonefile import read_zone_file
from reconciler.load.zones import settings_of
from reconciler.model.account import Dns
from reconciler.model.address import Address
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.errors import DiagnosticsError
from reconciler.model.late import dataclass


@dataclass(frozen=True, slots=True)
class MasterImport:
    """What a master file declares, record by record in the file's order, with its comments and findings."""

    state: Mapping[Address, RecordValue]
    records: tuple[MasterRecord, ...]
    comments: tuple[Comment, ...]
    findings: tuple[Diagnostic, ...]


def read_master(file: str, raw: bytes, zone: str, dns: Dns) -> MasterImport:
    """Return what a zone's master file declares; raises ``DiagnosticsError`` with everything that is wrong with it."""
    problems, records = Problems(), Records()
    found = read_master_file(file, raw, _settings(zone, dns), records, problems)
    if problems.failed:
        raise DiagnosticsError(problems.sorted())
    return MasterImport(records.state, found.records, found.comments, problems.sorted())


def declared_by(file: str, text: str, zone: str, dns: Dns) -> Mapping[Address, RecordValue]:
    """Return the record sets that a zone's YAML declares; raises ``DiagnosticsError``."""
    problems, records = Problems(), Records()
    read_zone_file(file, text.encode(), _settings(zone, dns), records, problems)
    if problems.failed:
        raise DiagnosticsError(problems.sorted())
    return records.state


def _settings(zone: str, dns: Dns) -> ZoneSettings:
    address = f"zone/{zone}"
    return settings_of([address], {}, dns.defaults)[address]
