"""Facts: what an account tells is read the same by both ends, and a newer account may tell more."""

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from reconciler.facts import FACTS
from reconciler.facts.balance import Balance
from reconciler.facts.log import LogEntry
from reconciler.facts.package import Package
from reconciler.facts.price import Price
from reconciler.facts.server import Server
from reconciler.model.facts import Facts

#: One of each kind, as an account tells it.
TOLD: dict[str, dict[str, Any]] = {
    "package": {
        "id": "web-1",
        "title": "Web L",
        "tariff": "package/web-l",
        "limits": {"domains": 5},
        "used": {"domains": 2},
    },
    "domain": {"domain": "example.org", "package": "web-1", "booked": "2024-01-31", "renews": "2027-01-31"},
    "server": {
        "id": "web-1",
        "title": "Root L",
        "service_level": "gold",
        "price": "49.00 EUR",
        "specification": {"cpu": "8"},
    },
    "product": {"id": "cert-1", "title": "Certificate", "price": "1.50 EUR", "period": "month"},
    "invoice": {
        "number": "R-2026/001",
        "issued": "2026-01-31",
        "due": "2026-02-14",
        "net": "10.00 EUR",
        "vat": "1.90 EUR",
        "gross": "11.90 EUR",
    },
    "booking": {"id": "17", "date": "2026-02-01", "text": "Payment", "amount": "11.90 EUR", "balance": "0.00 EUR"},
    "balance": {"amount": "-11.90 EUR", "as_of": "2026-02-01"},
    "document": {"id": "terms", "title": "Terms", "sort": "terms", "version": "2026-01", "date": "2026-01-01"},
    "price": {"item": "domain/shop", "since": "2026-01-01", "net": "20.00 EUR", "rate": "19", "period": "year"},
    "log": {"id": "4", "at": "2026-02-01T10:00:00+00:00", "who": "ci", "action": "create", "resource": "contact/~1"},
}


@pytest.mark.parametrize("kind", FACTS)
def test_a_fact_is_read_back_from_its_json(kind: str) -> None:
    """Both ends of the wire mean the same by it; what a newer account tells beside is left out."""
    fact = FACTS[kind].model_validate({**TOLD[kind], "of-later": 1})
    assert FACTS[kind].model_validate_json(fact.model_dump_json()) == fact
    assert "of-later" not in fact.model_dump()


@pytest.mark.parametrize("kind", FACTS)
def test_every_column_of_a_table_is_there(kind: str) -> None:
    """A table is made of what the fact has."""
    fact = FACTS[kind].model_validate(TOLD[kind])
    assert all(hasattr(fact, column) for column in fact.columns)


@pytest.mark.parametrize("kind", FACTS)
def test_a_fact_without_its_name_or_amount_is_refused(kind: str) -> None:
    """Half a fact is none."""
    for name, info in FACTS[kind].model_fields.items():
        if info.is_required():
            with pytest.raises(ValidationError):
                FACTS[kind].model_validate({n: v for n, v in TOLD[kind].items() if n != name})


def test_addresses_name_the_kind_and_what_the_account_calls_it() -> None:
    """A slash in a number is encoded; what there is one of has none."""
    found = {kind: sort.model_validate(TOLD[kind]).address for kind, sort in FACTS.items()}
    assert found["invoice"] == "invoice/R-2026%2F001"
    assert found["price"] == "price/domain%2Fshop@2026-01-01"
    assert found["balance"] == "balance"


def test_of_a_kind_that_was_not_read_nothing_is_known() -> None:
    """No price is another answer than no price list."""
    facts = Facts.of(("server", "package"), [Server.model_validate(TOLD["server"])])
    assert [server.id for server in facts.all(Server)] == ["web-1"]
    assert facts.all(Package) == ()
    assert not facts.knows("balance")
    with pytest.raises(KeyError):
        facts.all(Balance)


def test_a_price_holds_from_its_first_to_its_last_day() -> None:
    """Both days are included."""
    price = Price.model_validate({**TOLD["price"], "until": "2026-12-31"})
    days = [date(2025, 12, 31), date(2026, 1, 1), date(2026, 12, 31), date(2027, 1, 1)]
    assert [price.holds(day) for day in days] == [False, True, True, False]
    assert Price.model_validate(TOLD["price"]).holds(date(2099, 1, 1))


def test_how_much_of_a_limit_is_used_is_said() -> None:
    """A limit that isn't named doesn't exist."""
    package = Package.model_validate(TOLD["package"])
    assert (package.domains, package.mailboxes) == ("2 of 5", "0")


def test_a_moment_without_its_zone_is_no_entry_of_the_log() -> None:
    """It can't stand before or after the others."""
    said = {"id": "1", "at": "2026-11-26T12:00:00", "who": "ci", "action": "update", "resource": "contact/~1"}
    with pytest.raises(ValidationError, match="timezone"):
        LogEntry.model_validate(said)
    assert LogEntry.model_validate({**said, "at": "2026-11-26T12:00:00Z"}).at.tzinfo is not None
