"""The corridor as its users meet it: order of commits, approvals that went stale, applies that died half way."""

import json
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from program import Cli, Repository, environment

SECRETS = {"MAIL_INFO": "canary-one", "MAIL_ERIKA": "canary-two", "MAIL_MAX": "canary-three"}
TINY = Path(__file__).parents[2] / "examples" / "tiny"


@pytest.fixture
def account(repo: Repository) -> Path:
    """A repository that holds the tiny example, committed."""
    for path in TINY.rglob("*"):
        if path.is_file() and path.suffix in (".yaml", ".md"):
            target = repo.path / path.relative_to(TINY)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
    repo.git("add", "--all")
    repo.git("commit", "--quiet", "--message=The account")
    return repo.path


def edit(folder: Path, old: str, new: str, file: str = "mail.yaml") -> None:
    text = (folder / file).read_text()
    assert old in text
    (folder / file).write_text(text.replace(old, new))


def applied(cli: Cli, folder: Path, *more: str) -> None:
    done = cli("apply", "--auto-approve", *more, cwd=folder, env=SECRETS)
    assert done.code == 0, done.out + done.err


def test_an_older_commit_is_superseded_and_writes_nothing(cli: Cli, repo: Repository, account: Path) -> None:
    """Jobs that overtake each other end with the newest commit applied, whatever their order."""
    applied(cli, account)
    edit(account, "5 GiB", "6 GiB")
    repo.git("commit", "--quiet", "--all", "--message=More room")
    applied(cli, account)
    repo.git("checkout", "--quiet", "HEAD~1")
    done = cli("apply", "--auto-approve", cwd=account, env=SECRETS)
    assert (done.code, "Superseded" in done.out) == (0, True)
    assert "6 GiB" in cli("account", "show", "mailbox/info@example.org", cwd=account).out


def test_a_commit_beside_the_last_applied_one_is_refused(cli: Cli, repo: Repository, account: Path) -> None:
    """Exit 4, and `--diverged --reason` lets it through."""
    applied(cli, account)
    edit(account, "5 GiB", "6 GiB")
    repo.git("commit", "--quiet", "--all", "--message=More room")
    applied(cli, account)
    repo.git("checkout", "--quiet", "-b", "side", "HEAD~1")
    edit(account, "5 GiB", "7 GiB")
    repo.git("commit", "--quiet", "--all", "--message=Even more room")
    refused = cli("apply", "--auto-approve", cwd=account, env=SECRETS)
    assert refused.code == 4
    assert "--diverged" in refused.err
    applied(cli, account, "--diverged", "--reason", "the other branch was a mistake")


def test_a_saved_plan_is_applied_exactly_once(cli: Cli, repo: Repository, account: Path) -> None:
    """Applied a second time it finds nothing to do."""
    assert cli("plan", "--out", "plan.json", cwd=account).code == 0
    assert cli("apply", "plan.json", cwd=account, env=SECRETS).code == 0
    again = cli("apply", "plan.json", cwd=account, env=SECRETS)
    assert (again.code, "No changes." in again.out) == (0, True)


@pytest.mark.parametrize("what", ["live", "file", "policy", "record"])
def test_a_saved_plan_goes_stale_with_whatever_it_depends_on(
    cli: Cli, repo: Repository, account: Path, what: str
) -> None:
    """Exit 4, the difference named, nothing written."""
    applied(cli, account)
    edit(account, "5 GiB", "6 GiB")
    assert cli("plan", "--out", "plan.json", cwd=account).code == 0
    match what:
        case "live":
            assert cli("account", "set", "mailbox/info@example.org", "quota=9GiB", cwd=account).code == 0
        case "file":
            edit(account, "6 GiB", "7 GiB")
        case "policy":
            edit(account, "policy:\n", "policy:\n  drift: revert\n", "account.yaml")
        case "record":
            applied(cli, account)
            edit(account, "6 GiB", "5 GiB")
            applied(cli, account)
            edit(account, "5 GiB", "6 GiB")
    before = cli("account", "show", cwd=account).out
    done = cli("apply", "plan.json", cwd=account, env=SECRETS)
    assert done.code == 4, done.out + done.err
    assert cli("account", "show", cwd=account).out == before


def test_a_change_made_in_git_and_by_hand_needs_its_own_permission(cli: Cli, repo: Repository, account: Path) -> None:
    """Without a look at both sides it is refused; a saved plan that shows them is the permission."""
    applied(cli, account)
    assert cli("account", "set", "mailbox/info@example.org", "quota=9GiB", cwd=account).code == 0
    edit(account, "5 GiB", "6 GiB")
    assert cli("apply", "--auto-approve", cwd=account, env=SECRETS).code == 3
    assert cli("plan", "--out", "plan.json", cwd=account).code == 0
    assert cli("apply", "plan.json", cwd=account, env=SECRETS).code == 0
    assert "6 GiB" in cli("account", "show", "mailbox/info@example.org", cwd=account).out


def test_a_missing_secret_is_told_before_anything_is_written(cli: Cli, repo: Repository, account: Path) -> None:
    """All missing secrets at once, and neither account nor record exist afterwards."""
    done = cli("apply", "--auto-approve", cwd=account)
    assert done.code == 1
    assert all(name in done.err for name in SECRETS)
    assert not (account / "account.db").exists()
    assert repo.git("branch", "--list", "reconciler/*") == ""


DYING = """
import os, sys
from pathlib import Path
from reconciler.apply.approval import Approval
from reconciler.cli.clock import SystemClock
from reconciler.model.plan import Options
from reconciler.pipeline.applying import apply
from reconciler.pipeline.planning import plan
from reconciler.pipeline.session import Session
session = Session(Path(sys.argv[1]), dict(os.environ), SystemClock())
seen = []
def die(outcome):
    seen.append(outcome)
    if len(seen) == int(sys.argv[2]):
        os._exit(9)
apply(session, plan(session, Options()), Approval(), die)
"""


@pytest.mark.parametrize("after", [1, 7, 12])
def test_an_apply_that_died_blocks_until_it_is_resumed(cli: Cli, repo: Repository, account: Path, after: int) -> None:
    """Exit 5 names the holder; `--resume` reads back what was done, and the next apply does the rest, once."""
    env = {**repo.env, **SECRETS}
    died = subprocess.run([sys.executable, "-c", DYING, str(account), str(after)], env=env, cwd=account, check=False)
    assert died.returncode == 9
    blocked = cli("apply", "--auto-approve", cwd=account, env=SECRETS)
    assert blocked.code == 5, blocked.out + blocked.err
    assert "process" in blocked.err
    resumed = cli("apply", "--resume", cwd=account, env=SECRETS)
    assert resumed.code == 0, resumed.out + resumed.err
    applied(cli, account)
    assert "No changes." in cli("plan", cwd=account).out
    log = sqlite3.connect(account / "account.db").execute("SELECT count(*) FROM log").fetchone()
    assert log[0] >= 12


def test_no_secret_is_found_anywhere_afterwards(cli: Cli, repo: Repository, account: Path) -> None:
    """Not in what was printed, not in the record, not in the account's file."""
    done = [cli("plan", "--out", "plan.json", "--json", cwd=account, env=SECRETS)]
    done.append(cli("apply", "plan.json", cwd=account, env=SECRETS))
    done.append(cli("account", "show", cwd=account))
    texts = [text.encode() for one in done for text in (one.out, one.err)]
    texts += [path.read_bytes() for path in account.rglob("*") if path.is_file() and ".git" not in path.parts]
    objects = repo.git("cat-file", "--batch-all-objects", "--batch-check").splitlines()
    texts += [repo.git("cat-file", "-p", line.split()[0]).encode() for line in objects if " blob " in line]
    assert not [text for text in texts for secret in SECRETS.values() if secret.encode() in text]


def test_plan_json_is_one_object_with_a_seal_for_each_change(cli: Cli, repo: Repository, account: Path) -> None:
    """What scripts rely on."""
    found = json.loads(cli("plan", "--json", cwd=account).out)
    assert {"format_version", "account", "seal", "changes", "findings"} <= found.keys()
    assert all(change["seal"] for change in found["changes"])


def test_outside_a_repository_the_record_lies_beside_the_account(cli: Cli, tmp_path: Path) -> None:
    """And moves onto the branch when the folder becomes a repository."""
    folder = tmp_path / "plain"
    folder.mkdir()
    for name in ("account.yaml", "mail.yaml", "zones/example.org.yaml"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes((TINY / name).read_bytes())
    applied(cli, folder)
    assert (folder / ".reconciler" / "record.git").is_dir()
    assert "No changes." in cli("plan", cwd=folder).out
    around = Repository(folder, environment(tmp_path / "home"))
    around.git("init", "--quiet")
    around.commit("The account becomes a repository")
    edit(folder, "5 GiB", "6 GiB")
    applied(cli, folder)
    assert len(around.git("log", "--first-parent", "--format=%s", "reconciler/K-104711").splitlines()) == 5
    assert "No changes." in cli("plan", cwd=folder).out
