"""Which files belong to an account, in the work tree and in any commit."""

import os
from pathlib import Path

import pytest

from load.written import ACCOUNT, account, codes, errors, load, the_error
from program import Repository
from reconciler.gitrepo.objects import blob_id
from reconciler.gitrepo.repo import GitRepo
from reconciler.load.account_file import same_accounts
from reconciler.load.desired import load_desired
from reconciler.load.files import covers
from reconciler.load.tree import ChangedTree, CommitTree, WorkTree
from reconciler.model.errors import DiagnosticsError

NEWS = "notifications: {%s: []}\n"


def write(folder: Path, files: dict[str, str]) -> None:
    """Write files below a folder."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


class TestWhichFiles:
    """Every `*.yaml` below the folder, with the exceptions of the rules."""

    def test_every_yaml_file_is_read(self) -> None:
        """However deep it lies; each with its blob id, by which git knows it."""
        desired = load(
            {"a.yaml": NEWS % "a", "b/c/d.yaml": NEWS % "d", "zones/example.org.yaml": "{}", "e.txt": "x: ["}
        )
        assert set(desired.files) == {"account.yaml", "a.yaml", "b/c/d.yaml", "zones/example.org.yaml"}
        assert desired.files["a.yaml"] == blob_id((NEWS % "a").encode())

    def test_another_account_s_folder_is_its_own(self) -> None:
        """What lies below another account.yaml isn't ours, whatever it is."""
        files = {"other/account.yaml": ACCOUNT.replace("K-1", "K-2"), "other/a.yaml": "x: [", "other/b/c.yml": ""}
        assert set(load(files).files) == {"account.yaml"}

    def test_another_folder_with_the_same_account(self) -> None:
        """Two folders would each delete what only the other declares."""
        found = the_error({"other/account.yaml": ACCOUNT})
        assert (found.code, str(found.span)) == ("same-account", "other/account.yaml:2:10")
        assert [str(span) for span in found.related] == ["account.yaml:2:10"]

    def test_excluded_files_are_not_read(self) -> None:
        """By file, folder or glob."""
        files = {"account.yaml": account("exclude: [k8s, '*.gen.yaml', 'docs/**/x.yaml']\n")}
        others = dict.fromkeys(["k8s/a/b.yaml", "k8s/c.yml", "a.gen.yaml", "docs/a/b/x.yaml", "docs/x.yaml"], "x: [")
        assert set(load(files | others, **{"k8s/link": "symlink"}).files) == {"account.yaml"}
        assert codes({**files, "sub/a.gen.yaml": "x: ["}) == ["yaml-syntax"]

    @pytest.mark.parametrize("name", ["a.yml", "b/a.YAML", "account.yml", "x.Yml"])
    def test_another_suffix_is_an_error(self, name: str) -> None:
        """A renamed file never vanishes silently."""
        found = the_error({name: NEWS % "a"})
        assert (found.code, found.span and found.span.file) == ("wrong-suffix", name)
        assert found.help.endswith(".yaml`.")

    @pytest.mark.parametrize(
        ("kind", "code"), [("symlink", "symbolic-link"), ("submodule", "submodule"), ("special", "special-file")]
    )
    def test_what_isnt_a_file_is_refused(self, kind: str, code: str) -> None:
        """What was reviewed must be what is read."""
        assert codes({}, **{"a.yaml": kind, "b": kind}) == [code, code]  # type: ignore[arg-type]  # a kind of entry

    def test_an_account_needs_its_file(self) -> None:
        """One error says what is missing and how to get it."""
        with pytest.raises(DiagnosticsError) as caught:
            load_desired(WorkTree(Path("/nonexistent")))
        assert [found.code for found in caught.value.diagnostics] == ["unreadable-file"]

    def test_a_broken_account_file_doesnt_hide_the_others(self) -> None:
        """Errors of other files are reported too, but no file is taken for what it may not be."""
        files = {
            "account.yaml": "version: [\n",
            "a.yaml": "contacts: 1\n",
            "hostedzones/x.org.yaml": "www: {type: A}\n",
        }
        assert [(e.code, e.span and e.span.file) for e in errors(files)] == [
            ("wrong-type", "a.yaml"),
            ("yaml-syntax", "account.yaml"),
        ]

    @pytest.mark.parametrize(
        ("glob", "path", "covered"),
        [
            ("a", "a/b.yaml", True),
            ("a/", "a/b.yaml", True),
            ("./a", "a/b.yaml", True),
            ("*.yaml", "a.yaml", True),
            ("*.yaml", "a/b.yaml", False),
            ("**/b.yaml", "a/c/b.yaml", True),
            ("**/b.yaml", "b.yaml", True),
            ("a/**", "a/b/c", True),
            ("a/*", "b/a/c", False),
            ("[ab].yaml", "a.yaml", True),
            ("A.yaml", "a.yaml", False),
        ],
    )
    def test_globs(self, glob: str, path: str, covered: bool) -> None:
        """`*` stays in one part of a path, `**` crosses them; a folder covers what lies in it."""
        assert covers(glob, path) is covered

    def test_many_stars_cost_nothing(self) -> None:
        """No glob makes a run hang."""
        assert not covers("/".join(["**", "a"] * 20) + "/c", "/".join(["a"] * 60) + "/b")


class TestWorkTree:
    """The files as they lie on disk."""

    def test_hidden_files_and_folders_dont_exist(self, tmp_path: Path) -> None:
        """Neither the repository's own folder nor an editor's."""
        write(
            tmp_path, {"account.yaml": ACCOUNT, ".git/a.yaml": "[", ".x.yaml": "[", "a/.b/c.yaml": "[", "a/d.yaml": ""}
        )
        assert set(WorkTree(tmp_path).paths()) == {"account.yaml", "a/d.yaml"}

    def test_links_are_never_followed(self, tmp_path: Path) -> None:
        """Not at listing, and not when a file becomes a link afterwards."""
        write(tmp_path, {"real/account.yaml": ACCOUNT, "outside.yaml": "x"})
        (tmp_path / "real/a.yaml").symlink_to(tmp_path / "outside.yaml")
        (tmp_path / "real/b").symlink_to(tmp_path)
        tree = WorkTree(tmp_path / "real")
        assert tree.paths() == {"account.yaml": "file", "a.yaml": "symlink", "b": "symlink"}
        with pytest.raises(OSError, match="symbolic"):
            tree.read("a.yaml")

    def test_a_pipe_is_never_opened(self, tmp_path: Path) -> None:
        """A pipe would wait forever."""
        write(tmp_path, {"account.yaml": ACCOUNT})
        os.mkfifo(tmp_path / "a.yaml")
        with pytest.raises(DiagnosticsError) as caught:
            load_desired(WorkTree(tmp_path))
        assert [found.code for found in caught.value.diagnostics] == ["special-file"]

    def test_a_repository_inside_is_not_entered(self, tmp_path: Path) -> None:
        """What it holds is no part of the commit that is reviewed."""
        write(tmp_path, {"account.yaml": ACCOUNT, "sub/.git": "gitdir: x", "sub/a.yaml": "["})
        assert WorkTree(tmp_path).paths()["sub"] == "submodule"

    def test_a_folder_in_place_of_a_file(self, tmp_path: Path) -> None:
        """It is a folder, whatever its name."""
        write(tmp_path, {"account.yaml": ACCOUNT, "a.yaml/b.yaml": NEWS % "a"})
        assert "notification/a" in load_desired(WorkTree(tmp_path)).state


class TestCommitTree:
    """Any commit gives what the work tree gave when it was committed."""

    def test_a_commit_is_its_work_tree(self, repo: Repository) -> None:
        """The same state, places and blob ids, also for a folder inside the repository."""
        files = {
            "account.yaml": ACCOUNT,
            "a.yaml": NEWS % "a",
            "zones/bücher.example.yaml": "www: {type: A, value: 203.0.113.1}",
            "zones/example.org.zone": "www A 203.0.113.1\n",
        }
        write(repo.path / "customer", files)
        write(repo.path, {"other.yaml": "x: [", "customer/.hidden/x.yaml": "["})
        repo.git("add", "-f", ".")
        repo.git("commit", "-qm", "x")
        found = GitRepo.find(repo.path)
        assert found is not None
        head = found.head()
        assert head is not None
        here, there = WorkTree(repo.path / "customer"), CommitTree(found, head, "customer")
        assert here.paths() == there.paths()
        assert load_desired(here) == load_desired(there)
        (repo.path / "customer/a.yaml").write_text(NEWS % "b")
        assert "notification/a" in load_desired(there).state

    def test_links_and_submodules_are_seen(self, repo: Repository) -> None:
        """A commit tells what an entry is."""
        write(repo.path, {"account.yaml": ACCOUNT})
        (repo.path / "a.yaml").symlink_to("/etc/passwd")
        repo.git("add", ".")
        repo.git("commit", "-qm", "x")
        commit = repo.git("rev-parse", "HEAD").strip()
        repo.git("update-index", "--add", "--cacheinfo", f"160000,{commit},sub")
        repo.git("commit", "-qm", "y")
        found = GitRepo.find(repo.path)
        assert found is not None
        tree = CommitTree(found, found.head() or "", "")
        assert tree.paths() == {"account.yaml": "file", "a.yaml": "symlink", "sub": "submodule"}
        with pytest.raises(DiagnosticsError) as caught:
            load_desired(tree)
        assert [error.code for error in caught.value.diagnostics] == ["symbolic-link", "submodule"]
        with pytest.raises(FileNotFoundError):
            tree.read("b.yaml")

    def test_a_whole_repository_has_each_account_once(self, repo: Repository) -> None:
        """Folders beside each other are compared too."""
        write(
            repo.path,
            {"a/account.yaml": ACCOUNT, "b/account.yaml": ACCOUNT, "c/account.yaml": "[", "d/account.yaml": ""},
        )
        (found,) = same_accounts(WorkTree(repo.path))
        assert (found.code, str(found.span), found.line) == ("same-account", "b/account.yaml:2:10", "account: K-104711")


def test_a_tree_with_changes_shows_them_and_nothing_else(tmp_path: Path) -> None:
    """Files that are replaced, new and gone; the folder itself stays as it is."""
    for name in ("a.yaml", "b.yaml", "c.yaml"):
        (tmp_path / name).write_text(name)
    tree = ChangedTree(WorkTree(tmp_path), {"a.yaml": "new", "b.yaml": None, "zones/d.yaml": "more"})
    assert tree.paths() == {"a.yaml": "file", "c.yaml": "file", "zones/d.yaml": "file"}
    assert [tree.read(name) for name in ("a.yaml", "c.yaml", "zones/d.yaml")] == [b"new", b"c.yaml", b"more"]
    assert (tree.label, (tmp_path / "b.yaml").exists()) == (str(tmp_path), True)
