"""What is no proof: answers of a server that signs nothing, each wrong in one way."""

import dns.message
import dns.rcode
import dns.rrset
import pytest

from nameserver.proxies import canned
from reconciler.model.errors import IncompleteReadError
from reconciler.nameserver.errors import ZoneRefusedError
from reconciler.nameserver.message import SERVER_MADE
from reconciler.nameserver.query import serial
from reconciler.nameserver.transfer import transfer
from reconciler.nameserver.zone import RecordSet

ZONE = "example.org"
SOA = "example.org. 60 IN SOA ns.example.net. host.example.net. 7 1 2 3 4"
OTHER_SOA = SOA.replace(" 7 ", " 8 ")
NS = "example.org. 60 IN NS ns.example.net."
ELSEWHERE = "www.example.net. 1 IN A 192.0.2.1"
BESIDE = "xexample.org. 1 IN A 192.0.2.1"
WWW = "www.example.org. 60 IN A 192.0.2.1"


def _message(*records: str, question: str = "example.org.", rtype: str = "AXFR", rcode: int = 0) -> bytes:
    message = dns.message.make_response(dns.message.make_query(question, rtype))
    message.set_rcode(dns.rcode.Rcode(rcode))
    for record in records:
        owner, ttl, rclass, kind, data = record.split(" ", 4)
        message.answer.append(dns.rrset.from_text(owner, int(ttl), rclass, kind, data))
    return message.to_wire()


#: A record of a type that nobody knows, made into an A with 16 octets.
LONG = _message(SOA, NS, r"www.example.org. 60 IN TYPE65400 \# 16 " + "00" * 16, SOA).replace(b"\xff\x78", b"\0\1")


def test_a_zone_comes_in_one_message_or_in_many() -> None:
    """Also with each SOA in a message of its own, and with a question in the first only."""
    later = bytearray(_message(WWW, question="."))
    later[4:6] = b"\0\0"
    del later[12:17]
    for messages in ([_message(SOA, NS, WWW, SOA)], [_message(SOA), _message(NS), bytes(later), _message(SOA)]):
        with canned(messages) as server:
            found = transfer(server, ZONE)
        assert found.serial == 7
        assert found.records == {
            ("@", "NS"): RecordSet(60, (b"\x02ns\x07example\x03net\0",)),
            ("www", "A"): RecordSet(60, (b"\xc0\0\x02\1",)),
        }


@pytest.mark.parametrize(
    ("why", "messages"),
    [
        ("the server closed the connection", []),
        ("the server closed the connection", [_message(SOA, NS, WWW)]),
        ("the server closed the connection", [_message(SOA)]),
        ("it has no NS records for the zone itself, and nothing is signed", [_message(SOA), _message(SOA)]),
        ("it has no NS records for the zone itself, and nothing is signed", [_message(SOA, WWW, SOA)]),
        ("it doesn't begin with the SOA", [_message(NS, SOA, WWW, SOA)]),
        ("it ends with another SOA than it began with", [_message(SOA, NS, WWW, OTHER_SOA)]),
        ("its SOA isn't the zone's", [_message(SOA, NS, SOA.replace("example.org.", "sub.example.org.", 1), SOA)]),
        ("records stand after its closing SOA", [_message(SOA, NS, SOA, WWW)]),
        ("a record stands in it twice", [_message(SOA, NS), _message(NS, WWW, SOA)]),
        ("it has a record of www.example.net., which isn't in the zone", [_message(SOA, NS, ELSEWHERE, SOA)]),
        ("it has a record of xexample.org., which isn't in the zone", [_message(SOA, NS, BESIDE, SOA)]),
        ("it has a record of class 3", [_message(SOA, NS, "www.example.org. 60 CH TXT x", SOA)]),
        ("it is about another question", [_message(SOA, NS, SOA, question="example.net.")]),
        ("it is about another question", [_message(SOA, NS, SOA, rtype="SOA")]),
        ("the server gave up (SERVFAIL)", [_message(SOA, NS), _message(rcode=2)]),
        ("it is shorter than a header", [b"\0\0\x80\0"]),
        ("it isn't the answer to what was asked", [b"\0\0\0\0" + _message(SOA, NS, SOA)[4:]]),
        ("it says that it is truncated", [b"\0\0\x82\0" + _message(SOA, NS, SOA)[4:]]),
        ("an address of 16 octets", [LONG]),
    ],
)  # fmt: skip
def test_what_proves_nothing_is_an_error(why: str, messages: list[bytes]) -> None:
    """It says why, and how far the transfer had come."""
    with canned(messages) as server, pytest.raises(IncompleteReadError) as caught:
        transfer(server, ZONE)
    assert why in str(caught.value)
    assert f"at message {len(messages)}, " in str(caught.value) or len(messages) == 2


@pytest.mark.parametrize("rcode", [2, 5, 9])
def test_a_refusal_tells_its_code(rcode: int) -> None:
    """The zone isn't empty: we don't know it."""
    with canned([_message(rcode=rcode)]) as server, pytest.raises(ZoneRefusedError) as caught:
        transfer(server, ZONE)
    assert (caught.value.rcode, caught.value.zone) == (rcode, ZONE)


def test_what_servers_make_themselves_is_left_out() -> None:
    """Signatures, keys and digests are no part of what can be declared."""
    hashed = "ab" * 20
    made = (
        f"example.org. 60 IN DNSKEY 257 3 13 {'A' * 88}",
        f"example.org. 60 IN RRSIG A 13 2 60 20270101000000 20260101000000 1 example.org. {'A' * 88}",
        "example.org. 60 IN NSEC www.example.org. A",
        "example.org. 60 IN NSEC3PARAM 1 0 0 -",
        f"0p9mhaveqvm6t7vbl5lop2u3t2rp3tom.example.org. 60 IN NSEC3 1 0 0 - {'0' * 32} A",
        f"example.org. 60 IN CDS 1 13 1 {hashed}",
        f"example.org. 60 IN CDNSKEY 257 3 13 {'A' * 88}",
        f"example.org. 60 IN ZONEMD 7 1 1 {'ab' * 48}",
        r"example.org. 60 IN TYPE65534 \# 5 0000000001",
    )
    assert {record.split(" ")[3] for record in made} | {"SOA"} == set(SERVER_MADE.values())
    with canned([_message(SOA, NS, *made, WWW, SOA)]) as server:
        assert set(transfer(server, ZONE).records) == {("@", "NS"), ("www", "A")}


def test_the_lowest_of_several_ttls_counts_and_all_are_seen() -> None:
    """As in resolvers; the set can then be given one."""
    with canned([_message(SOA, NS, WWW, WWW.replace("60", "30").replace("2.1", "2.2"), SOA)]) as server:
        found = transfer(server, ZONE).records["www", "A"]
    assert (found.ttl, found.ttls) == (30, (30, 60))


def test_two_spellings_of_one_text_are_one_value() -> None:
    """The server holds both, and both must be named to change them."""
    one, two = 'a.example.org. 60 IN TXT "ab"', 'a.example.org. 60 IN TXT "a" "b"'
    with canned([_message(SOA, NS, one, two, SOA)]) as server:
        found = transfer(server, ZONE).records["a", "TXT"]
    assert found == RecordSet(60, (b"\x02ab",), (b"\x01a\x01b", b"\x02ab"))


def test_a_label_that_is_an_at_sign_is_beside_the_apex() -> None:
    """Both have a set of the same type, and neither is taken for the other."""
    both = (r"example.org. 60 IN A 192.0.2.1", r"\@.example.org. 60 IN A 192.0.2.2")
    with canned([_message(SOA, NS, *both, SOA)]) as server:
        found = transfer(server, ZONE).records
    assert found["@", "A"].values == (b"\xc0\0\x02\1",)
    assert found[r"\@", "A"].values == (b"\xc0\0\x02\2",)


def test_a_server_that_is_reached_over_tcp_only_is_asked_there() -> None:
    """Through a tunnel, or past a firewall that turns datagrams away."""
    message = bytearray(_message(SOA, rtype="SOA"))
    message[2] |= 4  # it has authority
    with canned([bytes(message)]) as server:
        assert serial(server, ZONE) == 7
