"""`reconciler account`: somebody changes the account by hand, within the account's rules."""

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from accounts import Account, value
from asking import submit
from reconciler.kinds import KINDS
from reconciler.model.errors import AccountError, ReconcilerError, UsageError
from reconciler.store.account import Store
from reconciler.store.by_hand import answer, delete, set_fields, show

INFO = "mailbox/info@example.org"
WWW = "record/example.org/www"


def of(store: Store) -> Mapping[str, Store]:
    """Return the account as the only one, which holds every kind."""
    return dict.fromkeys(KINDS, store)


def test_a_mailbox_is_made_and_changed_field_by_field(account: Account) -> None:
    """What isn't named stays as it is; a text counts in the one spelling of its kind."""
    assert set_fields(account.store, "mailbox/Info@EXAMPLE.org", {"quota": "2 GiB", "keep_copy": "false"}) == INFO
    set_fields(account.store, INFO, {"name": "Desk", "forward_to": "B@Example.COM, a@example.com"})
    assert account.state[INFO] == value(
        INFO, name="Desk", quota="2 GiB", keep_copy=False, forward_to=["a@example.com", "B@example.com"]
    )


def test_an_empty_text_is_the_default(account: Account) -> None:
    """Or the empty list."""
    set_fields(account.store, INFO, {"quota": "2 GiB", "forward_to": "a@example.com"})
    set_fields(account.store, INFO, {"quota": "", "forward_to": ""})
    assert account.state[INFO] == value(INFO)


def test_a_mapping_is_json(account: Account) -> None:
    """The holiday reply has fields of its own."""
    set_fields(account.store, INFO, {"autoreply": '{"subject": "Away", "text": "Soon", "until": "2026-12-31"}'})
    reply = {"subject": "Away", "text": "Soon", "until": "2026-12-31"}
    assert account.state[INFO] == value(INFO, autoreply=reply)
    set_fields(account.store, INFO, {"name": "Desk"})
    assert account.state[INFO] == value(INFO, name="Desk", autoreply=reply)


def test_record_sets_are_given_in_presentation_format(account: Account) -> None:
    """`value` is one value, `values` are several; the TTL stays when it isn't named."""
    set_fields(account.store, "zone/example.org", {})
    set_fields(account.store, "record/Example.org/WWW/A", {"ttl": "60", "value": "203.0.113.10"})
    set_fields(account.store, f"{WWW}/A", {"values": "203.0.113.12, 203.0.113.11"})
    assert account.state[f"{WWW}/A"] == value(f"{WWW}/A", ttl=60, values=["203.0.113.11", "203.0.113.12"])


def test_a_comma_between_quotes_is_text(account: Account) -> None:
    """A TXT value may hold one."""
    set_fields(account.store, "zone/example.org", {})
    set_fields(account.store, f"{WWW}/TXT", {"values": '"a, b", "c"'})
    assert account.state[f"{WWW}/TXT"] == value(f"{WWW}/TXT", values=['"a, b"', '"c"'])


def test_contacts_go_by_what_the_account_knows(account: Account) -> None:
    """By the e-mail address, which also makes a new one, and afterwards also by the id."""
    made = set_fields(account.store, "contact/erika@Example.ORG", {"name": "Erika", "may": "speak,authorise"})
    assert made == "contact/~1"
    set_fields(account.store, "contact/erika@example.org", {"phone": "+49 511 123456"})
    assert set_fields(account.store, "contact/~1", {"packages": "web-1"}) == "contact/~1"
    assert account.state[made] == value(
        "contact/x",
        name="Erika",
        email="erika@example.org",
        phone="+49511123456",
        may=["authorise", "speak"],
        packages=["web-1"],
    )


def test_whitelist_entries_go_by_their_address(account: Account) -> None:
    """In any spelling."""
    assert set_fields(account.store, "whitelist_entry/2001:DB8:0::7", {}) == "whitelist_entry/~1"
    assert delete(account.store, "whitelist_entry/2001:db8::7") == "whitelist_entry/~1"


def test_what_is_always_there_is_changed(account: Account) -> None:
    """Notifications and mail domains."""
    set_fields(account.store, "notification/newsletter", {"channels": "post,email"})
    set_fields(account.store, "mail_domain/example.org", {"catch_all": "erika@example.com"})
    set_fields(account.store, "mail_domain/example.org", {"catch_all": ""})
    assert account.state["notification/newsletter"] == value("notification/x", channels=["email", "post"])
    assert account.state["mail_domain/example.org"] == value("mail_domain/example.org")


def test_a_deletion_keeps_the_rules(account: Account) -> None:
    """A hand can't do what the portal wouldn't."""
    set_fields(account.store, INFO, {})
    set_fields(account.store, "alias/sales@example.org", {"targets": "info"})
    with pytest.raises(AccountError, match=r"refuses this: alias/sales@example\.org still sends mail on to it"):
        delete(account.store, INFO)
    assert delete(account.store, "alias/sales@example.org") == "alias/sales@example.org"
    assert delete(account.store, INFO) == INFO


WRONG = [
    ("toaster/x", {}, "is not an address"),
    ("", {}, "is not an address"),
    ("mailbox", {}, "is not an address"),
    ("mailbox/", {}, "is not an address"),
    ("mailbox/a/b", {}, "is not an address"),
    ("record/example.org/www", {}, "is not an address"),
    ("mailbox/nobody", {}, "domain that mail can go to"),
    ("contact/erika", {"name": "E"}, "not an e-mail address"),
    ("contact/~9", {"name": "E"}, "has no contact/~9"),
    ("contact/erika@example.org", {}, "name: It is required."),
    (INFO, {"colour": "red"}, "no field 'colour'"),
    (INFO, {"password": "hunter2"}, "no field 'password'"),
    (INFO, {"meta": "x"}, "no field 'meta'"),
    (INFO, {"quota": "lots"}, "quota: Expected a size"),
    (INFO, {"keep_copy": "maybe"}, "keep_copy: Expected true or false"),
    (INFO, {"autoreply": "{"}, "`autoreply` is not JSON"),
    (INFO, {"autoreply": "away"}, "autoreply: "),
    (INFO, {"forward_to": "no body"}, "not an e-mail address"),
    ("zone/example.org", {"default_ttl": "60"}, "no field 'default_ttl'"),
    ("zone/example.net", {}, "The domain example.net isn't booked"),
    ("zone/exa mple", {}, "not the name of a zone"),
    (f"{WWW}/A", {"value": "203.0.113.10"}, "has no zone example.org"),
    (f"{WWW}/A", {"ttl": "60"}, "at least one value"),
    (f"{WWW}/A", {"value": "example.org."}, "Expected an IPv4 address"),
    (f"{WWW}/CNAME", {"value": "example.net"}, "no trailing dot"),
    (f"{WWW}/A", {"ttl": "-1", "value": "203.0.113.10"}, "number of seconds"),
    (f"{WWW}/A", {"ttl": "²", "value": "203.0.113.10"}, "number of seconds"),
    (f"{WWW}/A", {"values": "[1]"}, "Expected an IPv4 address"),
    (f"{WWW}/NONSENSE", {"value": "x"}, "doesn't serve NONSENSE records"),
    ("notification/gossip", {"channels": "email"}, "knows no topic 'gossip'"),
    ("notification/outage", {"channels": "pigeon"}, "channels"),
    ("mail_domain/example.net", {"catch_all": ""}, "isn't booked"),
    ("whitelist_entry/10.0.0.0%2F8", {}, "not networks"),
]


@pytest.mark.parametrize(("address", "fields", "said"), WRONG)
def test_what_makes_no_sense_has_one_clear_error(
    account: Account, address: str, fields: dict[str, str], said: str
) -> None:
    """Never a traceback, and nothing is changed."""
    before = account.state
    with pytest.raises((UsageError, AccountError), match=re.escape(said)) as caught:
        set_fields(account.store, address, fields)
    assert isinstance(caught.value, ReconcilerError)
    assert "hunter2" not in str(caught.value)
    assert account.state == before


@pytest.mark.parametrize("address", [INFO, "contact/erika@example.org", "whitelist_entry/~7", f"{WWW}/A"])
def test_what_is_not_there_cannot_be_deleted(account: Account, address: str) -> None:
    """The error names it."""
    with pytest.raises(AccountError, match="The account has no"):
        delete(account.store, address)


def test_showing_masks_what_is_private(account: Account) -> None:
    """In the order of the kinds, chosen by globs, and never a telephone number."""
    set_fields(account.store, "contact/erika@example.org", {"name": "Erika", "phone": "+49 511 123456"})
    set_fields(account.store, "zone/example.org", {})
    set_fields(account.store, f"{WWW}/A", {"value": "203.0.113.10"})
    shown = show(of(account.store))
    assert [a for a in shown if not a.startswith("notification")] == [
        "zone/example.org",
        f"{WWW}/A",
        "mail_domain/example.org",
        "contact/~1",
        "address",
        "billing",
        "password/service",
        "password/telephone",
    ]
    assert shown["contact/~1"]["phone"] == "+49...56"
    assert "Erika" not in str(shown)
    assert show(of(account.store), ["record/*/www/*"]) == {f"{WWW}/A": {"ttl": "3600", "values": "203.0.113.10"}}


def test_showing_neutralises_what_others_wrote(account: Account) -> None:
    """An escape sequence in the account doesn't reach the terminal."""
    account.done(account.create(INFO, name="\x1b[31mred"))
    assert show(of(account.store), [INFO])[INFO]["name"] == "\\x1b[31mred"


def test_of_several_accounts_each_kind_is_shown_from_its_own(account: Account, tmp_path: Path) -> None:
    """What else lies there isn't shown, an absent one holds nothing, and only what is asked for is read."""
    dns, absent = Account(tmp_path / "dns.db").booked(), Account(tmp_path / "absent.db")
    set_fields(dns.store, "zone/example.org", {})
    set_fields(dns.store, INFO, {"name": "Stray"})
    set_fields(account.store, INFO, {"name": "Desk"})
    split = {**of(account.store), "zone": dns.store, "record": dns.store, "contact": absent.store}
    assert {a: shown.get("name") for a, shown in show(split, ["zone/*", "mailbox/*", "contact/*"]).items()} == {
        "zone/example.org": None,
        INFO: "Desk",
    }
    dns.store.close()
    dns.path.write_bytes(b"damaged" * 1000)
    assert list(show(split, ["mailbox/*"])) == [INFO]
    with pytest.raises(AccountError, match=r"dns\.db"):
        show(split)


def test_the_company_answers_by_hand(account: Account) -> None:
    """Its answer is shown beside what was asked for, and what was asked for can't be changed or deleted."""
    account.done(submit(account, "payment/p", amount="5.00 EUR"))
    assert answer(account.store, "payment/p", "rejected", "No \x1b[31m") == "payment/p"
    shown = show(of(account.store), ["payment/*"])["payment/p"]
    assert (shown["amount"], shown["status"], shown["note"]) == ("5.00 EUR", "rejected", "No \\x1b[31m")
    with pytest.raises(UsageError, match="can't be changed or deleted"):
        set_fields(account.store, "payment/p", {"amount": "6.00 EUR"})
    with pytest.raises(UsageError, match="can't be changed or deleted"):
        delete(account.store, "payment/p")


def test_only_what_was_asked_for_is_answered(account: Account) -> None:
    """The error says what there is."""
    with pytest.raises(AccountError, match="no request payment/q") as caught:
        answer(account.store, "payment/q", "accepted")
    assert caught.value.help == "Nothing was submitted yet."
    account.done(submit(account, "payment/p", amount="5.00 EUR"))
    with pytest.raises(AccountError) as caught:
        answer(account.store, "payment/q", "accepted")
    assert caught.value.help == "It knows: payment/p."


def test_a_hand_may_change_what_a_program_has_claimed(account: Account) -> None:
    """In the portal the customer may do everything; the claim stays."""
    account.store.write((account.create("zone/example.org"), account.create(INFO)), managed_by="here")
    set_fields(account.store, INFO, {"name": "Desk"})
    delete(account.store, "zone/example.org")
    contents = account.store.read()
    assert contents is not None
    assert contents.claims == {INFO: "here"}


def test_an_account_that_does_not_exist_is_not_made_by_hand(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The first apply makes it."""
    folder = tmp_path_factory.mktemp("empty")
    store = Account(folder / "account.db").store
    for act in (lambda: show(of(store)), lambda: set_fields(store, INFO, {}), lambda: delete(store, INFO)):
        with pytest.raises(AccountError, match="There is no account in"):
            act()
    assert list(folder.iterdir()) == []
