"""The order of applies: by ancestry alone, with snapshots standing for the commit they were taken on."""

import pytest

from program import Repository
from reconciler.record.order import Order
from record.world import Folder, a, create

WWW = "record/example.org/www/A"
DIRTY = "mail: {example.org: {}}\n"


def order(folder: Folder, commit: str, last: str | None) -> Order:
    """Return how one commit follows another."""
    return folder.record.order(commit, last)


def test_nothing_applied_yet(inside: Folder) -> None:
    """Whatever comes first is ahead."""
    assert order(inside, inside.snapshot(), None) is Order.AHEAD


def test_along_a_line(inside: Folder, repo: Repository) -> None:
    """A descendant is ahead, the same commit is the same, an ancestor is superseded."""
    one = repo.commit("One", {"a": "1"})
    two = repo.commit("Two", {"a": "2"})
    assert order(inside, two, one) is Order.AHEAD
    assert order(inside, two, two) is Order.SAME
    assert order(inside, one, two) is Order.SUPERSEDED


def test_two_lines(inside: Folder, repo: Repository) -> None:
    """A commit that doesn't contain the one applied last has diverged; their merge is ahead of both."""
    base = repo.git("rev-parse", "HEAD")
    one = repo.commit("One", {"a": "1"})
    repo.git("checkout", "--quiet", "-b", "side", base)
    two = repo.commit("Two", {"b": "2"})
    assert order(inside, two, one) is Order.DIVERGED
    repo.git("merge", "--quiet", "--no-edit", one)
    merged = repo.git("rev-parse", "HEAD")
    assert order(inside, merged, one) is Order.AHEAD
    assert order(inside, one, merged) is Order.SUPERSEDED


def test_a_rewritten_history(inside: Folder, repo: Repository) -> None:
    """After an amend, the applied commit isn't contained any more."""
    one = repo.commit("One", {"a": "1"})
    repo.git("commit", "--quiet", "--amend", "-m", "Other words")
    assert order(inside, repo.git("rev-parse", "HEAD"), one) is Order.DIVERGED


def test_a_revert_is_ahead(inside: Folder, repo: Repository) -> None:
    """Going back by ``git revert`` goes forward."""
    one = repo.commit("One", {"a": "1"})
    repo.git("revert", "--no-edit", "HEAD")
    assert order(inside, repo.git("rev-parse", "HEAD"), one) is Order.AHEAD


def test_committing_what_was_applied_as_snapshot(inside: Folder, repo: Repository) -> None:
    """Files applied before they were committed don't make their commit look diverged."""
    inside.write(mail_yaml=DIRTY)
    snapshot = inside.snapshot()
    committed = repo.commit("The same")
    assert order(inside, committed, snapshot) is Order.AHEAD


def test_throwing_away_what_was_applied_as_snapshot(inside: Folder, repo: Repository) -> None:
    """Going back from uncommitted files to HEAD is a change to apply, not a superseded commit."""
    inside.write(mail_yaml=DIRTY)
    snapshot = inside.snapshot()
    repo.git("checkout", "--quiet", "mail.yaml")
    assert order(inside, inside.snapshot(), snapshot) is Order.AHEAD


def test_snapshot_after_snapshot(inside: Folder) -> None:
    """Trying out one thing after another on one commit is always ahead."""
    inside.write(mail_yaml=DIRTY)
    one = inside.snapshot()
    inside.write(mail_yaml="mail: {}  # other\n")
    two = inside.snapshot()
    assert one != two
    assert (order(inside, two, one), order(inside, one, two)) == (Order.AHEAD, Order.AHEAD)


def test_a_snapshot_on_an_older_commit(inside: Folder, repo: Repository) -> None:
    """A snapshot is as old as the commit it stands on."""
    old = repo.git("rev-parse", "HEAD")
    new = repo.commit("New", {"a": "1"})
    repo.git("checkout", "--quiet", old)
    inside.write(mail_yaml=DIRTY)
    assert order(inside, inside.snapshot(), new) is Order.SUPERSEDED
    assert order(inside, new, inside.snapshot()) is Order.AHEAD


def test_a_snapshot_on_another_line(inside: Folder, repo: Repository) -> None:
    """A snapshot on another line has diverged as its commit has."""
    old = repo.git("rev-parse", "HEAD")
    new = repo.commit("New", {"a": "1"})
    repo.git("checkout", "--quiet", "-b", "side", old)
    repo.commit("Side", {"b": "1"})
    inside.write(mail_yaml=DIRTY)
    assert order(inside, inside.snapshot(), new) is Order.DIVERGED


def test_outside_of_a_repository(outside: Folder) -> None:
    """Without a repository whatever comes next is ahead, back to old content too."""
    seen = []
    for text in ("1", "2", "1"):
        outside.write(mail_yaml=f"mail: {{}}  # {text}\n")
        last = outside.record.read().applied.config_commit
        commit = outside.snapshot()
        seen.append(order(outside, commit, last))
        outside.apply(create(WWW, a("www", f"192.0.2.{text}")), commit=commit)
    assert seen == [Order.AHEAD] * 3
    assert order(outside, outside.snapshot(), outside.record.read().applied.config_commit) is Order.SAME


@pytest.mark.parametrize("text", ["nothing", "nothing, after " + "1" * 40, "1" * 40])
def test_a_copied_message_makes_no_snapshot(inside: Folder, repo: Repository, text: str) -> None:
    """A commit of the user's whose message ends like a snapshot's isn't one while its parent is another."""
    one = repo.commit("One", {"a": "1"})
    two = repo.commit(f"Two\n\nReconciler-Snapshot: {text}", {"a": "2"})
    three = repo.commit("Three", {"a": "3"})
    assert order(inside, one, two) is Order.SUPERSEDED
    assert order(inside, three, two) is Order.AHEAD


def test_before_the_first_commit(repo: Repository) -> None:
    """What was applied before the first commit is followed by any commit."""
    folder = Folder(repo.path)
    folder.write(mail_yaml=DIRTY)
    snapshot = folder.snapshot()
    assert order(folder, repo.commit("First"), snapshot) is Order.AHEAD


def test_superseded_before_anything_is_judged(inside: Folder, repo: Repository) -> None:
    """An older checkout is seen to be superseded without writing anything, whatever its plan would be."""
    old = repo.git("rev-parse", "HEAD")
    new = repo.commit("New", {"a": "1"})
    repo.git("checkout", "--quiet", old)
    before = repo.git("count-objects")
    assert inside.record.is_superseded(new)
    assert not inside.record.is_superseded(old)
    assert not inside.record.is_superseded(None)
    assert repo.git("count-objects") == before


def test_nothing_is_superseded_outside(outside: Folder) -> None:
    """Without a repository nothing is older than anything."""
    outside.apply(create(WWW, a("www")))
    assert not outside.record.is_superseded(outside.record.read().applied.config_commit)
