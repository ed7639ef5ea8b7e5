"""Updates are all or nothing, and never overwrite what they didn't read, on each server."""

import pytest

from nameserver.ground import create, ours, record_set
from nameservers import NameServer
from reconciler.nameserver.cutting import SetChange, cut
from reconciler.nameserver.query import ask, serial
from reconciler.nameserver.transfer import transfer
from reconciler.nameserver.update import send

NXRRSET, YXRRSET, YXDOMAIN = 8, 7, 6


def _send(nameserver: NameServer, zone: str, *changes: SetChange) -> int:
    server = ours(nameserver)
    (part,) = cut(zone, changes)
    return send(server, zone, part, transfer(server, zone).soa)


def _records(nameserver: NameServer, zone: str, owner: str) -> dict[str, tuple[int, tuple[bytes, ...]]]:
    found = transfer(ours(nameserver), zone).records
    return {rtype: (s.ttl, s.values) for (name, rtype), s in found.items() if name == owner}


def test_a_set_is_created_changed_and_deleted(nameserver: NameServer, zone: str) -> None:
    """What the transfer shows afterwards is what was asked for."""
    nameserver.add_zone(zone)
    first, second = record_set("A", 300, "192.0.2.1"), record_set("A", 600, "192.0.2.2", "192.0.2.3")
    for before, after in ((None, first), (first, second), (second, None)):
        assert _send(nameserver, zone, SetChange("www", "A", before, after)) == 0
        expected = {} if after is None else {"A": (after.ttl, after.values)}
        assert _records(nameserver, zone, "www") == expected


def test_a_ttl_changes_alone(nameserver: NameServer, zone: str) -> None:
    """Of a set, and of the zone's own NS, which can't be deleted as a set."""
    nameserver.add_zone(zone, "www 300 A 192.0.2.1\nwww 300 A 192.0.2.2")
    for owner, rtype in (("www", "A"), ("@", "NS")):
        before = transfer(ours(nameserver), zone).records[owner, rtype]
        assert _send(nameserver, zone, SetChange(owner, rtype, before, before._replace(ttl=77))) == 0
        assert _records(nameserver, zone, owner)[rtype] == (77, before.values)


def test_a_name_changes_its_type_both_ways(nameserver: NameServer, zone: str) -> None:
    """Two sets become a CNAME and back, each in one message."""
    nameserver.add_zone(zone, "www 300 A 192.0.2.1\nwww 300 AAAA 2001:db8::1")
    a, aaaa = record_set("A", 300, "192.0.2.1"), record_set("AAAA", 300, "2001:db8::1")
    cname = record_set("CNAME", 300, "web.example.org.")
    there = (
        SetChange("www", "CNAME", None, cname),
        SetChange("www", "A", a, None),
        SetChange("www", "AAAA", aaaa, None),
    )
    back = (
        SetChange("www", "A", None, a),
        SetChange("www", "AAAA", None, aaaa),
        SetChange("www", "CNAME", cname, None),
    )
    assert _send(nameserver, zone, *there) == 0
    assert _records(nameserver, zone, "www") == {"CNAME": (300, cname.values)}
    assert _send(nameserver, zone, *back) == 0
    assert _records(nameserver, zone, "www") == {"A": (300, a.values), "AAAA": (300, aaaa.values)}


def test_the_name_servers_of_the_zone_are_exchanged(nameserver: NameServer, zone: str) -> None:
    """All of them at once, the TTL of all of them, all but one, and back."""
    nameserver.add_zone(zone)
    before = transfer(ours(nameserver), zone).records["@", "NS"]
    two = record_set("NS", 7200, "ns1.example.net.", "ns2.example.net.")
    one = record_set("NS", 60, "ns2.example.net.")
    for after in (two, two._replace(ttl=55), one, before):
        assert _send(nameserver, zone, SetChange("@", "NS", before, after)) == 0
        assert _records(nameserver, zone, "@")["NS"] == (after.ttl, after.values)
        before = after


def test_what_somebody_changed_is_not_overwritten(nameserver: NameServer, zone: str) -> None:
    """Another value, one value more, one less, a set that is there already, a CNAME that came."""
    nameserver.add_zone(zone, "www 300 A 192.0.2.1\nwww 300 A 192.0.2.2\nalias 300 CNAME www")
    theirs = nameserver.dump(zone)
    for values in (("192.0.2.9",), ("192.0.2.1",), ("192.0.2.1", "192.0.2.2", "192.0.2.3")):
        stale = SetChange("www", "A", record_set("A", 300, *values), record_set("A", 300, "192.0.2.7"))
        other = create("other", "A", 300, "192.0.2.8")
        assert _send(nameserver, zone, other, stale) == NXRRSET
    assert _send(nameserver, zone, create("www", "A", 300, "192.0.2.7")) == YXRRSET
    assert _send(nameserver, zone, create("www", "CNAME", 300, "web.example.org.")) == YXDOMAIN
    assert _send(nameserver, zone, create("alias", "TXT", 300, '"beside a CNAME"')) == YXRRSET
    assert nameserver.dump(zone) == theirs


def test_a_name_that_grew_another_set_does_not_become_a_cname(nameserver: NameServer, zone: str) -> None:
    """No prerequisite says *no other set*, so the SOA as it was read says that nothing changed."""
    nameserver.add_zone(zone, "www 300 A 192.0.2.1")
    server = ours(nameserver)
    read = transfer(server, zone)
    changes = [SetChange("www", "A", read.records["www", "A"], None), create("www", "CNAME", 300, "web.example.org.")]
    nameserver.set(zone, "www", "TXT", 300, '"new"')
    (part,) = cut(zone, changes)
    assert send(server, zone, part, read.soa) == NXRRSET
    assert set(_records(nameserver, zone, "www")) == {"A", "TXT"}


def test_values_are_named_as_the_server_spells_them(nameserver: NameServer, zone: str) -> None:
    """Strings that are cut elsewhere and names in upper case can be changed and deleted."""
    nameserver.add_zone(zone, 'odd 300 TXT "a" "b"\nmail 300 MX 10 MAIL.Example.ORG.')
    records = transfer(ours(nameserver), zone).records
    text, mail = records["odd", "TXT"], records["mail", "MX"]
    after = record_set("TXT", 300, '"abc"')
    assert _send(nameserver, zone, SetChange("odd", "TXT", text, after), SetChange("mail", "MX", mail, None)) == 0
    assert _records(nameserver, zone, "odd") == {"TXT": (300, after.values)}
    assert _records(nameserver, zone, "mail") == {}


def test_questions_are_answered(nameserver: NameServer, zone: str) -> None:
    """An answer too large for a datagram is asked for again over TCP; the serial is the transfer's."""
    many = [f"many 300 A 192.0.2.{n}" for n in range(100)]
    nameserver.add_zone(zone, "\n".join(many))
    server = ours(nameserver)
    answer = ask(server, f"MANY.{zone}.", "A")
    assert (answer.rcode, answer.authoritative, len(answer.records)) == (0, True, 100)
    assert {(r.owner, r.rtype, r.ttl) for r in answer.records} == {(f"many.{zone}.", "A", 300)}
    assert serial(server, zone) == transfer(server, zone).serial
    assert ask(server, f"nothing.{zone}.", "A").rcode == 3


@pytest.mark.parametrize("owner", ["a.b.c", "*", "*.wild", "_dmarc", "xn--bcher-kva", "-", "a/b"])
def test_odd_names_are_written_as_they_are_read(nameserver: NameServer, zone: str, owner: str) -> None:
    """An owner name has the same spelling both ways."""
    nameserver.add_zone(zone)
    assert _send(nameserver, zone, create(owner, "TXT", 0, '"x"')) == 0
    assert _records(nameserver, zone, owner) == {"TXT": (0, (b"\x01x",))}
