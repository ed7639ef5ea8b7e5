"""The embedded provider keeps the promises of the ports."""

from datetime import date
from pathlib import Path

import pytest

from accounts import Account, some
from asking import PDF, company, submit
from opened import outside
from reconciler.facts.document import Document
from reconciler.kinds import KINDS
from reconciler.model.account import AccountConfig
from reconciler.model.address import group_of
from reconciler.model.errors import AccountError
from reconciler.model.outcome import Status
from reconciler.ports import Scope
from reconciler.providers import PROVIDERS, provider_of

DOMAINS = frozenset({"example.org"})
ALL = frozenset(KINDS)


def _config(path: str = "account.db", account: str = "K-104711") -> AccountConfig:
    default = {"type": "embedded", "path": path}
    return AccountConfig.model_validate({"version": "1", "account": account, "providers": {"default": default}})


def test_every_provider_type_of_the_schema_has_a_row() -> None:
    """What account.yaml may name can be opened."""
    assert set(PROVIDERS) >= {"embedded", "octodns"}
    assert all(provider_of(name).open_reader for name in PROVIDERS)


def test_an_account_that_does_not_exist_is_what_the_first_apply_would_find(tmp_path: Path) -> None:
    """Fixed kinds are there at their defaults, and nothing is made by looking."""
    live = outside(_config(), tmp_path).reader().read(Scope(DOMAINS))
    assert (live.exists, live.account, live.versions) == (False, "K-104711", {})
    assert {address.partition("/")[0] for address in live.state} == {
        "address",
        "billing",
        "mail_domain",
        "notification",
        "password",
    }
    assert live.state["mail_domain/example.org"] == some(catch_all=None)
    assert {address.partition("/")[2] for address in live.state if address.startswith("n")} == live.topics
    assert list(tmp_path.iterdir()) == []


def test_what_was_shown_before_the_first_apply_is_what_it_makes(tmp_path: Path) -> None:
    """Creating the account and booking its domains changes nothing of what a plan was made from."""
    reader = outside(_config(), tmp_path).reader()
    before = reader.read(Scope(DOMAINS))
    outside(_config(), tmp_path).writer(ALL).prepare(DOMAINS)
    after = reader.read(Scope(DOMAINS))
    assert (after.state, after.complete, after.topics) == (before.state, before.complete, before.topics)
    assert after.exists


def test_a_declared_domain_has_its_mail_domain_before_it_is_booked(tmp_path: Path) -> None:
    """The package books every declared domain at each apply, so the mail domain counts as there."""
    outside(_config(), tmp_path).writer(ALL).prepare(DOMAINS)
    live = outside(_config(), tmp_path).reader().read(Scope(frozenset({"example.net"})))
    assert {"mail_domain/example.org", "mail_domain/example.net"} <= live.state.keys()
    assert "mail_domain/example.net" not in live.versions


def test_every_group_is_proven_complete(tmp_path: Path) -> None:
    """Also the record sets of zones that aren't there: there are provably none."""
    live = outside(_config(), tmp_path).reader().read(Scope(DOMAINS))
    assert {"zone", "mailbox", "contact", "record", "record/example.org"} <= live.complete


def test_writes_go_through_the_rules(tmp_path: Path) -> None:
    """The answers are the store's."""
    writer = outside(_config(), tmp_path).writer(ALL)
    writer.prepare(DOMAINS)
    words = Account(tmp_path / "words.db")
    good, bad = words.create("zone/example.org"), words.create("zone/example.net")
    assert [answer.status for answer in writer.write((bad,))] == [Status.FAILED]
    assert [answer.status for answer in writer.write((good,))] == [Status.DONE]
    assert "zone/example.org" in outside(_config(), tmp_path).reader().read(Scope(DOMAINS)).state


def test_the_number_of_the_file_is_reported_and_guards_writing(tmp_path: Path) -> None:
    """A reader says whose account it is; a writer isn't even made for another one's."""
    outside(_config(), tmp_path).writer(ALL).prepare(DOMAINS)
    other = _config(account="K-2")
    assert outside(other, tmp_path).reader().read(Scope(DOMAINS)).account == "K-104711"
    with pytest.raises(AccountError, match="belongs to the account K-104711"):
        outside(other, tmp_path).writer(ALL)


def test_what_cannot_be_written_says_so_before_anything_is_recorded(tmp_path: Path) -> None:
    """Opening the writer comes before the intent, so a read-only file doesn't leave a pending one."""
    outside(_config(), tmp_path).writer(ALL).prepare(DOMAINS)
    (tmp_path / "account.db").chmod(0o444)
    with pytest.raises(AccountError, match="is read-only"):
        outside(_config(), tmp_path).writer(ALL)


def test_the_origin_is_the_path_as_it_is_written(tmp_path: Path) -> None:
    """It is part of every seal, so it is the same on every machine."""
    assert outside(_config("data/account.db"), tmp_path).reader().origin == "embedded:data/account.db"


@pytest.mark.parametrize("path", ["../account.db", "sub/../../account.db", "link/account.db", "file.db"])
def test_a_relative_path_stays_inside_the_account_folder(tmp_path: Path, path: str) -> None:
    """Neither `..` nor a symbolic link leads out."""
    folder = tmp_path / "account"
    folder.mkdir()
    (folder / "link").symlink_to(tmp_path)
    (folder / "file.db").symlink_to(tmp_path / "account.db")
    with pytest.raises(AccountError, match="lies outside the account folder"):
        outside(_config(path), folder).reader()
    with pytest.raises(AccountError, match="lies outside the account folder"):
        outside(_config(path), folder).writer(ALL)


@pytest.mark.parametrize("path", ["a\0b", "circle", "x" * 5000, "."])
def test_a_path_for_no_file_is_a_clear_error(tmp_path: Path, path: str) -> None:
    """Whatever the system says about it."""
    (tmp_path / "circle").symlink_to("circle")
    with pytest.raises(AccountError, match=r"account file|is not a path"):
        outside(_config(path), tmp_path).reader().read(Scope(DOMAINS))
    with pytest.raises(AccountError, match=r"account file|is not a path"):
        outside(_config(path), tmp_path).writer(ALL)


def test_a_zone_with_a_slash_in_its_name_is_kept(tmp_path: Path) -> None:
    """Reverse zones may be parts of a network (RFC 2317)."""
    zone = "0/25.113.0.203.in-addr.arpa"
    writer = outside(_config(), tmp_path).writer(ALL)
    writer.prepare(frozenset({zone}))
    words = Account(tmp_path / "words.db")
    record = KINDS["record"].address((zone, "7", "PTR"))
    create = (words.create(KINDS["zone"].address((zone,))), words.create(record, value="www.example.org."))
    assert [answer.status for answer in writer.write(create)] == [Status.DONE] * 2
    live = outside(_config(), tmp_path).reader().read(Scope(frozenset({zone})))
    assert {write.address for write in create} < live.state.keys()
    assert group_of(record) in live.complete


def test_an_absolute_path_is_taken_as_it_is(tmp_path: Path) -> None:
    """It says openly where it points."""
    folder = tmp_path / "account"
    folder.mkdir()
    path = str(tmp_path / "shared.db")
    outside(_config(path), folder).writer(ALL).prepare(DOMAINS)
    assert (tmp_path / "shared.db").is_file()
    assert outside(_config(path), folder).reader().origin == f"embedded:{path}"


def test_facts_are_told_as_the_account_has_them(tmp_path: Path) -> None:
    """Of a file that doesn't exist, those that the first apply would find; a file of a fact comes in pieces."""
    facts = outside(_config(), tmp_path).facts()
    assert facts is not None
    assert sorted(facts.read_facts(frozenset({"package", "domain"})).kinds["package"]) == ["unlimited"]
    account = Account(tmp_path / "account.db").booked()
    day = date(2026, 11, 1)
    document = Document(id="terms", title="Terms", sort="terms", version="1", date=day)
    account.store.put_facts(["document"], [document], {document.address: PDF})
    assert list(facts.read_facts(frozenset({"document"})).kinds["document"]) == ["terms"]
    assert b"".join(facts.read_file(document.address)) == PDF
    with pytest.raises(AccountError, match="no file"):
        list(facts.read_file("invoice/R-1"))


def test_what_was_asked_for_is_read_with_what_became_of_it(tmp_path: Path) -> None:
    """Its value stands in the state, too."""
    account = company(tmp_path / "account.db")
    account.done(submit(account, "payment/p", amount="5.00 EUR"))
    account.store.answer_request("payment/p", "accepted", "Thank you")
    live = outside(_config(), tmp_path).reader().read(Scope(DOMAINS))
    assert (live.requests["payment/p"].status, live.requests["payment/p"].note) == ("accepted", "Thank you")
    assert "payment/p" in live.state


def test_a_domain_of_a_sold_package_is_not_there_before_it_is_booked(tmp_path: Path) -> None:
    """Declaring it books nothing where the package has limits."""
    company(tmp_path / "account.db")
    live = outside(_config(), tmp_path).reader().read(Scope(frozenset({"example.net", "example.org"})))
    assert [address for address in live.state if address.startswith("mail_domain/")] == ["mail_domain/example.org"]
