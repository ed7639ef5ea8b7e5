"""What an item costs on a day is what exactly one price list says, to the cent; nothing is ever guessed."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.facts.price import Price
from reconciler.facts.quoting import Unpriced, Why, per_period, quote_of
from reconciler.model.money import Money, Quote, money, price_cap

DAY = date(2026, 11, 26)
ITEM = "domain/shop"


def price(net: str = "15.00 EUR", **given: Any) -> Price:
    """Return a price that holds since the beginning of the year."""
    said = {"item": ITEM, "since": date(2026, 1, 1), "rate": Decimal(19), "period": "year", "term": "12 months"}
    return Price(net=money(net), **{**said, **given})


def quoted(*prices: Price, setup: str = "") -> Quote:
    """Return the price of the item, of which there is one."""
    found = quote_of(prices, ITEM, DAY, setup)
    assert isinstance(found, Quote), found
    return found


def why(*prices: Price, setup: str = "") -> Why:
    """Return why the item has no price."""
    found = quote_of(prices, ITEM, DAY, setup)
    assert isinstance(found, Unpriced), found
    return found.why


def test_a_price_is_told_net_with_vat_and_until_its_term_ends() -> None:
    """VAT is rounded to the cent, and the total is what is owed for the whole term."""
    found = quoted(price("4.99 EUR", period="month", term="12 months", notice="1 month"))
    assert (found.net, found.vat, found.gross) == (money("4.99 EUR"), money("0.95 EUR"), money("5.94 EUR"))
    assert (found.total, found.term, found.notice) == (money("71.28 EUR"), "12 months", "1 month")
    assert (found.rate, found.period, found.since) == ("19", "month", date(2026, 1, 1))


@pytest.mark.parametrize(
    ("period", "term", "total"),
    [
        ("year", "12 months", "17.85 EUR"),
        ("year", "1 month", "17.85 EUR"),
        ("year", "18 months", "35.70 EUR"),
        ("year", "2 years", "35.70 EUR"),
        ("month", "1 year", "214.20 EUR"),
        ("month", "", "17.85 EUR"),
        ("once", "12 months", "17.85 EUR"),
    ],
)
def test_each_period_that_begins_within_the_term_is_owed(period: str, term: str, total: str) -> None:
    """What is paid once is paid once, and without a term one period is owed."""
    assert quoted(price(period=period, term=term)).total == money(total)


def test_setting_up_is_paid_once_beside_it() -> None:
    """With its own VAT; a price list that knows no setup asks for none."""
    setup = price("10.00 EUR", item="setup/web-l", period="once", term="", rate=Decimal(7))
    found = quoted(price(), setup, setup="setup/web-l")
    assert (found.setup, found.total) == (money("10.70 EUR"), money("28.55 EUR"))
    assert quoted(price(), setup="setup/web-l").setup == money("0.00 EUR")
    assert why(price(), setup, setup.model_copy(update={"since": DAY}), setup="setup/web-l") is Why.AMBIGUOUS
    assert why(price(), setup.model_copy(update={"period": "month"}), setup="setup/web-l") is Why.WRONG
    assert why(price(), price("1.00 USD", item="setup/web-l", period="once"), setup="setup/web-l") is Why.WRONG


def test_only_one_price_list_may_say_what_it_costs() -> None:
    """None is missing, two are ambiguous, and a former or a later one isn't today's."""
    old = price("9.00 EUR", since=date(2025, 1, 1), until=date(2025, 12, 31))
    later = price("99.00 EUR", since=date(2027, 1, 1))
    assert quoted(old, price(), later).net == money("15.00 EUR")
    assert why() is Why.MISSING
    assert why(price(item="domain/org")) is Why.MISSING
    assert why(old, later) is Why.MISSING
    assert why(old.model_copy(update={"until": None}), price()) is Why.AMBIGUOUS
    assert why(price(until=DAY), price("16.00 EUR", since=DAY)) is Why.AMBIGUOUS


@pytest.mark.parametrize(
    "given",
    [
        {"net": "-1.00 EUR"},
        {"rate": Decimal("-1")},
        {"rate": Decimal(101)},
        {"period": "week"},
        {"term": "a while"},
        {"term": "0 months"},
    ],
)
def test_what_can_not_be_a_price_is_none(given: dict[str, Any]) -> None:
    """Negative money, a VAT that is none, a period or a term that nobody can read."""
    assert why(price(given.pop("net", "15.00 EUR"), **given)) is Why.WRONG


DAYS = st.dates(date(2025, 1, 1), date(2028, 1, 1))
PRICES = st.builds(
    lambda cents, since, length: price(f"{cents // 100}.{cents % 100:02} EUR", since=since, until=since + length),
    st.integers(0, 99_999),
    DAYS,
    st.integers(0, 400).map(lambda days: timedelta(days)),
)


@given(st.lists(PRICES, max_size=5), DAYS)
def test_a_price_is_that_of_the_one_list_that_holds(prices: list[Price], day: date) -> None:
    """Whatever lists there are, in whatever order: the only one that holds is told exactly, or there is no price."""
    holding = [one for one in prices if one.since <= day <= (one.until or day)]
    found = quote_of(prices, ITEM, day)
    assert found == quote_of(reversed(prices), ITEM, day)
    if len(holding) != 1:
        assert isinstance(found, Unpriced)
        assert found.why is (Why.AMBIGUOUS if holding else Why.MISSING)
        return
    assert isinstance(found, Quote)
    assert found.net == holding[0].net
    assert abs(found.vat.amount - found.net.amount * 19 / 100) <= Decimal("0.005")
    assert found.gross == found.net.plus(found.vat)
    assert Quote.from_json(found.to_json()) == found


def test_a_year_is_twelve_months_and_once_is_nothing_else() -> None:
    """Prices of different periods are compared so, and what can't be compared isn't."""
    assert per_period(money("2.00 EUR"), "month", "year") == money("24.00 EUR")
    assert per_period(money("30.00 EUR"), "year", "month") == money("2.50 EUR")
    assert per_period(money("100.00 EUR"), "year", "month") == money("8.34 EUR"), "8.33 a month would be too little"
    assert per_period(money("30.00 EUR"), "once", "once") == money("30.00 EUR")
    assert per_period(money("30.00 EUR"), "once", "year") is None
    assert per_period(money("30.00 EUR"), "year", "once") is None


@pytest.mark.parametrize("text", ["24.00 EUR/year gross", "5.00 EUR/month net", "9.90 EUR/once gross"])
def test_the_highest_price_is_read_as_it_is_written(text: str) -> None:
    """The amount, for how long, and whether with VAT."""
    assert str(price_cap(text)) == text


@pytest.mark.parametrize(
    "text", ["24 EUR", "24.00 EUR/year", "24.00/year gross", "24.00 EUR/week net", "24,00 EUR/year net"]
)
def test_a_highest_price_that_says_too_little_is_none(text: str) -> None:
    """With or without VAT, and for how long, is never guessed."""
    with pytest.raises(ValueError, match=r"price|amount"):
        price_cap(text)


def test_a_quote_is_a_line_for_people() -> None:
    """What it costs, how long it binds, and what is owed in all."""
    setup = price("10.00 EUR", item="setup/web-l", period="once")
    found = quoted(price(notice="1 month"), setup, setup="setup/web-l")
    assert found.line == (
        "17.85 EUR each year (15.00 EUR and 19 % VAT), setup 11.90 EUR, term 12 months, notice 1 month, "
        "29.75 EUR in all, price list of 2026-01-01"
    )
    assert quoted(price(period="once", term="")).line.startswith("17.85 EUR once (")
    assert isinstance(found.total, Money)
