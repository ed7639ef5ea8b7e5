"""The settings of a whole account: what a new one has, the rules over FTP, address and billing, and what it keeps."""

import sqlite3
from collections.abc import Mapping
from dataclasses import replace

import pytest
from argon2 import PasswordHasher

from accounts import Account, some, value
from reconciler.kinds import KINDS
from reconciler.model.errors import AccountError, UsageError
from reconciler.model.fields import Fields, SecretVersion
from reconciler.model.outcome import Status
from reconciler.model.secret import Secret
from reconciler.ports import Write
from reconciler.store.by_hand import delete, set_fields, show

BILLING = "billing"
SERVICE = "password/service"
NUMBER = "DE89370400440532013000"
TRANSFER = some(by="transfer")
DEBIT = some(by="sepa_debit", bic=None, holder="Musterfirma GmbH")
SHOP = {"login": "shop", "home": "/shop"}


def debit(account: Account, version: int = 1, iban: str | None = NUMBER, before: Fields = TRANSFER) -> Write:
    """Return the write that pays by debit from now on."""
    after = some(pay=DEBIT.replaced(iban=SecretVersion(version)))
    secrets = {"pay.iban": Secret(iban)} if iban else {}
    return account.update(BILLING, some(pay=before), after, secrets=secrets)


def kept(account: Account) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """Return what the file holds of secrets: IBANs and hashes, by address."""
    connection = sqlite3.connect(account.path)
    numbers = dict(connection.execute("SELECT address, iban FROM bank_number"))
    hashes = dict(connection.execute("SELECT address, hash FROM password"))
    connection.close()
    return numbers, hashes


def test_a_new_account_has_what_every_account_has(account: Account) -> None:
    """No address yet, invoices on paper paid by transfer, and passwords that nobody has set."""
    assert account.state["address"] == value("address")
    assert not KINDS["address"].to_yaml("address", account.state["address"])
    assert account.state[BILLING] == some(invoice=some(by="post", contact=None), pay=TRANSFER)
    assert {account.state[f"password/{name}"] for name in ("service", "telephone")} == {some(is_set=False)}


@pytest.mark.parametrize("address", ["address", BILLING, SERVICE])
def test_what_every_account_has_is_never_deleted(account: Account, address: str) -> None:
    """Nor created."""
    (said,) = account.refused(account.delete(address))
    assert said.endswith("is always there: it can be changed, but not created or deleted.")
    with pytest.raises(AccountError, match="always there"):
        delete(account.store, address)


def test_the_same_key_with_another_iban_is_another_write(account: Account) -> None:
    """However the right one is spelt."""
    made = debit(account)
    account.done(made)
    account.done(replace(made, secrets={"pay.iban": Secret("de89 3704 0044 0532 0130 00")}))
    other = replace(made, secrets={"pay.iban": Secret("DE75512108001245126199")})
    assert account.refused(other) == ["Its idempotency key was used for another write."]


class TestPasswords:
    """Only hashes stand in the file."""

    def test_a_password_is_kept_as_its_hash(self, account: Account) -> None:
        """And the account then says that it is set."""
        account.done(
            account.update(SERVICE, some(), some(password=SecretVersion(1)), secrets={"password": Secret("old")})
        )
        account.done(
            account.update(SERVICE, some(), some(password=SecretVersion(2)), secrets={"password": Secret("new")})
        )
        assert account.state[SERVICE] == some(is_set=True)
        assert PasswordHasher().verify(kept(account)[1][SERVICE], "new")
        assert b"new" not in account.path.read_bytes().replace(b"newsletter", b"")

    def test_nobody_sets_one_on_a_command_line(self, account: Account) -> None:
        """Others see it there."""
        with pytest.raises(UsageError, match="has no field 'password'"):
            set_fields(account.store, SERVICE, {"password": "hunter2"})
        with pytest.raises(UsageError, match="has no field 'is_set'"):
            set_fields(account.store, SERVICE, {"is_set": "true"})


class TestBilling:
    """The bank needs the IBAN; nobody else sees more of it than its end."""

    def test_the_iban_stays_in_the_file(self, account: Account) -> None:
        """What is read of the account shows the form without it, and people its last four characters."""
        account.done(debit(account, iban="de89 3704 0044 0532 0130 00"))
        assert kept(account)[0] == {BILLING: NUMBER}
        contents = account.store.read()
        assert contents is not None
        assert contents.state[BILLING] == some(invoice=some(by="post", contact=None), pay=DEBIT)
        assert NUMBER not in repr(contents)
        assert show({"billing": account.store}, [BILLING])[BILLING]["pay.iban"] == "(secret, ...3000)"

    def test_a_change_of_the_holder_leaves_the_iban(self, account: Account) -> None:
        """A secret whose version stays isn't sent, and isn't lost."""
        account.done(debit(account))
        after = some(pay=DEBIT.replaced(holder="M", iban=SecretVersion(1)))
        account.done(account.update(BILLING, some(pay=DEBIT.replaced(iban=SecretVersion(1))), after))
        assert kept(account)[0] == {BILLING: NUMBER}

    def test_who_pays_by_transfer_leaves_no_iban_behind(self, account: Account) -> None:
        """What isn't needed any more isn't kept."""
        account.done(debit(account))
        account.done(account.update(BILLING, some(pay=DEBIT), some(pay=TRANSFER)))
        assert kept(account)[0] == {}
        assert account.refused(debit(account, iban=None)) == ["Who pays by debit needs an IBAN: `pay.iban`."]

    def test_by_hand_the_iban_can_not_be_set(self, account: Account) -> None:
        """But everything around it can, once it is there."""
        pay = '{"by": "sepa_debit", "holder": "M"}'
        with pytest.raises(AccountError, match="needs an IBAN"):
            set_fields(account.store, BILLING, {"pay": pay})
        with pytest.raises(UsageError, match=r"`pay\.iban` can't be set here"):
            set_fields(account.store, BILLING, {"pay": f'{{"by": "sepa_debit", "holder": "M", "iban": "{NUMBER}"}}'})
        account.done(debit(account))
        set_fields(account.store, BILLING, {"pay": pay})
        assert account.state[BILLING] == some(
            invoice=some(by="post", contact=None), pay=some(by="sepa_debit", bic=None, holder="M")
        )
        set_fields(account.store, BILLING, {"pay": '{"by": "transfer"}'})
        assert kept(account)[0] == {}

    def test_the_contact_on_the_invoice_is_one_of_the_account(self, account: Account) -> None:
        """It is named by the account's own id, and can't go while it stands there."""
        unknown = account.update(BILLING, some(), some(invoice=some(by="post", contact="~1")))
        assert account.refused(unknown) == ["The account has no such contact for the invoice."]
        account.done(account.create("contact/erika", name="Erika", email="erika@example.org"))
        account.done(account.update(BILLING, some(), some(invoice=some(by="post", contact="~1"))))
        goes = account.delete("contact/erika", live_id="1")
        assert account.refused(goes) == ["It still stands on the invoice (`billing`)."]
        account.done(account.update(BILLING, some(), some(invoice=some(by="post", contact=None))))
        account.done(account.delete("contact/erika", live_id="1"))

    def test_a_contact_and_its_place_on_the_invoice_may_go_in_one_batch(self, account: Account) -> None:
        """The order inside a batch doesn't matter."""
        account.done(account.create("contact/erika", name="Erika", email="erika@example.org"))
        account.done(account.update(BILLING, some(), some(invoice=some(by="post", contact="~1"))))
        account.done(
            account.delete("contact/erika", live_id="1"),
            account.update(BILLING, some(), some(invoice=some(by="post", contact=None))),
        )


class TestFtp:
    """A login is unique, and sees only what lies below the account's root."""

    def test_a_login_is_there_once(self, account: Account) -> None:
        """Whatever it is called here."""
        account.done(account.create("ftp_account/shop", **SHOP))
        twice = account.create("ftp_account/other", login="shop", home="/other")
        assert account.refused(twice) == ["Another FTP account has the same login."]

    def test_a_login_is_changed_in_place(self, account: Account) -> None:
        """The entry keeps its id and its password."""
        account.done(account.create("ftp_account/shop", {"password": "x"}, **SHOP))
        renamed = account.update("ftp_account/shop", some(login="shop"), some(login="web"), live_id="1")
        account.done(renamed)
        assert account.state["ftp_account/~1"] == value("ftp_account/~1", login="web", home="/shop")
        assert kept(account)[1].keys() == {"ftp_account/~1"}

    @pytest.mark.parametrize("home", ["/../etc", "etc", "/a//b", "/a/"])
    def test_a_home_lies_below_the_root(self, account: Account, home: str) -> None:
        """Also when whoever writes didn't look."""
        write = account.create("ftp_account/shop", **SHOP)
        odd = Write(write.action, write.address, None, some(login="shop", home=home, rights="read-only"), "key")
        assert account.write(odd)[0].status is Status.FAILED

    def test_by_hand_it_goes_by_its_login(self, account: Account) -> None:
        """As a contact does by its e-mail address."""
        assert set_fields(account.store, "ftp_account/shop", {"home": "/shop"}) == "ftp_account/~1"
        assert set_fields(account.store, "ftp_account/shop", {"rights": "read-only"}) == "ftp_account/~1"
        with pytest.raises(UsageError, match="lead out"):
            set_fields(account.store, "ftp_account/shop", {"home": "/../.."})
        assert delete(account.store, "ftp_account/shop") == "ftp_account/~1"


class TestAddress:
    """The postcode is one of the address's country, whichever of the two changes."""

    def test_a_country_alone_does_not_change_under_its_postcode(self, account: Account) -> None:
        """The one that stays would no longer fit."""
        home = some(country="DE", postcode="30159", city="Hannover")
        account.done(account.update("address", some(), home))
        assert account.refused(account.update("address", some(), some(country="GB"))) == [
            "The postcode is none of the address's country."
        ]
        account.done(account.update("address", some(), some(country="GB", postcode="SW1A 1AA")))

    def test_by_hand_its_address_is_one_word(self, account: Account) -> None:
        """There is only one."""
        assert set_fields(account.store, "address", {"country": "NL", "postcode": "1012jg"}) == "address"
        assert account.state["address"] == value("address", country="NL", postcode="1012 JG")
        with pytest.raises(UsageError, match="is not an address"):
            set_fields(account.store, "address/home", {"city": "Hannover"})
        with pytest.raises(UsageError, match="has no field 'company'"):
            set_fields(account.store, "address", {"company": "M"})
