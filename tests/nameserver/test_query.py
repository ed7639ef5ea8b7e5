"""An answer counts when it is one to our question, whole, and signed where there is a key."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import dns.flags
import dns.message
import dns.rcode
import dns.rdata
import dns.rrset
import pytest

from nameserver.ground import create, ours, record_set
from nameservers import NameServer
from reconciler.model.errors import AuthenticationError, IncompleteReadError
from reconciler.nameserver.cutting import SetChange, cut
from reconciler.nameserver.errors import UnreachableError
from reconciler.nameserver.message import IN, SOA
from reconciler.nameserver.query import ask, is_no_powerdns, serial, soa
from reconciler.nameserver.server import Server
from reconciler.nameserver.transfer import transfer
from reconciler.nameserver.update import is_expected
from reconciler.nameserver.zone import RecordSet


@contextmanager
def _answering(answer: Callable[[dns.message.Message, bool], bytes | None], port: int = 0) -> Iterator[Server]:
    """Yield a server, over UDP and TCP, that answers with what ``answer`` makes of a question (None: nothing)."""
    with socket.create_server(("127.0.0.1", port)) as tcp, socket.socket(type=socket.SOCK_DGRAM) as udp:
        place = tcp.getsockname()
        udp.bind(place)

        def datagrams() -> None:
            while True:
                question, sender = udp.recvfrom(65535)
                if not question:
                    return
                if (found := answer(dns.message.from_wire(question), False)) is not None:
                    udp.sendto(found, sender)

        def streams() -> None:
            while True:
                connection, _ = tcp.accept()
                with connection:
                    question = connection.recv(65535)
                    if not question:
                        return
                    if (found := answer(dns.message.from_wire(question[2:]), True)) is not None:
                        connection.sendall(len(found).to_bytes(2) + found)

        threads = [threading.Thread(target=each, daemon=True) for each in (datagrams, streams)]
        for thread in threads:
            thread.start()
        yield Server("127.0.0.1", place[1], None, 0.5)
        socket.socket(type=socket.SOCK_DGRAM).sendto(b"", place)
        socket.create_connection(place).close()
        for thread in threads:
            thread.join(5)


def _with(question: dns.message.Message, *texts: str) -> dns.message.Message:
    message = dns.message.make_response(question)
    message.flags |= dns.flags.AA
    message.answer = [dns.rrset.from_text("www.example.org.", 60, "IN", "A", text) for text in texts]
    return message


def test_a_truncated_datagram_is_asked_for_again_over_tcp() -> None:
    """What stands in it isn't looked at."""

    def answer(question: dns.message.Message, over_tcp: bool) -> bytes:
        message = _with(question, "192.0.2.1", "192.0.2.2") if over_tcp else _with(question, "192.0.2.1")
        message.flags |= 0 if over_tcp else dns.flags.TC
        return message.to_wire()

    with _answering(answer) as server:
        assert [r.value for r in ask(server, "www.example.org.", "A").records] == [b"\xc0\0\2\1", b"\xc0\0\2\2"]


def test_a_lost_datagram_is_asked_for_again_over_tcp() -> None:
    """Networks lose them."""
    with _answering(lambda question, over_tcp: _with(question, "192.0.2.1").to_wire() if over_tcp else None) as server:
        assert len(ask(server, "www.example.org.", "A").records) == 1


def test_a_datagram_of_another_number_is_ignored() -> None:
    """Anybody can send one, but nobody knows the number."""

    def answer(question: dns.message.Message, over_tcp: bool) -> bytes:
        if not over_tcp:
            question.id ^= 1
        return _with(question, "192.0.2.1" if over_tcp else "192.0.2.66").to_wire()

    with _answering(answer) as server:
        assert [r.value for r in ask(server, "www.example.org.", "A").records] == [b"\xc0\0\2\1"]


@pytest.mark.parametrize(
    ("why", "harm"),
    [
        ("it is about another question", lambda wire: wire.replace(b"\3www", b"\3wwx", 1)),
        ("it answers something else", lambda wire: wire[:2] + b"\x00" + wire[3:]),
        ("it answers something else", lambda wire: wire[:2] + bytes((wire[2] | 0x28,)) + wire[3:]),
        ("octets stand after its end", lambda wire: wire + b"x"),
        ("a record's data is cut off", lambda wire: wire[:-1]),
    ],
)
def test_what_is_no_answer_is_refused(why: str, harm: Callable[[bytes], bytes]) -> None:
    """It is an error, and not that nothing is there."""
    wrong = _answering(lambda question, _: harm(_with(question, "192.0.2.1").to_wire()))
    with wrong as server, pytest.raises(IncompleteReadError) as caught:
        ask(server, "www.example.org.", "A")
    assert why in str(caught.value)


def test_silence_over_both_is_an_error() -> None:
    """And so is that nobody listens."""
    with _answering(lambda _question, _over_tcp: None) as server, pytest.raises(IncompleteReadError, match="closed"):
        ask(server, "www.example.org.", "A")
    with pytest.raises(UnreachableError, match="connection refused"):
        ask(Server("127.0.0.1", 1, None), "www.example.org.", "A")


def test_only_who_has_authority_has_a_serial(nameserver: NameServer, zone: str) -> None:
    """A zone that isn't served has none, but Knot doesn't sign that it isn't; a wrong key is an error, too."""
    nameserver.add_zone(zone)
    assert serial(ours(nameserver), zone) == transfer(ours(nameserver), zone).serial
    if nameserver.kind == "knot":
        with pytest.raises(IncompleteReadError, match="it isn't signed"):
            serial(ours(nameserver), "nowhere.test")
    else:
        assert serial(ours(nameserver), "nowhere.test") is None
    with pytest.raises((AuthenticationError, IncompleteReadError)):
        serial(ours(nameserver, secret="AAAA" * 8), zone)


def test_an_alias_has_no_serial(bind: NameServer, zone: str) -> None:
    """A zone that is gone isn't there because the one above it has an alias in its place: that has another's SOA."""
    bind.add_zone(zone, f"sub 300 CNAME {zone}.")
    answer = ask(ours(bind), f"sub.{zone}.", "SOA")
    assert [(found.owner, found.rtype) for found in answer.records] == [(f"sub.{zone}.", "CNAME"), (f"{zone}.", "SOA")]
    assert (answer.rcode, answer.authoritative) == (0, True)
    assert serial(ours(bind), f"sub.{zone}") is None
    assert serial(ours(bind), zone.upper()) == 1


@pytest.mark.parametrize("data", [b"\0", b"\0\0" + bytes(19), b"\0\0" + bytes(21), b"\xc0\xff" + bytes(21)])
def test_a_soa_that_cant_be_read_is_an_error(data: bytes) -> None:
    """However it is asked for, and not that there is none."""

    def answer(question: dns.message.Message, _: bool) -> bytes:
        message = _with(question)
        message.answer = [dns.rrset.from_rdata("example.org.", 60, dns.rdata.GenericRdata(IN, SOA, data))]
        return message.to_wire()

    with _answering(answer) as server:
        with pytest.raises(IncompleteReadError, match=r"about example\.org\. SOA can't be used"):
            soa(server, "example.org")
        with pytest.raises(IncompleteReadError, match=r"about example\.org\. SOA can't be used"):
            ask(server, "example.org.", "SOA")


def test_only_a_powerdns_says_that_it_is_one(nameserver: NameServer) -> None:
    """Also to who has no key, and however often it is asked."""
    assert [is_no_powerdns(ours(nameserver)) for _ in range(9)] == [nameserver.kind != "powerdns"] * 9


@pytest.mark.parametrize(
    ("told", "is_none"),
    [
        (lambda answer: _telling(answer, "9.18.1"), True),
        (lambda answer: _telling(answer, "PowerDNS Authoritative Server 4.9"), False),
        (lambda answer: _telling(answer, "none of your business"), True),
        (lambda answer: _refusing(answer), True),
        (lambda answer: _telling(answer, "9.18.1")[:-1], False),
        (lambda answer: b"", False),
        (lambda answer: _telling(answer, "9.18.1").replace(b"\7version", b"\7another"), False),
        (lambda answer: answer.to_wire()[:2] + bytes((0x86,)) + answer.to_wire()[3:], False),  # it is truncated
        (lambda answer: None, False),
    ],
)
def test_what_a_server_is_must_be_told(told: Callable[[dns.message.Message], bytes | None], is_none: bool) -> None:
    """Another text, or that it doesn't tell, is an answer; silence and what can't be read are none.

    It is asked once, over TCP, because BIND doesn't answer this more than three times a second over UDP.
    """
    ways = []

    def answer(question: dns.message.Message, over_tcp: bool) -> bytes | None:
        ways.append(over_tcp)
        return told(dns.message.make_response(question))

    with _answering(answer) as server:
        assert is_no_powerdns(server) is is_none
    assert ways == [True]
    assert not is_no_powerdns(Server("127.0.0.1", 1, None))


def _telling(answer: dns.message.Message, text: str) -> bytes:
    answer.answer = [dns.rrset.from_text("version.bind.", 0, "CH", "TXT", f'"{text}"')]
    return answer.to_wire()


def _refusing(answer: dns.message.Message) -> bytes:
    answer.set_rcode(dns.rcode.REFUSED)
    return answer.to_wire()


def test_a_part_knows_what_it_expects(bind: NameServer, zone: str) -> None:
    """Where the SOA stands for the zone, the zone must have been looked at."""
    bind.add_zone(zone, "www 300 A 192.0.2.1")
    before = transfer(ours(bind), zone).records
    to_cname = [SetChange("www", "A", before["www", "A"], None), create("www", "CNAME", 300, "web.example.org.")]
    (part,) = cut(zone, to_cname)
    assert is_expected(part, before)
    bind.set(zone, "www", "TXT", 300, '"another set at the name"')
    assert not is_expected(part, transfer(ours(bind), zone).records)
    bind.set(zone, "www", "TXT", 300)
    assert is_expected(part, transfer(ours(bind), zone).records)
    bind.set(zone, "www", "A", 300, "192.0.2.2")
    assert not is_expected(part, transfer(ours(bind), zone).records)


def test_only_a_part_that_needs_it_looks_through_the_zone() -> None:
    """Of a large zone that takes longer than the update: where a prerequisite says it, the server looks."""

    class Large(dict[tuple[str, str], RecordSet]):
        def __iter__(self) -> Iterator[tuple[str, str]]:
            raise AssertionError("nobody needs all of it")

    a, cname = record_set("A", 300, "192.0.2.1"), record_set("CNAME", 300, "web.example.org.")
    zone = Large({("www", "A"): a, ("alias", "CNAME"): cname})
    changes = [
        SetChange("alias", "CNAME", cname, cname._replace(ttl=60)),
        SetChange("new", "CNAME", None, cname),
        SetChange("www", "A", a, None),
    ]
    (part,) = cut("example.org", changes)
    assert is_expected(part, zone)
    (part,) = cut("example.org", [*changes, SetChange("www", "CNAME", None, cname)])
    with pytest.raises(AssertionError, match="nobody needs"):
        is_expected(part, zone)


def test_a_server_is_written_as_people_write_it() -> None:
    """An IPv6 address stands in brackets."""
    server = Server("192.0.2.53", 53, None)
    assert (str(server), str(replace(server, host="2001:db8::53"))) == ("192.0.2.53:53", "[2001:db8::53]:53")
