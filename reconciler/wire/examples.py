"""What is said of each kind's value in the contract, and an example of each, as an account would tell it."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from reconciler.model.fields import Json

_DIGEST = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
_ATTACHED = {"name": "form.pdf", "sha256": _DIGEST, "size": 48213}


class About(NamedTuple):
    """What is said of a kind's value, and one as an account would tell it."""

    text: str
    example: Mapping[str, Json]


#: Of each kind of settings and requests.
VALUES: Final[Mapping[str, About]] = {
    "zone": About("A zone has no fields: what it holds are record sets.", {}),
    "record": About(
        "All records of one name and type, sorted.",
        {"type": "MX", "ttl": 3600, "values": ["10 mx1.example.org.", "20 mx2.example.org."]},
    ),
    "mail_domain": About("Mail of a whole domain.", {"catch_all": "info@example.org"}),
    "mailbox": About(
        "A mailbox; its name is its address, and `quota` counts octets.",
        {
            "name": "Erika Mustermann",
            "quota": 2147483648,
            "forward_to": ["max@example.net"],
            "keep_copy": True,
            "autoreply": {"subject": "Away", "text": "Back in June.", "from": "2027-05-01", "until": "2027-05-31"},
        },
    ),
    "alias": About("An address whose mail goes to others; targets are sorted.", {"targets": ["info@example.org"]}),
    "ftp_account": About("Access to files.", {"login": "web", "home": "/web", "rights": "read-write"}),
    "contact": About(
        "A person who may speak for the customer; `may` is sorted.",
        {
            "name": "Erika Mustermann",
            "email": "erika@example.org",
            "phone": "+493023125000",
            "scope": "internal",
            "may": ["authorise", "speak"],
            "packages": "all",
        },
    ),
    "whitelist_entry": About("An address that may reach the account.", {"address": "203.0.113.7"}),
    "notification": About("How notices of one topic come, which is the name.", {"channels": ["email", "post"]}),
    "address": About(
        "The customer's own postal address; what isn't known is null.",
        {
            "salutation": "Frau",
            "first_name": "Erika",
            "last_name": "Mustermann",
            "street": "Musterstraße 1",
            "additional": None,
            "country": "DE",
            "postcode": "10115",
            "city": "Berlin",
            "phone": "+493023125000",
            "email": "erika@example.org",
        },
    ),
    "billing": About(
        "How invoices come, and how they are paid; `contact` is the account's own id of one (`~3`).",
        {
            "invoice": {"by": "email", "to": "invoices@example.org", "contact": "~3"},
            "pay": {"by": "sepa_debit", "bic": None, "holder": "Musterfirma GmbH"},
        },
    ),
    "password": About("Whether the password was ever set, which is all that is told of it.", {"is_set": True}),
    "order": About(
        "What is ordered: exactly one of `domain`, `package` and `tariff` isn't null.",
        {
            "domain": "example.shop",
            "package": None,
            "tariff": None,
            "into": "hosting-1",
            "term": "12 months",
            "max_price": "24.00 EUR/year gross",
            "max_setup": None,
            "valid_until": "2027-01-31",
        },
    ),
    "payment": About(
        "What is paid, by the way that `billing` says.",
        {"amount": "120.00 EUR", "invoice": "2026-0001", "purpose": None, "valid_until": None},
    ),
    "ownership_change": About(
        "Who becomes the owner, and the signed form.",
        {
            "new_owner": "Musterfirma AG",
            "address": None,
            "effective": "2027-01-01",
            "attachments": [_ATTACHED],
            "valid_until": None,
        },
    ),
    "data_processing_agreement": About(
        "Which data of whom are processed, under which annex; both lists are sorted.",
        {
            "data": ["e-mail addresses", "names"],
            "subjects": ["customers", "employees"],
            "annex": "2026-01",
            "signed_by": "Erika Mustermann",
            "valid_until": None,
        },
    ),
    "support_request": About(
        "A question or an order to the support team.",
        {
            "subject": "Restore a folder",
            "text": "Please restore /web as it was on Monday.",
            "about": "hosting-1",
            "attachments": [],
            "valid_until": None,
        },
    ),
}

#: An example of each kind of facts.
TOLD: Final[Mapping[str, Mapping[str, Json]]] = {
    "package": {
        "id": "hosting-1",
        "title": "Web hosting L",
        "tariff": "package/web-l",
        "unlimited": False,
        "limits": {"domains": 25, "mailboxes": 500, "disk": 102400},
        "used": {"domains": 1, "mailboxes": 5},
        "price": "15.90 EUR",
        "period": "month",
        "since": "2023-03-02",
        "notice": "3 months",
    },
    "domain": {
        "domain": "example.org",
        "package": "hosting-1",
        "booked": "2023-03-02",
        "renews": "2027-03-02",
        "status": "active",
    },
    "server": {
        "id": "web-1",
        "title": "Managed server M",
        "service_level": "silver",
        "price": "95.00 EUR",
        "period": "month",
        "since": "2022-03-01",
        "specification": {"cpu": "8 vCPU", "memory": "32 GiB"},
        "links": {"servercon": "https://servercon.example.com/web-1"},
    },
    "product": {
        "id": "backup-1",
        "title": "Backup of 500 GB",
        "price": "12.50 EUR",
        "period": "month",
        "since": "2023-09-01",
        "notice": "1 month",
    },
    "invoice": {
        "number": "2026-0001",
        "issued": "2026-01-01",
        "due": "2026-01-15",
        "net": "10.00 EUR",
        "vat": "1.90 EUR",
        "gross": "11.90 EUR",
        "server": None,
        "status": "paid",
        "sha256": _DIGEST,
        "size": 2691,
    },
    "booking": {
        "id": "B-00001",
        "date": "2026-01-09",
        "text": "Payment",
        "amount": "20.00 EUR",
        "balance": "8.10 EUR",
        "invoice": None,
    },
    "balance": {"amount": "8.10 EUR", "as_of": "2026-11-26"},
    "document": {
        "id": "terms",
        "title": "Terms",
        "sort": "terms",
        "version": "2026-01",
        "date": "2026-01-01",
        "sha256": _DIGEST,
        "size": 1742,
    },
    "price": {
        "item": "domain/shop",
        "since": "2026-01-01",
        "until": None,
        "net": "20.00 EUR",
        "rate": "19",
        "period": "year",
        "term": "12 months",
        "notice": "1 month",
    },
    "log": {
        "id": "000000001",
        "at": "2026-11-26T08:00:00Z",
        "who": "ci",
        "origin": "203.0.113.7",
        "action": "update",
        "resource": "mailbox/info@example.org",
    },
}
