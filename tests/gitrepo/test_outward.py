"""Commands to a remote: what of the environment they see, and that they end."""

import os
import shutil
import time
from pathlib import Path

import pytest

from program import Repository
from reconciler.gitrepo.process import reach_out
from reconciler.gitrepo.remote import Remote
from reconciler.gitrepo.repo import GitRepo
from reconciler.model.errors import RemoteError
from remotes import path_remote

REF = "refs/heads/reconciler/K-1"


@pytest.fixture
def origin(repo: Repository, tmp_path: Path) -> Remote:
    """The remote of a repository."""
    repo.commit("One", {"a": "1"})
    path_remote(repo, tmp_path / "origin.git")
    found = GitRepo.find(repo.path)
    assert found is not None
    return Remote(found, "origin")


def test_what_reaches_it(origin: Remote, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys, proxies and git's own configuration do; secrets of resources and what else there is don't."""
    real, seen = shutil.which("git"), tmp_path / "seen"
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "git").write_text(f'#!/bin/sh\nenv >>{seen}\nexec {real} "$@"\n')
    (tmp_path / "bin" / "git").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"), prepend=os.pathsep)
    wanted = {"SSH_AUTH_SOCK": "/agent", "https_proxy": "http://proxy", "GIT_CONFIG_COUNT": "0"}
    for name, value in wanted.items():
        monkeypatch.setenv(name, value)
    for name in ("MAIL_INFO", "RECONCILER_AGE_IDENTITY", "GITHUB_TOKEN", "SSH_ASKPASS", "GIT_DIR", "GIT_INDEX_FILE"):
        monkeypatch.setenv(name, "canary")
    assert origin.ask(REF) is None
    text = seen.read_text()
    assert all(f"{name}={value}\n" in text for name, value in wanted.items())
    assert "canary" not in text
    assert "GIT_ALLOW_PROTOCOL=file:http:https:ssh\n" in text and "GIT_TERMINAL_PROMPT=0\n" in text


def test_hooks_here_never_run(repo: Repository, origin: Remote, tmp_path: Path) -> None:
    """Neither the hooks of the clone nor a monitor; those of the remote are the remote's own."""
    trace = tmp_path / "ran"
    for name in ("pre-push", "reference-transaction", "post-checkout", "fsmonitor-watchman"):
        hook = repo.path / ".git" / "hooks" / name
        hook.write_text(f"#!/bin/sh\ntouch {trace}\n")
        hook.chmod(0o755)
    repo.git("config", "core.fsmonitor", str(repo.path / ".git" / "hooks" / "fsmonitor-watchman"))
    trace.unlink(missing_ok=True)
    head = origin.repo.head()
    assert head and origin.push(REF, head, None)
    assert origin.fetch(REF) == head
    assert not trace.exists()


def test_a_remote_that_never_answers(repo: Repository, origin: Remote) -> None:
    """It ends in time, with everything that it has started."""
    repo.git("config", "core.sshCommand", "sleep 33.25; true")
    repo.git("remote", "set-url", "origin", "ssh://127.0.0.1/x")
    began = time.monotonic()
    answer = reach_out(repo.path, {}, ("ls-remote", "origin"), 0.5)
    assert answer.err == "fatal: no answer within 0.5 seconds\n"
    assert time.monotonic() - began < 10
    while _sleeping() and time.monotonic() - began < 10:  # a killed process takes a moment to go
        time.sleep(0.01)
    assert _sleeping() == []


def _sleeping() -> list[Path]:
    return [path for path in Path("/proc").glob("[0-9]*/cmdline") if b"33.25" in _bytes(path)]


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def test_compare_and_swap(repo: Repository, origin: Remote) -> None:
    """A push succeeds only from where the branch is; it may be repeated when its answer was lost."""
    one, two = repo.git("rev-parse", "HEAD"), repo.commit("Two")
    three = repo.commit("Three")
    assert origin.push(REF, one, None)
    assert not origin.push(REF, two, None)
    assert origin.push(REF, two, one)
    assert origin.push(REF, two, one)
    assert not origin.push(REF, three, one)
    assert origin.ask(REF) == origin.known(REF) == two


def test_what_is_no_branch(origin: Remote) -> None:
    """A name that could be an option or a pattern never reaches git."""
    for ref in ("--upload-pack=touch", "refs/heads/*", "refs/heads/a b", "HEAD"):
        with pytest.raises(Exception, match="can't be a branch"):
            origin.ask(ref)


def test_a_folder_that_is_no_repository(repo: Repository, origin: Remote, tmp_path: Path) -> None:
    """The words of git, and what to try."""
    (tmp_path / "empty").mkdir()
    repo.git("remote", "set-url", "origin", str(tmp_path / "empty"))
    with pytest.raises(RemoteError, match="does not appear to be a git repository") as caught:
        origin.ask(REF)
    assert "git fetch origin" in caught.value.help
