"""Renames as their users meet them: on a real account, interrupted, and beside what a hand did."""

import json
import subprocess
import sys

import pytest

from pipeline.test_corridor import DYING
from program import Cli, Repository
from tiny import SECRETS, Account

DESK = {
    "mail.yaml": (
        "mail:\n"
        "  example.org:\n"
        "    mailboxes:\n"
        "      desk:\n"
        "        previously: info\n"
        "        quota: 5 GiB\n"
        "        password: {secret: env/MAIL_INFO, version: 1}\n"
        "      erika:\n"
        "        password: {secret: env/MAIL_ERIKA, version: 1}\n"
        "    aliases:\n"
        "      sales: [desk, partner@example.net]\n"
    )
}
INFO = "mailbox/info@example.org"


@pytest.fixture
def account(cli: Cli, repo: Repository) -> Account:
    """The tiny account, applied; then its mailbox gets another name in git."""
    made = Account(cli, repo)
    assert made("apply", "--auto-approve").code == 0
    repo.commit("The desk", DESK)
    return made


def test_it_needs_no_secret(account: Account) -> None:
    """The account keeps the password, so nobody has to have it at hand."""
    done = account._cli("apply", "--auto-approve", cwd=account.path)
    assert done.code == 0, done.out + done.err
    assert "mailbox/desk@example.org: updated (was mailbox/info@example.org)" in done.out
    assert "No changes." in account("plan").out
    assert f"~ mailbox/desk@example.org (was {INFO})" in account.repo.git("log", "-1", "reconciler/K-104711")
    shown = account("account", "show", "mailbox/*").out
    assert "desk@example.org" in shown
    assert "info@example.org" not in shown


def test_a_saved_plan_says_what_it_was(account: Account) -> None:
    """In JSON too; and applied, it is the approval of exactly this."""
    planned = json.loads(account("plan", "--json").out)
    (change,) = [one for one in planned["changes"] if one["moved_from"]]
    assert (change["address"], change["action"], change["moved_from"]) == ("mailbox/desk@example.org", "update", INFO)
    assert account("plan", "--out", "plan.json").code == 0
    assert account("apply", "plan.json").code == 0
    assert "No changes." in account("plan").out


def test_drift_makes_it_a_matter_of_its_own(account: Account) -> None:
    """Refused by itself, shown with all three values, and permitted by name."""
    assert account("account", "set", INFO, "quota=9GiB").code == 0
    assert "5 GiB" in account("plan").out
    assert account("apply", "--auto-approve").code == 3
    assert account("apply", "--auto-approve", "--override", "mailbox/desk@example.org").code == 0
    assert "5 GiB" in account("account", "show", "mailbox/desk@example.org").out


def test_a_taken_name_is_refused(account: Account) -> None:
    """Exit 3, with its code, and nothing at all is written."""
    assert account("account", "set", "mailbox/desk@example.org", "name=Theirs").code == 0
    before = account("account", "show").out
    done = account("apply", "--auto-approve")
    assert (done.code, "rename-taken" in done.out) == (3, True)
    assert account("account", "show").out == before


def test_a_rename_that_died_before_it_was_recorded_is_resumed(account: Account) -> None:
    """What the account did is read back: the new name is ours, the old one isn't, and there is nothing to do twice."""
    env = {**account.repo.env, **SECRETS}
    command = [sys.executable, "-c", DYING, str(account.path), "2"]
    assert subprocess.run(command, env=env, cwd=account.path, check=False).returncode == 9
    assert account("plan").code == 0
    resumed = account("apply", "--resume")
    assert resumed.code == 0, resumed.out + resumed.err
    planned = account("plan", "--detailed-exitcode")
    assert planned.code == 0, planned.out
    assert "No changes." in planned.out


FTP = "ftp_accounts:\n  %s: {home: /shop, password: {secret: env/MAIL_INFO, version: 1}%s}\n"


@pytest.mark.parametrize(("login", "said"), [("", "updated"), (", login: shop", "moved")])
def test_an_ftp_account_keeps_its_password_under_another_name(account: Account, login: str, said: str) -> None:
    """The account knows it by an id: with its login too it is an update, with the same login for the record alone."""
    account.repo.commit("An FTP account", {"ftp.yaml": FTP % ("shop", "")})
    assert account("apply", "--auto-approve").code == 0
    account.repo.commit("Another name", {"ftp.yaml": FTP % ("deploy", f"{login}, previously: shop")})
    done = account._cli("apply", "--auto-approve", cwd=account.path)
    assert done.code == 0, done.out + done.err
    assert f"ftp_account/deploy: {said} (was ftp_account/shop)" in done.out
    assert "No changes." in account("plan").out
