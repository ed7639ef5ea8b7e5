"""Domains: the names that are booked, in which package, and until when."""

from datetime import date

from reconciler.model.fact import Fact


class Domain(Fact):
    """A booked domain, in the spelling of the DNS (A-labels)."""

    kind = "domain"
    plural = "domains"
    key = "domain"
    columns = ("domain", "package", "booked", "renews", "status")

    domain: str
    package: str
    booked: date | None = None
    renews: date | None = None
    status: str = "active"
