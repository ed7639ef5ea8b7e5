"""The terms of a request: what it costs by the price list, what it may cost, until when, and for which document."""

from datetime import date
from typing import TYPE_CHECKING

from reconciler.model.address import Address, kind_of
from reconciler.model.facts import Facts
from reconciler.model.fields import Value
from reconciler.model.groups import of_kinds
from reconciler.model.state import Applied, Desired
from reconciler.planner.booked import NEEDED as BOOKED
from reconciler.planner.booked import new_domains

if TYPE_CHECKING:
    from reconciler.facts.quoting import Unpriced
    from reconciler.kinds.order import Ordered
    from reconciler.model.money import Quote

#: The kind of facts without which a request of a kind can't be submitted.
_NEEDS = {"order": "price", "data_processing_agreement": "document"}
_LISTS = "`reconciler show prices` shows the price lists."


def facts_needed(desired: Desired, applied: Applied) -> frozenset[str]:
    """Return the kinds of facts without which a plan can't be made: what isn't needed isn't read."""
    owned = of_kinds(applied.state, _NEEDS)
    new = {kind_of(address) for address in of_kinds(desired.state, _NEEDS) if address not in owned}
    asked = frozenset(fact for kind, fact in _NEEDS.items() if kind in new)
    return asked | BOOKED if new_domains(desired, applied) else asked


def hindrance(address: Address, value: Value, facts: Facts | None, today: date) -> str:
    """Return why a request may not be submitted today, apart from its price; or an empty string."""
    from reconciler.kinds.request_kind import last_day_of

    last = last_day_of(value)
    if last is not None and today > last:
        return f"It was valid until {last}. Give it a later day, or delete it."
    if facts is None or kind_of(address) != "data_processing_agreement":
        return ""
    return _wrong_annex(value, facts)


def price_of(address: Address, value: Value, facts: Facts, today: date) -> "Quote | Unpriced | None":
    """Return what a request costs, or why it can't be submitted at its price; None for what has no price."""
    if kind_of(address) != "order":
        return None
    from reconciler.facts.price import Price
    from reconciler.facts.quoting import Unpriced, Why, quote_of, too_dear
    from reconciler.kinds.order import ordered_of

    if not facts.knows(Price.kind):
        return Unpriced(Why.MISSING, "The account tells no prices, and nothing is ordered at a price that isn't known.")
    order = ordered_of(value)
    quote = quote_of(facts.all(Price), order.item, today, order.setup)
    if isinstance(quote, Unpriced):
        return quote._replace(detail=f"{quote.detail} {_LISTS}")
    refused = _other_term(order, quote) or too_dear(quote, order.cap, order.setup_cap)
    return Unpriced(Why.WRONG, refused) if refused else quote


def _other_term(order: "Ordered", quote: "Quote") -> str:
    if not order.term or order.term == quote.term:
        return ""
    return f"`term` says {order.term}, and the price list {quote.term or 'names no term'}. {_LISTS}"


def _wrong_annex(value: Value, facts: Facts) -> str:
    """Return why an agreement isn't about the annex as it is now."""
    from reconciler.facts.document import Document
    from reconciler.kinds.data_processing_agreement import annex_of

    if not facts.knows(Document.kind):
        return "The account tells no documents, and nothing is agreed to that can't be read."
    annexes = [document for document in facts.all(Document) if document.sort == "annex"]
    if len(annexes) != 1:
        return f"The account has {len(annexes) or 'no'} annexes of technical and organisational measures."
    (annex,) = annexes
    if annex.version == annex_of(value):
        return ""
    return (
        f"It needs a signature: the annex has version {annex.version} now, and this agreement names "
        f"{annex_of(value)}. Read it (`reconciler download {annex.address}`), then name its version."
    )
