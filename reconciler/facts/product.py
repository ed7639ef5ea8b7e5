"""Products: whatever else is booked."""

from datetime import date

from pydantic import Field

from reconciler.model.fact import Amount, Fact
from reconciler.model.money import Money


class Product(Fact):
    """A booked product or service."""

    kind = "product"
    plural = "products"
    columns = ("id", "title", "price", "period", "since")

    id: str
    title: str
    price: Amount = Field(description="Net, each period.")
    period: str = "month"
    since: date | None = None
    notice: str = ""

    @property
    def summand(self) -> tuple[str, Money]:
        """Its price."""
        return (f"net each {self.period}", self.price)
