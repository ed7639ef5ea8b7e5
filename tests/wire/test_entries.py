"""The wire: what one end writes, the other reads as the same canonical value."""

import json
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from reconciler.kinds import KINDS
from reconciler.model.address import Address, join, kind_of
from reconciler.model.change import Action
from reconciler.model.secret import Secret
from reconciler.ports import Write
from reconciler.wire.entries import Entry
from reconciler.wire.paths import address_of, file_path, records_path, request_path, setting_path
from reconciler.wire.writes import Batch, SettingBody, WriteBody
from store.test_round_trip import CONTACT, MAILBOX, _record_sets

NAMES = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=20)
RESOURCES = st.one_of(
    _record_sets(),
    st.tuples(st.just("mailbox/info@example.org"), MAILBOX),
    st.tuples(st.just("contact/~3"), CONTACT),
    st.tuples(st.just("address"), st.just({"city": "Hannover", "country": "DE"})),
)


@settings(max_examples=100)
@given(RESOURCES, st.integers(0, 2**40).map(str))
def test_a_value_crosses_the_wire_unchanged(resource: tuple[Address, dict[str, Any]], version: str) -> None:
    """Through JSON and back, judged by the kind's own rules on the way."""
    address, data = resource
    value = KINDS[kind_of(address)].parse(address, data)
    entry = Entry.model_validate_json(Entry.of(address, value, version).model_dump_json())
    assert entry.canonical() == value
    assert (entry.address, entry.version) == (address, version)


@settings(max_examples=100)
@given(RESOURCES)
def test_a_write_crosses_the_wire_unchanged(resource: tuple[Address, dict[str, Any]]) -> None:
    """What it expects, what it puts there, its key and its secrets."""
    address, data = resource
    value = KINDS[kind_of(address)].parse(address, data)
    secrets = {"password": Secret("s3cret-of-the-box")} if address.startswith("mailbox/") else {}
    write = Write(Action.UPDATE, address, value, value, "key-12345", "7", None, None, secrets, "because")
    body = WriteBody.of(write, address)
    got = WriteBody.model_validate_json(json.dumps(body.sent())).write()
    assert (got.action, got.address, got.before, got.after, got.key, got.version, got.reason) == (
        *(Action.UPDATE, address, value, value, "key-12345", "7", "because"),
    )
    assert {path: secret.reveal() for path, secret in got.secrets.items()} == {
        path: secret.reveal() for path, secret in secrets.items()
    }


def test_a_secret_is_in_no_representation_of_a_write() -> None:
    """Only who sends it takes it out."""
    value = KINDS["mailbox"].parse("mailbox/info@example.org", {})
    secrets = {"password": Secret("s3cret-of-the-box")}
    write = Write(Action.CREATE, "mailbox/info@example.org", None, value, "key-12345", secrets=secrets)
    body = WriteBody.of(write, write.address)
    assert "s3cret" not in f"{body!r} {body} {body.model_dump_json()} {body.model_dump()}"


@pytest.mark.parametrize("is_hash", [False, True])
def test_what_is_sent_has_the_secret_and_says_whether_it_is_a_hash(is_hash: bool) -> None:
    """In a batch and for one setting alone."""
    value = KINDS["mailbox"].parse("mailbox/info@example.org", {})
    secrets = {"password": Secret("s3cret-of-the-box", is_hash=is_hash)}
    body = WriteBody.of(Write(Action.CREATE, "mailbox/info@example.org", None, value, "key-12345", secrets=secrets), "")
    batch = Batch.model_validate_json(json.dumps(Batch(writes=[body]).sent()))
    alone = SettingBody.model_validate(SettingBody(value={}, secrets=body.secrets).sent())
    for got in (batch.writes[0].secrets["password"].secret(), alone.secrets["password"].secret()):
        assert (got.reveal(), got.is_hash) == ("s3cret-of-the-box", is_hash)


@given(NAMES)
@example("-")
def test_a_path_leads_back_to_its_address(name: str) -> None:
    """Whatever stands in a name: slashes, percent signs, spaces, letters of any script."""
    address = join("contact", name)
    kind, last = setting_path(address).removeprefix("/v1/settings/").split("/")
    assert address_of(kind, unquote(last)) == address
    assert setting_path(address).isascii()


def test_what_there_is_one_of_has_a_path_too() -> None:
    """A dash stands for the name; one that an address has is that name."""
    assert address_of(*setting_path("address").removeprefix("/v1/settings/").split("/")) == "address"
    assert file_path("balance") == "/v1/facts/balance/-/file"


@pytest.mark.parametrize(
    ("made", "path"),
    [
        (records_path("example.org"), "/v1/zones/example.org/records"),
        (records_path("0%2F25.2.0.192.in-addr.arpa"), "/v1/zones/0%252F25.2.0.192.in-addr.arpa/records"),
        (request_path("order/2026-11 shop"), "/v1/requests/order/2026-11%20shop"),
        (file_path("invoice/R-2026%2F001"), "/v1/facts/invoice/R-2026%252F001/file"),
    ],
)
def test_parts_of_a_path_are_encoded_once_more(made: str, path: str) -> None:
    """An encoded slash of ours is no slash to a server between."""
    assert made == path
