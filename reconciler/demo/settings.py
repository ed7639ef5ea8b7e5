"""The settings of the Musterfirma: all that its account holds beside facts, in the order in which it can be made."""

from collections.abc import Iterator, Mapping
from dataclasses import field
from itertools import chain
from typing import Any

from reconciler.demo.firm import HOME, Firm
from reconciler.demo.passwords import IBAN_TEXT, locked
from reconciler.demo.words import DEPARTMENTS, FIRST_NAMES, LAST_NAMES
from reconciler.demo.zones import record_sets
from reconciler.kinds import KINDS
from reconciler.model.address import Address, join
from reconciler.model.late import dataclass
from reconciler.model.secret import Secret

#: How many people can be told apart by their names; whoever comes later has a number.
_NAMES = len(FIRST_NAMES) * len(LAST_NAMES)


@dataclass(frozen=True, slots=True)
class Setting:
    """What stands at an address: data as the account reports it, and the secrets that go with it.

    ``always`` says that every account has it, so that it is changed and not made.
    """

    address: Address
    data: Mapping[str, Any]
    secrets: Mapping[str, Secret] = field(default_factory=dict)
    always: bool = False


def stages(firm: Firm) -> tuple[Iterator[Setting], ...]:
    """Return every setting in stages; what has an id of the account's own stands in one before what refers to it."""
    return _contacts(firm), _others(firm)


def settings(firm: Firm) -> Iterator[Setting]:
    """Yield every setting."""
    return chain(*stages(firm))


def _others(firm: Firm) -> Iterator[Setting]:
    yield from _zones(firm)
    yield from _mailboxes(firm)
    yield from _aliases(firm)
    yield from _ftp_accounts(firm)
    yield from _whitelist(firm)
    yield from _own_data(firm)


def _zones(firm: Firm) -> Iterator[Setting]:
    for domain in firm.domains:
        yield Setting(join("zone", domain.name), {})
    address_of = KINDS["record"].address
    for one in record_sets(firm):
        yield Setting(address_of((one.zone, one.name, one.rtype)), one.data)


def _person(place: int) -> tuple[str, str]:
    """Return first and last name of one of the firm's people; the first is who the pages speak of."""
    row, column = divmod(place, len(FIRST_NAMES))
    return FIRST_NAMES[column], LAST_NAMES[(column + row) % len(LAST_NAMES)]


def _mailboxes(firm: Firm) -> Iterator[Setting]:
    """Yield mailboxes, the first of each domain being ``info``, the others those of people."""
    for place in range(firm.shape.mailboxes):
        row, column = divmod(place, firm.shape.domains)
        first, last = _person(row - 1)
        name, local = (f"{first} {last}", f"{first}.{last}".lower()) if row else ("Information", "info")
        again = f"{(row - 1) // _NAMES + 1}" if row > _NAMES else ""
        domain = firm.domains[column].name
        data: dict[str, Any] = {"name": name, "quota": f"{firm.one_of((1, 2, 5, 10), 'quota', place)} GiB"}
        if row and firm.below(8, "forward", place) == 0:
            data["forward_to"] = [f"info@{domain}"]
        elif row and firm.below(12, "reply", place) == 0:
            data["autoreply"] = {"subject": "Neue Adresse", "text": f"Bitte schreiben Sie an info@{domain}."}
        address = join("mailbox", f"{local}{again}@{domain}")
        yield Setting(address, data, {"password": locked(firm, address)})


def _aliases(firm: Firm) -> Iterator[Setting]:
    for place in range(firm.shape.aliases):
        row, column = divmod(place, firm.shape.domains)
        again = f"-{row // len(DEPARTMENTS) + 1}" if row >= len(DEPARTMENTS) else ""
        domain = firm.domains[column].name
        targets = [f"info@{domain}", *([f"info@{HOME}"] if firm.below(3, "targets", place) == 0 else [])]
        yield Setting(join("alias", f"{DEPARTMENTS[row % len(DEPARTMENTS)]}{again}@{domain}"), {"targets": targets})


def _ftp_accounts(firm: Firm) -> Iterator[Setting]:
    for place in range(firm.shape.ftp_accounts):
        row, column = divmod(place, firm.shape.domains)
        login = f"{firm.domains[column].name.partition('.')[0]}-{row + 1}"
        rights = "read-only" if firm.below(4, "rights", place) == 0 else "read-write"
        address = join("ftp_account", login)
        yield Setting(
            address,
            {"login": login, "home": f"/{login}", "rights": rights},
            {"password": locked(firm, address)},
        )


def _contacts(firm: Firm) -> Iterator[Setting]:
    """Yield contacts; the first may authorise for everything, every fourth belongs to another firm."""
    for place in range(firm.shape.contacts):
        first, last = _person(place)
        external = place % 4 == 3
        name = f"{first}-{last}".lower()
        yield Setting(
            join("contact", name),
            {
                "name": f"{first} {last}",
                "email": f"{name}@{'agentur.example' if external else HOME}",
                # Numbers that the regulator keeps for films.
                "phone": f"+49 30 23125{place:03}",
                "scope": "external" if external else "internal",
                "may": ["speak"] if external or place % 3 else ["authorise", "speak"],
                "packages": [firm.one_of(firm.packages, "package", place)] if external else "all",
            },
        )


def _whitelist(firm: Firm) -> Iterator[Setting]:
    # Whoever tries the account as a service on his own machine is let in.
    for name, address in (("here", "127.0.0.1"), ("here-6", "::1"), ("office", "198.18.0.7"))[: firm.shape.whitelist]:
        yield Setting(join("whitelist_entry", name), {"address": address})


def _own_data(firm: Firm) -> Iterator[Setting]:
    """Yield what every account has, as the firm has it."""
    yield Setting(join("mail_domain", HOME), {"catch_all": f"info@{HOME}"}, always=True)
    yield Setting(join("notification", "outage"), {"channels": ["email", "sms"]}, always=True)
    yield Setting(join("notification", "newsletter"), {"channels": ["email"]}, always=True)
    yield Setting("address", _ADDRESS, always=True)
    invoice = {"by": "email", "to": f"info@{HOME}", "contact": "erika-mustermann"}
    pay = {"by": "sepa_debit", "holder": "Musterfirma GmbH"}
    yield Setting("billing", {"invoice": invoice, "pay": pay}, {"pay.iban": Secret(IBAN_TEXT)}, always=True)
    for name in ("service", "telephone"):
        address = join("password", name)
        yield Setting(address, {"is_set": True}, {"password": locked(firm, address)}, always=True)


_ADDRESS = {
    "salutation": "Frau",
    "first_name": "Erika",
    "last_name": "Mustermann",
    "street": "Musterstraße 1",
    "postcode": "10115",
    "city": "Berlin",
    "country": "DE",
    "phone": "+49 30 23125000",
    "email": f"info@{HOME}",
}
