"""Zones in which somebody else is at work all the time, beside what we write there."""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import pytest

from nameserver.ground import create, ours, record_set
from nameservers import Bind, NameServer
from providers.middle import PASS, Middle
from providers.onserver import access, through, value, writes
from reconciler.model.outcome import Status
from reconciler.nameserver.cutting import SetChange
from reconciler.nameserver.transfer import transfer
from reconciler.nameserver.update import End, Sent, send_all
from reconciler.ports import Write, Written
from reconciler.providers._rfc2136_writing import Rfc2136Writer

DONE = Written(Status.DONE)
WWW = value("A", "192.0.2.1")
MANY = 650


def meddler(server: NameServer, zone: str, ours_at: int = -1) -> Callable[[int], str]:
    """Return somebody who changes a name of his own before each of our messages, and before one of them ours too."""

    def meddle(number: int) -> str:
        server.set(zone, "theirs", "A", 300, f"192.0.2.{number + 1}")
        if number == ours_at:
            server.set(zone, "old", "A", 300, "192.0.2.66")
        return PASS

    return meddle


def three_parts(zone: str) -> tuple[Write, ...]:
    """Return changes that need three messages; what goes comes in the last one."""
    texts = {f"t{number}/TXT": (None, value("TXT", f"{number:0250}")) for number in range(MANY)}
    return writes(zone, {**texts, "old/A": (WWW, None)})


def test_all_is_written_beside_somebody_who_is_always_at_work(nameserver: NameServer, zone: str) -> None:
    """He touches nothing of ours, so no conflict is told; the zone is looked at once between messages."""
    nameserver.add_zone(zone, "old 300 A 192.0.2.1\n")
    batch = three_parts(zone)
    with Middle(nameserver.server.port, meddler(nameserver, zone)) as middle:
        assert set(Rfc2136Writer(through(access(nameserver), middle.port)).write(batch)) == {DONE}
        assert (middle.updates, middle.transfers) == (4, 3)
    there = nameserver.dump(zone)
    assert (len(there), there["theirs", "A"], ("old", "A") in there) == (MANY + 2, (300, ("192.0.2.4",)), False)


def test_a_set_of_ours_that_he_changes_is_a_conflict(nameserver: NameServer, zone: str) -> None:
    """Each message demands what it touches, also where it can't demand that nothing else has changed."""
    nameserver.add_zone(zone, "old 300 A 192.0.2.1\n")
    batch = three_parts(zone)
    with Middle(nameserver.server.port, meddler(nameserver, zone, ours_at=3)) as middle:
        *others, old = Rfc2136Writer(through(access(nameserver), middle.port)).write(batch)
    changed = "It was changed since it was read: the name server has 192.0.2.66 (TTL 300)."
    assert old == Written(Status.CONFLICT, changed)
    assert {answer.detail for answer in others if answer != DONE} == {
        "The zone is written in parts, and what comes after part 2 was not, because old A could not be."
    }
    assert nameserver.dump(zone)["old", "A"] == (300, ("192.0.2.66",))


def test_a_zone_that_is_not_as_believed_is_read_back_whole(bind: Bind, zone: str) -> None:
    """It was set back to other content under the same SOA, so what changes now would lead on from what isn't there."""
    bind.add_zone(zone, "www 300 A 192.0.2.66\n" + "".join(f"n{number} 300 A 192.0.2.1\n" for number in range(9)))
    there = transfer(ours(bind), zone)
    believed = replace(there, sets={**there.sets, f"record/{zone}/www/A": WWW})
    with Middle(bind.server.port, meddler(bind, zone)) as middle:
        given = replace(through(access(bind), middle.port), known={zone: believed})
        (answer,) = Rfc2136Writer(given).write(writes(zone, {"www/A": (WWW, value("A", "192.0.2.2"))}))
    changed = "It was changed since it was read: the name server has 192.0.2.66 (TTL 300)."
    assert answer == Written(Status.CONFLICT, changed)
    assert given.known[zone].records == transfer(ours(bind), zone).records


def test_a_look_that_fails_between_messages_is_told_of_what_is_missing(
    bind: Bind, zone: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was written before it is done: the zone is read back, twice, because the server may be late."""
    monkeypatch.setattr(time, "sleep", lambda _: None)
    bind.add_zone(zone, "old 300 A 192.0.2.1\n")
    batch = three_parts(zone)
    middle = Middle(bind.server.port, meddler(bind, zone), lambda answer: spoilt(answer, middle))
    with middle:
        answers = Rfc2136Writer(through(access(bind), middle.port)).write(batch)
        assert (middle.updates, middle.transfers) == (2, 4)
    written = sum(owner.startswith("t") for owner, rtype in bind.dump(zone) if rtype == "TXT")
    assert Counter(answer.status for answer in answers) == {Status.DONE: written, Status.FAILED: len(batch) - written}
    assert written > 200
    assert all(a.detail.endswith("Reading back shows that it wasn't done.") for a in answers if a != DONE)


def spoilt(answer: bytes, middle: Middle) -> bytes:
    """Return the answer to the transfer after the second message with its end turned over."""
    return answer[:-1] + bytes([answer[-1] ^ 1]) if (middle.updates, middle.transfers) == (2, 2) else answer


def to_cname(zone: str) -> tuple[Write, ...]:
    """Return the change of a name to a CNAME, which can only be made while nothing else changes."""
    return writes(zone, {"old/A": (WWW, None), "old/CNAME": (None, value("CNAME", "web.test."))})


def test_what_needs_a_quiet_moment_waits_for_it(bind: Bind, zone: str) -> None:
    """The zone is looked at anew each time that somebody was faster."""
    bind.add_zone(zone, "old 300 A 192.0.2.1\n")
    busy = meddler(bind, zone)
    with Middle(bind.server.port, lambda number: busy(number) if number < 4 else PASS) as middle:
        assert Rfc2136Writer(through(access(bind), middle.port)).write(to_cname(zone)) == (DONE, DONE)
        assert middle.updates == 5
    assert bind.dump(zone)["old", "CNAME"] == (300, ("web.test.",))


def test_where_there_is_no_quiet_moment_that_is_said(bind: Bind, zone: str) -> None:
    """After several tries, in words that blame none of our sets; the name is as it was."""
    bind.add_zone(zone, "old 300 A 192.0.2.1\n")
    with Middle(bind.server.port, meddler(bind, zone)) as middle:
        answers = Rfc2136Writer(through(access(bind), middle.port)).write(to_cname(zone))
        assert middle.updates == 6
    assert {answer.status for answer in answers} == {Status.FAILED}
    assert all(answer.detail.startswith("The zone keeps changing while it is written.") for answer in answers)
    assert bind.dump(zone)["old", "A"] == (300, ("192.0.2.1",))


def test_what_comes_beside_a_cname_of_ours_meanwhile_is_told(bind: Bind, zone: str) -> None:
    """The second look shows it, and nothing is sent any more."""
    bind.add_zone(zone, "old 300 A 192.0.2.1\n")

    def meddle(number: int) -> str:
        bind.set(zone, "old", "TXT", 300, '"theirs"')
        return PASS

    with Middle(bind.server.port, meddle) as middle:
        old, cname = Rfc2136Writer(through(access(bind), middle.port)).write(to_cname(zone))
        assert middle.updates == 1
    assert (old.status, cname.status) == (Status.FAILED, Status.FAILED)
    assert cname.detail == "A CNAME stands alone at its name, and the name server has A, TXT at old."
    assert bind.dump(zone).keys() >= {("old", "A"), ("old", "TXT")}


def test_what_we_see_ourselves_isnt_told_as_an_answer(bind: Bind, zone: str) -> None:
    """Where the zone isn't as a message expects, nothing is sent, so the server has said nothing."""
    bind.add_zone(zone, "old 300 A 192.0.2.1\n")
    stale = SetChange("old", "A", record_set("A", 300, "192.0.2.9"), None)
    there = transfer(ours(bind), zone)
    sent = send_all(ours(bind), zone, [stale, create("new", "A", 300, "192.0.2.1")], there)
    assert sent == Sent(End.CHANGED, part=sent.part)
    assert (sent.rcode, {change.owner for change in sent.part}) == (0, {"old", "new"})
    assert transfer(ours(bind), zone) == there
