"""`fmt --prune`: what has done its work goes out of the files, and nothing else."""

import pytest

from program import Cli, Repository
from tiny import Account

REMOVED = """\
# What may go, and why.
removed:
  # They left in June.
  mailbox/erika@example.org: {reason: left the company}
  alias/erika@example.org:
    reason: left the company   # and nobody writes there
  contact/erika: {reason: still answers questions, after: 2999-12-31}
"""


@pytest.fixture
def account(cli: Cli, repo: Repository) -> Account:
    """The tiny account, applied."""
    made = Account(cli, repo)
    assert made("apply", "--auto-approve").code == 0
    return made


def leave(account: Account) -> None:
    """Take what leaves out of the files, and say so."""
    mail = (account.path / "mail.yaml").read_text()
    box = "      erika:\n        password: {secret: env/MAIL_ERIKA, version: 1}\n"
    alias = "    aliases:\n      sales: [info, partner@example.net]\n"
    rename = (
        mail.replace(box, "").replace(alias, "").replace("      info:\n", "      desk:\n        previously: info\n")
    )
    account.repo.commit("They left", {"mail.yaml": rename, "contacts.yaml": "contacts: {}\n", "removed.yaml": REMOVED})


def test_nothing_goes_before_it_was_applied(account: Account) -> None:
    """What still has its work before it stays; what names nothing of ours never had any."""
    leave(account)
    assert account("fmt", "--prune").out == "removed.yaml\n"
    left = (account.path / "removed.yaml").read_text()
    assert left == "".join(REMOVED.splitlines(keepends=True)[i] for i in (0, 1, 2, 3, 6))
    assert "previously: info" in (account.path / "mail.yaml").read_text()


def test_what_was_applied_goes_and_what_waits_stays(account: Account) -> None:
    """Comments of everything else stay, other lines too, and afterwards the plan and the note are gone."""
    leave(account)
    assert account("apply", "--auto-approve").code == 0
    planned = account("plan")
    assert "removed-spent" in planned.out
    assert "No changes." in planned.out
    checked = account("fmt", "--prune", "--check")
    assert (checked.code, len(checked.out.splitlines())) == (1, 2)
    assert account("fmt", "--prune").code == 0
    assert (account.path / "removed.yaml").read_text() == (
        "# What may go, and why.\n"
        "removed:\n"
        "  # They left in June.\n"  # it stood above several, and may speak of those that stay
        "  contact/erika: {reason: still answers questions, after: 2999-12-31}\n"
    )
    assert "previously" not in (account.path / "mail.yaml").read_text()
    again = account("plan")
    assert "removed-spent" not in again.out
    assert "No changes." in again.out
    assert account("fmt", "--prune", "--check").code == 0


def test_the_record_says_what_is_spent(account: Account) -> None:
    """The account file isn't even opened."""
    leave(account)
    assert account("apply", "--auto-approve").code == 0
    (account.path / "account.db").unlink()
    assert account("fmt", "--prune").code == 0
    assert not (account.path / "account.db").exists()
    assert "mailbox/erika" not in (account.path / "removed.yaml").read_text()


def test_without_a_record_nothing_is_spent(cli: Cli, repo: Repository) -> None:
    """Nothing was applied yet, so every entry may still be needed."""
    fresh = Account(cli, repo)
    leave(fresh)
    done = fresh("fmt", "--prune", "--check")
    assert (done.code, done.out) == (0, "")
