"""What holds for every workflow file, whatever it does."""

import re
from pathlib import Path
from typing import Any

import pytest

from workflows.runner import ROOT, read

WORKFLOWS = [*sorted((ROOT / "examples/github").glob("*.yml")), *sorted((ROOT / ".github/workflows").glob("*.yml"))]
ACTION = ROOT / ".github/actions/reconciler/action.yml"


def steps(path: Path) -> list[Any]:
    """Return every step of a workflow or of the action."""
    content = read(path)
    jobs = content["jobs"].values() if "jobs" in content else [content["runs"]]
    return [step for job in jobs for step in job["steps"]]


@pytest.mark.parametrize("path", [*WORKFLOWS, ACTION], ids=lambda path: path.stem)
def test_no_expression_stands_in_a_script(path: Path) -> None:
    """What a branch is called would be run by bash; it comes in by `env:`."""
    assert [step["run"] for step in steps(path) if "${{" in step.get("run", "")] == []


@pytest.mark.parametrize("path", [*WORKFLOWS, ACTION], ids=lambda path: path.stem)
def test_actions_are_pinned_by_commit(path: Path) -> None:
    """With the version as a comment; our own comes from the checkout."""
    for line in path.read_text("utf-8").splitlines():
        if found := re.search(r"\buses: (\S+)(.*)", line):
            pinned = re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", found[1]) and re.match(r" # v\d+\.\d+\.\d+$", found[2])
            assert pinned or re.fullmatch(r"\./(trusted/)?\.github/actions/reconciler", found[1]), line


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_jobs_may_do_the_least(path: Path) -> None:
    """Nothing by default, each job what it needs, for a limited time; what writes to the account is never cut off."""
    content = read(path)
    assert content["permissions"] in ({}, {"contents": "read"})
    for job in content["jobs"].values():
        assert job["timeout-minutes"] <= 60
        assert content["permissions"] or "permissions" in job
        if "environment" in job:
            assert job["concurrency"]["cancel-in-progress"] is False


def test_only_the_apply_job_sees_secrets_of_resources() -> None:
    """A plan needs none."""
    for path in WORKFLOWS:
        for name, job in read(path)["jobs"].items():
            assert name == "apply" or "secrets." not in str(job)
