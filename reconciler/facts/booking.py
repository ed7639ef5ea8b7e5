"""Bookings: what happened on the customer's account with the company."""

from datetime import date

from pydantic import Field

from reconciler.model.facts import Amount, Fact


class Booking(Fact):
    """One booking; a charge is negative, a payment positive."""

    kind = "booking"
    plural = "bookings"
    columns = ("id", "date", "text", "amount", "balance")

    id: str
    date: date
    text: str
    amount: Amount
    balance: Amount = Field(description="What stood on the account afterwards.")
    invoice: str | None = None

    @property
    def name(self) -> str:
        """Its id."""
        return self.id
