"""Billing: how invoices come, and how they are paid."""

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal

from reconciler.kinds._fields import FieldsKind, Resource, fields_of, plain_name
from reconciler.kinds._mail import Email
from reconciler.model.address import Address, decode_part, join
from reconciler.model.change import Action, Risk
from reconciler.model.fields import Fields, Value
from reconciler.model.marks import AfterValidator, BeforeValidator, Discriminator, Info, WithJsonSchema, said
from reconciler.model.scalars import PRIVATE, Text, wrong_type, wrong_value
from reconciler.model.secret_field import SecretReference
from reconciler.model.written import Written

_MAX_HOLDER = 70


def _bic(value: Any) -> str:
    from schwifty import BIC
    from schwifty.exceptions import SchwiftyException

    if not isinstance(value, str):
        raise wrong_type("a BIC", "Write the bank's eight or eleven characters, such as `COBADEFFXXX`.")
    try:
        found = BIC(value)
    except SchwiftyException:
        raise wrong_value(
            "This is not a BIC.", "Write the bank's eight or eleven characters, such as `COBADEFFXXX`."
        ) from None
    return found.compact if len(found.compact) > len("COBADEFF") else f"{found.compact}XXX"


def _holder(value: str) -> str:
    text = " ".join(value.split())
    if not text or len(text) > _MAX_HOLDER or not text.isprintable():
        raise wrong_value(f"Expected a name of 1 to {_MAX_HOLDER} characters.", "Write it as the bank knows it.")
    return text


def _contact(value: str, info: Info) -> str:
    # An account knows no names of ours; it reports a contact by its own id.
    return value if (info.context or {}).get("live") else plain_name(value)


Bic = Annotated[str, BeforeValidator(_bic), WithJsonSchema({"type": "string"})]
Contact = Annotated[Text, AfterValidator(_contact, informed=True)]


class InvoiceByEmail(Written):
    """Invoices as PDF by e-mail."""

    by: Literal["email"] = said(description="How invoices come.")
    to: Annotated[Email, PRIVATE] = said(description="The address they are sent to.")
    contact: Contact | None = said(default=None, description="The name of the contact that stands on the invoice.")


class InvoiceByPost(Written):
    """Invoices on paper, to the postal address."""

    by: Literal["post"] = said(description="How invoices come.")
    contact: Contact | None = said(default=None, description="The name of the contact that stands on the invoice.")


class SepaDebit(Written):
    """The company collects what is due."""

    by: Literal["sepa_debit"] = said(description="How invoices are paid.")
    iban: SecretReference = said(description="Where the number of the bank account lies.")
    bic: Annotated[Bic | None, PRIVATE] = said(default=None, description="The bank; the IBAN names it by default.")
    holder: Annotated[Text, AfterValidator(_holder), PRIVATE] = said(description="Whose bank account it is.")


class Transfer(Written):
    """The customer pays each invoice."""

    by: Literal["transfer"] = said(description="How invoices are paid.")


class BillingModel(Resource):
    """How invoices come, and how they are paid."""

    invoice: Annotated[InvoiceByEmail | InvoiceByPost, Discriminator("by")] = said(
        default=InvoiceByPost(by="post"), description="How invoices come: `by: email` or `by: post`, the default."
    )
    pay: Annotated[SepaDebit | Transfer, Discriminator("by")] = said(
        default=Transfer(by="transfer"),
        description="How to pay: `by: sepa_debit` or `by: transfer`, the default.",
    )


class BillingKind(FieldsKind):
    """``billing``: one resource, which every account has."""

    name = "billing"
    title = "billing entry"
    path = ("billing",)
    model = BillingModel
    fixed = True

    def address(self, keys: tuple[str, ...]) -> Address:
        """Return ``billing``: there is one."""
        return self.name

    def references(self, address: Address, value: Value) -> Iterable[Address]:
        """Return the contact that stands on the invoice."""
        if isinstance(invoice := fields_of(value).value("invoice"), Fields) and (name := invoice.value("contact")):
            yield join("contact", str(name))

    def renamed(self, value: Value, names: Mapping[Address, Address]) -> Value:
        """Return the value with the contact under the name that ``names`` has for it."""
        invoice = fields_of(value).value("invoice")
        new = next((names[old] for old in self.references("billing", value) if old in names), None)
        if new is None or not isinstance(invoice, Fields):
            return value
        return fields_of(value).replaced(invoice=invoice.replaced(contact=decode_part(new.partition("/")[2])))

    def risk(self, action: Action, address: Address, before: Value | None, after: Value | None) -> Risk:
        """Return money where the way to pay changes, legal where invoices come differently."""
        if not action.writes or before is None or after is None:
            return Risk.COSMETIC
        same_payment = fields_of(before).only({"pay"}) == fields_of(after).only({"pay"})
        return Risk.LEGAL if same_payment else Risk.MONEY

    def check_secret(self, path: str, text: str) -> str:
        """Return what is wrong with an IBAN: its form, its check digits, or a country without SEPA."""
        import schwifty
        from schwifty.exceptions import InvalidChecksumDigits, SchwiftyException

        try:
            number = schwifty.IBAN(text)
        except InvalidChecksumDigits:
            return "The check digits of the IBAN are wrong, so a digit was mistyped."
        except SchwiftyException:
            return "It is not an IBAN."
        return "" if number.in_sepa_zone else "The IBAN belongs to a country without SEPA debit."
