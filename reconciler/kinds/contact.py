"""Contacts: the people who may speak for the customer."""

from typing import Annotated, Literal

from reconciler.kinds._fields import FieldsKind, Renamable, fields_of, plain_name
from reconciler.kinds._mail import Email, sorted_unique
from reconciler.kinds._phone import Phone, written_phone
from reconciler.model.address import Address, join
from reconciler.model.change import Action, Risk
from reconciler.model.fields import Json, Value
from reconciler.model.marks import AfterValidator, said
from reconciler.model.scalars import PRIVATE, Text


def _packages(value: str | tuple[str, ...]) -> str | tuple[str, ...]:
    return value if isinstance(value, str) else sorted_unique(value)


Right = Literal["speak", "authorise"]


class ContactModel(Renamable):
    """A person or a department."""

    name: Annotated[Text, PRIVATE] = said(description="The name.")
    email: Annotated[Email, PRIVATE] = said(description="The address by which the contact is recognised.")
    phone: Annotated[Phone | None, PRIVATE] = said(default=None, description="In international form.")
    scope: Literal["internal", "external"] = said(
        default="internal", description="Whether the person belongs to the customer's own company."
    )
    may: Annotated[tuple[Right, ...], AfterValidator(sorted_unique)] = said(
        default=("speak",), description="What the contact may do: ask questions, or also authorise changes."
    )
    packages: Annotated[Literal["all"] | tuple[Text, ...], AfterValidator(_packages)] = said(
        default="all", description="For which packages: `all` or a list."
    )


class ContactKind(FieldsKind):
    """``contacts: NAME``; in the account recognised by the e-mail address."""

    name = "contact"
    title = "contact"
    path = ("contacts", "*")
    model = ContactModel
    needs_tombstone = True
    natural_key = "email"

    def address(self, keys: tuple[str, ...]) -> Address:
        """Return ``contact/NAME``."""
        return join(self.name, plain_name(keys[0]))

    def risk(self, action: Action, address: Address, before: Value | None, after: Value | None) -> Risk:
        """Return access where somebody's rights begin, end or change."""
        if before is None or after is None:
            return Risk.ACCESS
        rights = ("may", "scope", "packages", "email")
        return Risk.ACCESS if fields_of(before).only(rights) != fields_of(after).only(rights) else Risk.COSMETIC

    def write_field(self, address: Address, name: str, value: Value) -> Json:
        """Return a field as a person would write it, a telephone number with its groups."""
        return written_phone(str(value)) if name == "phone" else super().write_field(address, name, value)


def may_authorise(value: Value) -> bool:
    """Tell whether the value is that of an internal contact who may authorise changes."""
    contact = fields_of(value)
    may = contact.value("may")
    return contact.value("scope") == "internal" and isinstance(may, tuple) and "authorise" in may
