"""Shallow clones answer as full ones do, and fetch no more of the history than the answer needs."""

from pathlib import Path

import pytest

from program import Repository
from reconciler.gitrepo.remote import Remote as Named
from reconciler.gitrepo.repo import GitRepo
from reconciler.gitrepo.shallow import bring, contains, merge_base, newer_of
from reconciler.model.errors import RecordError
from remotes import Remote, path_remote


def grown(repo: Repository, count: int) -> list[str]:
    """Add so many commits and return their ids, oldest first."""
    tree = repo.git("write-tree")
    ids: list[str] = []
    for number in range(count):
        parent = ("-p", ids[-1]) if ids else ()
        ids.append(repo.git("commit-tree", tree, *parent, "-m", str(number)))
    repo.git("reset", "--quiet", "--hard", ids[-1])
    return ids


@pytest.fixture
def history(repo: Repository, tmp_path: Path) -> tuple[Remote, list[str]]:
    """A remote whose main branch has forty commits."""
    ids = grown(repo, 40)
    return path_remote(repo, tmp_path / "origin.git"), ids


def shallow(origin: Remote, tmp_path: Path, *options: str) -> tuple[GitRepo, Named]:
    """Return a clone of depth 1 and its origin."""
    clone = Remote(f"file://{origin.url}", origin.bare).clone(tmp_path / "shallow", "--depth=1", *options)
    found = GitRepo.find(clone.path)
    assert found is not None and found.is_shallow()
    return found, Named(found, "origin")


def depth(git: GitRepo) -> int:
    """Return how many commits of HEAD's history are here."""
    return int(git.ask("rev-list", "--count", "HEAD"))


def test_near(history: tuple[Remote, list[str]], tmp_path: Path) -> None:
    """A near ancestor costs one step."""
    git, remote = shallow(history[0], tmp_path)
    ids = history[1]
    assert contains(git, remote, ids[-1], ids[-1])
    assert depth(git) == 1
    assert contains(git, remote, ids[-5], ids[-1])
    assert depth(git) == 17


def test_far_and_never(history: tuple[Remote, list[str]], tmp_path: Path) -> None:
    """A far one costs a few; what isn't contained is only known with the whole history."""
    git, remote = shallow(history[0], tmp_path)
    ids = history[1]
    assert contains(git, remote, ids[0], ids[-1])
    assert not contains(git, remote, "1" * 40, ids[-1])
    assert depth(git) == 40


def test_which_is_newer(history: tuple[Remote, list[str]], tmp_path: Path) -> None:
    """The older one is fetched by its id, and the answer is found from whichever side is near."""
    git, remote = shallow(history[0], tmp_path)
    ids = history[1]
    assert newer_of(git, remote, ids[-3], ids[-1]) == ids[-1]
    assert newer_of(git, remote, ids[-1], ids[-4]) == ids[-1]
    assert depth(git) == 19


def test_the_base_of_two_lines(repo: Repository, history: tuple[Remote, list[str]], tmp_path: Path) -> None:
    """The base is the one that a full clone finds, through a merge too."""
    origin, ids = history
    repo.git("checkout", "--quiet", "-b", "side", ids[-10])
    side = [repo.commit(f"side {n}") for n in range(3)]
    repo.git("checkout", "--quiet", "main")
    repo.git("merge", "--quiet", "--no-edit", side[0])
    repo.git("push", "--quiet", "origin", "main", "side")
    git, remote = shallow(origin, tmp_path)
    merged = repo.git("rev-parse", "main")
    assert merge_base(git, remote, merged, side[-1]) == side[0] == repo.git("merge-base", "main", "side")
    assert newer_of(git, remote, side[-1], merged) is None


def test_unrelated(repo: Repository, history: tuple[Remote, list[str]], tmp_path: Path) -> None:
    """Histories that never met have no base."""
    repo.git("checkout", "--quiet", "--orphan", "other")
    other = repo.commit("other")
    repo.git("push", "--quiet", "origin", "other")
    git, remote = shallow(history[0], tmp_path)
    assert merge_base(git, remote, history[1][-1], other) is None


def test_nothing_is_cut_shorter(history: tuple[Remote, list[str]], tmp_path: Path) -> None:
    """In a full clone a commit is fetched with its history, and the clone stays full."""
    clone = history[0].clone(tmp_path / "full")
    git = GitRepo.find(clone.path)
    assert git is not None
    tip = history[0].bare.git("commit-tree", "-p", history[1][-1], "-m", "new", f"{history[1][-1]}^{{tree}}")
    history[0].bare.git("update-ref", "refs/heads/new", tip)
    assert Named(git, "origin").fetch("refs/heads/new") == tip
    assert not git.is_shallow()
    assert contains(git, None, history[1][0], tip)


def test_without_a_remote(history: tuple[Remote, list[str]], tmp_path: Path) -> None:
    """Where nobody can be asked, the error says what to do."""
    git, _ = shallow(history[0], tmp_path)
    for question in (contains, newer_of, merge_base):
        with pytest.raises(RecordError) as caught:
            question(git, None, history[1][0], history[1][-1])
        assert "git fetch --unshallow" in caught.value.help


def test_a_remote_that_is_shallow_itself(history: tuple[Remote, list[str]], tmp_path: Path) -> None:
    """A remote that lacks the history is named instead of asked for ever."""
    middle = tmp_path / "middle.git"
    url = f"file://{history[0].url}"
    Remote(url, history[0].bare).clone(middle, "--bare", "--depth=2")
    git, remote = shallow(Remote(str(middle), history[0].bare), tmp_path)
    with pytest.raises(RecordError, match="more history than origin has"):
        contains(git, remote, history[1][0], history[1][-1])


def test_a_commit_that_nobody_has(history: tuple[Remote, list[str]], tmp_path: Path) -> None:
    """An id that the remote doesn't know is an error."""
    git, remote = shallow(history[0], tmp_path)
    with pytest.raises(RecordError, match="can't be fetched from"):
        bring(git, remote, ["1" * 40])
