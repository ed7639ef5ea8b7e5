"""What is left of an interrupted apply, judged by a plan made again: what is sent, what was done, what nobody knows."""

from dataclasses import replace

import pytest

from hand_made import change, fields, plan_of
from reconciler.apply.resuming import Rest, demand_here, left_of, nothing_read, options_again
from reconciler.model.change import Action, Change, Origin
from reconciler.model.compare import Bookkeeping
from reconciler.model.errors import RefusedError
from reconciler.model.fields import SecretVersion
from reconciler.model.outcome import Status
from reconciler.model.plan import Note, Plan
from reconciler.model.receipt import Receipt, Step
from reconciler.model.state import Live
from record.world import a, create, delete, desired, own, update

WWW, MX, OLD = "record/example.org/www/A", "record/example.org/mx/A", "record/example.org/old/A"
INFO = "mailbox/info@example.org"


def steps_of(*changes: Change) -> tuple[Step, ...]:
    """Return the steps that an intent of these changes has."""
    return tuple(Step(one.address, one.action, one.origin, one.seal, "key") for one in changes)


def left(*intended: Change, again: Plan, unread: dict[str, str] | None = None) -> Rest:
    """Return what is left of the intended changes."""
    return left_of(steps_of(*intended), again, desired(), unread or {})


def told(rest: Rest) -> dict[str, str]:
    """Return the verdicts."""
    return {address: str(found.status) for address, found in rest.read_back.items()}


def test_what_is_planned_again_is_sent_and_the_rest_was_done() -> None:
    """The same seal means that nothing has changed since: exactly that is sent. What is no longer planned was done."""
    first, second, third = create(WWW, a("www")), create(MX, a("mx")), delete(OLD, a("old"))
    gone = Note(OLD, Bookkeeping.DROP)
    rest = left(first, second, third, again=plan_of(second, notes=(own(WWW, a("www")), gone)))
    assert rest.plan.changes == (second,)
    assert told(rest) == {WWW: "done", OLD: "done"}
    assert rest.plan.notes == (own(WWW, a("www")), gone)
    assert rest.missing == {}


def test_nothing_else_is_sent_and_nothing_else_learnt() -> None:
    """What the plan holds besides, and what it would take into ownership, was nobody's intention then."""
    rest = left(create(WWW, a("www")), again=plan_of(create(MX, a("mx")), notes=(own(WWW, a("www")), own(OLD, a("o")))))
    assert rest.plan.changes == ()
    assert rest.plan.notes == (own(WWW, a("www")),)


@pytest.mark.parametrize("where", ["changes", "drift", "refused"])
def test_what_changed_since_is_unknown_and_left_alone(where: str) -> None:
    """Another seal at the same address: live is neither as before nor as it should be."""
    intended = update(WWW, a("www"), a("www", "192.0.2.2"))
    other = replace(update(WWW, a("www", "192.0.2.9"), a("www", "192.0.2.2")), seal="other")
    again = plan_of(other) if where == "changes" else plan_of(**{where: (other,)})
    rest = left(intended, again=again)
    assert (rest.plan.changes, told(rest)) == ((), {WWW: "unknown"})
    assert "left alone" in rest.read_back[WWW].detail
    assert rest.missing == {WWW: Status.UNKNOWN}


def test_what_cannot_be_read_is_unknown() -> None:
    """Of several providers one may be away: its changes stay open, each with why."""
    rest = left(create(WWW, a("www")), create(INFO, fields()), again=plan_of(), unread={"mailbox": "It is away."})
    assert told(rest) == {WWW: "done", INFO: "unknown"}
    assert rest.read_back[INFO].detail == "It is away."


def with_secret() -> tuple[Change, Rest]:
    """Return the creation of a mailbox with a password, and what is left when the mailbox is there."""
    value = fields(password=SecretVersion(1))
    created = create(INFO, value)
    declared = replace(desired(), state={INFO: value})
    return created, left_of(steps_of(created), plan_of(notes=(own(INFO, value),)), declared, {})


def test_an_unconfirmed_secret_is_written_again() -> None:
    """That a mailbox is there doesn't prove its password: the same request is sent again, under the same key."""
    created, rest = with_secret()
    assert [(c.address, c.action, c.after, c.seal) for c in rest.plan.changes] == [
        (INFO, Action.CREATE, created.after, created.seal)
    ]
    assert (rest.plan.notes, dict(rest.read_back)) == ((), {})


def test_abandoning_sends_nothing() -> None:
    """What isn't done is recorded as such; of a secret that nobody confirmed nothing is learnt."""
    first, second = create(WWW, a("www")), create(MX, a("mx"))
    rest = left(first, second, again=plan_of(second, notes=(own(WWW, a("www")),))).abandoned()
    assert (rest.plan.changes, told(rest)) == ((), {WWW: "done", MX: "not done"})
    _, unsure = with_secret()
    assert told(unsure.abandoned()) == {INFO: "unknown"}
    assert unsure.abandoned().plan.notes == ()


def test_what_only_the_record_would_have_learnt_is_done_again() -> None:
    """Letting go leaves no trace live, so it is planned again, and carried out."""
    let_go = change(WWW, Action.FORGET, Origin.ASKED, a("www"), None)
    assert left(let_go, again=plan_of(let_go)).plan.changes == (let_go,)


def test_a_kind_that_was_emptied_on_purpose_is_believed_to_be_empty() -> None:
    """Otherwise an apply that deletes the last of a kind could never be resumed."""
    options = options_again(steps_of(delete(INFO, fields()), create(WWW, a("www"))))
    assert (options.accept_empty, options.include_drift) == (frozenset({"mailbox"}), True)


def _pending(machine: str) -> Receipt:
    facts = ("K-1", "embedded:account.db", "s", "c", "n", "Erika", "ci-1", 7, "t", "c" * 40, "0")
    return Receipt(1, "intent", *facts, machine=machine, steps=steps_of(create(WWW, a("www"))))


def test_nothing_can_be_read() -> None:
    """Then everything is unknown, and why is said in harmless text."""
    rest = nothing_read(_pending("m"), "away\x1b")
    assert (rest.plan.changes, told(rest)) == ((), {WWW: "unknown"})
    assert rest.read_back[WWW].detail.isprintable()


def test_an_account_in_the_folder_of_another_machine() -> None:
    """It isn't here; finishing would make a second one."""
    nowhere = Live("K-1", "embedded:account.db", {}, exists=False)
    with pytest.raises(RefusedError, match="on ci-1"):
        demand_here(_pending("there"), nowhere, ("account.db",), "here")
    demand_here(_pending("here"), nowhere, ("account.db",), "here")
    demand_here(_pending("there"), replace(nowhere, exists=True), ("account.db",), "here")
    demand_here(_pending("there"), nowhere, (), "here")
