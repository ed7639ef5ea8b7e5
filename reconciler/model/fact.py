"""A fact: one thing that an account says of itself and nobody can declare (a package, an invoice, a price)."""

from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, ConfigDict, PlainSerializer, PlainValidator, WithJsonSchema

from reconciler.model.address import Address, encode_part
from reconciler.model.money import Money, money
from reconciler.model.scalars import wrong_type


def _amount(value: Any) -> Money:
    try:
        return value if isinstance(value, Money) else money(value)
    except (TypeError, ValueError):
        raise wrong_type("an amount of money", "Write digits and the currency: `24.00 EUR`.") from None


#: An amount of money in a model; in JSON it is its text.
Amount = Annotated[
    Money,
    PlainValidator(_amount),
    PlainSerializer(str, return_type=str),
    WithJsonSchema({"type": "string", "pattern": r"^-?(0|[1-9][0-9]{0,11})(\.[0-9]{1,2})? [A-Z]{3}$"}),
]


class Fact(BaseModel):
    """Base of the models of facts; each kind has a file in ``facts``.

    What an account reports beside these fields is left out: a newer one may know more. Every text in it is untrusted.
    """

    model_config = ConfigDict(extra="ignore", frozen=True)

    #: The kind's name, the first part of its addresses.
    kind: ClassVar[str]
    #: What the portal's customer calls several of them.
    plural: ClassVar[str]
    #: The field that holds what the account calls each.
    key: ClassVar[str] = "id"
    #: The fields that a table shows, in order.
    columns: ClassVar[tuple[str, ...]]
    #: Whether each has a file that can be fetched (a PDF).
    has_file: ClassVar[bool] = False
    #: Whether there is exactly one, whose address is the kind alone.
    single: ClassVar[bool] = False
    #: The fields by which they are sorted where they are shown; by name where none is named.
    order: ClassVar[tuple[str, ...]] = ()
    #: The field that `at_least` and `at_most` are about where `expect:` names none.
    measure: ClassVar[str] = ""

    @property
    def name(self) -> str:
        """What the account calls this one; empty where there is only one."""
        return "" if self.single else getattr(self, self.key)

    @property
    def address(self) -> Address:
        """``kind/name``."""
        return self.kind if self.single else f"{self.kind}/{encode_part(self.name)}"

    @property
    def checksum(self) -> tuple[str, int]:
        """The SHA-256 of its file in hexadecimal and its size; empty and 0 where the account doesn't tell them."""
        return getattr(self, "sha256", ""), getattr(self, "size", 0)

    @property
    def summand(self) -> tuple[str, Money] | None:
        """To which total it adds what, such as ``net each month``; None where there is nothing to add up."""
        return None
