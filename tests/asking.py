"""Requests for tests of the account: its prices and documents, and what is asked for at that price."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any

from accounts import Account, value
from reconciler.facts.balance import Balance
from reconciler.facts.document import Document
from reconciler.facts.domain import Domain
from reconciler.facts.invoice import Invoice
from reconciler.facts.package import Package
from reconciler.facts.price import Price
from reconciler.facts.quoting import quote_of
from reconciler.kinds.order import ordered_of
from reconciler.model.address import Address, kind_of
from reconciler.model.change import Action
from reconciler.model.money import Quote, money
from reconciler.ports import Write
from reconciler.store.account import Store

PDF = b"%PDF-1.4\n1 0 obj\n%%EOF\n"
#: The day on which everything happens.
TODAY = date(2026, 11, 26)
PRICES = (
    Price(item="domain/shop", since=date(2026, 1, 1), net=money("20.00 EUR"), rate=Decimal(19), period="year"),
    Price(
        item="package/web-l",
        since=date(2026, 1, 1),
        net=money("8.00 EUR"),
        rate=Decimal(19),
        period="month",
        term="12 months",
        notice="1 month",
    ),
    Price(item="setup/web-l", since=date(2026, 1, 1), net=money("5.00 EUR"), rate=Decimal(19), period="once"),
)
PACKAGE = Package(id="web-1", title="Web S", tariff="package/web-s", limits={"domains": 2, "mailboxes": 2})
INVOICE = Invoice(
    number="R-1",
    issued=TODAY,
    due=TODAY,
    net=money("100.00 EUR"),
    vat=money("19.00 EUR"),
    gross=money("119.00 EUR"),
)


def company(path: Path) -> Account:
    """Return an account with prices, a package for two domains, of which one is booked, an annex and an invoice."""
    account = Account(path).booked()
    account.store = Store(path, now=lambda: datetime(2026, 11, 26, 12, tzinfo=UTC))
    facts = [*PRICES, PACKAGE, INVOICE, annex("3"), Domain(domain="example.org", package="web-1")]
    facts.append(Balance(amount=money("-119.00 EUR"), as_of=TODAY))
    account.store.put_facts({fact.kind for fact in facts}, facts)
    return account


def annex(version: str) -> Document:
    """Return the annex of technical and organisational measures in a version."""
    return Document(id="tom", title="Annex", sort="annex", version=version, date=TODAY)


def submit(
    account: Account,
    address: Address,
    quote: Quote | None = None,
    files: Mapping[str, bytes] | None = None,
    **fields: Any,
) -> Write:
    """Return the write that submits a request; ``files`` are its attachments by name."""
    given = files or {}
    named = [{"name": n, "sha256": sha256(f).hexdigest(), "size": len(f)} for n, f in given.items()]
    after = value(address, **fields, **({"attachments": named} if named else {}))
    if kind_of(address) == "order" and quote is None:
        quote = price(account, after)
    held = {sha256(content).hexdigest(): content for content in given.values()}
    return Write(Action.SUBMIT, address, None, after, account.key(), quote=quote, attachments=held)


def price(account: Account, order: Any) -> Quote | None:
    """Return what an order costs today."""
    wanted = ordered_of(order)
    found = quote_of(account.store.read_facts(["price"]).all(Price), wanted.item, TODAY, wanted.setup)
    return found if isinstance(found, Quote) else None


def status(account: Account, address: Address) -> str:
    """Return what became of a request."""
    contents = account.store.read()
    assert contents is not None
    return contents.requests[address].status
