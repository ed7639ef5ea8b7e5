"""What the account says of itself: kept as the company wrote it, or worked out of what the account holds.

``domain`` and ``package`` have tables of their own, because the account's rules need them; ``log`` is the change log.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from hashlib import sha256
from sqlite3 import Connection
from typing import Any

from reconciler.facts import FACTS
from reconciler.facts.domain import Domain
from reconciler.facts.package import Package
from reconciler.model.address import Address, decode_part, kind_of
from reconciler.model.errors import AccountError, IncompleteReadError
from reconciler.model.facts import Fact, Facts
from reconciler.model.fields import canonical_json
from reconciler.store.entries import put
from reconciler.store.log import read_log
from reconciler.store.tables import PACKAGE, mail_domain_value

_UNKEPT = {"id", "used"}


def read_kinds(connection: Connection, kinds: Iterable[str]) -> Facts:
    """Return all facts of these kinds.

    Raises ``IncompleteReadError`` when a kind hasn't as many facts as its counter says, ``ValueError`` for damaged
    ones.
    """
    wanted = frozenset(kinds)
    found = [fact for kind in wanted for fact in _READERS.get(kind, _read_kept)(connection, kind)]
    return Facts.of(wanted, found)


def first_facts(kinds: frozenset[str]) -> Facts:
    """Return what a new account says of itself."""
    package = Package(id=PACKAGE, title=PACKAGE, tariff=f"package/{PACKAGE}", unlimited=True)
    return Facts.of(kinds, [package] if "package" in kinds else [])


def read_content(connection: Connection, address: Address) -> bytes:
    """Return the file of a fact; raises ``AccountError`` where there is none, ``ValueError`` for a damaged one."""
    key = _key(address)
    row = connection.execute("SELECT value FROM fact WHERE kind = ? AND name = ?", key).fetchone()
    file = connection.execute("SELECT content FROM fact_file WHERE kind = ? AND name = ?", key).fetchone()
    if row is None or file is None:
        raise AccountError(f"The account has no file {address}.", "`reconciler show` lists what there is.")
    content = bytes(file[0])
    if json.loads(row[0])["sha256"] != sha256(content).hexdigest():
        raise ValueError(f"{address} is damaged")
    return content


def put_kinds(
    connection: Connection,
    kinds: Iterable[str],
    facts: Sequence[Fact],
    files: Mapping[Address, bytes],
    revision: int,
    now: str,
) -> None:
    """Replace the facts of these kinds, and the files that belong to them; within a transaction."""
    by_kind: dict[str, list[Fact]] = {kind: [] for kind in kinds}
    for fact in facts:
        by_kind[fact.kind].append(fact)
    packages = by_kind.pop("package", None)
    _put_packages(connection, packages)
    _put_domains(connection, by_kind.pop("domain", None), revision, now)
    _drop_packages(connection, packages)
    for kind, found in by_kind.items():
        connection.execute("DELETE FROM fact WHERE kind = ?", (kind,))
        connection.executemany(
            "INSERT INTO fact VALUES (?, ?, ?)",
            [(kind, fact.name, canonical_json(_with_file(fact, files.get(fact.address)))) for fact in found],
        )
        held = [(kind, fact.name, files[fact.address]) for fact in found if fact.address in files]
        connection.executemany("INSERT INTO fact_file VALUES (?, ?, ?)", held)
        connection.execute(
            "INSERT INTO fact_counter VALUES (?, 0, ?) ON CONFLICT DO UPDATE SET revision = excluded.revision",
            (kind, revision),
        )


def _with_file(fact: Fact, content: bytes | None) -> dict[str, Any]:
    data = fact.model_dump(mode="json")
    return data if content is None else {**data, "sha256": sha256(content).hexdigest(), "size": len(content)}


def _key(address: Address) -> tuple[str, str]:
    return kind_of(address), decode_part(address.partition("/")[2])


def _read_kept(connection: Connection, kind: str) -> list[Fact]:
    rows = connection.execute("SELECT value FROM fact WHERE kind = ? ORDER BY name", (kind,)).fetchall()
    counted = connection.execute("SELECT facts FROM fact_counter WHERE kind = ?", (kind,)).fetchone() or (0,)
    if len(rows) != counted[0]:
        raise IncompleteReadError(
            f"The account file doesn't hold as many facts as it says ({kind}).",
            "The file is damaged; put back a copy from your backup.",
        )
    return [FACTS[kind].model_validate(json.loads(value)) for (value,) in rows]


def _read_log(connection: Connection, _kind: str) -> Sequence[Fact]:
    return read_log(connection)


def _read_domains(connection: Connection, _kind: str) -> list[Fact]:
    rows = connection.execute("SELECT name, package, booked, renews, status FROM domain ORDER BY name").fetchall()
    names = ("domain", "package", "booked", "renews", "status")
    return [
        Domain.model_validate(dict(zip(names, (name, package, booked[:10], renews, status), strict=True)))
        for name, package, booked, renews, status in rows
    ]


def _read_packages(connection: Connection, _kind: str) -> list[Fact]:
    domains = dict(connection.execute("SELECT package, count(*) FROM domain GROUP BY package"))
    mailboxes = dict(
        connection.execute(
            "SELECT package, count(*) FROM entry JOIN domain ON domain.name = entry.domain"
            " WHERE kind = 'mailbox' GROUP BY package"
        )
    )
    return [
        Package.model_validate(
            {
                "title": name,
                "tariff": f"package/{name}",
                **json.loads(value),
                "id": name,
                "unlimited": bool(unlimited),
                "used": {"domains": domains.get(name, 0), "mailboxes": mailboxes.get(name, 0)},
            }
        )
        for name, unlimited, value in connection.execute("SELECT name, unlimited, value FROM package").fetchall()
    ]


def _put_packages(connection: Connection, packages: Sequence[Fact] | None) -> None:
    connection.executemany(
        "INSERT INTO package VALUES (?, ?, ?) ON CONFLICT DO UPDATE"
        " SET unlimited = excluded.unlimited, value = excluded.value",
        [
            (found.id, found.unlimited, canonical_json(found.model_dump(mode="json", exclude=_UNKEPT)))
            for found in packages or ()
            if isinstance(found, Package)
        ],
    )


def _drop_packages(connection: Connection, packages: Sequence[Fact] | None) -> None:
    if packages is None:
        return
    kept = {found.name for found in packages}
    for (name,) in connection.execute("SELECT name FROM package").fetchall():
        if name not in kept:
            connection.execute("DELETE FROM package WHERE name = ?", (name,))


def _put_domains(connection: Connection, domains: Sequence[Fact] | None, revision: int, now: str) -> None:
    if domains is None:
        return
    there = {name for (name,) in connection.execute("SELECT name FROM domain")}
    for found in domains:
        if not isinstance(found, Domain):
            continue
        booked = found.booked.isoformat() if found.booked else now
        renews = found.renews.isoformat() if found.renews else None
        connection.execute(
            "INSERT INTO domain VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET package = excluded.package,"
            " booked = excluded.booked, renews = excluded.renews, status = excluded.status",
            (found.domain, found.package, booked, renews, found.status),
        )
        if found.domain not in there:
            put(connection, *mail_domain_value(found.domain), revision)
    for name in there - {found.name for found in domains}:
        connection.execute("DELETE FROM entry WHERE address = ?", (mail_domain_value(name)[0],))
        connection.execute("DELETE FROM domain WHERE name = ?", (name,))


_READERS: Mapping[str, Callable[[Connection, str], Sequence[Fact]]] = {
    "log": _read_log,
    "domain": _read_domains,
    "package": _read_packages,
}
