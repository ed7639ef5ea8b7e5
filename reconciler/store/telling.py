"""The company tells the account what it is: which facts, with which files, and what is booked."""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from hashlib import sha256
from sqlite3 import Connection
from typing import Any

from reconciler.facts import FACTS
from reconciler.facts.domain import Domain
from reconciler.facts.log import LogEntry
from reconciler.facts.package import Package
from reconciler.model.address import Address
from reconciler.model.errors import AccountError
from reconciler.model.fact import Fact
from reconciler.model.fields import canonical_json
from reconciler.store.entries import put
from reconciler.store.fact_rules import wrong_facts
from reconciler.store.revisions import mark_changed
from reconciler.store.tables import mail_domain_value

_UNKEPT = {"id", "used"}


def put_kinds(
    connection: Connection,
    kinds: Iterable[str],
    facts: Sequence[Fact],
    files: Mapping[Address, bytes],
    revision: int,
    now: str,
) -> None:
    """Replace the facts of these kinds, and the files that belong to them; within a transaction.

    Raises ``AccountError`` for what the account can't say of itself.
    """
    by_kind: dict[str, list[Fact]] = {kind: [] for kind in kinds}
    _demand_sense(by_kind.keys(), facts, files)
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
        _mark_told(connection, kind, revision)


def put_fact(connection: Connection, fact: Fact, revision: int) -> None:
    """Tell one fact, new or in place of what it said before; within a transaction."""
    connection.execute(
        "INSERT INTO fact VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value",
        (fact.kind, fact.name, canonical_json(fact.model_dump(mode="json"))),
    )
    _mark_told(connection, fact.kind, revision)


def add_package(connection: Connection, package: Package) -> None:
    """Book a package, or change what a booked one is; within a transaction."""
    _put_packages(connection, [package])


def add_domain(connection: Connection, domain: Domain, revision: int, now: str) -> None:
    """Book a domain, which has a mail domain then; within a transaction."""
    _put_domain(connection, domain, now)
    put(connection, *mail_domain_value(domain.domain), revision)
    mark_changed(connection, ["mail_domain"], revision)


def _mark_told(connection: Connection, kind: str, revision: int) -> None:
    connection.execute(
        "INSERT INTO fact_counter VALUES (?, 0, ?) ON CONFLICT DO UPDATE SET revision = excluded.revision",
        (kind, revision),
    )


def _demand_sense(kinds: AbstractSet[str], facts: Sequence[Fact], files: Mapping[Address, bytes]) -> None:
    known = kinds & FACTS.keys() - {LogEntry.kind}
    wrong = [f"Nobody can tell the account what its {kind} is." for kind in sorted(kinds - known)]
    wrong += [f"{fact.address} is of none of the kinds that are told." for fact in facts if fact.kind not in kinds]
    wrong += wrong_facts(facts, files)
    if wrong:
        raise AccountError(wrong[0], "Correct what is told; nothing was changed.", wrong[1:])


def _with_file(fact: Fact, content: bytes | None) -> dict[str, Any]:
    data = fact.model_dump(mode="json")
    return data if content is None else {**data, "sha256": sha256(content).hexdigest(), "size": len(content)}


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
        if isinstance(found, Domain):
            _put_domain(connection, found, now)
            if found.domain not in there:
                put(connection, *mail_domain_value(found.domain), revision)
    for name in there - {found.name for found in domains}:
        connection.execute("DELETE FROM entry WHERE address = ?", (mail_domain_value(name)[0],))
        connection.execute("DELETE FROM domain WHERE name = ?", (name,))
    mark_changed(connection, ["mail_domain"], revision)


def _put_domain(connection: Connection, domain: Domain, now: str) -> None:
    booked = domain.booked.isoformat() if domain.booked else now
    renews = domain.renews.isoformat() if domain.renews else None
    connection.execute(
        "INSERT INTO domain VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET package = excluded.package,"
        " booked = excluded.booked, renews = excluded.renews, status = excluded.status",
        (domain.domain, domain.package, booked, renews, domain.status),
    )
