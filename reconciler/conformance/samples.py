"""What is made of each kind: two values as the contract has them, with their secrets; every name says whose it is."""

from collections.abc import Mapping
from dataclasses import field

from reconciler.kinds import KINDS
from reconciler.kinds.record import record_value
from reconciler.kinds.record_text import wire_value
from reconciler.model.address import Address
from reconciler.model.fields import Json
from reconciler.model.late import dataclass
from reconciler.wire.account import AccountInfo

#: What everything that is made is called.
MARK = "conformance"
_SECRET = {"text": "kqzvbnjw-conformance-7731", "is_hash": False}
_PASSWORD = {"password": _SECRET}
_NO_SECRETS: Mapping[str, Json] = {}


@dataclass(frozen=True, slots=True)
class Sample:
    """One thing of a kind: where it stands, what it is at first and then, and its secrets when it is made."""

    address: Address
    one: Mapping[str, Json]
    two: Mapping[str, Json]
    secrets: Mapping[str, Json] = field(default_factory=lambda: _NO_SECRETS)
    secrets_of_two: Mapping[str, Json] = field(default_factory=lambda: _NO_SECRETS)


def sample(kind: str, info: AccountInfo, domain: str) -> Sample | None:
    """Return what is made of a kind in an account with this domain; None for what can't be tried there."""
    topic = min(info.topics, default="")
    found: Mapping[str, Sample] = {
        "mail_domain": Sample(
            f"mail_domain/{domain}", {"catch_all": "one@example.net"}, {"catch_all": "two@example.net"}
        ),
        "mailbox": Sample(
            f"mailbox/{MARK}@{domain}", {"name": "One", "quota": 2**30}, {"name": "Two", "quota": 2**31}, _PASSWORD
        ),
        "alias": Sample(f"alias/{MARK}@{domain}", {"targets": ["a@example.net"]}, {"targets": ["b@example.net"]}),
        "contact": Sample(
            f"contact/{MARK}", _contact(domain, "One Example"), {**_contact(domain, "Two Example"), "may": ["speak"]}
        ),
        "ftp_account": Sample(
            f"ftp_account/{MARK}", {"login": MARK, "home": "/one"}, {"login": MARK, "home": "/two"}, _PASSWORD
        ),
        "notification": Sample(f"notification/{topic}", {"channels": ["email"]}, {"channels": ["email", "post"]}),
        "address": Sample("address", _street("1"), _street("2")),
        "billing": Sample("billing", {"invoice": _invoice("one")}, {"invoice": _invoice("two")}),
        "password": Sample("password/telephone", {"is_set": True}, {"is_set": True}, _PASSWORD, _PASSWORD),
        "record": Sample(f"record/{domain}/{MARK}/A", _record("192.0.2.1"), _record("192.0.2.2")),
    }
    return found.get(kind)


def _contact(domain: str, name: str) -> dict[str, Json]:
    return {"name": name, "email": f"{MARK}@{domain}", "scope": "external", "may": ["speak"]}


def _street(number: str) -> dict[str, Json]:
    return {"street": f"Musterstrasse {number}", "postcode": "30159", "city": "Hannover", "country": "DE"}


def _invoice(name: str) -> dict[str, Json]:
    return {"by": "email", "to": f"{name}@example.net"}


def _record(address: str) -> Mapping[str, Json]:
    value: Mapping[str, Json] = KINDS["record"].to_json(record_value("A", 300, [wire_value("A", address)]))
    return value
