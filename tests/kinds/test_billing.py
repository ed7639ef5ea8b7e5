"""Billing: forms of invoice and payment, a checked BIC and IBAN, and a contact that the account knows by its id."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from schwifty import IBAN

from reconciler.kinds import KINDS
from reconciler.model.change import Action, Risk
from reconciler.model.fields import Fields, SecretVersion
from reconciler.model.secret import SecretRef

KIND = KINDS["billing"]
SECRET = {"secret": "env/IBAN", "version": "2"}
DEBIT = {"by": "sepa_debit", "iban": SECRET, "holder": "Musterfirma GmbH"}
EMAIL = {"by": "email", "to": "rechnung@example.org", "contact": "erika"}
GOOD = "DE89370400440532013000"


def declared(**given: object) -> Fields:
    value = KIND.declare("billing", given).value
    assert isinstance(value, Fields)
    return value


def test_the_iban_is_a_secret_inside_the_mapping() -> None:
    """Only its version is part of the value."""
    found = KIND.declare("billing", {"pay": DEBIT})
    assert found.secrets == {"pay.iban": SecretRef("env", "IBAN", 2)}
    pay = Fields.of({"by": "sepa_debit", "bic": None, "holder": "Musterfirma GmbH", "iban": SecretVersion(2)})
    assert found.value == Fields.of({"pay": pay})


SAME = [
    ({"pay": {**DEBIT, "bic": "COBADEFF"}}, {"pay": {**DEBIT, "bic": "cobadeffxxx"}}),
    ({"pay": {**DEBIT, "holder": " Musterfirma  GmbH"}}, {"pay": DEBIT}),
    ({"invoice": {**EMAIL, "to": "rechnung@EXAMPLE.org"}}, {"invoice": EMAIL}),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_two_spellings_are_one_value(one: dict[str, object], other: dict[str, object]) -> None:
    """A BIC of eight characters is that of the head office; spaces and case make no difference."""
    assert declared(**one) == declared(**other)


WRONG = [
    {"pay": {**DEBIT, "iban": GOOD}},
    {"pay": {**DEBIT, "bic": "COBADE"}},
    {"pay": {**DEBIT, "bic": "COBAXXFF"}},
    {"pay": {**DEBIT, "holder": ""}},
    {"pay": {"by": "sepa_debit", "iban": SECRET}},
    {"pay": {"by": "sepa_debit", "holder": "M"}},
    {"pay": {"by": "transfer", "holder": "M"}},
    {"pay": {"by": "cash"}},
    {"pay": {}},
    {"invoice": {"by": "email"}},
    {"invoice": {"by": "post", "to": "rechnung@example.org"}},
    {"invoice": {**EMAIL, "contact": "~1"}},
    {"invoice": {**EMAIL, "contact": "two words"}},
]


@pytest.mark.parametrize("given", WRONG)
def test_what_does_not_fit_its_form_is_refused(given: dict[str, object]) -> None:
    """Each way to pay and to bill has its own keys."""
    with pytest.raises(ValidationError):
        declared(**given)


@given(st.sampled_from(["DE", "FR", "AT", "NL", "ES", "IT"]), st.randoms(use_true_random=False))
def test_every_iban_is_accepted_and_none_with_a_wrong_digit(country: str, random: object) -> None:
    """The check digits find every single slip."""
    text = IBAN.random(country_code=country, random=random)  # type: ignore[arg-type]  # it is a Random
    assert KIND.check_secret("pay.iban", str(text)) == ""
    assert KIND.check_secret("pay.iban", text.formatted.lower()) == ""
    wrong = f"{text[:-1]}{(int(text[-1]) + 1) % 10}" if text[-1].isdigit() else text[:-1]
    assert KIND.check_secret("pay.iban", wrong) != ""


@pytest.mark.parametrize("text", ["", "hunter2", "DE00", "BR1500000000000010932840814P2", "DE89 3704"])
def test_what_is_said_of_an_unfit_iban_never_holds_it(text: str) -> None:
    """Whoever put a password there by mistake doesn't read it in a log."""
    said = KIND.check_secret("pay.iban", text)
    assert said.endswith(".")
    assert not text or text not in said


def test_the_account_reports_each_form_without_the_iban() -> None:
    """A new account pays by transfer and gets paper."""
    assert KIND.parse("billing", {}) == Fields.of(KIND.defaults)
    live = KIND.parse("billing", {"pay": {"by": "sepa_debit", "holder": "M"}, "invoice": {**EMAIL, "contact": "~7"}})
    assert KIND.secrets_of(live) == {"pay.iban"}
    assert list(KIND.references("billing", live)) == ["contact/~7"]


def test_a_contact_is_called_by_our_name_here_and_by_its_id_there() -> None:
    """Both ways, and only where the name is known."""
    ours = declared(invoice=EMAIL)
    theirs = KIND.renamed(ours, {"contact/erika": "contact/~7"})
    assert list(KIND.references("billing", theirs)) == ["contact/~7"]
    assert KIND.renamed(theirs, {"contact/~7": "contact/erika"}) == ours
    assert KIND.renamed(ours, {"contact/max": "contact/~1"}) == ours
    assert KIND.renamed(declared(pay=DEBIT), {"contact/erika": "contact/~7"}) == declared(pay=DEBIT)


def test_payment_is_about_money_and_invoices_about_law() -> None:
    """Where an invoice goes decides when it counts as received."""
    before = declared(pay=DEBIT, invoice=EMAIL)
    assert KIND.risk(Action.UPDATE, "billing", before, declared(pay={"by": "transfer"}, invoice=EMAIL)) is Risk.MONEY
    assert KIND.risk(Action.UPDATE, "billing", before, declared(pay=DEBIT, invoice={"by": "post"})) is Risk.LEGAL
    assert KIND.risk(Action.FORGET, "billing", before, None) is Risk.COSMETIC


def test_what_is_shown_tells_nobody_the_account() -> None:
    """Holder, bank and address are masked, the IBAN is a version."""
    shown = KIND.show(declared(pay={**DEBIT, "bic": "COBADEFFXXX"}, invoice=EMAIL))
    assert shown == {
        "invoice": "{by: email, contact: erika, to: r...@e....org}",
        "pay": "{bic: C..., by: sepa_debit, holder: M..., iban: (secret, version 2)}",
    }


def test_it_is_written_as_a_person_would() -> None:
    """In the model's order, with the reference where the IBAN belongs, and without defaults."""
    live = KIND.parse("billing", {"pay": {"by": "sepa_debit", "holder": "M"}})
    written = KIND.to_yaml("billing", live, {"pay.iban": SECRET})
    assert written == {"pay": {"by": "sepa_debit", "iban": SECRET, "holder": "M"}}
    assert list(written["pay"]) == ["by", "iban", "holder"]
