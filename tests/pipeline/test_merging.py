"""Pull requests through the corridor: planned from commits alone, over one read of account and record."""

import json
from pathlib import Path

import pytest

from program import Cli, Repository
from reconciler.cli.clock import SystemClock
from reconciler.model.errors import DiagnosticsError
from reconciler.model.plan import Options, Plan
from reconciler.pipeline.merging import plan_merge
from reconciler.pipeline.session import Session
from tiny import FILES, SECRETS, Account

MAIL, ZONE = "mail.yaml", "zones/example.org.yaml"


@pytest.fixture
def account(cli: Cli, repo: Repository) -> Account:
    """The tiny account, applied, on a branch ``pr`` that stands on main."""
    made = Account(cli, repo)
    assert made("apply", "--auto-approve").code == 0
    repo.git("checkout", "--quiet", "-b", "pr")
    return made


def planned(folder: Path, **options: object) -> Plan:
    return plan_merge(Session(folder, SECRETS, SystemClock()), "main", Options(**options)).plan  # type: ignore[arg-type]  # names as in Options


def on_main(account: Account, name: str, old: str, new: str) -> None:
    account.repo.git("checkout", "--quiet", "main")
    account.change(name, old, new)
    account.repo.git("checkout", "--quiet", "pr")


def addresses(plan: Plan) -> tuple[list[str], list[str]]:
    return [change.address for change in plan.changes], [change.address for change in plan.pending]


def test_the_merge_is_planned(account: Account) -> None:
    """What the branch adds is the plan, what main has merged is pending, what isn't committed is only told."""
    account.change(ZONE, "203.0.113.10", "203.0.113.11")
    on_main(account, MAIL, "quota: 5 GiB", "quota: 6 GiB")
    account.repo.write({"contacts.yaml": "contacts: {broken\n", "more.yaml": "whitelist: {}\n"})
    plan = planned(account.path)
    assert addresses(plan) == (["record/example.org/www/A"], ["mailbox/info@example.org"])
    (finding,) = [found for found in plan.findings if found.code == "uncommitted"]
    assert "contacts.yaml, more.yaml" in finding.detail
    (change,) = plan.changes
    assert change.cause is not None and change.cause.commit == account.repo.git("rev-parse", "pr")
    assert plan.merge is not None
    assert plan.merge.head == account.repo.git("rev-parse", "pr")
    assert plan.merge.base == account.repo.git("rev-parse", "main")
    assert addresses(planned(account.path, only=("mailbox/*",))) == ([], ["mailbox/info@example.org"])


def test_a_branch_behind_its_base_changes_nothing_back(account: Account) -> None:
    """The merge result keeps what main got meanwhile; planning the branch alone would take it back."""
    account.change(MAIL, "quota: 5 GiB", "quota: 7 GiB")
    on_main(account, ZONE, "www:", "new:\n  type: A\n  value: 203.0.113.12\nwww:")
    account.repo.git("checkout", "--quiet", "main")
    assert account("apply", "--auto-approve").code == 0
    account.repo.git("checkout", "--quiet", "pr")
    assert addresses(planned(account.path)) == (["mailbox/info@example.org"], [])


def test_conflicts_stop_it(account: Account) -> None:
    """A conflict in a file is an error with its place, and nothing is planned."""
    account.change(MAIL, "quota: 5 GiB", "quota: 7 GiB")
    on_main(account, MAIL, "quota: 5 GiB", "quota: 6 GiB")
    shown = account("plan", "--merge-into", "main")
    assert shown.code == 1
    assert "error[merge-conflict]" in shown.err
    assert "mail.yaml:5:1" in shown.err


def test_a_branch_may_mend_its_base(account: Account) -> None:
    """A base that can't be loaded keeps nobody from planning what mends it."""
    on_main(account, MAIL, "quota: 5 GiB", "qouta: 5 GiB")
    account.repo.git("merge", "--quiet", "--no-edit", "main")
    account.change(MAIL, "qouta: 5 GiB", "quota: 8 GiB")
    plan = planned(account.path)
    assert addresses(plan) == (["mailbox/info@example.org"], [])
    assert "base-not-planned" in [finding.code for finding in plan.findings]


def test_links_of_the_branch_are_refused(account: Account) -> None:
    """What the merge holds is read as strictly as what is checked out: no links, no second folder of the account."""
    (account.path / "link.yaml").symlink_to("mail.yaml")
    account.repo.commit("A link")
    with pytest.raises(DiagnosticsError) as caught:
        planned(account.path)
    assert [found.code for found in caught.value.diagnostics] == ["symbolic-link"]
    account.repo.git("rm", "--quiet", "link.yaml")
    account.repo.commit("A twin", {"twin/account.yaml": FILES["account.yaml"]})
    with pytest.raises(DiagnosticsError) as caught:
        planned(account.path)
    assert {found.code for found in caught.value.diagnostics} == {"same-account"}


def test_the_verb(account: Account, tmp_path: Path) -> None:
    """Terminal, JSON and saved plan say what is merged and what is pending; the exit code counts the own changes."""
    on_main(account, MAIL, "quota: 5 GiB", "quota: 6 GiB")
    shown = account("plan", "--merge-into", "main", "--detailed-exitcode")
    assert shown.code == 0
    assert "Pending: merged already, not yet applied (outside this plan)\n      ~ mailbox/info@example.org" in shown.out
    assert shown.out.endswith("No changes. 1 change merged already and not yet applied.\n")
    account.change(ZONE, "203.0.113.10", "203.0.113.11")
    file = tmp_path / "plan.json"
    done = account("plan", "--merge-into", "main", "--detailed-exitcode", "--json", "--out", str(file))
    assert done.code == 2
    told, saved = json.loads(done.out), json.loads(file.read_text())
    assert told["merge"]["into"] == "main"
    assert [one["address"] for one in told["pending"]] == ["mailbox/info@example.org"]
    assert saved["seal_list"]["changes"] == [one["seal"] for one in told["changes"]]
