"""What an apply leaves in the record: intent, outcome, and an index that advances address by address."""

import json
from collections.abc import Mapping

import pytest

from hand_made import fields, plan_of
from program import Repository
from reconciler.model.change import Action, Change, Origin
from reconciler.model.compare import Bookkeeping
from reconciler.model.errors import PartialError
from reconciler.model.fields import SecretVersion, digest_of
from reconciler.model.outcome import Outcome, Status
from reconciler.model.plan import Note
from reconciler.model.state import Desired, Provenance
from reconciler.record.reading import initial_salt
from record.world import NUMBER, REF, Folder, a, config, create, delete, desired, own, update

WWW, MX, OLD = "record/example.org/www/A", "record/example.org/mx/A", "record/example.org/old/A"


def test_before_the_first_apply(folder: Folder) -> None:
    """Nothing is applied, the salt follows from the account's number, and reading writes nothing."""
    state = folder.record.read()
    assert (state.applied.state, state.applied.number, state.applied.head, state.pending) == ({}, 0, None, None)
    assert state.applied.salt == initial_salt(NUMBER) == digest_of(["initial salt", NUMBER])
    assert not (folder.path / ".reconciler").exists()


def test_an_apply(folder: Folder) -> None:
    """What was done is applied, under the receipt's number and the configuration commit."""
    receipt = folder.apply(create(WWW, a("www")), create(MX, a("mx")))
    applied = folder.record.read().applied
    assert applied.state == {WWW: a("www"), MX: a("mx")}
    assert (applied.number, applied.config_commit) == (1, receipt.config_commit)
    assert applied.provenance[WWW] == Provenance(1, receipt.config_commit, "")
    assert [(s.address, s.action, s.key, s.status) for s in receipt.steps] == [
        (WWW, "create", f"key of {WWW}", "done"),
        (MX, "create", f"key of {MX}", "done"),
    ]


def test_the_commits(folder: Folder) -> None:
    """The branch begins with an empty commit; each apply adds an intent and an outcome, both with the configuration."""
    receipts = [folder.apply(create(WWW, a("www"))), folder.apply(delete(WWW, a("www")))]
    git = folder.git()
    head = git.read_ref(REF)
    seen = []
    while head:
        commit = git.commit(head)
        seen.append((commit.message.split("\n")[0], commit.parents[1:], bool(git.entries(head))))
        head = commit.parents[0] if commit.parents else None
    configured = [(receipt.config_commit,) for receipt in receipts]
    assert seen[::-1] == [
        (f"Begin the record of account {NUMBER}", (), False),
        ("Apply 1: 1 to add, 0 to change, 0 to destroy", configured[0], True),
        ("Apply 1: 1 added, 0 changed, 0 destroyed", configured[0], True),
        ("Apply 2: 0 to add, 0 to change, 1 to destroy", configured[1], True),
        ("Apply 2: 0 added, 0 changed, 1 destroyed", configured[1], True),
    ]


def test_numbers_have_no_gap(folder: Folder) -> None:
    """Receipts are counted from 1, whatever became of them."""
    numbers = [folder.apply(create(WWW, a("www")), failed=[WWW]).number for _ in range(3)]
    assert numbers == [1, 2, 3]
    assert folder.record.read().applied.number == 3


def test_only_what_was_done_advances(folder: Folder) -> None:
    """An address whose change failed stays as it was recorded."""
    folder.apply(create(WWW, a("www")), create(OLD, a("old")))
    changes = update(WWW, a("www"), a("www", "192.0.2.2")), create(MX, a("mx")), delete(OLD, a("old"))
    receipt = folder.apply(*changes, failed=[WWW, MX, OLD])
    assert folder.record.read().applied.state == {WWW: a("www"), OLD: a("old")}
    assert [step.status for step in receipt.steps] == ["failed"] * 3
    folder.apply(*changes)
    assert folder.record.read().applied.state == {WWW: a("www", "192.0.2.2"), MX: a("mx")}


def test_what_nobody_tried(folder: Folder) -> None:
    """A step without an outcome has no status, and its address stays as it was."""
    intent = folder.begin(plan_of(create(WWW, a("www")), create(MX, a("mx"))))
    done = [Outcome(create(WWW, a("www")), Status.DONE)]
    receipt = folder.record.finish(intent, (), done, desired(), folder.clock)
    assert [step.status for step in receipt.steps] == ["done", ""]
    assert set(folder.record.read().applied.state) == {WWW}


def test_untouched_addresses_keep_their_origin(folder: Folder) -> None:
    """An apply touches only its own addresses: the others keep receipt, commit and path."""
    first = folder.apply(create(WWW, a("www")), desired=_placed({WWW: "zones/example.org.yaml"}))
    folder.apply(create(MX, a("mx")))
    applied = folder.record.read().applied
    assert applied.provenance[WWW] == Provenance(1, first.config_commit, "zones/example.org.yaml")
    assert applied.provenance[MX].receipt == 2


def test_notes(folder: Folder) -> None:
    """Ownership, advances and drops are learnt without a write, and counted."""
    folder.apply(create(OLD, a("old")), create(MX, a("mx")))
    notes = [own(WWW, a("www")), Note(OLD, Bookkeeping.DROP), Note(MX, Bookkeeping.ADVANCE, a("mx", "192.0.2.9"))]
    receipt = folder.apply(notes=notes)
    assert folder.record.read().applied.state == {WWW: a("www"), MX: a("mx", "192.0.2.9")}
    assert (receipt.steps, receipt.owned, receipt.advanced, receipt.dropped) == ((), 1, 1, 1)


def test_moves(folder: Folder) -> None:
    """A moved entry is renamed, and keeps the account's id."""
    before, after = "contact/erika", "contact/em"
    value = fields(name="Erika", email="erika@example.org")
    folder.apply(create(before, value, live_id="17"))
    moving = Change(after, Action.MOVE, Origin.ASKED, value, value, moved_from=before, live_id="17", seal="s")
    folder.apply(moving)
    applied = folder.record.read().applied
    assert set(applied.state) == {after}
    assert (applied.provenance[after].live_id, applied.provenance[after].receipt) == ("17", 2)


def test_forgetting(folder: Folder) -> None:
    """What is let go is ours no longer."""
    folder.apply(create("mail_domain/example.org", fields(catch_all="info@example.org")))
    let_go = Change("mail_domain/example.org", Action.FORGET, Origin.ASKED, fields(), None, seal="s")
    folder.apply(let_go)
    assert folder.record.read().applied.state == {}


def test_a_zone_goes_with_its_records(folder: Folder) -> None:
    """Deleting a zone drops every record set that it covers, and none of another zone."""
    other = "record/example.organic/www/A"
    folder.apply(create("zone/example.org", fields()), *(create(address, a("x")) for address in (WWW, MX, other)))
    folder.apply(delete("zone/example.org", fields()))
    assert set(folder.record.read().applied.state) == {other}


def test_protection(folder: Folder) -> None:
    """The record knows what is protected, so that it still is when its declaration has gone."""
    folder.apply(create(WWW, a("www")), create(MX, a("mx")), desired=desired(WWW))
    provenance = folder.record.read().applied.provenance
    assert (provenance[WWW].protect, provenance[MX].protect) == (True, False)


def test_ids_of_the_account(folder: Folder) -> None:
    """An id that a creation or a note brings is kept, and stays through later changes that bring none."""
    address, value = "contact/erika", fields(name="Erika", email="erika@example.org")
    plan = plan_of(create(address, value))
    done = [Outcome(plan.changes[0], Status.DONE, live_id="17")]
    folder.record.finish(folder.begin(plan), (), done, desired(), folder.clock)
    folder.apply(update(address, value, fields(name="E", email="erika@example.org")))
    assert folder.record.read().applied.provenance[address].live_id == "17"
    folder.apply(notes=[Note(address, Bookkeeping.ADVANCE, value, live_id="18")])
    assert folder.record.read().applied.provenance[address].live_id == "18"


def test_the_salt_is_made_once(folder: Folder) -> None:
    """The first intent makes a random salt; it never changes again."""
    folder.apply(create(WWW, a("www")))
    salt = folder.record.read().applied.salt
    assert salt != initial_salt(NUMBER)
    folder.apply(create(MX, a("mx")))
    assert folder.record.read().applied.salt == salt
    assert folder.content()["salt"] == f"{salt}\n".encode()


def test_private_values_are_digests(folder: Folder) -> None:
    """No private value and no secret stands in any object of the record, in whatever way it came there."""
    canary = ["canary@example.org", "+49 511 7654321", "Canary Person"]
    value = fields(name=canary[2], email=canary[0], phone=canary[1])
    folder.apply(create("contact/c", value, live_id="1"))
    folder.apply(update("contact/c", value, fields(name=canary[2], email=canary[0], phone=canary[1], scope="external")))
    folder.apply(notes=[own("contact/d", value)])
    folder.apply(create("mailbox/info@example.org", fields(password=SecretVersion(3), quota=1)), failed=["x"])
    head = folder.git().read_ref(REF)
    objects = Repository(folder.git().git_dir, {"PATH": "/usr/bin:/bin"})
    listed = objects.git("rev-list", "--objects", str(head)).splitlines()
    found = "\n".join(objects.git("cat-file", "-p", line.split()[0]) for line in listed)
    assert "contact/c" in found and "$sha256" in found and '"$version":3' in found
    assert [text for text in canary[:2] if text in found] == []


def test_the_same_private_value_has_the_same_digest(folder: Folder) -> None:
    """Digests of one account compare: an unchanged private value is seen to be unchanged."""
    value = fields(name="E", email="e@example.org", phone="+49 511 123456")
    folder.apply(create("contact/c", value))
    first = folder.record.read().applied.state["contact/c"]
    folder.apply(update("contact/c", value, value))
    assert folder.record.read().applied.state["contact/c"] == first != value


def test_diffs_are_readable(inside: Folder, repo: Repository) -> None:
    """The record's ``git diff`` shows a line for each address that changed, and the receipt."""
    inside.apply(*(create(f"record/example.org/h{n}/A", a("h")) for n in range(9)))
    inside.apply(update("record/example.org/h4/A", a("h"), a("h", "192.0.2.7")))
    changed = repo.git("diff", "--unified=0", f"{REF}~2", REF, "--", "applied").splitlines()
    lines = [line[:37] for line in changed if line[:1] in "+-" and line[:3] not in ("+++", "---")]
    assert lines == ['-,"record/example.org/h4/A":{"commit"', '+,"record/example.org/h4/A":{"commit"']
    names = repo.git("diff", "--name-only", f"{REF}~2", REF).splitlines()
    assert names == ["applied/record/example.org.json", "receipt.json"]


def test_receipts_are_readable(folder: Folder) -> None:
    """The receipt in the tree is the one returned, as indented JSON; git's own tools show it."""
    receipt = folder.apply(create(WWW, a("www")))
    text = folder.content()["receipt.json"].decode()
    assert json.loads(text) == json.loads(json.dumps(receipt.to_json()))
    assert text.count("\n") > 20


def test_other_branches_and_accounts_stay_apart(inside: Folder) -> None:
    """Two accounts of one repository have a branch each; ``record: {ref}`` chooses another."""
    inside.apply(create(WWW, a("www")))
    from reconciler.record.place import open_record

    assert open_record(inside.path, config("K-2")).read().applied.state == {}
    assert open_record(inside.path, config(ref="x/y")).read().applied.state == {}
    assert set(open_record(inside.path, config(ref=f"reconciler/{NUMBER}")).read().applied.state) == {WWW}


def test_nothing_of_the_work_tree_is_touched(inside: Folder, repo: Repository) -> None:
    """An apply leaves branch, index and files of the configuration as they are."""
    repo.write({"untracked": "x"})
    before = repo.git("status", "--porcelain", "--branch"), repo.git("rev-parse", "HEAD")
    inside.apply(create(WWW, a("www")))
    assert (repo.git("status", "--porcelain", "--branch"), repo.git("rev-parse", "HEAD")) == before
    assert repo.git("fsck", "--strict", "--no-dangling") == ""


def test_a_branch_moved_in_between(inside: Folder, repo: Repository) -> None:
    """An outcome that doesn't fit on the branch any more is exit 6, with the intent to go back to."""
    intent = inside.begin(plan_of(create(WWW, a("www"))))
    repo.git("update-ref", REF, f"{REF}~1")
    with pytest.raises(PartialError, match="Somebody moved") as partial:
        inside.record.finish(intent, (), (), desired(), inside.clock)
    assert partial.value.exit_code == 6
    assert intent.commit[:12] in partial.value.help


def test_an_outcome_that_git_cannot_write(inside: Folder, repo: Repository) -> None:
    """A git that fails after the writes is exit 6 too, not an ordinary error."""
    intent = inside.begin(plan_of(create(WWW, a("www"))))
    lost = repo.path / ".git" / "objects" / intent.commit[:2] / intent.commit[2:]
    lost.unlink()
    with pytest.raises(PartialError, match="can't be recorded"):
        inside.record.finish(intent, (), (), desired(), inside.clock)


def _placed(places: Mapping[str, str]) -> Desired:
    return desired(**places)
