"""What we call by a name and the account by its own id: the contact on the invoice."""

from planner.world import World, actions, contact, desired, fields, tombstones
from reconciler.model.change import Origin
from reconciler.model.fields import Fields, Value
from reconciler.model.outcome import Status

ERIKA, BILLING = "contact/erika", "billing"


def invoice(name: str | None) -> Fields:
    """Return a billing whose invoice comes on paper with this contact on it."""
    return fields(invoice=fields(by="post", contact=name))


def world() -> World:
    """Return an account that has never named a contact."""
    made = World()
    made.account.hold(BILLING, invoice(None))
    return made


def wanted(**people: str) -> dict[str, Value]:
    return {f"contact/{name}": contact(f"{email}@example.org") for name, email in people.items()}


def test_a_contact_is_created_before_it_stands_on_the_invoice() -> None:
    """And the account is told its own id, which it gave a moment ago."""
    made = world()
    plan = made.apply(desired({**wanted(erika="e"), BILLING: invoice("erika")}))
    assert [change.address for change in plan.changes] == [ERIKA, BILLING]
    assert plan.changes[1].needs == (ERIKA,)
    assert made.account.written[-1].after == invoice("~1")
    assert not made.plan(desired({**wanted(erika="e"), BILLING: invoice("erika")})).changes


def test_a_contact_that_is_there_already_is_told_by_its_id() -> None:
    """Before and after, in the account's words; in the plan in ours."""
    state = {**wanted(erika="e", max="m"), BILLING: invoice("erika")}
    made = world()
    made.apply(desired(state))
    (change,) = made.apply(desired({**state, BILLING: invoice("max")})).changes
    assert (change.before, change.after) == (invoice("erika"), invoice("max"))
    written = made.account.written[-1]
    assert (written.before, written.after) == (invoice("~1"), invoice("~2"))


def test_another_contact_chosen_by_hand_is_drift() -> None:
    """Also one that nobody declared: it has no name but its id."""
    state = {**wanted(erika="e"), BILLING: invoice("erika")}
    made = world()
    made.apply(desired(state))
    made.account.hold("contact/new", contact("n@example.org"))
    made.account.hold(BILLING, invoice("~2"))
    plan = made.plan(desired(state))
    assert actions(plan.drift) == {BILLING: "update"}
    assert plan.drift[0].before == invoice("~2")
    assert plan.drift[0].origin is Origin.DRIFT


def test_a_contact_that_leaves_goes_after_the_invoice_was_changed() -> None:
    """So that it never stands there and isn't there."""
    made = world()
    made.apply(desired({**wanted(erika="e", max="m"), BILLING: invoice("erika")}))
    left = desired({**wanted(max="m"), BILLING: invoice("max")}, tombstones(ERIKA))
    assert [change.address for change in made.apply(left).changes] == [BILLING, ERIKA]


def test_without_the_contact_the_invoice_stays_as_it_was() -> None:
    """What needs it is skipped and says so."""
    made = world()
    made.account.broken.add(ERIKA)
    told = desired({**wanted(erika="e"), BILLING: invoice("erika")})
    outcomes = made.carry_out(made.plan(told), told)
    assert [outcome.status for outcome in outcomes] == [Status.FAILED, Status.SKIPPED]
    assert ERIKA in outcomes[1].detail
