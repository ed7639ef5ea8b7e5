"""Kinds with fields: canonical values, defaults, privacy, references."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from pydantic_core import PydanticCustomError

from reconciler.kinds import KINDS
from reconciler.kinds._fields import mask
from reconciler.model.change import Action, Risk
from reconciler.model.fields import Digest, Fields, SecretVersion, from_json, to_json
from reconciler.model.secret import SecretRef

BOX = "mailbox/info@example.org"
SECRET = {"secret": "env/MAIL_INFO", "version": "3"}


def declared(address: str, data: object) -> Fields:
    value = KINDS[address.partition("/")[0]].declare(address, data).value
    assert isinstance(value, Fields)
    return value


SAME = [
    ("mailbox", ("Example.ORG", "Info"), ("example.org", "info")),
    ("mailbox", ("bücher.example", "info"), ("xn--bcher-kva.example", "info")),
    ("alias", ("example.org.", "Sales"), ("example.org", "sales")),
    ("mail_domain", ("BÜCHER.example",), ("xn--bcher-kva.example",)),
    ("zone", ("Example.ORG.",), ("example.org",)),
]


@pytest.mark.parametrize(("kind", "one", "other"), SAME)
def test_two_spellings_of_a_name_are_one_address(kind: str, one: tuple[str, ...], other: tuple[str, ...]) -> None:
    """Case and IDN never make a second resource."""
    assert KINDS[kind].address(one) == KINDS[kind].address(other)


EQUAL = [
    (BOX, {"password": SECRET, "quota": "1024 MiB"}, {"password": SECRET, "quota": "1 GiB"}),
    (
        BOX,
        {"password": SECRET, "forward_to": ["erika", "a@Example.NET"]},
        {"password": SECRET, "forward_to": ["a@example.net", "Erika@example.org", "erika"]},
    ),
    ("alias/sales@example.org", ["info"], {"targets": ["INFO@example.org"]}),
    ("mail_domain/example.org", {"catch_all": "info"}, {"catch_all": "info@EXAMPLE.org"}),
    (
        "contact/erika",
        {"name": "E", "email": "e@BÜCHER.example", "phone": "+49 511 123456", "may": ["speak", "authorise"]},
        {"name": "E", "email": "e@xn--bcher-kva.example", "phone": "+49511123456", "may": ["authorise", "speak"]},
    ),
    ("whitelist_entry/a", {"address": "203.0.113.7/32"}, {"address": "203.0.113.7"}),
    ("whitelist_entry/a", {"address": "2001:DB8:0::7"}, {"address": "2001:db8::7"}),
    ("whitelist_entry/a", {"address": "::ffff:203.0.113.7"}, {"address": "203.0.113.7"}),
    ("notification/outage", ["sms", "email"], {"channels": ["email", "sms", "sms"]}),
]


@pytest.mark.parametrize(("address", "one", "other"), EQUAL)
def test_two_spellings_of_a_value_are_one_value(address: str, one: object, other: object) -> None:
    """Order, case, units and long forms never make a difference."""
    assert declared(address, one) == declared(address, other)


@pytest.mark.parametrize(("address", "data", "_other"), EQUAL)
def test_json_gives_back_the_value(address: str, data: object, _other: object) -> None:
    """What stands in the record is read back as the very same value."""
    value = declared(address, data)
    assert from_json(to_json(value)) == value


REFUSED = [
    (BOX, {}),
    (BOX, {"password": "hunter2"}),
    (BOX, {"password": {"secret": "env/X"}}),
    (BOX, {"password": {"secret": "env/X", "version": "0"}}),
    (BOX, {"password": {"secret": "vault/X", "version": "1"}}),
    (BOX, {"password": SECRET, "quota": "5"}),
    (BOX, {"password": SECRET, "quota": "05 GiB"}),
    (BOX, {"password": SECRET, "keep_copy": "yes"}),
    (BOX, {"password": SECRET, "forward_to": ["not an address"]}),
    (BOX, {"password": SECRET, "autoreply": {"subject": "a", "text": "b", "from": "2026-13-01"}}),
    (
        BOX,
        {"password": SECRET, "autoreply": {"subject": "a", "text": "b", "from": "2026-02-02", "until": "2026-02-01"}},
    ),
    (BOX, {"password": SECRET, "qouta": "5 GiB"}),
    ("alias/sales@example.org", []),
    ("contact/erika", {"name": "E"}),
    ("contact/erika", {"name": "E", "email": "e@example.org", "phone": "0511 123456"}),
    ("contact/erika", {"name": "E", "email": "e@example.org", "may": ["everything"]}),
    ("whitelist_entry/a", {"address": "203.0.113.0/24"}),
    ("whitelist_entry/a", {"address": "224.0.0.1"}),
    ("whitelist_entry/a", {"address": "0.0.0.0"}),
    ("whitelist_entry/a", {"address": "3405803783"}),
    ("notification/outage", ["fax"]),
]


@pytest.mark.parametrize(("address", "data"), REFUSED)
def test_bad_values_are_refused(address: str, data: object) -> None:
    """Whatever is wrong is a validation error, which the loader turns into a diagnostic."""
    with pytest.raises(ValidationError):
        declared(address, data)


@pytest.mark.parametrize("name", ["", "~3", "two words", "tab\tbed"])
def test_names_that_could_be_taken_for_something_else_are_refused(name: str) -> None:
    """A name of ours never looks like an id of the account's own."""
    for kind in ("contact", "whitelist_entry"):
        with pytest.raises(PydanticCustomError):
            KINDS[kind].address((name,))


def test_a_secret_leaves_only_its_version_in_the_value() -> None:
    """Where the secret lies is kept beside the value, and is no part of what is compared."""
    found = KINDS["mailbox"].declare(BOX, {"password": SECRET})
    assert found.secrets == {"password": SecretRef("env", "MAIL_INFO", 3)}
    assert found.value == Fields.of({"password": SecretVersion(3)})
    assert KINDS["mailbox"].show(found.value) == {"password": "(secret, version 3)"}


def test_private_fields_are_digests_when_sealed_and_masked_when_shown() -> None:
    """Equal values have equal digests for one salt only, and no text of theirs is shown."""
    kind = KINDS["contact"]
    value = declared("contact/erika", {"name": "Erika", "email": "erika@example.org", "phone": "+49 511 123456"})
    sealed = kind.sealed(value, "salt")
    assert isinstance(sealed, Fields)
    assert all(isinstance(sealed.value(name), Digest) for name in ("name", "email", "phone"))
    assert kind.sealed(value, "salt") == sealed != kind.sealed(value, "other")
    assert "Erika" not in str(kind.show(value))
    assert "123456" not in str(kind.show(value))


@given(st.text(min_size=1, max_size=60))
def test_a_mask_never_shows_half_of_a_long_value(text: str) -> None:
    """A masked value can be recognised by its owner and by nobody else."""
    shown = mask(text)
    assert text not in shown or len(text) < 3


def test_a_field_that_is_no_longer_declared_goes_back_to_its_default() -> None:
    """The documented default is completed only for the fields asked for."""
    kind = KINDS["mailbox"]
    value = declared(BOX, {"password": SECRET})
    assert kind.completed(value, frozenset({"password", "quota"})) == value.replaced(quota=2**30)
    with pytest.raises(KeyError):
        kind.completed(Fields(), frozenset({"password"}))


def test_a_live_value_has_every_field_but_the_secrets() -> None:
    """What an account reports is read with the same rules as what people write."""
    live = KINDS["mailbox"].parse(BOX, {"quota": "5 GiB"})
    assert isinstance(live, Fields)
    assert live.names == {"name", "quota", "forward_to", "keep_copy", "autoreply"}
    assert live.value("quota") == 5 * 2**30


def test_references_name_what_must_exist_first() -> None:
    """An alias needs its mail domain and the mailbox or alias it points to; a record its zone."""
    targets = declared("alias/sales@example.org", ["info", "x@example.net"])
    assert set(KINDS["alias"].references("alias/sales@example.org", targets)) == {
        "mail_domain/example.org",
        "mailbox/info@example.org",
        "alias/info@example.org",
        "mailbox/x@example.net",
        "alias/x@example.net",
    }
    assert list(KINDS["record"].references("record/example.org/www/A", None)) == ["zone/example.org"]


def test_risk_tells_the_worst() -> None:
    """Deleting a mailbox loses mail; a whitelist change is about access; a shown name is cosmetic."""
    value = declared(BOX, {"password": SECRET, "name": "a"})
    kind = KINDS["mailbox"]
    assert kind.risk(Action.DELETE, BOX, value, None) is Risk.DATA_LOSS
    assert kind.risk(Action.UPDATE, BOX, value, value.replaced(name="b")) is Risk.COSMETIC
    assert kind.risk(Action.UPDATE, BOX, value, value.replaced(password=SecretVersion(4))) is Risk.ACCESS
    assert KINDS["whitelist_entry"].risk(Action.CREATE, "whitelist_entry/a", None, Fields()) is Risk.ACCESS


def test_yaml_is_what_a_person_would_write() -> None:
    """Defaults and secrets are left out, units and bare names are back."""
    value = KINDS["mailbox"].parse(BOX, {"quota": "5 GiB", "forward_to": ["erika", "a@example.net"]})
    assert KINDS["mailbox"].to_yaml(BOX, value) == {"quota": "5 GiB", "forward_to": ["a@example.net", "erika"]}
    assert KINDS["alias"].to_yaml("alias/s@example.org", declared("alias/s@example.org", ["info"])) == ["info"]
    assert KINDS["notification"].to_yaml("notification/a", declared("notification/a", [])) == []
