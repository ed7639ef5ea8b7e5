"""Telephone numbers: read without the general library where they are plain, and never otherwise than by it."""

import phonenumbers
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic_core import PydanticCustomError

from reconciler.kinds._phone import canonical_phone

PREFIXES = st.sampled_from(["+49", "+49 ", "+49 0", "+49(0)", "0049 ", "+43 ", "+1 ", "+", ""])
DIGITS = st.text("0123456789 ", max_size=16) | st.from_regex(r"[1-9]( ?[0-9]){1,15}", fullmatch=True)


def in_general(text: str) -> str | None:
    """Return what the library makes of a number, or None where it is none."""
    try:
        number = phonenumbers.parse(text, None)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


@given(PREFIXES, DIGITS)
@example("+49 ", "511 123456")
@example("+49", "1234567")
@example("+49 ", "12345678901")
@example("+49 ", "511 123456 ")
@example("+49 ", "511 123456\n")
@example("+49 ", "511  123456")
def test_a_number_is_what_the_general_library_says(prefix: str, digits: str) -> None:
    """Whether it is plain or not: the same spelling, or refused by both."""
    try:
        found = canonical_phone(prefix + digits)
    except PydanticCustomError:
        found = None
    assert found == in_general(prefix + digits)


@pytest.mark.parametrize("value", [49511123456, None, ["+49 511 123456"]])
def test_what_is_no_text_is_no_number(value: object) -> None:
    """YAML reads digits without quotes as an integer, which has lost its +."""
    with pytest.raises(PydanticCustomError):
        canonical_phone(value)
