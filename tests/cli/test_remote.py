"""Runs whose record is on a remote: over clones, and while the remote is away."""

import json
import shutil
from pathlib import Path

import pytest

from program import Cli, Repository
from remotes import Remote, path_remote
from tiny import Account


@pytest.fixture
def account(cli: Cli, repo: Repository) -> Account:
    """An account in git that hasn't been applied yet."""
    return Account(cli, repo)


@pytest.fixture
def origin(account: Account, repo: Repository, tmp_path: Path) -> Remote:
    """Its remote."""
    return path_remote(repo, tmp_path / "origin.git")


def test_the_remote_is_away(account: Account, repo: Repository, origin: Remote, tmp_path: Path) -> None:
    """``plan`` shows what this clone knows, without any seal; nothing is saved, nothing applied."""
    assert account("apply", "--auto-approve").code == 0
    account.change("zones/example.org.yaml", "203.0.113.10", "203.0.113.99")
    before = origin.ref("refs/heads/*")
    (tmp_path / "origin.git").rename(tmp_path / "away.git")
    shown = account("plan")
    assert shown.code == 0, shown.err
    assert "record as of receipt 1" in shown.out
    assert "warning[record-not-asked]" in shown.out
    made = json.loads(account("plan", "--json").out)
    assert made["seal"] is None
    assert {change["seal"] for change in made["changes"]} == {""}
    assert "No seal" in account("plan", "--markdown").out
    for refused in (account("plan", "--seal-list", "saved.json"), account("apply", "--auto-approve")):
        assert refused.code == 1
        assert "can't be asked" in refused.err
    assert not (repo.path / "saved.json").exists()
    shutil.move(tmp_path / "away.git", tmp_path / "origin.git")
    assert origin.ref("refs/heads/*") == before
