"""Nothing that a repository's files or configuration say is ever run, followed or fetched."""

import os
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from program import Repository
from reconciler.gitrepo.repo import GitRepo
from reconciler.model.errors import RecordError

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
REF = "refs/heads/reconciler/K-1"
HOOKS = ("reference-transaction", "pre-commit", "post-commit", "commit-msg", "post-checkout", "pre-auto-gc", "update")


def use_everything(folder: Path) -> None:
    """Do all that can be done with a repository."""
    git = GitRepo.find(folder)
    assert git is not None
    head = git.head()
    assert head and git.resolve("HEAD") == head
    git.person()
    git.read_blobs(blob for _, blob in git.entries(head).values())
    made = git.write_commit(git.write_tree(head, {"b": b"2"}), [head], "Made\n", NOON)
    assert git.update_ref(REF, made, None)
    assert git.is_ancestor(head, made)
    git.exclude("/x")


def hooks_in_place(repo: Repository, script: Path) -> None:
    for name in HOOKS:
        (repo.path / ".git" / "hooks" / name).symlink_to(script)


def hooks_path(repo: Repository, script: Path) -> None:
    hooks = repo.path / "hooks"
    hooks.mkdir()
    for name in HOOKS:
        (hooks / name).symlink_to(script)
    repo.git("config", "core.hooksPath", str(hooks))


def programs_in_configuration(repo: Repository, script: Path) -> None:
    for name in (
        *("core.fsmonitor", "core.pager", "core.editor", "core.sshCommand", "core.askPass", "gpg.program"),
        *(
            "core.alternateRefsCommand",
            "credential.helper",
            "diff.external",
            "sequence.editor",
            "uploadpack.packObjectsHook",
        ),
        *("filter.x.smudge", "filter.x.clean", "filter.x.process", "diff.x.textconv", "merge.x.driver"),
        *("alias.rev-parse", "alias.cat-file", "alias.ls-tree", "trailer.x.command"),
    ):
        repo.git("config", name, f"!{script}" if name.startswith("alias") else str(script))
    repo.git("config", "core.untrackedCache", "true")
    (repo.path / ".git" / "info" / "attributes").write_text("* filter=x diff=x merge=x\n")


TRAPS = [hooks_in_place, hooks_path, programs_in_configuration]


@pytest.mark.parametrize("lay", TRAPS)
def test_nothing_runs(repo: Repository, trap: tuple[Path, Path], lay: Callable[[Repository, Path], None]) -> None:
    """Hooks, monitors, filters, pagers, helpers and aliases of a repository never run."""
    script, trace = trap
    repo.commit("One", {"a": "1", ".gitattributes": "* filter=x diff=x\n"})
    lay(repo, script)
    use_everything(repo.path)
    assert not trace.exists()


def test_the_traps_are_real(repo: Repository, trap: tuple[Path, Path]) -> None:
    """The same traps do catch a git that isn't kept from them."""
    script, trace = trap
    repo.commit("One", {"a": "1"})
    hooks_in_place(repo, script)
    repo.git("update-ref", REF, "HEAD")
    assert "reference-transaction" in trace.read_text()


def test_filters_change_nothing(repo: Repository) -> None:
    """Bytes are read and written as they are, whatever line endings and filters are asked for."""
    repo.commit("One", {".gitattributes": "a text eol=crlf ident working-tree-encoding=UTF-16\n"})
    git = GitRepo.find(repo.path)
    assert git is not None
    tree = git.write_tree(git.head(), {"a": b"1\n$Id$\n"})
    made = git.write_commit(tree, [], "Made\n", NOON)
    blob = git.entries(made)["a"][1]
    assert git.read_blobs([blob])[blob] == b"1\n$Id$\n"


def test_no_replacements(repo: Repository) -> None:
    """``refs/replace`` and grafts can't slip other content or another history under an id."""
    one = repo.commit("One", {"a": "true"})
    two = repo.commit("Two", {"a": "false"})
    repo.git("replace", two, one)
    repo.git("replace", "-f", repo.git("rev-parse", f"{two}:a"), repo.git("rev-parse", f"{one}:a"))
    (repo.path / ".git" / "info" / "grafts").write_text(f"{two}\n")
    git = GitRepo.find(repo.path)
    assert git is not None
    blob = repo.git("--no-replace-objects", "rev-parse", f"{two}:a")
    assert git.entries(two)["a"][1] == blob
    assert git.read_blobs([blob])[blob] == b"false"
    assert git.commit(two).parents == (one,)
    assert git.is_ancestor(one, two)


def test_nothing_is_fetched(repo: Repository, trap: tuple[Path, Path]) -> None:
    """An object that a partial clone left behind is missing; no remote is asked for it."""
    script, trace = trap
    repo.commit("One", {"a": "1"})
    repo.git("config", "extensions.partialClone", "origin")
    repo.git("config", "remote.origin.url", f"ext::{script}")
    repo.git("config", "remote.origin.promisor", "true")
    repo.git("config", "remote.origin.uploadpack", str(script))
    repo.git("config", "protocol.ext.allow", "always")
    git = GitRepo.find(repo.path)
    assert git is not None
    with pytest.raises(RecordError):
        git.read_blobs(["1" * 40])
    with pytest.raises(RecordError):
        git.entries("1" * 40)
    assert not trace.exists()


def test_the_users_configuration_rules_nothing(
    repo: Repository, trap: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the user's own configuration only the name and the trusted directories count."""
    script, trace = trap
    mine = tmp_path / "gitconfig"
    mine.write_text(
        "[user]\n\tname = Erika\n\temail = e@example.org\n"
        f"[core]\n\thooksPath = {tmp_path}/hooks\n\tfsmonitor = {script}\n"
    )
    (tmp_path / "hooks").mkdir()
    for name in HOOKS:
        (tmp_path / "hooks" / name).symlink_to(script)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(mine))
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", "core.fsmonitor")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", str(script))
    repo.commit("One", {"a": "1"})
    use_everything(repo.path)
    assert not trace.exists()


def test_no_secret_reaches_git(repo: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Git gets a short list of variables: whatever else stands in the environment isn't passed on, and stays there."""
    real, seen = shutil.which("git"), tmp_path / "seen"
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "git").write_text(f'#!/bin/sh\nenv >>{seen}\nexec {real} "$@"\n')
    (tmp_path / "bin" / "git").chmod(0o755)
    repo.commit("One", {"a": "1"})
    monkeypatch.setenv("PATH", str(tmp_path / "bin"), prepend=os.pathsep)
    for name in ("MAIL_INFO", "RECONCILER_AGE_IDENTITY", "GIT_CONFIG_VALUE_0", "GIT_ASKPASS", "SSH_AUTH_SOCK"):
        monkeypatch.setenv(name, "canary")
    use_everything(repo.path)
    assert "GIT_DIR=" in seen.read_text()
    assert "canary" not in seen.read_text()
    assert os.environ["MAIL_INFO"] == "canary"


def test_hostile_text_in_errors(repo: Repository) -> None:
    """What git says about a name full of control characters reaches a terminal as harmless text."""
    (repo.path / "\x1b[2Jevil").mkdir()
    (repo.path / "\x1b[2Jevil" / ".git").write_text("gitdir: /no\x1b[31mwhere\n")
    with pytest.raises(RecordError) as refused:
        GitRepo.find(repo.path / "\x1b[2Jevil")
    assert "\x1b" not in str(refused.value)


def test_exclude_is_written_once(repo: Repository) -> None:
    """A pattern is added to ``info/exclude`` once, after what stands there."""
    git = GitRepo.find(repo.path)
    assert git is not None
    path = repo.path / ".git" / "info" / "exclude"
    path.write_bytes(b"# mine\n\xff\n*.bak")
    for _ in range(2):
        git.exclude("/.reconciler/")
    assert path.read_bytes() == b"# mine\n\xff\n*.bak\n/.reconciler/\n"
    path.unlink()
    path.parent.rmdir()
    git.exclude("/x")
    assert path.read_text() == "/x\n"


def test_exclude_that_cannot_be_written(repo: Repository) -> None:
    """Where that file can't be written, that is one sentence."""
    path = repo.path / ".git" / "info" / "exclude"
    path.unlink()
    path.mkdir()
    git = GitRepo.find(repo.path)
    assert git is not None
    with pytest.raises(RecordError, match="can't be written: Is a directory"):
        git.exclude("/x")
