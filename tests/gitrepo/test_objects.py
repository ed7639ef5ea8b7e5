"""Reading and writing objects: what git would write, without touching index, work tree or any branch."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from program import Repository
from reconciler.gitrepo.objects import blob_id
from reconciler.gitrepo.repo import GitRepo
from reconciler.model.errors import RecordError

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def git(repo: Repository) -> GitRepo:
    """The repository as we open it."""
    opened = GitRepo.find(repo.path)
    assert opened is not None
    return opened


def write(git: GitRepo, base: str | None, **files: bytes | None) -> str:
    """Return a commit of ``base`` with these files changed; ``__`` in a name stands for ``/``."""
    changes = {name.replace("__", "/"): data for name, data in files.items()}
    return git.write_commit(git.write_tree(base, changes), [base] if base else [], "Change\n", NOON)


def texts(git: GitRepo, commit: str, folder: str = "") -> dict[str, bytes]:
    """Return every file of a commit."""
    entries = git.entries(commit, folder)
    blobs = git.read_blobs(blob for _, blob in entries.values())
    return {path: blobs[blob] for path, (_, blob) in entries.items()}


def test_nothing_else_is_touched(repo: Repository, git: GitRepo) -> None:
    """A commit is written beside everything: index, work tree and branches stay as they are."""
    repo.commit("One", {"a": "1"})
    repo.write({"b": "untracked", "a": "changed"})
    before = repo.git("status", "--porcelain"), repo.git("for-each-ref"), repo.git("ls-files", "--stage")
    made = write(git, git.head(), c=b"new")
    assert (repo.git("status", "--porcelain"), repo.git("for-each-ref"), repo.git("ls-files", "--stage")) == before
    assert texts(git, made) == {"a": b"1", "c": b"new"}


def test_reading_a_folder(repo: Repository, git: GitRepo) -> None:
    """Entries of a folder have paths relative to it; a folder that isn't there has none."""
    commit = repo.commit(
        "One", {"k1/account.yaml": "a", "k1/zones/x.yaml": "b", "k10/account.yaml": "c", "k1.yaml": "d"}
    )
    assert texts(git, commit, "k1") == {"account.yaml": b"a", "zones/x.yaml": b"b"}
    assert git.entries(commit, "k2") == {}


def test_folders_are_no_patterns(repo: Repository, git: GitRepo) -> None:
    """A folder's name is taken literally, whatever is in it."""
    commit = repo.commit("One", {"*/a": "star", "k/a": "k", ":(glob)/a": "magic", "é ü/a": "text"})
    assert texts(git, commit, "*") == {"a": b"star"}
    assert texts(git, commit, ":(glob)") == {"a": b"magic"}
    assert texts(git, commit, "é ü") == {"a": b"text"}


def test_modes(repo: Repository, git: GitRepo) -> None:
    """Links are told from files, and a changed file that was executable stays so."""
    (repo.path / "link").symlink_to("a")
    repo.write({"a": "1", "run": "#!/bin/sh\n"})
    (repo.path / "run").chmod(0o755)
    commit = repo.commit("One")
    made = write(git, commit, run=b"#!/bin/bash\n")
    modes = {path: mode for path, (mode, _) in git.entries(made).items()}
    assert modes == {"a": "100644", "link": "120000", "run": "100755"}


def test_a_file_in_place_of_a_folder_and_back(git: GitRepo) -> None:
    """A file takes a folder's place, a folder a file's, and a folder without files is gone."""
    one = write(git, None, a__b__c=b"1", d=b"2")
    two = write(git, one, a__b__c=None, a=b"file")
    assert texts(git, two) == {"a": b"file", "d": b"2"}
    three = write(git, two, a__x=b"3")
    assert texts(git, three) == {"a/x": b"3", "d": b"2"}
    assert texts(git, write(git, three, a__x=None)) == {"d": b"2"}


def test_what_is_not_there_may_be_removed(git: GitRepo) -> None:
    """Taking out what isn't there changes nothing."""
    one = write(git, None, a=b"1")
    assert git.write_tree(one, {"b": None, "c/d": None, "a/x": None}) == git.commit(one).tree


def test_an_empty_tree(git: GitRepo) -> None:
    """A commit may be empty."""
    assert git.entries(write(git, None)) == {}
    assert git.entries(write(git, write(git, None, a=b"1"), a=None)) == {}


def test_many_objects_become_a_pack(repo: Repository, git: GitRepo) -> None:
    """A large write is one pack, a small one is a handful of loose objects."""
    write(git, None, **{f"f{number}": b"%d" % number for number in range(20)})
    assert "packs: 0" in repo.git("count-objects", "-v")
    made = write(git, None, **{f"g{number}": b"%d" % number for number in range(300)})
    assert "packs: 1" in repo.git("count-objects", "-v")
    assert len(texts(git, made)) == 300


@pytest.mark.parametrize("size", [0, 1, 15, 16, 2047, 2048, 300_000])
def test_sizes(git: GitRepo, size: int) -> None:
    """Files of every size come back as they were: a pack spells sizes in groups of bits."""
    data = bytes(n % 251 for n in range(size))
    assert texts(git, write(git, None, a=data)) == {"a": data}


PATHS = st.lists(st.sampled_from("abc"), min_size=1, max_size=4).map("/".join)


def _is_possible(changes: dict[str, bytes | None]) -> bool:
    """Tell whether no path is to be a file and a folder at once."""
    written = [path for path, data in changes.items() if data is not None]
    return not any(path.startswith(f"{other}/") for path in written for other in written)


CHANGES = st.dictionaries(PATHS, st.none() | st.binary(max_size=20), max_size=6).filter(_is_possible)


def _changed(files: dict[str, bytes], changes: dict[str, bytes | None]) -> dict[str, bytes]:
    """Return the files after the changes; a written file takes the place of what lies above or below it."""
    written = {path: data for path, data in changes.items() if data is not None}
    kept = {
        path: data
        for path, data in files.items()
        if path not in changes and not any(path.startswith(f"{w}/") or w.startswith(f"{path}/") for w in written)
    }
    return kept | written


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(CHANGES, max_size=4))
def test_trees_hold_what_was_written(repo: Repository, steps: list[dict[str, bytes | None]]) -> None:
    """Whatever is put in and taken out, the tree holds exactly that, and ``git fsck`` finds nothing to say."""
    git = GitRepo.find(repo.path)
    assert git is not None
    files: dict[str, bytes] = {}
    commit = write(git, None)
    for step in steps:
        files = _changed(files, step)
        commit = git.write_commit(git.write_tree(commit, step), [commit], "Step\n", NOON)
        assert texts(git, commit) == files
    assert repo.git("fsck", "--strict", "--no-dangling", commit) == ""


def test_commits(repo: Repository, git: GitRepo) -> None:
    """A commit has its parents, message and time, and is by whoever runs the program."""
    one, two = write(git, None, a=b"1"), write(git, None, a=b"2")
    made = git.write_commit(git.commit(one).tree, [one, two], "Grüße\n\nText\n", NOON)
    found = git.commit(made)
    assert (found.parents, found.message) == ((one, two), "Grüße\n\nText\n")
    assert repo.git("show", "-s", "--format=%P|%s|%cI", made) == f"{one} {two}|Grüße|2026-11-24T12:00:00+00:00"


def test_person(repo: Repository, git: GitRepo, monkeypatch: pytest.MonkeyPatch) -> None:
    """The person is whom git's configuration and the environment name, and harmless as text."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", repo.env["GIT_CONFIG_GLOBAL"])
    assert git.person() == "Erika Mustermann <erika@example.org>"
    assert repo.git("show", "-s", "--format=%an <%ae>", write(git, None)) == "Erika Mustermann <erika@example.org>"
    monkeypatch.setenv("GIT_COMMITTER_NAME", "Evil\u202eName\x1b[2J")
    monkeypatch.setenv("GIT_COMMITTER_EMAIL", "e@example.org")
    assert git.person() == r"Evil\u202eName\x1b[2J <e@example.org>"


def test_nobody(repo: Repository, git: GitRepo) -> None:
    """Where git knows no person, a commit is by the program."""
    repo.git("config", "user.useConfigOnly", "true")
    assert git.person() == ""
    assert repo.git("show", "-s", "--format=%an", write(git, None)) == "reconciler"


def test_blob_id() -> None:
    """The id of a file's bytes is git's."""
    assert blob_id(b"") == "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"


def test_missing_objects(git: GitRepo) -> None:
    """What isn't there is named; nothing is taken as empty."""
    for read in (lambda: git.read_blobs(["1" * 40]), lambda: git.commit("1" * 40), lambda: git.entries("1" * 40)):
        with pytest.raises(RecordError):
            read()


def test_another_kind_of_object(git: GitRepo) -> None:
    """A commit is no file, and a file no commit."""
    commit = write(git, None, a=b"1")
    with pytest.raises(RecordError, match="damaged"):
        git.read_blobs([commit])
    with pytest.raises(RecordError, match="damaged"):
        git.commit(blob_id(b"1"))


@pytest.mark.parametrize(
    "wrong", ["", "HEAD", "--all", "1" * 39, "G" * 40, "1" * 40 + "\n", "1" * 40 + "\n" + "2" * 40]
)
def test_only_full_ids(git: GitRepo, wrong: str) -> None:
    """Objects are named by full ids only, so that nothing written by a person reaches git as an option or a line."""
    for read in (git.read_blobs, lambda ids: git.entries(ids[0]), lambda ids: git.is_ancestor(ids[0], ids[0])):
        with pytest.raises(RecordError, match="not the id"):
            read([wrong])


def test_no_question_for_nothing(git: GitRepo) -> None:
    """Reading no blobs asks git nothing."""
    assert git.read_blobs([]) == {}


def test_ancestry(repo: Repository, git: GitRepo) -> None:
    """A commit contains itself and what it came from, and nothing else."""
    one = repo.commit("One", {"a": "1"})
    two = repo.commit("Two", {"a": "2"})
    assert git.is_ancestor(one, two) and git.is_ancestor(one, one)
    assert not git.is_ancestor(two, one)
    with pytest.raises(RecordError, match="can't be read"):
        git.is_ancestor("1" * 40, one)


def test_a_flipped_byte(repo: Repository, git: GitRepo) -> None:
    """A byte that changed on disk is noticed wherever it is, even where git itself wouldn't look."""
    made = write(git, None, a=b"content of some length, so that there is something to flip\n" * 20)
    blob = git.entries(made)["a"][1]
    path = repo.path / ".git" / "objects" / blob[:2] / blob[2:]
    intact = path.read_bytes()
    path.chmod(0o644)
    for offset in range(len(intact)):
        path.write_bytes(intact[:offset] + bytes((intact[offset] ^ 1,)) + intact[offset + 1 :])
        try:
            assert git.read_blobs([blob])[blob].startswith(b"content of some length"), offset
        except RecordError:
            continue
        assert blob_id(git.read_blobs([blob])[blob]) == blob


def test_copying_into_another_repository(git: GitRepo, tmp_path: Path) -> None:
    """A commit is copied with its whole history."""
    one = write(git, None, a=b"1")
    two = write(git, one, b=b"2")
    other = GitRepo.init_bare(tmp_path / "other.git")
    other.copy_from(git, two)
    assert texts(other, two) == {"a": b"1", "b": b"2"}
    assert other.is_ancestor(one, two)
