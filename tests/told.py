"""What a company tells of an account: facts of every sort, and two files that are PDFs as far as anybody looks."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from reconciler.facts.balance import Balance
from reconciler.facts.booking import Booking
from reconciler.facts.document import Document
from reconciler.facts.invoice import Invoice
from reconciler.facts.price import Price
from reconciler.facts.product import Product
from reconciler.facts.server import Server
from reconciler.model.address import Address
from reconciler.model.fact import Fact
from reconciler.store.account import Store

NUMBER = "K-104711"
ACCOUNT_YAML = """\
version: 1
account: K-104711
providers: {default: {type: embedded, path: account.db}}
policy: {links: [https://servercon.example.com]}
"""
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n" + b"%" * 3000 + b"\ntrailer\n<<>>\n%%EOF\n"
FILES: Mapping[Address, bytes] = {"invoice/2026-0001": PDF, "document/terms": PDF + b"\n"}
SERVERS = (
    Server(
        id="web-1",
        title="Web server",
        service_level="gold",
        price="49.90 EUR",
        since=date(2024, 5, 1),
        specification={"cpu": "8 vCPU", "memory": "32 GiB"},
        links={"servercon": "https://servercon.example.com/web-1", "cloud": "https://elsewhere.example/web-1"},
    ),
    Server(id="db-1", title="Database", service_level="silver", price="99.00 EUR", period="year"),
)
INVOICES = (
    Invoice(
        number="2026-0002",
        issued=date(2026, 2, 1),
        due=date(2026, 2, 15),
        net="49.90 EUR",
        vat="9.48 EUR",
        gross="59.38 EUR",
        server="web-1",
    ),
    Invoice(
        number="2026-0001",
        issued=date(2026, 1, 1),
        due=date(2026, 1, 15),
        net="10.00 EUR",
        vat="1.90 EUR",
        gross="11.90 EUR",
        status="paid",
    ),
    Invoice(
        number="2025-0009",
        issued=date(2025, 12, 1),
        due=date(2025, 12, 15),
        net="1.00 EUR",
        vat="0.19 EUR",
        gross="1.19 EUR",
        status="cancelled",
    ),
)
BOOKINGS = (
    Booking(id="1", date=date(2026, 1, 1), text="Invoice 2026-0001", amount="-11.90 EUR", balance="-11.90 EUR"),
    Booking(id="2", date=date(2026, 1, 9), text="Thank you", amount="20.00 EUR", balance="8.10 EUR"),
)
BALANCE = Balance(amount="8.10 EUR", as_of=date(2026, 11, 26))
OTHERS: tuple[Fact, ...] = (
    Product(id="backup", title="Backup space", price="5.00 EUR"),
    Document(id="terms", title="Terms", sort="terms", version="2026-01", date=date(2026, 1, 1)),
    Price(item="domain/shop", since=date(2026, 1, 1), net="20.00 EUR", rate="19", period="year", term="12 months"),
)
FACTS: tuple[Fact, ...] = (*SERVERS, *INVOICES, *BOOKINGS, BALANCE, *OTHERS)


def tell(folder: Path, *more: Fact, files: Mapping[Address, bytes] = FILES) -> Store:
    """Return the store of an account in ``folder`` that tells all this, and ``more`` of the same kinds."""
    store = Store(folder / "account.db")
    store.prepare(NUMBER, frozenset({"example.org"}))
    found = {fact.address: fact for fact in (*FACTS, *more)}
    store.put_facts({fact.kind for fact in found.values()}, list(found.values()), files)
    return store
