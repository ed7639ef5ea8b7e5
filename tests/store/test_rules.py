"""The rules of the real account: each refuses what breaks it, in one sentence, and leaves nothing behind."""

import sqlite3

import pytest

from accounts import Account, some, value
from reconciler.model.change import Action
from reconciler.model.fields import Fields, SecretVersion
from reconciler.ports import Write

INFO = "mailbox/info@example.org"
ALIAS = "alias/sales@example.org"
WWW = "record/example.org/www"


def test_records_need_their_zone(account: Account) -> None:
    """A record set of a zone that the account doesn't have is refused."""
    write = account.create(f"{WWW}/A", ttl=300, value="203.0.113.10")
    assert account.refused(write) == ["The account has no zone example.org."]


def test_a_zone_and_its_records_may_come_in_one_batch(account: Account) -> None:
    """The order inside a batch doesn't matter."""
    account.done(account.create(f"{WWW}/A", ttl=300, value="203.0.113.10"), account.create("zone/example.org"))


@pytest.mark.parametrize("address", ["zone/example.net", "mailbox/info@example.net"])
def test_zones_and_mailboxes_need_a_booked_domain(account: Account, address: str) -> None:
    """What belongs to a domain can't be had without it."""
    assert account.refused(account.create(address)) == ["The domain example.net isn't booked in this account."]


def test_aliases_need_a_booked_domain(account: Account) -> None:
    """An alias belongs to a domain too."""
    write = account.create("alias/sales@example.net", targets=["a@example.com"])
    assert account.refused(write) == ["The domain example.net isn't booked in this account."]


def test_a_zone_takes_its_records_with_it(account: Account) -> None:
    """Deleting a zone is one write, whatever it holds; other zones stay."""
    account.booked("example.net")
    account.done(account.create("zone/example.org"), account.create(f"{WWW}/A", value="203.0.113.10"))
    account.done(account.create("zone/example.net"), account.create("record/example.net/@/A", value="203.0.113.10"))
    account.done(account.delete("zone/example.org", Fields()))
    assert {a for a in account.state if a.startswith(("zone", "record"))} == {
        "zone/example.net",
        "record/example.net/@/A",
    }


def test_a_zone_and_its_records_may_go_in_one_batch(account: Account) -> None:
    """Deletions of the records may stand before or after that of their zone."""
    account.done(account.create("zone/example.org"), account.create(f"{WWW}/A", value="203.0.113.10"))
    account.done(account.delete("zone/example.org", Fields()), account.delete(f"{WWW}/A"))
    assert not [a for a in account.state if a.startswith(("zone", "record"))]


@pytest.mark.parametrize("address", ["mail_domain/example.org", "notification/outage"])
def test_what_is_always_there_is_never_deleted(account: Account, address: str) -> None:
    """A booked domain has its mail domain, and each topic its notification."""
    (said,) = account.refused(account.delete(address, account.state[address]))
    assert said.endswith("is always there: it can be changed, but not created or deleted.")


def test_an_unknown_topic_is_refused(account: Account) -> None:
    """The topics are a list of the account's own."""
    channels = value("notification/gossip", channels=["email"])
    (said,) = account.refused(Write(Action.UPDATE, "notification/gossip", None, channels, account.key()))
    assert said.startswith("The account knows no topic 'gossip'; it knows domain_expiry, invoice,")


def test_the_mail_domain_of_a_domain_that_is_not_booked_is_refused(account: Account) -> None:
    """It isn't there, and can't be made by changing it."""
    write = Write(Action.UPDATE, "mail_domain/example.net", None, some(catch_all=None), account.key())
    assert account.refused(write) == ["The domain example.net isn't booked in this account."]


@pytest.mark.parametrize(
    ("address", "fields"),
    [(ALIAS, {"targets": ["nobody@example.org"]}), (INFO, {"forward_to": ["nobody@example.org"]})],
)
def test_a_target_of_ours_must_exist(account: Account, address: str, fields: dict[str, list[str]]) -> None:
    """Mail isn't sent on into nothing where we could know it."""
    said = "It sends mail on to nobody@example.org, which is neither a mailbox nor an alias here."
    assert account.refused(account.create(address, **fields)) == [said]


def test_a_catch_all_must_exist(account: Account) -> None:
    """The same holds for mail to addresses that don't exist."""
    write = account.update("mail_domain/example.org", some(catch_all=None), some(catch_all="nobody@example.org"))
    assert "neither a mailbox nor an alias" in account.refused(write)[0]


def test_targets_elsewhere_are_not_our_business(account: Account) -> None:
    """Addresses outside the booked domains are taken as they are."""
    account.done(account.create(ALIAS, targets=["partner@example.com"]))


def test_an_alias_may_come_before_its_target_in_a_batch(account: Account) -> None:
    """The rules look at the account as it is after the whole batch, so that even a circle can be made."""
    account.done(account.create(ALIAS, targets=["info@example.org"]), account.create(INFO))


@pytest.mark.parametrize("source", ["alias", "forward", "catch_all"])
def test_what_mail_is_sent_on_to_stays(account: Account, source: str) -> None:
    """A mailbox can't go while an alias, a forwarding or a catch-all names it."""
    account.done(account.create(INFO))
    writes = {
        "alias": account.create(ALIAS, targets=["info@example.org"]),
        "forward": account.create("mailbox/erika@example.org", forward_to=["info@example.org"]),
        "catch_all": account.update("mail_domain/example.org", some(), some(catch_all="info@example.org")),
    }
    account.done(writes[source])
    assert account.refused(account.delete(INFO)) == [f"{writes[source].address} still sends mail on to it."]


def test_a_mailbox_goes_together_with_what_names_it(account: Account) -> None:
    """In one batch both may go, in any order."""
    account.done(account.create(INFO), account.create(ALIAS, targets=["info@example.org"]))
    account.done(account.delete(INFO), account.delete(ALIAS))


def test_a_mailbox_that_forwards_to_itself_may_go(account: Account) -> None:
    """Only others hold a mailbox back."""
    account.done(account.create(INFO, forward_to=["info@example.org"]))
    account.done(account.delete(INFO))


def test_an_alias_may_take_the_place_of_a_mailbox(account: Account) -> None:
    """What others send on to is still there, so nothing is lost."""
    account.done(account.create(INFO), account.create(ALIAS, targets=["info@example.org"]))
    account.done(account.delete(INFO), account.create("alias/info@example.org", targets=["x@example.com"]))


def test_an_address_is_a_mailbox_or_an_alias(account: Account) -> None:
    """Never both."""
    account.done(account.create(INFO))
    write = account.create("alias/info@example.org", targets=["x@example.com"])
    assert account.refused(write) == ["The address info@example.org is already that of a mailbox."]


@pytest.mark.parametrize("first", ["A", "CNAME"])
def test_no_data_stands_beside_a_cname(account: Account, first: str) -> None:
    """Whichever came first (RFC 1034, section 3.6.2)."""
    writes = {
        "A": account.create(f"{WWW}/A", value="203.0.113.10"),
        "CNAME": account.create(f"{WWW}/CNAME", value="example.org."),
    }
    account.done(account.create("zone/example.org"), writes.pop(first))
    (second,) = writes.values()
    assert account.refused(second) == ["The name www has a CNAME, and no other data may stand beside it."]


def test_a_cname_may_take_the_place_of_an_address(account: Account) -> None:
    """In one batch, in any order."""
    account.done(account.create("zone/example.org"), account.create(f"{WWW}/A", value="203.0.113.10"))
    account.done(account.create(f"{WWW}/CNAME", value="example.org."), account.delete(f"{WWW}/A"))


@pytest.mark.parametrize("rtype", ["CNAME", "DNAME", "ALIAS"])
def test_a_name_points_to_one_place(account: Account, rtype: str) -> None:
    """CNAME, DNAME and ALIAS have one value."""
    account.done(account.create("zone/example.org"))
    write = account.create(f"{WWW}/{rtype}", values=["a.example.org.", "b.example.org."])
    assert account.refused(write) == [f"A name has one {rtype} value, not 2 (RFC 2181, section 10.1)."]


def test_record_types_of_other_providers_are_refused(account: Account) -> None:
    """The account serves what has RDATA, and ALIAS."""
    account.done(account.create("zone/example.org"), account.create("record/example.org/@/ALIAS", value="a.example."))
    write = account.create("record/example.org/x/Route53Provider%2FALIAS", value={"type": "A"})
    assert "doesn't serve Route53Provider/ALIAS" in account.refused(write)[0]


def test_two_contacts_never_have_one_email_address(account: Account) -> None:
    """The e-mail address is how the account knows a contact; the sentence doesn't repeat it."""
    account.done(account.create("contact/erika", name="Erika", email="erika@example.org"))
    write = account.create("contact/max", name="Max", email="erika@example.org")
    assert account.refused(write) == ["Another contact has the same email."]


def test_contacts_may_exchange_their_addresses(account: Account) -> None:
    """Only the account after the batch counts."""
    create = [account.create(f"contact/{n}", name=n, email=f"{n}@example.org") for n in ("erika", "max")]
    erika, maximilian = (answer.live_id for answer in account.done(*create))
    account.done(
        account.update("contact/erika", some(), some(email="max@example.org"), live_id=erika),
        account.update("contact/max", some(), some(email="erika@example.org"), live_id=maximilian),
    )


def test_no_address_is_whitelisted_twice(account: Account) -> None:
    """Not even within one batch."""
    twice = [account.create(f"whitelist_entry/{name}", address="203.0.113.7") for name in ("office", "home")]
    assert account.refused(*twice) == ["Another whitelist entry has the same address."] * 2


def test_an_unlimited_account_takes_any_package_name(account: Account) -> None:
    """A new account is unlimited."""
    account.done(account.create("contact/erika", name="E", email="erika@example.org", packages=["web-1"]))


def test_a_limited_account_knows_its_packages(account: Account) -> None:
    """Without an unlimited package, a contact speaks for booked packages only."""
    with sqlite3.connect(account.path) as connection:
        connection.execute("UPDATE package SET unlimited = 0")
    write = account.create("contact/erika", name="E", email="erika@example.org", packages=["unlimited", "web-1"])
    assert account.refused(write) == ["The package web-1 isn't booked in this account."]


def test_a_new_mailbox_needs_the_password_that_it_declares(account: Account) -> None:
    """A version without its secret would be a mailbox that nobody can open."""
    write = Write(Action.CREATE, INFO, None, some(password=SecretVersion(1)), account.key())
    assert account.refused(write) == ["A new mailbox needs its password."]


def test_what_breaks_a_rule_takes_its_batch_with_it(account: Account) -> None:
    """The other writes of the batch say whose fault it is."""
    good, bad = account.create(INFO), account.create(ALIAS, targets=["nobody@example.org"])
    assert account.refused(good, bad) == [
        f"Nothing of this batch was written, because {ALIAS} could not be.",
        "It sends mail on to nobody@example.org, which is neither a mailbox nor an alias here.",
    ]
