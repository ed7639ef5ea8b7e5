"""Waiting for servers: those that lag are asked again until they have caught up, or the time is over."""

import threading
import time
from collections.abc import Mapping, Sequence

import dns.rdata
import pytest

from nameservers import Bind
from reconciler.kinds import KINDS
from reconciler.kinds.record import RecordValue
from reconciler.model.address import join
from reconciler.model.state import State
from reconciler.model.verification import Place
from reconciler.model.verified import Checked, Standing
from reconciler.nameserver.answers import Question, Replies, ask_all
from reconciler.ports import Capabilities
from reconciler.verify.expected import expected
from reconciler.verify.judge import caught_up
from reconciler.verify.servers import Target
from reconciler.verify.watch import watch

CAN = Capabilities(kinds=frozenset({"zone", "record"}))


def a(address: str = "192.0.2.1") -> RecordValue:
    """Return an A record."""
    value = KINDS["record"].parse("record/z/n/A", {"ttl": 300, "value": address})
    assert isinstance(value, RecordValue)
    return value


def soa(serial: int, primary: str = "NS.test.") -> bytes:
    """Return the data of an SOA as a primary has it."""
    text = f"{primary} hostmaster.test. {serial} 10800 3600 604800 60"
    return dns.rdata.from_text("IN", "SOA", text).to_wire() or b""


def looked(server: Bind, zone: str, soas: Mapping[str, bytes], wanted: State, deadline: float = 0.0) -> Checked:
    """Watch one server of one zone."""
    target = Target("ns.test", Place(server.server.host, server.server.port))
    zones = expected(wanted, {}, wanted, CAN, [zone]).zones
    (found,) = watch(zones, {zone: (target,)}, soas, deadline)
    return found


def test_a_server_with_an_older_serial_is_behind(bind: Bind, zone: str) -> None:
    """Though it answers as declared: what it doesn't have yet may concern anything."""
    bind.add_zone(zone, "www 300 IN A 192.0.2.1\n")
    found = looked(bind, zone, {zone: soa(2)}, {join("record", zone, "www", "A"): a()})
    assert (found.standing, found.serial, found.primary, found.equal) == (Standing.BEHIND, 1, 2, 1)


def test_a_later_serial_is_as_good_as_the_primary_s(bind: Bind, zone: str) -> None:
    """A server that signs counts on by itself."""
    bind.add_zone(zone, "www 300 IN A 192.0.2.1\n")
    bind.set(zone, "other", "A", 300, "192.0.2.2")
    found = looked(bind, zone, {zone: soa(1)}, {join("record", zone, "www", "A"): a()})
    assert (found.standing, found.serial) == (Standing.GOOD, 2)


def test_a_server_that_catches_up_in_time_is_good(bind: Bind, zone: str) -> None:
    """It is asked again, and the table says how long it took."""
    bind.add_zone(zone, "www 300 IN A 192.0.2.9\n")
    late = threading.Timer(0.4, bind.set, (zone, "www", "A", 300, "192.0.2.1"))
    late.start()
    soas = {zone: soa(2)}
    found = looked(bind, zone, soas, {join("record", zone, "www", "A"): a()}, deadline=20)
    late.join()
    assert (found.standing, found.equal, found.differing) == (Standing.GOOD, 1, ())
    assert 0.4 <= found.seconds < 10


def test_the_deadline_ends_the_wait(bind: Bind, zone: str) -> None:
    """What differs then is told."""
    bind.add_zone(zone, "www 300 IN A 192.0.2.9\n")
    started = time.monotonic()
    found = looked(bind, zone, {}, {join("record", zone, "www", "A"): a()}, deadline=0.6)
    assert (found.standing, len(found.differing)) == (Standing.DIFFERS, 1)
    assert 0.6 <= time.monotonic() - started < 5


def test_another_zone_of_the_same_name_is_told_by_its_soa(bind: Bind, zone: str) -> None:
    """Its serial says nothing about ours."""
    bind.add_zone(zone, "www 300 IN A 192.0.2.9\n")
    soas = {zone: soa(7, "ns.elsewhere.test.")}
    found = looked(bind, zone, soas, {join("record", zone, "www", "A"): a()})
    assert found.standing is Standing.DIFFERS
    assert found.problem == "it serves another zone of this name: its SOA isn't the primary's"


def test_what_was_equal_isnt_asked_again(bind: Bind, zone: str) -> None:
    """Each round asks for what is open only, so that a large zone is asked once."""
    bind.add_zone(zone, "www 300 IN A 192.0.2.1\nlate 300 IN A 192.0.2.9\n")
    asked: list[list[Question]] = []

    def ask(host: str, port: int, questions: Sequence[Question], silence: float, until: float) -> Replies:
        asked.append(list(questions))
        return ask_all(host, port, questions, silence, until)

    wanted = {join("record", zone, name, "A"): a() for name in ("www", "late")}
    target = Target("ns.test", Place(bind.server.host, bind.server.port))
    watch(expected(wanted, {}, wanted, CAN, [zone]).zones, {zone: (target,)}, {}, 0.3, ask)
    sizes = [len(questions) for questions in asked]
    assert sizes[:4] == [1, 2, 1, 1]
    assert len(sizes) >= 4


@pytest.mark.parametrize(
    ("serial", "primary", "is_caught_up"),
    [(1, 1, True), (2, 1, True), (1, 2, False), (0, 2**32 - 1, True), (2**32 - 1, 0, False)],
)
def test_serials_go_round(serial: int, primary: int, is_caught_up: bool) -> None:
    """After the greatest comes 0 (RFC 1982)."""
    assert caught_up(serial, primary) is is_caught_up
