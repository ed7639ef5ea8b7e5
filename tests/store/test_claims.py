"""Who manages what, and the revision of each group."""

from accounts import Account
from reconciler.model.outcome import Status
from reconciler.store.entries import Contents

ZONE = "zone/example.org"
WWW = "record/example.org/www/A"


def contents(account: Account) -> Contents:
    """Return everything in the account."""
    found = account.store.read()
    assert found is not None
    return found


def test_a_claim_keeps_others_out(account: Account) -> None:
    """Neither another repository nor somebody without a claim writes what is claimed; its owner does."""
    made = (account.create(ZONE), account.create(WWW, value="203.0.113.10"))
    assert {a.status for a in account.store.write(made, managed_by="here")} == {Status.DONE}
    for other in ("there", None):
        (answer,) = account.store.write((account.delete(WWW),), managed_by=other)
        assert (answer.status, answer.detail) == (
            Status.FAILED,
            "It is managed by here, and nobody else may write it.",
        )
    assert contents(account).claims == {ZONE: "here", WWW: "here"}
    (answer,) = account.store.write((account.delete(WWW),), managed_by="here")
    assert answer.status is Status.DONE
    assert contents(account).claims == {ZONE: "here"}


def test_a_group_has_the_revision_of_its_last_change(account: Account) -> None:
    """The record sets of a zone are a group of their own; a deletion counts."""
    account.done(account.create(ZONE))
    first = contents(account)
    account.done(account.create(WWW, value="203.0.113.10"))
    second = contents(account)
    assert second.revision == first.revision + 1 == second.revisions["record/example.org"]
    assert second.revisions["zone"] == first.revisions["zone"] == first.revision
    account.done(account.delete(WWW))
    assert contents(account).revisions["record/example.org"] == second.revision + 1
    assert contents(account).revisions["contact"] == 0
