"""What becomes of a write to a name server when something goes wrong in the middle."""

import time

import pytest

from nameservers import Bind, Knot, NameServer
from nameservers.process import run
from providers.middle import LOSE, LOSE_ANSWER, PASS, VANISH, Middle
from providers.onserver import access, through, value, write, writes, zones_of
from reconciler.kinds.record import RecordValue
from reconciler.model.change import Change, Origin
from reconciler.model.errors import AccountError
from reconciler.model.fields import Fields
from reconciler.model.groups import groups_of
from reconciler.model.outcome import Status
from reconciler.ports import Scope, Write, Written
from reconciler.providers._rfc2136_writing import Rfc2136Writer
from reconciler.providers.rfc2136 import Rfc2136Reader

DONE = Written(Status.DONE)
WWW = value("A", "192.0.2.1")
LARGE = 320


def large(zone: str) -> tuple[Write, ...]:
    """Return changes of a zone that need two messages: creations first, then deletions."""
    texts = {f"t{number}/TXT": (None, value("TXT", f"{number:0250}")) for number in range(LARGE)}
    return writes(zone, {**texts, "old/A": (WWW, None)})


def test_a_lost_answer_is_settled_by_reading_back(bind: Bind, zone: str) -> None:
    """The server has done it, so it is done."""
    bind.add_zone(zone)
    with Middle(bind.server.port, lambda _: LOSE_ANSWER) as middle:
        assert Rfc2136Writer(through(access(bind), middle.port)).write(writes(zone, {"new/A": (None, WWW)})) == (DONE,)
    assert ("new", "A") in bind.dump(zone)


def test_a_lost_update_is_settled_by_reading_back(bind: Bind, zone: str) -> None:
    """The server hasn't done it, also not a moment later, so it has failed."""
    bind.add_zone(zone)
    with Middle(bind.server.port, lambda _: LOSE) as middle:
        (answer,) = Rfc2136Writer(through(access(bind), middle.port)).write(writes(zone, {"new/A": (None, WWW)}))
    assert answer.status is Status.FAILED
    assert answer.detail.endswith("Reading back shows that it wasn't done.")


def test_a_server_that_does_it_late_has_done_it(bind: Bind, zone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is given a moment before a lost answer is taken for a lost update."""
    bind.add_zone(zone)
    monkeypatch.setattr(time, "sleep", lambda _: bind.set(zone, "new", "A", 300, "192.0.2.1"))
    with Middle(bind.server.port, lambda _: LOSE) as middle:
        assert Rfc2136Writer(through(access(bind), middle.port)).write(writes(zone, {"new/A": (None, WWW)})) == (DONE,)


def test_what_cant_be_read_back_isnt_known(bind: Bind, zone: str) -> None:
    """Nothing is claimed of it; the next run reads it anew."""
    bind.add_zone(zone)
    opened = access(bind)
    Rfc2136Reader(opened).read(Scope(zones=frozenset({zone})))
    with Middle(bind.server.port, lambda _: VANISH) as middle:
        (answer,) = Rfc2136Writer(through(opened, middle.port)).write(writes(zone, {"new/A": (None, WWW)}))
    assert answer.status is Status.FAILED
    assert "isn't known, because the zone can't be read back" in answer.detail
    assert zone not in opened.known


def test_an_apply_of_a_zone_costs_one_update_and_one_transfer(nameserver: NameServer, zone: str) -> None:
    """Beside the transfer with which it was planned."""
    nameserver.add_zone(zone, "old 300 A 192.0.2.1\n")
    with Middle(nameserver.server.port, lambda _: PASS) as middle:
        opened = through(access(nameserver), middle.port)
        Rfc2136Reader(opened).read(Scope(zones=frozenset({zone})))
        changes = {f"n{number}/A": (None, WWW) for number in range(50)}
        assert Rfc2136Writer(opened).write(writes(zone, changes)) == (DONE,) * 50
        assert (middle.updates, middle.transfers) == (1, 2)


def test_what_is_too_large_goes_in_parts(nameserver: NameServer, zone: str) -> None:
    """The plan counts them; each comes after the one before, and in the end all is there."""
    nameserver.add_zone(zone, "old 300 A 192.0.2.1\n")
    opened, batch = access(nameserver), large(zone)
    changes = [Change(one.address, one.action, Origin.ASKED, one.before, one.after) for one in batch]
    assert Rfc2136Reader(opened).capabilities.parts(changes, {}) == 2
    assert Rfc2136Reader(opened).capabilities.parts(changes[:200], {}) == 1
    assert Rfc2136Writer(opened).write(batch) == (DONE,) * len(batch)
    assert len(nameserver.dump(zone)) == LARGE + 1


def test_the_plan_counts_what_the_apply_sends(bind: Bind, zone: str) -> None:
    """A demand for a new name takes less room than demands for its sets, where the zone is looked through for names."""
    bind.add_zone(zone, "old 300 A 192.0.2.1\n")
    batch = writes(zone, {f"n{number}/TXT": (None, value("TXT", "x" * 37)) for number in range(750)})
    changes = [Change(one.address, one.action, Origin.ASKED, one.before, one.after) for one in batch]
    with Middle(bind.server.port, lambda _: PASS) as middle:
        opened = through(access(bind), middle.port)
        reader = Rfc2136Reader(opened)
        live = reader.read(Scope(zones=frozenset({zone})))
        assert reader.capabilities.parts(changes, groups_of(live.state)[f"record/{zone}"]) == 1
        assert Rfc2136Writer(opened).write(batch) == (DONE,) * len(batch)
        assert middle.updates == 1
    assert reader.capabilities.parts(changes, {one.address: WWW for one in batch}) == 2


def test_between_parts_the_serial_tells_that_nobody_else_was_there(bind: Bind, zone: str) -> None:
    """So the zone is read before the first and after the last part, whatever their number."""
    bind.add_zone(zone, "old 300 A 192.0.2.1\n")
    with Middle(bind.server.port, lambda _: PASS) as middle:
        opened = through(access(bind), middle.port)
        Rfc2136Reader(opened).read(Scope(zones=frozenset({zone})))
        assert set(Rfc2136Writer(opened).write(large(zone))) == {DONE}
        assert (middle.updates, middle.transfers) == (2, 2)


def test_another_set_at_a_new_name_is_no_conflict(nameserver: NameServer, zone: str) -> None:
    """What comes to a small zone demands names that have nothing; where one has got something else, its own sets."""
    nameserver.add_zone(zone, "old 300 A 192.0.2.1\n")

    def meddle(number: int) -> str:
        if number == 0:
            nameserver.set(zone, "n7", "TXT", 300, '"theirs"')
        return PASS

    with Middle(nameserver.server.port, meddle) as middle:
        opened = through(access(nameserver), middle.port)
        Rfc2136Reader(opened).read(Scope(zones=frozenset({zone})))
        changes = {f"n{number}/A": (None, WWW) for number in range(50)}
        assert Rfc2136Writer(opened).write(writes(zone, changes)) == (DONE,) * 50
        assert middle.updates == 2
    assert {("n7", "A"), ("n7", "TXT")} <= nameserver.dump(zone).keys()


def test_a_foreign_change_between_parts_stops_the_rest(nameserver: NameServer, zone: str) -> None:
    """What was written is done, what wasn't is told with what hindered it: the zone is half way, and it is said."""
    nameserver.add_zone(zone, "old 300 A 192.0.2.1\n")

    def meddle(number: int) -> str:
        if number == 1:
            nameserver.set(zone, "old", "A", 300, "192.0.2.66")
        return PASS

    batch = large(zone)
    with Middle(nameserver.server.port, meddle) as middle:
        answers = Rfc2136Writer(through(access(nameserver), middle.port)).write(batch)
    done = [one for one, answer in zip(batch, answers, strict=True) if answer.status is Status.DONE]
    assert 200 < len(done) < LARGE
    assert {answer.status for answer in answers} == {Status.DONE, Status.CONFLICT}
    assert answers[-1].detail == "It was changed since it was read: the name server has 192.0.2.66 (TTL 300)."
    other = next(answer for answer in answers[:-1] if answer.status is Status.CONFLICT)
    assert other.detail == (
        "The zone is written in parts, and what comes after part 1 was not, because old A could not be."
    )
    assert len(nameserver.dump(zone)) == len(done) + 2


def test_a_change_between_parts_of_what_we_dont_touch_is_no_conflict(bind: Bind, zone: str) -> None:
    """What the part before must have left isn't so; so the zone is read, and the part sent again, bound to that."""
    bind.add_zone(zone, "old 300 A 192.0.2.1\n")

    def meddle(number: int) -> str:
        if number == 1:
            bind.set(zone, "theirs", "A", 300, "192.0.2.66")
        return PASS

    with Middle(bind.server.port, meddle) as middle:
        assert set(Rfc2136Writer(through(access(bind), middle.port)).write(large(zone))) == {DONE}
        assert (middle.updates, middle.transfers) == (3, 3)


def test_what_fits_into_no_message_is_told_before_anything_is_written(bind: Bind, zone: str) -> None:
    """In the plan already."""
    bind.add_zone(zone)
    opened, serial = access(bind), bind.serial(zone)
    huge = value("TXT", *(f"{number:0250}" for number in range(LARGE)))
    (one,) = writes(zone, {"huge/TXT": (None, huge)})
    change = Change(one.address, one.action, Origin.ASKED, None, huge)
    with pytest.raises(AccountError, match="huge are too large for one UPDATE"):
        Rfc2136Reader(opened).capabilities.parts([change], {})
    with pytest.raises(AccountError, match="huge are too large for one UPDATE"):
        Rfc2136Writer(opened).write((one,))
    assert bind.serial(zone) == serial


def refused(
    server: NameServer, zone: str, changes: dict[str, tuple[RecordValue | None, RecordValue | None]]
) -> set[str]:
    """Return which changes a server is said to refuse; nothing may be written."""
    before, serial = server.dump(zone), server.serial(zone)
    answers = Rfc2136Writer(access(server)).write(writes(zone, changes))
    assert {answer.status for answer in answers} == {Status.FAILED}
    assert (server.dump(zone), server.serial(zone)) == (before, serial)
    found = zip(changes, answers, strict=True)
    return {name for name, answer in found if answer.detail.startswith("The name server refuses this record set")}


def test_rights_that_a_key_lacks_are_found_on_bind(bind: Bind, zone: str) -> None:
    """By name and by type, as ``update-policy`` says."""
    bind.add_zone(zone)
    policy = f"update-policy {{ grant reconciler. subdomain ok.{zone}. A TXT; }};"
    run([*bind.control, "modzone", zone, f'{{ type primary; file "{zone}.zone"; {policy} }};'])
    four = {"x.ok/A": (None, WWW), "y.ok/A": (None, WWW), "bad/A": (None, WWW), "z.ok/NS": (None, value("NS", "a."))}
    assert refused(bind, zone, four) == {"bad/A", "z.ok/NS"}
    run([*bind.control, "modzone", zone, f'{{ type primary; file "{zone}.zone"; allow-update {{ none; }}; }};'])
    said = f"The name server refuses every update of {zone} (REFUSED): let the key update it there, "
    said += "or thaw it if it is frozen (`rndc thaw`)."
    batch = writes(zone, four)
    for answer in (*Rfc2136Writer(access(bind)).write(batch), *Rfc2136Writer(access(bind)).write(batch[:1])):
        assert answer.detail == said


def test_a_frozen_zone_is_named_as_one_that_may_be_thawed(bind: Bind, zone: str) -> None:
    """BIND refuses it in the same words as a key without rights; thawed, it takes the same batch."""
    bind.add_zone(zone)
    batch = writes(zone, {"www/A": (None, WWW)})
    run([*bind.control, "freeze", zone])
    (answer,) = Rfc2136Writer(access(bind)).write(batch)
    assert answer.detail.endswith("(REFUSED): let the key update it there, or thaw it if it is frozen (`rndc thaw`).")
    run([*bind.control, "thaw", zone])
    assert Rfc2136Writer(access(bind)).write(batch) == (Written(Status.DONE),)


def test_rights_that_a_key_lacks_are_found_on_knot(knot: Knot, zone: str) -> None:
    """By type, as its ``acl`` says; that the key is refused says nothing about whether it is known."""
    knot.add_zone(zone)
    name = f"acl[{zone}]"
    lines = (name, f"{name}.key reconciler.", f"{name}.action transfer", f"{name}.action update")
    run([*knot.control, "conf-begin"])
    for line in (*lines, f"{name}.update-type A", f"zone[{zone}].acl {name[4:-1]}"):
        run([*knot.control, "conf-set", *line.split(" ")])
    run([*knot.control, "conf-commit"])
    three = {"x/A": (None, WWW), "y/A": (None, WWW), "z/TXT": (None, value("TXT", "x"))}
    assert refused(knot, zone, three) == {"z/TXT"}


def test_somebody_elses_transaction_at_knot_is_left_open(knot: Knot, zone: str) -> None:
    """We can't begin one then, and don't end theirs."""
    run([*knot.control, "conf-begin"])
    run([*knot.control, "conf-set", f"zone[theirs-{zone}]"])
    with pytest.raises(AccountError, match="Knot refused `conf-begin`"):
        Rfc2136Writer(access(knot, **zones_of(knot))).write((write(f"zone/{zone}", None, Fields()),))
    run([*knot.control, "conf-commit"])
    assert f"theirs-{zone}" in run([*knot.control, "conf-read", "zone"])
