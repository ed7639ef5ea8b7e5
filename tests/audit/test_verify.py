"""Proving the record: a true one is consistent; every kind of tampering is named at the first entry that lies."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from program import Cli, run
from reconciler.gitrepo.repo import GitRepo
from reconciler.model.history import RecordProof
from reconciler.pipeline.auditing import verify
from reconciler.pipeline.session import Session

from .world import World

REF = "refs/heads/reconciler/K-104711"


@pytest.fixture
def proven(world: World) -> World:
    """An account with three applies."""
    for number in range(1, 4):
        world.commit(f"Commit {number}", a=number, b=300, **({"c": 1} if number < 3 else {"c": None}))
        world.apply()
    return world


def chain(world: World) -> list[str]:
    """Return the record's commits, oldest first: root, intent 1, outcome 1, ..."""
    return world.repo.git("rev-list", "--first-parent", "--reverse", REF).split()


def rewrite(world: World, change: Callable[[int, str, str, list[str]], tuple[str, str, list[str]] | None]) -> list[str]:
    """Write the record anew, commit by commit: number, tree, message and parents as ``change`` gives them back."""
    repo = GitRepo.find(world.path)
    assert repo is not None
    made: list[str] = []
    for number, old in enumerate(chain(world)):
        commit = repo.commit(old)
        parents = [made[-1], *commit.parents[1:]] if made else []
        changed = change(number, commit.tree, commit.message, parents)
        if changed is not None:
            tree, message, parents = changed
            made.append(repo.write_commit(tree, parents, message, datetime(2026, 11, 26, tzinfo=UTC)))
    world.repo.git("update-ref", REF, made[-1])
    return made


def altered(world: World, commit: str, path: str, old: str, new: str) -> str:
    """Return the tree of a commit in which a file's text is altered."""
    repo = GitRepo.find(world.path)
    assert repo is not None
    text = world.repo.git("show", f"{commit}:{path}")
    assert old in text
    return repo.write_tree(commit, {path: (text + "\n").replace(old, new).encode()})


def check(world: World, **more: str) -> RecordProof:
    """Return what the record proves."""
    return verify(world.session, **{"anchor": None, **more})


def test_a_true_record_is_consistent_and_with_its_head_noted_untampered(proven: World) -> None:
    """Without anchor or signature nothing more can be said; an old anchor doesn't reach the newest commit."""
    head = chain(proven)[-1]
    found = check(proven)
    assert (found.fault, found.verdict, found.receipts) == (None, "consistent", 3)
    assert check(proven, anchor=head).verdict == "untampered"
    assert check(proven, anchor=chain(proven)[2]).verdict == "consistent"
    assert check(proven, anchor=proven.repo.git("rev-parse", "main")).fault


def test_an_altered_file_is_named(proven: World) -> None:
    """A byte of a receipt, with everything after it written anew."""
    old = chain(proven)
    tree = altered(proven, old[4], "receipt.json", '"done"', '"DONE"')
    made = rewrite(proven, lambda n, t, message, parents: (tree if n == 4 else t, message, parents))
    assert (fault := check(proven).fault)
    assert (fault.commit, fault.number) == (made[4], 2)
    assert "files" in fault.what


@pytest.mark.parametrize(
    ("path", "old", "new", "word"),
    [
        ("receipt.json", '"who": "', '"who": "x', None),
        ("receipt.json", '"done"', '"failed"', "without a change"),
        ("receipt.json", '"asked"', '"drift"', "intent"),
        ("applied/record/example.org.json", '"receipt":2', '"receipt":1', "learn"),
        ("applied/record/example.org.json", '"ttl":2', '"ttl":7', "asks for"),
        ("salt", "0", "1", "salt"),
    ],
)
def test_a_forger_who_mends_the_message_has_to_mend_everything(
    proven: World, path: str, old: str, new: str, word: str | None
) -> None:
    """The message names the altered tree; only what nothing else tells (who it was) needs a signature or an anchor."""
    there = chain(proven)
    before = there[4]
    tree = altered(proven, before, path, old, new)

    def change(number: int, was: str, message: str, parents: list[str]) -> tuple[str, str, list[str]]:
        return (tree, message.replace(was, tree), parents) if number == 4 else (was, message, parents)

    made = rewrite(proven, change)
    fault = check(proven).fault
    if word is None:
        assert fault is None
        assert check(proven, anchor=there[-1]).fault
    else:
        assert fault
        assert (fault.commit, word in fault.what) == (made[4], True), fault.what


def test_dropped_reordered_and_reparented_commits_are_named(proven: World) -> None:
    """A receipt left out, two applies in the wrong order, another configuration commit as parent."""
    before = chain(proven)
    made = rewrite(proven, lambda n, *rest: None if n in (3, 4) else rest)
    assert (fault := check(proven).fault)
    assert (fault.commit, fault.what) == (made[3], "apply 3 follows apply 1")
    proven.repo.git("update-ref", REF, before[-1])
    made = rewrite(proven, lambda n, *rest: None if n == 3 else rest)
    assert (fault := check(proven).fault)
    assert (fault.commit, fault.what) == (made[3], "the outcome of apply 2 stands without its intent")
    proven.repo.git("update-ref", REF, before[-1])
    other = proven.repo.git("rev-parse", "main~2")
    made = rewrite(proven, lambda n, t, m, parents: (t, m, [parents[0], other] if n == 3 else parents))
    assert (fault := check(proven).fault)
    assert fault.commit == made[3]
    assert "second parent" in fault.what


def test_a_commit_by_hand_on_top_is_named(proven: World) -> None:
    """Whatever a person commits to the branch isn't an apply."""
    repo = GitRepo.find(proven.path)
    assert repo is not None
    head = chain(proven)[-1]
    forged = repo.write_commit(repo.commit(head).tree, [head], "I was here\n", datetime(2026, 11, 26, tzinfo=UTC))
    proven.repo.git("update-ref", REF, forged)
    assert (fault := check(proven).fault)
    assert fault.commit == forged


def keys(folder: Path, name: str) -> str:
    """Make a key pair and return its public half."""
    made = run(
        ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", str(folder / name)],
        folder,
        {"PATH": "/usr/bin:/bin"},
    )
    assert made.code == 0, made.err
    return (folder / f"{name}.pub").read_text().strip()


def test_signatures_count_against_the_trusted_ref(proven: World, tmp_path: Path) -> None:
    """All signed by somebody listed: untampered. Another signer, no signature, or a list in the branch itself: not."""
    mine, other = keys(tmp_path, "mine"), keys(tmp_path, "other")
    proven.repo.write({"allowed_signers": f"erika@example.org {mine}\n"})
    proven.commit("Who may sign")
    proven.repo.git("branch", "trusted")
    proven.repo.write({"allowed_signers": f"erika@example.org {mine}\nmallory@example.org {other}\n"})
    proven.commit("Whom a branch would trust")

    def signed(key: str, without: int = -1) -> RecordProof:
        made: list[str] = []
        for number, old in enumerate(chain(proven)):
            parents = proven.repo.git("rev-list", "--parents", "-n1", old).split()[1:]
            parents = [made[-1], *parents[1:]] if made else []
            sign = [] if number == without else ["-S"]
            settings = ["-c", "gpg.format=ssh", "-c", f"user.signingkey={tmp_path / key}"]
            message = proven.repo.git("show", "-s", "--format=%B", old)
            linked = [part for parent in parents for part in ("-p", parent)]
            made.append(proven.repo.git(*settings, "commit-tree", *sign, *linked, "-m", message, f"{old}^{{tree}}"))
        proven.repo.git("update-ref", REF, made[-1])
        return verify(Session(proven.path, proven.repo.env, proven.clock, "trusted"), None)

    found = signed("mine")
    assert (found.fault, found.verdict) == (None, "untampered")
    assert (fault := signed("mine", without=5).fault)
    assert (fault.number, "signature" in fault.what) == (3, True)
    assert (fault := signed("other").fault)
    assert fault.number == 0
    assert check(proven).verdict == "consistent"


def test_the_verb_ends_with_1_and_names_it(proven: World, cli: Cli) -> None:
    """For a person and for a program; nothing is asked of any remote."""
    proven.repo.git("remote", "add", "elsewhere", "http://192.0.2.1/")
    done = cli("audit", "verify", cwd=proven.path)
    assert (done.code, "The record is consistent." in done.out) == (0, True)
    rewrite(proven, lambda n, *rest: None if n in (3, 4) else rest)
    done = cli("audit", "verify", "--json", cwd=proven.path)
    assert done.code == 1
    assert json.loads(done.out)["fault"]["what"] == "apply 3 follows apply 1"
