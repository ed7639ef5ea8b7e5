"""Whole runs with a forge: plan, status, merge, apply; policy that asks for reviews; trailers without a forge."""

import json
from pathlib import Path

import pytest

from forge.stand_in import EVE, MAX, StandIn
from inside import Inside
from program import Repository
from tiny import FILES, SECRETS

POLICY = "policy: {approvals: {default: {count: 1, from: [acme/ops], not: author}}}\n"


@pytest.fixture
def account(repo: Repository) -> Inside:
    """The tiny account, applied."""
    repo.commit("Begin", FILES)
    run = Inside(repo.path, SECRETS)
    assert run("apply", "--auto-approve").code == 0
    return run


def planned(repo: Repository, account: Inside, environ: dict[str, str], tmp_path: Path, number: str = "5") -> str:
    """Change a name on a branch, plan it, and post that; return the head."""
    repo.git("checkout", "-q", "-b", f"pull-{number}")
    head = repo.commit("A change", {"contacts.yaml": FILES["contacts.yaml"].replace("Mustermann", f"Muster-{number}")})
    plan = tmp_path / "plan.json"
    assert account("plan", "--out", str(plan)).code == 0
    posted = account("forge", "status", str(plan), "--commit", head, "--pull-request", number, "--json", **environ)
    assert posted.code == 0, posted.err
    assert json.loads(posted.out).keys() == {"format_version", "list", "status"}
    repo.git("checkout", "-q", "main")
    return head


def test_what_was_approved_at_the_forge_is_applied(
    repo: Repository, account: Inside, stand_in: StandIn, environ: dict[str, str], tmp_path: Path
) -> None:
    """Found from the merge commit; the receipt names the status, the pull request and who; again it is done already."""
    head = planned(repo, account, environ, tmp_path)
    repo.git("merge", "-q", "--no-ff", "-m", "Merge", "pull-5")
    merge = repo.git("rev-parse", "HEAD")
    nothing = account("apply", "--from-forge", **environ)
    assert (nothing.code, "not approved as it is now: contact/erika" in nothing.err) == (4, True), nothing.err
    stand_in.facts.merge(merge, 5, head)
    shown = account("forge", "approvals", **environ)
    assert (shown.code, "pull request 5" in shown.out) == (0, True), shown.err
    done = account("apply", "--from-forge", **environ)
    assert done.code == 0, done.err
    receipt = json.loads(repo.git("show", "reconciler/K-104711:receipt.json"))
    (grant,) = receipt["approvals"]
    assert (grant["pull_request"], grant["head"], grant["commit"]) == ("5", head, merge)
    assert grant["status"] in {str(one["id"]) for rows in stand_in.facts.statuses.values() for one in rows}
    again = account("apply", "--from-forge", **environ)
    assert (again.code, "Already applied" in again.out) == (0, True), again.err


def test_policy_asks_for_reviews(repo: Repository, account: Inside, stand_in: StandIn, tmp_path: Path) -> None:
    """Without them exit 3 says who must approve and who did; --auto-approve and a typed trailer are no way around."""
    environ = stand_in.github()
    repo.commit("Policy", {"account.yaml": FILES["account.yaml"] + POLICY})
    assert account("apply", "--auto-approve").code == 0
    head = planned(repo, account, environ, tmp_path)
    seal = json.loads((tmp_path / "plan.json").read_text())["seal"]
    repo.git("merge", "-q", "--no-ff", "-m", f"Merge\n\nReconciler-Seal: {seal}", "pull-5")
    stand_in.facts.merge(repo.git("rev-parse", "HEAD"), 5, head)
    stand_in.facts.review(5, head, EVE)
    for way in ("--auto-approve", "--from-trailers", "--from-forge"):
        refused = account("apply", way, **environ)
        assert refused.code == 3, (way, refused.out, refused.err)
        assert "contact/erika: 1 of acme/ops (not the author) must approve; nobody did." in refused.err
    stand_in.facts.teams["acme/ops"] = {"max"}
    stand_in.facts.review(5, head, MAX)
    done = account("apply", "--from-forge", **environ)
    assert done.code == 0, done.err
    receipt = json.loads(repo.git("show", "reconciler/K-104711:receipt.json"))
    assert [(one["who"], one["groups"]) for one in receipt["approvals"][0]["reviews"]] == [
        ("eve", []),
        ("max", ["*", "acme/ops"]),
    ]


def test_a_trailer_of_the_merge_is_an_approval_where_it_is_asked_for(repo: Repository, account: Inside) -> None:
    """Never by itself; the receipt calls it claimed, since whoever can merge can write it."""
    plan_text = FILES["contacts.yaml"].replace("Mustermann", "Muster")
    repo.commit("A change", {"contacts.yaml": plan_text})
    seal = json.loads(account("plan", "--json").out)["seal"]
    assert account("apply").code == 3
    assert account("apply", "--from-trailers").code == 4
    repo.git("commit", "-q", "--amend", "-m", f"A change\n\nReconciler-Seal: {seal}")
    done = account("apply", "--from-trailers")
    assert done.code == 0, done.err
    (grant,) = json.loads(repo.git("show", "reconciler/K-104711:receipt.json"))["approvals"]
    assert (grant["source"], grant["claimed"], grant["seal"]) == ("trailer", True, seal)


def test_a_refused_plan_is_posted_without_a_seal(
    account: Inside, stand_in: StandIn, repo: Repository, tmp_path: Path
) -> None:
    """A plan that can't be carried out is a failure without a seal; so is one that couldn't be made."""
    environ = stand_in.github()
    repo.commit("Gone", {"contacts.yaml": "contacts: {}\n"})
    plan = str(tmp_path / "plan.json")
    assert account("plan", "--out", plan).code == 3
    head = ("--commit", "a" * 40)
    for args in ((plan, *head), ("--failed", *head), ("--pending", *head)):
        assert account("forge", "status", *args, **environ).code == 0
    rows = stand_in.facts.statuses["a" * 40]
    assert [row["state"] for row in rows] == ["failure", "failure", "pending"]
    assert not any("seal:" in row["description"] for row in rows)


def test_a_plan_that_broken_files_prevent_is_told_as_well(
    account: Inside, stand_in: StandIn, repo: Repository, environ: dict[str, str], tmp_path: Path
) -> None:
    """The status is a failure and the comment is written: account.yaml alone says which account it is."""
    repo.write({"contacts.yaml": "contatcs: {}\n"})
    assert account("plan").code == 1
    comment = tmp_path / "comment.md"
    comment.write_text("No plan could be made.\n")
    assert account("forge", "status", "--failed", "--commit", "b" * 40, **environ).code == 0
    assert account("forge", "comment", str(comment), "--pull-request", "5", **environ).code == 0
    (row,) = stand_in.facts.statuses["b" * 40]
    assert (row["state"] in ("failure", "failed"), "seal:" in row["description"]) == (True, False)
    assert stand_in.facts.comments["5"][0]["text"].startswith("<!-- reconciler-plan K-104711 -->")
    repo.write({"account.yaml": "account: [\n"})
    assert account("forge", "status", "--failed", "--commit", "c" * 40, **environ).code == 1
    (repo.path / "account.yaml").unlink()
    assert account("forge", "status", "--failed", "--commit", "c" * 40, **environ).code == 1
    assert "c" * 40 not in stand_in.facts.statuses


@pytest.mark.parametrize(
    "args",
    [("status",), ("status", "--pending", "--failed"), ("status", "--pending"), ("comment", __file__)],
)
def test_what_a_job_forgot_to_say(account: Inside, stand_in: StandIn, args: tuple[str, ...]) -> None:
    """Exit 64, and nothing is sent."""
    assert account("forge", *args, **stand_in.github()).code == 64
    assert stand_in.seen == []


def test_a_wrong_policy_of_approvals_is_named(account: Inside, repo: Repository) -> None:
    """Unknown risks, counts of nothing and unknown words are errors at their place."""
    for text in ("{unknown: {}}", "{default: {count: 0}}", "{money: {not: erika}}", "{money: {from: erika}}"):
        repo.write({"account.yaml": FILES["account.yaml"] + f"policy: {{approvals: {text}}}\n"})
        done = account("validate")
        assert (done.code, "account.yaml:5" in done.err) == (1, True), (text, done.err)
