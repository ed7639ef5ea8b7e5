"""Whole runs of the installed program: each verb, its words and its exit code."""

import json
import os
import pty
import subprocess
from pathlib import Path

import pytest

from program import BIN, Cli, Repository, environment
from tiny import SECRETS, Account


@pytest.fixture
def account(cli: Cli, repo: Repository) -> Account:
    """An account in git that hasn't been applied yet."""
    return Account(cli, repo)


@pytest.fixture
def applied(account: Account) -> Account:
    """The same after its first apply."""
    assert account("apply", "--auto-approve").code == 0
    return account


def test_from_nothing_to_nothing_left(account: Account) -> None:
    """Validate, plan, apply, plan again: nothing is left to do."""
    valid = account("validate")
    assert (valid.code, valid.out) == (0, "The configuration is valid: 8 resources in 4 files.\n")
    planned = account("plan", "--detailed-exitcode")
    assert planned.code == 2
    assert "\nPlan: 7 to add, 0 to change, 0 to destroy.\n" in planned.out
    done = account("apply", "--auto-approve")
    assert done.code == 0
    assert done.out.endswith("\nApply complete! Resources: 7 added, 0 changed, 0 destroyed.\n")
    again = account("plan", "--detailed-exitcode")
    assert again.code == 0
    assert "\nNo changes. The account is as declared.\n" in again.out


def test_secrets_and_private_values_stay_away(account: Account) -> None:
    """No output of any verb and no file of a plan holds a secret or an unmasked private value.

    A commit's author stands in every clone, so the author here has another name than the contact.
    """
    account.repo.git("commit", "--quiet", "--amend", "--no-edit", "--author", "Jo <jo@example.net>")
    outputs = [account("plan", "--out", "p.json"), account("plan", "--json"), account("plan", "--markdown")]
    outputs += [account("apply", "p.json"), account("account", "show"), account("drift", "--json")]
    texts = [text for done in outputs for text in (done.out, done.err)] + [(account.path / "p.json").read_text()]
    for held_back in (*SECRETS.values(), "511123456", "511 123456", "Mustermann"):
        assert not any(held_back in text for text in texts)


def test_nobody_to_ask(account: Account) -> None:
    """Without a terminal apply needs a plan file or --auto-approve, else exit 3 at once, with nothing written."""
    done = account("apply")
    assert done.code == 3
    assert "--auto-approve" in done.err
    assert not (account.path / "account.db").exists()


def answered(account: Account, answer: str, *args: str) -> tuple[int, str]:
    """Run apply on a terminal and type an answer."""
    ours, theirs = pty.openpty()
    env = environment(account.path.parent / "home", **SECRETS, NO_COLOR="1")
    command = [str(BIN / "reconciler"), "apply", *args]
    process = subprocess.Popen(command, cwd=account.path, env=env, stdin=theirs, stdout=theirs, stderr=theirs)
    os.close(theirs)
    said, asked = b"", False
    while True:
        try:
            piece = os.read(ours, 65536)
        except OSError:
            break
        if not piece:
            break
        said += piece
        if b"Enter a value:" in said and not asked:
            os.write(ours, answer.encode() + b"\n")
            asked = True
    os.close(ours)
    return process.wait(), said.decode().replace("\r\n", "\n")


def test_yes(account: Account) -> None:
    """On a terminal the plan is shown and only `yes` applies it."""
    code, said = answered(account, "y")
    assert code == 1
    assert said.endswith("Apply cancelled. Nothing was written.\n")
    assert not (account.path / "account.db").exists()
    code, said = answered(account, "yes")
    assert code == 0
    assert "Plan: 7 to add, 0 to change, 0 to destroy." in said
    assert said.endswith("Apply complete! Resources: 7 added, 0 changed, 0 destroyed.\n")


def test_a_saved_plan_is_applied_exactly(account: Account) -> None:
    """`plan --out` and `apply FILE`: what was looked at is what is done; a second time nothing is left of it."""
    saved = account("plan", "--out", "p.json")
    assert saved.out.endswith("Saved. Apply exactly this with `reconciler apply p.json`.\n")
    done = account("apply", "p.json")
    assert done.code == 0
    assert done.out.endswith("Apply complete! Resources: 7 added, 0 changed, 0 destroyed.\n")
    again = account("apply", "p.json")
    assert again.code == 0
    assert again.out.endswith("No changes. The account is as declared.\n")


def test_a_stale_plan(applied: Account) -> None:
    """When anything a saved plan depends on has changed it is refused with exit 4, naming the difference."""
    applied.change("mail.yaml", "5 GiB", "6 GiB")
    applied("plan", "--out", "p.json")
    applied("account", "set", "mailbox/info@example.org", "quota=7 GiB")
    done = applied("apply", "p.json")
    assert done.code == 4
    assert "mailbox/info@example.org" in done.err
    assert "quota:       7 GiB" not in applied("account", "show", "alias/*").out
    assert "7 GiB" in applied("account", "show", "mailbox/*").out


@pytest.mark.parametrize("text", ["", "{}", '{"format_version": 9}'])
def test_a_bad_plan_file(account: Account, text: str) -> None:
    """A file that isn't a plan is one clear line."""
    (account.path / "p.json").write_text(text)
    done = account("apply", "p.json")
    assert done.code == 1
    assert done.err.startswith("error: p.json ")


def test_a_plan_file_that_is_not_there(account: Account) -> None:
    """A missing file is one clear line."""
    done = account("apply", "p.json")
    assert (done.code, done.err) == (1, "error: p.json: No such file or directory.\n")


def test_drift_is_found_held_and_repaired(applied: Account) -> None:
    """What a hand changed is shown by drift (exit 2), held by plan, and repaired when asked for."""
    assert applied("drift").code == 0
    applied("account", "set", "record/example.org/www/A", "values=203.0.113.66")
    found = applied("drift")
    assert found.code == 2
    assert "record/example.org/www/A  values  203.0.113.10  203.0.113.66  drift" in found.out
    held = applied("plan", "--detailed-exitcode")
    assert held.code == 0
    assert "No changes. 1 resource changed by hand, held as drift.\n" in held.out
    repaired = applied("apply", "--auto-approve", "--include-drift")
    assert repaired.code == 0
    assert repaired.out.endswith("Apply complete! Resources: 0 added, 1 changed, 0 destroyed.\n")
    assert applied("drift").code == 0


def test_git_and_a_hand(applied: Account) -> None:
    """What changed on both sides isn't applied blindly: a name for it, or a plan that was seen, is the permission."""
    applied.change("mail.yaml", "5 GiB", "6 GiB")
    applied("account", "set", "mailbox/info@example.org", "quota=7 GiB")
    shown = applied("plan")
    assert "Needs its own approval" in shown.out
    assert "      ~ quota: 7 GiB -> 6 GiB  # applied: 5 GiB\n" in shown.out
    drift = applied("drift")
    assert (drift.code, "--include-drift" in drift.out) == (2, False)
    blind = applied("apply", "--auto-approve")
    assert blind.code == 3
    assert "--override mailbox/info@example.org" in blind.err
    seen = applied("apply", "--auto-approve", "--override", "mailbox/info@example.org")
    assert seen.code == 0
    assert applied("drift").code == 0


def test_git_and_a_hand_seen_by_a_person(applied: Account) -> None:
    """Whoever types `yes` below a plan that shows both sides has approved them."""
    applied.change("mail.yaml", "5 GiB", "6 GiB")
    applied("account", "set", "mailbox/info@example.org", "quota=7 GiB")
    assert answered(applied, "yes")[0] == 0


def test_a_refused_plan(applied: Account) -> None:
    """A deletion that git doesn't say is exit 3 at plan and at apply, with the way out."""
    applied.change("mail.yaml", "      erika:\n        password: {secret: env/MAIL_ERIKA, version: 1}\n", "")
    for args in (("plan",), ("plan", "--detailed-exitcode"), ("apply", "--auto-approve")):
        done = applied(*args)
        assert done.code == 3
        assert "refused[tombstone-missing]" in done.out
        assert "removed:" in done.out
    assert applied("apply", "--auto-approve", "--json").code == 3
    tombstone = "removed:\n  mailbox/erika@example.org: {reason: left}\n"
    applied.repo.commit("Say it", {"removed.yaml": tombstone})
    done = applied("apply", "--auto-approve")
    assert done.code == 0
    assert done.out.endswith("Apply complete! Resources: 0 added, 0 changed, 1 destroyed.\n")


def test_a_refusal_without_a_change(applied: Account) -> None:
    """Where policy refuses drift, apply is exit 3, also as JSON and also when there is nothing else to do."""
    applied.change("account.yaml", "providers:", "policy: {drift: refuse}\nproviders:")
    assert applied("account", "set", "mailbox/info@example.org", "quota=10GiB").code == 0
    saved = applied("plan", "--out", "p.json")
    assert (saved.code, "Saved." in saved.out) == (3, False)
    for args in (("--auto-approve",), ("--auto-approve", "--json"), ("p.json",), ("p.json", "--json")):
        assert applied("apply", *args).code == 3


def test_an_entry_of_nobody_goes_as_its_refusal_says(applied: Account) -> None:
    """Where policy deletes what nobody declared, a contact made by hand goes once `removed:` names the account's id."""
    applied.change("account.yaml", "providers:", "policy: {unmanaged: {contacts: delete}}\nproviders:")
    made = applied("account", "set", "contact/hans@example.org", "name=Hans").out.partition(":")[0]
    refused = applied("plan")
    assert (refused.code, f"`{made}: {{reason: TEXT}}`" in refused.out) == (3, True)
    applied.repo.commit("Remove", {"removed.yaml": f"removed: {{{made}: {{reason: nobody knows him}}}}\n"})
    done = applied("apply", "--auto-approve")
    assert (done.code, f"{made}: destroyed" in done.out) == (0, True)


def test_only(account: Account) -> None:
    """`--only` restricts a plan, and says so."""
    done = account("plan", "--only", "zone/*", "--only", "record/example.org/*/*", "--json")
    kinds = {one["address"].partition("/")[0] for one in json.loads(done.out)["changes"]}
    assert kinds == {"zone", "record"}
    assert "only" in {one["code"] for one in json.loads(done.out)["findings"]}


def test_missing_secrets_stop_an_apply_before_it_writes(account: Account) -> None:
    """All missing secrets are named at once, and nothing was written."""
    done = account("apply", "--auto-approve", MAIL_INFO="", MAIL_ERIKA="")
    assert done.code == 1
    assert done.err.count("error[secret-empty]") == 2
    assert not (account.path / "account.db").exists()


def test_json_everywhere(applied: Account) -> None:
    """With --json each verb prints exactly one object with its format_version."""
    applied.change("mail.yaml", "5 GiB", "6 GiB")
    for args in (["validate"], ["plan"], ["drift"], ["account", "show"], ["apply", "--auto-approve"]):
        done = applied(*args, "--json")
        assert done.code == 0
        assert json.loads(done.out)["format_version"] == 1
    broken = applied("validate", "--json", "-C", ".git")
    assert broken.code == 1
    assert json.loads(broken.out)["diagnostics"][0]["code"] == "no-account-file"


def test_apply_as_json(account: Account) -> None:
    """`apply --json` says what became of each change, and under which receipt."""
    said = json.loads(account("apply", "--auto-approve", "--json").out)
    assert said["complete"] is True
    assert said["receipt"] == 1
    assert {one["status"] for one in said["outcomes"]} == {"done"}
    assert json.loads(account("apply", "--auto-approve", "--json").out)["outcomes"] == []


def test_markdown(account: Account) -> None:
    """`plan --markdown` begins with the account and has the last line of the plan."""
    said = account("plan", "--markdown").out
    assert said.startswith("### reconciler: account `K-104711`\n")
    assert "\n**Plan: 7 to add, 0 to change, 0 to destroy.**\n" in said


def test_resume_without_need(applied: Account) -> None:
    """When no apply was interrupted, --resume says so."""
    done = applied("apply", "--resume")
    assert (done.code, done.out) == (0, "Nothing to resume: no apply was interrupted.\n")


def test_an_older_commit_is_superseded(applied: Account) -> None:
    """A strict ancestor of what was applied writes nothing, exit 0."""
    first = applied.repo.git("rev-parse", "HEAD")
    applied.change("mail.yaml", "5 GiB", "6 GiB")
    assert applied("apply", "--auto-approve").code == 0
    applied.repo.git("checkout", "--quiet", first)
    done = applied("apply", "--auto-approve")
    assert done.code == 0
    assert "Superseded" in done.out
    assert "6 GiB" in applied("account", "show", "mailbox/info@example.org").out


def test_the_folder_may_be_named(account: Account, cli: Cli) -> None:
    """`-C DIR` stands before or after the verb."""
    outside = account.path.parent
    for args in (("-C", "repo", "validate"), ("validate", "-C", "repo")):
        assert cli(*args, cwd=outside).code == 0


def test_fmt(account: Account) -> None:
    """fmt names what it changes, changes nothing a second time, and never what is declared."""
    before = json.loads(account("plan", "--json").out)["seal"]
    account.repo.write({"more.yaml": "whitelist:\n      office:   {address:   203.0.113.7}\n"})
    assert account("fmt", "--check").code == 1
    done = account("fmt")
    assert done.code == 0
    assert "more.yaml\n" in done.out
    assert (account.path / "more.yaml").read_text() == "whitelist:\n  office: {address: 203.0.113.7}\n"
    assert account("fmt", "--check").code == 0
    (account.path / "more.yaml").unlink()
    assert json.loads(account("plan", "--json").out)["seal"] == before
    account.repo.write({"odd\x1b[2J.yaml": "contacts:   {}\n"})
    assert account("fmt").out == "odd\\x1b[2J.yaml\n"


def test_init_adopts_a_live_account(applied: Account, cli: Cli, tmp_path: Path) -> None:
    """init reads the account, writes YAML, and its first plan is empty; a second init overwrites nothing."""
    new = tmp_path / "adopted"
    new.mkdir()
    (new / "account.db").write_bytes((applied.path / "account.db").read_bytes())
    done = cli("init", cwd=new)
    assert done.code == 0
    assert "\nNo changes. The files declare what is live;" in done.out
    assert "env/MAIL_" in done.out
    assert "+49 511 123456" in (new / "contacts.yaml").read_text()
    assert "123456" not in done.out
    assert cli("plan", "--detailed-exitcode", cwd=new).code == 0
    assert cli("init", cwd=new).code == 64


@pytest.mark.parametrize("name", ["docker-compose.yml", "compose.yaml"])
def test_init_beside_what_is_no_account(name: str, applied: Account, cli: Cli, tmp_path: Path) -> None:
    """Where a file of somebody else's stands in the way of the first plan, init says so and leaves nothing behind."""
    folder = tmp_path / "adopted"
    folder.mkdir()
    (folder / "account.db").write_bytes((applied.path / "account.db").read_bytes())
    (folder / name).write_text("services: {}\n")
    done = cli("init", cwd=folder)
    assert (done.code, name in done.err) == (1, True)
    assert sorted(path.name for path in folder.iterdir()) == ["account.db", name]


def test_init_begins_an_account(cli: Cli, tmp_path: Path) -> None:
    """Where there is no account yet, init wants its number."""
    assert cli("init", cwd=tmp_path).code == 64
    assert cli("init", "--account", "no good", cwd=tmp_path).code == 64
    assert cli("init", "--account", "K-1", "--only", "mial", cwd=tmp_path).code == 64
    assert list(tmp_path.iterdir()) == []
    assert cli("init", "--account", "K-1", "--only", "dns", cwd=tmp_path).code == 0
    assert "account: K-1\n" in (tmp_path / "account.yaml").read_text()


def test_account_by_hand(applied: Account) -> None:
    """The account can be looked at and changed by hand; what it refuses is one clear line."""
    assert applied("account", "set", "mailbox/new@example.org", "name=New").code == 0
    assert "mailbox/new@example.org\n" in applied("account", "show").out
    assert applied("account", "delete", "mailbox/new@example.org").code == 0
    assert applied("account", "delete", "mailbox/new@example.org").code == 1
    assert applied("account", "set", "mailbox/info@example.org", "quota").code == 64
    assert applied("account", "set", "mailbox/info@example.org", "qouta=1 GiB").code == 64
    assert applied("account", "set", "nothing", "a=b").code == 64


def test_output_without_utf8(account: Account) -> None:
    """A terminal that knows ASCII only gets escapes, not a crash."""
    account.change("contacts.yaml", "Erika Mustermann", "Ärika")
    account.change("mail.yaml", "quota: 5 GiB", "name: Büro")
    done = account("plan", PYTHONIOENCODING="ascii")
    assert done.code == 0
    assert "B\\xfcro" in done.out


def test_plan_names_the_seal_of_the_list_that_it_writes(applied: Account) -> None:
    """Whoever approves copies the seal from the terminal; the list goes where it was asked for."""
    applied.change("mail.yaml", "5 GiB", "6 GiB")
    told = applied("plan", "--seal-list", "one.json")
    seal = json.loads(applied("plan", "--json").out)["seal"]
    assert f"Seal {seal}; what it stands for is in one.json." in told.out.splitlines()


def test_an_approved_seal_is_applied_and_then_already_applied(applied: Account) -> None:
    """The seal alone for exactly that plan, with its list for what it covers; afterwards nothing is left of it."""
    applied.change("contacts.yaml", "Erika Mustermann", "Erika Muster")
    planned = applied("plan", "--json", "--seal-list", "one.json")
    seal = json.loads(planned.out)["seal"]
    stale = applied("apply", "--seal", "0" * 64, "--seal-list", "one.json")
    assert (stale.code, "not approved as it is now: contact/erika" in stale.err) == (4, True), stale.err
    assert applied("apply", "--seal", seal).code == 0
    again = applied("apply", "--seal", seal, "--seal-list", "one.json", "--json")
    assert (again.code, json.loads(again.out)["already_applied"]) == (0, True), again.err
    said = applied("apply", "--seal", seal)
    assert (said.code, "Already applied" in said.out) == (0, True)


@pytest.mark.parametrize(
    "args",
    [
        ("--seal", ""),
        ("--seal", "abc"),
        ("--seal", "0" * 64, "--auto-approve"),
        ("--seal-list", "one.json"),
        ("--seal", "0" * 64, "--resume"),
    ],
)
def test_a_malformed_approval_is_a_usage_error(account: Account, args: tuple[str, ...]) -> None:
    """An empty variable in a script must never look like an approval."""
    done = account("apply", *args)
    assert done.code == 64, done.err
    assert not (account.path / "account.db").exists()
