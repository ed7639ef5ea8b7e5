"""How often git is started: a start costs more than most answers, so a plan asks one process for everything."""

from pathlib import Path

from program import Cli, Repository

ACCOUNT = "version: 1\naccount: K-104711\nproviders:\n  default: {type: embedded, path: account.db}\n"
ZONE = "www:\n  type: A\n  ttl: 300\n  value: 192.0.2.1\n"


def started(cli: Cli, repo: Repository, tmp_path: Path, *args: str) -> list[str]:
    """Run a verb and return the git commands that it started, without the switches that all have."""
    log, place = tmp_path / "started", tmp_path / "bin"
    place.mkdir(exist_ok=True)
    log.write_text("")
    path = repo.env["PATH"]
    real = next(found for folder in path.split(":") if (found := Path(folder) / "git").exists())
    (place / "git").write_text(f'#!/bin/sh\necho "$*" >> {log}\nexec {real} "$@"\n')
    (place / "git").chmod(0o755)
    done = cli(*args, cwd=repo.path, env={"PATH": f"{place}:{path}"})
    assert done.code == 0, done.err
    lines = log.read_text().splitlines()
    return [line.rpartition("safe.bareRepository=all ")[2].split()[0] for line in lines]


def test_a_plan_starts_git_three_times(cli: Cli, repo: Repository, tmp_path: Path) -> None:
    """Git's version, the repository around the folder, and one process that is asked for the rest, warm or not."""
    repo.commit("Begin", {"account.yaml": ACCOUNT, "zones/example.org.yaml": ZONE})
    assert cli("apply", "--auto-approve", cwd=repo.path).code == 0
    for _ in range(2):
        assert started(cli, repo, tmp_path, "plan") == ["version", "rev-parse", "cat-file"]
    assert started(cli, repo, tmp_path, "plan", "--full") == ["version", "rev-parse", "cat-file"]


def test_a_remote_is_asked_besides(cli: Cli, repo: Repository, tmp_path: Path) -> None:
    """Where the clone has remotes: which there are, where the record is there, and that no branch here is broken."""
    repo.commit("Begin", {"account.yaml": ACCOUNT, "zones/example.org.yaml": ZONE})
    repo.git("init", "--quiet", "--bare", str(tmp_path / "there.git"))
    repo.git("remote", "add", "origin", str(tmp_path / "there.git"))
    assert cli("apply", "--auto-approve", cwd=repo.path).code == 0
    usual = ["version", "rev-parse", "config", "ls-remote", "cat-file"]
    assert started(cli, repo, tmp_path, "plan") == [*usual, "rev-parse"]
