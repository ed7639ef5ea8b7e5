"""Requests in the account file: each is an entry like every other, and beside it stands what became of it."""

import json
from datetime import datetime
from sqlite3 import Connection
from typing import TYPE_CHECKING

from reconciler.model.address import Address
from reconciler.model.fields import canonical_json
from reconciler.model.state import Asked
from reconciler.ports import Write

if TYPE_CHECKING:
    from reconciler.model.money import Quote

#: What a request is at first.
SUBMITTED = "submitted"
#: The document that was signed isn't the one that counts now: only one side has agreed.
UNSIGNED = "needs signature"


def read_requests(connection: Connection) -> dict[Address, Asked]:
    """Return what became of each request; raises ``ValueError``, ``KeyError`` or ``TypeError`` for damaged rows."""
    found = connection.execute("SELECT address, status, at, note, quote FROM request ORDER BY address").fetchall()
    return {
        address: Asked(status, datetime.fromisoformat(at), note, _quote(quote) if quote else None)
        for address, status, at, note, quote in found
    }


def _quote(text: str) -> "Quote":
    from reconciler.model.money import Quote

    return Quote.from_json(json.loads(text))


def reference_is_used(connection: Connection, address: Address) -> bool:
    """Tell whether a request of any kind has the reference of ``address``, unless it is one that isn't signed yet."""
    query = "SELECT address, status FROM request WHERE reference = ?"
    found = connection.execute(query, (_reference(address),)).fetchone()
    return found not in (None, (address, UNSIGNED))


def open_orders(connection: Connection) -> frozenset[str]:
    """Return the domains that are ordered and neither booked nor refused yet."""
    query = (
        "SELECT json_extract(CAST(value AS TEXT), '$.domain') FROM entry JOIN request USING (address)"
        " WHERE kind = 'order' AND status = 'submitted'"
    )
    return frozenset(domain for (domain,) in connection.execute(query) if domain)


def open_payments(connection: Connection) -> frozenset[str]:
    """Return the numbers of the invoices for which a payment is on its way: neither completed nor refused yet."""
    query = (
        "SELECT json_extract(CAST(value AS TEXT), '$.invoice') FROM entry JOIN request USING (address)"
        " WHERE kind = 'payment' AND status IN ('submitted', 'accepted')"
    )
    return frozenset(number for (number,) in connection.execute(query) if number)


def put_request(connection: Connection, write: Write, at: str) -> None:
    """Keep what is submitted beside its value: the agreed price and its attachments."""
    quote = canonical_json(write.quote.to_json()) if write.quote else None
    row = (write.address, _reference(write.address), SUBMITTED, at, "", quote)
    connection.execute(
        "INSERT INTO request VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (address) DO UPDATE SET status = excluded.status, at = excluded.at, note = excluded.note",
        row,
    )
    rows = [(write.address, digest, content) for digest, content in write.attachments.items()]
    connection.executemany("INSERT OR IGNORE INTO attachment VALUES (?, ?, ?)", rows)


def read_attachments(connection: Connection, address: Address) -> dict[str, bytes]:
    """Return the files that came with a request, by their SHA-256."""
    query = "SELECT sha256, content FROM attachment WHERE request = ?"
    return {digest: bytes(content) for digest, content in connection.execute(query, (address,))}


def put_status(connection: Connection, address: Address, status: str, said: str) -> None:
    """Say what became of a request."""
    connection.execute("UPDATE request SET status = ?, note = ? WHERE address = ?", (status, said, address))


def _reference(address: Address) -> str:
    return address.partition("/")[2]
