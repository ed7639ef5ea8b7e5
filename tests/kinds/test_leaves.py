"""Secret and private leaves inside nested mappings: sealed, masked, compared by version, and never lost on the way."""

from datetime import date
from typing import Annotated, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from planner.world import SALT, desired, fields
from reconciler.kinds._fields import FieldsKind, Resource
from reconciler.model.fields import Digest, Fields, SecretVersion, Value, from_json, to_json
from reconciler.model.marks import Discriminator
from reconciler.model.scalars import PRIVATE, Text
from reconciler.model.secret import SecretRef
from reconciler.model.secret_field import SecretReference
from reconciler.model.written import Written
from reconciler.planner.project import Comparable, Projection


class Bank(Written):
    """A mapping inside a mapping."""

    name: Annotated[Text | None, PRIVATE] = None
    pin: SecretReference
    place: Text = ""


class Debit(Written):
    """A form with a secret and private texts, one of them deeper."""

    by: Literal["debit"]
    iban: SecretReference
    holder: Annotated[Text, PRIVATE]
    bank: Bank | None = None


class Transfer(Written):
    """A form without any of them."""

    by: Literal["transfer"]


class PurseModel(Resource):
    """A resource with leaves at the top, nested, and in one form only."""

    owner: Annotated[Text, PRIVATE]
    password: SecretReference
    pay: Annotated[Debit | Transfer, Discriminator("by")]


class PurseKind(FieldsKind):
    """A kind for these tests."""

    name = "purse"
    title = "purse"
    path = ("purses", "*")
    model = PurseModel


PURSE = PurseKind()
PURSE_ADDRESS = "purse/a"
LONG = st.text(st.characters(categories=("L", "N")), min_size=8, max_size=20)
VERSIONS = st.builds(SecretVersion, st.integers(1, 9))
TRANSFERS = st.just(fields(by="transfer"))
BANKS = st.builds(fields, name=st.none() | LONG, pin=VERSIONS, place=st.just("Hannover"))
DEBITS = st.builds(fields, by=st.just("debit"), iban=VERSIONS, holder=LONG, bank=st.none() | BANKS)
PURSES = st.builds(fields, owner=LONG, password=VERSIONS, pay=TRANSFERS | DEBITS)
ALL_SECRETS = {"password", "pay.iban", "pay.bank.pin"}


def secret(name: str, version: int) -> dict[str, str]:
    return {"secret": f"env/{name}", "version": str(version)}


def private_texts(value: Value) -> set[str]:
    assert isinstance(value, Fields)
    found = {value.value("owner")}
    if isinstance(pay := value.value("pay"), Fields):
        found.add(pay.value("holder"))
        if isinstance(bank := pay.value("bank"), Fields):
            found.add(bank.value("name"))
    return {str(text) for text in found if text is not None}


class TestPaths:
    """A leaf is named by its dotted path, whatever form it lies in."""

    def test_the_model_says_where_they_are(self) -> None:
        """Also below optional mappings and in one form of several."""
        assert PURSE.secret_fields == ALL_SECRETS
        assert PURSE.private_fields == {"owner", "pay.holder", "pay.bank.name"}
        assert PURSE.secret_keys == {"password", "iban", "pin"}

    def test_a_declaration_names_its_secrets_by_path(self) -> None:
        """And the value has only their versions."""
        bank = {"pin": secret("PIN", 3)}
        pay = {"by": "debit", "iban": secret("IBAN", 2), "holder": "Erika", "bank": bank}
        found = PURSE.declare(PURSE_ADDRESS, {"owner": "E", "password": secret("PW", 1), "pay": pay})
        assert found.secrets == {
            "password": SecretRef("env", "PW", 1),
            "pay.iban": SecretRef("env", "IBAN", 2),
            "pay.bank.pin": SecretRef("env", "PIN", 3),
        }
        assert PURSE.versions(found.value) == {"password": 1, "pay.iban": 2, "pay.bank.pin": 3}

    def test_a_literal_is_refused_at_any_depth(self) -> None:
        """A secret is never written, only where it lies."""
        pay = {"by": "debit", "iban": "DE1", "holder": "E"}
        with pytest.raises(ValidationError, match="never written here"):
            PURSE.declare(PURSE_ADDRESS, {"owner": "E", "password": secret("PW", 1), "pay": pay})

    def test_an_account_reports_each_form_without_its_secrets(self) -> None:
        """What it reports of them anyway is not even looked at."""
        pay = {"by": "debit", "iban": "DE1", "holder": "E", "bank": {"pin": 7, "place": "B"}}
        live = PURSE.parse(PURSE_ADDRESS, {"owner": "E", "pay": pay})
        bank = fields(name=None, place="B")
        assert live == fields(owner="E", pay=fields(by="debit", holder="E", bank=bank))
        assert PURSE.secrets_of(live) == ALL_SECRETS

    def test_a_secret_belongs_only_to_its_own_form(self) -> None:
        """By transfer there is no IBAN, and without a bank no PIN."""
        assert PURSE.secrets_of(fields(owner="E", pay=fields(by="transfer"))) == {"password"}
        assert PURSE.secrets_of(fields(pay=fields(by="debit", holder="E", bank=None))) == {"password", "pay.iban"}


class TestLaws:
    """What holds for every value, however deep its leaves lie."""

    @given(PURSES, PURSES)
    def test_sealing_hides_private_texts_and_tells_values_apart(self, one: Fields, other: Fields) -> None:
        """Secrets stay versions; equal digests mean equal values."""
        sealed = PURSE.sealed(one, SALT)
        assert not private_texts(one) & set(str(sealed).replace("'", " ").split())
        assert PURSE.versions(sealed) == PURSE.versions(one)
        assert (PURSE.sealed(other, SALT) == sealed) == (other == one)
        assert from_json(to_json(sealed)) == sealed

    @given(PURSES)
    def test_nothing_private_is_ever_shown_whole(self, value: Fields) -> None:
        """Neither as text for people, nor as masked JSON, nor what the record knows."""
        said = f"{PURSE.show(value)} {to_json(PURSE.masked(value))}"
        assert not [text for text in private_texts(value) if text in said]
        recorded = PURSE.sealed(value, SALT)
        assert isinstance(recorded, Fields)
        assert PURSE.show(recorded)["owner"] == "(private)"
        assert str(recorded.value("owner")) not in str(PURSE.masked(recorded))

    @given(PURSES)
    def test_what_an_account_reports_with_our_versions_is_the_value(self, value: Fields) -> None:
        """Taking the secrets off and putting them back changes nothing."""
        live = PURSE.readable(value)
        assert not PURSE.versions(live)
        assert PURSE.with_versions(live, value) == value
        assert PURSE.secrets_of(live) == PURSE.versions(value).keys()

    @given(PURSES, PURSES)
    def test_versions_never_change_what_an_account_reports(self, live: Fields, source: Fields) -> None:
        """A source of another form gives only the secrets that the live form has."""
        live = PURSE.readable(live)  # type: ignore[assignment]  # still fields
        made = PURSE.with_versions(live, source)
        assert PURSE.readable(made) == live
        assert PURSE.versions(made).items() <= PURSE.versions(source).items()
        assert PURSE.versions(made).keys() == PURSE.versions(source).keys() & PURSE.secrets_of(live)

    @given(PURSES)
    def test_what_is_written_with_references_declares_the_value_again(self, value: Fields) -> None:
        """The way of ``init``: readable fields, and a reference where each secret is."""
        live = PURSE.readable(value)
        references = {path: secret("X", version) for path, version in PURSE.versions(value).items()}
        assert PURSE.declare(PURSE_ADDRESS, PURSE.to_yaml(PURSE_ADDRESS, live, references)).value == value


DEBIT = fields(by="debit", bank=None, holder="Erika")
PAID = DEBIT.replaced(iban=SecretVersion(1))
BY_TRANSFER = fields(by="transfer")


def projected(d: Value, live: Value, a: Value | None) -> Comparable:
    told = desired({})
    applied = {} if a is None else {PURSE_ADDRESS: PURSE.sealed(fields(pay=a), SALT)}
    states = {PURSE_ADDRESS: fields(pay=d)}, {PURSE_ADDRESS: fields(owner="E", pay=live)}, applied
    return Projection(PURSE, told, SALT, date(2026, 11, 24)).run(*states)


class TestForms:
    """A secret that exists in one form only is written when that form comes, and at no other time."""

    def test_the_same_form_takes_the_version_of_the_record(self) -> None:
        """So a raised version is a difference, and nothing else is."""
        found = projected(PAID.replaced(iban=SecretVersion(2)), DEBIT, PAID)
        assert PURSE.versions(found.before[PURSE_ADDRESS]) == {"pay.iban": 1}
        assert projected(PAID, DEBIT, PAID).desired == projected(PAID, DEBIT, PAID).live

    def test_another_form_has_no_version(self) -> None:
        """The account pays by transfer, so that the IBAN must be sent, whatever the record says."""
        found = projected(PAID, BY_TRANSFER, PAID)
        assert PURSE.versions(found.before[PURSE_ADDRESS]) == {}
        assert PURSE.versions(found.after[PURSE_ADDRESS]) == {"pay.iban": 1}
        assert not found.findings

    def test_taking_over_the_same_form_says_that_the_secret_is_unverified(self) -> None:
        """By its path."""
        (finding,) = projected(PAID, DEBIT, None).findings
        assert finding.code == "secret-unverified"
        assert "pay.iban" in finding.detail

    def test_taking_over_another_form_writes_the_secret(self) -> None:
        """Then there is nothing to doubt."""
        found = projected(PAID, BY_TRANSFER, None)
        assert not found.findings
        assert PURSE.versions(found.before[PURSE_ADDRESS]) == {}

    def test_a_lower_version_is_an_error(self) -> None:
        """Inside a mapping as at the top."""
        (finding,) = projected(PAID, DEBIT, PAID.replaced(iban=SecretVersion(2))).findings
        assert finding.code == "secret-version-lower"
        assert "pay.iban" in finding.detail

    def test_the_record_has_digests_and_versions(self) -> None:
        """Which is all that it needs to compare."""
        recorded = projected(PAID, DEBIT, PAID).applied[PURSE_ADDRESS]
        assert isinstance(recorded, Fields)
        assert isinstance(pay := recorded.value("pay"), Fields)
        assert isinstance(pay.value("holder"), Digest)
        assert pay.value("iban") == SecretVersion(1)
