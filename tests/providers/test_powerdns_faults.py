"""Answers that are cut, empty, late or somebody else's: never an empty account, never a deletion, always a word."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from nameservers import Powerdns
from planner.world import TODAY, desired
from providers.powerdns_account import (
    QUICK,
    Between,
    Reply,
    account,
    between,
    change,
    create,
    record,
    with_body,
)
from reconciler.model.address import Address
from reconciler.model.errors import AccountError, IncompleteReadError, ReconcilerError
from reconciler.model.fields import Value
from reconciler.model.outcome import Status
from reconciler.model.plan import Options
from reconciler.model.state import Applied, Provenance
from reconciler.planner.plan import build_plan
from reconciler.providers.powerdns import capabilities
from reconciler.web.connection import Limits

ELSEWHERE = "http://127.0.0.1:9/"
JSON = {"Content-Type": "application/json"}


def _cut(reply: Reply) -> Reply:
    return replace(reply, announced=len(reply.body), body=reply.body[: len(reply.body) // 2])


def _without_soa(zone: Any) -> Any:
    return {**zone, "rrsets": [rrset for rrset in zone["rrsets"] if rrset["type"] != "SOA"]}


def _less(**keys: Any) -> Callable[[Reply], Reply]:
    """Return how an answer gets other values under some keys."""
    return lambda reply: with_body(reply, lambda found: {**found, **keys})


#: How an answer is spoilt, and a part of what is said of it. The list of zones, or one zone.
OF_ANY: dict[str, tuple[Callable[[Reply], Reply], str]] = {
    "cut off": (_cut, "gave no whole answer"),
    "cut and whole to HTTP": (lambda reply: replace(reply, body=reply.body[:-9]), "cut short or isn't JSON"),
    "nothing": (lambda reply: replace(reply, body=b""), "cut short or isn't JSON"),
    "null": (lambda reply: replace(reply, body=b"null"), "isn't "),
    "a text": (lambda reply: replace(reply, body=b'"zones"'), "isn't "),
    "another media type": (lambda reply: replace(reply, headers={"Content-Type": "text/html"}), "text/html"),
    "no media type": (lambda reply: replace(reply, headers={}), "nothing in place of JSON"),
    "compressed": (
        lambda reply: replace(reply, headers={**reply.headers, "Content-Encoding": "gzip"}),
        "an encoding that it wasn't asked for",
    ),
    "500": (lambda reply: Reply(500, b'{"error": "\\u001b[31m no"}', JSON), "500"),
    "503": (lambda reply: Reply(503, b"busy"), "503"),
    "429": (lambda reply: Reply(429, b"slower"), "429"),
    "400": (lambda reply: Reply(400, b"Bad Request"), "400"),
    "a redirect": (lambda reply: Reply(302, b"", {"Location": ELSEWHERE}), "sent us elsewhere"),
    "too much": (lambda reply: replace(reply, body=b"[" + b" " * (QUICK.octets + 1)), "larger than"),
    "too deep": (lambda reply: replace(reply, body=b"[" * 100_000), "cut short or isn't JSON"),
}
OF_THE_LIST: dict[str, tuple[Callable[[Reply], Reply], str]] = {
    "no zones": (lambda reply: replace(reply, body=b"[]"), "leaves it out of its list"),
    "one object": (lambda reply: replace(reply, body=b"{}"), "isn't one"),
    "zones without names": (lambda reply: with_body(reply, lambda _: [{"kind": "Native"}]), "isn't one"),
    "numbers": (lambda reply: with_body(reply, lambda _: [1, 2]), "isn't one"),
    "404": (lambda reply: Reply(404, b"Not Found"), "no PowerDNS at this address"),
}
OF_A_ZONE: dict[str, tuple[Callable[[Reply], Reply], str]] = {
    "no record sets": (_less(rrsets=[]), "without its SOA record"),
    "record sets of another sort": (_less(rrsets={"a": 1}), "isn't a zone"),
    "without the SOA": (lambda reply: with_body(reply, _without_soa), "without its SOA record"),
    "another serial": (_less(serial=7), "without its SOA record, or with another one"),
    "another zone": (_less(name="example.com."), "another zone"),
    "an odd name": (_less(name="."), "another zone"),
    "a negative serial": (_less(serial=-1), "isn't a zone"),
    "an empty object": (lambda reply: replace(reply, body=b"{}"), "isn't a zone"),
    "sets twice": (lambda reply: with_body(reply, lambda zone: {**zone, "rrsets": zone["rrsets"] * 2}), "twice"),
    "404": (lambda reply: Reply(404, b"Not Found"), "again and again"),
}


def plan_over(owned: dict[Address, Value], middle: Between, server: Powerdns, zone: str, **given: Any) -> int:
    """Plan for a zone that we own, as it is declared; return how many deletions there are."""
    here = account(server, url=middle.url)
    provenance = {address: Provenance(1, "c" * 40, "zones/x.yaml") for address in owned}
    applied = Applied(owned, provenance, number=1, salt="s" * 32)
    wanted = desired(owned, declared={"zone", f"record/{zone}"})
    can = capabilities(here.access.settings)
    plan = build_plan(wanted, here.read(zone), applied, can, Options(), TODAY)
    return sum(found.action.destroys for found in plan.changes)


@pytest.fixture
def owned(powerdns_api: Powerdns, zone: str) -> Iterator[dict[Address, Value]]:
    """A zone with records, all of which are ours."""
    powerdns_api.add_zone(zone, "\n".join(f"n{i} 300 A 192.0.2.{i}" for i in range(5)))
    live = account(powerdns_api).read(zone).state
    yield {address: value for address, value in live.items() if zone in address}
    powerdns_api.remove_zone(zone)


FAULTS = {("list", fault): how for fault, how in {**OF_ANY, **OF_THE_LIST}.items()}
FAULTS |= {("zone", fault): how for fault, how in {**OF_ANY, **OF_A_ZONE}.items()}


@pytest.mark.parametrize(("where", "fault"), FAULTS)
def test_a_spoilt_answer_is_never_an_account(
    powerdns_api: Powerdns, zone: str, owned: dict[Address, Value], where: str, fault: str
) -> None:
    """Each ends with a clear error and no plan at all, so with no deletion; what is shown can't act on a terminal."""
    spoil, said = FAULTS[where, fault]
    begins = "/zones?" if where == "list" else f"/zones/{zone}."
    with between(powerdns_api) as middle:
        middle.spoil = lambda _, path, reply: (
            spoil(reply) if path.startswith(begins) and "rrsets=" not in path else reply
        )
        with pytest.raises(AccountError) as caught:
            plan_over(owned, middle, powerdns_api, zone)
    text = f"{caught.value} {caught.value.help}"
    assert said in text and text.isprintable()
    assert all(ELSEWHERE not in path for _, path in middle.asked)


def test_a_fault_that_passes_is_no_fault(powerdns_api: Powerdns, zone: str, owned: dict[Address, Value]) -> None:
    """Reading is tried again where the server is busy, and then the plan is as ever."""
    with between(powerdns_api) as middle:
        replies = iter([Reply(503, b""), Reply(429, b"")])
        middle.before = lambda method, path: next(replies, None)
        assert plan_over(owned, middle, powerdns_api, zone) == 0


@pytest.mark.parametrize(
    ("limits", "drips", "said"),
    [
        (replace(QUICK, silence=0.2), 0.5, "gave no whole answer: ReadTimeout"),
        (replace(QUICK, seconds=0.3), 0.05, "takes longer than 0.3 s"),
    ],
)
def test_an_answer_that_drips_ends_in_time(powerdns_api: Powerdns, limits: Limits, drips: float, said: str) -> None:
    """Whether it is silent for long or never ends."""
    with between(powerdns_api) as middle:
        middle.before = lambda *_: Reply(200, b" " * 200, JSON, drips=drips)
        here = account(powerdns_api, url=middle.url)
        here.limits = limits
        with pytest.raises(AccountError, match=said):
            here.read()


def test_zones_that_never_stand_still_are_not_read(powerdns_api: Powerdns, zone: str) -> None:
    """A list that is another one each time proves nothing."""
    powerdns_api.add_zone(zone)
    with between(powerdns_api) as middle:

        def move(_: str, path: str, reply: Reply) -> Reply:
            if not path.startswith("/zones?"):
                return reply
            number = len(middle.asked)
            return with_body(reply, lambda zones: [{**found, "serial": number} for found in zones])

        middle.spoil = move
        with pytest.raises(IncompleteReadError, match="again and again"):
            account(powerdns_api, url=middle.url).read(zone)


class TestWrites:
    """A write whose answer is lost is read back, and never sent twice."""

    @pytest.mark.parametrize("fault", ["cut off", "500", "503"])
    def test_what_was_done_though_its_answer_was_lost_is_done(
        self, powerdns_api: Powerdns, zone: str, fault: str
    ) -> None:
        """Reading back tells."""
        powerdns_api.add_zone(zone)
        spoil, _ = OF_ANY[fault]
        with between(powerdns_api) as middle:
            middle.spoil = lambda method, _, reply: (
                reply if method == "GET" else spoil(replace(reply, status=200, body=b"{}"))
            )
            here = account(powerdns_api, url=middle.url)
            answers = here.write(create(f"record/{zone}/a/A", "192.0.2.1"), create(f"record/{zone}/b/A", "192.0.2.2"))
        assert {answer.status for answer in answers} == {Status.DONE}
        assert [method for method, _ in middle.asked].count("PATCH") == 1

    def test_what_was_not_done_is_failed(self, powerdns_api: Powerdns, zone: str) -> None:
        """With the reason, and that reading back finds it undone."""
        powerdns_api.add_zone(zone)
        with between(powerdns_api) as middle:
            middle.before = lambda method, _: Reply(502, b"") if method == "PATCH" else None
            (answer,) = account(powerdns_api, url=middle.url).write(create(f"record/{zone}/a/A", "192.0.2.1"))
        assert answer.status is Status.FAILED and "(502)" in answer.detail and "reading back" in answer.detail
        assert [method for method, _ in middle.asked].count("PATCH") == 1

    def test_done_without_effect_is_failed(self, powerdns_api: Powerdns, zone: str) -> None:
        """The server's word isn't proof."""
        powerdns_api.add_zone(zone)
        with between(powerdns_api) as middle:
            middle.before = lambda method, _: Reply(204, b"") if method == "PATCH" else None
            (answer,) = account(powerdns_api, url=middle.url).write(create(f"record/{zone}/a/A", "192.0.2.1"))
        assert answer.status is Status.FAILED and "reading back finds something else" in answer.detail

    def test_what_cannot_be_read_back_is_not_called_done(self, powerdns_api: Powerdns, zone: str) -> None:
        """It may be; nobody knows."""
        powerdns_api.add_zone(zone)
        with between(powerdns_api) as middle:

            def after(method: str, path: str) -> Reply | None:
                sent = ("PATCH", f"/zones/{zone}.") in middle.asked[:-1]
                return Reply(200, b"{}", JSON) if sent and method == "GET" else None

            middle.before = after
            (answer,) = account(powerdns_api, url=middle.url).write(create(f"record/{zone}/a/A", "192.0.2.1"))
        assert answer.status is Status.FAILED and "couldn't be read back" in answer.detail

    def test_a_zone_is_made_and_removed_though_the_answers_are_lost(self, powerdns_api: Powerdns, zone: str) -> None:
        """A new zone counts as ours only with nothing of others in it."""
        with between(powerdns_api) as middle:
            middle.spoil = lambda method, _, reply: reply if method == "GET" else Reply(504, b"")
            here = account(powerdns_api, url=middle.url)
            (made,) = here.write(create(f"zone/{zone}"))
            (gone,) = here.write(change(f"zone/{zone}", create(f"zone/{zone}").after, None))
        assert (made.status, gone.status) == (Status.DONE, Status.DONE)
        powerdns_api.add_zone(zone, "www 300 A 192.0.2.1")
        with between(powerdns_api) as middle:
            middle.spoil = lambda method, _, reply: reply if method == "GET" else Reply(504, b"")
            (foreign,) = account(powerdns_api, url=middle.url).write(create(f"zone/{zone}"))
        assert foreign.status is Status.FAILED and "(504)" in foreign.detail

    def test_the_window_over_the_interface_is_what_the_page_says(self, powerdns_api: Powerdns, zone: str) -> None:
        """What somebody writes between comparing and sending is overwritten; updates close this window."""
        powerdns_api.add_zone(zone, "www 300 A 192.0.2.1")
        www = f"record/{zone}/www/A"
        with between(powerdns_api) as middle:

            def interfere(method: str, _: str) -> None:
                if method == "PATCH":
                    powerdns_api.set(zone, "www", "A", 300, "192.0.2.66")

            middle.before = interfere
            (answer,) = account(powerdns_api, url=middle.url).write(
                change(www, record(www, "192.0.2.1"), record(www, "192.0.2.9"))
            )
        assert answer.status is Status.DONE and powerdns_api.dump(zone)["www", "A"] == (300, ("192.0.2.9",))


def test_nobody_else_hears_the_key(powerdns_api: Powerdns, monkeypatch: pytest.MonkeyPatch) -> None:
    """Proxy variables have no effect, and no error tells the key."""
    monkeypatch.setenv("HTTP_PROXY", ELSEWHERE)
    monkeypatch.setenv("ALL_PROXY", ELSEWHERE)
    here = account(powerdns_api)
    assert here.read().exists
    here.url = "http://127.0.0.1:9"
    with pytest.raises(ReconcilerError, match="ConnectError") as caught:
        here.read()
    told = json.dumps([str(caught.value), caught.value.help, repr(here.access), repr(caught.value.__dict__)])
    assert powerdns_api.api_key not in told.replace(repr(here), "")
