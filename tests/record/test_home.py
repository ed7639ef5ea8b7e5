"""Where the record lives: beside the files, and from the day the folder is in a repository on its branch."""

from pathlib import Path

import pytest

from hand_made import plan_of
from program import Repository, environment
from reconciler.model.errors import RecordError
from reconciler.record.order import Order
from record.world import REF, Folder, a, create, desired

WWW, MX = "record/example.org/www/A", "record/example.org/mx/A"


@pytest.fixture
def grown(outside: Folder, tmp_path: Path) -> tuple[Folder, Repository]:
    """An account that was applied outside, and whose folder then became part of a repository."""
    outside.apply(create(WWW, a("www")))
    repo = Repository(outside.path, environment(tmp_path / "home"))
    repo.git("init", "--quiet")
    repo.write({".gitignore": ".reconciler/\n"})
    repo.commit("First")
    return outside, repo


def test_beside_the_files(outside: Folder) -> None:
    """Without a repository the record is a bare one in ``.reconciler``, made by the first write."""
    place = outside.path / ".reconciler" / "record.git"
    assert not place.exists()
    outside.apply(create(WWW, a("www")))
    assert Repository(place, {"PATH": "/usr/bin:/bin"}).git("rev-parse", "--is-bare-repository") == "true"


def test_on_the_branch(inside: Folder, repo: Repository) -> None:
    """In a repository it is a branch, and nothing else appears."""
    inside.apply(create(WWW, a("www")))
    assert repo.git("for-each-ref", "--format=%(refname)") == f"refs/heads/main\n{REF}"
    assert not (inside.path / ".reconciler").exists()


def test_read_before_it_moves(grown: tuple[Folder, Repository]) -> None:
    """Reading finds it where it is, and moves nothing: a plan needs no right to write."""
    folder, repo = grown
    assert set(folder.record.read().applied.state) == {WWW}
    assert "reconciler" not in repo.git("for-each-ref")


def test_it_moves_once(grown: tuple[Folder, Repository]) -> None:
    """The next write moves it onto the branch with its whole history; the old place is kept under another name."""
    folder, repo = grown
    folder.apply(create(MX, a("mx")))
    state = folder.record.read()
    assert (set(state.applied.state), state.applied.number) == ({WWW, MX}, 2)
    assert repo.git("rev-list", "--count", "--first-parent", REF) == "5"
    assert repo.git("fsck", "--strict", "--no-dangling") == ""
    assert [path.name[:6] for path in (folder.path / ".reconciler").iterdir()] == ["moved-"]
    folder.apply(create(MX, a("mx")))
    assert len(list((folder.path / ".reconciler").iterdir())) == 1


def test_order_after_the_move(grown: tuple[Folder, Repository]) -> None:
    """What was applied outside doesn't make the first commit look diverged."""
    folder, repo = grown
    last = folder.record.read().applied.config_commit
    assert folder.record.order(repo.git("rev-parse", "HEAD"), last) is Order.AHEAD


def test_loading_what_was_applied_before_the_move(grown: tuple[Folder, Repository], tmp_path: Path) -> None:
    """A snapshot from before, which holds the files at its top, can be loaded when the folder is a subfolder now."""
    old, _ = grown
    commit = old.record.read().applied.config_commit
    assert commit
    inner = tmp_path / "repo" / "k1"
    inner.parent.mkdir()
    old.path.rename(inner)
    repo = Repository(inner.parent, environment(tmp_path / "home"))
    (inner / ".git").rename(inner.parent / ".git")
    repo.commit("Moved")
    git, found, below = Folder(inner).record.files_of(commit)
    assert "account.yaml" in git.entries(found, below)
    assert Folder(inner).record.files_of(repo.git("rev-parse", "HEAD"))[2] == "k1"


def test_a_pending_apply_moves_with_it(outside: Folder, tmp_path: Path) -> None:
    """An apply that is under way when the folder becomes a repository is still the lock, and ends there."""
    intent = outside.begin(plan_of(create(WWW, a("www"))))
    repo = Repository(outside.path, environment(tmp_path / "home"))
    repo.git("init", "--quiet")
    assert outside.record.read().pending is not None
    outside.record.finish(intent, (), (), desired(), outside.clock)
    assert outside.record.read().pending is None
    assert repo.git("rev-parse", REF) == outside.record.read().applied.head


def test_a_move_that_was_interrupted(grown: tuple[Folder, Repository]) -> None:
    """A move that stopped after the branch was made is finished by the next write, without a second record."""
    folder, repo = grown
    home = folder.record.home
    own = home.readable()
    assert own and home.around
    head = own.read_ref(REF)
    assert head
    home.around.copy_from(own, head)
    home.around.update_ref(REF, head, None)
    assert set(folder.record.read().applied.state) == {WWW}
    folder.apply(create(MX, a("mx")))
    assert not home.outside.exists()
    assert repo.git("rev-list", "--count", "--first-parent", REF) == "5"


def test_two_records(grown: tuple[Folder, Repository], tmp_path: Path) -> None:
    """Where the folder has one record and the branch another, neither is believed."""
    folder, repo = grown
    other = Folder(tmp_path / "other")
    other.path.mkdir()
    foreign = Repository(other.path, repo.env)
    foreign.git("init", "--quiet")
    foreign.commit("Begin", {"account.yaml": "x: y\n"})
    other.apply(create(MX, a("mx")))
    repo.git("fetch", "--quiet", str(other.path), f"{REF}:{REF}")
    with pytest.raises(RecordError, match="There are two records"):
        folder.record.read()
    with pytest.raises(RecordError, match="There are two records"):
        folder.apply(create(MX, a("mx")))


def test_an_empty_place(grown: tuple[Folder, Repository]) -> None:
    """A bare repository that never held a record stands in nobody's way."""
    folder, repo = grown
    own = folder.record.home.readable()
    assert own
    Repository(own.git_dir, repo.env).git("update-ref", "-d", REF)
    assert folder.record.read().applied.state == {}
    assert folder.apply(create(MX, a("mx"))).number == 1
    assert (folder.path / ".reconciler" / "unused.git").exists()


def test_kept_out_of_git(inside: Folder, repo: Repository) -> None:
    """Our own files never show up as untracked, whatever their names and wherever the folder lies."""
    account = Folder(inside.path / "kunden [x]" / "k!1 ")
    names = ("account.db", "#odd *name?.db", "a\\b.db")
    account.path.mkdir(parents=True)
    for name in names:
        (account.path / name).write_text("x")
    (account.path / ".reconciler").mkdir()
    (account.path / ".reconciler" / "x").write_text("x")
    (inside.path / "account.db").write_text("x")
    account.record.keep_out_of_git(*names)
    assert repo.git("status", "--porcelain", "--untracked-files=all") == "?? account.db"


def test_kept_out_outside(outside: Folder) -> None:
    """Without a repository there is nothing to keep them out of."""
    outside.record.keep_out_of_git("account.db")
    assert sorted(path.name for path in outside.path.iterdir()) == ["account.yaml", "mail.yaml"]


def test_in_a_second_work_tree(inside: Folder, repo: Repository, tmp_path: Path) -> None:
    """Every work tree of a repository sees the same record."""
    inside.apply(create(WWW, a("www")))
    repo.git("worktree", "add", "--quiet", str(tmp_path / "second"), "-b", "other")
    second = Folder(tmp_path / "second")
    assert set(second.record.read().applied.state) == {WWW}
    second.clock.nonces = 99
    second.apply(create(MX, a("mx")))
    assert set(inside.record.read().applied.state) == {WWW, MX}


def test_in_a_submodule(inside: Folder, repo: Repository, tmp_path: Path) -> None:
    """An account in a submodule has its record on the submodule's own remote."""
    outer = Repository(tmp_path / "outer", repo.env)
    outer.path.mkdir()
    outer.git("init", "--quiet")
    outer.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(repo.path), "sub")
    account = Folder(outer.path / "sub")
    account.apply(create(WWW, a("www")))
    assert repo.git("rev-parse", "--verify", REF) == account.record.read().applied.head
    assert "reconciler" not in outer.git("for-each-ref")
