"""Rows of the account file as canonical values, and back: the only code that knows how a value is kept.

An entry stands in the file under its *row*: its address, or for a kind with a natural key the address of its own id
(``contact/~3``), because the account doesn't know our names.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import field
from hashlib import sha256
from sqlite3 import Connection
from typing import NamedTuple, TypeAlias

from reconciler.facts import FACTS
from reconciler.kinds import KINDS
from reconciler.kinds.record import as_record, pack, unpack
from reconciler.model.address import Address, decode_part, kind_of
from reconciler.model.errors import IncompleteReadError
from reconciler.model.fields import Value, canonical_json
from reconciler.model.groups import Groups
from reconciler.model.kind import Kind
from reconciler.model.late import dataclass
from reconciler.model.secret import IBAN
from reconciler.model.state import Asked
from reconciler.store.passwords import masked_iban
from reconciler.store.requests import read_requests
from reconciler.store.revisions import read_revisions

#: Kinds that belong to a booked domain; their first key is its name.
DOMAIN_KINDS = frozenset({"zone", "mail_domain", "mailbox", "alias"})


class Stored(NamedTuple):
    """An entry as it stands in the file."""

    value: Value
    version: int
    managed_by: str | None


@dataclass(frozen=True, slots=True)
class Contents:
    """A whole account, read in one transaction and proven complete; values hold no secrets.

    ``hints`` are what may be shown of secrets that the account can read, by address and path. ``requests`` says what
    became of what was asked for, whose values are in ``state``, too. ``claims`` are who manages what, where somebody
    said so. ``revision`` counts the account's transactions; ``revisions`` has the last one that changed each group: a
    kind of settings, requests or facts, or the record sets of a zone (``record/example.org``). ``unlimited`` says
    whether the account books every domain that is declared. ``digests`` are those of each zone's rows, where they were
    asked for: what has the same holds the same record sets.
    """

    number: str
    domains: frozenset[str]
    state: Mapping[Address, Value]
    versions: Mapping[Address, str]
    hints: Mapping[tuple[Address, str], str] = field(default_factory=dict)
    requests: Mapping[Address, Asked] = field(default_factory=dict)
    claims: Mapping[Address, str] = field(default_factory=dict)
    revision: int = 0
    revisions: Mapping[str, int] = field(default_factory=dict)
    unlimited: bool = True
    digests: Mapping[str, str] = field(default_factory=dict)


class RecordRow(NamedTuple):
    """The key of a record set: the zone's address, and name and type as they stand in the address."""

    zone: str
    name: str
    rtype: str


def record_row(address: Address) -> RecordRow:
    """Return the key of a record set's row."""
    _, zone, name, rtype = address.split("/")
    return RecordRow(f"zone/{zone}", name, rtype)


#: What an earlier run has made of the rows of a group (``record/example.org``) with a digest; None where it is unknown.
Known: TypeAlias = Callable[[str, str], Mapping[Address, Value] | None]


def read_contents(connection: Connection, known: Known | None = None) -> Contents:
    """Return everything in the account, within a transaction; what is ``known`` of a zone's rows isn't made again.

    Raises ``IncompleteReadError`` when a group hasn't as many entries as its counter says, ``ValueError``,
    ``KeyError`` or ``TypeError`` for damaged values.
    """
    number, revision = connection.execute("SELECT number, revision FROM account").fetchone()
    domains = frozenset(name for (name,) in connection.execute("SELECT name FROM domain"))
    zones = _Zones(connection, known)
    state: dict[str, Mapping[Address, Value]] = {}
    versions: dict[Address, str] = {}
    short = []
    counts = dict(connection.execute("SELECT name, entries FROM counter ORDER BY name"))
    for name, expected in counts.items():
        group, found = zones.read(name, versions) if "/" in name else (name, _read_entries(connection, name, versions))
        if len(found) != expected:
            short.append(name)
        if found:
            state[group] = found
    requests = read_requests(connection)
    if len(requests) != sum(counts[group] for group in counts if "/" not in group and KINDS[group].is_request):
        short.append("requests")
    if short or sum(map(len, state.values())) != sum(counts.values()) or sum(counts.values()) != _rows(connection):
        raise IncompleteReadError(
            f"The account file doesn't hold as many entries as it says ({', '.join(short) or 'in all'}).",
            "The file is damaged; put back a copy from your backup.",
        )
    return Contents(
        number,
        domains,
        Groups(state),
        versions,
        bank_numbers(connection),
        requests,
        _claims(connection),
        revision,
        read_revisions(connection, (*KINDS, *FACTS)),
        is_unlimited(connection),
        zones.digests,
    )


def is_unlimited(connection: Connection) -> bool:
    """Tell whether the account has a package that books every domain."""
    return connection.execute("SELECT 1 FROM package WHERE unlimited").fetchone() is not None


def _claims(connection: Connection) -> dict[Address, str]:
    return dict(
        connection.execute(
            "SELECT address, managed_by FROM entry WHERE managed_by IS NOT NULL UNION ALL"
            " SELECT 'record' || substr(zone, 5) || '/' || name || '/' || type, managed_by FROM record_set"
            " WHERE managed_by IS NOT NULL"
        )
    )


def _rows(connection: Connection) -> int:
    """Return the number of all rows, so that one without a counter is noticed."""
    (count,) = connection.execute("SELECT (SELECT count(*) FROM entry) + (SELECT count(*) FROM record_set)").fetchone()
    return int(count)


def _read_entries(connection: Connection, kind: str, versions: dict[Address, str]) -> Mapping[Address, Value]:
    from_json = KINDS[kind].from_json
    rows = connection.execute("SELECT address, value, CAST(version AS TEXT) FROM entry WHERE kind = ?", (kind,))
    state = {}
    for address, data, version in rows:
        state[address] = from_json(json.loads(data))
        versions[address] = version
    return state


class _Zones:
    """Reads the record sets of zones; of rows that are ``known`` by their digest nothing is made."""

    def __init__(self, connection: Connection, known: Known | None) -> None:
        self._connection = connection
        self._known = known
        self.digests: dict[str, str] = {}

    def read(self, zone: Address, versions: dict[Address, str]) -> tuple[str, Mapping[Address, Value]]:
        """Return the name of a zone's group and what is in it."""
        # The hot path: 100,000 rows. The addresses are put together by SQLite.
        rows = self._connection.execute(
            "SELECT 'record' || substr(zone, 5) || '/' || name || '/' || type, type, value, CAST(version AS TEXT)"
            " FROM record_set WHERE zone = ?",
            (zone,),
        ).fetchall()
        group = f"record{zone.removeprefix('zone')}"
        versions.update((address, version) for address, _, _, version in rows)
        if self._known is not None:
            said = repr(sorted((address, data) for address, _, data, _ in rows))
            self.digests[group] = digest = sha256(said.encode("utf-8", "surrogateescape")).hexdigest()
            if (known := self._known(group, digest)) is not None and len(known) == len(rows):
                return group, known
        return group, {address: unpack(decode_part(rtype), data) for address, rtype, data, _ in rows}


def stored(connection: Connection, row: Address) -> Stored | None:
    """Return one entry, or None where there is none."""
    if row.startswith("record/"):
        key = record_row(row)
        query = "SELECT value, version, managed_by FROM record_set WHERE zone = ? AND name = ? AND type = ?"
        found = connection.execute(query, key).fetchone()
        return Stored(unpack(decode_part(key.rtype), found[0]), *found[1:]) if found else None
    found = connection.execute("SELECT value, version, managed_by FROM entry WHERE address = ?", (row,)).fetchone()
    return Stored(KINDS[kind_of(row)].from_json(json.loads(found[0])), *found[1:]) if found else None


def put(connection: Connection, row: Address, value: Value, version: int, managed_by: str | None = None) -> None:
    """Write one entry, new or in place of the old one; a claim stays where none is given."""
    if row.startswith("record/"):
        connection.execute(
            "INSERT INTO record_set VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value,"
            " version = excluded.version, managed_by = coalesce(excluded.managed_by, managed_by)",
            (*record_row(row), pack(as_record(value)), version, managed_by),
        )
        return
    kind = KINDS[kind_of(row)]
    domain = domain_of(kind, row)
    data = canonical_json(kind.to_json(value))
    connection.execute(
        "INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE"
        " SET natural_key = excluded.natural_key, value = excluded.value, version = excluded.version,"
        " managed_by = coalesce(excluded.managed_by, managed_by)",
        (row, kind.name, domain, natural_key(kind, value), data, version, managed_by),
    )
    _put_mail_targets(connection, row, kind.references(row, value))


def put_secrets(connection: Connection, row: Address, kept: Mapping[str, str], there: frozenset[str]) -> None:
    """Keep secrets of an entry, and drop those that aren't ``there`` in the form which its value now has."""
    for path, text in kept.items():
        if path == IBAN:
            query = "INSERT INTO bank_number VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET iban = excluded.iban"
        else:
            query = "INSERT INTO password VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET hash = excluded.hash"
        connection.execute(query, (row, path, text))
    if IBAN not in there:
        connection.execute("DELETE FROM bank_number WHERE address = ?", (row,))


def kept_secrets(connection: Connection, row: Address) -> dict[str, str]:
    """Return what is kept of the secrets of an entry, by path: hashes, and an IBAN."""
    query = (
        "SELECT field, hash FROM password WHERE address = ? UNION SELECT field, iban FROM bank_number WHERE address = ?"
    )
    return dict(connection.execute(query, (row, row)).fetchall())


def bank_numbers(connection: Connection) -> dict[tuple[Address, str], str]:
    """Return the IBAN of each entry that has one, masked, by address and path."""
    found = connection.execute("SELECT address, field, iban FROM bank_number").fetchall()
    return {(address, field): masked_iban(iban) for address, field, iban in found}


def _put_mail_targets(connection: Connection, row: Address, references: Iterable[Address]) -> None:
    targets = [reference.partition("/")[2] for reference in references if kind_of(reference) == "mailbox"]
    connection.execute("DELETE FROM mail_target WHERE source = ?", (row,))
    connection.executemany("INSERT OR IGNORE INTO mail_target VALUES (?, ?)", [(row, target) for target in targets])


def move_secrets(connection: Connection, old: Address, new: Address) -> None:
    """Give the secrets of one entry to another."""
    connection.execute("UPDATE password SET address = ? WHERE address = ?", (new, old))


def remove(connection: Connection, row: Address) -> None:
    """Delete one entry; a zone takes its record sets with it, a mailbox its password."""
    if row.startswith("record/"):
        connection.execute("DELETE FROM record_set WHERE zone = ? AND name = ? AND type = ?", record_row(row))
    else:
        connection.execute("DELETE FROM entry WHERE address = ?", (row,))


def domain_of(kind: Kind, row: Address) -> str | None:
    """Return the domain that an entry belongs to, or None for a kind without one."""
    return kind.keys(row)[0] if kind.name in DOMAIN_KINDS else None


def natural_key(kind: Kind, value: Value) -> str | None:
    """Return by what the account recognises an entry without a name, or None for a kind whose name identifies."""
    return str(kind.to_json(value)[kind.natural_key]) if kind.natural_key else None
