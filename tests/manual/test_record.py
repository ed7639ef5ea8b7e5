"""Attestations in the record: tampered with, made at once, during an apply, after an interruption, after a revert."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from inside import Fixed, Inside
from manual.hands import ALL, BEGAN, Person
from program import Repository
from reconciler.apply.executor import idempotency_keys
from reconciler.gitrepo.repo import GitRepo
from reconciler.load.tree import WorkTree
from reconciler.model.by_hand import Attestation
from reconciler.model.errors import LockedError
from reconciler.model.plan import Options
from reconciler.pipeline.planning import plan
from reconciler.pipeline.session import Session
from reconciler.record.attested import write_attested
from reconciler.record.holder import Who
from reconciler.record.writing import Keys
from remotes import path_remote

REF = "refs/heads/reconciler/K-104711"
Change = Callable[[GitRepo, str, str], tuple[str, str]]


@pytest.fixture
def person(tmp_path: Path) -> Person:
    """Somebody before an account of which nothing was looked at."""
    return Person.begin(tmp_path)


@pytest.fixture
def waiting(person: Person) -> Person:
    """Somebody who has yet to make one change in the portal."""
    person.attest("contact/max")
    person.attest("password/*")
    assert person("apply", "--auto-approve").code == 0
    return person


def forge(person: Person, path: str, old: str, new: str, mended: bool) -> str:
    """Put a forged attestation in place of the newest commit; ``mended``: its message names its own files."""
    repo = GitRepo.find(person.run.folder)
    assert repo is not None
    head = person.repo.git("rev-parse", REF)
    there, text = repo.commit(head), person.repo.git("show", f"{head}:{path}")
    text += "\n"
    assert old in text
    tree = repo.write_tree(head, {path: text.replace(old, new, 1).encode()})
    message = there.message.replace(there.tree, tree) if mended else there.message
    made = repo.write_commit(tree, list(there.parents), message, datetime(2026, 11, 26, tzinfo=UTC))
    person.repo.git("update-ref", REF, made)
    return made


@pytest.mark.parametrize(
    ("path", "old", "new", "word"),
    [
        ("attested/contact.json", '["speak"]', '["authorise","speak"]', "attested as declared"),
        ("attested/contact.json", '"evidence":"', '"evidence":"0', None),
        ("attested/contact.json", '"commit":"', '"commit":"0', "configuration commit"),
        ("attested/contact.json", '"when":"', '"when":{"', "can't be read"),
        ("salt", "\n", "0\n", "salt"),
        ("applied/whitelist_entry.json", "203.0.113.7", "203.0.113.9", "what was applied"),
        ("receipt.json", '"number": 1', '"number": 2', "what was applied"),
    ],
)
def test_a_forged_attestation_is_named(waiting: Person, path: str, old: str, new: str, word: str | None) -> None:
    """Whoever mends the message, too, is caught by what git says; what nothing else tells needs an anchor."""
    waiting.repo.commit(files={"all.yaml": ALL.replace("[speak, authorise]", "[speak]")})
    waiting.attest("contact/erika")
    head = waiting.repo.git("rev-parse", REF)
    made = forge(waiting, path, old, new, mended=True)
    proof = json.loads(waiting("audit", "verify", "--json").out)
    if word is None:
        assert proof["fault"] is None
        assert json.loads(waiting("audit", "verify", "--head", head, "--json").out)["fault"]
    else:
        assert proof["fault"]["commit"] == made
        assert word in proof["fault"]["what"]


def test_an_attestation_whose_message_names_other_files_is_named(waiting: Person) -> None:
    """Neither does anybody plan with it."""
    waiting.attest("contact/erika", "--seen", "may=speak")
    made = forge(waiting, "attested/contact.json", '["speak"]', '["authorise"]', mended=False)
    assert json.loads(waiting("audit", "verify", "--json").out)["fault"]["commit"] == made
    assert "damaged" in waiting("plan").err


def test_an_attestation_that_is_left_out_leaves_a_gap(waiting: Person) -> None:
    """An apply that took into ownership what nobody attested any more can't have its number and parents."""
    waiting.attest("contact/erika")
    kept = waiting.repo.git("rev-parse", REF)
    waiting.repo.git("update-ref", REF, f"{kept}~1")
    assert json.loads(waiting("audit", "verify", "--json").out)["fault"] is None
    assert json.loads(waiting("audit", "verify", "--head", kept, "--json").out)["fault"]["commit"] == kept


def clone(person: Person, tmp_path: Path) -> Person:
    """Return somebody else with a clone of their own of the same remote."""
    remote = path_remote(person.repo, tmp_path / "origin.git")
    other = remote.clone(tmp_path / "other")
    return Person(
        Repository(other.path, person.repo.env), Inside(other.path, person.repo.env, Fixed(time=BEGAN)), person.evidence
    )


def test_of_two_who_attest_at_once_one_attests_again(person: Person, tmp_path: Path) -> None:
    """Both saw the same record; the slower is told so and has written nothing, then both are known in both clones."""
    other = clone(person, tmp_path)
    session = Session(person.run.folder, person.repo.env, person.run.clock)
    planned = plan(session, Options())
    commit = person.repo.git("rev-parse", "HEAD")
    assert other.attest("contact/max").code == 0
    seen = {"contact/erika": Attestation(None, BEGAN.isoformat(), "Erika", "0" * 64, commit, ("absent",))}
    with pytest.raises(LockedError, match="written in the meantime") as late:
        write_attested(planned.record, planned.state, commit, seen, session.clock)
    assert late.value.exit_code == 5
    assert person.attest("contact/erika").code == 0
    for one in (person, other):
        applied = plan(Session(one.run.folder, one.repo.env, one.run.clock), Options()).state.applied
        assert applied.attested.keys() == {"contact/erika", "contact/max"}
        assert one("audit", "verify").code == 0


def begin(person: Person) -> str:
    """Begin an apply that never ends; return the record's newest commit."""
    session = Session(person.run.folder, person.repo.env, person.run.clock)
    planned = plan(session, Options())
    commit = planned.record.snapshot(
        planned.desired.files, WorkTree(session.folder).read, session.environ, session.clock
    )
    nonce = session.clock.nonce()
    keys = Keys(nonce, idempotency_keys(planned.plan, nonce))
    planned.record.begin(planned.state, planned.plan, keys, commit, Who.here(session.environ), session.clock)
    return person.repo.git("rev-parse", REF)


def test_nobody_attests_while_an_apply_is_under_way(person: Person) -> None:
    """Exit 5, who holds the record, and nothing written; afterwards it works."""
    person.attest("contact/max")
    head = begin(person)
    refused = person.attest("contact/erika")
    assert refused.code == 5
    assert "has begun and not ended" in refused.err
    assert person.repo.git("rev-parse", REF) == head
    assert person("apply", "--resume").code == 0
    assert person.attest("contact/erika").code == 0
    assert person("audit", "verify").code == 0


def awaiting(person: Person) -> dict[str, int]:
    """Return what the record says to await a hand, with the receipt that left it first."""
    names = person.repo.git("ls-tree", "--name-only", REF).split()
    kept = json.loads(person.repo.git("show", f"{REF}:awaiting.json")) if "awaiting.json" in names else {}
    return {address: receipt for address, (_, receipt) in kept.items()}


def test_a_resumed_apply_leaves_the_same_awaiting_a_hand(waiting: Person) -> None:
    """What it can write is written; what needs a person waits, the older since the receipt that left it first."""
    waiting.repo.commit(
        files={
            "more.yaml": "contacts: {eve: {name: Eve Muster, email: eve@example.org}}\n"
            "whitelist: {home: {address: 203.0.113.8}}\n"
        }
    )
    begin(waiting)
    resumed = waiting("apply", "--resume")
    assert resumed.code == 0, resumed.err
    receipt = json.loads(waiting.repo.git("show", f"{REF}:receipt.json"))
    assert {step["address"]: step["status"] for step in receipt["steps"]} == {
        "contact/erika": "awaiting hand",
        "contact/eve": "awaiting hand",
        "whitelist_entry/home": "done",
    }
    assert awaiting(waiting) == {"contact/erika": 1, "contact/eve": 2}
    again = waiting("apply", "--auto-approve")
    assert (again.code, "Recorded" in again.out) == (0, False)
    assert waiting("audit", "verify").code == 0


def test_an_interrupted_apply_that_is_given_up_awaits_nothing_new(waiting: Person) -> None:
    """What was approved with it isn't approved any more; what awaited a hand before still does."""
    waiting.repo.commit(files={"more.yaml": "contacts: {eve: {name: Eve Muster, email: eve@example.org}}\n"})
    begin(waiting)
    assert waiting("apply", "--resume", "--abandon", "--reason", "changed our minds").code == 0
    assert awaiting(waiting) == {"contact/erika": 1}


def test_a_change_that_was_taken_back_awaits_nothing(waiting: Person) -> None:
    """Its approval goes with it: declared again, it is approved again."""
    without = "\n".join(line for line in ALL.splitlines() if not line.startswith("  erika")) + "\n"
    waiting.repo.commit("Not Erika", {"all.yaml": without})
    assert waiting("apply", "--auto-approve").code == 0
    assert awaiting(waiting) == {}
    assert "awaiting hand" not in waiting("status").out
    waiting.repo.commit("Erika after all", {"all.yaml": ALL})
    (hand,) = json.loads(waiting("plan", "--json").out)["by_hand"]
    assert (hand["address"], hand["awaiting"]) == ("contact/erika", False)
    assert waiting("audit", "verify").code == 0


def test_a_change_that_is_taken_back_while_another_waits_awaits_nothing(waiting: Person) -> None:
    """An apply of what only awaits a hand writes nothing, unless something doesn't any more."""
    eve = {"more.yaml": "contacts: {eve: {name: Eve Muster, email: eve@example.org}}\n"}
    waiting.repo.commit("Eve", eve)
    assert waiting("apply", "--auto-approve").code == 0
    assert awaiting(waiting) == {"contact/erika": 1, "contact/eve": 2}
    waiting.repo.commit("Not Eve", {"more.yaml": "contacts: {}\n"})
    assert waiting("apply", "--auto-approve").code == 0
    assert awaiting(waiting) == {"contact/erika": 1}
