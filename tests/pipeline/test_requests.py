"""Requests on a real account, from the files to the receipt: priced, approved, interrupted, answered, taken back."""

import json
import os
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from anger.ground import forked
from inside import Fixed, Inside
from program import Finished, Repository
from reconciler.apply.approval import Approval
from reconciler.facts.document import Document
from reconciler.facts.price import Price
from reconciler.model.errors import RefusedError
from reconciler.model.money import money
from reconciler.model.outcome import Outcome
from reconciler.model.plan import Options
from reconciler.model.points import watch_points
from reconciler.pipeline.applying import apply
from reconciler.pipeline.planning import plan
from reconciler.pipeline.session import Session
from reconciler.record.times import Times
from reconciler.store.account import Store

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
TIMES = Times(renewal=0.1, silence=30.0, look=0.1, fresh=0.0)
ACCOUNT = "version: 1\naccount: K-104711\nproviders: {default: {type: embedded, path: account.db}}\n"
ORDER = "requests: {shop: {order: {domain: example.shop, max_price: 24.00 EUR/year gross}}}\n"
AGREEMENT = (
    "requests: {av: {data_processing_agreement: {data: [names], subjects: [staff], annex: 3, signed_by: Erika}}}\n"
)
SUPPORT = "requests: {slow: {support_request: {subject: Slow, text: Help., attachments: [log.txt]}}}\n"
REFUSED, STALE = 3, 4


class Here:
    """An account in a repository, the company behind it, and the program inside this process."""

    def __init__(self, repo: Repository) -> None:
        self.repo = repo
        self.store = Store(repo.path / "account.db")
        self.clock = Fixed(NOW)

    def write(self, said: str, **files: str) -> None:
        """Commit what is declared now."""
        self.repo.commit("Ask", {"account.yaml": ACCOUNT, "requests.yaml": said, **files})

    def prices(self, net: str) -> None:
        """Put a price list in force."""
        one = Price(
            item="domain/shop",
            since=date(2026, 1, 1),
            net=money(net),
            rate=Decimal(19),
            period="year",
            term="12 months",
            notice="1 month",
        )
        self.store.put_facts(frozenset({"price"}), [one])

    def annex(self, version: str) -> None:
        """Put a version of the annex in force."""
        one = Document(id="tom", title="TOM", sort="annex", version=version, date=date(2026, 1, 1))
        self.store.put_facts(frozenset({"document"}), [one])

    def __call__(self, *args: str) -> Finished:
        """Run one command line."""
        return Inside(self.repo.path, self.repo.env, self.clock)(*args)

    def json(self, *args: str) -> dict[str, Any]:
        """Run one command line and return what it prints as JSON."""
        return dict(json.loads(self(*args, "--json").out))

    def submitted(self) -> list[str]:
        """Return what the account's own log says was submitted, in order."""
        log = self.store.read_facts(frozenset({"log"})).kinds["log"].values()
        entries = sorted(log, key=lambda entry: int(entry.name))
        return [str(getattr(entry, "resource", "")) for entry in entries if getattr(entry, "action", "") == "submit"]


@pytest.fixture
def here(repo: Repository) -> Iterator[Here]:
    """An account that exists, with prices and an annex."""
    one = Here(repo)
    one.store.prepare("K-104711", frozenset())
    one.prices("15.00 EUR")
    one.annex("3")
    yield one


def test_an_order_is_submitted_once_at_its_price(here: Here) -> None:
    """The price stands in plan, Markdown, JSON, receipt and in the account's list; the second apply does nothing."""
    here.write(ORDER)
    price = "17.85 EUR each year (15.00 EUR and 19 % VAT), term 12 months, notice 1 month, 17.85 EUR in all"
    assert price in here("plan").out
    assert price in here("plan", "--markdown").out
    (change,) = here.json("plan")["changes"]
    assert change["action"] == "submit"
    assert change["quote"]["total"] == "17.85 EUR"
    assert here.json("plan")["counts"] == {"add": 0, "change": 0, "destroy": 0, "submit": 1}
    done = here("apply", "--auto-approve")
    assert (done.code, "1 submitted" in done.out) == (0, True), done.out + done.err
    assert "No changes" in here("apply", "--auto-approve").out
    assert here.submitted() == ["order/shop"]
    assert price in here.repo.git("log", "-1", "--format=%B", "reconciler/K-104711")
    assert here.json("plan")["requests"][0]["quote"]["gross"] == "17.85 EUR"
    assert here("audit", "verify").code == 0


def test_another_price_than_the_approved_one_is_stale(here: Here, tmp_path: Path) -> None:
    """The seal covers it, in a saved plan and by itself; above the highest price it is refused."""
    saved = str(tmp_path / "saved.plan")
    here.write(ORDER)
    assert here("plan", "--out", saved).code == 0
    here.prices("16.00 EUR")
    assert here("apply", saved).code == STALE
    here.prices("20.50 EUR")
    dear = here("plan")
    assert (dear.code, "24.40 EUR/year gross" in dear.out) == (REFUSED, True)
    assert here("apply", "--auto-approve").code == REFUSED
    assert here.submitted() == []
    here.prices("15.00 EUR")
    assert here("apply", saved).code == 0
    assert here.submitted() == ["order/shop"]


def test_the_account_itself_refuses_what_changed_after_the_plan(here: Here) -> None:
    """Price and document, between the last look and the write: a conflict, and nothing was asked for."""
    here.write(ORDER.rstrip("}\n") + "}}, " + AGREEMENT.removeprefix("requests: {"))
    session = Session(here.repo.path, here.repo.env, here.clock, times=TIMES)
    made = plan(session, Options())
    here.prices("16.00 EUR")
    here.annex("4")
    seen: list[Outcome] = []
    apply(session, made, Approval(), seen.append)
    assert {(one.change.address, str(one.status)) for one in seen} == {
        ("order/shop", "conflict"),
        ("data_processing_agreement/av", "conflict"),
    }
    assert here.submitted() == []
    again = here("plan")
    assert again.code == REFUSED
    assert "needs a signature: the annex has version 4" in again.out
    here.write(AGREEMENT.replace("annex: 3", "annex: 4"))
    assert here("apply", "--auto-approve").code == 0
    assert here.submitted() == ["data_processing_agreement/av"]


def test_a_file_goes_to_the_account_as_it_was_seen(here: Here) -> None:
    """By its digest; one that changed since isn't sent, and nothing is."""
    here.write(SUPPORT, **{"log.txt": "one"})
    session = Session(here.repo.path, here.repo.env, here.clock, times=TIMES)
    made = plan(session, Options())
    (here.repo.path / "log.txt").write_text("two")
    with pytest.raises(RefusedError, match=r"log\.txt was changed"):
        apply(session, made, Approval(), lambda _: None)
    assert here.submitted() == []
    (here.repo.path / "log.txt").write_text("one")
    assert here("apply", "--auto-approve").code == 0
    contents = here.store.read()
    assert contents is not None
    assert sha256(b"one").hexdigest() in str(contents.state["support_request/slow"])
    (here.repo.path / "log.txt").write_text("two")
    edited = here("plan")
    assert (edited.code, "submitted already" in edited.out) == (REFUSED, True)


@pytest.mark.parametrize("point", ["batch to be written", "batch written"])
def test_an_interrupted_apply_submits_nothing_twice(here: Here, point: str) -> None:
    """Before or after the account took it: resumed from the commit that began, with its file as it was."""
    here.write(SUPPORT, **{"log.txt": "one"})

    def die() -> int:
        watch_points(lambda name: os._exit(9) if name == point else None)
        session = Session(here.repo.path, here.repo.env, Fixed(NOW), times=TIMES)
        apply(session, plan(session, Options()), Approval(), lambda _: None)
        return 0

    assert forked(die) == 9
    assert here.submitted() == (["support_request/slow"] if point == "batch written" else [])
    (here.repo.path / "log.txt").write_text("two")
    done = here("apply", "--resume")
    assert done.code == 0, done.out + done.err
    assert here.submitted() == ["support_request/slow"]
    here.repo.git("checkout", "-q", "log.txt")
    assert "No changes" in here("plan").out


def test_taken_back_it_is_let_go_once_and_stays_used(here: Here) -> None:
    """A revert undoes nothing and says so; the reference is used for ever, for every kind."""
    here.write(ORDER)
    assert here("apply", "--auto-approve").code == 0
    here.write("requests: {}\n")
    told = here("plan")
    assert "What was ordered stays ordered" in told.out
    assert here("apply", "--auto-approve").code == 0
    assert "No changes" in here("plan").out
    here.write(
        ORDER.replace("order: {domain: example.shop, max_price: 24.00 EUR/year gross}", "payment: {amount: 1 EUR}")
    )
    used = here("plan")
    assert (used.code, "order/shop" in used.out) == (REFUSED, True)
    assert here("apply", "--auto-approve").code == REFUSED
    assert here.submitted() == ["order/shop"]
    assert here("audit", "verify").code == 0


def test_the_companys_answers_are_shown(here: Here) -> None:
    """In the plan while something is to come, and in the list of requests."""
    here.write(ORDER)
    assert here("apply", "--auto-approve").code == 0
    assert here("account", "answer", "order/shop", "accepted", "--note", "booked").code == 0
    assert "accepted" in here("plan").out
    assert "accepted" in here("plan", "--markdown").out
    assert here("account", "answer", "order/shop", "completed").code == 0
    assert "order/shop" not in here("plan").out
    assert "completed" in here("show", "requests").out


def test_policy_asks_for_reviews_by_risk(here: Here) -> None:
    """Money and legal have rules of their own; without a review nothing is submitted."""
    policy = "policy: {approvals: {money: {count: 2}, legal: {from: [erika]}}}\n"
    here.repo.commit("Ask", {"account.yaml": ACCOUNT + policy, "requests.yaml": ORDER, "more.yaml": AGREEMENT})
    shown = here("plan", "--markdown").out
    assert "money: 2 reviews" in shown
    assert "legal: 1 review of erika" in shown
    refused = here("apply", "--auto-approve")
    assert refused.code == REFUSED
    assert "order/shop" in refused.err
    assert here.submitted() == []


def test_adopting_an_account_leaves_its_requests_alone(here: Here, tmp_path: Path) -> None:
    """What was asked for needs no declaration: `init` writes none, and the plan is empty."""
    here.write(ORDER)
    assert here("apply", "--auto-approve").code == 0
    new = tmp_path / "new"
    new.mkdir()
    inside = Inside(new, here.repo.env, here.clock)
    assert inside("init", "--embedded", str(here.repo.path / "account.db")).code == 0
    assert "order" not in "".join(path.read_text() for path in new.rglob("*.yaml"))
    adopted = here("adopt", "order/shop")
    assert (adopted.code, "nothing to adopt" in adopted.err) == (64, True)
