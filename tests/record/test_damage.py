"""A record that can't be trusted is an error in one sentence; never a traceback, never an empty record."""

import itertools
import json
import zlib
from collections.abc import Callable
from contextlib import suppress

import pytest

from hand_made import fields, plan_of
from program import Repository
from reconciler.gitrepo.repo import GitRepo
from reconciler.model.errors import RecordError
from reconciler.model.fields import Json
from reconciler.model.receipt import Receipt
from reconciler.record import index, receipts
from reconciler.record.message import TREE
from reconciler.record.place import open_record
from record.world import ACCOUNT, BRANCH, NUMBER, REF, Folder, a, config, create

WWW = "record/example.org/www/A"
FILES = ("receipt.json", "salt", "applied/contact.json", "applied/record/example.org.json")


@pytest.fixture
def applied(inside: Folder) -> Folder:
    """An account with something applied."""
    contact = fields(name="E", email="e@example.org", phone="+49 511 123456")
    inside.apply(create(WWW, a("www")), create("contact/e", contact, live_id="17"))
    return inside


def put(folder: Folder, files: dict[str, bytes | None], message: str | None = None) -> None:
    """Commit files onto the record by hand; without a message, as ``git commit --amend`` would."""
    git = folder.git()
    head = git.read_ref(REF)
    assert head is not None
    was = git.commit(head)
    tree = git.write_tree(head, files)
    made = git.write_commit(tree, was.parents, was.message if message is None else message, folder.clock.now())
    assert git.update_ref(REF, made, head)


def forge(folder: Folder, files: dict[str, bytes | None]) -> None:
    """Commit files onto the record with a message that fits them, as somebody would who knows how."""
    git = folder.git()
    head = git.read_ref(REF)
    assert head is not None
    tree = git.write_tree(head, files)
    was = git.commit(head)
    put(folder, files, was.message.replace(f"{TREE}: {was.tree}", f"{TREE}: {tree}"))


def refused(folder: Folder, match: str) -> RecordError:
    """Return the error of reading."""
    with pytest.raises(RecordError, match=match) as error:
        folder.record.read()
    assert error.value.exit_code == 1
    assert error.value.help
    return error.value


@pytest.mark.parametrize("path", FILES)
def test_a_changed_byte(applied: Folder, path: str) -> None:
    """A byte changed in any file, at whatever offset, is noticed."""
    intact = applied.content()[path]
    git, head = applied.git(), applied.git().read_ref(REF)
    for offset in sorted({*range(0, len(intact), max(1, len(intact) // 12)), len(intact) - 1}):
        put(applied, {path: intact[:offset] + bytes((intact[offset] ^ 1,)) + intact[offset + 1 :]})
        refused(applied, "damaged")
        assert git.update_ref(REF, str(head), git.read_ref(REF))
    assert set(applied.record.read().applied.state) == {WWW, "contact/e"}


SPOILT = (KeyError, TypeError, ValueError, AttributeError, IndexError, RecursionError, RecordError)


def test_every_byte_of_every_file(applied: Folder) -> None:
    """Whatever byte is another one, even where git has nothing to object: a file is read, or told to be damaged."""
    applied.begin(plan_of(create(WWW, a("www"))))
    read = 0
    for path, intact in applied.content().items():
        for offset, mask in itertools.product(range(len(intact)), (1, 0x20, 0x80)):
            data = intact[:offset] + bytes((intact[offset] ^ mask,)) + intact[offset + 1 :]
            with suppress(*SPOILT):
                if path == "receipt.json":
                    Receipt.from_json(receipts.decode(data, NUMBER))
                elif path.startswith("applied/"):
                    for address, entry in index.decode(data).items():
                        index.from_json(address, entry)
                read += 1
    assert read > 0


@pytest.mark.parametrize("dropped", [1, 2, 3])
def test_a_hole_in_the_chain(applied: Folder, dropped: int) -> None:
    """A newest commit that doesn't stand on the one before it: receipts are missing, and that is noticed."""
    applied.apply(create(WWW, a("www", "192.0.2.2")))
    git = applied.git()
    head, below = git.read_ref(REF), git.resolve(f"{REF}~{dropped + 1}")
    assert head and below
    was = git.commit(head)
    made = git.write_commit(was.tree, [below, *was.parents[1:]], was.message, applied.clock.now())
    assert git.update_ref(REF, made, head)
    refused(applied, "doesn't follow on receipt")


@pytest.mark.parametrize("path", FILES)
def test_a_changed_byte_on_disk(applied: Folder, path: str, repo: Repository) -> None:
    """A byte changed in git's own files is noticed too."""
    blob = repo.git("rev-parse", f"{REF}:{path}")
    stored = repo.path / ".git" / "objects" / blob[:2] / blob[2:]
    intact = stored.read_bytes()
    stored.chmod(0o644)
    for offset in range(2, len(intact), max(1, len(intact) // 12)):
        damaged = intact[:offset] + bytes((intact[offset] ^ 16,)) + intact[offset + 1 :]
        with suppress(zlib.error):
            if zlib.decompress(damaged) == zlib.decompress(intact):
                continue  # a bit behind the last one that says something
        stored.write_bytes(damaged)
        refused(applied, "damaged|corrupt|missing|can't be read|unable")


@pytest.mark.parametrize("path", FILES[:2])
def test_a_missing_file(applied: Folder, path: str) -> None:
    """A file that is gone is noticed, even when its commit pretends that it should be."""
    forge(applied, {path: None})
    refused(applied, "is missing or unknown")
    put(applied, {path: b"x"})
    refused(applied, "damaged")


@pytest.mark.parametrize("name", ["applied/mailbox.json", "applied/x/y.json", "other"])
def test_an_added_file(applied: Folder, name: str) -> None:
    """A file that was added is noticed."""
    put(applied, {name: b'{"$format":1\n}\n'})
    refused(applied, "not those that its newest commit names")


def edit(folder: Folder, path: str, change: Callable[[Json], Json]) -> dict[str, bytes | None]:
    """Return a file of the record with its JSON changed."""
    data = json.loads(folder.content()[path])
    return {path: json.dumps(change(data)).encode()}


RECEIPTS: dict[str, Callable[[Json], Json]] = {
    "a list": lambda _: [],
    "nothing": lambda _: None,
    "a number of text": lambda d: {**d, "number": "1"},
    "number 0": lambda d: {**d, "number": 0},
    "another phase": lambda d: {**d, "phase": "done"},
    "another account": lambda d: {**d, "account": "K-2"},
    "an old format": lambda d: {**d, "format": "1"},
}


@pytest.mark.parametrize("what", RECEIPTS)
def test_a_forged_receipt(applied: Folder, what: str) -> None:
    """A receipt that isn't one is told as such, even when everything else fits."""
    forge(applied, edit(applied, "receipt.json", RECEIPTS[what]))
    refused(applied, "damaged")


INTENTS: dict[str, Callable[[Json], Json]] = {
    "no steps": lambda d: {k: v for k, v in d.items() if k != "steps"},
    "steps of text": lambda d: {**d, "steps": "abc"},
    "a step without address": lambda d: {**d, "steps": [{"action": "create"}]},
    "another key": lambda d: {**d, "more": 1},
}


@pytest.mark.parametrize("what", INTENTS)
def test_a_forged_intent(applied: Folder, what: str) -> None:
    """So is an intent whose steps can't be read: whoever resumes it needs them."""
    applied.begin(plan_of(create(WWW, a("www"))))
    forge(applied, edit(applied, "receipt.json", INTENTS[what]))
    refused(applied, "damaged")


ENTRIES: dict[str, Callable[[Json], Json]] = {
    "a list": lambda _: [],
    "no format": lambda d: {k: v for k, v in d.items() if k != "$format"},
    "a newer format": lambda d: {**d, "$format": 2},
    "an entry of text": lambda d: {**d, WWW: "x"},
    "an entry without value": lambda d: {**d, WWW: {"receipt": 1, "commit": "c", "path": "p"}},
    "an unknown kind": lambda d: {**d, "planet/mars": d[WWW]},
    "a value of text": lambda d: {**d, WWW: {**d[WWW], "value": "x"}},
    "an impossible address": lambda d: {**d, WWW: {**d[WWW], "value": {"type": "A", "ttl": 1, "values": ["x"]}}},
    "an impossible record": lambda d: {**d, WWW: {**d[WWW], "value": {"type": "MX", "ttl": 1, "values": ["x y z"]}}},
    "a null": lambda d: {**d, WWW: None},
}


@pytest.mark.parametrize("what", ENTRIES)
def test_a_forged_entry(applied: Folder, what: str) -> None:
    """An entry that can't be one is told as such, even when everything else fits."""
    forge(applied, edit(applied, "applied/record/example.org.json", ENTRIES[what]))
    refused(applied, "damaged")


@pytest.mark.parametrize("data", [b"", b"{", b"\xff\xfe", b"[" * 200_000, b'{"format": ' + b"9" * 5000 + b"}"])
def test_no_json(applied: Folder, data: bytes) -> None:
    """Bytes that are no JSON, or only to break a parser, are told as damage."""
    forge(applied, {"receipt.json": data})
    refused(applied, "damaged")


def test_a_newer_format(applied: Folder) -> None:
    """A record of a newer version asks for that version, and isn't called damaged."""
    put(applied, edit(applied, "receipt.json", lambda d: {**d, "format": 2, "more": "x"}))
    assert "newer version" in refused(applied, r"newer version \(format 2; this one reads 1\)").help


def test_a_branch_of_something_else(inside: Folder, repo: Repository) -> None:
    """A branch of that name which holds something else is left alone, with the way out."""
    repo.git("branch", BRANCH)
    assert "record: {ref: NAME}" in refused(inside, "something other than a record").help


def test_the_record_of_another_account(applied: Folder, repo: Repository) -> None:
    """An account never takes another's record for its own."""
    with pytest.raises(RecordError, match=f"the record of account {NUMBER}, not the record of account K-2"):
        open_record(applied.path, config("K-2", ref=BRANCH)).read()
    repo.git("update-ref", "refs/heads/reconciler/K-2", REF)
    with pytest.raises(RecordError, match="not the record of account K-2"):
        open_record(applied.path, config("K-2")).read()


def test_a_commit_on_top(applied: Folder, repo: Repository) -> None:
    """A commit that somebody made on the branch by hand is noticed."""
    put(applied, {"README.md": b"hello"}, "Add a readme\n")
    refused(applied, "something other than a record")


def test_a_merge_into_it(applied: Folder, repo: Repository) -> None:
    """So is a merge that keeps the message but not the files."""
    repo.commit("More", {"more": "1"})
    repo.git("worktree", "add", "--quiet", str(repo.path.parent / "record"), BRANCH)
    other = Repository(repo.path.parent / "record", repo.env)
    other.git("merge", "--quiet", "--allow-unrelated-histories", "main", "-m", other.git("log", "-1", "--format=%B"))
    refused(applied, "damaged")


def test_the_branch_of_a_fresh_clone(applied: Folder, repo: Repository) -> None:
    """In a clone that knows the record only as a remote's branch, a local record isn't empty but not there yet."""
    clone = Repository(repo.path.parent / "clone", repo.env)
    repo.git("clone", "--quiet", str(repo.path), str(clone.path))
    record = open_record(clone.path, config(remote="."))
    with pytest.raises(RecordError, match=f"is on origin/{BRANCH}") as caught:
        record.read()
    clone.git(*caught.value.help.split("`")[1].split()[1:])
    assert set(record.read().applied.state) == {WWW, "contact/e"}


def test_a_missing_commit(applied: Folder, repo: Repository) -> None:
    """A branch whose commit is lost is an error."""
    head = repo.git("rev-parse", REF)
    (repo.path / ".git" / "objects" / head[:2] / head[2:]).unlink()
    refused(applied, f"The git object {head} is missing")


def test_a_broken_branch(applied: Folder, repo: Repository) -> None:
    """A branch that holds nonsense isn't a branch that doesn't exist."""
    (repo.path / ".git" / REF).write_text("")
    with pytest.raises(RecordError, match="can't be read"):
        applied.record.read()


def test_only_the_root(inside: Folder) -> None:
    """A branch that holds only its first, empty commit is a record in which nothing was applied yet."""
    git = inside.git()
    inside.apply(create(WWW, a("www")))
    root = git.resolve(f"{REF}~2")
    assert root and git.update_ref(REF, root, git.read_ref(REF))
    assert inside.record.read().applied.state == {}
    assert inside.apply(create(WWW, a("www"))).number == 1


def test_a_damaged_repository_outside(outside: Folder) -> None:
    """A damaged ``.reconciler/record.git`` isn't a record that doesn't exist."""
    outside.apply(create(WWW, a("www")))
    (outside.path / ".reconciler" / "record.git" / "HEAD").unlink()
    with pytest.raises(RecordError, match="git can't read it"):
        outside.record.read()


def test_a_damaged_repository_outside_inside_another(outside: Folder, tmp_path: object) -> None:
    """Nor is it taken for the repository around it."""
    outside.apply(create(WWW, a("www")))
    (outside.path / ".reconciler" / "record.git" / "HEAD").unlink()
    repo = Repository(outside.path, {"PATH": "/usr/bin:/bin"})
    repo.git("init", "--quiet")
    assert GitRepo.find(outside.path) is not None
    with pytest.raises(RecordError, match="git can't read it"):
        outside.record.read()


def test_the_account_file_is_no_record(inside: Folder) -> None:
    """The configuration's own branch as the record's is refused before anything is written."""
    record = open_record(inside.path, config(ref="main"))
    with pytest.raises(RecordError, match="something other"):
        record.read()
    assert (inside.path / "account.yaml").read_text() == ACCOUNT
