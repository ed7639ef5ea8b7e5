"""A zone comes over the wire whole or not at all, from each server."""

import pytest

from nameserver.ground import canonical_dump, ours
from nameservers import NameServer
from nameservers.server import record_sets
from reconciler.model.errors import AuthenticationError
from reconciler.nameserver.errors import UnreachableError, ZoneRefusedError
from reconciler.nameserver.server import Server
from reconciler.nameserver.transfer import transfer
from reconciler.nameserver.zone import RecordSet

ODD = r"""
www 300 A 192.0.2.1
www 300 A 192.0.2.2
www 300 AAAA 2001:db8::1
@ MX 10 Mail.Example.ORG.
*.wild TXT "a" "b"
long TXT "{x}" "{x}" "rest"
a\.b TXT "semi;colon \"quoted\" \000\255"
under._tcp SRV 0 5 443 WWW
@ CAA 0 ISSUE "ca.example.net; policy=ev"
ptr PTR Target.Example.ORG.
naptr NAPTR 100 10 "u" "E2U+sip" "!^.*$!sip:info@example.com!" .
sshfp SSHFP 4 2 {hash}
tlsa TLSA 3 1 1 {hash}
svc HTTPS 1 . alpn=h2,h3 ipv4hint=192.0.2.1
uri URI 10 1 "https://www.example.org/"
loc LOC 52 22 23.000 N 4 53 32.000 E -2.00m 0.00m 10000m 10m
deep.empty.below A 192.0.2.3
new TYPE65280 \# 3 abcdef
sub NS ns.sub
sub DS 12345 13 2 {hash}
ns.sub A 192.0.2.9
ttl 2147483647 A 192.0.2.4
zero 0 A 192.0.2.5
""".format(x="x" * 255, hash="ab" * 32)


def test_every_record_is_read_as_dnspython_reads_it(nameserver: NameServer, zone: str) -> None:
    """Odd names, long texts, names in upper case, unknown types: the canonical values are the same."""
    _fill(nameserver, zone, ODD)
    theirs = nameserver.transfer(zone)
    found = transfer(ours(nameserver), zone)
    assert {key: (s.ttl, s.values) for key, s in found.records.items()} == canonical_dump(theirs)
    assert found.serial == theirs.get_soa().serial
    assert len(found.records) == (22 if nameserver.kind == "powerdns" else 23)


def test_the_exact_data_is_kept_where_it_is_spelt_otherwise(bind: NameServer, zone: str) -> None:
    """What a prerequisite must name is what the server holds: strings cut elsewhere, names in upper case."""
    _fill(bind, zone, ODD)
    records = transfer(ours(bind), zone).records
    assert records["*.wild", "TXT"] == RecordSet(3600, (b"\x02ab",), (b"\x01a\x01b",))
    assert records["@", "MX"].values == (b"\x00\x0a\x04mail\x07example\x03org\x00",)
    assert records["@", "MX"].raw == (b"\x00\x0a\x04Mail\x07Example\x03ORG\x00",)
    assert records["www", "A"] == RecordSet(300, (b"\xc0\x00\x02\x01", b"\xc0\x00\x02\x02"))


def test_a_key_that_the_server_does_not_know_is_refused(nameserver: NameServer, zone: str) -> None:
    """An unknown key, and a key with another secret, are told apart from a zone that isn't there."""
    nameserver.add_zone(zone)
    for changes in ({"name": "nobody."}, {"secret": "AAAA" * 8}):
        with pytest.raises((AuthenticationError, ZoneRefusedError)):
            transfer(ours(nameserver, **changes), zone)


def test_a_zone_that_is_not_served_is_refused(nameserver: NameServer) -> None:
    """It is never an empty zone."""
    with pytest.raises(ZoneRefusedError):
        transfer(ours(nameserver), "nowhere.test")


def test_a_server_that_is_not_there_cannot_be_reached() -> None:
    """Nothing was sent."""
    with pytest.raises(UnreachableError, match=r"127\.0\.0\.1:1 can't be reached: connection refused"):
        transfer(Server("127.0.0.1", 1, None), "example.org")


def _fill(nameserver: NameServer, zone: str, lines: str) -> None:
    """Make a zone of a master file's lines, by an UPDATE: it takes names that an API calls unsupported."""
    nameserver.add_zone(zone)
    message = nameserver.update(zone)
    for name, rtype, ttl, values in record_sets(zone, lines):
        if rtype.startswith("TYPE") and nameserver.kind == "powerdns":
            continue
        for value in values:
            message.add(name, ttl, rtype, value)
    nameserver.send(message)
