"""Several providers as one: what is taken from which, and that none confuses another."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import pytest

from planner.world import TODAY, TOPICS, World, a, contact, desired, fields, mailbox
from providers.outsides import Outside
from reconciler.apply.executor import execute
from reconciler.kinds import KINDS
from reconciler.model.address import Address
from reconciler.model.change import Action, Change, Origin
from reconciler.model.errors import (
    AccountError,
    AuthenticationError,
    DiagnosticsError,
    IncompleteReadError,
    ReconcilerError,
    RefusedError,
)
from reconciler.model.fields import Value
from reconciler.model.outcome import Outcome, Status
from reconciler.model.plan import Options, Plan
from reconciler.model.seals import SealList
from reconciler.model.state import Live
from reconciler.planner.groups import Grouped
from reconciler.planner.plan import build_plan
from reconciler.planner.reading import demand_proof
from reconciler.ports import Capabilities, Scope, Write
from reconciler.providers.split import SplitReader, SplitWriter

DNS = ("zone", "record")
NONE: frozenset[str] = frozenset()
WWW, ZONE, BOX, ERIKA = "record/example.org/www/A", "zone/example.org", "mailbox/m@example.org", "contact/erika"
VALUES: dict[Address, Value] = {
    ZONE: fields(),
    WWW: a(),
    BOX: fields(name="M"),
    ERIKA: contact("e@example.org"),
}


@pytest.fixture
def rest() -> Outside:
    """The default provider, asked for all but DNS."""
    return Outside("memory:rest")


@pytest.fixture
def dns() -> Outside:
    """The provider of DNS."""
    return Outside("memory:dns")


def _with_soa(read: Callable[[], Live], soa: bytes) -> Live:
    return replace(read(), soas={"example.org": soa})


def reader(rest: Outside, dns: Outside, number: str = "K-104711") -> SplitReader:
    others = [kind for kind in KINDS if kind not in DNS]
    return SplitReader([rest.part("`default` (mail)", *others), dns.part("`dns`", *DNS)], number)


def writer(rest: Outside, dns: Outside, *needed: str) -> SplitWriter:
    others = [kind for kind in KINDS if kind not in DNS]
    return SplitWriter([rest.part("`default` (mail)", *others), dns.part("`dns`", *DNS)], frozenset(needed))


def creating(*addresses: Address) -> tuple[Write, ...]:
    return tuple(Write(Action.CREATE, address, None, VALUES[address], address) for address in addresses)


def carried_out(split: SplitWriter, *batches: tuple[Change, ...]) -> dict[Address, Outcome]:
    plan = Plan("K-104711", "memory:rest", batches, SealList("K-104711", "", ()))
    outcomes = execute(plan, split, desired({}), {}, "nonce", lambda _: None)
    return {outcome.change.address: outcome for outcome in outcomes}


def creation(address: Address, *needs: Address) -> Change:
    return Change(address, Action.CREATE, Origin.ASKED, None, VALUES[address], needs=needs)


class TestReading:
    """What is taken from which."""

    def test_only_the_kinds_that_a_provider_is_asked_for_are_taken_from_it(self, rest: Outside, dns: Outside) -> None:
        """A mailbox that lies in the account of the zones doesn't exist for us, and neither does its version."""
        rest.hold(BOX, mailbox()).hold(WWW, a("192.0.2.99"))
        dns.hold(BOX, mailbox(name="Stray")).hold(ZONE, fields()).hold(WWW, a())
        live = reader(rest, dns).read(Scope())
        assert {address for address in live.state if not address.startswith("notification")} == {BOX, ZONE, WWW}
        assert (live.state[WWW], live.state[BOX]) == (a(), rest.account.state[BOX])
        assert live.versions.keys() == {BOX, ZONE, WWW}
        assert {"zone", "record/example.org", "mailbox"} <= live.complete

    def test_what_one_provider_did_not_prove_is_not_proven_by_another(self, rest: Outside, dns: Outside) -> None:
        """The default's word about zones counts nothing."""
        read = dns.account.live
        dns.account.live = lambda: replace(read(), complete=frozenset({"zone", "mailbox"}))  # type: ignore[method-assign]
        assert "record/example.org" not in reader(rest, dns).read(Scope()).complete

    def test_zones_are_told_by_who_holds_them(
        self, rest: Outside, dns: Outside, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """What stands in a zone's SOA elsewhere says nothing of how new ours is."""
        for outside, soa in ((rest, b"elsewhere"), (dns, b"ours")):
            read = outside.account.live
            monkeypatch.setattr(outside.account, "live", partial(_with_soa, read, soa))
        assert reader(rest, dns).read(Scope()).soas == {"example.org": b"ours"}

    def test_each_kind_says_where_it_is(self, rest: Outside, dns: Outside) -> None:
        """The default's origin stands for all kinds but those of the others."""
        live = reader(rest, dns).read(Scope())
        assert (live.origin, live.origins) == ("memory:rest", dict.fromkeys(DNS, "memory:dns"))
        assert (live.origin_of("zone"), live.origin_of("mailbox")) == ("memory:dns", "memory:rest")
        assert reader(rest, dns).origin == "memory:rest"

    def test_topics_and_caller_come_from_who_is_asked_for_them(self, rest: Outside, dns: Outside) -> None:
        """The provider of notifications reports the topics, that of the whitelist the address from which it sees us."""
        dns.account.caller, rest.account.caller = "192.0.2.66", "203.0.113.7"
        live = reader(rest, dns).read(Scope())
        assert (live.topics, live.caller) == (frozenset(TOPICS), "203.0.113.7")
        only_dns = SplitReader([rest.part("`default`", "mailbox"), dns.part("`dns`", *DNS)], "K-104711").read(Scope())
        assert (only_dns.topics, only_dns.caller) == (NONE, None)

    def test_the_provider_of_a_kind_decides_what_it_can_hold(self, rest: Outside, dns: Outside) -> None:
        """Record types are those of the DNS provider; kinds and renames are each one's own."""
        rest.capabilities = Capabilities(frozenset({"mailbox", "zone"}), renames=frozenset({"mailbox", "zone"}))
        dns.capabilities = Capabilities(
            frozenset({*DNS, "contact"}), frozenset({"ALIAS"}), True, renames=frozenset({"zone", "contact"})
        )
        can = reader(rest, dns).capabilities
        assert can.kinds == {"mailbox", *DNS}
        assert (can.other_types, can.record_options) == (frozenset({"ALIAS"}), True)
        assert can.renames == {"mailbox", "zone"}
        with pytest.raises(DiagnosticsError) as refused:
            wanted = desired({ERIKA: contact("e@example.org")})
            build_plan(wanted, reader(rest, dns).read(Scope()), World().applied, can, Options(), TODAY)
        assert [error.code for error in refused.value.diagnostics] == ["kind-not-served"]

    def test_one_side_may_not_exist_yet(self, rest: Outside, dns: Outside) -> None:
        """The account exists, and the plan says which part of it the first apply creates."""
        dns.exists = False
        live = reader(rest, dns).read(Scope())
        assert (live.exists, live.absent) == (True, {"memory:dns"})
        wanted = desired({})
        said = demand_proof(
            wanted, live, Grouped.of(wanted.state, live.state, {}), Options(), Capabilities(frozenset())
        )
        assert said.endswith("; memory:dns doesn't exist yet, the first apply creates it")
        rest.exists = False
        assert not reader(rest, dns).read(Scope()).exists


class TestFailingToRead:
    """All are read, all failures are told, and none is taken for an empty account."""

    @pytest.mark.parametrize("at", ["open", "read"])
    def test_one_failure_names_its_provider(self, rest: Outside, dns: Outside, at: str) -> None:
        """With what can be done about it, and the other one was read all the same."""
        rest.fails[at] = IncompleteReadError("It broke off.", "Try again.")
        with pytest.raises(IncompleteReadError) as failed:
            reader(rest, dns).read(Scope())
        assert (str(failed.value), failed.value.help) == ("Provider `default` (mail): It broke off.", "Try again.")
        assert dns.asked == ["open", "read"]

    def test_a_failure_of_several_lines_keeps_them(self, rest: Outside, dns: Outside) -> None:
        """One for each zone that can't be read, say; where there is room for one line only, they stand in it."""
        dns.fails["read"] = AccountError("2 zones can't be read:", "Look.", ["  a: So.", "  b: So."])
        with pytest.raises(AccountError) as failed:
            reader(rest, dns).read(Scope())
        assert failed.value.lines == ("Provider `dns`: 2 zones can't be read:", "  a: So.", "  b: So.")
        rest.fails["read"] = AccountError("Damaged.")
        with pytest.raises(AccountError) as failed:
            reader(rest, dns).read(Scope())
        assert failed.value.lines[2:] == ("  Provider `dns`: 2 zones can't be read:", "    a: So.", "    b: So.")

    def test_several_failures_are_told_together(self, rest: Outside, dns: Outside) -> None:
        """Each with its provider, each help once."""
        rest.fails["read"], dns.fails["open"] = (
            AccountError("It is damaged.", "Mend it."),
            AccountError("So.", "Mend it."),
        )
        with pytest.raises(AccountError) as failed:
            reader(rest, dns).read(Scope())
        assert str(failed.value).splitlines() == [
            "2 of 2 providers failed:",
            "  Provider `default` (mail): It is damaged.",
            "  Provider `dns`: So.",
        ]
        assert failed.value.help == "Mend it."

    @pytest.mark.parametrize(
        ("one", "other", "code"),
        [
            (AccountError("a"), AuthenticationError("b"), 7),
            (AuthenticationError("a"), IncompleteReadError("b"), 7),
            (RefusedError("a"), AccountError("b"), 3),
            (IncompleteReadError("a"), AccountError("b"), 1),
            (ReconcilerError("a"), AccountError("b"), 1),
        ],
    )
    def test_the_gravest_failure_gives_the_exit_code(
        self, rest: Outside, dns: Outside, one: ReconcilerError, other: ReconcilerError, code: int
    ) -> None:
        """As when several codes apply in one run."""
        rest.fails["read"], dns.fails["read"] = one, other
        with pytest.raises(ReconcilerError) as failed:
            reader(rest, dns).read(Scope())
        assert failed.value.exit_code == code

    def test_each_account_must_have_the_number(self, rest: Outside, dns: Outside) -> None:
        """A foreign one is refused by the name of its provider; one that doesn't exist yet has no number."""
        dns.number = "K-2"
        with pytest.raises(RefusedError) as refused:
            reader(rest, dns).read(Scope())
        assert str(refused.value) == "Provider `dns`: The live account is K-2, but account.yaml says K-104711."
        dns.exists = False
        reader(rest, dns).read(Scope())


class TestWriting:
    """What one provider does or doesn't do is nothing to the other, unless one change needs the other."""

    def test_each_write_goes_to_the_provider_of_its_kind(self, rest: Outside, dns: Outside) -> None:
        """The answers come in the order of the batch."""
        answers = writer(rest, dns).write(creating(ERIKA, ZONE, BOX))
        assert [answer.status for answer in answers] == [Status.DONE] * 3
        assert answers[0].live_id == "1"
        assert [write.address for write in rest.account.written] == [ERIKA, BOX]
        assert [write.address for write in dns.account.written] == [ZONE]

    def test_a_batch_that_spans_two_is_cut_and_the_first_failure_skips_the_rest(
        self, rest: Outside, dns: Outside
    ) -> None:
        """Atomic in each; the outcome says which."""
        rest.account.broken.add(BOX)
        answers = writer(rest, dns).write(creating(ERIKA, ZONE, BOX))
        assert [answer.status for answer in answers] == [Status.FAILED, Status.SKIPPED, Status.FAILED]
        expected = "It goes together with contact/erika of provider `default` (mail), which was not done."
        assert answers[1].detail == expected
        assert (rest.account.written, dns.asked) == ([], ["open"])

    def test_the_second_part_may_fail_after_the_first_was_done(self, rest: Outside, dns: Outside) -> None:
        """Then the first is done, and said to be."""
        dns.fails["write"] = AccountError("The disk is full.")
        answers = writer(rest, dns).write(creating(ERIKA, ZONE))
        assert [answer.status for answer in answers] == [Status.DONE, Status.FAILED]
        assert answers[1].detail == "Provider `dns`: The disk is full."

    def test_failing_to_prepare_fails_its_own_changes_only(self, rest: Outside, dns: Outside) -> None:
        """Those that need them are skipped and named, and the others go on."""
        dns.fails["prepare"] = AccountError("It is locked.")
        found = carried_out(
            writer(rest, dns), (creation(ZONE),), (creation(WWW, ZONE),), (creation(BOX, ZONE),), (creation(ERIKA),)
        )
        assert {address: outcome.status for address, outcome in found.items()} == {
            ZONE: Status.SKIPPED,
            WWW: Status.SKIPPED,
            BOX: Status.SKIPPED,
            ERIKA: Status.DONE,
        }
        assert found[ZONE].detail == "Provider `dns`: It is locked."
        assert found[BOX].detail == "It needs zone/example.org, which was skipped."
        assert dns.asked == ["open", "prepare"]

    def test_changes_are_ordered_across_providers_by_what_they_need(self, rest: Outside, dns: Outside) -> None:
        """A failure in one holds up what needs it in the other, and nothing else."""
        dns.account.broken.add(ZONE)
        found = carried_out(writer(rest, dns), (creation(ZONE),), (creation(BOX, ZONE),), (creation(ERIKA),))
        assert found[BOX].detail == "It needs zone/example.org, which failed."
        assert [found[address].status for address in (ZONE, BOX, ERIKA)] == [Status.FAILED, Status.SKIPPED, Status.DONE]

    def test_who_is_not_let_in_is_not_asked_again(self, rest: Outside, dns: Outside) -> None:
        """And the other provider goes on."""
        dns.fails["write"] = AuthenticationError("The key was refused.")
        found = carried_out(writer(rest, dns), (creation(ZONE),), (creation(ERIKA),), (creation(WWW),))
        assert [found[address].status for address in (ZONE, ERIKA, WWW)] == [
            Status.FAILED,
            Status.DONE,
            Status.SKIPPED,
        ]
        assert found[WWW].detail == "Provider `dns`: The key was refused."
        assert dns.asked.count("write") == 1

    def test_answers_that_do_not_fit_concern_their_provider_only(self, rest: Outside, dns: Outside) -> None:
        """What it did isn't known; what the other did is."""
        dns.answers = 0
        answers = writer(rest, dns).write(creating(ERIKA, ZONE))
        assert [answer.status for answer in answers] == [Status.DONE, Status.FAILED]
        assert "0 answers to 1 writes" in answers[1].detail

    def test_who_cannot_be_opened_stops_an_apply_that_needs_it(self, rest: Outside, dns: Outside) -> None:
        """Before anything is written; where there is nothing to write to it, it hinders nobody."""
        dns.fails["open"] = AccountError("It is read-only.", "Let it be written.")
        with pytest.raises(AccountError, match="Provider `dns`: It is read-only"):
            writer(rest, dns, "mailbox", "record")
        split = writer(rest, dns, "contact")
        split.prepare(NONE)
        assert split.write(creating(ERIKA))[0].status is Status.DONE
        assert split.write(creating(ZONE))[0].status is Status.SKIPPED
