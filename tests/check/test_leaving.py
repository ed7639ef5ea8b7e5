"""What `removed:` lets go: whoever stays and would still write there is told at once."""

from pathlib import Path

import pytest

from check.written import found

REMOVED = "removed:\n  mailbox/erika@example.org: {reason: left the company}\n"
KEPT = "removed:\n  mailbox/erika@example.org: {reason: another repository has it, keep: true}\n"


def codes(folder: Path, text: str) -> list[str]:
    return [one.code for one in found(folder, {"resources.yaml": text})]


@pytest.mark.parametrize(
    "mail",
    [
        "aliases: {sales: [erika]}",
        "catch_all: erika",
        "mailboxes: {info: {password: {secret: env/MAIL_INFO, version: 1}, forward_to: [erika]}}",
    ],
)
def test_each_sender_is_found(mail: str, tmp_path: Path) -> None:
    """An alias, a catch-all and a mailbox; and only that is said of the target."""
    assert codes(tmp_path, f"mail:\n  example.org:\n    {mail}\n{REMOVED}") == ["target-leaves"]


def test_an_alias_of_the_name_receives_in_its_place(tmp_path: Path) -> None:
    """Then the mail arrives."""
    text = f"mail:\n  example.org:\n    aliases: {{sales: [erika], erika: [max@example.net]}}\n{REMOVED}"
    assert codes(tmp_path, text) == []


def test_what_is_kept_does_not_leave(tmp_path: Path) -> None:
    """It is only let go of, so the account still has it; that nobody declares it is another rule's."""
    assert codes(tmp_path, f"mail:\n  example.org:\n    aliases: {{sales: [erika]}}\n{KEPT}") == ["unknown-target"]


def test_a_glob_is_understood(tmp_path: Path) -> None:
    """What goes by a pattern goes, too."""
    removed = "removed:\n  mailbox/*@example.org: {reason: moved, count: 3}\n"
    assert codes(tmp_path, f"mail:\n  example.org:\n    aliases: {{sales: [erika]}}\n{removed}") == ["target-leaves"]


def test_a_contact_on_the_invoice(tmp_path: Path) -> None:
    """Who goes can't stand on the invoice; that nobody declares him isn't said beside."""
    text = "billing:\n  invoice: {by: post, contact: erika}\nremoved:\n  contact/erika: {reason: left}\n"
    assert codes(tmp_path, text) == ["invoice-leaves"]


def test_homes_of_logins(tmp_path: Path) -> None:
    """The nearest home around is named, a name that only begins alike isn't around, and equal ones are meant."""
    rows = {"root": "/", "shop": "/shop", "shopper": "/shopping", "images": "/shop/images", "again": "/shop"}
    text = "".join(
        f"  {name}: {{home: {home}, password: {{secret: env/FTP, version: 1}}}}\n" for name, home in rows.items()
    )
    told = {one.address: one.detail for one in found(tmp_path, {"resources.yaml": f"ftp_accounts:\n{text}"})}
    assert {address: detail.rpartition(" ")[2] for address, detail in told.items() if address} == {
        "ftp_account/shop": "/.",
        "ftp_account/again": "/.",
        "ftp_account/shopper": "/.",
        "ftp_account/images": "/shop.",
    }
