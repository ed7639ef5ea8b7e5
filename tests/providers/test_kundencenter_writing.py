"""Writing to an account service: what is sent, how often, and what its answers mean."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from providers.paged import TOKEN, Paged, paged, problem, said
from reconciler.kinds import KINDS
from reconciler.model.address import kind_of
from reconciler.model.attached import AttachedFile
from reconciler.model.change import Action
from reconciler.model.errors import AccountError, AuthenticationError
from reconciler.model.outcome import Status
from reconciler.model.secret import Secret
from reconciler.ports import Write, Written
from reconciler.providers._kundencenter_writing import parts
from reconciler.providers.kundencenter import open_reader, open_writer
from reconciler.web.connection import Limits
from web.answering import Asked, Said

PASSWORD = "p4ssw0rd-k4n4ry"
CUT = replace(said({"answers": [{"status": "done"}]}), announced=900)
GONE = Said(hangs_up=True)


@pytest.fixture
def service() -> Iterator[Paged]:
    """A service that takes everything until it is told otherwise."""
    with paged() as running:
        yield running


def write(address: str, action: Action = Action.CREATE, **fields: Any) -> Write:
    value = KINDS[kind_of(address)].parse(address, fields)
    before, after = (None, value) if action is Action.CREATE else (value, None)
    return Write(action, address, before, after, f"key-of-{address}")


def carry_out(service: Paged, *batch: Write, **settings: Any) -> tuple[Written, ...]:
    return open_writer(service.access(**settings), Limits(tries=3, pause=0.001)).write(batch)


def answers(service: Paged, *replies: Said) -> None:
    """Answer writes by these in order, and the last again and again."""
    left = list(replies)

    def spoil(asked: Asked, found: Said) -> Said:
        return found if asked.verb == "GET" else left.pop(0) if len(left) > 1 else left[0]

    service.spoil = spoil


def done(count: int = 1, **more: Any) -> Said:
    return said({"answers": [{"status": "done", **more}] * count})


def written(service: Paged) -> list[Asked]:
    return [asked for asked in service.server.asked if asked.verb != "GET"]


CONTACT = write("contact/erika", name="Erika", email="erika@example.org")


def test_a_batch_is_one_transaction_bound_to_what_was_read(service: Paged) -> None:
    """New things must not be there, others must be as they were; an entry without our name goes by its id."""
    answers(service, done(2, live_id="7"))
    gone = write("contact/max", Action.DELETE, name="Max", email="max@example.org")
    found = carry_out(service, CONTACT, replace(gone, live_id="3", version="9"))
    assert [(answer.status, answer.live_id) for answer in found] == [(Status.DONE, "7")] * 2
    (sent,) = written(service)
    new, old = json.loads(sent.body)["writes"]
    assert (new["address"], new["if_none_match"], new["key"]) == ("contact/erika", "*", CONTACT.key)
    assert (old["address"], old["if_match"], old["action"]) == ("contact/~3", "9", "delete")
    assert "if_match" not in new
    assert "managed-by" not in sent.headers


def test_who_claims_what_he_writes_says_so(service: Paged) -> None:
    """In the header of the contract."""
    answers(service, done())
    carry_out(service, CONTACT, managed_by="acme/infrastructure")
    assert written(service)[0].headers["managed-by"] == "acme/infrastructure"


@pytest.mark.parametrize(
    "fault", [GONE, CUT, Said(503), Said(429), Said(500), said({}), said([]), done(2), Said(204, b"")]
)
def test_what_isnt_answered_is_sent_again_as_it_was(service: Paged, fault: Said) -> None:
    """Under the same key, so that the service can tell what became of it."""
    answers(service, fault, done())
    assert carry_out(service, CONTACT)[0].status is Status.DONE
    first, again = written(service)
    assert (first.body, first.headers) == (again.body, again.headers)


@pytest.mark.parametrize("fault", [GONE, Said(503), said({})])
def test_what_is_never_answered_isnt_called_done_or_undone(service: Paged, fault: Said) -> None:
    """It is said that it isn't known."""
    answers(service, fault)
    (answer,) = carry_out(service, CONTACT)
    assert answer.status is Status.FAILED
    assert answer.detail.startswith("Whether it was done isn't known")
    assert len(written(service)) == 3


@pytest.mark.parametrize("live_id", ["7" * 201, "\x1b[31m", "7 8", "\u0430"])
def test_an_id_that_cant_be_one_is_no_answer(service: Paged, live_id: str) -> None:
    """It would stand in the record, and in every later write."""
    answers(service, done(live_id=live_id))
    (answer,) = carry_out(service, CONTACT)
    assert (answer.status, answer.live_id) == (Status.FAILED, None)
    assert answer.detail.startswith("Whether it was done isn't known")


@pytest.mark.parametrize(
    ("answer", "status", "says"),
    [
        (problem(412, "Stale.", answers=[{"status": "conflict", "detail": "It was changed."}]), "conflict", "changed"),
        (problem(409, "No.", answers=[{"status": "failed", "detail": "There is no zone."}]), "failed", "no zone"),
        (problem(412, "It is stale."), "conflict", "It is stale."),
        (problem(409, "It is claimed", detail="by others."), "failed", "It is claimed by others."),
        (problem(422, "Wrong.", errors=["writes.0.after: no"]), "failed", "writes.0.after: no"),
        (Said(400, b"<html>", {"Content-Type": "text/html"}), "failed", "It answered 400."),
        (Said(413, b"{", {"Content-Type": "application/problem+json"}), "failed", "It answered 413."),
    ],
)
def test_a_refusal_says_why(service: Paged, answer: Said, status: str, says: str) -> None:
    """In the service's own words, once."""
    answers(service, answer)
    (found,) = carry_out(service, CONTACT)
    assert (found.status, len(written(service))) == (Status(status), 1)
    assert says in found.detail


def test_no_secret_comes_back(service: Paged) -> None:
    """Also not in the words of a service that repeats what it was sent, nor a command to a terminal."""
    secret = {"password": Secret(PASSWORD)}
    box = replace(write("mailbox/info@example.org"), secrets=secret)
    answers(service, problem(422, f"\x1b[2J{PASSWORD} {TOKEN}", errors=[PASSWORD]))
    (found,) = carry_out(service, box)
    assert PASSWORD in written(service)[0].body.decode()
    assert PASSWORD not in found.detail
    assert found.detail.isprintable()


def test_who_isnt_let_in_any_more(service: Paged) -> None:
    """Ends the run, not only a batch."""
    answers(service, problem(401, "x", detail="This token was revoked."))
    with pytest.raises(AuthenticationError, match="revoked"):
        carry_out(service, CONTACT)
    assert len(written(service)) == 1


def test_another_account_is_never_written(service: Paged) -> None:
    """However it came to stand there."""
    service.info["number"] = "K-\x1b7"
    with pytest.raises(AccountError, match="The live account is K-") as raised:
        carry_out(service, CONTACT)
    assert str(raised.value).isprintable()
    assert not written(service)


class TestParts:
    """A batch that is larger than the service takes goes in several, and none after one that failed."""

    BATCH = tuple(
        write(f"record/example.org/n{i}/{rtype}", ttl=300, values=[value])
        for i in range(8)
        for rtype, value in (("A", "192.0.2.1"), ("AAAA", "2001:db8::1"))
    )

    def test_each_is_small_enough_and_nothing_is_lost(self) -> None:
        """And the record sets of one name stay together."""
        found = list(parts(self.BATCH, 1500))
        assert len(found) > 1
        assert sorted(w.address for part in found for w in part) == sorted(w.address for w in self.BATCH)
        names = [{w.address.rpartition("/")[0] for w in part} for part in found]
        assert sum(map(len, names)) == 8

    def test_they_are_sent_one_after_the_other(self, service: Paged) -> None:
        """Within the limit that the account tells."""
        service.info["body_limit"] = 1500
        service.spoil = lambda asked, found: (
            found if asked.verb == "GET" else done(len(json.loads(asked.body)["writes"]))
        )
        assert {answer.status for answer in carry_out(service, *self.BATCH)} == {Status.DONE}
        assert len(written(service)) > 1
        assert all(len(asked.body) <= 1500 for asked in written(service))

    def test_one_that_fails_holds_up_the_rest(self, service: Paged) -> None:
        """Which are skipped."""
        service.info["body_limit"] = 1500
        answers(service, problem(409, "No."))
        found = [answer.status for answer in carry_out(service, *self.BATCH)]
        assert (found[0], found[-1], len(written(service))) == (Status.FAILED, Status.SKIPPED, 1)


ENTRY = {"address": "order/2026-11-shop", "value": {}, "status": "submitted", "at": "2026-11-26T10:00:00Z"}


class TestRequests:
    """Something is asked for exactly once."""

    ORDER = replace(
        write("order/2026-11-shop", domain="example.shop", term="12 months", max_price="24.00 EUR/year gross"),
        action=Action.SUBMIT,
    )

    def test_it_is_put_under_its_reference(self, service: Paged) -> None:
        """Which must not be there yet, with its key and what is attached."""
        answers(service, said(ENTRY, 201))
        sent = replace(self.ORDER, attachments={"ab" * 32: b"%PDF"})
        assert carry_out(service, sent, managed_by="acme")[0].status is Status.DONE
        (asked,) = written(service)
        assert (asked.verb, asked.path) == ("PUT", "/v1/requests/order/2026-11-shop")
        assert (asked.headers["if-none-match"], asked.headers["managed-by"]) == ("*", "acme")
        body = json.loads(asked.body)
        assert (body["key"], body["value"]["domain"]) == (self.ORDER.key, "example.shop")
        assert body["attachments"] == [{"sha256": "ab" * 32, "content": "JVBERg=="}]

    @pytest.mark.parametrize("fault", [GONE, Said(503), said({}, 201), said({**ENTRY, "address": "order/x"})])
    def test_what_isnt_answered_is_sent_again_as_it_was(self, service: Paged, fault: Said) -> None:
        """Under the same key."""
        answers(service, fault, said(ENTRY, 201))
        assert carry_out(service, self.ORDER)[0].status is Status.DONE
        first, again = written(service)
        assert first.body == again.body

    @pytest.mark.parametrize(
        ("answer", "status"),
        [(problem(412, "Known."), Status.CONFLICT), (problem(409, "The price is another."), Status.FAILED)],
    )
    def test_a_refusal_says_why(self, service: Paged, answer: Said, status: Status) -> None:
        """Once."""
        answers(service, answer)
        assert carry_out(service, self.ORDER)[0].status is status
        assert len(written(service)) == 1

    def test_it_waits_for_what_goes_before_it(self, service: Paged) -> None:
        """A setting of the same batch that wasn't done."""
        answers(service, problem(409, "No."))
        found = carry_out(service, self.ORDER, CONTACT)
        assert [answer.status for answer in found] == [Status.SKIPPED, Status.FAILED]


@pytest.mark.parametrize("status", [401, 403, 409, 422, 500])
def test_a_service_that_repeats_the_token_is_heard_without_it(service: Paged, status: int) -> None:
    """Neither what is read nor what is written brings it into an output or the record."""
    told = problem(status, "No.", detail=f"The token {TOKEN} isn't good.", errors=[f"Bearer {TOKEN}"])
    service.spoil = lambda asked, found: told
    with pytest.raises(AccountError if status in (409, 422, 500) else AuthenticationError) as raised:
        service_account(service)
    answers(service, told)
    try:
        text = carry_out(service, CONTACT)[0].detail
    except AuthenticationError as error:
        text = error.in_full
    for heard in (text, raised.value.in_full):
        assert "The token ... isn't good" in heard
        assert TOKEN not in heard


def service_account(service: Paged) -> object:
    """Ask who the account is."""
    return open_reader(service.access(), Limits(tries=1, pause=0.001)).capabilities


def test_private_values_come_back_as_they_are_shown(service: Paged) -> None:
    """What a service says of a refused write is shown, and stands in the record."""
    answers(service, problem(422, "No.", detail="+49511123456 is no number", errors=["erika@example.org is taken"]))
    contact = write("contact/erika", name="Erika", email="erika@example.org", phone="+49 511 123456")
    (found,) = carry_out(service, contact)
    assert "is no number" in found.detail
    assert "511123456" not in found.detail
    assert "erika@example.org" not in found.detail
    value = (
        KINDS["ownership_change"]
        .declare(
            "ownership_change/holding",
            {"new_owner": "Musterfirma Holding", "attachments": [AttachedFile("form.pdf", "ab" * 32, 9)]},
        )
        .value
    )
    answers(service, problem(409, "No.", detail="Musterfirma Holding isn't registered."))
    asked = Write(Action.SUBMIT, "ownership_change/holding", None, value, "key-of-the-change")
    assert "Musterfirma Holding" not in carry_out(service, asked)[0].detail
