"""Rules over what ``removed:`` lets go: nothing that stays may still send mail, invoices or notices there."""

from collections.abc import Iterable, Iterator
from datetime import date

from reconciler.check.finding import finding
from reconciler.kinds import KINDS
from reconciler.model.address import Address, join, kind_of, matches
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.fields import Fields
from reconciler.model.groups import of_kind, of_kinds
from reconciler.model.state import Desired, Removal

_RECEIVERS = ("mailbox", "alias")
_SENDERS = ("alias", "mail_domain", "mailbox")


def target_leaves(desired: Desired, _today: date) -> Iterator[Diagnostic]:
    """Yield each alias, mailbox or domain that sends mail on to a mailbox or alias which ``removed:`` lets go."""
    senders = sorted(of_kinds(desired.state, _SENDERS).items()) if desired.removals else []
    for address, value in senders:
        targets = KINDS[kind_of(address)].references(address, value)
        for name in sorted({target.partition("/")[2] for target in targets if kind_of(target) in _RECEIVERS}):
            detail = "{} sends mail on to {}, which goes."
            yield from _found(desired, "target-leaves", address, _mail(name), detail, "Name another target.")


def invoice_leaves(desired: Desired, _today: date) -> Iterator[Diagnostic]:
    """Yield where invoices go to an address, or name a contact, that ``removed:`` lets go."""
    billing = desired.state.get("billing") if desired.removals else None
    invoice = billing.value("invoice") if isinstance(billing, Fields) else None
    if not isinstance(invoice, Fields):
        return
    if to := invoice.value("to"):
        detail = "Invoices of {} go to {}, which goes."
        yield from _found(desired, "invoice-leaves", "billing", _mail(str(to)), detail, "Correct `to`.")
    if contact := invoice.value("contact"):
        detail = "Invoices of {} name {}, which goes."
        yield from _found(desired, "invoice-leaves", "billing", [join("contact", str(contact))], detail, _CONTACT)


def notice_leaves(desired: Desired, _today: date) -> Iterator[Diagnostic]:
    """Yield each contact whose own address is a mailbox or alias that ``removed:`` lets go."""
    for address, value in sorted(of_kind(desired.state, "contact").items()) if desired.removals else ():
        if isinstance(value, Fields) and (email := value.value("email")):
            detail = "Notices for {} go to {}, which goes."
            yield from _found(desired, "notice-leaves", address, _mail(str(email)), detail, "Correct `email`.")


_CONTACT = "Name another contact."


def leaving(desired: Desired, addresses: Iterable[Address]) -> tuple[Address, Removal] | None:
    """Return which of some addresses goes, and the entry that says so; None where one of them is declared."""
    named = list(addresses)
    if any(address in desired.state for address in named):
        return None
    pairs = ((a, r) for a in named for r in desired.removals if not r.keep and matches(a, r.pattern))
    return next(pairs, None)


def _mail(name: str) -> list[Address]:
    return [join(kind, name) for kind in _RECEIVERS]


def _found(
    desired: Desired, code: str, address: Address, gone: list[Address], detail: str, remedy: str
) -> Iterator[Diagnostic]:
    if found := leaving(desired, gone):
        yield finding(desired, code, address, detail.format(address, found[0]), remedy, related=(found[1].span,))
