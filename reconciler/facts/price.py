"""Prices: what an item costs from which day on, as the company's dated price lists say."""

from datetime import date
from decimal import Decimal

from pydantic import Field

from reconciler.model.fact import Amount, Fact


class Price(Fact):
    """The price of one item from ``since`` until ``until``, both included."""

    kind = "price"
    plural = "prices"
    columns = ("item", "since", "until", "net", "rate", "period", "term", "notice")
    order = ("item", "since")

    item: str = Field(description="`domain/shop` (a top-level domain), `package/web-l`, `setup/web-l`.")
    since: date
    until: date | None = None
    net: Amount = Field(description="Each period.")
    rate: Decimal = Field(description="VAT in percent.")
    period: str = Field(description="`month`, `year`, `once`.")
    term: str = Field(default="", description="For how long it binds: `12 months`.")
    notice: str = Field(default="", description="How long before the end it has to be cancelled: `1 month`.")

    @property
    def name(self) -> str:
        """The item, and since when."""
        return f"{self.item}@{self.since}"

    def holds(self, day: date) -> bool:
        """Tell whether it is the price of a day."""
        return self.since <= day and (self.until is None or day <= self.until)
