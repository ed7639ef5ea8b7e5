"""What isn't proven is never concluded from: the account's number, completeness, and sudden emptiness."""

from dataclasses import replace

import pytest

from planner.world import ALL, HERE, TODAY, World, a, contact, desired, fields, mailbox, tombstones
from reconciler.kinds import KINDS
from reconciler.model.address import Address
from reconciler.model.errors import DiagnosticsError, IncompleteReadError, RefusedError
from reconciler.model.fields import Fields, Value
from reconciler.model.plan import Options, Plan
from reconciler.model.state import Desired, Live
from reconciler.planner.plan import build_plan
from reconciler.planner.reading import demand_together
from reconciler.ports import Capabilities

State = dict[Address, Value]
ZONE: State = {"zone/example.org": fields(), **{f"record/example.org/n{i}/A": a() for i in range(4)}}
BOXES: State = {f"mailbox/m{i}@example.org": mailbox() for i in range(4)}


def planned(world: World, live: Live, wanted: Desired, options: Options = Options()) -> Plan:  # noqa: B008  # frozen
    return build_plan(wanted, live, world.applied, ALL, options, TODAY)


def test_another_account_is_refused() -> None:
    """Before anything is compared."""
    live = replace(World().account.live(), account="K-999999")
    with pytest.raises(RefusedError, match=r"K-999999.*K-104711"):
        planned(World(), live, desired({}))


def test_an_account_that_doesnt_exist_yet_has_no_number_to_compare() -> None:
    """The first apply creates it."""
    live = replace(World().account.live(), account="", exists=False)
    assert "doesn't exist" in planned(World(), live, desired(BOXES)).read


@pytest.mark.parametrize("group", ["mailbox", "record/example.org"])
def test_a_group_that_isnt_proven_complete_stops_the_plan(group: str) -> None:
    """Both what is declared and what is owned need proof; the group is named."""
    world = World().own({**ZONE, **BOXES})
    live = world.account.live()
    live = replace(live, complete=live.complete - {group})
    for wanted in (desired({**ZONE, **BOXES}), desired({}, declared=())):
        with pytest.raises(IncompleteReadError, match=group):
            planned(world, live, wanted)


def test_a_section_that_is_declared_empty_needs_proof_too() -> None:
    """Otherwise ``{}`` could never be compared."""
    live = replace(World().account.live(), complete=frozenset())
    with pytest.raises(IncompleteReadError, match="contact"):
        planned(World(), live, desired({}, declared=("contact",)))


def test_a_zone_that_is_proven_absent_has_no_records() -> None:
    """A new zone can be planned, although nobody could read it."""
    live = World().account.live()
    live = replace(live, complete=live.complete - {"record/example.org"})
    assert len(planned(World(), live, desired(ZONE)).changes) == len(ZONE)


def test_a_kind_that_is_suddenly_empty_isnt_believed() -> None:
    """More than three owned, none live: exit 1, unless somebody says that it is so."""
    world = World().own(BOXES)
    world.account.state.clear()
    with pytest.raises(IncompleteReadError, match="4 of mailbox") as raised:
        world.plan(desired(BOXES))
    assert "--accept-empty mailbox" in raised.value.help
    plan = world.plan(desired(BOXES), Options(accept_empty=frozenset({"mailbox"}), reason="rebuilt"))
    assert len(plan.drift) == 4


def test_three_that_are_gone_are_drift() -> None:
    """Few enough to have been deleted by hand."""
    three = dict(list(BOXES.items())[:3])
    world = World().own(three)
    world.account.state.clear()
    assert len(world.plan(desired(three)).drift) == 3


def test_a_zone_that_is_there_and_suddenly_empty_isnt_believed() -> None:
    """Each zone is an answer of its own."""
    other: State = {"zone/example.net": fields(), "record/example.net/www/A": a()}
    world = World().own({**ZONE, **other})
    for address in [x for x in world.account.state if x.startswith("record/example.org/")]:
        del world.account.state[address]
    with pytest.raises(IncompleteReadError, match=r"4 of record/example\.org"):
        world.plan(desired({**ZONE, **other}))
    del world.account.state["zone/example.org"]
    assert len(world.plan(desired({**ZONE, **other})).drift) == 5, "who deleted the zone deleted its records"


def test_what_removed_names_may_well_be_gone() -> None:
    """A spent tombstone is harmless also where it was the last of its kind."""
    world = World().own(BOXES)
    world.account.state.clear()
    assert len(world.plan(desired({}, tombstones(*BOXES))).notes) == 4


def test_what_the_account_always_has_must_be_there() -> None:
    """A mail domain that isn't reported was not read."""
    with pytest.raises(IncompleteReadError, match="mail_domain"):
        World().plan(desired({"mail_domain/example.org": fields(catch_all=None)}))


def test_a_topic_that_the_account_doesnt_have_is_an_error_in_the_files() -> None:
    """With the topics that there are."""
    with pytest.raises(DiagnosticsError) as raised:
        World().plan(desired({"notification/newsleter": fields(channels=())}))
    (error,) = raised.value.diagnostics
    assert error.code == "unknown-topic"
    assert error.help == "Its topics are maintenance, newsletter."
    assert error.span is not None


def test_a_kind_that_the_provider_cant_hold_is_an_error_in_the_files() -> None:
    """One for each kind, at its first place."""
    with pytest.raises(DiagnosticsError) as raised:
        World().plan(desired({**ZONE, **BOXES}), can=Capabilities(kinds=frozenset({"zone", "record"})))
    assert [d.address for d in raised.value.diagnostics] == ["mailbox/m0@example.org"]


def test_the_plan_says_what_it_stands_on() -> None:
    """The proof that it used, and the record."""
    world = World()
    assert world.plan(desired({})).record == "nothing applied yet"
    world.own(ZONE)
    plan = world.plan(desired(ZONE))
    assert plan.read == "read completely: 5 resources in 2 groups"
    assert plan.record == "record as of receipt 1"


def test_what_is_known_by_an_accounts_own_id_lies_in_one_account() -> None:
    """The invoice's contact, wherever both lie together; what is known by its name may lie anywhere."""
    state: State = {**BOXES, "contact/e": contact("e@example.org"), "billing": invoice_of("e")}
    live, wanted = World().account.live(), desired(state)

    def judge(**origins: str) -> None:
        demand_together(wanted, replace(live, origins=origins))

    judge()
    judge(contact="memory:people", billing="memory:people")
    judge(mailbox="memory:mail")
    with pytest.raises(DiagnosticsError) as refused:
        judge(contact="memory:people")
    (error,) = refused.value.diagnostics
    assert (error.code, error.address, error.span) == ("reference-elsewhere", "billing", HERE)
    assert error.detail == "billing refers to contact/e, which lies in another account: memory:people."


def invoice_of(name: str) -> Fields:
    """Return a billing that names the contact of its invoices."""
    return fields(invoice=fields(by="email", contact=name, to="b@example.net"))


WITHHELD = {"record/example.org": "The name server refuses the zone example.org: NOTAUTH."}


def test_a_zone_that_is_withheld_is_never_gone() -> None:
    """Its server's words are shown, and the way out where it really was removed there."""
    world = World().own(ZONE)
    world.account.state.clear()
    live = world.account.live()
    live = replace(live, complete=live.complete - {"zone", "record/example.org"}, withheld=WITHHELD)
    for wanted in (desired(ZONE), desired({}, declared=(), removed=tombstones("zone/example.org"))):
        with pytest.raises(
            IncompleteReadError, match=r"record/example\.org, zone.\n  The name server refuses"
        ) as raised:
            planned(world, live, wanted)
        assert "--accept-empty zone --reason TEXT" in raised.value.help


def test_a_withheld_zone_is_believed_to_be_gone_when_somebody_says_so() -> None:
    """Then it is drift, or the end of what ``removed:`` names; its record sets go with it, and no other is believed."""
    world = World().own({**ZONE, "zone/example.net": fields()})
    for address in ZONE:
        del world.account.state[address]
    live = world.account.live()
    live = replace(live, complete=live.complete - {"zone", "record/example.org"}, withheld=WITHHELD)
    gone = Options(accept_empty=frozenset({"zone"}), reason="moved to another company")
    plan = planned(world, live, desired({**ZONE, "zone/example.net": fields()}), gone)
    assert {change.address for change in plan.drift} == ZONE.keys()
    plan = planned(world, live, desired({"zone/example.net": fields()}, removed=tombstones("zone/example.org")), gone)
    assert (plan.changes, plan.refused, plan.refusals) == ((), (), ())
    half = replace(live, complete=live.complete - {"record/example.net"})
    with pytest.raises(IncompleteReadError, match=r"completely: record/example\.net\."):
        planned(world, half, desired({**ZONE, "zone/example.net": fields(), "record/example.net/x/A": a()}), gone)


def test_nothing_else_is_believed_than_what_is_withheld() -> None:
    """A read that says nothing of its zones stays incomplete, whatever is accepted."""
    world = World().own(ZONE)
    live = replace(World().account.live(), complete=frozenset(KINDS) - {"zone"})
    with pytest.raises(IncompleteReadError, match="zone"):
        planned(world, live, desired(ZONE), Options(accept_empty=frozenset({"zone"}), reason="x"))


def test_how_it_was_read_is_told() -> None:
    """In the words of the provider, where it has more to say."""
    live = replace(World().account.live(), proof="2 zones transferred")
    assert planned(World(), live, desired({})).read.endswith(" (2 zones transferred)")
