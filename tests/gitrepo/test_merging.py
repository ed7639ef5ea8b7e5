"""The merge result is what git itself would merge, made without writing anything and without running anything."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from program import Repository, run
from reconciler.gitrepo import merging
from reconciler.gitrepo.merging import merge_ends, merged_tree
from reconciler.gitrepo.repo import GitRepo
from reconciler.model.errors import DiagnosticsError, RecordError
from remotes import Remote, path_remote

LINES = "".join(f"line {number}\n" for number in range(20))


def changed(number: int, text: str) -> str:
    """Return the file with one line replaced."""
    return LINES.replace(f"line {number}\n", f"{text}\n")


def diverge(repo: Repository, base: dict[str, str], head: dict[str, str]) -> None:
    """Commit files on main, and others on a branch ``pr`` from the commit before, which is then checked out."""
    repo.git("checkout", "--quiet", "-b", "pr")
    repo.commit("Head", head)
    repo.git("checkout", "--quiet", "main")
    repo.commit("Base", base)
    repo.git("checkout", "--quiet", "pr")


def fast_forward(repo: Repository) -> None:
    repo.git("checkout", "--quiet", "-b", "pr")
    repo.commit("Head", {"a.yaml": "a: 2\n", "new/b.yaml": "b: 1\n"})


def merged_already(repo: Repository) -> None:
    repo.git("branch", "pr")
    repo.commit("Base", {"a.yaml": "a: 2\n"})
    repo.git("checkout", "--quiet", "pr")


def both_sides(repo: Repository) -> None:
    diverge(repo, {"lines.yaml": changed(3, "base"), "base.yaml": "x"}, {"lines.yaml": changed(15, "head")})


def renamed(repo: Repository) -> None:
    """The branch renames what the base changes."""
    repo.git("checkout", "--quiet", "-b", "pr")
    repo.git("mv", "lines.yaml", "moved.yaml")
    repo.commit("Head")
    repo.git("checkout", "--quiet", "main")
    repo.commit("Base", {"lines.yaml": changed(3, "base")})
    repo.git("checkout", "--quiet", "pr")


def deleted(repo: Repository) -> None:
    repo.git("checkout", "--quiet", "-b", "pr")
    repo.git("rm", "--quiet", "a.yaml")
    repo.commit("Head")
    repo.git("checkout", "--quiet", "main")
    repo.commit("Base", {"lines.yaml": changed(3, "base")})
    repo.git("checkout", "--quiet", "pr")


def criss_cross(repo: Repository) -> None:
    """Each side has merged the other's first commit, so that there are two best common ancestors."""
    diverge(repo, {"lines.yaml": changed(3, "base")}, {"lines.yaml": changed(10, "head")})
    repo.git("tag", "one")
    repo.git("merge", "--quiet", "--no-edit", "main")
    repo.git("checkout", "--quiet", "main")
    repo.git("merge", "--quiet", "--no-edit", "one")
    repo.commit("Base again", {"b.yaml": "b: 1\n"})
    repo.git("checkout", "--quiet", "pr")
    repo.commit("Head again", {"c.yaml": "c: 1\n"})


def link_and_mode(repo: Repository) -> None:
    """What isn't a plain file comes along as it is; the loader refuses it."""
    repo.git("checkout", "--quiet", "-b", "pr")
    (repo.path / "link.yaml").symlink_to("a.yaml")
    (repo.path / "a.yaml").chmod(0o755)
    repo.commit("Head")
    repo.git("checkout", "--quiet", "main")
    repo.commit("Base", {"b.yaml": "b: 1\n"})
    repo.git("checkout", "--quiet", "pr")


HISTORIES = [fast_forward, merged_already, both_sides, renamed, deleted, criss_cross, link_and_mode]


def tree_of(repo: Repository) -> tuple[str, dict[str, tuple[str, str]]]:
    git, merge = merge_ends(repo.path, "main")
    with merged_tree(git, merge.base, merge.head, "") as merged:
        return merged.tree, merged.repo.entries(merged.tree)


def objects(repo: Repository) -> set[str]:
    return {str(path) for path in (repo.path / ".git" / "objects").rglob("*")}


@pytest.mark.parametrize("make", HISTORIES)
def test_the_tree_is_the_one_that_git_merges(repo: Repository, make: Callable[[Repository], None]) -> None:
    """Fast-forward, rename, deletion, criss-cross: the same tree to the byte, and no object, branch or file more."""
    repo.commit("Begin", {"a.yaml": "a: 1\n", "lines.yaml": LINES})
    make(repo)
    before = objects(repo), repo.git("for-each-ref"), repo.git("status", "--porcelain")
    tree, entries = tree_of(repo)
    assert (objects(repo), repo.git("for-each-ref"), repo.git("status", "--porcelain")) == before
    assert entries
    repo.git("checkout", "--quiet", "main")
    repo.git("merge", "--quiet", "--no-edit", "pr")
    assert tree == repo.git("rev-parse", "HEAD^{tree}")


def conflicts(repo: Repository, folder: str = "") -> list[tuple[str, str]]:
    git, merge = merge_ends(repo.path, "main")
    with pytest.raises(DiagnosticsError) as caught, merged_tree(git, merge.base, merge.head, folder):
        pass
    assert {found.code for found in caught.value.diagnostics} == {"merge-conflict"}
    return [(f"{found.span}", found.detail) for found in caught.value.diagnostics]


def test_conflicts_name_file_and_line(repo: Repository) -> None:
    """All of them at once, by the line that the branch's own file has, which the base's lines above don't shift."""
    repo.commit("Begin", {"a.yaml": "a: 1\n", "account/lines.yaml": LINES, "gone.yaml": LINES})
    more = changed(1, "one\ntwo\nthree").replace("line 12\n", "base\n")
    diverge(repo, {"account/lines.yaml": more, "a.yaml": "a: 2\n"}, {"account/lines.yaml": changed(12, "head")})
    repo.git("rm", "--quiet", "a.yaml")
    repo.commit("Gone")
    assert conflicts(repo) == [
        ("a.yaml:1:1", "a.yaml was deleted on the branch and changed on the base."),
        ("account/lines.yaml:13:1", "account/lines.yaml was changed on both sides in the same place."),
    ]
    assert [place for place, _ in conflicts(repo, "account")] == ["../a.yaml:1:1", "lines.yaml:13:1"]


def test_every_place_of_a_file_is_named(repo: Repository) -> None:
    """Several conflicts in one file are one diagnostic with several places."""
    repo.commit("Begin", {"lines.yaml": LINES})
    two = [changed(3, side).replace("line 15\n", f"{side} too\n") for side in ("base", "head")]
    diverge(repo, {"lines.yaml": two[0]}, {"lines.yaml": two[1]})
    git, merge = merge_ends(repo.path, "main")
    with pytest.raises(DiagnosticsError) as caught, merged_tree(git, merge.base, merge.head, ""):
        pass
    (found,) = caught.value.diagnostics
    assert [place.line for place in (found.span, *found.related) if place] == [4, 16]


@pytest.mark.parametrize("kind", ["submodule", "binary", "added", "folder"])
def test_conflicts_of_other_sorts(repo: Repository, kind: str) -> None:
    """Submodules, binary files, files added twice, and a file against a folder: named, without a line."""
    repo.commit("Begin", {"a.yaml": "a: 1\n"})
    sides = {"binary": ({"x": "\0base"}, {"x": "\0head"}), "added": ({"x": "base\n"}, {"x": "head\n"})}
    if kind == "folder":
        diverge(repo, {"x": "base\n"}, {"x/y.yaml": "head\n"})
    elif kind == "submodule":
        diverge(repo, {"b": "1"}, {"c": "1"})
        ids = repo.git("rev-parse", "main", "pr").split()
        for branch, commit in zip(("main", "pr"), ids, strict=True):
            repo.git("checkout", "--quiet", branch)
            repo.git("update-index", "--add", "--cacheinfo", f"160000,{commit},x")
            repo.git("commit", "--quiet", "-m", "A submodule")
    else:
        diverge(repo, *sides[kind])
    ((place, detail),) = conflicts(repo)
    assert place.startswith("x") and place.endswith(":1:1")
    assert detail.startswith("x")


@pytest.mark.parametrize("attributes", [".gitattributes", ".git/info/attributes"])
def test_no_merge_driver_runs(repo: Repository, tmp_path: Path, attributes: str) -> None:
    """Neither a driver of the local configuration nor one that an attribute asks for takes part."""
    repo.commit("Begin", {"lines.yaml": LINES})
    diverge(repo, {"lines.yaml": changed(3, "base")}, {"lines.yaml": changed(15, "head")})
    trace = tmp_path / "ran"
    repo.git("config", "merge.x.driver", f"touch {trace}")
    repo.git("config", "merge.default", "x")
    repo.git("config", "merge.renames", "false")
    repo.write({attributes: "* merge=x filter=x text eol=crlf\n"})
    _, entries = tree_of(repo)
    assert not trace.exists()
    assert set(entries) == {"lines.yaml"}
    repo.git("merge-tree", "--write-tree", "main", "pr")
    assert trace.exists()


def test_the_trap_of_union_merges(repo: Repository) -> None:
    """``merge=union`` would join what conflicts without asking anybody; here it stays a conflict."""
    repo.commit("Begin", {"lines.yaml": LINES, ".gitattributes": "*.yaml merge=union\n"})
    diverge(repo, {"lines.yaml": changed(3, "base")}, {"lines.yaml": changed(3, "head")})
    assert [place for place, _ in conflicts(repo)] == ["lines.yaml:4:1"]


@pytest.mark.parametrize("ref", ["no-such", "--upload-pack=x", "-h", "", "a\0b", "main:a.yaml", "main..pr", ":/x"])
def test_a_base_that_is_no_commit(repo: Repository, ref: str) -> None:
    """Whatever is no name of a commit is refused in one sentence, and never taken for an option."""
    repo.commit("Begin", {"a.yaml": "a: 1\n"})
    with pytest.raises(RecordError, match="There is no commit"):
        merge_ends(repo.path, ref)


def test_nothing_to_merge(repo: Repository, tmp_path: Path) -> None:
    """Outside a repository, in a bare one and before the first commit there is nothing to plan."""
    with pytest.raises(RecordError, match="no git repository"):
        merge_ends(tmp_path, "main")
    with pytest.raises(RecordError, match="Nothing is committed"):
        merge_ends(repo.path, "main")
    GitRepo.init_bare(tmp_path / "bare.git")
    with pytest.raises(RecordError, match="no git repository"):
        merge_ends(tmp_path / "bare.git", "main")


def test_strangers(repo: Repository) -> None:
    """Two histories without a common commit are refused as git refuses them."""
    repo.commit("Begin", {"a.yaml": "a: 1\n"})
    repo.git("checkout", "--quiet", "--orphan", "pr")
    repo.commit("Another beginning", {"a.yaml": "a: 2\n"})
    with pytest.raises(RecordError, match="no common history"):
        tree_of(repo)


def test_a_worktree_of_its_own(repo: Repository, tmp_path: Path) -> None:
    """A second work tree shares its objects with the first, and a folder's name may be odd."""
    repo.commit("Begin", {"lines.yaml": LINES})
    diverge(repo, {"lines.yaml": changed(3, "base")}, {"lines.yaml": changed(15, "head")})
    repo.git("checkout", "--quiet", "main")
    other = tmp_path / 'od:d "name"'
    repo.git("worktree", "add", "--quiet", str(other), "pr")
    git, merge = merge_ends(other, "main")
    with merged_tree(git, merge.base, merge.head, "") as merged:
        assert set(merged.repo.entries(merged.tree)) == {"lines.yaml"}


def test_a_git_that_is_too_old(repo: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    """Git before 2.38 can't plan a merge, and the message says what to do."""
    repo.commit("Begin", {"a.yaml": "a: 1\n"})
    monkeypatch.setattr(merging, "git_version", lambda: (2, 37, 9))
    with pytest.raises(RecordError, match=r"Git 2\.37\.9 can't plan a merge"):
        tree_of_head(repo)


def tree_of_head(repo: Repository) -> None:
    git, merge = merge_ends(repo.path, "main")
    with merged_tree(git, merge.base, merge.head, ""):
        pass


def test_it_needs_no_right_to_write(repo: Repository, tmp_path: Path) -> None:
    """A clone that can only be read is enough."""
    repo.commit("Begin", {"lines.yaml": LINES})
    diverge(repo, {"lines.yaml": changed(3, "base")}, {"lines.yaml": changed(15, "head")})
    run(["chmod", "-R", "a-w", ".git"], repo.path, os.environ)
    try:
        assert tree_of(repo)[1]
    finally:
        run(["chmod", "-R", "u+w", ".git"], repo.path, os.environ)


def grown(repo: Repository, count: int) -> None:
    """Let the branch that is checked out get older by so many commits."""
    for number in range(count):
        repo.commit(f"Number {number}")


@pytest.mark.parametrize("make", [both_sides, criss_cross, renamed])
def test_shallow_clones_merge_as_full_ones(
    repo: Repository, tmp_path: Path, make: Callable[[Repository], None]
) -> None:
    """A clone of depth 1 fetches as much history as the merge needs, no more, and gives the same tree."""
    repo.commit("Begin", {"a.yaml": "a: 1\n", "lines.yaml": LINES})
    grown(repo, 60)
    make(repo)
    tree, _ = tree_of(repo)
    origin = path_remote(repo, tmp_path / "origin.git")
    repo.git("push", "--quiet", "origin", "main")
    clone = Remote(f"file://{origin.url}", origin.bare).clone(tmp_path / "clone", "--depth=1", "--branch=pr")
    clone.git("fetch", "--quiet", "--depth=1", "origin", "main:refs/remotes/origin/main")
    git, merge = merge_ends(clone.path, "origin/main")
    with merged_tree(git, merge.base, merge.head, "") as merged:
        assert merged.tree == tree
    assert git.is_shallow()
    assert int(clone.git("rev-list", "--count", "HEAD")) < 40


def test_a_shallow_clone_without_its_remote(repo: Repository, tmp_path: Path) -> None:
    """Where the history can't be fetched, the merge isn't guessed."""
    repo.commit("Begin", {"lines.yaml": LINES})
    both_sides(repo)
    origin = path_remote(repo, tmp_path / "origin.git")
    repo.git("push", "--quiet", "origin", "main")
    clone = Remote(f"file://{origin.url}", origin.bare).clone(tmp_path / "clone", "--depth=1", "--branch=pr")
    clone.git("fetch", "--quiet", "--depth=1", "origin", "main:refs/remotes/origin/main")
    clone.git("remote", "remove", "origin")
    clone.git("update-ref", "refs/heads/main", origin.ref("refs/heads/main"))
    with pytest.raises(RecordError, match="shallow"):
        tree_of_head(clone)
