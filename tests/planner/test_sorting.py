"""Policy: what happens to drift, to what nobody declared, and to what is to be left alone."""

import pytest

from planner.world import World, a, actions, codes, desired, fields, mailbox, record
from reconciler.model.address import Address
from reconciler.model.change import Origin
from reconciler.model.fields import Value
from reconciler.model.plan import Options

State = dict[Address, Value]
WWW = "record/example.org/www/A"
ZONE: State = {"zone/example.org": fields(), WWW: a()}
ALIAS = "alias/a@example.org"


def drifted() -> World:
    """A world in which somebody changed an address by hand."""
    world = World().own(ZONE)
    world.account.hold(WWW, a("192.0.2.99"))
    return world


class TestDrift:
    """``hold`` shows it beside the plan, ``revert`` and ``--include-drift`` repair it, ``refuse`` stops."""

    def test_held_drift_stands_outside_plan_and_seal(self) -> None:
        """The seal is the same with and without it."""
        plan = drifted().plan(desired(ZONE))
        assert actions(plan.drift) == {WWW: "update"}
        assert not plan.changes
        assert plan.seal == World().own(ZONE).plan(desired(ZONE)).seal

    @pytest.mark.parametrize("how", ["revert", "include"])
    def test_it_is_repaired_where_that_is_said(self, how: str) -> None:
        """With its origin, so that everybody sees why."""
        policy = {"drift": "revert"} if how == "revert" else {}
        plan = drifted().plan(desired(ZONE, **policy), Options(include_drift=how == "include"))
        assert [(change.address, change.origin) for change in plan.changes] == [(WWW, Origin.DRIFT)]
        assert not plan.drift

    def test_it_stops_the_plan_where_policy_says_so(self) -> None:
        """Until it is repaired, or written into the files."""
        plan = drifted().plan(desired(ZONE, drift="refuse"))
        assert codes(plan) == ["drift-refused"]
        assert codes(drifted().plan(desired(ZONE, drift="refuse"), Options(include_drift=True))) == []

    def test_what_both_sides_changed_is_no_drift(self) -> None:
        """It is in the plan under its own origin, with all three values."""
        (change,) = drifted().plan(desired({**ZONE, WWW: a("192.0.2.7")})).changes
        assert (change.origin, change.before, change.after, change.applied) == (
            Origin.BOTH,
            a("192.0.2.99"),
            a("192.0.2.7"),
            a(),
        )


class TestUnmanaged:
    """What nobody declared is reported, ignored, deleted or refused, for each kind."""

    @pytest.mark.parametrize(
        ("what", "unmanaged", "deleted", "refusals"),
        [
            ("report", (ALIAS,), {}, []),
            ("ignore", (), {}, []),
            ("delete", (), {ALIAS: "delete"}, []),
            ("refuse", (ALIAS,), {}, ["unmanaged-refused"]),
        ],
    )
    def test_each_policy(self, what: str, unmanaged: tuple[str], deleted: dict[str, str], refusals: list[str]) -> None:
        """By kind, else by default."""
        world = World()
        world.account.hold(ALIAS, fields(targets=("x@example.net",)))
        for policy in ({"alias": what, "default": "ignore"}, {"default": what}):
            plan = world.plan(desired({}, unmanaged=policy))
            assert (plan.unmanaged, actions(plan.changes), codes(plan)) == (unmanaged, deleted, refusals)
            assert all(change.origin is Origin.UNMANAGED for change in plan.changes)

    def test_what_the_account_always_has_is_never_deleted(self) -> None:
        """It is spoken of only where somebody set it."""
        world = World()
        world.account.hold("mail_domain/example.org", fields(catch_all=None))
        world.account.hold("notification/newsletter", fields(channels=("email",)))
        plan = world.plan(desired({}, unmanaged={"default": "delete"}))
        assert not plan.changes
        assert plan.unmanaged == ("notification/newsletter",)

    def test_policy_deletes_no_mailbox_without_a_tombstone(self) -> None:
        """What holds data needs one also where nobody owned it."""
        world = World()
        world.account.hold("mailbox/m@example.org", mailbox())
        assert codes(world.plan(desired({}, unmanaged={"default": "delete"}))) == ["tombstone-missing"]

    def test_a_zone_is_reported_once_and_not_by_its_records(self) -> None:
        """As long as neither it nor a record set of it is ours."""
        world = World().own(ZONE)
        for address, value in {"zone/example.net": fields(), "record/example.net/www/A": a()}.items():
            world.account.hold(address, value)
        world.account.hold("record/example.org/by-hand/A", a())
        plan = world.plan(desired(ZONE, unmanaged={"record": "delete"}))
        assert plan.unmanaged == ("zone/example.net",)
        assert actions(plan.changes) == {"record/example.org/by-hand/A": "delete"}

    @pytest.mark.parametrize("what", ["report", "delete", "refuse"])
    def test_the_servers_own_records_are_nobodys(self, what: str) -> None:
        """SOA and NS at the apex aren't even unmanaged."""
        world = World().own(ZONE)
        soa = "ns.example.net. host.example.net. 1 2 3 4 5"
        world.account.hold("record/example.org/@/SOA", record("SOA", soa))
        world.account.hold("record/example.org/@/NS", record("NS", "ns.example.net."))
        plan = world.plan(desired(ZONE, unmanaged={"default": what}))
        assert (plan.unmanaged, plan.changes, plan.refusals) == ((), (), ())


class TestScope:
    """Rules that leave addresses alone, and ``--only``."""

    def test_ignored_addresses_are_in_no_table(self) -> None:
        """Neither when somebody else makes them, nor when they are declared, nor when they are owned."""
        challenge = "record/example.org/_acme-challenge.www/TXT"
        rule = [{"match": "record/*/_acme-challenge*/TXT", "reason": "certbot"}]
        world = World().own(ZONE)
        world.account.hold(challenge, record("TXT", '"token"'))
        plan = world.plan(desired(ZONE, ignore=rule, unmanaged={"default": "delete"}))
        assert (plan.changes, plan.unmanaged) == ((), ())
        plan = world.plan(desired({**ZONE, challenge: record("TXT", '"mine"')}, ignore=rule))
        assert not plan.changes
        assert [(f.code, f.address) for f in plan.findings] == [("ignored", challenge)], "or it would seem applied"
        world = World().own({**ZONE, challenge: record("TXT", '"mine"')})
        assert not world.plan(desired(ZONE, ignore=rule)).changes

    def test_an_ignored_entry_with_an_id_is_found_by_our_name(self) -> None:
        """The rule speaks of addresses as we write them."""
        world = World()
        world.account.hold("whitelist_entry/office", fields(address="203.0.113.7"))
        rule = [{"match": "whitelist_entry/office", "reason": "the landlord's"}]
        wanted = desired({"whitelist_entry/office": fields(address="203.0.113.7")}, ignore=rule)
        assert not world.plan(wanted).notes
        assert not world.plan(wanted).unmanaged
        assert not world.plan(wanted).findings

    def test_only_restricts_and_says_so(self) -> None:
        """What is left out is counted, because it is still to be done."""
        state = {**ZONE, ALIAS: fields(targets=("x@example.net",))}
        plan = World().plan(desired(state), Options(only=("alias/*",)))
        assert actions(plan.changes) == {ALIAS: "create"}
        assert [finding.code for finding in plan.findings] == ["only"]
        assert "2 differences" in plan.findings[0].detail

    def test_the_records_of_a_zone_that_leaves_go_with_it(self) -> None:
        """Choosing record sets of it chooses nothing; choosing the zone chooses them all."""
        world = World().own(ZONE)
        assert not world.plan(desired({}), Options(only=("record/*/*/*",))).changes
        plan = world.plan(desired({}), Options(only=("zone/*",)))
        assert [change.address for change in plan.refused] == ["zone/example.org"]
