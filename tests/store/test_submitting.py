"""What the account takes as a request: once, whole, and on the terms that were approved."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from accounts import Account, some
from asking import INVOICE, PDF, PRICES, annex, company, status, submit
from reconciler.facts.log import LogEntry
from reconciler.model.change import Action
from reconciler.model.money import money
from reconciler.model.outcome import Status
from reconciler.ports import Write

ORDER = "order/2026-11-shop"
AGREEMENT = "data_processing_agreement/avv"
TERMS: dict[str, Any] = {"data": ["names"], "subjects": ["customers"], "annex": "3", "signed_by": "Erika Mustermann"}


@pytest.fixture
def shop(tmp_path: Path) -> Account:
    """An account with prices, packages and documents."""
    return company(tmp_path / "account.db")


def test_a_request_is_kept_with_its_price(shop: Account) -> None:
    """It is submitted, and says since when and at which price; its value is in the state, too."""
    write = submit(shop, ORDER, domain="example.shop")
    shop.store.write((write,), "deploy", "192.0.2.7")
    contents = shop.store.read()
    assert contents is not None
    asked = contents.requests[ORDER]
    assert (asked.status, asked.quote, asked.note) == ("submitted", write.quote, "")
    assert contents.state[ORDER] == write.after
    assert contents.revisions["order"] == contents.revision
    last = shop.store.read_facts(["log"]).all(LogEntry)[-1]
    assert (last.who, last.origin, last.action, last.resource) == ("deploy", "192.0.2.7", "submit", ORDER)


def test_the_same_key_has_one_effect(shop: Account) -> None:
    """A lost answer is asked for again."""
    write = submit(shop, ORDER, domain="example.shop")
    assert shop.done(write) == shop.done(write)
    assert [e.action for e in shop.store.read_facts(["log"]).all(LogEntry)].count("submit") == 1


@pytest.mark.parametrize("address", [ORDER, "payment/2026-11-shop"])
def test_a_reference_is_used_once(shop: Account, address: str) -> None:
    """Over all kinds, whatever is asked for."""
    shop.done(submit(shop, ORDER, domain="example.shop"))
    fields = {"domain": "other.shop"} if address == ORDER else {"amount": "5.00 EUR"}
    (answer,) = shop.write(submit(shop, address, **fields))
    assert (answer.status, "used already" in answer.detail) == (Status.CONFLICT, True)


def test_two_requests_of_one_batch_have_two_references(shop: Account) -> None:
    """Nothing of such a batch is taken."""
    batch = (submit(shop, ORDER, domain="example.shop"), submit(shop, "payment/2026-11-shop", amount="5.00 EUR"))
    assert shop.refused(*batch)[1] == "Another write of this batch has the same key, address or reference."


def test_another_price_than_the_approved_is_a_conflict(shop: Account) -> None:
    """The company's price list changed since the plan: nothing is ordered."""
    write = submit(shop, ORDER, domain="example.shop")
    dearer = PRICES[0].model_copy(update={"net": money("30.00 EUR")})
    shop.store.put_facts(["price"], [dearer, *PRICES[1:]])
    (answer,) = shop.write(write)
    assert answer.status is Status.CONFLICT
    assert answer.detail == "Its price is no longer what was approved: 35.70 EUR gross each year, 35.70 EUR in all."
    assert ORDER not in shop.state


def test_another_annex_than_the_signed_is_a_conflict(shop: Account) -> None:
    """What was signed isn't what would count."""
    write = submit(shop, AGREEMENT, **TERMS)
    shop.store.put_facts(["document"], [annex("4")])
    (answer,) = shop.write(write)
    assert (answer.status, answer.detail) == (Status.CONFLICT, "It is signed for 3 of the annex, which is 4 now.")


REFUSED: list[tuple[str, str, dict[str, Any]]] = [
    ("It was valid until 2026-11-25.", ORDER, {"domain": "example.shop", "valid_until": "2026-11-25"}),
    ("The price list has no price of domain/xyz on 2026-11-26.", ORDER, {"domain": "example.xyz"}),
    ("No package has room for the domain example.shop.", ORDER, {"domain": "example.shop", "into": "web-9"}),
    ("The package web-9 isn't booked", ORDER, {"tariff": {"package": "web-9", "to": "web-l"}}),
    ("There is no open invoice R-9.", "payment/p", {"amount": "5.00 EUR", "invoice": "R-9"}),
    ("The invoice R-1 asks for 119.00 EUR, and not more.", "payment/p", {"amount": "119.01 EUR", "invoice": "R-1"}),
    ("The invoice R-1 asks for 119.00 EUR", "payment/p", {"amount": "5.00 USD", "invoice": "R-1"}),
    ("The account is kept in EUR.", "payment/p", {"amount": "5.00 USD"}),
    ("The company takes 100000 EUR at once, at most.", "payment/p", {"amount": "100000.01 EUR"}),
    ("The signed form is not a PDF.", "ownership_change/o", {"new_owner": "Erika", "files": {"form.pdf": b"<html>"}}),
]


@pytest.mark.parametrize(("said", "address", "fields"), REFUSED)
def test_what_breaks_a_rule_is_refused(shop: Account, said: str, address: str, fields: dict[str, Any]) -> None:
    """In one sentence, and nothing is kept."""
    (sentence,) = shop.refused(submit(shop, address, **fields))
    assert sentence.startswith(said)


def test_an_order_without_its_price_is_refused(shop: Account) -> None:
    """Nobody orders what may cost anything."""
    write = replace(submit(shop, ORDER, domain="example.shop"), quote=None)
    assert shop.refused(write) == ["An order comes with the price that was approved."]


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        ({"max_price": "9.51 EUR/month gross"}, "It costs 9.52 EUR/month gross"),
        ({"max_price": "10.00 EUR/month gross"}, "Setting it up costs 5.95 EUR gross, which `max_price` doesn't cover"),
        ({"max_setup": "5.94 EUR gross"}, "Setting it up costs 5.95 EUR gross, and `max_setup` is 5.94 EUR gross"),
    ],
)
def test_an_order_keeps_within_its_own_limits(shop: Account, limits: dict[str, str], said: str) -> None:
    """The account doesn't rely on those who submit it."""
    (sentence,) = shop.refused(submit(shop, ORDER, package="web-l", **limits))
    assert sentence.startswith(said)
    shop.done(submit(shop, ORDER, package="web-l", max_price="10.00 EUR/month gross", max_setup="5.95 EUR gross"))


def test_a_domain_is_ordered_once(shop: Account) -> None:
    """Neither what is booked nor what is ordered already, under whatever reference."""
    shop.done(submit(shop, ORDER, domain="example.shop"))
    assert shop.refused(submit(shop, "order/again", domain="example.shop")) == [
        "The domain example.shop is ordered already."
    ]
    shop.store.answer_request(ORDER, "accepted")
    assert shop.refused(submit(shop, "order/again", domain="example.shop")) == [
        "The domain example.shop is booked already."
    ]


HALF: list[tuple[str, dict[str, Any]]] = [
    ("payment/p", {"amount": "-5.00 EUR"}),
    ("payment/p", {"amount": "0.00 EUR"}),
    ("payment/p", {}),
    (
        AGREEMENT,
        {name: tuple(text) if isinstance(text, list) else text for name, text in TERMS.items() if name != "signed_by"},
    ),
    ("ownership_change/o", {"new_owner": "Erika"}),
    (ORDER, {"domain": "example.shop", "package": "web-l"}),
]


@pytest.mark.parametrize(("address", "fields"), HALF)
def test_half_a_request_is_none(shop: Account, address: str, fields: dict[str, Any]) -> None:
    """Also where somebody writes past the loader: negative money, no signature, no form."""
    write = Write(Action.SUBMIT, address, None, some(**fields), shop.key())
    (sentence,) = shop.refused(write)
    assert "a field is missing, or isn't what it may be" in sentence


def test_attachments_are_those_that_are_named(shop: Account) -> None:
    """By their digests, none missing and none more; they are kept with the request."""
    write = submit(shop, "support_request/s", files={"log.txt": b"error"}, subject="Help", text="It burns")
    (digest,) = write.attachments
    for wrong in ({}, {digest: b"other"}, {**write.attachments, "0" * 64: b"more"}):
        (sentence,) = shop.refused(replace(write, attachments=wrong, key=shop.key()))
        assert sentence.startswith(("The files that come with it", "A file that comes with it"))
    shop.done(write)
    assert shop.store.read_attachments("support_request/s") == {digest: b"error"}


def test_a_signed_form_is_taken(shop: Account) -> None:
    """As a PDF."""
    shop.done(submit(shop, "ownership_change/o", files={"form.pdf": PDF}, new_owner="Erika"))
    assert status(shop, "ownership_change/o") == "submitted"


def test_what_is_asked_for_is_neither_changed_nor_deleted(shop: Account) -> None:
    """And a setting isn't submitted."""
    write = submit(shop, ORDER, domain="example.shop")
    shop.done(write)
    for action, after in ((Action.UPDATE, write.after), (Action.DELETE, None)):
        (sentence,) = shop.refused(Write(action, ORDER, None, after, shop.key()))
        assert sentence == "What is asked for (order) is submitted once, and neither changed nor deleted."
    made = replace(shop.create("zone/example.org"), action=Action.SUBMIT)
    assert shop.refused(made) == ["A zone is no request, so it isn't submitted."]


def test_a_payment_within_its_invoice_is_taken(shop: Account) -> None:
    """All of it, or a part."""
    shop.done(submit(shop, "payment/p", amount="119.00 EUR", invoice=INVOICE.number))
    shop.done(submit(shop, "payment/q", amount="0.01 EUR", valid_until=str(date(2026, 11, 26))))


def test_an_invoice_is_paid_once(shop: Account) -> None:
    """Under whatever reference, as long as a payment for it is on its way; one that was rejected is over."""
    shop.done(submit(shop, "payment/p", amount="19.00 EUR", invoice=INVOICE.number))
    again = submit(shop, "payment/q", amount="100.00 EUR", invoice=INVOICE.number)
    assert shop.refused(again) == ["Another payment of the invoice R-1 is on its way."]
    shop.store.answer_request("payment/p", "accepted")
    assert shop.refused(again) == ["Another payment of the invoice R-1 is on its way."]
    shop.store.answer_request("payment/p", "rejected")
    shop.done(again)
    shop.store.answer_request("payment/q", "completed")
    shop.done(submit(shop, "payment/r", amount="19.00 EUR", invoice=INVOICE.number))


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"amount": "5.00 EUR", "invoice": "R-1"}, "Another request of this batch is for the invoice R-1."),
        ({"domain": "example.shop"}, "Another request of this batch is for the domain example.shop."),
    ],
)
def test_nor_is_anything_asked_for_twice_in_one_batch(shop: Account, fields: dict[str, str], said: str) -> None:
    """The account judges both as if the other were there already."""
    kind = "payment" if "invoice" in fields else "order"
    assert shop.refused(*(submit(shop, f"{kind}/{name}", **fields) for name in "ab"))[1] == said
