"""The company's side of requests: what may become of one, and what follows in the account when it is accepted.

    ===========================  ==============================================================
    request                      what follows
    ===========================  ==============================================================
    order of a domain            it is booked, and has a mail domain
    order of a package           it is booked, at the agreed price
    order of a tariff            the package has it, at the agreed price
    payment (when completed)     it is booked, stands on the balance, and its invoice is paid
    agreement                    nothing; but only the annex as it is now can be agreed to
    ===========================  ==============================================================

What was rejected or completed stays so.
"""

import json
from calendar import monthrange
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from sqlite3 import Connection
from typing import Any

from reconciler.facts.balance import Balance
from reconciler.facts.booking import Booking
from reconciler.facts.document import Document
from reconciler.facts.domain import Domain
from reconciler.facts.invoice import Invoice
from reconciler.facts.package import Package
from reconciler.model.address import Address, kind_of
from reconciler.model.errors import AccountError
from reconciler.model.fact import Fact
from reconciler.model.facts import Facts
from reconciler.model.late import dataclass
from reconciler.model.money import Quote, money
from reconciler.model.state import Asked
from reconciler.model.text import neutral
from reconciler.store.facts import read_kinds
from reconciler.store.log import Author
from reconciler.store.requests import SUBMITTED, UNSIGNED, put_status, read_requests
from reconciler.store.submitting import annex_version, package_for
from reconciler.store.telling import add_domain, add_package, put_fact

_FACTS = frozenset({kind.kind for kind in (Balance, Document, Domain, Invoice, Package)})
_NEXT: Mapping[str, tuple[str, ...]] = {
    SUBMITTED: ("accepted", "rejected", "completed", UNSIGNED),
    "accepted": ("completed", "rejected", UNSIGNED),
    UNSIGNED: ("rejected",),
    "rejected": (),
    "completed": (),
}
_AGREED = ("accepted", "completed")


@dataclass(frozen=True, slots=True)
class _Answer:
    """A request that is answered, and what the account knows meanwhile."""

    address: Address
    fields: Any
    asked: Asked
    status: str
    facts: Facts
    author: Author
    revision: int

    @property
    def today(self) -> date:
        """The day on which it is answered."""
        return self.author.day

    @property
    def quote(self) -> Quote:
        """The agreed price; an order isn't taken without one."""
        if self.asked.quote is None:
            raise ValueError(f"{self.address} has no price")
        return self.asked.quote


def answer(connection: Connection, address: Address, status: str, said: str, author: Author, revision: int) -> None:
    """Say what became of a request and do what follows from it; raises ``AccountError`` for what can't become of it."""
    asked = read_requests(connection).get(address)
    if asked is None:
        raise AccountError(
            f"The account knows no request {neutral(address)}.", "`reconciler show requests` lists what there is."
        )
    if status not in (asked.status, *_NEXT[asked.status]):
        following = ", ".join(_NEXT[asked.status]) or "nothing else"
        raise AccountError(f"{neutral(address)} is {asked.status}.", f"It can become: {following}.")
    (value,) = connection.execute("SELECT value FROM entry WHERE address = ?", (address,)).fetchone()
    facts = read_kinds(connection, _FACTS)
    found = _Answer(address, json.loads(value), asked, status, facts, author, revision)
    if status != asked.status and status in _AGREED:
        for effect in _EFFECTS.get(kind_of(address), ()):
            effect(connection, found)
    put_status(connection, address, status, said)


def unsigned(connection: Connection) -> Iterator[Address]:
    """Take back the agreements that aren't to the annex as it is now, unless they are concluded; yield each."""
    present = annex_version(read_kinds(connection, [Document.kind]))
    rows = connection.execute(
        "SELECT address, value FROM entry JOIN request USING (address)"
        " WHERE kind = 'data_processing_agreement' AND status IN (?, 'accepted') ORDER BY address",
        (SUBMITTED,),
    ).fetchall()
    for address, value in rows:
        named = json.loads(value)["annex"]
        if named != present:
            put_status(connection, address, UNSIGNED, f"The annex has version {present} now, and {named} was signed.")
            yield address


def _book_domain(connection: Connection, found: _Answer) -> None:
    domain = found.fields.get("domain")
    if not domain or found.asked.status in _AGREED:
        return
    package = package_for(found.facts, found.fields.get("into"))
    if package is None or domain in found.facts.kinds[Domain.kind]:
        raise AccountError(
            f"The domain {domain} can't be booked: {'it is already' if package else 'no package has room for it'}.",
            "Reject the order, or make room.",
        )
    renews = _after(found.today, found.quote.period)
    booked = Domain(domain=domain, package=package.id, booked=found.today, renews=renews)
    add_domain(connection, booked, found.revision, found.author.at)


def _book_package(connection: Connection, found: _Answer) -> None:
    tariff, change = found.fields.get("package"), found.fields.get("tariff")
    if found.asked.status in _AGREED or not (tariff or change):
        return
    packages = {package.id: package for package in found.facts.all(Package)}
    quote = found.quote
    terms = {"price": quote.net, "period": quote.period, "notice": quote.notice, "tariff": quote.item}
    name = change["package"] if change else _free_name(tariff, packages)
    like = next((package for package in packages.values() if package.tariff == quote.item), None)
    if change and name not in packages:
        raise AccountError(f"The package {name} isn't booked in this account.", "Reject the order.")
    there = packages[name] if change else Package(id=name, title=tariff, tariff=quote.item, since=found.today)
    limits = {"limits": like.limits} if like else {}
    add_package(connection, there.model_copy(update={**terms, **limits}))


def _pay(connection: Connection, found: _Answer) -> None:
    balances = found.facts.all(Balance)
    if found.status != "completed" or not balances:
        return
    amount, number = money(found.fields["amount"]), found.fields.get("invoice")
    if amount.currency != balances[0].amount.currency:
        raise AccountError(f"The balance is in {balances[0].amount.currency}, not in {amount.currency}.", "Reject it.")
    after = balances[0].amount.plus(amount)
    reference = found.address.partition("/")[2]
    told: list[Fact] = [
        Balance(amount=after, as_of=found.today),
        Booking(id=reference, date=found.today, text="Payment", amount=amount, balance=after, invoice=number),
    ]
    invoice = found.facts.kinds[Invoice.kind].get(number or "")
    if isinstance(invoice, Invoice) and invoice.gross == amount:
        told.append(invoice.model_copy(update={"status": "paid"}))
    for fact in told:
        put_fact(connection, fact, found.revision)


def _demand_annex(_connection: Connection, found: _Answer) -> None:
    present, named = annex_version(found.facts), found.fields["annex"]
    if present != named:
        raise AccountError(
            f"It is signed for version {named} of the annex, and the account has {present or 'none'}.",
            f"Answer `{UNSIGNED}`: what only one side has signed isn't agreed.",
        )


def _free_name(tariff: str, taken: Mapping[str, Package]) -> str:
    names = (f"{tariff}-{number}" for number in range(1, len(taken) + 2))
    return next(name for name in names if name not in taken)


def _after(day: date, period: str) -> date:
    """Return the day one period later; the last of its month where that is shorter."""
    months = {"month": 1}.get(period, 12)
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


#: What follows when a request of a kind is accepted or completed.
_EFFECTS: Mapping[str, tuple[Callable[[Connection, _Answer], None], ...]] = {
    "order": (_book_domain, _book_package),
    "payment": (_pay,),
    "data_processing_agreement": (_demand_annex,),
}
