"""What the contract says of each kind's value is what the service answers, and what it takes."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from jsonschema import Draft202012Validator, ValidationError

from reconciler.demo.filling import make_account
from reconciler.demo.firm import Firm
from reconciler.facts import FACTS
from reconciler.facts.price import Price
from reconciler.facts.quoting import quote_of
from reconciler.kinds import KINDS
from reconciler.model.money import Quote
from reconciler.service.app import openapi
from reconciler.service.settings import Settings
from reconciler.wire.entries import Entry
from reconciler.wire.examples import TOLD, VALUES
from reconciler.wire.values import component
from service.serving import Served, serving

CONTRACT = openapi()
REQUESTS = {
    "order": {"domain": "musterfirma-neu.at", "into": "hosting-1"},
    "payment": {"amount": "120.00 EUR"},
    "support_request": {"subject": "A folder", "text": "Please restore it."},
}
#: Where the names of the examples stand.
ADDRESSES = {
    "zone": "zone/example.org",
    "record": "record/example.org/@/MX",
    "mail_domain": "mail_domain/example.org",
    "mailbox": "mailbox/erika@example.org",
    "alias": "alias/sales@example.org",
}


def validator(name: str) -> Draft202012Validator:
    """Return what judges data by a component of the contract, date and time included."""
    schema = {"$ref": f"#/components/schemas/{name}", "components": CONTRACT["components"]}
    return Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)


VALIDATORS = {name: validator(name) for name in CONTRACT["components"]["schemas"]}


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The service over the demonstration account."""
    path = tmp_path_factory.mktemp("demo") / "account.db"
    make_account(path, Firm(size=60))
    with serving(path, Settings(private_addresses=True)) as served:
        yield served


def items(served: Served, path: str) -> list[dict[str, Any]]:
    """Return all of a collection, which is one page; the page itself is judged, too."""
    page = served.get(path).json()
    sort = "FactPage" if "/facts/" in path else "RequestPage" if path.endswith("/requests") else "Page"
    VALIDATORS[sort].validate(page)
    assert page["next"] is None
    found: list[dict[str, Any]] = page["items"]
    return found


def demand_value(kind: str, value: dict[str, Any]) -> None:
    """Judge a value as one of its kind, in which no field is missing but the options of record sets."""
    VALIDATORS[component(kind)].validate(value)
    fields = CONTRACT["components"]["schemas"][component(kind)]["properties"].keys()
    assert fields - value.keys() <= ({"options"} if kind == "record" else set())


@pytest.mark.parametrize("kind", [name for name, kind in KINDS.items() if not kind.is_request])
def test_every_setting_of_the_demonstration_account_is_as_the_contract_says(running: Served, kind: str) -> None:
    """Alone, in its page, and against the component of its own kind; none of a kind is missing."""
    zone = items(running, "/v1/settings/zone")[0]["address"].partition("/")[2]
    entries = items(running, f"/v1/zones/{zone}/records" if kind == "record" else f"/v1/settings/{kind}")
    assert entries
    for entry in entries:
        assert set(entry) == set(Entry.model_fields)
        demand_value(kind, entry["value"])


@pytest.mark.parametrize("kind", list(FACTS))
def test_every_fact_of_the_demonstration_account_is_as_the_contract_says(running: Served, kind: str) -> None:
    """Also of what there is one of."""
    facts = items(running, f"/v1/facts/{kind}")
    assert facts
    for fact in facts:
        demand_value(kind, fact)


def test_every_request_is_told_as_the_contract_says(running: Served) -> None:
    """What is taken, what is told of it, and what a page of them holds."""
    facts = running.account.store.read_facts({Price.kind})
    quote = quote_of(facts.all(Price), "domain/at", datetime.now(UTC).date())
    assert isinstance(quote, Quote)
    for kind, value in REQUESTS.items():
        body = {"key": running.key(), "value": value, "quote": quote.to_json() if kind == "order" else None}
        VALIDATORS["SubmitBody"].validate(body)
        answer = running.put(f"/v1/requests/{kind}/contract-{kind}", body, if_none_match="*")
        assert answer.status_code == 201, answer.text
        VALIDATORS["RequestEntry"].validate(answer.json())
    told = items(running, "/v1/requests")
    assert {entry["address"].partition("/")[0] for entry in told} == REQUESTS.keys()
    for entry in told:
        demand_value(entry["address"].partition("/")[0], entry["value"])


@pytest.mark.parametrize("kind", list(KINDS))
def test_the_example_of_each_kind_is_one(kind: str) -> None:
    """By the contract, and by the kind itself, to which it is canonical already."""
    sort, (text, example) = KINDS[kind], VALUES[kind]
    demand_value(kind, dict(example))
    value = sort.parse(ADDRESSES.get(kind, kind), example)
    assert sort.to_json(sort.readable(value)) == example
    assert sort.to_json(sort.from_json(example)) == example
    schema = CONTRACT["components"]["schemas"][component(kind)]
    assert (schema["description"].startswith(text), schema["examples"]) == (True, [example])


@pytest.mark.parametrize("kind", list(FACTS))
def test_the_example_of_each_kind_of_fact_is_one(kind: str) -> None:
    """By the contract, and by its model."""
    demand_value(kind, dict(TOLD[kind]))
    assert FACTS[kind].model_validate(TOLD[kind]).model_dump(mode="json") == TOLD[kind]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("Entry", {"address": "alias/a@example.org", "version": "1", "value": VALUES["mailbox"].example}),
        ("Entry", {"address": "mailbox/a@example.org", "version": "1", "value": {"quota": "2 GiB"}}),
        ("Entry", {"address": "mailbox/a@example.org", "version": "1", "value": {"password": "secret"}}),
        ("Entry", {"address": "nothing/a", "version": "1", "value": {}}),
        ("RequestEntry", {"address": "order/a", "value": {"amount": "1.00 EUR"}, "status": "submitted", "at": "2026"}),
        ("SubmitBody", {"key": "12345678", "value": {"subject": "no text"}}),
        ("SettingBody", {"value": {"channels": ["pigeon"]}}),
        ("InvoiceFact", {**TOLD["invoice"], "gross": 11.9}),
        ("PriceFact", {**TOLD["price"], "since": str(date.max)[::-1]}),
    ],
)
def test_what_is_of_another_kind_isnt_of_the_contract(name: str, data: dict[str, Any]) -> None:
    """The kind in the address decides, and a secret is never told."""
    with pytest.raises(ValidationError):
        VALIDATORS[name].validate(data)


def test_values_name_no_secret_and_nothing_of_ours() -> None:
    """Secrets are named in words; metadata and the name before are the customer's own."""
    for name, kind in KINDS.items():
        schema = CONTRACT["components"]["schemas"][component(name)]
        assert schema["properties"].keys().isdisjoint({"meta", "previously", "password", "iban"})
        assert all(f"`{path}`" in schema["description"] for path in kind.secret_fields)
    assert "iban" not in CONTRACT["components"]["schemas"]["BillingSepaDebit"]["properties"]
