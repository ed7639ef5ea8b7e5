"""``expect:``: what the account's own facts should be, by their addresses."""

from collections.abc import Iterator
from collections.abc import Mapping as MappingType
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache
from types import GenericAlias, NoneType
from typing import Annotated, Any, get_args, get_origin

from pydantic import BaseModel, Discriminator, Field, Tag, ValidationError, create_model, model_validator
from pydantic_core import PydanticCustomError

from reconciler.facts import FACTS
from reconciler.facts.domain import Domain
from reconciler.kinds import KINDS
from reconciler.load.nodes import Broken, Mapping, Node, Scalar, describe, plain
from reconciler.load.problems import Problems, place
from reconciler.load.spelling import did_you_mean
from reconciler.load.validation import Subject, report_errors
from reconciler.model.address import Address, join, kind_of, split
from reconciler.model.declared import Declared
from reconciler.model.expectation import Condition, Expectation, Relation
from reconciler.model.fact import Amount, Fact
from reconciler.model.money import Money
from reconciler.model.scalars import Boolean, Day, Number, Text, wrong_value

_NOTHING = "It says nothing to compare with."
_BOUNDS = "Write `at_least: VALUE`, `at_most: VALUE`, or both."
_RELATIONS = {"at_least": Relation.AT_LEAST, "at_most": Relation.AT_MOST}
_LEAST, _MOST = "The least that it may be.", "The most that it may be."


class Bounds(Declared):
    """The least and the most that a field may be, either alone or both."""

    @model_validator(mode="after")
    def _can_be_met(self) -> "Bounds":
        least, most = getattr(self, "at_least", None), getattr(self, "at_most", None)
        if least is None and most is None:
            raise wrong_value(_NOTHING, _BOUNDS)
        if isinstance(least, Money) and isinstance(most, Money) and least.currency != most.currency:
            raise wrong_value("The two amounts have different currencies.", "Write both in one.")
        if least is not None and most is not None and least > most:
            raise wrong_value("The least is greater than the most.", "Exchange the two.")
        return self


class AmountBounds(Bounds):
    """Between which amounts of money."""

    at_least: Amount | None = Field(default=None, description=_LEAST)
    at_most: Amount | None = Field(default=None, description=_MOST)


class NumberBounds(Bounds):
    """Between which numbers."""

    at_least: Number | None = Field(default=None, description=_LEAST)
    at_most: Number | None = Field(default=None, description=_MOST)


class DayBounds(Bounds):
    """Between which days."""

    at_least: Day | None = Field(default=None, description="The first day that it may be.")
    at_most: Day | None = Field(default=None, description="The last day that it may be.")


def _form(value: Any) -> str:
    return "bounds" if isinstance(value, dict | Bounds) else "value"


AmountOrBounds = Annotated[
    Annotated[Amount, Tag("value")] | Annotated[AmountBounds, Tag("bounds")], Discriminator(_form)
]
NumberOrBounds = Annotated[
    Annotated[Number, Tag("value")] | Annotated[NumberBounds, Tag("bounds")], Discriminator(_form)
]
DayOrBounds = Annotated[Annotated[Day, Tag("value")] | Annotated[DayBounds, Tag("bounds")], Discriminator(_form)]

#: What may be expected of a field, by the type that it has.
_BY_TYPE: MappingType[Any, Any] = {
    str: Text,
    bool: Boolean,
    int: NumberOrBounds,
    Decimal: NumberOrBounds,
    Money: AmountOrBounds,
    date: DayOrBounds,
}


def expectable() -> dict[str, type[Declared]]:
    """Return the model of what can be expected of each kind of fact; the log only grows, and nobody expects of it."""
    return {kind: model_of(sort) for kind, sort in FACTS.items() if kind != "log"}


@cache
def model_of(sort: type[Fact]) -> type[Declared]:
    """Return the model of what can be expected of one kind of fact."""
    fields: dict[str, Any] = {
        name: (_expected(info.annotation) | None, Field(default=None, description=info.description))
        for name, info in sort.model_fields.items()
    }
    if sort.measure:
        fields |= {
            name: (info.annotation, Field(default=None, description=info.description))
            for name, info in AmountBounds.model_fields.items()
        }
    doc = f"What a {sort.kind} should be; `{{}}` expects only that there is one."
    return create_model(f"Expected{sort.__name__}", __base__=Declared, __doc__=doc, **fields)


def _expected(annotation: Any) -> Any:
    """Return what may be written for a field of a type."""
    if annotation in _BY_TYPE:
        return _BY_TYPE[annotation]
    if get_origin(annotation) is MappingType:
        return GenericAlias(dict, (Text, _expected(get_args(annotation)[1])))
    option = next(option for option in get_args(annotation) if option is not NoneType)
    return _expected(getattr(option, "__origin__", option))


def read_expectations(file: str, node: Node, problems: Problems) -> list[Expectation]:
    """Return the entries of a file's ``expect:``; what is wrong with them is reported."""
    if not isinstance(node, Mapping):
        if not isinstance(node, Broken):
            detail = f"`expect` needs a mapping of addresses, but here stands {describe(node)}."
            problems.error("wrong-type", detail, place(file, node), "Write `ADDRESS: {FIELD: VALUE}`.")
        return []
    found = (_expectation(file, key, value, problems) for key, value in node.entries.values())
    return [one for one in found if one is not None]


def _expectation(file: str, key: Scalar, node: Node, problems: Problems) -> Expectation | None:
    if problems.is_full(file) or isinstance(node, Broken):
        return None
    address = _address(file, key, problems)
    if address is None:
        return None
    kind = kind_of(address)
    model = expectable()[kind]
    try:
        expected = model.model_validate(plain(node))
    except ValidationError as error:
        subject = Subject(file, node, model, f"what `expect` says of a {kind}", key, address)
        report_errors(subject, error.errors(include_url=False, include_input=False), problems)
        return None
    found = _conditions(file, node, expected) if isinstance(node, Mapping) else ()
    conditions = tuple(one if one.field else replace(one, field=FACTS[kind].measure) for one in found)
    return Expectation(address, place(file, key), conditions)


def _address(file: str, key: Scalar, problems: Problems) -> Address | None:
    """Return the address of the fact that a key names, in canonical form; what is wrong with it is reported."""
    at, kind, known = place(file, key), kind_of(key.text), expectable()
    if kind not in known:
        remedy = did_you_mean(kind, known, "Kinds of facts")
        problems.error("unknown-kind", f"`{key.text}` begins with `{kind}`, which is no kind of fact.", at, remedy)
        return None
    single, name = FACTS[kind].single, "/".join(split(key.text)[1:])
    if bool(name) is single or set("*?[") & set(name):
        detail = f"`{key.text}` is not the address of a {kind}."
        shown = kind if single else f"{kind}/NAME"
        problems.error("wrong-value", detail, at, f"Write `{shown}`; `reconciler show` lists what there is.")
        return None
    if kind != Domain.kind:
        return kind if single else join(kind, name)
    try:
        return f"{kind}/{KINDS['zone'].address((name,)).partition('/')[2]}"
    except PydanticCustomError as error:
        problems.error("wrong-value", error.message(), at, str((error.context or {}).get("help", "")))
        return None


def _conditions(file: str, node: Mapping, said: Any, way: str = "") -> Iterator[Condition]:
    """Yield what each key asks for; a bound is about the field to which ``way`` leads, none where that is open."""
    known = dict(said) if isinstance(said, BaseModel) else said
    for name, (key, below) in node.entries.items():
        span, value = place(file, key), known[name]
        further = f"{way}.{name}" if way else name
        if isinstance(said, BaseModel) and name in _RELATIONS:
            yield Condition(way, _RELATIONS[name], value, span)
        elif isinstance(below, Mapping):
            yield from _conditions(file, below, value, further)
        else:
            yield Condition(further, Relation.EXACTLY, value, span)
