"""Resources of all kinds are judged without pydantic exactly as pydantic's models of the same fields judge them."""

from collections.abc import Mapping
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from model.judged import ODD, changed, judge_both, ways
from reconciler.kinds import KINDS
from reconciler.kinds._fields import FieldsKind, fields_of
from reconciler.model.attached import AttachedFile
from reconciler.model.fields import Json
from reconciler.model.password_hash import HashField
from reconciler.model.scalars import NotEmpty
from reconciler.model.secret_field import SecretField

_SECRET = {"secret": "env/A", "version": "1"}
_HASH = {"hash": "$2y$10$" + "a" * 53}
_META = {"reason": "r", "until": "2026-12-31", "protect": "true"}
#: By kind and address, resources that name every field.
WHOLE: Mapping[str, tuple[str, dict[str, Any]]] = {
    "mail_domain": ("mail_domain/example.org", {"catch_all": "info", "meta": _META}),
    "mailbox": (
        "mailbox/info@example.org",
        {
            "previously": "office",
            "name": "Info",
            "quota": "5 GiB",
            "password": _SECRET,
            "forward_to": ["sales", "a@example.net"],
            "keep_copy": "false",
            "autoreply": {"subject": "Away", "text": "Soon", "from": "2026-12-01", "until": "2026-12-31"},
            "meta": _META,
        },
    ),
    "alias": ("alias/all@example.org", {"targets": ["info", "b@example.net"], "previously": "every@example.net"}),
    "ftp_account": (
        "ftp_account/shop",
        {"previously": "old", "login": "shop", "home": "/shop", "rights": "read-only", "password": _SECRET},
    ),
    "contact": (
        "contact/erika",
        {
            "previously": "e",
            "name": "Erika",
            "email": "erika@example.org",
            "phone": "+49 511 123456",
            "scope": "external",
            "may": ["speak", "authorise"],
            "packages": ["hosting-1"],
        },
    ),
    "whitelist_entry": ("whitelist_entry/office", {"address": "203.0.113.7", "previously": "home"}),
    "notification": ("notification/invoice", {"channels": ["email", "sms"], "meta": _META}),
    "address": (
        "address",
        {
            "salutation": "Frau",
            "first_name": "Erika",
            "last_name": "Muster",
            "street": "Weg 1",
            "additional": "2. Stock",
            "country": "DE",
            "postcode": "30159",
            "city": "Hannover",
            "phone": "+49 511 123456",
            "email": "a@example.org",
        },
    ),
    "billing": (
        "billing",
        {
            "invoice": {"by": "email", "to": "a@example.org", "contact": "erika"},
            "pay": {"by": "sepa_debit", "iban": _SECRET, "bic": "COBADEFFXXX", "holder": "Erika"},
        },
    ),
    "password": ("password/service", {**_SECRET, "meta": _META}),
    "order": (
        "order/2026-1",
        {
            "domain": "example.org",
            "into": "hosting-1",
            "term": "12 months",
            "max_price": "24.00 EUR/year gross",
            "max_setup": "49.00 EUR gross",
            "valid_until": "2026-12-31",
        },
    ),
    "payment": ("payment/2026-2", {"amount": "120.00 EUR", "invoice": "R-1", "purpose": "Invoice"}),
    "ownership_change": (
        "ownership_change/2026-3",
        {"new_owner": "Max", "address": "Weg 1", "effective": "2026-12-31", "attachments": []},
    ),
    "data_processing_agreement": (
        "data_processing_agreement/2026-4",
        {"data": ["names"], "subjects": ["staff"], "annex": "3", "signed_by": "Erika"},
    ),
    "support_request": (
        "support_request/2026-5",
        {"subject": "A question", "text": "Why?", "about": "web-1", "attachments": []},
    ),
}
#: What stands where something else is expected, beside what is odd anywhere.
_OTHERS = ODD | st.sampled_from(
    [
        *("all", "transfer", "sepa_debit", "post", "internal", "AT", "1 GiB", "2026-11-01", "info", "a@b.example"),
        *([], ["info"], ["info", "info"], ["all"], {"by": "transfer"}, {"by": "post"}, _SECRET, _HASH),
        {**_HASH, "version": "1"},
    ]
)


def _kind(name: str) -> FieldsKind:
    return cast("FieldsKind", cast("Any", KINDS[name])._kind)


def test_every_kind_of_which_people_write_fields_is_here() -> None:
    """And what is written here names every field, so that no field's judge is left out."""
    for name, kind in KINDS.items():
        if kind.path and name != "zone":
            said = _kind(name).model.__said__
            written = {inner.alias or field for field, inner in said.items()}
            assert written - {"meta", "previously", "package", "tariff", "valid_until"} <= WHOLE[name][1].keys()


@pytest.mark.parametrize("name", WHOLE)
def test_a_whole_resource_needs_no_pydantic(name: str) -> None:
    """Of every kind what is usual is taken by our own judge; a list that may not be empty has something first."""
    address, data = WHOLE[name]
    kind = _kind(name)
    if name == "ownership_change":
        data = {**data, "attachments": [AttachedFile("forms/a.pdf", "0" * 64, 3)]}
    assert kind.model.judged(data, kind.context(address))
    judge_both(kind.model, data, kind.context(address))


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_whatever_is_changed_in_one_both_ways_come_to_the_same(data: st.DataObject) -> None:
    """As a person wrote it, and as an account reports it: what one way takes the other takes, as the same value."""
    name = data.draw(st.sampled_from(sorted(WHOLE)))
    address, found = WHOLE[name]
    kind = _kind(name)
    for _ in range(data.draw(st.integers(1, 3))):
        way = data.draw(st.sampled_from(ways(found) if isinstance(found, dict) else [()]))
        found = changed(found, way, data.draw(st.sampled_from(["replace", "drop", "add"])), data.draw(_OTHERS))
    judge_both(kind.model, found, kind.context(address))
    judge_both(kind.live_model, found, kind.context(address) | {"live": True})


@pytest.mark.parametrize("short", [["info"], ["b@example.net", "info"]])
def test_a_list_is_short_for_a_mapping(short: list[str]) -> None:
    """The fields that it names are those of the mapping."""
    alias = _kind("alias")
    assert alias.declare("alias/a@example.org", short) == alias.declare("alias/a@example.org", {"targets": short})
    assert fields_of(alias.declare("alias/a@example.org", short).value).names == {"targets"}


def test_a_declaration_has_the_fields_that_are_written() -> None:
    """Also where one says what the default says; what isn't written isn't declared."""
    mailbox = _kind("mailbox")
    written: Json = {"password": _SECRET, "keep_copy": "true", "previously": "x", "meta": {"reason": "r"}}
    found = mailbox.declare("mailbox/a@example.org", written)
    assert fields_of(found.value).names == {"password", "keep_copy"}


def test_an_empty_list_is_refused_where_something_belongs() -> None:
    """In words of ours; editors are told so, too."""
    kind = _kind("data_processing_agreement")
    address, data = WHOLE["data_processing_agreement"]
    with pytest.raises(ValidationError, match="The list is empty"):
        kind.declare(address, {**data, "data": []})
    assert kind.model.model_json_schema()["properties"]["data"]["minItems"] == 1
    assert NotEmpty().call(("a",)) == ("a",)


def test_what_stands_for_a_secret_is_never_shown_with_it() -> None:
    """A hash isn't, a place may be."""
    made = HashField(hash=_HASH["hash"])
    assert _HASH["hash"] not in repr(made)
    assert SecretField(secret="env/A", version=1).secret == "env/A"
