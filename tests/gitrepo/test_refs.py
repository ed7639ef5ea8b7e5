"""Moving one branch: by compare-and-swap, under a name that is one."""

import subprocess
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from program import Repository
from reconciler.gitrepo.objects import check_ref
from reconciler.gitrepo.repo import GitRepo
from reconciler.model.errors import RecordError

REF = "refs/heads/reconciler/K-1"


@pytest.fixture
def git(repo: Repository) -> GitRepo:
    """The repository as we open it, with two commits."""
    repo.commit("One", {"a": "1"})
    repo.commit("Two", {"a": "2"})
    opened = GitRepo.find(repo.path)
    assert opened is not None
    return opened


def commits(git: GitRepo) -> tuple[str, str]:
    """Return the older and the newer commit."""
    one, two = git.resolve("HEAD~1"), git.head()
    assert one and two
    return one, two


def test_compare_and_swap(git: GitRepo) -> None:
    """A branch moves only from where it is thought to be; None means that it must not exist."""
    one, two = commits(git)
    assert not git.update_ref(REF, one, two)
    assert git.update_ref(REF, one, None)
    assert not git.update_ref(REF, two, None)
    assert not git.update_ref(REF, two, two)
    assert git.read_ref(REF) == one
    assert git.update_ref(REF, two, one)
    assert git.read_ref(REF) == two


def test_only_one_wins(git: GitRepo) -> None:
    """Of many that move a branch at once exactly one does."""
    one, two = commits(git)
    for old, new in ((None, one), (one, two), (two, one)):
        with ThreadPoolExecutor(16) as pool:
            wins = list(pool.map(lambda _, old=old, new=new: git.update_ref(REF, new, old), range(16)))
        assert wins.count(True) == 1


def test_a_lock_that_stays(repo: Repository, git: GitRepo) -> None:
    """A lock file left by a killed git is waited for, then told with its place."""
    one, _ = commits(git)
    lock = repo.path / ".git" / f"{REF}.lock"
    lock.parent.mkdir(parents=True)
    lock.touch()
    with pytest.raises(RecordError, match=r"The branch reconciler/K-1 can't be moved.*K-1\.lock': File exists"):
        git.update_ref(REF, one, None)


def test_a_branch_in_the_way(repo: Repository, git: GitRepo) -> None:
    """A branch ``reconciler`` leaves no room for ``reconciler/K-1``; that is said."""
    one, _ = commits(git)
    repo.git("branch", "reconciler")
    with pytest.raises(RecordError, match="'refs/heads/reconciler' exists"):
        git.update_ref(REF, one, None)


@pytest.mark.parametrize("content", ["", "garbage\n"])
def test_a_broken_ref(repo: Repository, git: GitRepo, content: str) -> None:
    """A ref that holds nonsense is an error, not a ref that doesn't exist."""
    path = repo.path / ".git" / REF
    path.parent.mkdir(parents=True)
    path.write_text(content)
    with pytest.raises(RecordError, match="can't be read"):
        git.read_ref(REF)


def test_a_ref_to_nowhere(repo: Repository, git: GitRepo) -> None:
    """A ref whose commit is gone still holds its id; whoever reads the commit learns that it is missing."""
    path = repo.path / ".git" / REF
    path.parent.mkdir(parents=True)
    path.write_text("1" * 40 + "\n")
    assert git.read_ref(REF) == "1" * 40
    with pytest.raises(RecordError, match="is missing"):
        git.commit("1" * 40)


def test_packed_refs(repo: Repository, git: GitRepo) -> None:
    """A packed branch is read and moved as a loose one."""
    one, two = commits(git)
    git.update_ref(REF, one, None)
    repo.git("pack-refs", "--all")
    assert git.read_ref(REF) == one
    assert git.update_ref(REF, two, one)


def test_before_the_first_commit(tmp_path_factory: pytest.TempPathFactory) -> None:
    """A new repository has no head, which is no error."""
    assert GitRepo.init_bare(tmp_path_factory.mktemp("new") / "r.git").head() is None


def test_a_detached_head(repo: Repository, git: GitRepo) -> None:
    """What is checked out counts, on a branch or not."""
    one, _ = commits(git)
    repo.git("checkout", "--quiet", one)
    assert git.head() == one


@pytest.mark.parametrize(
    "rev", ["nope", "-x", "--all", "HEAD~99", "@{-1}", "a b", "", "x\0y", "HEAD:a", "--output=/tmp/x"]
)
def test_revisions_that_name_no_commit(git: GitRepo, rev: str) -> None:
    """A revision that names no commit is None, however it is spelt, and never an option."""
    assert git.resolve(rev) is None


def test_revisions(repo: Repository, git: GitRepo) -> None:
    """Whatever git understands names a commit: branches, tags, short ids, relations."""
    one, two = commits(git)
    repo.git("tag", "-a", "v1", "-m", "Tag", one)
    assert [git.resolve(rev) for rev in ("main", "HEAD^", "v1", two[:10])] == [two, one, one, two]


def is_a_ref(name: str) -> bool:
    """Return git's own judgement."""
    return subprocess.run(["git", "check-ref-format", name], check=False).returncode == 0


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(alphabet="ab/.@{}~^:?*[\\ -\x7f\x01é", min_size=1, max_size=8))
def test_names_of_refs(rest: str) -> None:
    """A name that we take is one that git takes; all that we refuse beyond is a part that begins with a hyphen."""
    name = f"refs/heads/{rest}"
    try:
        check_ref(name)
    except RecordError:
        assert not is_a_ref(name) or "/-" in name
    else:
        assert is_a_ref(name)


@pytest.mark.parametrize(
    "name", ["HEAD", "main", "refs/x", "refs/heads/", "refs/heads/x.lock", "refs/heads/x.lock/y", "-x"]
)
def test_what_is_no_full_name(git: GitRepo, name: str) -> None:
    """Only a full and valid name reaches git as a ref to move."""
    with pytest.raises(RecordError, match="can't be a branch"):
        git.update_ref(name, "1" * 40, None)
