"""Seals in anger: whatever an approval depends on is mutated, and approvals of several pull requests add up."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from hashlib import sha256
from itertools import permutations

import pytest

from planner.world import ALL, NUMBER, TODAY, World, a, contact, desired, fields, mailbox, tombstones
from reconciler.apply.approval import Approval, approved_lists, check_approval
from reconciler.model.address import Address
from reconciler.model.errors import ReconcilerError, RefusedError, StaleError
from reconciler.model.fields import Value
from reconciler.model.plan import Options, Plan
from reconciler.model.seals import SEAL_FORMAT, SealList, is_seal, read_seal_list
from reconciler.planner import seal as planner_seal
from reconciler.planner.plan import build_plan

State = dict[Address, Value]
WWW, BOX, ALIAS = "record/example.org/www/A", "mailbox/m@example.org", "alias/a@example.org"
ZONE: State = {"zone/example.org": fields(), WWW: a()}
NEXT: State = {**ZONE, WWW: a("192.0.2.2"), BOX: mailbox(), ALIAS: fields(targets=("m@example.org",))}
Mutation = Callable[[World, pytest.MonkeyPatch], Plan]


def approval(*lists: SealList) -> Approval:
    return Approval(frozenset(one.seal for one in lists), lists)


def seal_format(world: World, patch: pytest.MonkeyPatch) -> Plan:
    patch.setattr(planner_seal, "SEAL_FORMAT", 2)
    return world.plan(desired(NEXT))


def account_number(world: World, patch: pytest.MonkeyPatch) -> Plan:
    wanted = desired(NEXT)
    wanted = replace(wanted, config=wanted.config.model_copy(update={"account": "K-1"}))
    return build_plan(wanted, replace(world.account.live(), account="K-1"), world.applied, ALL, Options(), TODAY)


def provider_origin(world: World, patch: pytest.MonkeyPatch) -> Plan:
    live = replace(world.account.live(), origin="memory:elsewhere")
    return build_plan(desired(NEXT), live, world.applied, ALL, Options(), TODAY)


def address(world: World, patch: pytest.MonkeyPatch) -> Plan:
    return world.plan(desired({**ZONE, **NEXT, "record/example.org/www2/A": a("192.0.2.2"), WWW: a()}))


def action(world: World, patch: pytest.MonkeyPatch) -> Plan:
    return world.plan(desired({address: value for address, value in NEXT.items() if address != WWW}))


def before(world: World, patch: pytest.MonkeyPatch) -> Plan:
    world.account.hold(WWW, a("192.0.2.99"))
    return world.plan(desired(NEXT))


def after(world: World, patch: pytest.MonkeyPatch) -> Plan:
    return world.plan(desired({**NEXT, WWW: a("192.0.2.3")}))


def referred_value(world: World, patch: pytest.MonkeyPatch) -> Plan:
    plan = world.plan(desired({**NEXT, BOX: mailbox(name="Another")}))
    approved = world.plan(desired(NEXT))
    seals = {change.address: change.seal for change in approved.changes}
    assert [change.seal for change in plan.changes if change.address == ALIAS] != [seals[ALIAS]]
    return plan


def receipt_number(world: World, patch: pytest.MonkeyPatch) -> Plan:
    world.touch(WWW, receipt=7)
    return world.plan(desired(NEXT))


def receipt_that_let_go(world: World, patch: pytest.MonkeyPatch) -> Plan:
    world.applied = replace(world.applied, gone={BOX: 7})
    return world.plan(desired(NEXT))


def policy(world: World, patch: pytest.MonkeyPatch) -> Plan:
    return world.plan(desired(NEXT, drift="revert"))


def endpoints(world: World, patch: pytest.MonkeyPatch) -> Plan:
    live = replace(world.account.live(), origins={"contact": "memory:elsewhere"})
    return build_plan(desired(NEXT), live, world.applied, ALL, Options(), TODAY)


#: Ingredient, its mutation, and what the difference is called.
MUTATIONS: Sequence[tuple[Mutation, str]] = (
    (seal_format, "not approved as it is now"),
    (account_number, "not approved as it is now"),
    (provider_origin, "not approved as it is now"),
    (address, "not approved as it is now: record/example.org/www2/A"),
    (action, f"not approved as it is now: {WWW}"),
    (before, f"not approved as it is now: {WWW}"),
    (after, f"not approved as it is now: {WWW}"),
    (referred_value, f"not approved as it is now: {ALIAS}"),
    (receipt_number, f"not approved as it is now: {WWW}"),
    (receipt_that_let_go, f"not approved as it is now: {BOX}"),
    (policy, "the policy or the place of the account changed"),
    (endpoints, "the policy or the place of the account changed"),
)


@pytest.mark.parametrize(("mutation", "named"), MUTATIONS, ids=[m.__name__ for m, _ in MUTATIONS])
@pytest.mark.parametrize("listed", [True, False], ids=["list", "seal alone"])
def test_each_ingredient_of_an_approval_is_bound(
    mutation: Mutation, named: str, listed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One ingredient differs from when it was approved: exit 4 names it, whether or not the list is at hand."""
    approved = World().own(ZONE).plan(desired(NEXT)).seals
    plan = mutation(World().own(ZONE), monkeypatch)
    with pytest.raises(StaleError) as raised:
        check_approval(plan, Approval(frozenset((approved.seal,)), (approved,) if listed else ()))
    assert not listed or named in str(raised.value)
    check_approval(plan, approval(plan.seals))


def test_an_altered_list_doesnt_count() -> None:
    """Another account, context or change, one more, one less: its digest isn't the approved seal any more."""
    plan = World().own(ZONE).plan(desired(NEXT))
    one = plan.seals
    altered = (
        replace(one, account="K-1"),
        replace(one, context="0" * 64),
        replace(one, changes=one.changes[1:]),
        replace(one, changes=(*one.changes, "f" * 64)),
        replace(one, changes=("0" * 64, *one.changes[1:])),
    )
    other = World().own(ZONE).plan(desired({**NEXT, "contact/e": contact("e@example.org")}))
    for each in altered:
        with pytest.raises(StaleError, match="isn't here"):
            check_approval(other, Approval(frozenset((one.seal,)), (each,)))


def test_every_byte_of_a_list_is_bound() -> None:
    """A file altered in one byte is damaged, or the list of a seal that nobody approved."""
    one = World().own(ZONE).plan(desired(NEXT)).seals
    data = one.to_bytes()
    assert read_seal_list(data, "list.json") == one
    for at in range(len(data) - 1):
        for byte in (data[at] ^ 1, 0x20):
            altered = data[:at] + bytes((byte,)) + data[at + 1 :]
            try:
                assert altered == data or read_seal_list(altered, "list.json").seal != one.seal
            except ReconcilerError as error:
                assert "list.json" in str(error)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "isn't JSON"),
        (b"[" * 10_000, "isn't JSON"),
        (b"\xff\xfe", "isn't JSON"),
        (b"[]", "other keys"),
        (b'{"format_version": 1}', "other keys"),
        (b'{"format":2,"account":"K","context":"","changes":[]}', "seal format 2"),
        (b'{"format":true,"account":"K","context":"","changes":[]}', "seal format True"),
        (b'{"format":1,"account":1,"context":"","changes":[]}', "damaged"),
        (b'{"format":1,"account":"K","context":"%s","changes":["x"]}' % (b"0" * 64), "sorted seals"),
        (b'{"format":1,"account":"K","context":"%s","changes":[[]]}' % (b"0" * 64), "sorted seals"),
    ],
)
def test_what_is_no_seal_list_says_so(data: bytes, why: str) -> None:
    """Damaged and foreign files are clear errors that name the file."""
    with pytest.raises(ReconcilerError, match=why):
        read_seal_list(data, "list.json")


def test_the_list_of_another_account_is_refused() -> None:
    """Where it is approved; one that isn't approved is of no concern."""
    foreign = SealList("K-1", "0" * 64, ())
    assert approved_lists({"a.json": foreign.to_bytes()}, (), NUMBER) == (foreign,)
    with pytest.raises(ReconcilerError, match=r"a\.json is the seal list of account K-1"):
        approved_lists({"a.json": foreign.to_bytes()}, (foreign.seal,), NUMBER)


@pytest.mark.parametrize("text", ["", " ", "abc", "A" * 64, "0" * 63, "0" * 65, "0" * 64 + "\n", "é" * 64])
def test_what_is_no_seal(text: str) -> None:
    """An empty variable in a script never approves anything."""
    assert not is_seal(text)


def test_a_guard_refuses_what_was_approved() -> None:
    """An approval isn't a permission to go around a guard; a stale one says both."""
    plan = World().own({"contact/erika": contact("e@example.org")}).plan(desired({}))
    with pytest.raises(RefusedError, match="tombstone-missing"):
        check_approval(plan, approval(plan.seals))
    both = World().own({**ZONE, "contact/erika": contact("e@example.org")})
    assert both.plan(desired(NEXT)).changes
    with pytest.raises(StaleError, match=r"refused besides: .*tombstone-missing"):
        check_approval(both.plan(desired(NEXT)), approval(SealList(NUMBER, "0" * 64, ())))


def test_created_deleted_created_again() -> None:
    """Each life works with its own approval, and no approval of an earlier life fits it."""
    world, gone = World(), desired({"zone/example.org": fields()})
    world.apply(gone)
    there = desired({"zone/example.org": fields(), WWW: a()})
    lives = []
    for _ in range(3):
        created = world.plan(there).seals
        lives.append(created)
        check_approval(world.plan(there), approval(created))
        for old in lives[:-1]:
            with pytest.raises(StaleError):
                check_approval(world.plan(there), approval(old))
        world.apply(there)
        world.apply(gone)
    assert len({one.changes for one in lives}) == 3


def test_created_deleted_created_again_by_a_tombstone() -> None:
    """The same for what goes by a tombstone only."""
    world, there, gone = World(), desired({BOX: mailbox()}), desired({}, tombstones(BOX))
    first = world.apply(there).seals
    world.apply(gone)
    with pytest.raises(StaleError):
        check_approval(world.plan(there), approval(first))


PULLS: tuple[State, ...] = (
    {WWW: a("192.0.2.2")},
    {"contact/e": contact("e@example.org")},
    {BOX: mailbox(), ALIAS: fields(targets=("m@example.org",))},
)


@pytest.mark.parametrize("order", list(permutations(range(3))), ids=str)
@pytest.mark.parametrize("cancelled", [None, 0, 1, 2])
def test_approvals_of_three_pull_requests_add_up(order: tuple[int, ...], cancelled: int | None) -> None:
    """Merged within a minute in any order, with any one of the three jobs cancelled; a re-run finds it all applied.

    Each was planned alone, on what all three began with.
    """
    lists = [World().own(ZONE).plan(desired({**ZONE, **pull})).seals for pull in PULLS]
    world, merged, approved = World().own(ZONE), dict(ZONE), list[SealList]()
    for turn, number in enumerate(order):
        merged |= PULLS[number]
        approved.append(lists[number])
        if turn == cancelled:
            continue
        plan = world.plan(desired(merged))
        check_approval(plan, approval(*approved))
        world.carry_out(plan, desired(merged))
    again = world.plan(desired(merged))
    check_approval(again, approval(*approved))
    assert cancelled == 2 or not again.changes
    world.carry_out(again, desired(merged))
    assert approval(*approved).settled(world.plan(desired(merged))) == 4


def test_two_of_three_arent_enough() -> None:
    """What was merged without an approval stops the job, and is named; nothing else of it is applied either."""
    lists = [World().own(ZONE).plan(desired({**ZONE, **pull})).seals for pull in PULLS]
    plan = World().own(ZONE).plan(desired({**ZONE, **PULLS[0], **PULLS[1], **PULLS[2]}))
    with pytest.raises(StaleError) as raised:
        check_approval(plan, approval(*lists[1:]))
    assert [line for line in raised.value.lines if "not approved" in line] == [f"  not approved as it is now: {WWW}"]


def test_the_file_of_a_list() -> None:
    """One line in one spelling, whose SHA-256 is the seal, so that any tool can check it."""
    one = SealList("K-1", "0" * 64, ("1" * 64, "2" * 64))
    line = one.to_bytes().removesuffix(b"\n")
    assert json.loads(line) == {
        "format": SEAL_FORMAT,
        "account": "K-1",
        "context": "0" * 64,
        "changes": list(one.changes),
    }
    assert one.seal == sha256(line).hexdigest()
