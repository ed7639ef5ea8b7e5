"""Requests in the account file: each is an entry like every other, and beside it stands what became of it."""

import json
from collections.abc import Mapping
from datetime import datetime
from sqlite3 import Connection

from reconciler.model.address import Address
from reconciler.model.fields import canonical_json
from reconciler.model.money import Quote
from reconciler.model.state import Asked
from reconciler.ports import Write

#: What a request can become; each is submitted at first.
STATUSES = ("submitted", "accepted", "rejected", "completed", "needs signature")


def read_requests(connection: Connection) -> dict[Address, Asked]:
    """Return what became of each request; raises ``ValueError``, ``KeyError`` or ``TypeError`` for damaged rows."""
    found = connection.execute("SELECT address, status, at, note, quote FROM request ORDER BY address").fetchall()
    return {
        address: Asked(status, datetime.fromisoformat(at), note, Quote.from_json(json.loads(quote)) if quote else None)
        for address, status, at, note, quote in found
    }


def reference_is_used(connection: Connection, address: Address) -> bool:
    """Tell whether a request of any kind has the reference of ``address``."""
    query = "SELECT 1 FROM request WHERE reference = ?"
    return connection.execute(query, (_reference(address),)).fetchone() is not None


def put_request(connection: Connection, write: Write, at: str) -> None:
    """Keep what is submitted beside its value: the agreed price and its attachments."""
    quote = canonical_json(write.quote.to_json()) if write.quote else None
    row = (write.address, _reference(write.address), STATUSES[0], at, "", quote)
    connection.execute("INSERT INTO request VALUES (?, ?, ?, ?, ?, ?)", row)
    _put_attachments(connection, write.address, write.attachments)


def put_status(connection: Connection, address: Address, status: str, said: str) -> bool:
    """Say what became of a request, and whether there is one."""
    query = "UPDATE request SET status = ?, note = ? WHERE address = ?"
    return connection.execute(query, (status, said, address)).rowcount == 1


def _put_attachments(connection: Connection, address: Address, attachments: Mapping[str, bytes]) -> None:
    rows = [(address, digest, content) for digest, content in attachments.items()]
    connection.executemany("INSERT INTO attachment VALUES (?, ?, ?)", rows)


def _reference(address: Address) -> str:
    return address.partition("/")[2]
