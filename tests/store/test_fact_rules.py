"""What a company can't tell of an account: all of it is said at once, and nothing is changed."""

from datetime import date
from decimal import Decimal
from operator import itemgetter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts import Account
from reconciler.facts.document import Document
from reconciler.facts.domain import Domain
from reconciler.facts.invoice import Invoice
from reconciler.facts.log import LogEntry
from reconciler.facts.price import Price
from reconciler.facts.product import Product
from reconciler.facts.quoting import Why, quote_of
from reconciler.model.errors import AccountError
from reconciler.model.fact import Fact
from reconciler.model.money import Quote, money
from reconciler.store.fact_rules import is_pdf, wrong_facts

PDF = b"%PDF-1.4\n1 0 obj\n%%EOF\n"
DAY = date(2026, 1, 1)


def price(since: date = DAY, until: date | None = None, net: str = "1.00 EUR", rate: str = "19") -> Price:
    """Return a price of a domain."""
    return Price(item="domain/shop", since=since, until=until, net=money(net), rate=Decimal(rate), period="year")


def invoice(net: str = "1.00 EUR", vat: str = "0.19 EUR", gross: str = "1.19 EUR", **more: str) -> Invoice:
    """Return an invoice."""
    amounts = {"net": money(net), "vat": money(vat), "gross": money(gross)}
    return Invoice.model_validate({"number": "R-1", "issued": DAY, "due": DAY, **amounts, **more})


def document(name: str, sort: str = "annex") -> Document:
    """Return a document."""
    return Document(id=name, title="Measures", sort=sort, version="1", date=DAY)


WRONG: list[tuple[str, list[Fact], dict[str, bytes]]] = [
    ("is told 2 times", [invoice(), invoice()], {}),
    ("costs less than nothing: -1.00 EUR", [price(net="-1.00 EUR")], {}),
    ("costs less than nothing", [Product(id="p", title="Backup", price=money("-0.01 EUR"))], {}),
    ("a VAT of 190 percent", [price(rate="190")], {}),
    ("a VAT of -1 percent", [price(rate="-1")], {}),
    ("before it begins", [price(until=date(2025, 12, 31))], {}),
    ("two prices from 2026-07-01 on", [price(), price(since=date(2026, 7, 1))], {}),
    ("two prices from 2026-07-01 on", [price(until=date(2026, 7, 1)), price(since=date(2026, 7, 1))], {}),
    ("doesn't add up", [invoice(gross="1.20 EUR")], {}),
    ("more than one currency", [invoice(vat="0.19 USD")], {}),
    ("are both the annex", [document("avv-1"), document("avv-2")], {}),
    ("not the name of a domain", [Domain(domain="Example.org", package="unlimited")], {}),
    ("not the name of a domain", [Domain(domain="exa mple.org", package="unlimited")], {}),
    ("is not a PDF", [invoice()], {"invoice/R-1": b"<html>"}),
    ("is not a PDF", [invoice()], {"invoice/R-1": PDF[:-7]}),
    ("no such fact", [invoice()], {"invoice/R-2": PDF}),
    ("no such fact", [price()], {"price/domain%2Fshop@2026-01-01": PDF}),
    ("a file that isn't there", [invoice(sha256="0" * 64)], {}),
    ("not the one that its digest names", [invoice(sha256="0" * 64)], {"invoice/R-1": PDF}),
]


@pytest.mark.parametrize(("said", "facts", "files"), WRONG)
def test_nonsense_is_not_told(account: Account, said: str, facts: list[Fact], files: dict[str, bytes]) -> None:
    """The error says what is wrong, and the account is as it was."""
    before = account.store.read()
    with pytest.raises(AccountError, match=said) as caught:
        account.store.put_facts({fact.kind for fact in facts}, facts, files)
    assert caught.value.help == "Correct what is told; nothing was changed."
    assert account.store.read() == before


@st.composite
def _price_lists(draw: st.DrawFn) -> list[Price]:
    """Return up to five prices of one item within a month, some without an end."""
    days = st.integers(min_value=1, max_value=28)
    ends = st.none() | days
    found = draw(st.lists(st.tuples(days, ends), max_size=5, unique_by=itemgetter(0)))
    return [price(date(2026, 2, since), date(2026, 2, until) if until else None) for since, until in found]


@given(_price_lists())
def test_price_lists_are_told_exactly_when_each_day_has_one_price_at_most(lists: list[Price]) -> None:
    """And then a quote is never ambiguous; a price that ends before it begins is always said."""
    days = [date(2026, 2, day) for day in range(1, 29)]
    overlap = any(sum(one.holds(day) for one in lists) > 1 for day in days)
    backwards = any(one.until is not None and one.until < one.since for one in lists)
    assert bool(wrong_facts(lists, {})) == (overlap or backwards)
    if not overlap and not backwards:
        quotes = [quote_of(lists, "domain/shop", day) for day in days]
        assert all(isinstance(found, Quote) or found.why is Why.MISSING for found in quotes)


def test_all_mistakes_are_said_at_once(account: Account) -> None:
    """Not only the first of them."""
    with pytest.raises(AccountError) as caught:
        account.store.put_facts(["invoice", "price"], [invoice(gross="2.00 EUR"), price(net="-1.00 EUR")])
    assert len(caught.value.lines) == 2


@pytest.mark.parametrize("kind", ["log", "toaster", "contact"])
def test_some_kinds_are_not_told(account: Account, kind: str) -> None:
    """The account keeps its log itself, and what isn't a fact is none."""
    with pytest.raises(AccountError, match=f"what its {kind} is"):
        account.store.put_facts([kind], [])


def test_only_facts_of_the_kinds_that_are_told_are_told(account: Account) -> None:
    """Otherwise some would be replaced that nobody spoke of."""
    entry = LogEntry.model_validate(
        {"id": "1", "at": "2026-01-01T00:00:00Z", "who": "x", "action": "y", "resource": "z"}
    )
    with pytest.raises(AccountError, match="of none of the kinds"):
        account.store.put_facts(["invoice"], [entry])


def test_price_lists_that_follow_each_other_are_told(account: Account) -> None:
    """One ends on the day before the next begins; credit notes are negative; two items don't meet."""
    lists = [price(until=date(2026, 6, 30)), price(since=date(2026, 7, 1), net="2.00 EUR")]
    other = price().model_copy(update={"item": "domain/org"})
    note = invoice("-1.00 EUR", "-0.19 EUR", "-1.19 EUR")
    account.store.put_facts(["price", "invoice"], [*lists, other, note])
    assert len(account.store.read_facts(["price"]).all(Price)) == 3


@pytest.mark.parametrize("content", [b"", b"%PDF-", b"%%EOF", b"\n%PDF-1.4\n%%EOF", PDF + b" " * 2000])
def test_what_is_cut_or_padded_is_no_pdf(content: bytes) -> None:
    """A cut body never passes for an invoice."""
    assert not is_pdf(content)
    assert is_pdf(PDF)
