"""Declared domains that nobody booked: what is in them can't be made, and the order of each is offered as YAML."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from datetime import date

from reconciler.model.address import Address, kind_of, split
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.facts import Facts
from reconciler.model.fields import Fields
from reconciler.model.groups import groups_of, of_kind, of_kinds, without
from reconciler.model.state import Applied, Desired, Live
from reconciler.planner.codes import diagnostic

#: The kinds of facts that tell it.
NEEDED = frozenset({"domain", "package"})
_KINDS = ("mail_domain", "zone")


def new_domains(desired: Desired, applied: Applied) -> Mapping[str, Address]:
    """Return the domains of which nothing was applied yet, each with what declares it."""
    owned = {split(address)[1] for address in of_kinds(applied.state, _KINDS)}
    found = {split(address)[1]: address for address in sorted(of_kinds(desired.state, _KINDS))}
    return {domain: address for domain, address in found.items() if domain not in owned}


def leave_unbooked(
    desired: Desired, live: Live, applied: Applied, facts: Facts, today: date
) -> tuple[Desired, list[Diagnostic]]:
    """Return what is desired without what lies in domains that aren't booked, and a finding for each of these.

    An unlimited package books by itself. Zones that another provider holds needn't be booked with the account.
    """
    missing = dict(_unbooked(desired, live, applied, facts))
    if not missing:
        return desired, []
    inside = [group for name, group in groups_of(desired.state).items() if _may_lie_in(name, missing)]
    out = {a for group in inside for a in group if _domain_of(a) in missing and a not in applied.state}
    findings = [
        diagnostic(
            "domain-not-booked",
            f"{domain} is declared, and the account has no such domain booked; what is in it is left out of the plan.",
            _remedy(domain, desired, today),
            address=address,
            span=desired.places.get(address),
        )
        for domain, address in missing.items()
    ]
    return replace(desired, state=without(desired.state, out)), findings


def _unbooked(desired: Desired, live: Live, applied: Applied, facts: Facts) -> Iterator[tuple[str, Address]]:
    if not all(map(facts.knows, NEEDED)):
        return
    from reconciler.facts.domain import Domain
    from reconciler.facts.package import Package

    if any(package.unlimited for package in facts.all(Package)):
        return
    booked = {domain.name for domain in facts.all(Domain)}
    for domain, address in new_domains(desired, applied).items():
        there = domain in booked or any(f"{kind}/{domain}" in live.state for kind in _KINDS)
        if not there and live.origin_of(kind_of(address)) == live.origin:
            yield domain, address


def _may_lie_in(group: str, domains: Collection[str]) -> bool:
    """Tell whether anything in a group may lie in one of some domains."""
    return not group.startswith("record/") or split(group)[1] in domains


def _domain_of(address: Address) -> str:
    """Return the domain in which an address lies, be it that of a zone or of mail; empty for everything else."""
    kind = kind_of(address)
    if kind in ("mailbox", "alias"):
        return split(address)[1].rpartition("@")[2]
    return split(address)[1] if kind in (*_KINDS, "record") else ""


def _remedy(domain: str, desired: Desired, today: date) -> str:
    orders = [a for a, value in of_kind(desired.state, "order").items() if _orders(value, domain)]
    if orders:
        return f"{min(orders)} asks for it. Plan again when the company has booked it."
    if domain.count(".") > 1:
        return "A name below a booked domain stands in that domain's zone; otherwise order the domain."
    reference = f"{today:%Y-%m}-{domain.replace('.', '-')}"
    return f"Order it: `requests: {{{reference}: {{order: {{domain: {domain}}}}}}}`, best with `max_price`."


def _orders(value: object, domain: str) -> bool:
    return isinstance(value, Fields) and value.value("domain") == domain
