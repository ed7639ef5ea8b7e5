"""The pipeline for GitLab, each script step run: plan, status, merge, apply; and drift that keeps one issue."""

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
    with serving(Forge(gitlab=True)) as forge:
        yield World.begin(repo, tmp_path, forge, cli)


def test_plan_status_merge_apply(world: World) -> None:
    """The note shows the plan, the status carries its seal, and exactly what was approved is applied."""
    head = world.branch("5 GiB", "6 GiB")
    given = {"CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main", "CI_MERGE_REQUEST_IID": "3", "CI_COMMIT_SHA": head}
    code, place, log = world.gitlab("plan merge request", head, **given)
    assert code == 0, log
    assert INFO in world.forge.comments[0]["body"]
    seal = (place / ".reconciler/out/seal").read_text().strip()
    (status,) = world.forge.statuses
    assert (status["sha"], status["name"], status["state"]) == (head, "reconciler/K-104711", "success")
    assert status["description"].startswith(f"seal:{seal} ")

    world.merge()
    code, place, log = world.gitlab("plan", "main")
    assert (code, (place / "seal.env").read_text()) == (0, f"RECONCILER_SEAL={seal}\n"), log
    code, _, log = world.gitlab("apply", "main", RECONCILER_SEAL=seal)
    assert code == 0, log
    assert "6 GiB" in world.run("account", "show", INFO).out


def test_drift_keeps_one_issue(world: World) -> None:
    """Opened, updated and closed; of several that have our mark only the oldest stays."""
    world.run("account", "set", WWW, "values=203.0.113.66")
    for expected in (1, 1):
        code, _, log = world.gitlab("drift", "main")
        assert (code, len(world.forge.open_issues)) == (0, expected), log
        world.forge.issues.append({**world.forge.issues[0], "iid": len(world.forge.issues) + 1})
    world.run("account", "set", WWW, "values=203.0.113.10")
    code, _, log = world.gitlab("drift", "main")
    assert (code, world.forge.open_issues) == (0, []), log
