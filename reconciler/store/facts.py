"""What the account says of itself: kept as the company wrote it, or worked out of what the account holds.

``domain`` and ``package`` have tables of their own, because the account's rules need them; ``log`` is the change log.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from hashlib import sha256
from sqlite3 import Connection

from reconciler.facts import FACTS
from reconciler.facts.domain import Domain
from reconciler.facts.package import Package
from reconciler.model.address import Address, decode_part, kind_of
from reconciler.model.errors import AccountError, IncompleteReadError
from reconciler.model.fact import Fact
from reconciler.model.facts import Facts
from reconciler.store.log import read_log
from reconciler.store.schema import PACKAGE


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


_READERS: Mapping[str, Callable[[Connection, str], Sequence[Fact]]] = {
    "log": _read_log,
    "domain": _read_domains,
    "package": _read_packages,
}
