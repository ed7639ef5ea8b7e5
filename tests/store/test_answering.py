"""The company's side of requests: what becomes of them, and what follows in the account."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from accounts import Account
from asking import TODAY, annex, company, status, submit
from reconciler.facts.balance import Balance
from reconciler.facts.booking import Booking
from reconciler.facts.domain import Domain
from reconciler.facts.invoice import Invoice
from reconciler.facts.log import LogEntry
from reconciler.facts.package import Package
from reconciler.model.address import Address
from reconciler.model.errors import AccountError
from reconciler.model.money import money

ORDER = "order/2026-11-shop"
AGREEMENT = "data_processing_agreement/avv"
TERMS: dict[str, Any] = {"data": ["names"], "subjects": ["customers"], "annex": "3", "signed_by": "Erika Mustermann"}


@pytest.fixture
def shop(tmp_path: Path) -> Account:
    """An account with prices, packages and documents."""
    return company(tmp_path / "account.db")


def packages(account: Account) -> dict[str, Package]:
    """Return the packages by name."""
    return {package.id: package for package in account.store.read_facts(["package"]).all(Package)}


@pytest.mark.parametrize("answer", ["accepted", "completed"])
def test_an_accepted_order_books_its_domain(shop: Account, answer: str) -> None:
    """With its mail domain, in a package that has room; completing it books nothing twice."""
    shop.done(submit(shop, ORDER, domain="example.shop"))
    shop.store.answer_request(ORDER, answer, "Have fun")
    shop.store.answer_request(ORDER, "completed")
    booked = {domain.name: domain for domain in shop.store.read_facts(["domain"]).all(Domain)}
    assert booked["example.shop"] == Domain(
        domain="example.shop", package="web-1", booked=TODAY, renews=date(2027, 11, 26)
    )
    assert "mail_domain/example.shop" in shop.state
    shop.done(shop.create("mailbox/info@example.shop"))


def test_a_rejected_order_books_nothing(shop: Account) -> None:
    """Its domain may be ordered again, under another reference."""
    shop.done(submit(shop, ORDER, domain="example.shop"))
    shop.store.answer_request(ORDER, "rejected", "Not free")
    assert [domain.name for domain in shop.store.read_facts(["domain"]).all(Domain)] == ["example.org"]
    shop.done(submit(shop, "order/again", domain="example.shop"))


def test_an_accepted_order_books_its_package_at_the_agreed_price(shop: Account) -> None:
    """Under a name that nobody has."""
    shop.done(submit(shop, ORDER, package="web-l"))
    shop.store.answer_request(ORDER, "accepted")
    made = packages(shop)["web-l-1"]
    assert (made.tariff, made.price, made.period, made.notice, made.since) == (
        "package/web-l",
        money("8.00 EUR"),
        "month",
        "1 month",
        TODAY,
    )
    shop.done(submit(shop, "order/second", package="web-l"))
    shop.store.answer_request("order/second", "accepted")
    assert {"web-l-1", "web-l-2"} <= packages(shop).keys()


def test_a_tariff_change_changes_the_package(shop: Account) -> None:
    """Its domains stay."""
    shop.done(submit(shop, ORDER, tariff={"package": "web-1", "to": "web-l"}))
    shop.store.answer_request(ORDER, "completed")
    (package,) = packages(shop).values()
    assert (package.id, package.tariff, package.price, package.used["domains"]) == (
        "web-1",
        "package/web-l",
        money("8.00 EUR"),
        1,
    )


def test_a_package_that_filled_up_meanwhile_has_no_room(shop: Account) -> None:
    """Then the order can't be accepted, and nothing is changed."""
    for reference in ("order/a", "order/b"):
        shop.done(submit(shop, reference, domain=f"{reference[-1]}.shop"))
    shop.store.answer_request("order/a", "accepted")
    before = shop.store.read()
    with pytest.raises(AccountError, match="no package has room for it"):
        shop.store.answer_request("order/b", "accepted")
    assert shop.store.read() == before


def test_a_completed_payment_stands_on_the_balance(shop: Account) -> None:
    """With a booking, and its invoice is paid."""
    shop.done(submit(shop, "payment/p", amount="119.00 EUR", invoice="R-1"))
    shop.store.answer_request("payment/p", "accepted")
    assert shop.store.read_facts(["balance"]).all(Balance)[0].amount == money("-119.00 EUR")
    shop.store.answer_request("payment/p", "completed")
    facts = shop.store.read_facts(["balance", "booking", "invoice"])
    assert facts.all(Balance)[0].amount == money("0.00 EUR")
    assert [(b.id, b.amount) for b in facts.all(Booking)] == [("p", money("119.00 EUR"))]
    assert facts.all(Invoice)[0].status == "paid"


def test_an_agreement_is_concluded_for_the_annex_as_it_is(shop: Account) -> None:
    """Once concluded it stays so when the annex changes."""
    shop.done(submit(shop, AGREEMENT, **TERMS))
    shop.store.answer_request(AGREEMENT, "completed")
    shop.store.put_facts(["document"], [annex("4")])
    assert status(shop, AGREEMENT) == "completed"


def test_an_agreement_needs_a_signature_again_when_its_annex_changes(shop: Account) -> None:
    """What one side alone has signed isn't agreed; signing anew goes under the same reference."""
    shop.done(submit(shop, AGREEMENT, **TERMS))
    shop.store.put_facts(["document"], [annex("4")])
    assert status(shop, AGREEMENT) == "needs signature"
    with pytest.raises(AccountError, match="is needs signature") as caught:
        shop.store.answer_request(AGREEMENT, "completed")
    assert caught.value.help == "It can become: rejected."
    shop.done(submit(shop, AGREEMENT, **{**TERMS, "annex": "4"}))
    shop.store.answer_request(AGREEMENT, "completed")
    assert status(shop, AGREEMENT) == "completed"
    done = [entry.action for entry in shop.store.read_facts(["log"]).all(LogEntry) if entry.resource == AGREEMENT]
    assert done == ["submit", "needs signature", "submit", "completed"]


@pytest.mark.parametrize(("first", "then"), [("rejected", "accepted"), ("completed", "rejected")])
def test_what_has_ended_stays_so(shop: Account, first: str, then: str) -> None:
    """The same answer again only says something else about it."""
    shop.done(submit(shop, ORDER, domain="example.shop"))
    shop.store.answer_request(ORDER, first)
    shop.store.answer_request(ORDER, first, "Once more")
    with pytest.raises(AccountError, match=f"is {first}"):
        shop.store.answer_request(ORDER, then)
    contents = shop.store.read()
    assert contents is not None
    assert contents.requests[ORDER].note == "Once more"


@pytest.mark.parametrize(("address", "answer"), [("order/x", "accepted"), (ORDER, "vanished")])
def test_an_answer_that_makes_no_sense_is_refused(shop: Account, address: Address, answer: str) -> None:
    """No such request, no such status."""
    shop.done(submit(shop, ORDER, domain="example.shop"))
    with pytest.raises(AccountError) as caught:
        shop.store.answer_request(address, answer)
    assert caught.value.help


def test_a_package_has_no_more_mailboxes_than_it_is_sold_with(shop: Account) -> None:
    """Its mailboxes can still be changed when it is full."""
    made = [shop.create(f"mailbox/{name}@example.org") for name in "ab"]
    shop.done(*made)
    assert shop.refused(shop.create("mailbox/c@example.org")) == [
        "The package web-1 has 2 mailboxes at most, and this would be one more."
    ]
    assert made[0].after is not None
    shop.done(shop.update("mailbox/a@example.org", made[0].after, made[0].after))


def test_domains_are_not_booked_by_declaring_them_where_a_package_has_limits(shop: Account) -> None:
    """They are ordered."""
    shop.booked("example.net")
    assert shop.refused(shop.create("zone/example.net")) == ["The domain example.net isn't booked in this account."]
