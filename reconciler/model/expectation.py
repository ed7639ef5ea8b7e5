"""Expectations: what git says an account's own facts should be; they are judged and never applied."""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import TypeAlias

from reconciler.model.address import Address
from reconciler.model.late import dataclass
from reconciler.model.money import Money
from reconciler.model.span import Span

#: What a field of a fact is compared with.
Measure: TypeAlias = str | bool | Decimal | date | Money


def text_of(value: Measure) -> str:
    """Return a value as a person writes it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


class Relation(StrEnum):
    """How a field has to stand to what is expected."""

    EXACTLY = "exactly"
    AT_LEAST = "at least"
    AT_MOST = "at most"


@dataclass(frozen=True, slots=True)
class Condition:
    """What one field should be; ``field`` is a path where it is a mapping (``limits.domains``)."""

    field: str
    relation: Relation
    value: Measure
    span: Span

    def __str__(self) -> str:
        text = text_of(self.value)
        return text if self.relation is Relation.EXACTLY else f"{self.relation} {text}"


@dataclass(frozen=True, slots=True)
class Expectation:
    """What a fact should be; without conditions it should be there."""

    address: Address
    span: Span
    conditions: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Unmet:
    """What isn't as expected, or can't be judged: then ``unknown`` says in a sentence why.

    Without a ``field`` it is the fact itself, which isn't there.
    """

    address: Address
    field: str
    expected: str
    actual: str
    span: Span
    unknown: str = ""
