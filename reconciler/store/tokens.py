"""Tokens that open the account over HTTP: only their digests are kept, because they are as long as random can be."""

import hmac
import json
from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256
from sqlite3 import Connection

from reconciler.model.errors import AccountError
from reconciler.model.late import dataclass
from reconciler.model.text import neutral

#: What a token's text begins with, so that people and scanners recognise one.
PREFIX = "rcn_"


@dataclass(frozen=True, slots=True)
class Token:
    """What is known of a token: its name, what it may do, when it was made and revoked."""

    name: str
    scopes: frozenset[str]
    made: datetime
    revoked: datetime | None = None


def put_token(connection: Connection, name: str, scopes: Iterable[str], at: str) -> str:
    """Make a token and return its text, which nobody can tell again; raises ``AccountError`` for a name in use."""
    if connection.execute("SELECT 1 FROM token WHERE name = ?", (name,)).fetchone():
        raise AccountError(
            f"There is a token {neutral(name)} already, or was one.",
            "Choose another name: the change log names tokens, so a name is never used again.",
        )
    from secrets import token_urlsafe

    text = PREFIX + token_urlsafe(32)
    row = (name, _digest(text), json.dumps(sorted(set(scopes))), at)
    connection.execute("INSERT INTO token VALUES (?, ?, ?, ?, NULL)", row)
    return text


def read_tokens(connection: Connection) -> tuple[Token, ...]:
    """Return all tokens by name, also those that were revoked."""
    rows = connection.execute("SELECT name, scopes, made, revoked FROM token ORDER BY name").fetchall()
    return tuple(_token(*row) for row in rows)


def find(connection: Connection, text: str) -> Token | None:
    """Return the token of a text, unless there is none or it was revoked; takes as long for every text."""
    wanted, found = _digest(text), None
    for digest, *row in connection.execute("SELECT hash, name, scopes, made, revoked FROM token").fetchall():
        if hmac.compare_digest(digest, wanted):
            found = _token(*row)
    return None if found is None or found.revoked else found


def revoke(connection: Connection, name: str, at: str) -> bool:
    """Revoke a token for ever, and tell whether there is one; the first revocation counts."""
    query = "UPDATE token SET revoked = coalesce(revoked, ?) WHERE name = ?"
    return connection.execute(query, (at, name)).rowcount == 1


def _token(name: str, scopes: str, made: str, revoked: str | None) -> Token:
    ended = datetime.fromisoformat(revoked) if revoked else None
    return Token(name, frozenset(json.loads(scopes)), datetime.fromisoformat(made), ended)


def _digest(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogateescape")).hexdigest()
