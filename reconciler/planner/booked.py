"""Declared domains that nobody booked: what is in them can't be made, and the order of each is offered as YAML."""

from collections.abc import Iterator, Mapping
from datetime import date

from reconciler.facts.domain import Domain
from reconciler.facts.package import Package
from reconciler.model.address import Address, kind_of, split
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.facts import Facts
from reconciler.model.fields import Fields
from reconciler.model.state import Applied, Desired, Live
from reconciler.planner.codes import diagnostic

#: The kinds of facts that tell it.
NEEDED = frozenset({Domain.kind, Package.kind})
_KINDS = ("mail_domain", "zone")


def new_domains(desired: Desired, applied: Applied) -> Mapping[str, Address]:
    """Return the domains of which nothing was applied yet, each with what declares it."""
    declared = sorted(address for address in desired.state if kind_of(address) in _KINDS)
    owned = {split(address)[1] for address in applied.state if kind_of(address) in _KINDS}
    found = {split(address)[1]: address for address in declared}
    return {domain: address for domain, address in found.items() if domain not in owned}


def not_booked(desired: Desired, live: Live, applied: Applied, facts: Facts, today: date) -> Iterator[Diagnostic]:
    """Yield each new domain that isn't booked, nor below one that is; an unlimited package books by itself.

    Zones that another provider holds needn't be booked with the account.
    """
    if not facts.knows(Domain.kind) or not facts.knows(Package.kind):
        return
    if any(package.unlimited for package in facts.all(Package)):
        return
    booked = {domain.name for domain in facts.all(Domain)}
    for domain, address in new_domains(desired, applied).items():
        if live.origin_of(kind_of(address)) == live.origin and not _is_within(domain, booked):
            yield diagnostic(
                "domain-not-booked",
                f"{domain} is declared, and the account has no such domain booked.",
                _remedy(domain, desired, today),
                address=address,
                span=desired.places.get(address),
            )


def _is_within(domain: str, booked: set[str]) -> bool:
    labels = domain.split(".")
    return any(".".join(labels[at:]) in booked for at in range(len(labels)))


def _remedy(domain: str, desired: Desired, today: date) -> str:
    orders = [a for a, value in desired.state.items() if kind_of(a) == "order" and _orders(value, domain)]
    if orders:
        return f"{min(orders)} asks for it. Plan again when the company has booked it."
    reference = f"{today:%Y-%m}-{domain.replace('.', '-')}"
    return f"Order it: `requests: {{{reference}: {{order: {{domain: {domain}}}}}}}`, best with `max_price`."


def _orders(value: object, domain: str) -> bool:
    return isinstance(value, Fields) and value.value("domain") == domain
