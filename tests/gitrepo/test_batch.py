"""Questions about objects and names are answered by one process, which never answers one question for another."""

import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from program import Repository
from reconciler.gitrepo.batch import Batch
from reconciler.gitrepo.process import Process
from reconciler.gitrepo.repo import GitRepo
from reconciler.model.errors import RecordError


@pytest.fixture
def git(repo: Repository) -> GitRepo:
    """A repository with two commits and some files, one of them in a folder of a folder."""
    repo.commit("One", {"a": "1", "b/c/d.yaml": "2", "b/e": "3"})
    repo.commit("Two", {"a": "4", "b-c": "5", "ü b": "6"})
    found = GitRepo.find(repo.path)
    assert found is not None
    return found


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[], list[str]]:
    """Return what tells which git commands were started since this was asked for."""
    log, place = tmp_path / "started", tmp_path / "bin"
    place.mkdir()
    real = next(path for folder in os.environ["PATH"].split(":") if (path := Path(folder) / "git").exists())
    (place / "git").write_text(f'#!/bin/sh\necho "$*" >> {log}\nexec {real} "$@"\n')
    (place / "git").chmod(0o755)
    monkeypatch.setenv("PATH", f"{place}:{os.environ['PATH']}")
    return lambda: log.read_text().splitlines() if log.exists() else []


def process_of(git: GitRepo) -> Process:
    """Return the process that answers for a repository."""
    assert git.batch._program is not None
    return git.batch._program.process


def test_one_process_answers_all(git: GitRepo, started: Callable[[], list[str]]) -> None:
    """However much is asked about refs, commits, trees and blobs, git is started once."""
    head = git.head()
    assert head == git.resolve("HEAD") == git.resolve(str(head)) == git.read_ref("refs/heads/main")
    entries = git.entries(head)
    assert git.read_file(head, "b/c", "d.yaml") == b"2"
    assert sorted(git.read_blobs(blob for _, blob in entries.values()).values()) == [b"2", b"3", b"4", b"5", b"6"]
    assert git.commit(head).message == "Two\n"
    assert [line.split()[-2:] for line in started()] == [["cat-file", "--batch"]]


def test_what_is_new_is_seen(git: GitRepo, repo: Repository) -> None:
    """What is written while the process runs, by whomever, is there when it is asked for next."""
    before = git.head()
    made = repo.commit("Three", {"f": "7"})
    assert (git.head(), git.entries(made)["f"][0]) == (made, "100644")
    repo.git("gc", "--quiet")
    assert git.commit(str(before)).message == "Two\n"
    repo.git("update-ref", "refs/heads/other", made)
    assert git.read_ref("refs/heads/other") == made


def test_entries_are_those_of_git(git: GitRepo, repo: Repository) -> None:
    """Files are listed as ``git ls-tree -r`` lists them: mode, id and path, sorted, links and modules too."""
    (repo.path / "link").symlink_to("a")
    (repo.path / "run").write_text("#!/bin/sh\n")
    (repo.path / "run").chmod(0o755)
    before = repo.commit("Links", {"b/z/é": "8"})
    repo.git("update-index", "--add", "--cacheinfo", f"160000,{before},module")
    repo.git("commit", "--quiet", "--message=Module")
    made = str(git.head())
    listed = repo.git("-c", "core.quotePath=false", "ls-tree", "-r", made).splitlines()
    rows = [(head.split()[0], head.split()[2], path) for head, _, path in (line.partition("\t") for line in listed)]
    assert [(mode, oid, path) for path, (mode, oid) in git.entries(made).items()] == rows
    assert {row[0] for row in rows} == {"120000", "160000", "100755", "100644"}
    assert list(git.entries(made, "b")) == ["c/d.yaml", "e", "z/é"]
    assert git.entries(made, "b/missing") == git.entries(made, "a") == {}


def test_it_begins_anew_when_it_was_ended(git: GitRepo) -> None:
    """An interrupt ends the process, too; the next question starts another one."""
    head = git.head()
    first = process_of(git)
    first.kill()
    first.wait()
    assert git.head() == head
    assert process_of(git) is not first


def test_half_an_answer_is_no_answer(git: GitRepo, monkeypatch: pytest.MonkeyPatch) -> None:
    """When reading an answer is interrupted, its rest isn't taken for the next one."""
    head = git.head()
    answers = git.batch._program.answers if git.batch._program else None
    assert answers is not None
    process = process_of(git)
    monkeypatch.setattr("reconciler.gitrepo.batch._answer", lambda _: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        git.commit(str(head))
    monkeypatch.undo()
    assert process.returncode is not None
    assert git.commit(str(head)).message == "Two\n"


def test_a_fork_asks_a_process_of_its_own(git: GitRepo) -> None:
    """Parent and child never read each other's answers."""
    head, owner = git.head(), process_of(git)
    child = os.fork()
    if child == 0:
        own = git.head() == head and process_of(git) is not owner
        os._exit(0 if own else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert git.head() == head
    assert process_of(git) is owner


def test_several_threads(git: GitRepo) -> None:
    """Each thread gets the answer to its own question."""
    blobs = git.read_blobs(blob for _, blob in git.entries(str(git.head())).values())
    wrong = list[str]()

    def ask(blob: str) -> None:
        wrong.extend(blob for _ in range(50) if git.read_blobs([blob]) != {blob: blobs[blob]})

    threads = [threading.Thread(target=ask, args=(blob,)) for blob in blobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_it_ends_with_its_repository(git: GitRepo) -> None:
    """Nothing goes on when nobody can ask any more."""
    batch = Batch()
    assert next(batch.read(git.git_dir, ["HEAD"])) is not None
    assert batch._program is not None
    process = batch._program.process
    assert process.poll() is None
    del batch
    assert process.returncode == 0


@pytest.mark.parametrize(
    "name",
    ["", " ", "HEAD missing", "HEAD\nHEAD", "-x", "--batch", "HEAD:nothing", "main..main", "ü", "a" * 5000, "\t"],
)
def test_odd_names(git: GitRepo, name: str) -> None:
    """Whatever a person writes names a commit or nothing, and the next answer is about the next question."""
    assert git.resolve(name) is None
    assert git.commit(str(git.head())).message == "Two\n"


def test_many_questions(git: GitRepo) -> None:
    """More questions than a pipe holds are answered, each once and in their order."""
    head = str(git.head())
    found = list(git.batch.read(git.git_dir, [head, "0" * 40] * 3000))
    assert [one and one.id for one in found] == [head, None] * 3000


def test_a_repository_that_is_gone(git: GitRepo, repo: Repository) -> None:
    """Where git can't run any more it says why, in an error of reading."""
    head = str(git.head())
    process_of(git).kill()
    (repo.path / ".git").rename(repo.path / "moved")
    with pytest.raises(RecordError, match="can't be read or written"):
        git.commit(head)
