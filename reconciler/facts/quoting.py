"""What an item costs on a day, by the company's dated price lists; or why nobody can tell, which is never a guess."""

from collections.abc import Iterable
from datetime import date
from decimal import ROUND_CEILING, Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from reconciler.model.late import pattern
from reconciler.model.money import Money, PriceCap, Quote

if TYPE_CHECKING:
    from reconciler.facts.price import Price

_TERM = pattern(r"([1-9][0-9]{0,2}) (month|year)s?\Z")
_MONTHS = {"month": 1, "year": 12}
_HUNDRED = Decimal(100)
_CENT = Decimal("0.01")


class Why(StrEnum):
    """Why there is no price: none is valid on the day, several are, or it can't be what it says."""

    MISSING = "missing"
    AMBIGUOUS = "ambiguous"
    WRONG = "wrong"


class Unpriced(NamedTuple):
    """Why an item has no price; ``detail`` is a sentence, in which the price list's own words are untrusted."""

    why: Why
    detail: str


def quote_of(prices: Iterable["Price"], item: str, day: date, setup: str = "") -> Quote | Unpriced:
    """Return the price of an item on a day, with that of its ``setup`` where the price list has one.

    That the price list knows no setup means that there is none to pay; that it knows several is ambiguous.
    """
    listed = tuple(prices)
    price = _only(listed, item, day)
    if isinstance(price, Unpriced):
        return price
    once = _only(listed, setup, day) if setup else Unpriced(Why.MISSING, "")
    if isinstance(once, Unpriced) and once.why is not Why.MISSING:
        return once
    periods = _periods(price)
    if periods is None:
        return Unpriced(Why.WRONG, f"The term of {item} is {price.term!r}, which is no number of months or years.")
    if not isinstance(once, Unpriced) and (once.net.currency != price.net.currency or once.period != "once"):
        return Unpriced(Why.WRONG, f"The price of {setup} isn't paid once in {price.net.currency}.")
    return _quote(price, periods, None if isinstance(once, Unpriced) else once)


def per_period(amount: Money, period: str, wanted: str) -> Money | None:
    """Return what is paid each ``wanted`` period where ``amount`` is paid each ``period``; None for what can't be.

    A year is twelve months; what is paid once isn't paid again. A part of a cent counts as a whole one, so that no
    price seems to keep below a limit that it exceeds.
    """
    if period == wanted:
        return amount
    if period not in _MONTHS or wanted not in _MONTHS:
        return None
    exact = amount.amount * _MONTHS[wanted] / _MONTHS[period]
    return amount._replace(amount=exact.quantize(_CENT, ROUND_CEILING))


def too_dear(quote: Quote, cap: PriceCap | None, setup_cap: Money | None) -> str:
    """Return why something costs more than is allowed, and what to write if it may; or an empty string.

    What can't be compared with its limit is above it. A limit of the price says nothing of what setting it up costs.
    """
    return _above(quote, cap) or _setup_above(quote.setup, cap, setup_cap)


def _above(quote: Quote, cap: PriceCap | None) -> str:
    if cap is None:
        return ""
    price = per_period(quote.gross if cap.gross else quote.net, quote.period, cap.period)
    if price is None or price.currency != cap.most.currency:
        return f"`max_price` is {cap}, but the price is {quote.gross}/{quote.period} gross, which can't be compared."
    if price.amount > cap.most.amount:
        return f"It costs {cap._replace(most=price)}, and `max_price` is {cap}."
    return ""


def _setup_above(setup: Money, cap: PriceCap | None, most: Money | None) -> str:
    if not setup.amount or (cap is None and most is None):
        return ""
    if most is None:
        said = "which `max_price` doesn't cover"
    elif setup.currency != most.currency or setup.amount > most.amount:
        said = f"and `max_setup` is {most} gross"
    else:
        return ""
    return f"Setting it up costs {setup} gross, {said}. If it may, write `max_setup: {setup} gross`."


def _only(prices: Iterable["Price"], item: str, day: date) -> "Price | Unpriced":
    found = sorted((price for price in prices if price.item == item and price.holds(day)), key=lambda one: one.since)
    if not found:
        return Unpriced(Why.MISSING, f"The price list has no price of {item} on {day}.")
    if len(found) > 1:
        days = " and ".join(str(price.since) for price in found)
        return Unpriced(Why.AMBIGUOUS, f"The price lists of {days} both say what {item} costs on {day}.")
    return _sound(found[0])


def _sound(price: "Price") -> "Price | Unpriced":
    """Return a price that can be one: not negative, with a VAT in percent and a period that is known."""
    if price.net.amount < 0:
        return Unpriced(Why.WRONG, f"The price of {price.item} is negative: {price.net}.")
    if not 0 <= price.rate <= _HUNDRED:
        return Unpriced(Why.WRONG, f"The VAT of {price.item} is {price.rate} percent.")
    if price.period not in (*_MONTHS, "once"):
        return Unpriced(Why.WRONG, f"The price of {price.item} is for each {price.period!r}, which isn't known.")
    return price


def _periods(price: "Price") -> int | None:
    """Return how many periods are owed until the term ends, each one begun in full; None for a term nobody can read."""
    if price.period == "once" or not price.term:
        return 1
    found = _TERM.match(price.term)
    if found is None:
        return None
    months = int(found[1]) * _MONTHS[found[2]]
    return -(-months // _MONTHS[price.period])


def _quote(price: "Price", periods: int, once: "Price | None") -> Quote:
    vat = price.net.times(price.rate / _HUNDRED)
    gross = price.net.plus(vat)
    setup = once.net.plus(once.net.times(once.rate / _HUNDRED)) if once else price.net.times(Decimal(0))
    return Quote(
        item=price.item,
        net=price.net,
        vat=vat,
        gross=gross,
        rate=f"{price.rate.normalize():f}",
        period=price.period,
        term=price.term,
        notice=price.notice,
        setup=setup,
        total=gross.times(Decimal(periods)).plus(setup),
        since=price.since,
    )
