"""Money: exact to the cent, in one currency, and never a binary fraction."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from reconciler.model.fact import Amount
from reconciler.model.money import Money, Quote, money
from reconciler.model.text import neutral

AMOUNTS = st.integers(-(10**13), 10**13).map(lambda cents: Money(Decimal(cents) / 100, "EUR"))
TEXT = st.text(max_size=20)


@given(AMOUNTS)
def test_an_amount_is_read_back_from_its_own_text(amount: Money) -> None:
    """Text and amount say the same, negative ones too."""
    assert money(str(amount)) == amount


@given(st.lists(AMOUNTS, min_size=1, max_size=20))
def test_sums_lose_nothing(amounts: list[Money]) -> None:
    """Adding cents one by one gives their sum, in whatever order."""

    def total(some: list[Money]) -> Money:
        first, *more = some
        for amount in more:
            first = first.plus(amount)
        return first

    assert total(amounts) == total(amounts[::-1])
    assert total(amounts).amount * 100 == sum(int(amount.amount * 100) for amount in amounts)


@pytest.mark.parametrize(
    "text", ["", "24", "24.00", "24.00 eur", "24,00 EUR", "24.000 EUR", "024 EUR", "1e3 EUR", " 1 EUR"]
)
def test_what_is_not_written_as_money_is_refused(text: str) -> None:
    """Nothing is guessed: a missing currency, a comma, a third decimal."""
    with pytest.raises(ValueError, match="no amount of money"):
        money(text)
    with pytest.raises(ValidationError):
        TypeAdapter(Amount).validate_python(text)


@pytest.mark.parametrize(
    ("net", "rate", "vat"), [("19.99", "0.19", "3.80"), ("0.50", "0.19", "0.10"), ("-10.50", "0.19", "-2.00")]
)
def test_vat_is_rounded_to_a_cent_half_a_cent_away_from_zero(net: str, rate: str, vat: str) -> None:
    """As an invoice does it."""
    assert Money(Decimal(net), "EUR").times(Decimal(rate)) == Money(Decimal(vat), "EUR")


def test_two_currencies_are_never_added() -> None:
    """There is no rate of exchange here."""
    with pytest.raises(ValueError, match="EUR and CHF"):
        money("1.00 EUR").plus(money("1.00 CHF"))


@given(st.tuples(*[TEXT] * 5), st.tuples(*[AMOUNTS] * 5), st.dates())
def test_a_quote_is_read_back_from_its_json(texts: tuple[str, ...], sums: tuple[Money, ...], since: date) -> None:
    """What was approved is what is sent, to the cent and the word."""
    item, rate, period, term, notice = texts
    net, vat, gross, setup, total = sums
    quote = Quote(item, net, vat, gross, rate, period, term, notice, setup, total, since)
    assert Quote.from_json(quote.to_json()) == quote


@pytest.mark.parametrize("broken", [{}, {"item": "x"}, []])
def test_a_quote_is_never_made_of_half_a_quote(broken: object) -> None:
    """What an account sends as a price is one, or it is refused."""
    with pytest.raises((KeyError, TypeError, ValueError)):
        Quote.from_json(broken)


def test_no_word_of_a_price_list_hides_what_is_owed() -> None:
    """However long it is, and whatever it is made of: the total is still there where the line is shown."""
    amount, long = money("999.00 EUR"), "\x1b" * 5_000
    quote = Quote("domain/shop", amount, amount, amount, long, "year", long, long, amount, amount, date(2026, 1, 1))
    assert neutral(quote.line, 400).endswith("999.00 EUR in all, price list of 2026-01-01")
