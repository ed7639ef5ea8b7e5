"""The table of facts; adding one is a file and a row here."""

from collections.abc import Mapping

from reconciler.facts.balance import Balance
from reconciler.facts.booking import Booking
from reconciler.facts.document import Document
from reconciler.facts.domain import Domain
from reconciler.facts.invoice import Invoice
from reconciler.facts.log import LogEntry
from reconciler.facts.package import Package
from reconciler.facts.price import Price
from reconciler.facts.product import Product
from reconciler.facts.server import Server
from reconciler.model.facts import Fact

#: Every kind of fact by its name, in the order in which they are shown.
FACTS: Mapping[str, type[Fact]] = {
    sort.kind: sort for sort in (Package, Domain, Server, Product, Invoice, Booking, Balance, Document, Price, LogEntry)
}
