"""Finding the repository: the right one, or one clear sentence, and never somebody else's."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from program import Repository
from reconciler.gitrepo.repo import GitRepo
from reconciler.model.errors import RecordError


def found(folder: Path) -> GitRepo:
    """Return the repository around a folder, which must be in one."""
    repo = GitRepo.find(folder)
    assert repo is not None
    return repo


def test_outside(tmp_path: Path) -> None:
    """Outside of any repository there is none, and that is no error."""
    assert GitRepo.find(tmp_path) is None


def test_below_the_top(repo: Repository) -> None:
    """A folder deep in a work tree belongs to its repository, whose root is the top."""
    below = repo.path / "accounts" / "k1"
    below.mkdir(parents=True)
    assert found(below) == found(repo.path)
    assert found(below).root == repo.path.resolve()


def test_through_a_link(repo: Repository, tmp_path: Path) -> None:
    """A folder reached through a symbolic link belongs to the repository it really lies in."""
    (repo.path / "k1").mkdir()
    link = tmp_path / "link"
    link.symlink_to(repo.path / "k1")
    assert found(link).root == repo.path.resolve()


def test_bare(tmp_path: Path) -> None:
    """A bare repository is found at its place and has no work tree."""
    made = GitRepo.init_bare(tmp_path / "r.git")
    assert found(tmp_path / "r.git") == made
    assert made.root is None
    assert not (tmp_path / "r.git" / "hooks").exists()


def test_inside_the_git_folder(repo: Repository) -> None:
    """Inside ``.git`` there is no work tree."""
    assert found(repo.path / ".git").root is None


def test_worktree(repo: Repository, tmp_path: Path) -> None:
    """A second work tree is its own root, and shares branches and the list of ignored files with the first."""
    repo.commit("One", {"a": "1"})
    repo.git("worktree", "add", "--quiet", str(tmp_path / "second"), "-b", "other")
    second = found(tmp_path / "second")
    assert second.root == (tmp_path / "second").resolve()
    assert second.common_dir == found(repo.path).common_dir
    head = second.head()
    assert head and second.update_ref("refs/heads/reconciler/K-1", head, None)
    assert found(repo.path).read_ref("refs/heads/reconciler/K-1") == head
    second.exclude("/x")
    assert "/x" in (repo.path / ".git" / "info" / "exclude").read_text()


def test_submodule(repo: Repository, tmp_path: Path) -> None:
    """A submodule's folder belongs to the submodule, not to the repository around it."""
    inner = Repository(tmp_path / "inner", repo.env)
    inner.path.mkdir()
    inner.git("init", "--quiet")
    inner.commit("Inner", {"a": "1"})
    repo.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(inner.path), "sub")
    assert found(repo.path / "sub").root == (repo.path / "sub").resolve()
    assert found(repo.path / "sub").git_dir == (repo.path / ".git" / "modules" / "sub").resolve()


@pytest.mark.parametrize(
    "name", ["GIT_DIR", "GIT_WORK_TREE", "GIT_OBJECT_DIRECTORY", "GIT_INDEX_FILE", "GIT_COMMON_DIR"]
)
def test_called_from_a_hook(repo: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Variables that a git hook leaves in the environment lead nowhere else, and stay as they were."""
    commit = repo.commit("One", {"a": "1"})
    monkeypatch.setenv(name, str(tmp_path / "elsewhere"))
    git = found(repo.path)
    assert git.head() == commit
    assert git.read_blobs([git.entries(commit)["a"][1]])
    assert os.environ[name] == str(tmp_path / "elsewhere")


def test_dubious_ownership(repo: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    """A repository of another user is refused, with the way to trust it."""
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    with pytest.raises(RecordError, match="belongs to another user") as refused:
        GitRepo.find(repo.path)
    assert "safe.directory" in refused.value.help


def test_trusted_directory(repo: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The user's own ``safe.directory`` is honoured, as git itself does."""
    trusting = tmp_path / "gitconfig"
    trusting.write_text("[safe]\n\tdirectory = *\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(trusting))
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    assert found(repo.path).root == repo.path.resolve()


def test_sha256(repo: Repository, tmp_path: Path) -> None:
    """A repository with SHA-256 ids is refused by name, not misread."""
    repo.git("init", "--quiet", "--object-format=sha256", str(tmp_path / "new"))
    with pytest.raises(RecordError, match="sha256 ids"):
        GitRepo.find(tmp_path / "new")


@pytest.mark.parametrize("damage", ["HEAD", "objects", "empty"])
def test_damaged(repo: Repository, damage: str) -> None:
    """A ``.git`` that git doesn't recognise is an error: its record must not count as absent."""
    if damage == "empty":
        (repo.path / ".git").rename(repo.path / "was")
        (repo.path / ".git").mkdir()
    else:
        (repo.path / ".git" / damage).rename(repo.path / "was")
    with pytest.raises(RecordError, match="can't read the repository"):
        GitRepo.find(repo.path)


def test_a_dangling_git_file(repo: Repository) -> None:
    """A ``.git`` file that leads nowhere is an error in one sentence."""
    (repo.path / "sub").mkdir()
    (repo.path / "sub" / ".git").write_text("gitdir: /nowhere/at/all\n")
    with pytest.raises(RecordError, match=r"can't be used: not a git repository: /nowhere/at/all\."):
        GitRepo.find(repo.path / "sub")


def test_unreadable_configuration(repo: Repository) -> None:
    """A broken ``.git/config`` is an error in one sentence."""
    (repo.path / ".git" / "config").write_text("[core\n")
    with pytest.raises(RecordError, match="bad config line 1"):
        GitRepo.find(repo.path)


def test_a_folder_that_is_gone(tmp_path: Path) -> None:
    """A folder that doesn't exist is an error, not the current directory's repository."""
    with pytest.raises(RecordError, match="can't be used"):
        GitRepo.find(tmp_path / "nowhere")


def with_git(tmp_path: Path, script: str | None) -> str:
    """Return what a fresh process says that finds ``script`` (or nothing) as git."""
    if script is not None:
        (tmp_path / "git").write_text(f"#!/bin/sh\n{script}\n")
        (tmp_path / "git").chmod(0o755)
    code = (
        "import sys; from pathlib import Path; from reconciler.gitrepo.repo import GitRepo\n"
        "from reconciler.model.errors import RecordError\n"
        "try: GitRepo.find(Path(sys.argv[1]))\n"
        "except RecordError as error: print(error, error.help)"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    done = subprocess.run(command, env={"PATH": str(tmp_path)}, capture_output=True, text=True, check=True)
    return done.stdout


def test_without_git(tmp_path: Path) -> None:
    """Where git isn't installed, that is said."""
    assert with_git(tmp_path, None) == "Git is not installed, or can't be run. Install git 2.32 or newer.\n"


def test_old_git(tmp_path: Path) -> None:
    """A git that can't be kept from reading the user's configuration is refused."""
    assert with_git(tmp_path, "echo git version 2.20.1") == "Git 2.20.1 is too old. Install git 2.32 or newer.\n"


def test_a_program_that_only_looks_like_git(tmp_path: Path) -> None:
    """Something else of that name is an error too."""
    assert "can't be run" in with_git(tmp_path, "exit 3")
