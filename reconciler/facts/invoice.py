"""Invoices: what was charged, of which server if of one, and whether it is paid; each is a PDF."""

from datetime import date

from pydantic import Field

from reconciler.model.fact import Amount, Fact
from reconciler.model.money import Money


class Invoice(Fact):
    """An invoice; what is given back has negative amounts."""

    kind = "invoice"
    plural = "invoices"
    key = "number"
    columns = ("number", "issued", "due", "gross", "server", "status")
    order = ("issued",)
    has_file = True

    number: str
    issued: date
    due: date
    net: Amount
    vat: Amount
    gross: Amount
    server: str | None = Field(default=None, description="The server that it is about, if only one.")
    status: str = Field(default="open", description="`open`, `paid`, `cancelled`.")
    sha256: str = Field(default="", description="Of the file, in hexadecimal.")
    size: int = Field(default=0, description="Of the file, in octets.")

    @property
    def summand(self) -> tuple[str, Money] | None:
        """What is open, or paid; one that was cancelled is neither."""
        return None if self.status == "cancelled" else (self.status, self.gross)
