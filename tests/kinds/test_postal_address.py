"""The customer's address: a postcode in the spelling of its country, and no company name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from reconciler.kinds import KINDS
from reconciler.kinds.postal_address import canonical_postcode
from reconciler.model.change import Action, Risk
from reconciler.model.fields import Digest, Fields

KIND = KINDS["address"]
HOME = {"street": "Musterstrasse 1", "postcode": "30159", "city": "Hannover", "country": "DE"}


def declared(**given: str) -> Fields:
    value = KIND.declare("address", given).value
    assert isinstance(value, Fields)
    return value


SPELLINGS = [
    ("DE", "30159", ["30159", " 30159 "]),
    ("GB", "SW1A 1AA", ["sw1a1aa", "SW1A-1AA", "SW1A 1AA"]),
    ("GB", "M2 5BQ", ["m25bq"]),
    ("NL", "1012 JG", ["1012jg", "1012 JG"]),
    ("CA", "H3Z 2Y7", ["h3z2y7"]),
    ("PL", "00-950", ["00950", "00 950"]),
    ("PT", "2725-079", ["2725079"]),
    ("JP", "154-0023", ["1540023"]),
    ("IE", "A65 F4E2", ["a65f4e2"]),
    ("CZ", "100 00", ["10000"]),
    ("MT", "NXR 01", ["nxr01"]),
    ("US", "22162-1010", ["221621010", "22162 1010"]),
    ("US", "95014", ["95014"]),
    ("CH", "8001", ["8001", "CH-8001"]),
    ("LV", "LV-1073", ["lv1073", "LV-1073"]),
]


@pytest.mark.parametrize(("country", "canonical", "spellings"), SPELLINGS)
def test_each_country_has_one_spelling(country: str, canonical: str, spellings: list[str]) -> None:
    """With or without space, hyphen and capitals it is one postcode."""
    for written in spellings:
        assert declared(country=country, postcode=written).value("postcode") == canonical


@given(st.sampled_from([(country, text) for country, text, _ in SPELLINGS]))
def test_a_canonical_postcode_stays_as_it_is(pair: tuple[str, str]) -> None:
    """What was canonical once is canonical again, so that what is live equals what is declared."""
    assert canonical_postcode(*pair) == pair[1]


WRONG = [
    {"country": "DE", "postcode": "3015"},
    {"country": "DE", "postcode": "D-30159"},
    {"country": "AT", "postcode": "30159"},
    {"country": "HK", "postcode": "30159"},
    {"country": "XX"},
    {"country": "ZZ"},
    {"country": "Germany"},
    {"postcode": "30159"},
    {"phone": "0511 123456"},
    {"email": "erika"},
    {"city": " "},
    {"street": "x" * 101},
    {"company": "Musterfirma GmbH"},
]


@pytest.mark.parametrize("given", WRONG)
def test_what_no_postman_could_use_is_refused(given: dict[str, str]) -> None:
    """A postcode is judged by the rules of its country, which must be written with it."""
    with pytest.raises(ValidationError):
        declared(**given)


def test_nothing_has_to_be_declared() -> None:
    """What isn't written stays as it is; the example of the design has four fields."""
    assert declared().names == frozenset()
    assert declared(**HOME).names == set(HOME)


def test_spaces_and_capitals_make_no_difference() -> None:
    """Neither in a line nor in the country nor in a telephone number."""
    assert declared(country="de", city="Bad  Oeynhausen ") == declared(country="DE", city="Bad Oeynhausen")
    assert declared(phone="+49 511 123456") == declared(phone="+49511123456")


def test_only_what_may_be_empty_goes_back_to_empty() -> None:
    """Nobody wants a street to vanish because a line was deleted; a second line may."""
    assert KIND.defaults.keys() == {"salutation", "additional", "phone"}
    with pytest.raises(KeyError):
        KIND.completed(Fields(), frozenset({"street"}))


def test_every_field_is_personal() -> None:
    """Masked for people, digests for the record."""
    value = declared(**HOME, first_name="Erika", last_name="Mustermann", email="e@example.org", phone="+49511123456")
    sealed = KIND.sealed(value, "salt")
    assert isinstance(sealed, Fields)
    assert all(isinstance(inner, Digest) for _, inner in sealed)
    shown = str(KIND.show(value))
    assert not [text for text in ("Muster", "30159", "Hannover", "Erika", "123456") if text in shown]


def test_an_address_is_about_law() -> None:
    """Letters that count go there."""
    assert KIND.risk(Action.UPDATE, "address", Fields(), declared(**HOME)) is Risk.LEGAL
    assert KIND.risk(Action.FORGET, "address", declared(**HOME), None) is Risk.COSMETIC


def test_what_an_account_reports_is_written_as_a_person_would() -> None:
    """Nothing is written of what the account doesn't know."""
    live = KIND.parse("address", {**HOME, "phone": "+49511123456"})
    assert KIND.to_yaml("address", live) == {**HOME, "phone": "+49 511 123456"}
    assert KIND.to_yaml("address", KIND.parse("address", {})) == {}
