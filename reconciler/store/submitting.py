"""What the account asks of a request before it takes it. Adding a rule is a function and a row in ``RULES``.

    =========================  ================================================================
    whole                      every field that the kind asks for is there, and is what it may be
    in time                    it isn't submitted after the last day on which it is valid
    attachments there          each file that it names comes with it, as its digest says, and no other
    forms are PDFs             a change of owner comes with the signed form
    price as approved          an order costs today what was approved (otherwise: a conflict)
    within its limits          an order costs at most its `max_price`, and its setup `max_setup`
    room for the domain        it isn't booked or ordered already, and its package exists and has room
    tariff of a package        only a booked package gets another tariff
    payment in bounds          at most what the invoice asks for, or what the company takes at once, in its currency
    an invoice is paid once    no other payment for it is on its way
    annex as signed            an agreement names the annex of measures as it is now (otherwise: a conflict)
    =========================  ================================================================

Sentences have no private values.
"""

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from hashlib import sha256
from sqlite3 import Connection
from typing import Any, TypeAlias

from reconciler.facts.balance import Balance
from reconciler.facts.document import Document
from reconciler.facts.domain import Domain
from reconciler.facts.invoice import Invoice
from reconciler.facts.package import Package
from reconciler.facts.price import Price
from reconciler.facts.quoting import Unpriced, quote_of, too_dear
from reconciler.kinds.data_processing_agreement import annex_of
from reconciler.kinds.order import ordered_of
from reconciler.kinds.request_kind import last_day_of
from reconciler.model.address import kind_of
from reconciler.model.facts import Facts
from reconciler.model.fields import Value
from reconciler.model.kind import Kind
from reconciler.model.late import dataclass
from reconciler.model.money import Quote, money
from reconciler.model.scalars import faults, refusals
from reconciler.ports import Write
from reconciler.store.fact_rules import is_pdf
from reconciler.store.facts import read_kinds
from reconciler.store.requests import open_orders, open_payments

#: What the company takes in one payment that names no invoice.
MOST_AT_ONCE = Decimal(100_000)
#: How many octets all attachments of a request have together at most.
MOST_ATTACHED = 25 * 1024 * 1024

_FACTS = frozenset({Balance.kind, Document.kind, Domain.kind, Invoice.kind, Package.kind, Price.kind})


@dataclass(frozen=True, slots=True)
class Submission:
    """One request on its way into the account: its fields as JSON, and what the account knows on that day."""

    write: Write
    value: Value
    fields: Any
    facts: Facts
    today: date
    ordered: frozenset[str]
    paid: frozenset[str]

    @property
    def kind(self) -> str:
        """The kind's name."""
        return kind_of(self.write.address)


Rule: TypeAlias = Callable[[Submission], Iterator[str]]


def submission_problem(connection: Connection, write: Write, kind: Kind, today: date) -> str:
    """Return why the account doesn't take a request, or an empty string."""
    value = whole(kind, write)
    if value is None:
        return f"This is no whole {kind.title}: a field is missing, or isn't what it may be."
    facts = read_kinds(connection, _FACTS)
    ordered, paid = open_orders(connection), open_payments(connection)
    submission = Submission(write, value, kind.to_json(value), facts, today, ordered, paid)
    return next((sentence for rule in RULES for sentence in rule(submission)), "")


def meant_once(write: Write, kind: Kind) -> str:
    """Return what a request is for that only one may be for at a time, a domain or an invoice; or an empty string."""
    value = whole(kind, write)
    field = {"order": "domain", "payment": "invoice"}.get(kind.name, "")
    named = kind.to_json(value).get(field) if field and value is not None else None
    return f"{field} {named}" if named else ""


def stale(connection: Connection, write: Write, kind: Kind, today: date) -> str:
    """Return how the account isn't as it was when a request was approved (its price, its document), or nothing."""
    value = whole(kind, write)
    if value is None:
        return ""
    facts = read_kinds(connection, [Price.kind, Document.kind])
    if kind.name == "data_processing_agreement":
        present, named = annex_version(facts), annex_of(value)
        return "" if present == named else f"It is signed for {named} of the annex, which is {present or 'gone'} now."
    if kind.name != "order" or write.quote is None:
        return ""
    now = _price(value, facts, today)
    if isinstance(now, Unpriced) or now == write.quote:
        return ""
    return f"Its price is no longer what was approved: {now.gross} gross each {now.period}, {now.total} in all."


def _price(value: Value, facts: Facts, today: date) -> Quote | Unpriced:
    order = ordered_of(value)
    return quote_of(facts.all(Price), order.item, today, order.setup)


def whole(kind: Kind, write: Write) -> Value | None:
    """Return a request with the defaults of all fields, or None for what isn't one."""
    if write.after is None:
        return None
    try:
        return kind.parse(write.address, {name: data for name, data in _given(kind, write.after) if data is not None})
    except (refusals(), faults()):
        return None


def _given(kind: Kind, value: Value) -> Iterator[tuple[str, Any]]:
    data = kind.to_json(value)
    yield from data.items() if isinstance(data, dict) else ()


def _in_time(submission: Submission) -> Iterator[str]:
    last = last_day_of(submission.value)
    if last is not None and submission.today > last:
        yield f"It was valid until {last}."


def _attachments_are_there(submission: Submission) -> Iterator[str]:
    named = {file["sha256"]: file["size"] for file in submission.fields.get("attachments") or ()}
    given = submission.write.attachments
    if named.keys() != given.keys():
        yield "The files that come with it aren't those that it names."
    for digest, content in given.items():
        if sha256(content).hexdigest() != digest or named.get(digest) != len(content):
            yield "A file that comes with it isn't the one that it names by its digest."
    if sum(map(len, given.values())) > MOST_ATTACHED:
        yield f"Its files have more than {MOST_ATTACHED} octets together."


def _forms_are_pdfs(submission: Submission) -> Iterator[str]:
    if submission.kind == "ownership_change" and not all(map(is_pdf, submission.write.attachments.values())):
        yield "The signed form is not a PDF."


def _price_is_known(submission: Submission) -> Iterator[str]:
    if submission.kind != "order":
        return
    found = _price(submission.value, submission.facts, submission.today)
    if isinstance(found, Unpriced):
        yield found.detail
    elif submission.write.quote is None:
        yield "An order comes with the price that was approved."
    elif refused := _above_its_limits(submission.value, found):
        yield refused


def _above_its_limits(value: Value, quote: Quote) -> str:
    order = ordered_of(value)
    return too_dear(quote, order.cap, order.setup_cap)


def _room_for_the_domain(submission: Submission) -> Iterator[str]:
    domain = submission.fields.get("domain") if submission.kind == "order" else None
    if domain is None:
        return
    if domain in submission.facts.kinds[Domain.kind]:
        yield f"The domain {domain} is booked already."
    elif domain in submission.ordered:
        yield f"The domain {domain} is ordered already."
    elif package_for(submission.facts, submission.fields.get("into")) is None:
        yield f"No package has room for the domain {domain}."


def _tariff_is_of_a_package(submission: Submission) -> Iterator[str]:
    tariff = submission.fields.get("tariff") if submission.kind == "order" else None
    if tariff and tariff["package"] not in submission.facts.kinds[Package.kind]:
        yield f"The package {tariff['package']} isn't booked in this account."


def _payment_is_in_bounds(submission: Submission) -> Iterator[str]:
    if submission.kind != "payment":
        return
    amount, number = money(submission.fields["amount"]), submission.fields.get("invoice")
    invoice = submission.facts.kinds[Invoice.kind].get(number) if number else None
    if number is None:
        if amount.amount > MOST_AT_ONCE:
            yield f"The company takes {MOST_AT_ONCE} {amount.currency} at once, at most."
        for balance in submission.facts.all(Balance):
            if balance.amount.currency != amount.currency:
                yield f"The account is kept in {balance.amount.currency}."
    elif not isinstance(invoice, Invoice) or invoice.status != "open":
        yield f"There is no open invoice {number}."
    elif amount.currency != invoice.gross.currency or amount.amount > invoice.gross.amount:
        yield f"The invoice {number} asks for {invoice.gross}, and not more."


def _invoice_is_paid_once(submission: Submission) -> Iterator[str]:
    number = submission.fields.get("invoice") if submission.kind == "payment" else None
    if number in submission.paid:
        yield f"Another payment of the invoice {number} is on its way."


def annex_version(facts: Facts) -> str:
    """Return the version of the annex of measures as it is now, or an empty string where there is none."""
    return next((document.version for document in facts.all(Document) if document.sort == "annex"), "")


def package_for(facts: Facts, wanted: str | None) -> Package | None:
    """Return the package in which one more domain has room: the one that is wanted, or the first by name."""
    packages = [found for found in facts.all(Package) if wanted in (None, found.id)]
    return next((found for found in packages if found.unlimited or _has_room(found)), None)


def _has_room(package: Package) -> bool:
    limit = package.limits.get("domains")
    return limit is None or package.used.get("domains", 0) < limit


#: What must hold for a request that is submitted.
RULES: tuple[Rule, ...] = (
    _in_time,
    _attachments_are_there,
    _forms_are_pdfs,
    _price_is_known,
    _room_for_the_domain,
    _tariff_is_of_a_package,
    _payment_is_in_bounds,
    _invoice_is_paid_once,
)
