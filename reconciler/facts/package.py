"""Packages: what is booked, with its limits and how much of them is used."""

from collections.abc import Mapping
from datetime import date

from pydantic import Field

from reconciler.model.fact import Amount, Fact
from reconciler.model.money import Money


class Package(Fact):
    """A booked package; a limit that isn't named doesn't exist."""

    kind = "package"
    plural = "packages"
    columns = ("id", "title", "tariff", "domains", "mailboxes", "price", "period")

    id: str = Field(description="What contacts and domains call it.")
    title: str
    tariff: str = Field(description="The price list's name of it, such as `package/web-l`.")
    unlimited: bool = False
    limits: Mapping[str, int] = Field(default={}, description="How much there may be: `domains`, `mailboxes`, `disk`.")
    used: Mapping[str, int] = Field(default={}, description="How much there is of the same; `disk` in MiB.")
    price: Amount | None = Field(default=None, description="Net, each period.")
    period: str = "month"
    since: date | None = None
    notice: str = ""

    @property
    def summand(self) -> tuple[str, Money] | None:
        """Its price, if it has one."""
        return (f"net each {self.period}", self.price) if self.price else None

    @property
    def domains(self) -> str:
        """How many domains it has, of how many."""
        return self._used("domains")

    @property
    def mailboxes(self) -> str:
        """How many mailboxes it has, of how many."""
        return self._used("mailboxes")

    def _used(self, what: str) -> str:
        used, limit = self.used.get(what, 0), self.limits.get(what)
        return f"{used} of {limit}" if limit is not None else str(used)
