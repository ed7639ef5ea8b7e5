"""Bookings: what happened on the customer's account with the company."""

from datetime import date

from pydantic import Field

from reconciler.model.fact import Amount, Fact
from reconciler.model.money import Money


class Booking(Fact):
    """One booking; a charge is negative, a payment positive."""

    kind = "booking"
    plural = "bookings"
    columns = ("id", "date", "text", "amount", "balance")
    order = ("date",)

    id: str
    date: date
    text: str
    amount: Amount
    balance: Amount = Field(description="What stood on the account afterwards.")
    invoice: str | None = None

    @property
    def summand(self) -> tuple[str, Money]:
        """What it changed."""
        return ("", self.amount)
