"""What a company can't tell of an account, because it makes no sense; adding a rule is a function and a row.

=========================  ================================================================
named once                 no two facts of a kind have one name
prices positive            nothing booked costs less than nothing, and VAT is in percent
prices don't overlap       an item has one price on each day, and no price ends before it begins
invoices add up            net and VAT are the gross amount, all in one currency
one annex                  an agreement can name only one annex of measures
domains canonical          in the spelling of the DNS
files are PDFs             each belongs to a fact, and is the one that the fact names by its digest
=========================  ================================================================
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from hashlib import sha256
from itertools import pairwise
from operator import attrgetter
from typing import TypeAlias

from reconciler.facts.document import Document
from reconciler.facts.domain import Domain
from reconciler.facts.invoice import Invoice
from reconciler.facts.package import Package
from reconciler.facts.price import Price
from reconciler.facts.product import Product
from reconciler.facts.server import Server
from reconciler.kinds import KINDS
from reconciler.model.address import Address, join
from reconciler.model.fact import Fact
from reconciler.model.scalars import refusals
from reconciler.model.text import neutral

Files: TypeAlias = Mapping[Address, bytes]
Rule: TypeAlias = Callable[[Sequence[Fact], Files], Iterator[str]]

_PDF = b"%PDF-"
_PDF_END = b"%%EOF"
#: Within how many of its last octets readers look for the end of a PDF.
_END_WITHIN = 1024
_WHOLE = 100


def is_pdf(content: bytes) -> bool:
    """Tell whether a file begins and ends as a PDF does."""
    return content.startswith(_PDF) and _PDF_END in content[-_END_WITHIN:]


def wrong_facts(facts: Sequence[Fact], files: Files) -> list[str]:
    """Return a sentence for everything that is wrong with facts and their files."""
    return [neutral(sentence) for rule in RULES for sentence in rule(facts, files)]


def _named_once(facts: Sequence[Fact], _files: Files) -> Iterator[str]:
    for address, count in Counter(fact.address for fact in facts).items():
        if count > 1:
            yield f"{address} is told {count} times."


def _prices_are_positive(facts: Sequence[Fact], _files: Files) -> Iterator[str]:
    for fact in facts:
        amount = fact.net if isinstance(fact, Price) else None
        if isinstance(fact, Package | Product | Server):
            amount = fact.price
        if amount is not None and amount.amount < 0:
            yield f"{fact.address} costs less than nothing: {amount}."
        if isinstance(fact, Price) and not 0 <= fact.rate <= _WHOLE:
            yield f"{fact.address} has a VAT of {fact.rate} percent."


def _prices_do_not_overlap(facts: Sequence[Fact], _files: Files) -> Iterator[str]:
    prices = sorted((fact for fact in facts if isinstance(fact, Price)), key=attrgetter("item", "since"))
    for price in prices:
        if price.until is not None and price.until < price.since:
            yield f"{price.address} ends on {price.until}, before it begins."
    for one, other in pairwise(prices):
        if one.item == other.item and (one.until is None or other.since <= one.until):
            yield f"{one.item} has two prices from {other.since} on: {one.net} and {other.net}."


def _invoices_add_up(facts: Sequence[Fact], _files: Files) -> Iterator[str]:
    for fact in facts:
        if not isinstance(fact, Invoice):
            continue
        if len({fact.net.currency, fact.vat.currency, fact.gross.currency}) > 1:
            yield f"{fact.address} has more than one currency."
        elif fact.net.plus(fact.vat) != fact.gross:
            yield f"{fact.address} doesn't add up: {fact.net} and {fact.vat} VAT are not {fact.gross}."


def _one_annex(facts: Sequence[Fact], _files: Files) -> Iterator[str]:
    annexes = [fact.address for fact in facts if isinstance(fact, Document) and fact.sort == "annex"]
    if len(annexes) > 1:
        yield f"{' and '.join(annexes)} are both the annex of technical and organisational measures."


def _domains_are_canonical(facts: Sequence[Fact], _files: Files) -> Iterator[str]:
    kind = KINDS["mail_domain"]
    for fact in facts:
        if not isinstance(fact, Domain):
            continue
        try:
            canonical = kind.address((fact.domain,)) == join(kind.name, fact.domain)
        except refusals():
            canonical = False
        if not canonical:
            yield f"{fact.domain} is not the name of a domain, as the DNS spells it."


def _files_are_pdfs(facts: Sequence[Fact], files: Files) -> Iterator[str]:
    owners = {fact.address: fact for fact in facts if fact.has_file}
    for address, content in files.items():
        if address not in owners:
            yield f"There is a file of {address}, but no such fact that has one."
        elif not is_pdf(content):
            yield f"The file of {address} is not a PDF."
    for address, owner in owners.items():
        told = getattr(owner, "sha256", "")
        if told and address not in files:
            yield f"{address} names a file that isn't there."
        elif told and told != sha256(files[address]).hexdigest():
            yield f"The file of {address} is not the one that its digest names."


#: What must hold for facts that are told.
RULES: tuple[Rule, ...] = (
    _named_once,
    _prices_are_positive,
    _prices_do_not_overlap,
    _invoices_add_up,
    _one_annex,
    _domains_are_canonical,
    _files_are_pdfs,
)
