"""What an account service tells of the account, and the files of it."""

import base64
import hashlib
from collections.abc import Iterator
from functools import partial
from typing import Any

from reconciler.facts import FACTS
from reconciler.model.address import Address
from reconciler.model.errors import AccountError
from reconciler.model.fact import Fact
from reconciler.model.facts import Facts
from reconciler.model.late import pattern
from reconciler.model.scalars import faults
from reconciler.model.text import neutral
from reconciler.providers._http import Answer, Connection
from reconciler.providers._kundencenter_pages import Collection, Pages
from reconciler.providers._kundencenter_wholes import Whole
from reconciler.wire.entries import FactPage
from reconciler.wire.paths import facts_path, file_path

_DIGEST = pattern(r"(?:^|,)\s*sha-256=:([A-Za-z0-9+/]{43}=):\s*(?:$|,)")


def read_facts(server: Connection, pages: Pages, kinds: frozenset[str]) -> Facts:
    """Return all facts of ``kinds``; raises ``IncompleteReadError`` where one isn't proven complete."""
    asked = sorted(kinds & FACTS.keys())

    def read(kind: str) -> Whole[Fact]:
        return pages.read(server, Collection(facts_path(kind), FactPage, partial(_fact, FACTS[kind])))

    found = server.each(read, asked)
    return Facts.of(asked, (fact for whole in found for fact in whole.entries.values()))


def _fact(sort: type[Fact], item: Any) -> tuple[str, Fact]:
    """Return a fact under its name; raises ``ValueError`` for what isn't one."""
    try:
        fact = sort.model_validate(item)
    except faults() as error:
        where = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise ValueError(f"one isn't a fact: {neutral(where, 100)} is missing or wrong") from None
    return "" if sort.single else fact.name, fact


def read_file(server: Connection, address: Address) -> Iterator[bytes]:
    """Yield a file in pieces; raises ``AccountError`` where there is none, or where it isn't what was announced."""
    with server.streamed(file_path(address)) as (answer, pieces):
        if answer.status == 404:
            raise AccountError(f"{server.where} has no file of {neutral(address, 200)}.")
        announced, found = _announced(server, answer), hashlib.sha256()
        for piece in pieces:
            found.update(piece)
            yield piece
        if found.digest() != announced:
            raise AccountError(f"The file of {neutral(address, 200)} isn't what was announced.", "Try again.")


def _announced(server: Connection, answer: Answer) -> bytes:
    """Return the digest that a file must have (RFC 9530)."""
    told = _DIGEST.search(answer.headers.get("content-digest", ""))
    if told is None:
        raise AccountError(f"{server.where} doesn't say what the file must be (Content-Digest).")
    return base64.b64decode(told.group(1))
