"""What an account says of itself: facts as the company told them, and what is booked as the account has it."""

from datetime import date

import pytest

from accounts import Account
from reconciler.facts import FACTS
from reconciler.facts.domain import Domain
from reconciler.facts.invoice import Invoice
from reconciler.facts.log import LogEntry
from reconciler.facts.package import Package
from reconciler.model.errors import AccountError
from reconciler.model.fact import Fact
from reconciler.model.money import money

EUR = money("1.00 EUR")
PDF = b"%PDF-1.4\n1 0 obj\n%%EOF\n"


def invoice(number: str = "R-1") -> Invoice:
    """Return an invoice of one euro."""
    day = date(2026, 11, 1)
    return Invoice(number=number, issued=day, due=day, net=EUR, vat=money("0.19 EUR"), gross=money("1.19 EUR"))


def told(account: Account, kind: str) -> list[Fact]:
    """Return the facts of a kind."""
    return list(account.store.read_facts([kind]).kinds[kind].values())


def test_a_new_account_tells_its_package_and_domains(account: Account) -> None:
    """Nobody had to tell them."""
    assert [(p.name, p.unlimited, p.used) for p in account.store.read_facts(["package"]).all(Package)] == [
        ("unlimited", True, {"domains": 1, "mailboxes": 0})
    ]
    assert [d.domain for d in account.store.read_facts(["domain"]).all(Domain)] == ["example.org"]


def test_facts_are_told_as_they_were_put(account: Account) -> None:
    """A second time replaces all of the kind and leaves the others."""
    account.store.put_facts(["invoice", "booking"], [invoice("R-1"), invoice("R-2")])
    account.store.put_facts(["invoice"], [invoice("R-3")])
    assert told(account, "invoice") == [invoice("R-3")]
    assert told(account, "booking") == []


def test_a_file_is_kept_with_its_digest(account: Account) -> None:
    """The fact then names both digest and size."""
    account.store.put_facts(["invoice"], [invoice()], {"invoice/R-1": PDF})
    (fact,) = told(account, "invoice")
    assert isinstance(fact, Invoice)
    assert (fact.size, len(fact.sha256)) == (len(PDF), 64)
    assert account.store.read_file("invoice/R-1") == PDF
    with pytest.raises(AccountError, match="no file invoice/R-2"):
        account.store.read_file("invoice/R-2")


def test_the_log_says_who_from_where(account: Account) -> None:
    """And which resource, in the order of events."""
    account.store.write((account.create("zone/example.org"),), "deploy", "2001:db8::7")
    found = account.store.read_facts(["log"]).all(LogEntry)
    assert [(e.who, e.origin, e.action, e.resource) for e in found] == [
        ("apply", "", "book", "domain/example.org"),
        ("deploy", "2001:db8::7", "create", "zone/example.org"),
    ]


def test_all_facts_of_an_account_that_does_not_exist(tmp_path_factory: pytest.TempPathFactory) -> None:
    """They are those that the first apply would find."""
    folder = tmp_path_factory.mktemp("empty")
    facts = Account(folder / "account.db").store.read_facts(FACTS)
    assert {kind: len(found) for kind, found in facts.kinds.items() if found} == {"package": 1}
    assert list(folder.iterdir()) == []


def test_what_is_still_needed_is_not_left_out(account: Account) -> None:
    """A package with domains stays, and a domain with mailboxes; nothing is changed then."""
    account.done(account.create("mailbox/info@example.org", {}))
    for kinds in (["package"], ["domain"]):
        with pytest.raises(AccountError, match="leave out a package or a domain"):
            account.store.put_facts(kinds, [])
    assert len(told(account, "domain")) == len(told(account, "package")) == 1


def test_packages_and_domains_are_told_together(account: Account) -> None:
    """Then a domain moves to another package, and its mail domain stays."""
    web = Package(id="web-1", title="Web L", tariff="package/web-l", limits={"domains": 5, "mailboxes": 10})
    there = Domain(domain="example.org", package="web-1", renews=date(2027, 1, 1))
    more = Domain(domain="example.net", package="web-1")
    account.store.put_facts(["package", "domain"], [web, there, more])
    assert [d.name for d in account.store.read_facts(["domain"]).all(Domain)] == ["example.net", "example.org"]
    (found,) = account.store.read_facts(["package"]).all(Package)
    assert (found.domains, found.mailboxes, found.unlimited) == ("2 of 5", "0 of 10", False)
    assert {"mail_domain/example.net", "mail_domain/example.org"} <= account.state.keys()
