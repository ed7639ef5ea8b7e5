"""Each row of the table of requests, from the plan to the record: submitted once, never changed, never deleted."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from planner.world import ALL, TODAY, World, actions, desired, tombstones
from reconciler.apply.verify import remaining
from reconciler.facts.document import Document
from reconciler.facts.price import Price
from reconciler.kinds import KINDS
from reconciler.model.address import Address, kind_of
from reconciler.model.attached import AttachedFile
from reconciler.model.change import Action, Risk
from reconciler.model.errors import IncompleteReadError
from reconciler.model.facts import NO_FACTS, Facts
from reconciler.model.fields import Value
from reconciler.model.money import money
from reconciler.model.plan import Options, Plan
from reconciler.model.state import Asked
from reconciler.planner.plan import build_plan

FORM = AttachedFile("forms/signed.pdf", "ab" * 32, 1234)
WRITTEN: dict[str, dict[str, Any]] = {
    "order": {"domain": "example.shop"},
    "payment": {"amount": "120.00 EUR"},
    "ownership_change": {"new_owner": "Musterfirma Holding", "attachments": [FORM]},
    "data_processing_agreement": {"data": ["names"], "subjects": ["staff"], "annex": "3", "signed_by": "Erika"},
    "support_request": {"subject": "Slow mail", "text": "It takes an hour."},
}
REQUESTS = tuple(WRITTEN)
EDITS: dict[str, dict[str, Any]] = {
    "order": {"domain": "example.org"},
    "payment": {"amount": "121.00 EUR"},
    "ownership_change": {"new_owner": "Somebody else"},
    "data_processing_agreement": {"data": ["names", "invoices"]},
    "support_request": {"text": "It takes two hours."},
}


def request(kind: str, **given: Any) -> tuple[Address, Value]:
    """Return a request as it is declared, under the reference ``ref`` if no other is given."""
    address = KINDS[kind].address((given.pop("reference", "ref"),))
    return address, KINDS[kind].declare(address, {**WRITTEN[kind], **given}).value


def state(kind: str, **given: Any) -> dict[Address, Value]:
    """Return a state with one request."""
    return dict([request(kind, **given)])


def price(item: str, net: str = "15.00 EUR", **given: Any) -> Price:
    """Return a price of this year."""
    said = {"since": date(2026, 1, 1), "rate": Decimal(19), "period": "year", "term": "12 months", "notice": "1 month"}
    return Price(item=item, net=money(net), **{**said, **given})


def annex(version: str) -> Document:
    """Return the annex of technical and organisational measures in a version."""
    return Document(id="annex", title="TOM", sort="annex", version=version, date=date(2026, 1, 1))


def facts(*prices: Price, version: str = "3") -> Facts:
    """Return what the account tells of its prices and documents."""
    listed = prices or (price("domain/shop"), price("domain/org"), price("package/web-l", period="month"))
    return Facts.of(("price", "document"), [*listed, annex(version)])


def world(**submitted: Any) -> World:
    """Return a world that tells prices and documents."""
    return World(facts=facts())


def refused(plan: Plan) -> dict[Address, str]:
    """Return why what is refused is."""
    return {change.address: change.refused for change in plan.refused}


def codes_of(plan: Plan) -> list[str]:
    """Return the codes of a plan's findings."""
    return [finding.code for finding in plan.findings]


@pytest.mark.parametrize("kind", REQUESTS)
def test_a_new_request_is_submitted_once_and_then_there_is_nothing_to_do(kind: str) -> None:
    """No record, and a completely read list that doesn't know it."""
    here, wanted = world(), desired(state(kind))
    plan = here.apply(wanted)
    assert actions(plan.changes) == {f"{kind}/ref": "submit"}
    assert plan.changes[0].risk is (Risk.MONEY if kind in ("order", "payment") else Risk.LEGAL)
    again = here.plan(wanted)
    assert (again.changes, again.refused, again.drift, again.notes, again.findings) == ((), (), (), (), ())
    assert {address: asked.status for address, asked in again.asked.items()} == {f"{kind}/ref": "submitted"}
    assert len(here.account.written) == 1


@pytest.mark.parametrize("kind", REQUESTS)
def test_what_the_account_knows_and_the_record_does_not_is_taken_over_without_a_write(kind: str) -> None:
    """The outcome of an apply was lost: equal is ours, anything else needs another reference."""
    here = world()
    here.account.hold(*request(kind))
    plan = here.apply(desired(state(kind)))
    assert plan.changes == ()
    assert [note.address for note in plan.notes] == [f"{kind}/ref"]
    assert here.account.written == []
    assert f"{kind}/ref" in here.applied.state

    other = world()
    other.account.hold(*request(kind))
    plan = other.plan(desired(state(kind, **EDITS[kind])))
    assert plan.changes == ()
    assert "new reference" in refused(plan)[f"{kind}/ref"]


@pytest.mark.parametrize("kind", REQUESTS)
def test_an_edited_request_is_refused_with_what_to_do(kind: str) -> None:
    """What was submitted can't be changed; a new reference can be written."""
    here = world()
    here.apply(desired(state(kind)))
    plan = here.plan(desired(state(kind, **EDITS[kind])))
    assert plan.changes == ()
    assert "submitted already" in refused(plan)[f"{kind}/ref"]
    assert "new reference" in refused(plan)[f"{kind}/ref"]


@pytest.mark.parametrize("kind", REQUESTS)
def test_a_default_that_is_written_down_is_no_edit(kind: str) -> None:
    """Only the record learns that it is declared now."""
    here = world()
    here.apply(desired(state(kind)))
    address, value = request(kind)
    whole = KINDS[kind].completed(value, frozenset(KINDS[kind].defaults))
    plan = here.apply(desired({address: whole}))
    assert (plan.changes, plan.refused) == ((), ())
    assert here.plan(desired({address: whole})).notes == ()


@pytest.mark.parametrize("kind", REQUESTS)
def test_what_the_account_lost_is_a_finding_and_never_submitted_again(kind: str) -> None:
    """It may have cost money the first time."""
    here = world()
    here.apply(desired(state(kind)))
    del here.account.state[f"{kind}/ref"], here.account.asked[f"{kind}/ref"]
    plan = here.plan(desired(state(kind)), Options(include_drift=True))
    assert (plan.changes, plan.refused, plan.drift) == ((), (), ())
    assert codes_of(plan) == ["request-lost"]


def test_what_reads_otherwise_in_the_account_is_a_finding() -> None:
    """Nobody can change what was submitted, so somebody has to ask."""
    here = world()
    here.apply(desired(state("payment")))
    here.account.hold(*request("payment", amount="1.00 EUR"))
    plan = here.plan(desired(state("payment")), Options(include_drift=True))
    assert (plan.changes, plan.refused, plan.drift, codes_of(plan)) == ((), (), (), ["request-differs"])


@pytest.mark.parametrize("kind", REQUESTS)
def test_a_request_that_left_git_is_let_go_once_and_its_reference_stays_used(kind: str) -> None:
    """Reverting the commit undoes nothing, and the text says what stays."""
    here = world()
    here.apply(desired(state(kind)))
    plan = here.plan(desired({}))
    assert actions(plan.changes) == {f"{kind}/ref": "forget"}
    (told,) = [finding for finding in plan.findings if finding.code == "request-let-go"]
    assert KINDS[kind].lasting in told.detail
    here.carry_out(plan, desired({}))
    assert len(here.account.written) == 1
    nothing = here.plan(desired({}))
    assert (nothing.changes, nothing.unmanaged, nothing.findings) == ((), (), ())

    back = here.plan(desired(state(kind)))
    assert (back.changes, [note.address for note in back.notes]) == ((), [f"{kind}/ref"])
    del here.account.state[f"{kind}/ref"], here.account.asked[f"{kind}/ref"]
    lost = here.plan(desired(state(kind)))
    assert lost.changes == ()
    assert "submitted before" in refused(lost)[f"{kind}/ref"]


def test_a_rejected_request_says_that_nothing_was_done() -> None:
    """While it is declared, and when it is let go."""
    here = world()
    here.apply(desired(state("order")))
    here.account.asked["order/ref"] = Asked("rejected", datetime(2026, 11, 25, tzinfo=UTC), "taken")
    plan = here.plan(desired(state("order")))
    assert (plan.changes, codes_of(plan)) == ((), ["request-rejected"])
    gone = here.plan(desired({}))
    assert "nothing was done" in gone.findings[0].detail


@pytest.mark.parametrize("policy", ["report", "delete", "refuse"])
@pytest.mark.parametrize("kind", REQUESTS)
def test_a_request_that_nobody_declared_is_nobodys_business(kind: str, policy: str) -> None:
    """It is never unmanaged and never deleted, whatever policy says about the rest."""
    here = world()
    here.account.hold(*request(kind))
    plan = here.plan(desired({}, unmanaged={"default": policy}))
    assert (plan.changes, plan.unmanaged, plan.refused, plan.refusals, dict(plan.asked)) == ((), (), (), (), {})


@pytest.mark.parametrize("other", [kind for kind in REQUESTS if kind != "payment"])
def test_a_reference_is_used_once_over_all_kinds(other: str) -> None:
    """By the record, by the account's list, and by what was let go."""
    here = world()
    here.apply(desired(state("payment")))
    wanted = desired({**state("payment"), **state(other)})
    assert "payment/ref" in refused(here.plan(wanted))[f"{other}/ref"]
    here.apply(desired({}))
    del here.account.state["payment/ref"], here.account.asked["payment/ref"]
    assert "payment/ref" in refused(here.plan(desired(state(other))))[f"{other}/ref"]

    elsewhere = world()
    elsewhere.account.hold(*request("payment"))
    assert "payment/ref" in refused(elsewhere.plan(desired(state(other))))[f"{other}/ref"]


def test_the_lists_of_all_kinds_must_have_been_read() -> None:
    """A reference could stand in any of them; an answer that isn't proven complete submits nothing."""
    here, wanted = world(), desired(state("payment"))
    live = replace(here.account.live(), complete=here.account.live().complete - {"order"})
    with pytest.raises(IncompleteReadError, match="order"):
        build_plan(wanted, live, here.applied, ALL, Options(), TODAY, facts())


def test_where_nobody_was_asked_for_prices_the_request_is_shown_without_one() -> None:
    """A plan that compares two commits offline has no seal, so nothing is ordered by it."""
    here = world()
    wanted = desired({**state("order", reference="a"), **state("data_processing_agreement", reference="b")})
    plan = build_plan(wanted, here.account.live(), here.applied, ALL, Options(), TODAY, facts=None)
    assert [change.quote for change in plan.changes] == [None, None]


def test_an_account_that_says_done_and_has_nothing_is_found_out() -> None:
    """What isn't in the list afterwards remains to be done."""
    here, wanted = world(), desired(state("payment"))
    outcomes = here.carry_out(here.plan(wanted), wanted)
    assert remaining(outcomes, here.plan(wanted)) == ()
    del here.account.state["payment/ref"], here.account.asked["payment/ref"]
    assert remaining(outcomes, here.plan(wanted)) == ("payment/ref",)


def test_removed_says_nothing_about_requests() -> None:
    """An entry for one neither deletes nor stops that it is let go."""
    here = world()
    here.apply(desired(state("payment")))
    plan = here.plan(desired({}, tombstones("payment/ref")))
    assert (actions(plan.changes), plan.refused, plan.refusals) == ({"payment/ref": "forget"}, (), ())


def test_a_plan_restricted_to_others_submits_nothing() -> None:
    """``--only`` leaves it out."""
    plan = world().plan(desired(state("payment")), Options(only=("order/*",)))
    assert (plan.changes, codes_of(plan)) == ((), ["only"])


class TestTerms:
    """What it costs, what it may cost, until when, and for which document."""

    def test_an_order_has_its_price_which_its_seal_covers(self) -> None:
        """Another price is another approval; the same one is the same."""
        here, wanted = world(), desired(state("order"))
        plan = here.plan(wanted)
        quote = plan.changes[0].quote
        assert quote is not None
        assert (quote.gross, quote.total, quote.notice) == (money("17.85 EUR"), money("17.85 EUR"), "1 month")
        assert here.plan(wanted).seal == plan.seal
        here.facts = facts(price("domain/shop", "15.01 EUR"))
        assert here.plan(wanted).seal != plan.seal
        here.facts = facts(price("domain/shop", notice="3 months"))
        assert here.plan(wanted).seal != plan.seal

    def test_the_approved_price_goes_along(self) -> None:
        """The account can refuse what no longer holds."""
        here = world()
        plan = here.apply(desired(state("order")))
        assert here.account.written[0].quote == plan.changes[0].quote

    @pytest.mark.parametrize(
        "told",
        [
            NO_FACTS,
            facts(price("domain/net")),
            facts(price("domain/shop"), price("domain/shop", since=date(2026, 2, 1))),
            facts(price("domain/shop", "-1.00 EUR")),
            facts(price("domain/shop", until=date(2026, 1, 31))),
        ],
        ids=["no-prices", "missing", "ambiguous", "negative", "expired"],
    )
    def test_without_exactly_one_price_nothing_is_ordered(self, told: Facts) -> None:
        """A missing price is a refusal, never a guess."""
        here = World(facts=told)
        plan = here.plan(desired(state("order")))
        assert plan.changes == ()
        assert "price" in refused(plan)["order/ref"]

    @pytest.mark.parametrize(
        ("cap", "fits"),
        [
            ("17.85 EUR/year gross", True),
            ("17.84 EUR/year gross", False),
            ("15.00 EUR/year net", True),
            ("14.99 EUR/year net", False),
            ("1.49 EUR/month gross", True),
            ("1.48 EUR/month gross", False),
            ("99.00 USD/year gross", False),
            ("99.00 EUR/once gross", False),
        ],
    )
    def test_a_price_above_the_highest_is_refused(self, cap: str, fits: bool) -> None:
        """With or without VAT as it says, a year as twelve months, in its own currency."""
        plan = world().plan(desired(state("order", max_price=cap)))
        assert bool(plan.changes) == fits
        assert fits or "max_price" in refused(plan)["order/ref"]

    @pytest.mark.parametrize(
        ("limits", "says"),
        [
            ({}, ""),
            ({"max_price": "24.00 EUR/year gross"}, "which `max_price` doesn't cover"),
            ({"max_price": "24.00 EUR/year gross", "max_setup": "1189.99 EUR gross"}, "`max_setup` is 1189.99 EUR"),
            ({"max_price": "24.00 EUR/year gross", "max_setup": "9999.00 USD gross"}, "`max_setup` is 9999.00 USD"),
            ({"max_setup": "0.00 EUR gross"}, "`max_setup` is 0.00 EUR"),
            ({"max_price": "24.00 EUR/year gross", "max_setup": "1190.00 EUR gross"}, ""),
            ({"max_price": "9.00 EUR/year gross", "max_setup": "1190.00 EUR gross"}, "`max_price` is 9.00 EUR/year"),
        ],
    )
    def test_a_limit_of_the_price_covers_no_setup(self, limits: dict[str, Any], says: str) -> None:
        """What is paid once has a limit of its own, and the refusal says what to write."""
        listed = facts(price("package/web-l"), price("setup/web-l", "1000.00 EUR", period="once", term="", notice=""))
        plan = World(facts=listed).plan(desired(state("order", domain=None, package="web-l", **limits)))
        assert bool(plan.changes) == (not says)
        if says:
            sentence = refused(plan)["order/ref"]
            assert says in sentence
            assert ("write `max_setup: 1190.00 EUR gross`" in sentence) == ("max_price` is" not in says)

    def test_another_term_than_the_price_lists_is_refused(self) -> None:
        """Nobody binds himself for longer than he said."""
        assert world().plan(desired(state("order", term="12 months"))).changes
        assert "24 months" in refused(world().plan(desired(state("order", term="24 months"))))["order/ref"]

    @pytest.mark.parametrize("kind", REQUESTS)
    def test_after_its_last_day_a_request_is_not_submitted(self, kind: str) -> None:
        """On that day it still is, and what was submitted stays submitted."""
        wanted = desired(state(kind, valid_until=str(TODAY)))
        late = replace(world(), today=date(2026, 11, 25))
        assert "valid until" in refused(late.plan(wanted))[f"{kind}/ref"]
        here = world()
        here.apply(wanted)
        here.today = date(2026, 11, 25)
        assert here.plan(wanted).refused == ()

    def test_an_agreement_names_the_annex_as_it_is_now(self) -> None:
        """Another version has to be read first; without the document nothing is agreed to."""
        wanted = desired(state("data_processing_agreement"))
        address = "data_processing_agreement/ref"
        assert "version 4" in refused(World(facts=facts(version="4")).plan(wanted))[address]
        assert "no annexes" in refused(World(facts=Facts.of(("document",), [])).plan(wanted))[address]
        assert "no documents" in refused(World().plan(wanted))[address]

    def test_an_agreement_that_needs_a_signature_was_not_submitted(self) -> None:
        """Unless the record says so: then it needs a new reference."""
        here, (address, value) = world(), request("data_processing_agreement")
        here.account.hold(address, value)
        here.account.asked[address] = Asked("needs signature", datetime(2026, 11, 25, tzinfo=UTC))
        assert actions(here.plan(desired({address: value})).changes) == {address: "submit"}

        ours = world()
        ours.apply(desired({address: value}))
        ours.account.asked[address] = Asked("needs signature", datetime(2026, 11, 25, tzinfo=UTC))
        plan = ours.plan(desired({address: value}))
        assert (plan.changes, codes_of(plan)) == ((), ["request-unsigned"])

    @pytest.mark.parametrize(
        ("given", "item"),
        [
            ({"domain": "Example.Co.UK"}, "domain/co.uk"),
            ({"domain": None, "package": "web-l"}, "package/web-l"),
            ({"domain": None, "tariff": {"package": "main", "to": "web-xl"}}, "package/web-xl"),
        ],
    )
    def test_what_is_ordered_has_its_name_in_the_price_list(self, given: dict[str, Any], item: str) -> None:
        """A domain what is behind its name, a package and another tariff the tariff."""
        here = World(facts=facts(price(item)))
        written = {name: value for name, value in given.items() if value is not None}
        address = "order/ref"
        value = KINDS["order"].declare(address, written).value
        (change,) = here.plan(desired({address: value})).changes
        assert change.quote is not None
        assert change.quote.item == item


def test_the_table_of_requests_is_that_of_all_kinds_of_requests() -> None:
    """A new kind of request walks the table, too."""
    assert set(REQUESTS) == {name for name, kind in KINDS.items() if kind.is_request}
    assert all(kind.lasting for kind in KINDS.values() if kind.is_request)
    assert all(kind_of(address) in REQUESTS for kind in REQUESTS for address in state(kind))


def test_submitting_is_a_write_that_destroys_nothing() -> None:
    """Guards count deletions, and there are none."""
    assert Action.SUBMIT.writes
    assert not Action.SUBMIT.destroys


@pytest.mark.parametrize("kind", REQUESTS)
def test_another_reference_for_the_same_is_no_second_submission(kind: str) -> None:
    """Refused for as long as the old one isn't declared beside it, and what was submitted isn't let go meanwhile."""
    here = world()
    here.apply(desired(state(kind)))
    renamed = desired(state(kind, reference="other"))
    for _ in range(2):
        plan = here.apply(renamed)
        assert (plan.changes, list(refused(plan))) == ((), [f"{kind}/other"])
        assert f"as {kind}/ref" in refused(plan)[f"{kind}/other"]
    both = here.plan(desired({**state(kind), **state(kind, reference="other")}))
    assert actions(both.changes) == {f"{kind}/other": "submit"}
    assert actions(here.plan(desired(state(kind, reference="other", **EDITS[kind]))).changes) == {
        f"{kind}/ref": "forget",
        f"{kind}/other": "submit",
    }


def test_what_was_rejected_may_be_asked_for_under_another_reference() -> None:
    """Nothing came of it, so nothing is done twice."""
    here = world()
    here.apply(desired(state("payment")))
    here.account.asked["payment/ref"] = Asked("rejected", datetime(2026, 11, 26, tzinfo=UTC))
    plan = here.plan(desired(state("payment", reference="other")))
    assert actions(plan.changes) == {"payment/ref": "forget", "payment/other": "submit"}


@pytest.mark.parametrize("kind", [kind for kind in REQUESTS if kind != "data_processing_agreement"])
def test_what_no_document_is_about_is_not_submitted_anew(kind: str) -> None:
    """Whatever an account says that it needs: it has it, so it is ours, and a person is told."""
    here, (address, value) = world(), request(kind)
    here.account.hold(address, value)
    here.account.asked[address] = Asked("needs signature", datetime(2026, 11, 25, tzinfo=UTC))
    plan = here.apply(desired({address: value}))
    assert (plan.changes, [note.address for note in plan.notes]) == ((), [address])
    assert codes_of(here.plan(desired({address: value}))) == ["request-unsigned"]
