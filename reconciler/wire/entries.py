"""Settings, record sets and facts, one by one and in pages.

A page says how many there are in all and whether it is the last (``next`` is then null); all pages of a collection
speak of one revision of it, which is also its ``ETag``.
"""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from reconciler.kinds import KINDS
from reconciler.model.address import Address, kind_of
from reconciler.model.fields import Value


class Entry(BaseModel):
    """One setting or record set as it is; ``value`` has no secrets.

    ``address`` names what has no name of ours by the account's own id (``contact/~3``).
    """

    model_config = ConfigDict(extra="ignore", frozen=True)

    address: str
    version: str = Field(description="Changes with every write; the `ETag` is the same in quotation marks.")
    value: Any
    managed_by: str | None = Field(default=None, description="Who claimed it; nobody else may write it.")
    records: str | None = Field(
        default=None, description="Of a zone in the list of them: the `ETag` that its record sets have."
    )

    @classmethod
    def of(cls, address: Address, value: Value, version: str, managed_by: str | None = None) -> "Entry":
        """Return the entry of a canonical value."""
        kind = KINDS[kind_of(address)]
        data = kind.to_json(kind.readable(value))
        return cls(address=address, version=version, value=data, managed_by=managed_by)

    def canonical(self) -> Value:
        """Return the canonical value, judged by the kind's own rules.

        Raises ``KeyError``, ``TypeError``, ``ValueError`` (``pydantic.ValidationError`` is one) or
        ``PydanticCustomError`` for what isn't a value of this kind.
        """
        kind = KINDS[kind_of(self.address)]
        return kind.parse(self.address, self.value)


class Page(BaseModel):
    """Some entries of a collection, in the order of their addresses."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    items: list[Entry]
    total: int = Field(description="How many there are on all pages.")
    next: str | None = Field(description="The cursor of the next page; null on the last.")


class FactPage(BaseModel):
    """Some facts of one kind, in the order of their names."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    items: list[dict[str, Any]]
    total: int = Field(description="How many there are on all pages.")
    next: str | None = Field(description="The cursor of the next page; null on the last.")
