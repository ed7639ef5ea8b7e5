"""What the Musterfirma's account tells of itself: money that adds up, one price a day, PDFs that are PDFs."""

import hashlib
import io
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from functools import cache, reduce

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from reconciler.demo.accounting import bills
from reconciler.demo.firm import DAY, Firm
from reconciler.demo.tariffs import PRICE_LISTS, RATE
from reconciler.demo.told import KINDS_TOLD, Told, told
from reconciler.facts import FACTS
from reconciler.facts.balance import Balance
from reconciler.facts.booking import Booking
from reconciler.facts.document import Document
from reconciler.facts.domain import Domain
from reconciler.facts.invoice import Invoice
from reconciler.facts.package import Package
from reconciler.facts.price import Price
from reconciler.facts.product import Product
from reconciler.facts.server import Server
from reconciler.model.money import Money, money

NOTHING = money("0.00 EUR")


@cache
def facts_of(seed: int, size: int) -> Told:
    """Return what a firm tells; making PDFs takes a while."""
    return told(Firm(seed, size))


@pytest.fixture(params=[(1, 10), (1, 200), (7, 2_000)], ids=["10", "200", "2000 of another seed"])
def all_told(request: pytest.FixtureRequest) -> Told:
    """What a firm of some size tells."""
    return facts_of(*request.param)


def test_everything_is_told_but_the_log(all_told: Told) -> None:
    """There is at least one fact of each kind; the log is the account's own."""
    assert set(FACTS) - {"log"} == KINDS_TOLD
    assert all(all_told.facts.kinds[kind] for kind in KINDS_TOLD)


def test_gross_is_net_and_vat(all_told: Told) -> None:
    """Of every invoice, also of one that gives money back."""
    for invoice in all_told.facts.all(Invoice):
        assert invoice.gross == invoice.net.plus(invoice.vat)
        assert invoice.vat == invoice.net.times(RATE / 100)
        assert invoice.issued < invoice.due


@settings(max_examples=15)
@given(st.integers(0, 9), st.integers(10, 5_000))
def test_the_lines_of_an_invoice_add_up(seed: int, size: int) -> None:
    """What stands in its table is what it says below."""
    for bill in bills(Firm(seed, size)):
        assert reduce(Money.plus, (line.net for line in bill.lines), NOTHING) == bill.invoice.net


def test_bookings_add_up_to_the_balance(all_told: Told) -> None:
    """Each booking says what stood on the account afterwards; the last is the balance, and nothing is owed."""
    there = NOTHING
    days = []
    for booking in all_told.facts.all(Booking):
        there = there.plus(booking.amount)
        days.append(booking.date)
        assert booking.balance == there
    (balance,) = all_told.facts.all(Balance)

    assert balance.amount == there
    assert there.amount > 0
    assert days == sorted(days) and days[-1] <= balance.as_of == DAY


def test_every_invoice_is_booked_as_its_status_says(all_told: Told) -> None:
    """A paid one was charged and paid, an open one only charged, a cancelled one given back by another invoice."""
    booked = defaultdict(list)
    for booking in all_told.facts.all(Booking):
        booked[booking.invoice].append(booking.amount.amount)
    invoices = all_told.facts.all(Invoice)
    cancelled = [invoice for invoice in invoices if invoice.status == "cancelled"]
    back = [invoice for invoice in invoices if invoice.gross.amount < 0]

    assert {invoice.number for invoice in invoices} == booked.keys() - {None}
    for invoice in invoices:
        paid = invoice.status == "paid" and invoice.gross.amount > 0
        assert sum(booked[invoice.number]) == (0 if paid else -invoice.gross.amount)
        assert (invoice.status == "open") == (invoice.due > DAY)
    assert sum((invoice.gross.amount for invoice in (*cancelled, *back)), Decimal(0)) == 0
    assert len(cancelled) == len(back) == 1


def test_there_are_invoices_of_each_of_24_months(all_told: Told) -> None:
    """One for the account, and one for each server, in each month of two years."""
    servers = {server.id for server in all_told.facts.all(Server)}
    months = defaultdict(set)
    for invoice in all_told.facts.all(Invoice):
        months[invoice.issued.replace(day=1)].add(invoice.server)

    assert len(months) == 24
    assert all(about == {None, *servers} for about in months.values())
    assert max(months) == DAY.replace(day=1)


def test_price_lists_never_overlap_and_have_no_gap(all_told: Told) -> None:
    """On each day since the first price list every item has exactly one price."""
    by_item = defaultdict(list)
    for price in all_told.facts.all(Price):
        by_item[price.item].append(price)
    edges = [day + timedelta(days=step) for day in PRICE_LISTS for step in (0, 1)]
    edges += [PRICE_LISTS[1] - timedelta(days=1), DAY, date(2050, 1, 1)]
    for found in by_item.values():
        assert [sum(price.holds(day) for price in found) for day in edges] == [1] * len(edges)
        assert not any(price.holds(PRICE_LISTS[0] - timedelta(days=1)) for price in found)
    assert {item.partition("/")[0] for item in by_item} == {"domain", "package", "product", "server", "setup"}


def test_prices_are_amounts_that_somebody_pays(all_told: Told) -> None:
    """No price is negative; what is paid once may cost nothing."""
    for price in all_told.facts.all(Price):
        assert price.net.amount > 0 or (price.period == "once" and price.net.amount == 0)
        assert price.period in ("month", "year", "once") and price.rate == Decimal(19)
        assert bool(price.term) == bool(price.notice) == (price.period != "once")


def test_references_between_facts_lead_to_facts(all_told: Told) -> None:
    """Domains are in packages, tariffs in the price list, invoices of servers and bookings of invoices that exist."""
    facts = all_told.facts
    packages = {package.id for package in facts.all(Package)}
    items = {price.item for price in facts.all(Price)}

    assert {domain.package for domain in facts.all(Domain)} == packages
    assert {package.tariff for package in facts.all(Package)} <= items
    assert {one.server for one in facts.all(Invoice)} - {None} == {one.id for one in facts.all(Server)}
    assert {one.invoice for one in facts.all(Booking)} - {None} == {one.number for one in facts.all(Invoice)}
    booked = {*(one.price for one in facts.all(Server)), *(one.price for one in facts.all(Product))}
    assert booked <= {price.net for price in facts.all(Price) if price.holds(DAY)}


def test_servers_say_what_they_are_and_where_they_are_managed(all_told: Told) -> None:
    """Two servers, with specification, service level and links."""
    servers = all_told.facts.all(Server)

    assert [server.id for server in servers] == ["db-1", "web-1"]
    assert [server.service_level for server in servers] == ["silver", "gold"]
    assert all({"cpu", "memory", "disk"} <= server.specification.keys() for server in servers)
    assert all(link.startswith("https://") for server in servers for link in server.links.values())


def test_there_is_a_document_of_each_sort(all_told: Told) -> None:
    """Terms, price lists of two dates, forms, agreement and annex with versions, a manual."""
    documents = all_told.facts.all(Document)

    assert {document.sort for document in documents} == {
        *("terms", "price_list", "form", "agreement", "annex", "manual"),
    }
    assert [one.date for one in documents if one.sort == "price_list"] == list(PRICE_LISTS)
    assert all(document.version for document in documents)


def test_every_file_is_a_pdf_with_the_checksum_that_its_fact_says(all_told: Told) -> None:
    """Also its size, and each invoice and document has one."""
    filed = [*all_told.facts.all(Invoice), *all_told.facts.all(Document)]

    assert {fact.address for fact in filed} == all_told.files.keys()
    for fact in filed:
        content = all_told.files[fact.address]
        assert content.startswith(b"%PDF-") and content.rstrip().endswith(b"%%EOF")
        assert (fact.sha256, fact.size) == (hashlib.sha256(content).hexdigest(), len(content))


def test_an_invoice_reads_as_its_fact_says(all_told: Told) -> None:
    """Number, days and amounts stand in the PDF, which bears the day of the invoice and nothing of today."""
    for invoice in all_told.facts.all(Invoice)[-3:]:
        paper = PdfReader(io.BytesIO(all_told.files[invoice.address]))
        text = "\n".join(page.extract_text() for page in paper.pages)

        assert invoice.number in text and f"{invoice.issued:%d.%m.%Y}" in text
        assert all(str(amount) in text for amount in (invoice.net, invoice.vat, invoice.gross))
        assert paper.metadata is not None and paper.metadata.creation_date is not None
        assert paper.metadata.creation_date.date() == invoice.issued


def test_a_price_list_reads_as_its_prices_say() -> None:
    """Every item of the day stands in it with its price."""
    made = facts_of(1, 200)
    for day in PRICE_LISTS:
        paper = PdfReader(io.BytesIO(made.files[f"document/preisliste-{day}"]))
        text = "\n".join(page.extract_text() for page in paper.pages)
        listed = [price for price in made.facts.all(Price) if price.since == day]
        assert listed and all(f"{price.item} {price.period} {price.net.amount}" in text for price in listed)


def test_the_same_firm_tells_the_same_to_the_octet() -> None:
    """Facts and PDFs made a second time are equal; those of another seed aren't."""
    again = told(Firm(1, 200))

    assert again == facts_of(1, 200)
    assert told(Firm(2, 200)) != again
