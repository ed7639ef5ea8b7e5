"""What a new account begins with, and what comes with a booked domain."""

from collections.abc import Mapping

from reconciler.kinds import KINDS
from reconciler.model.address import Address, join, kind_of
from reconciler.model.fields import Value

#: Record types without RDATA that the account serves.
SERVED_TYPES = frozenset({"ALIAS"})
#: Kinds whose entries can get another name.
RENAMED_KINDS = frozenset({"mailbox", "alias"})
#: The notification topics that the account knows, with the channels that a new account begins with.
TOPICS: Mapping[str, tuple[str, ...]] = {
    "domain_expiry": ("email",),
    "invoice": ("email",),
    "maintenance": ("email",),
    "newsletter": (),
    "outage": ("email",),
    "price_change": ("email",),
}


def first_values() -> dict[Address, Value]:
    """Return what a new account has: notifications, no address yet, invoices by post paid by transfer, passwords."""
    from reconciler.kinds.password import PASSWORDS

    topics = {join("notification", topic): {"channels": channels} for topic, channels in TOPICS.items()}
    others: dict[Address, dict[str, object]] = {"address": {}, "billing": {}}
    others |= {join("password", name): {} for name in PASSWORDS}
    return {address: KINDS[kind_of(address)].parse(address, data) for address, data in (topics | others).items()}


def mail_domain_value(domain: str) -> tuple[Address, Value]:
    """Return the mail domain that comes with a newly booked domain."""
    kind = KINDS["mail_domain"]
    address = join(kind.name, domain)
    return address, kind.parse(address, {})
