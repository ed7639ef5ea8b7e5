"""The configuration commit: HEAD when exactly its files were loaded, else a snapshot of what was read."""

import pytest

from program import Repository
from reconciler.model.errors import RefusedError, StaleError
from record.world import ACCOUNT, Folder, a, create

WWW = "record/example.org/www/A"


def tree(repo: Repository, commit: str) -> list[str]:
    """Return every path of a commit."""
    return repo.git("ls-tree", "-r", "--name-only", commit).splitlines()


def test_head(inside: Folder, repo: Repository) -> None:
    """Files that are exactly HEAD's are carried out as HEAD, and nothing is written."""
    before = repo.git("count-objects")
    assert inside.snapshot() == repo.git("rev-parse", "HEAD")
    assert repo.git("count-objects") == before


@pytest.mark.parametrize("name", ["README.md", ".github/workflow.yaml", "notes.txt", "zones/README"])
def test_other_files_do_not_count(inside: Folder, repo: Repository, name: str) -> None:
    """What the loader never reads may differ from HEAD, be absent or be new."""
    repo.commit("More", {name: "1"})
    (inside.path / name).write_text("2")
    (inside.path / "new.txt").write_text("new")
    assert inside.snapshot() == repo.git("rev-parse", "HEAD")
    (inside.path / name).unlink()
    assert inside.snapshot() == repo.git("rev-parse", "HEAD")


def test_a_changed_file(inside: Folder, repo: Repository) -> None:
    """A changed file gives a snapshot: HEAD's tree with the files as they were read, on top of HEAD."""
    repo.commit("More", {"README.md": "readme"})
    inside.write(mail_yaml="mail: {example.org: {}}\n")
    (inside.path / "README.md").write_text("changed, but not ours")
    made = inside.snapshot()
    assert repo.git("rev-parse", f"{made}^") == repo.git("rev-parse", "HEAD")
    assert repo.git("diff", "--name-only", "HEAD", made) == "mail.yaml"
    assert repo.git("show", f"{made}:mail.yaml") == "mail: {example.org: {}}"
    assert repo.git("show", f"{made}:README.md") == "readme"
    assert f"Reconciler-Snapshot: {repo.git('rev-parse', 'HEAD')}" in repo.git("show", "-s", "--format=%B", made)


def test_a_new_file(inside: Folder, repo: Repository) -> None:
    """A file that was never committed is in the snapshot, ignored by git or not."""
    (repo.path / ".git" / "info" / "exclude").write_text("zones/\n")
    inside.write(zones__example_org_yaml="{}\n")
    assert "zones/example_org.yaml" in tree(repo, inside.snapshot())


def test_a_staged_file(inside: Folder, repo: Repository) -> None:
    """What is only in the index isn't committed: that is a snapshot, and the index stays."""
    inside.write(mail_yaml="mail: {example.org: {}}\n")
    repo.git("add", "mail.yaml")
    assert inside.snapshot() != repo.git("rev-parse", "HEAD")
    assert repo.git("diff", "--cached", "--name-only") == "mail.yaml"


def test_a_deleted_file(inside: Folder, repo: Repository) -> None:
    """A file that HEAD has and the folder no longer is a difference: the snapshot hasn't got it either."""
    inside.write(mail_yaml=None)
    made = inside.snapshot()
    assert made != repo.git("rev-parse", "HEAD")
    assert tree(repo, made) == ["account.yaml"]


def test_a_deleted_master_file(inside: Folder, repo: Repository) -> None:
    """A zone that is a master file is a file of the account like any other."""
    (inside.path / "zones").mkdir(exist_ok=True)
    repo.commit("A zone", {"zones/example.net.zone": "www A 203.0.113.1\n"})
    (inside.path / "zones" / "example.net.zone").unlink()
    assert "zones/example.net.zone" not in tree(repo, inside.snapshot())


def test_a_renamed_file(inside: Folder, repo: Repository) -> None:
    """A renamed file is one gone and one new."""
    (inside.path / "mail.yaml").rename(inside.path / "post.yaml")
    assert tree(repo, inside.snapshot()) == ["account.yaml", "post.yaml"]


def test_an_excluded_file(inside: Folder, repo: Repository) -> None:
    """A YAML file that the loader left out, there as at HEAD, is no difference."""
    repo.commit("More", {"excluded.yaml": "1"})
    files = {path: blob for path, blob in inside.files().items() if path != "excluded.yaml"}
    assert inside.snapshot(files) == repo.git("rev-parse", "HEAD")


def test_another_account_below(inside: Folder, repo: Repository) -> None:
    """Another account's folder is its own, also when its files are gone."""
    repo.commit("More", {"other/account.yaml": ACCOUNT, "other/mail.yaml": "1"})
    files = {path: blob for path, blob in inside.files().items() if not path.startswith("other/")}
    inside.write(other__mail_yaml=None)
    assert inside.snapshot(files) == repo.git("rev-parse", "HEAD")


def test_a_folder_that_becomes_another_account(inside: Folder, repo: Repository) -> None:
    """An account.yaml put into a folder takes its files away from us: what was loaded isn't HEAD any more."""
    repo.commit("More", {"sub/mail.yaml": "1"})
    inside.write(sub__account_yaml=ACCOUNT)
    files = {path: blob for path, blob in inside.files().items() if not path.startswith("sub/")}
    made = inside.snapshot(files)
    assert made != repo.git("rev-parse", "HEAD")
    assert tree(repo, made) == ["account.yaml", "mail.yaml"]


def test_an_account_in_a_subfolder(inside: Folder, repo: Repository) -> None:
    """Only the account's own folder counts; the rest of the repository is taken from HEAD."""
    repo.commit("More", {"k2/account.yaml": ACCOUNT, "k2/a.yaml": "1"})
    head = repo.git("rev-parse", "HEAD")
    account = Folder(inside.path / "k2")
    inside.write(mail_yaml="changed: elsewhere\n")
    assert account.snapshot() == head
    account.write(a_yaml="2")
    made = account.snapshot()
    assert repo.git("diff", "--name-only", head, made) == "k2/a.yaml"


def test_before_the_first_commit(repo: Repository) -> None:
    """In a repository without a commit a snapshot stands for itself."""
    account = Folder(repo.path)
    account.write(account_yaml=ACCOUNT)
    made = account.snapshot()
    assert repo.git("show", "-s", "--format=%P", made) == ""
    assert tree(repo, made) == ["account.yaml"]


@pytest.mark.parametrize("ci", ["true", "1", "True"])
def test_refused_in_ci(inside: Folder, repo: Repository, ci: str) -> None:
    """In CI only what is committed is applied; the files that differ are named, and nothing is written."""
    inside.environ = {"CI": ci}
    assert inside.snapshot() == repo.git("rev-parse", "HEAD")
    inside.write(mail_yaml=None, zones__new_yaml="{}\n", account_yaml=ACCOUNT + "# changed\n")
    before = repo.git("count-objects")
    with pytest.raises(RefusedError, match=r": account\.yaml, mail\.yaml, zones/new\.yaml\.") as refused:
        inside.snapshot()
    assert refused.value.exit_code == 3
    assert repo.git("count-objects") == before


def test_many_differences_are_counted(inside: Folder) -> None:
    """Five names are enough, and a hostile one is harmless."""
    inside.environ = {"CI": "true"}
    for number in range(7):
        (inside.path / f"\x1b[2J{number}.yaml").write_text("{}")
    with pytest.raises(RefusedError, match=r"\\x1b\[2J4\.yaml and 2 more\."):
        inside.snapshot()


def test_a_file_that_changes_meanwhile(inside: Folder) -> None:
    """A file that is no longer what was loaded, or gone, stops the run with exit 4."""
    inside.write(mail_yaml="loaded: {}\n", zones__x_yaml="{}\n")
    files = inside.files()
    inside.write(mail_yaml="changed: {}\n", zones__x_yaml=None)
    with pytest.raises(StaleError, match=r"Changed while the program ran: mail\.yaml, zones/x\.yaml") as stale:
        inside.snapshot(files)
    assert stale.value.exit_code == 4


def test_head_needs_no_second_look(inside: Folder, repo: Repository) -> None:
    """When what was loaded is HEAD, it doesn't matter what the files are by now."""
    files = inside.files()
    inside.write(mail_yaml="changed: {}\n")
    assert inside.snapshot(files) == repo.git("rev-parse", "HEAD")


def test_the_same_again(folder: Folder) -> None:
    """The same files on the same commit are the same snapshot, once it was applied."""
    folder.write(mail_yaml="mail: {example.org: {}}\n")
    first = folder.apply(create(WWW, a("www"))).config_commit
    assert folder.snapshot() == first
    folder.write(mail_yaml="mail: {example.net: {}}\n")
    assert folder.snapshot() != first


def test_the_same_on_another_commit(inside: Folder, repo: Repository) -> None:
    """The same files on a newer commit are another snapshot."""
    inside.write(mail_yaml="mail: {example.org: {}}\n")
    first = inside.apply(create(WWW, a("www"))).config_commit
    repo.git("commit", "--quiet", "--allow-empty", "-m", "Newer")
    assert inside.snapshot() != first


def test_head_that_was_applied_before(inside: Folder, repo: Repository) -> None:
    """A snapshot on a commit that was itself applied before keeps the rest of the repository."""
    repo.commit("More", {"README.md": "readme", "k2/x.txt": "x"})
    inside.apply(create(WWW, a("www")))
    inside.write(mail_yaml="mail: {example.org: {}}\n")
    assert tree(repo, inside.snapshot()) == ["README.md", "account.yaml", "k2/x.txt", "mail.yaml"]


def test_outside_of_a_repository(outside: Folder) -> None:
    """Without a repository there are snapshots only, each on the one applied before, of exactly the files read."""
    first = outside.apply(create(WWW, a("www"))).config_commit
    outside.write(mail_yaml=None, zones__x_yaml="{}\n")
    second = outside.snapshot()
    git = outside.git()
    assert (git.commit(first).parents, git.commit(second).parents) == ((), (first,))
    assert sorted(git.entries(second)) == ["account.yaml", "zones/x.yaml"]
    assert "Reconciler-Snapshot: nothing, after " in git.commit(second).message


def test_loading_from_the_configuration_commit(folder: Folder) -> None:
    """What was applied can be loaded again from its commit."""
    folder.write(mail_yaml="mail: {example.org: {}}\n")
    commit = folder.apply(create(WWW, a("www"))).config_commit
    repo, found, below = folder.record.files_of(commit)
    blob = repo.entries(found, below)["mail.yaml"][1]
    assert repo.read_blobs([blob])[blob] == b"mail: {example.org: {}}\n"
