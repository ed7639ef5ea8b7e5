"""Telephone numbers in their canonical spelling (E.164), for the kinds that hold them."""

from typing import Annotated, Any

from reconciler.model.late import pattern
from reconciler.model.marks import BeforeValidator, WithJsonSchema
from reconciler.model.scalars import wrong_type, wrong_value

#: German numbers of usual lengths, about which the general library has nothing to judge, and loading it costs a start.
_PLAIN = pattern(r"\+49 ?[1-9](?: ?[0-9]){6,10}")


def canonical_phone(value: Any) -> str:
    """Return a number as ``+`` and digits; raises ``PydanticCustomError``."""
    if not isinstance(value, str):
        raise wrong_type("a telephone number", 'Write it in international form, for example `"+49 511 123456"`.')
    return value.replace(" ", "") if _PLAIN.fullmatch(value) else _judged(value)


def _judged(text: str) -> str:
    import phonenumbers

    try:
        number = phonenumbers.parse(text, None)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_possible_number(number):
        raise wrong_value(
            "This is not a telephone number in international form.",
            'Begin with + and the country code, for example `"+49 511 123456"`.',
        )
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def written_phone(number: str) -> str:
    """Return a canonical number as a person would write it, with its groups."""
    import phonenumbers

    return phonenumbers.format_number(phonenumbers.parse(number, None), phonenumbers.PhoneNumberFormat.INTERNATIONAL)


Phone = Annotated[str, BeforeValidator(canonical_phone), WithJsonSchema({"type": "string"})]
