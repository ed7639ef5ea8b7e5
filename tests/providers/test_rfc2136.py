"""Name servers as providers: read by transfer with proof, written as one UPDATE bound to what was read."""

from dataclasses import replace

import pytest

from nameservers import Bind, Knot, NameServer
from nameservers.process import run
from providers.onserver import access, how, value, write, writes, zones_of
from reconciler.cache.cache import NO_CACHE
from reconciler.model.errors import AccountError, AuthenticationError, IncompleteReadError
from reconciler.model.fields import Fields
from reconciler.model.outcome import Status
from reconciler.nameserver.server import Key, Server
from reconciler.nameserver.transfer import Limits
from reconciler.ports import Scope, Written
from reconciler.providers._kept_zones import KeptZones
from reconciler.providers._provider import Access
from reconciler.providers._rfc2136_writing import Rfc2136Writer
from reconciler.providers._transfers import read_zones
from reconciler.providers._zone_makers import comes_true
from reconciler.providers.rfc2136 import PROVIDER, Rfc2136Reader

DONE = Written(Status.DONE)
RECORDS = "www 300 A 192.0.2.1\nold 300 TXT x\nalias 300 CNAME www\n"
WWW = value("A", "192.0.2.1")


def scope(*zones: str, owned: tuple[str, ...] = ()) -> Scope:
    return Scope(zones=frozenset(zones), owned=frozenset(owned))


@pytest.fixture
def opened(nameserver: NameServer, zone: str) -> Access:
    """A provider on a server that has the zone with three record sets."""
    nameserver.add_zone(zone, RECORDS)
    return access(nameserver)


def test_a_zone_is_read_whole(opened: Access, zone: str) -> None:
    """The zone and each of its record sets, as they would be declared; the SOA is the server's own."""
    live = Rfc2136Reader(opened).read(scope(zone))
    assert live.complete == {"zone", f"record/{zone}"}
    assert live.state == {
        f"zone/{zone}": Fields(),
        f"record/{zone}/@/NS": value("NS", "ns.test.", ttl=3600),
        f"record/{zone}/www/A": WWW,
        f"record/{zone}/old/TXT": value("TXT", "x"),
        f"record/{zone}/alias/CNAME": value("CNAME", f"www.{zone}."),
    }
    assert (live.account, live.exists) == ("K-104711", True)


def test_a_zone_that_was_read_before_is_proven_by_its_serial(opened: Access, nameserver: NameServer, zone: str) -> None:
    """Within a run; whatever changes the zone changes the serial, and then it is read anew."""
    reader = Rfc2136Reader(opened)
    first = reader.read(scope(zone))
    assert first.proof == "1 zone transferred"
    again = reader.read(scope(zone))
    assert (how(again), again.state) == ("0 zones transferred, 1 unchanged by serial", first.state)
    nameserver.set(zone, "www", "A", 60, "192.0.2.9")
    third = reader.read(scope(zone))
    assert (third.proof, third.state[f"record/{zone}/www/A"]) == (
        "1 zone transferred",
        value("A", "192.0.2.9", ttl=60),
    )


def test_the_zones_of_a_read_have_one_limit(opened: Access, nameserver: NameServer, zone: str) -> None:
    """Each may well be small: what they are together has to fit into the memory."""
    nameserver.add_zone(f"b-{zone}", RECORDS)
    at = nameserver.server
    server = Server(at.host, at.port, Key(at.key_name, at.algorithm, opened.secrets["tsig.key"]))
    zones, kept = (zone, f"b-{zone}"), KeptZones(NO_CACHE, server)
    assert read_zones(server, zones, {}, kept, Limits(records=12)).there.keys() == set(zones)
    with pytest.raises(IncompleteReadError, match="more than 11 records"):
        read_zones(server, zones, {}, kept, Limits(records=11))


def test_many_zones_are_asked_for_at_once(opened: Access, nameserver: NameServer, zone: str) -> None:
    """Each is told by itself; of several errors it is that of the first zone in their order."""
    nameserver.add_zone(f"b-{zone}", RECORDS)
    at, absent = nameserver.server, {f"no-{n}-{zone}" for n in range(12)}
    server = Server(at.host, at.port, Key(at.key_name, at.algorithm, opened.secrets["tsig.key"]))
    zones, kept = {zone, f"b-{zone}"}, KeptZones(NO_CACHE, server)
    found = read_zones(server, zones | absent, {}, kept)
    assert (found.there.keys(), found.refused.keys()) == (zones, absent)
    with pytest.raises(IncompleteReadError, match=f"transfer of b-{zone} .* more than 1 records"):
        read_zones(server, zones, {}, kept, Limits(records=1))


def test_a_zone_that_the_server_doesnt_have_is_not_there(opened: Access, zone: str) -> None:
    """As far as nobody owned it: the plan then says how it is made."""
    live = Rfc2136Reader(opened).read(scope(zone, f"no-{zone}"))
    assert live.complete == {"zone", f"record/{zone}", f"record/no-{zone}"}
    assert f"zone/no-{zone}" not in live.state


def test_a_zone_that_is_ours_and_refused_is_withheld(opened: Access, zone: str) -> None:
    """It is never taken for gone, and the server's answer is told; the other zones are proven all the same."""
    live = Rfc2136Reader(opened).read(scope(zone, owned=(f"no-{zone}",)))
    assert live.complete == {f"record/{zone}"}
    assert live.withheld.keys() == {f"record/no-{zone}"}
    assert "NOTAUTH" in live.withheld[f"record/no-{zone}"]
    assert "Check that it serves the zone" in live.withheld[f"record/no-{zone}"]


def test_the_servers_own_program_proves_that_a_zone_is_gone(bind: Bind, knot: Knot, zone: str) -> None:
    """Where the settings name one; where it can't be asked, the zone stays withheld."""
    for server in (bind, knot):
        live = Rfc2136Reader(access(server, **zones_of(server))).read(scope(owned=(zone,)))
        assert (live.withheld, live.complete) == ({}, {"zone", f"record/{zone}"})
    elsewhere = {"zones": {"primary": "ns1.test.", "rndc": {"directory": "/", "config": "/nowhere"}}}
    live = Rfc2136Reader(access(bind, **elsewhere)).read(scope(owned=(zone,)))
    assert live.withheld.keys() == {f"record/{zone}"}


def test_a_key_that_isnt_the_servers_is_refused(opened: Access, nameserver: NameServer, zone: str) -> None:
    """Exit 7, and never an empty zone."""
    with pytest.raises(AuthenticationError):
        Rfc2136Reader(access(nameserver, "d3Jvbmcga2V5")).read(scope(zone))


def test_a_zone_that_a_key_may_not_transfer_is_named(knot: Knot, zone: str) -> None:
    """Knot says of a key that a zone doesn't admit that it doesn't know it, which it does elsewhere."""
    knot.add_zone(zone)
    run([*knot.control, "conf-begin"])
    for line in (f"acl[none-{zone}]", f"acl[none-{zone}].deny on", f"zone[{zone}].acl none-{zone}"):
        run([*knot.control, "conf-set", *line.split(" ")])
    run([*knot.control, "conf-commit"])
    with pytest.raises(AuthenticationError, match=f"{zone} can't be transferred") as raised:
        Rfc2136Reader(access(knot)).read(scope(zone))
    assert "`acl` doesn't admit it" in raised.value.help


def test_a_zone_that_a_server_cant_load_is_an_error(knot: Knot, zone: str) -> None:
    """SERVFAIL isn't what a server says of a zone that it hasn't: it is there, and nothing is made in its place."""
    for command in (["conf-begin"], ["conf-set", f"zone[{zone}]"], ["conf-commit"]):
        run([*knot.control, *command])
    for opened in (access(knot), access(knot, **zones_of(knot))):
        with pytest.raises(IncompleteReadError, match="SERVFAIL"):
            Rfc2136Reader(opened).read(scope(zone))


def test_a_server_that_doesnt_answer_ends_the_read(bind: Bind, zone: str) -> None:
    """No zone of it is taken for empty."""
    nobody = access(bind)
    nobody = replace(nobody, settings=nobody.settings.model_copy(update={"port": 1}))
    with pytest.raises(AccountError, match="can't be reached"):
        Rfc2136Reader(nobody).read(scope(zone, f"no-{zone}"))


def test_the_changes_of_a_zone_are_one_update(opened: Access, nameserver: NameServer, zone: str) -> None:
    """Creations, changes of value, type and TTL, deletions: one serial further, all of it read back."""
    serial = nameserver.serial(zone)
    batch = writes(
        zone,
        {
            "old/TXT": (value("TXT", "x"), None),
            "old/CNAME": (None, value("CNAME", "example.net.")),
            "alias/CNAME": (value("CNAME", f"www.{zone}."), None),
            "alias/A": (None, value("A", "192.0.2.2")),
            "www/A": (WWW, value("A", "192.0.2.1", ttl=60)),
            "*.new/MX": (None, value("MX", "10 mail.example.net.", "20 mx.example.net.")),
        },
    )
    assert Rfc2136Writer(opened).write(batch) == (DONE,) * 6
    assert nameserver.serial(zone) == serial + 1
    assert nameserver.dump(zone) == {
        ("@", "NS"): (3600, ("ns.test.",)),
        ("old", "CNAME"): (300, ("example.net.",)),
        ("alias", "A"): (300, ("192.0.2.2",)),
        ("www", "A"): (60, ("192.0.2.1",)),
        ("*.new", "MX"): (300, ("10 mail.example.net.", "20 mx.example.net.")),
    }


def test_what_was_written_is_known_to_the_reader(opened: Access, zone: str) -> None:
    """An apply reads a zone back once: the proof afterwards only asks for its serial."""
    reader = Rfc2136Reader(opened)
    reader.read(scope(zone))
    Rfc2136Writer(opened).write(writes(zone, {"old/TXT": (value("TXT", "x"), None)}))
    live = reader.read(scope(zone))
    assert how(live) == "0 zones transferred, 1 unchanged by serial"
    assert f"record/{zone}/old/TXT" not in live.state


def test_what_somebody_changed_is_a_conflict(opened: Access, nameserver: NameServer, zone: str) -> None:
    """Nothing of the batch is written, and the one that was changed is named with what is there now."""
    nameserver.set(zone, "www", "A", 300, "192.0.2.66")
    before = nameserver.dump(zone)
    batch = writes(zone, {"new/A": (None, WWW), "www/A": (WWW, value("A", "192.0.2.2"))})
    other, changed = Rfc2136Writer(opened).write(batch)
    assert (other.status, changed.status) == (Status.CONFLICT, Status.CONFLICT)
    assert changed.detail == "It was changed since it was read: the name server has 192.0.2.66 (TTL 300)."
    assert other.detail == "Nothing of this zone was written, because www A could not be."
    assert nameserver.dump(zone) == before


def test_what_is_there_already_or_no_longer_is_a_conflict(opened: Access, nameserver: NameServer, zone: str) -> None:
    """Absence is demanded like presence."""
    nameserver.set(zone, "new", "A", 300, "192.0.2.66")
    nameserver.set(zone, "www", "A", 300)
    created, deleted = (
        Rfc2136Writer(opened).write(writes(zone, {name: values}))[0]
        for name, values in (("new/A", (None, WWW)), ("www/A", (WWW, value("A", "192.0.2.2"))))
    )
    assert (created.status, deleted.status) == (Status.CONFLICT, Status.CONFLICT)
    assert deleted.detail.endswith("the name server has no A at www.")


def test_a_write_that_is_sent_again_has_no_second_effect(opened: Access, nameserver: NameServer, zone: str) -> None:
    """By the same writer or by another one, after the first answer was lost: it is there, so it is done."""
    batch = writes(zone, {"new/A": (None, WWW), "old/TXT": (value("TXT", "x"), None)})
    assert Rfc2136Writer(opened).write(batch) == (DONE, DONE)
    serial = nameserver.serial(zone)
    assert Rfc2136Writer(opened).write(batch) == (DONE, DONE)
    assert Rfc2136Writer(access(nameserver)).write(batch) == (DONE, DONE)
    assert nameserver.serial(zone) == serial


def test_a_cname_beside_other_data_fails_with_the_reason(opened: Access, nameserver: NameServer, zone: str) -> None:
    """Whether the server ignores it or refuses it, and from either side."""
    before = nameserver.dump(zone)
    for name, new, beside in (
        ("www/CNAME", value("CNAME", "example.net."), "has A at www"),
        ("alias/TXT", value("TXT", "x"), "has CNAME at alias"),
    ):
        (answer,) = Rfc2136Writer(opened).write(writes(zone, {name: (None, new)}))
        assert answer.status is Status.FAILED
        assert beside in answer.detail
    assert nameserver.dump(zone) == before


def test_what_a_cname_replaces_stays_where_it_cant_come(opened: Access, nameserver: NameServer, zone: str) -> None:
    """Something at its name that nobody declared: a server would delete the one and ignore the other."""
    nameserver.set(zone, "www", "TXT", 300, "theirs")
    batch = writes(zone, {"www/A": (WWW, None), "www/CNAME": (None, value("CNAME", "example.net."))})
    gone, cname = Rfc2136Writer(opened).write(batch)
    assert (gone.status, cname.status) == (Status.FAILED, Status.FAILED)
    assert "has A, TXT at www" in cname.detail
    assert gone.detail == "Nothing of this zone was written, because www CNAME could not be."
    assert nameserver.dump(zone)["www", "A"] == (300, ("192.0.2.1",))


def test_a_set_that_is_too_large_to_be_demanded_is_still_compared(bind: Bind, zone: str) -> None:
    """Beside its new values the old ones don't fit into the message, so the SOA stands for them."""
    bind.add_zone(zone)
    large = {f"big/{rtype}": (None, value(rtype, *(f"a{n:0249}" for n in range(90)))) for rtype in ("TXT", "SPF")}
    assert set(Rfc2136Writer(access(bind)).write(writes(zone, large))) == {DONE}
    changed = {name: (there, value(name[4:], *(f"b{n:0249}" for n in range(90)))) for name, (_, there) in large.items()}
    wrong = changed | {"big/TXT": (value("TXT", "theirs"), changed["big/TXT"][1])}
    answers = Rfc2136Writer(access(bind)).write(writes(zone, wrong))
    assert {answer.status for answer in answers} == {Status.CONFLICT}
    assert set(Rfc2136Writer(access(bind)).write(writes(zone, changed))) == {DONE}


def test_data_in_another_spelling_is_still_what_was_read(opened: Access, nameserver: NameServer, zone: str) -> None:
    """Names in capitals, and text that is cut elsewhere: demanded exactly as the server has it."""
    nameserver.set(zone, "www", "MX", 300, "10 Mail.Example.NET.")
    nameserver.set(zone, "long", "TXT", 300, '"one" "two"')
    batch = writes(
        zone,
        {
            "www/MX": (value("MX", "10 mail.example.net."), value("MX", "20 mail.example.net.")),
            "long/TXT": (value("TXT", "onetwo"), value("TXT", "three")),
        },
    )
    assert Rfc2136Writer(opened).write(batch) == (DONE, DONE)
    assert nameserver.dump(zone)["long", "TXT"] == (300, ('"three"',))


def test_the_zones_own_ns_is_replaced_whole(opened: Access, nameserver: NameServer, zone: str) -> None:
    """Although no server lets go of the last one."""
    batch = writes(zone, {"@/NS": (value("NS", "ns.test.", ttl=3600), value("NS", "a.example.net.", "b.example.net."))})
    assert Rfc2136Writer(opened).write(batch) == (DONE,)
    assert nameserver.dump(zone)["@", "NS"] == (300, ("a.example.net.", "b.example.net."))


def test_what_a_server_refuses_is_named(bind: Bind, zone: str) -> None:
    """BIND refuses some names; of many changes exactly those are told, and nothing is written."""
    bind.add_zone(zone, RECORDS)
    before, serial = bind.dump(zone), bind.serial(zone)
    changes = {f"n{number}/A": (None, WWW) for number in range(20)} | {
        "bad_name/A": (None, WWW),
        "www/A": (WWW, value("A", "192.0.2.7")),
        "also_bad/AAAA": (None, value("AAAA", "2001:db8::1")),
    }
    batch = writes(zone, changes)
    answers = dict(zip(changes, Rfc2136Writer(access(bind)).write(batch), strict=True))
    assert {answer.status for answer in answers.values()} == {Status.FAILED}
    refused = {name for name, answer in answers.items() if "refuses this record set (REFUSED)" in answer.detail}
    assert refused == {"bad_name/A", "also_bad/AAAA"}
    assert answers["n1/A"].detail == "Nothing of this zone was written, because bad_name A could not be."
    assert (bind.dump(zone), bind.serial(zone)) == (before, serial)


def test_what_nobody_can_tell_apart_is_named_together(bind: Bind, zone: str) -> None:
    """BIND counts the records of a set only while it writes."""
    bind.add_zone(zone, RECORDS)
    many = value("A", *(f"10.0.{number // 250}.{number % 250}" for number in range(300)))
    batch = writes(zone, {"many/A": (None, many), "few/A": (None, WWW)})
    for answer in Rfc2136Writer(access(bind)).write(batch):
        assert answer.status is Status.FAILED
        assert answer.detail.endswith("(SERVFAIL), and only its log says which: many A, few A.")
    (alone,) = Rfc2136Writer(access(bind)).write(batch[:1])
    assert "refuses this record set (SERVFAIL)" in alone.detail


@pytest.mark.parametrize("kind", ["bind", "knot"])
@pytest.mark.needs_server("bind", "knot")
def test_a_zone_is_made_filled_and_removed(request: pytest.FixtureRequest, kind: str, zone: str) -> None:
    """By the server's own program; what the files say of its NS takes the place of what it began with."""
    server: NameServer = request.getfixturevalue(kind)
    opened = access(server, **zones_of(server, f"ns1.{zone}.", "192.0.2.53", "2001:db8::53"))
    writer = Rfc2136Writer(opened)
    assert writer.write((write(f"zone/{zone}", None, Fields()),)) == (DONE,)
    assert server.dump(zone) == {
        ("@", "NS"): (3600, (f"ns1.{zone}.",)),
        ("ns1", "A"): (3600, ("192.0.2.53",)),
        ("ns1", "AAAA"): (3600, ("2001:db8::53",)),
    }
    (again,) = writer.write((write(f"zone/{zone}", None, Fields()),))
    assert (again.status, again.detail) == (Status.CONFLICT, "It exists already.")
    filled = writes(
        zone,
        {
            "@/NS": (None, value("NS", f"ns1.{zone}.", "ns2.example.net.")),
            "ns1/A": (None, value("A", "192.0.2.54")),
            "www/A": (None, WWW),
        },
    )
    assert Rfc2136Writer(access(server, **zones_of(server, f"ns1.{zone}.", "192.0.2.53"))).write(filled) == (DONE,) * 3
    assert server.dump(zone)["ns1", "A"] == (300, ("192.0.2.54",))
    gone = write(f"zone/{zone}", Fields(), None)
    assert writer.write((gone,)) == (DONE,)
    assert writer.write((gone,)) == (DONE,)
    live = Rfc2136Reader(opened).read(scope(owned=(zone,)))
    assert (live.state, live.withheld) == ({}, {})
    assert writer.write((write(f"zone/{zone}", None, Fields()),)) == (DONE,)


def test_a_zone_that_somebody_changed_since_it_was_read_stays(bind: Bind, zone: str) -> None:
    """What goes with a zone is what was read, and nothing that came later."""
    bind.add_zone(zone, RECORDS)
    opened = access(bind, **zones_of(bind))
    gone = write(f"zone/{zone}", Fields(), None)
    Rfc2136Reader(opened).read(scope(zone))
    bind.set(zone, "theirs", "A", 300, "192.0.2.66")
    (answer,) = Rfc2136Writer(opened).write((gone,))
    assert answer == Written(Status.CONFLICT, "Somebody changed records in it since it was read.")
    assert ("theirs", "A") in bind.dump(zone)
    Rfc2136Reader(opened).read(scope(zone))
    assert Rfc2136Writer(opened).write((gone,)) == (DONE,)


def test_a_signed_zone_shows_only_what_is_declared(bind: Bind, zone: str) -> None:
    """What the server makes itself is never ours, and its own updates in between are no conflict."""
    makes = zones_of(bind)
    makes["zones"]["rndc"]["options"] = "dnssec-policy default;"
    opened = access(bind, **makes)
    writer = Rfc2136Writer(opened)
    assert writer.write((write(f"zone/{zone}", None, Fields()), *writes(zone, {"www/A": (None, WWW)}))) == (DONE,) * 2
    assert comes_true(lambda: ("@", "DNSKEY") in bind.dump(zone))
    changed = {"www/A": (WWW, None), "www/CNAME": (None, value("CNAME", "example.net."))}
    assert writer.write(writes(zone, changed)) == (DONE, DONE)
    live = Rfc2136Reader(access(bind)).read(scope(zone))
    assert live.state.keys() == {f"zone/{zone}", f"record/{zone}/@/NS", f"record/{zone}/www/CNAME"}
    assert ("www", "RRSIG(CNAME)") in bind.dump(zone)


def test_a_new_zone_with_its_own_primary_needs_the_address(bind: Bind, zone: str) -> None:
    """BIND would load no zone with an NS inside that has no address; nothing is left behind."""
    opened = access(bind, **zones_of(bind, f"ns1.{zone}."))
    with pytest.raises(AccountError, match=f"ns1.{zone}. lies in the new zone") as raised:
        Rfc2136Writer(opened).write((write(f"zone/{zone}", None, Fields()),))
    assert "addresses" in raised.value.help
    assert not list(bind.folder.glob(f"{zone}*"))


def test_what_the_program_says_is_told(bind: Bind, knot: Knot, zone: str) -> None:
    """A server that refuses, neutralised; a zone that can't be made leaves nothing open behind it."""
    refused = {**zones_of(bind)["zones"]}
    refused["rndc"] = {**refused["rndc"], "options": "no-such-option yes;"}
    with pytest.raises(AccountError, match="BIND didn't add the zone: rndc: 'addzone' failed"):
        Rfc2136Writer(access(bind, zones=refused)).write((write(f"zone/{zone}", None, Fields()),))
    assert not list(bind.folder.glob(f"{zone}*"))
    absent = {**zones_of(knot)["zones"]}
    absent["knotc"] = {**absent["knotc"], "template": "no-such-template"}
    with pytest.raises(AccountError, match="Knot refused `conf-set "):
        Rfc2136Writer(access(knot, zones=absent)).write((write(f"zone/{zone}", None, Fields()),))
    assert Rfc2136Writer(access(knot, **zones_of(knot))).write((write(f"zone/{zone}", None, Fields()),)) == (DONE,)


def test_without_a_program_zones_are_made_by_hand(opened: Access) -> None:
    """The plan refuses them, and says with which key."""
    can = Rfc2136Reader(opened).capabilities
    assert not can.makes_zones
    assert "let the key reconciler. transfer and update it" in can.no_zones_help


def test_one_server_is_one_place(opened: Access) -> None:
    """However its settings are spelt."""
    settings, folder = opened.settings, opened.folder
    other = settings.model_copy(update={"server": "NS1.Example.org."})
    same = settings.model_copy(update={"server": "ns1.example.org"})
    assert PROVIDER.place(other, folder) == PROVIDER.place(same, folder) != PROVIDER.place(settings, folder)
    assert PROVIDER.local_files(settings) == ()


def test_a_zone_that_the_server_has_and_keeps_is_an_error(bind: Bind, zone: str) -> None:
    """Also where nobody owns it: it is there, so nothing may be planned as if it weren't."""
    bind.add_zone(zone)
    run([*bind.control, "modzone", zone, f'{{ type primary; file "{zone}.zone"; allow-transfer {{ none; }}; }};'])
    for opened in (access(bind), access(bind, **zones_of(bind))):
        with pytest.raises(IncompleteReadError, match=r"REFUSED.* It has the zone"):
            Rfc2136Reader(opened).read(scope(zone))
