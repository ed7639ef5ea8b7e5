"""What an account service tells: proven complete, and files that are what was announced."""

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from providers.paged import Paged, paged, problem
from reconciler.facts.balance import Balance
from reconciler.facts.invoice import Invoice
from reconciler.model.errors import AccountError, AuthenticationError, IncompleteReadError
from reconciler.ports import FactReader
from reconciler.providers.kundencenter import PROVIDER
from web.answering import Asked, Said

BOTH = frozenset({"invoice", "balance"})
FILE = "/v1/facts/invoice/R%252F1/file"
PDF = b"%PDF-1.7 " + b"x" * 300_000


def invoice(number: str, **more: Any) -> dict[str, Any]:
    """Return an invoice as a service tells it."""
    amounts = {"net": "10.00 EUR", "vat": "1.90 EUR", "gross": "11.90 EUR"}
    return {"number": number, "issued": "2026-11-01", "due": "2026-11-15", **amounts, **more}


@pytest.fixture
def service() -> Iterator[Paged]:
    """A service with three invoices and a balance."""
    with paged() as running:
        running.collections["/v1/facts/invoice"] = [invoice(f"R/{i}") for i in range(3)]
        running.collections["/v1/facts/balance"] = [{"amount": "-3.00 EUR", "as_of": "2026-11-26"}]
        yield running


def facts_of(service: Paged) -> FactReader:
    assert PROVIDER.open_facts is not None
    return PROVIDER.open_facts(service.access())


def test_facts_are_what_all_pages_say(service: Paged) -> None:
    """Each kind that is asked for, and no other; what a newer service tells besides is left out."""
    service.collections["/v1/facts/invoice"][0]["colour"] = "red"
    found = facts_of(service).read_facts(BOTH)
    assert [one.number for one in found.all(Invoice)] == ["R/0", "R/1", "R/2"]
    assert len(found.all(Balance)) == 1
    assert not facts_of(service).read_facts(frozenset({"balance"})).knows("invoice")


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ([invoice("1"), invoice("1")], "comes twice"),
        ([invoice("1", gross="1")], "gross is missing or wrong"),
        ([invoice("1", issued="today")], "issued is missing or wrong"),
        ([{}], "is missing or wrong"),
        ([7], "a page isn't one"),
    ],
)
def test_what_isnt_proven_is_no_fact(service: Paged, rows: list[Any], why: str) -> None:
    """And never none."""
    service.collections["/v1/facts/invoice"] = rows
    with pytest.raises(IncompleteReadError, match=why):
        facts_of(service).read_facts(BOTH)


def test_facts_that_may_not_be_read(service: Paged) -> None:
    """Say so."""
    service.spoil = lambda asked, found: problem(403, "x", detail="It needs the scope read.")
    with pytest.raises(AuthenticationError, match="needs the scope read"):
        facts_of(service).read_facts(BOTH)


def announced(body: bytes) -> dict[str, str]:
    """Return the headers of a file."""
    digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
    return {"Content-Type": "application/pdf", "Content-Digest": f"sha-512=:AAAA:, sha-256=:{digest}:"}


def gives(service: Paged, said: Said) -> None:
    """Let the file be this."""

    def spoil(asked: Asked, found: Said) -> Said:
        return said if asked.path == FILE else found

    service.spoil = spoil


def test_a_file_comes_whole(service: Paged) -> None:
    """In pieces, as it was announced."""
    gives(service, Said(200, PDF, announced(PDF)))
    assert b"".join(facts_of(service).read_file("invoice/R%2F1")) == PDF


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (Said(200, PDF[:-1], announced(PDF)), "isn't what was announced"),
        (Said(200, PDF, announced(b"")), "isn't what was announced"),
        (Said(200, PDF, {}), "doesn't say what the file must be"),
        (Said(200, PDF, {"Content-Digest": "sha-256=:AAAA:"}), "doesn't say what the file must be"),
        (replace(Said(200, PDF, announced(PDF)), announced=len(PDF) + 1), "gave no whole answer"),
        (problem(404, "gone"), "has no file of invoice/R%2F1"),
        (problem(409, "\x1b[2Jno"), "answered 409"),
        (Said(503), "is busy"),
    ],
)
def test_a_file_that_isnt_whole(service: Paged, said: Said, why: str) -> None:
    """Ends in an error, whatever came before."""
    gives(service, said)
    with pytest.raises(AccountError, match=why) as raised:
        list(facts_of(service).read_file("invoice/R%2F1"))
    assert str(raised.value).isprintable()
