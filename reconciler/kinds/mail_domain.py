"""Mail domains: what a booked domain does with mail to addresses that don't exist."""

from collections.abc import Iterable
from typing import Any

from reconciler.kinds._fields import FieldsKind, Resource, fields_of
from reconciler.kinds._mail import Target, canonical_domain, written_target
from reconciler.model.address import Address, join
from reconciler.model.change import Action, Risk
from reconciler.model.fields import Json, Value
from reconciler.model.marks import said


class MailDomainModel(Resource):
    """The mail of a domain."""

    catch_all: Target | None = said(
        default=None, description="Who gets mail to addresses that don't exist; such mail is refused by default."
    )


class MailDomainKind(FieldsKind):
    """``mail: DOMAIN``; mailboxes and aliases are written below it."""

    name = "mail_domain"
    title = "mail domain"
    path = ("mail", "*")
    model = MailDomainModel
    fixed = True

    def address(self, keys: tuple[str, ...]) -> Address:
        """Return ``mail_domain/DOMAIN``."""
        return join(self.name, canonical_domain(keys[0]))

    def context(self, address: Address) -> dict[str, Any]:
        """Return the domain, to which bare names belong."""
        return {"domain": self.keys(address)[0]}

    def references(self, address: Address, value: Value) -> Iterable[Address]:
        """Return the mailbox or alias that catches all."""
        if target := fields_of(value).value("catch_all"):
            yield join("mailbox", str(target))
            yield join("alias", str(target))

    def risk(self, action: Action, address: Address, before: Value | None, after: Value | None) -> Risk:
        """Return traffic: mail takes another way or is refused."""
        return Risk.TRAFFIC if action.writes else Risk.COSMETIC

    def write_field(self, address: Address, name: str, value: Value) -> Json:
        """Return the target without our own domain."""
        return written_target(self.keys(address)[0], str(value))
