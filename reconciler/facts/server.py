"""Servers: their service level, price and specification, and links to where they are managed."""

from collections.abc import Mapping
from datetime import date

from pydantic import Field

from reconciler.model.fact import Amount, Fact
from reconciler.model.money import Money


class Server(Fact):
    """A rented server."""

    kind = "server"
    plural = "servers"
    columns = ("id", "title", "service_level", "price", "period", "since")

    id: str
    title: str
    service_level: str
    price: Amount = Field(description="Net, each period.")
    period: str = "month"
    since: date | None = None
    specification: Mapping[str, str] = Field(default={}, description="In the company's own words: `cpu`, `memory`.")
    links: Mapping[str, str] = Field(default={}, description="`servercon`, `reseller`, `cloud`: where it is managed.")

    @property
    def summand(self) -> tuple[str, Money]:
        """Its price."""
        return (f"net each {self.period}", self.price)
