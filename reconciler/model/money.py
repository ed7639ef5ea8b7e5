"""Amounts of money, exact decimals in one currency (``24.00 EUR``), and what something that is asked for costs."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple

from reconciler.model.late import dataclass, pattern

_MONEY = pattern(r"(?P<amount>-?(?:0|[1-9][0-9]{0,11})(?:\.[0-9]{1,2})?) (?P<currency>[A-Z]{3})\Z")
_CENT = Decimal("0.01")
#: Such as `3 months to the end of a quarter`; escapes make six characters of one.
_LONGEST = 40
_SETUP_CAP = pattern(r"(?P<money>.+) gross\Z")
_CAP = pattern(r"(?P<money>.+)/(?P<period>month|year|once) (?P<sort>gross|net)\Z")


class Money(NamedTuple):
    """An amount with two decimals in a currency (ISO 4217); negative where somebody gets it back."""

    amount: Decimal
    currency: str

    def __str__(self) -> str:
        return f"{self.amount:.2f} {self.currency}"

    def times(self, factor: Decimal) -> "Money":
        """Return the amount multiplied and rounded to a cent, half a cent upwards (as VAT is)."""
        return Money((self.amount * factor).quantize(_CENT, ROUND_HALF_UP), self.currency)

    def plus(self, other: "Money") -> "Money":
        """Return the sum; raises ``ValueError`` for two currencies."""
        if self.currency != other.currency:
            raise ValueError(f"{self.currency} and {other.currency} can't be added")
        return Money(self.amount + other.amount, self.currency)


def money(text: str) -> Money:
    """Return the amount that a text means; raises ``ValueError``."""
    found = _MONEY.match(text)
    if found is None:
        raise ValueError(f"{text!r} is no amount of money")
    return Money(Decimal(found["amount"]).quantize(_CENT), found["currency"])


class PriceCap(NamedTuple):
    """The highest price that somebody allows: of one ``period``, with VAT (``gross``) or without."""

    most: Money
    period: str
    gross: bool

    def __str__(self) -> str:
        return f"{self.most}/{self.period} {'gross' if self.gross else 'net'}"


def price_cap(text: str) -> PriceCap:
    """Return the cap that a text means (``24.00 EUR/year gross``); raises ``ValueError``."""
    found = _CAP.match(text)
    if found is None:
        raise ValueError(f"{text!r} is no price")
    return PriceCap(money(found["money"]), found["period"], found["sort"] == "gross")


def setup_cap(text: str) -> Money:
    """Return the most that somebody pays once, with VAT (``49.00 EUR gross``); raises ``ValueError``."""
    found = _SETUP_CAP.match(text)
    if found is None:
        raise ValueError(f"{text!r} is no price that is paid once")
    return money(found["money"])


@dataclass(frozen=True, slots=True)
class Quote:
    """The price of one item: net, VAT and gross of one ``period`` (``month``, ``year``, ``once``).

    ``rate`` is the VAT in percent (``19``), ``term`` and ``notice`` are the price list's own words (``12 months``),
    ``setup`` is what setting it up costs once, VAT included, ``total`` what is owed, VAT and setup included, until the
    term ends, ``since`` the day of the price list.
    """

    item: str
    net: Money
    vat: Money
    gross: Money
    rate: str
    period: str
    term: str
    notice: str
    setup: Money
    total: Money
    since: date

    @property
    def line(self) -> str:
        """The quote in a line for people, with the price list's own words as they were found.

        They are cut where they are long, so that nothing that is owed is ever cut off behind them.
        """
        each = "once" if self.period == "once" else f"each {self.period}"
        parts = [f"{self.gross} {each} ({self.net} and {_cut(self.rate)} % VAT)"]
        parts += [f"setup {self.setup}"] if self.setup.amount else []
        parts += [f"term {_cut(self.term)}"] if self.term else []
        parts += [f"notice {_cut(self.notice)}"] if self.notice else []
        return ", ".join([*parts, f"{self.total} in all, price list of {self.since}"])

    def to_json(self) -> dict[str, str]:
        """Return the quote as JSON types."""
        return {name: str(getattr(self, name)) for name in self.__slots__}

    @classmethod
    def from_json(cls, data: Any) -> "Quote":
        """Return the quote of :meth:`to_json`; raises ``KeyError``, ``TypeError`` or ``ValueError`` otherwise."""
        item, rate, period, term, notice = (str(data[name]) for name in ("item", "rate", "period", "term", "notice"))
        net, vat, gross, setup, total = (money(data[name]) for name in ("net", "vat", "gross", "setup", "total"))
        since = date.fromisoformat(data["since"])
        return cls(item, net, vat, gross, rate, period, term, notice, setup, total, since)


def _cut(words: str) -> str:
    return words if len(words) <= _LONGEST else f"{words[:_LONGEST]}..."
