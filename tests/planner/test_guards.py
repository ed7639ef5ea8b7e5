"""Guards: exact boundaries, and what lifts them."""

from typing import ClassVar

import pytest

from planner.world import HERE, World, a, actions, codes, contact, desired, fields, mailbox, record, tombstones
from reconciler.model.address import Address
from reconciler.model.fields import Value
from reconciler.model.meta import Meta
from reconciler.model.plan import Options, Plan
from reconciler.model.state import Removal
from reconciler.planner.guards import account_limit, group_limit

State = dict[Address, Value]
ZONE: State = {"zone/example.org": fields()}
AUTHORITY = {"scope": "internal", "may": ("authorise", "speak")}


def aliases(count: int, domain: str = "example.org") -> State:
    return {f"alias/a{i:03}@{domain}": fields(targets=("x@example.net",)) for i in range(count)}


def sets(count: int, zone: str = "example.org") -> State:
    return {f"record/{zone}/n{i:03}/A": a() for i in range(count)}


#: So much more that the account's own limit is far away.
OTHERS: State = {"zone/example.net": fields(), **sets(200, "example.net")}


def without(state: State, count: int) -> State:
    """Return the state without its first ``count`` entries."""
    return dict(list(state.items())[count:])


class TestThresholds:
    """With n owned before, max(3, floor(0.3 n)) may go in a zone or kind, and max(10, floor(0.1 n)) in the account."""

    @pytest.mark.parametrize("n", range(1, 51))
    def test_a_kind_may_lose_exactly_this_many(self, n: int) -> None:
        """Equal is allowed, one more is refused."""
        allowed = min(n, max(3, n * 3 // 10))
        world = World().own({**OTHERS, **aliases(n)})
        assert codes(world.plan(desired({**OTHERS, **without(aliases(n), allowed)}))) == []
        if allowed < n:
            more = codes(world.plan(desired({**OTHERS, **without(aliases(n), allowed + 1)})))
            assert "too-many-deletions" in more or (allowed + 1 == n and more == ["deletes-all"])

    @pytest.mark.parametrize("n", [1, 3, 4, 10, 11, 13, 14, 30, 50])
    def test_a_zone_may_lose_exactly_this_many(self, n: int) -> None:
        """Each zone is judged by itself."""
        kept = {**ZONE, **OTHERS}
        world = World().own({**kept, **sets(n)})
        allowed = min(n, max(3, n * 3 // 10))
        assert codes(world.plan(desired({**kept, **without(sets(n), allowed)}))) == []
        if allowed < n:
            assert codes(world.plan(desired({**kept, **without(sets(n), allowed + 1)}))) != []

    @pytest.mark.parametrize(("n", "allowed"), [(40, 10), (110, 11), (119, 11), (120, 12), (300, 30)])
    def test_the_account_may_lose_exactly_this_many(self, n: int, allowed: int) -> None:
        """Over several zones, none of which loses too many by itself."""
        zones = [f"z{i:02}.example" for i in range(20)]
        owned: State = {f"zone/{zone}": fields() for zone in zones}
        owned |= {f"record/{zones[i % 20]}/n{i:03}/A": a() for i in range(n - 20)}
        going = [address for address in owned if address.startswith("record/")]
        world = World().own(owned)

        def plan(count: int) -> Plan:
            left = {k: v for k, v in owned.items() if k not in going[:count]}
            return world.plan(desired(left))

        assert codes(plan(allowed)) == []
        assert "too-many-deletions" in codes(plan(allowed + 1))

    def test_the_limits_are_whole_numbers(self) -> None:
        """Rounded down, never below three and ten."""
        assert [group_limit(n) for n in (0, 9, 10, 13, 14, 20, 99)] == [3, 3, 3, 3, 4, 6, 29]
        assert [account_limit(n) for n in (0, 109, 110, 119, 120)] == [10, 10, 11, 11, 12]

    def test_everything_of_a_kind_may_not_go(self) -> None:
        """To zero is refused for more than three, also where the section says ``{}``."""
        assert codes(World().own(aliases(4)).plan(desired({}))) == ["deletes-all"]
        assert codes(World().own(aliases(3)).plan(desired({}))) == []

    def test_a_section_that_vanishes_whole_is_refused(self) -> None:
        """Three entries may go one by one, but not with their section."""
        plan = World().own(aliases(3)).plan(desired({}, declared=()))
        assert codes(plan) == ["section-vanished"]
        assert codes(World().own(aliases(2)).plan(desired({}, declared=()))) == []

    def test_a_file_that_vanishes_whole_is_refused(self) -> None:
        """Although its section goes on in other files."""
        state = aliases(20)
        world = World().own(state)
        for address in list(state)[:3]:
            world.touch(address, path="more.yaml")
        assert codes(world.plan(desired(without(state, 3)))) == ["file-vanished"]
        assert codes(world.plan(desired(without(state, 2)))) == []


class TestLasts:
    """What a zone or an account mustn't be without."""

    MAIL: ClassVar[State] = {
        **ZONE,
        "record/example.org/@/MX": record("MX", "10 mail.example.org."),
        "record/example.org/mail/A": a(),
        "record/example.org/sub/MX": record("MX", "10 mail.example.org."),
    }

    def test_the_last_mx_of_a_zone_may_not_go(self) -> None:
        """One of two may go, the last may not."""
        world = World().own(self.MAIL)
        one = {k: v for k, v in self.MAIL.items() if k != "record/example.org/sub/MX"}
        none = {k: v for k, v in one.items() if not k.endswith("/MX")}
        assert codes(world.plan(desired(one))) == []
        assert codes(world.plan(desired(none))) == ["last-of-zone"]

    def test_an_unmanaged_mx_is_one_too(self) -> None:
        """What counts is what the zone has afterwards, not whose it is."""
        world = World().own({k: v for k, v in self.MAIL.items() if k != "record/example.org/sub/MX"})
        world.account.hold("record/example.org/by-hand/MX", record("MX", "10 mail.example.org."))
        assert codes(world.plan(desired({**ZONE, "record/example.org/mail/A": a()}))) == []

    def test_the_last_delegation_may_not_go_where_the_apex_has_none(self) -> None:
        """NS likewise."""
        delegation = {"record/example.org/sub/NS": record("NS", "ns.example.net.")}
        world = World().own({**ZONE, **delegation})
        assert codes(world.plan(desired(ZONE))) == ["last-of-zone"]
        world.account.hold("record/example.org/@/NS", record("NS", "ns.example.net."))
        assert codes(world.plan(desired(ZONE))) == []

    def test_the_apex_ns_is_let_go_and_not_deleted(self) -> None:
        """It is managed only while it is declared."""
        apex = {"record/example.org/@/NS": record("NS", "ns.example.net.")}
        plan = World().own({**ZONE, **apex}).plan(desired(ZONE))
        assert actions(plan.changes) == {"record/example.org/@/NS": "forget"}
        assert codes(plan) == []

    def test_somebody_must_be_left_who_may_authorise(self) -> None:
        """Taking the right from the last internal contact is refused; with another one it isn't."""
        world = World().own({"contact/erika": contact("e@example.org", **AUTHORITY)})
        demoted = {"contact/erika": contact("e@example.org", scope="internal", may=("speak",))}
        assert codes(world.plan(desired(demoted))) == ["last-authority"]
        outsider = contact("o@example.org", scope="external", may=("authorise",))
        assert codes(world.plan(desired({**demoted, "contact/o": outsider}))) == ["last-authority"]
        other = contact("m@example.org", **AUTHORITY)
        assert codes(world.plan(desired({**demoted, "contact/max": other}))) == []

    def test_whoever_is_named_may_lose_the_right(self) -> None:
        """``removed:`` and ``--override`` say that it is meant."""
        world = World().own({"contact/erika": contact("e@example.org", **AUTHORITY)})
        demoted = desired({"contact/erika": contact("e@example.org", scope="internal", may=("speak",))})
        assert codes(world.plan(demoted, Options(override=frozenset({"contact/erika"})))) == []
        assert codes(world.plan(desired({}, tombstones("contact/erika")))) == []

    def test_an_unmanaged_contact_who_may_authorise_is_enough(self) -> None:
        """The account isn't without one."""
        world = World().own({"contact/erika": contact("e@example.org", **AUTHORITY)})
        world.account.hold("contact/by-hand", contact("h@example.org", **AUTHORITY))
        demoted = {"contact/erika": contact("e@example.org", scope="internal", may=("speak",))}
        assert codes(world.plan(desired(demoted))) == []


class TestLifting:
    """``removed:``, the exact number with a reason, or policy."""

    def test_what_git_names_counts_nothing(self) -> None:
        """Deletions under ``removed:`` pass beside others that are just allowed."""
        state = aliases(10)
        world = World().own(state)
        named = tombstones(*list(state)[:7])
        assert codes(world.plan(desired(without(state, 9), named))) == []
        assert codes(world.plan(desired(without(state, 9), named[1:]))) == []
        assert codes(world.plan(desired(without(state, 9), named[2:]))) == ["too-many-deletions"]

    def test_the_exact_number_lifts_the_guards(self) -> None:
        """Neither more nor less, and never without a reason."""
        world = World().own(aliases(10))
        wanted = desired(without(aliases(10), 5))
        assert codes(world.plan(wanted)) == ["too-many-deletions"]
        assert codes(world.plan(wanted, Options(allow_deletes=5, reason="moved away"))) == []
        for options in (Options(allow_deletes=5), *(Options(allow_deletes=n, reason="moved") for n in (0, 4, 6))):
            assert codes(world.plan(wanted, options)) == ["allow-deletes"]

    def test_policy_lifts_thresholds_and_not_tombstones_or_protection(self) -> None:
        """``guards: off`` is for migrations; what holds data still needs its tombstone."""
        state: State = {**aliases(9), "mailbox/m@example.org": mailbox()}
        world = World().own(state)
        assert codes(world.plan(desired({}, guards="off"))) == ["tombstone-missing"]
        world.touch("alias/a000@example.org", protect=True)
        assert codes(world.plan(desired({}, tombstones("mailbox/m@example.org"), guards="off"))) == ["protected"]

    def test_only_what_would_be_carried_out_is_counted(self) -> None:
        """A refused deletion isn't one; neither is letting go."""
        state = {f"mailbox/m{i}@example.org": mailbox() for i in range(5)}
        world = World().own(state)
        assert codes(world.plan(desired({}))) == ["tombstone-missing"]
        kept = world.plan(desired({}, (Removal("mailbox/*", "sold", HERE, 5, keep=True),)))
        assert codes(kept) == []
        assert set(actions(kept.changes).values()) == {"forget"}

    def test_deletions_that_policy_orders_are_counted_too(self) -> None:
        """``unmanaged: delete`` sweeps up what is forgotten, but not a whole account at once."""
        world = World().own({**ZONE, **sets(3)})
        for address, value in sets(4, "example.org").items():
            world.account.hold(address.replace("/n", "/by-hand-"), value)
        wanted = desired({**ZONE, **sets(3)}, unmanaged={"record": "delete"})
        assert codes(world.plan(wanted)) == ["too-many-deletions"]
        assert codes(world.plan(wanted, Options(allow_deletes=4, reason="swept"))) == []


def test_protection_outlives_the_block() -> None:
    """Who deletes the declaration with its ``protect: true`` deletes nothing."""
    state: State = {**ZONE, **sets(2)}
    world = World()
    metas = {"record/example.org/n000/A": Meta(protect=True)}
    world.apply(desired(state, metas=metas))
    plan = world.plan(desired(ZONE))
    assert codes(plan) == ["protected"]
    assert [c.address for c in plan.refused] == ["record/example.org/n000/A"]
    assert actions(plan.changes) == {"record/example.org/n001/A": "delete"}
    world.apply(desired(state))
    assert codes(world.plan(desired(ZONE))) == []
