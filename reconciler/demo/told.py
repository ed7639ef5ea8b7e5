"""All facts of the Musterfirma, with the files that belong to them."""

import hashlib
from collections.abc import Mapping
from typing import NamedTuple

from reconciler.demo import papers, tariffs
from reconciler.demo.accounting import Bill, balance, bills, bookings
from reconciler.demo.documents import documents
from reconciler.demo.firm import Firm
from reconciler.facts.document import Document
from reconciler.facts.invoice import Invoice
from reconciler.model.address import Address
from reconciler.model.fact import Fact
from reconciler.model.facts import Facts

#: The kinds of facts that the firm's account is given; of the others (its log) it keeps account itself.
KINDS_TOLD = frozenset(
    ("package", "domain", "server", "product", "invoice", "booking", "balance", "document", "price"),
)


class Told(NamedTuple):
    """Facts, and the PDF of each that has one, by its address."""

    facts: Facts
    files: Mapping[Address, bytes]


def told(firm: Firm) -> Told:
    """Return everything that the account tells of itself."""
    made = list(bills(firm))
    booked = bookings(made)
    filed = [
        *(_with_file(bill.invoice, _paper(firm, bill)) for bill in made),
        *(_with_file(paper.document, paper.file) for paper in documents()),
    ]
    found: list[Fact] = [
        *tariffs.packages(firm),
        *tariffs.domains(firm),
        *tariffs.servers(firm),
        *tariffs.products(firm),
        *tariffs.prices(),
        *booked,
        balance(booked),
        *(fact for fact, _ in filed),
    ]
    return Told(Facts.of(KINDS_TOLD, found), {fact.address: file for fact, file in filed})


def _with_file(fact: Invoice | Document, file: bytes) -> tuple[Fact, bytes]:
    return fact.model_copy(update={"sha256": hashlib.sha256(file).hexdigest(), "size": len(file)}), file


def _paper(firm: Firm, bill: Bill) -> bytes:
    invoice = bill.invoice
    title = f"{'Rechnung' if invoice.gross.amount >= 0 else 'Gutschrift'} {invoice.number}"
    head = (
        "Musterfirma GmbH, Musterstraße 1, 10115 Berlin",
        f"Kundennummer {firm.number}",
        f"Datum {invoice.issued:%d.%m.%Y}, fällig am {invoice.due:%d.%m.%Y}",
    )
    rows = [
        ("Leistung", "Anzahl", "Einzelpreis", "Summe"),
        *((line.text, str(line.count), str(line.each), str(line.net)) for line in bill.lines),
        ("Netto", "", "", str(invoice.net)),
        (f"Umsatzsteuer {tariffs.RATE:.0f} %", "", "", str(invoice.vat)),
        ("Brutto", "", "", str(invoice.gross)),
    ]
    return papers.letter(title, invoice.issued, head, rows, (80, 20, 40, 40))
