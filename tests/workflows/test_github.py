"""The workflows for GitHub, each script step run: plan, status, merge, apply; and drift that keeps one issue."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from program import Cli, Repository
from workflows.standin import Forge, serving
from workflows.world import World

WWW, INFO = "record/example.org/www/A", "mailbox/info@example.org"


@pytest.fixture
def world(repo: Repository, cli: Cli, tmp_path: Path) -> Iterator[World]:
    """An applied account, and an empty forge."""
    with serving(Forge(gitlab=False)) as forge:
        yield World.begin(repo, tmp_path, forge, cli)


def pull_request(world: World, head: str) -> dict[str, str]:
    base = world.repo.git("rev-parse", "main")
    return {
        "github__event__pull_request__base__sha": base,
        "github__event__pull_request__head__sha": head,
        "github__event__pull_request__number": "3",
    }


def test_plan_status_merge_apply(world: World) -> None:
    """The comment shows the plan, the status carries its seal, and exactly what was approved is applied."""
    head = world.branch("5 GiB", "6 GiB")
    for _ in range(2):
        code, job = world.github("plan.yml", "plan", **pull_request(world, head))
        assert code == 0, job.log
    assert len(world.forge.comments) == 2, "the second run replaces the plan and the seal list of the first"
    comment = world.forge.comments[0]["body"]
    assert INFO in comment and "6 GiB" in comment and comment.startswith("<!-- reconciler-plan K-104711 -->\n")
    status = world.forge.statuses[-1]
    assert (status["sha"], status["context"], status["state"]) == (head, "reconciler/K-104711", "success")
    seal = job.table["steps.plan.outputs.seal"]
    assert status["description"].startswith(f"seal:{seal} ")
    assert f"seal `{seal}`" in world.forge.comments[1]["body"]
    assert INFO in job.summary

    world.merge()
    code, planned = world.github("apply.yml", "plan")
    assert (code, planned.outputs["code"]) == (0, "2"), planned.log
    assert planned.outputs["seal"] == seal, "the plan of the merge is the one of the pull request"
    code, applied = world.github("apply.yml", "apply", needs__plan__outputs__seal=planned.outputs["seal"])
    assert code == 0, applied.log
    assert "6 GiB" in world.run("account", "show", INFO).out
    world.branch("6 GiB", "7 GiB")
    world.merge()
    code, stale = world.github("apply.yml", "apply", needs__plan__outputs__seal=planned.outputs["seal"])
    assert (code, "6 GiB" in world.run("account", "show", INFO).out) == (4, True), stale.log


@pytest.mark.parametrize("way", ("merge", "squash"))
def test_what_a_pull_request_approved_is_applied(world: World, way: str) -> None:
    """The job after the merge finds the seal at the pull request's head; what no pull request planned is refused."""
    head = world.branch("5 GiB", "6 GiB")
    code, job = world.github("plan.yml", "plan", **pull_request(world, head))
    assert code == 0, job.log
    world.forge.merged[world.merge(way)] = head
    code, applied = world.github("apply-approved.yml", "apply")
    assert code == 0, applied.log
    assert "6 GiB" in world.run("account", "show", INFO).out
    world.branch("6 GiB", "7 GiB")
    world.merge(way)
    code, refused = world.github("apply-approved.yml", "apply")
    assert (code, "6 GiB" in world.run("account", "show", INFO).out) == (4, True), refused.log


def test_a_fork_is_compared_without_any_right(world: World) -> None:
    """Two commits, no account (it is gone), no secret, nothing asked of the forge; the summary says all."""
    head = world.branch("5 GiB", "6 GiB")
    (world.place / "account.db").unlink()
    code, job = world.github("plan-fork.yml", "plan", **pull_request(world, head))
    assert (code, world.forge.calls) == (0, []), job.log
    assert INFO in job.summary
    assert "6 GiB" in job.summary
    code, job = world.github("plan-fork.yml", "plan", **pull_request(world, world.branch("quota", "qouta")))
    assert (code, "qouta" in job.log) == (1, True), job.log


def test_a_plan_that_fails_is_told_as_such(world: World) -> None:
    """The status is a failure, and the job fails with the program's exit code."""
    head = world.branch("quota", "qouta")
    code, job = world.github("plan.yml", "plan", **pull_request(world, head))
    assert (code, world.forge.statuses[-1]["state"]) == (1, "failure"), job.log
    assert "qouta" in job.log


def test_a_comment_that_looks_like_ours_is_left_alone(world: World) -> None:
    """Somebody who could edit the plan later would decide what reviewers see."""
    world.forge.write("<!-- reconciler-plan K-104711 -->\nAll is well.")
    code, job = world.github("plan.yml", "plan", **pull_request(world, world.branch("5 GiB", "6 GiB")))
    assert code == 0, job.log
    assert world.forge.comments[0]["body"].endswith("All is well.")
    assert len(world.forge.comments) == 3


def test_drift_keeps_one_issue(world: World) -> None:
    """Opened with the first drift, updated while there is some, closed when there is none; each look leaves a trace."""
    codes = []
    for values in ("203.0.113.66", "203.0.113.67", "203.0.113.10", None):
        if values:
            world.run("account", "set", WWW, f"values={values}")
        code, job = world.github("drift.yml", "drift")
        assert code == 0, job.log
        codes.append((job.table["steps.drift.outputs.code"], len(world.forge.open_issues)))
    assert codes == [("2", 1), ("2", 1), ("0", 0), ("0", 0)]
    (issue,) = world.forge.issues
    assert issue["title"] == "Drift in account"
    assert "203.0.113.67" in issue["body"], "updated before it was closed"
    assert world.repo.git("-C", str(world.remote), "rev-list", "--count", "reconciler-drift/K-104711") == "4"


def test_a_look_that_fails_leaves_the_issue_and_a_trace(world: World) -> None:
    """Nobody learns from a broken look that all is well."""
    (world.place / "account.db").write_bytes(b"no database" * 1000)
    code, job = world.github("drift.yml", "drift")
    assert (code, world.forge.calls) == (1, []), job.log
    assert "reconciler-drift/K-104711" in world.repo.git("-C", str(world.remote), "branch")
