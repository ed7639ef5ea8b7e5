"""Many zones are probed at once: each answer is proven, and what isn't answered is asked over TCP, or not known."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import dns.flags
import dns.message
import dns.rdata
import dns.rrset
import pytest

from nameserver.ground import ours
from nameserver.proxies import received
from nameserver.signatures import Theirs
from nameservers import Bind, NameServer
from reconciler.model.secret import Secret
from reconciler.nameserver.connection import new_ids
from reconciler.nameserver.message import IN, SOA, read_message
from reconciler.nameserver.serials import soas
from reconciler.nameserver.server import Key, Server
from reconciler.nameserver.transfer import transfer

KEY = Key("key.example.", "hmac-sha256", Secret("AAAA"))
ZONES = [f"z{number}.test" for number in range(200)]
_NUMBERS = 7, 1, 2, 3, 4
#: The data of the SOA that is answered, if nothing else is said.
TOLD = b"\2ns\7example\0\4host\7example\0" + b"".join(number.to_bytes(4) for number in _NUMBERS)
#: A question and whether it came over TCP -> the datagrams or messages that go back.
Answers = Callable[[bytes, bool], list[bytes]]


@contextmanager
def answering(answers: Answers, key: Key | None = KEY, timeout: float = 5.0) -> Iterator[tuple[Server, list[str]]]:
    """Yield a server over UDP and TCP, and what it is asked over which of them."""
    asked: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as tcp, socket.socket(type=socket.SOCK_DGRAM) as udp:
        place = tcp.getsockname()
        udp.bind(place)

        def datagrams() -> None:
            while question := udp.recvfrom(65535):
                if not question[0]:
                    return
                asked.append("udp")
                for answer in answers(question[0], False):
                    udp.sendto(answer, question[1])

        def streams() -> None:
            while True:
                connection, _ = tcp.accept()
                with connection:
                    while question := received(connection):
                        asked.append("tcp")
                        for answer in answers(question[2:], True):
                            connection.sendall(len(answer).to_bytes(2) + answer)
                    if not asked or asked[-1] == "end":
                        return

        threads = [threading.Thread(target=each, daemon=True) for each in (datagrams, streams)]
        for thread in threads:
            thread.start()
        yield Server("127.0.0.1", place[1], key, timeout), asked
        asked.append("end")
        socket.socket(type=socket.SOCK_DGRAM).sendto(b"", place)
        socket.create_connection(place).close()
        for thread in threads:
            thread.join(5)


def soa(
    question: bytes,
    serial: int = 7,
    key: Key | None = KEY,
    flags: int = dns.flags.AA,
    owner: str = "",
    data: bytes = b"",
) -> bytes:
    """Return a signed answer with a serial; its SOA may be of another owner, or have data that isn't one."""
    asked = read_message(question)
    plain = question[:10] + b"\0\0" + question[12 : asked.tsig[6]] if asked.tsig else question
    message = dns.message.make_response(dns.message.from_wire(plain))
    message.flags |= flags
    name = owner or message.question[0].name.to_text()
    message.answer = [dns.rrset.from_text(name, 60, "IN", "SOA", f"ns.example. host.example. {serial} 1 2 3 4")]
    if data:
        message.answer = [dns.rrset.from_rdata(name, 60, dns.rdata.GenericRdata(IN, SOA, data))]
    if key is None:
        return message.to_wire()
    server = Theirs(key)
    server.mac = question[-38:-6]
    return server.sign(message.to_wire(), multi=True)


def test_each_zone_that_a_server_has_tells_its_soa(nameserver: NameServer, zone: str) -> None:
    """What it doesn't have tells none, whether the server signs that or not."""
    names = [zone, f"b-{zone}", f"c-{zone}"]
    for name in names:
        nameserver.add_zone(name)
    nameserver.set(names[1], "www", "A", 60, "192.0.2.1")
    found = soas(ours(nameserver), [*names, f"no-{zone}"])
    assert found == {name: transfer(ours(nameserver), name).soa for name in names}


def test_a_soa_is_told_as_a_transfer_gives_it(nameserver: NameServer, zone: str) -> None:
    """To the octet, also where its names have capital letters: else no zone would be known again."""
    nameserver.add_zone(zone)
    nameserver.set(zone, "@", "SOA", 3600, f"NS1.{zone.title()}. Host.{zone.upper()}. 2000000001 1 2 3 60")
    read = transfer(ours(nameserver), zone)
    assert read.serial >= 2000000001
    assert soas(ours(nameserver), [zone]) == {zone: read.soa}


def test_questions_that_are_asked_at_once_have_numbers_of_their_own() -> None:
    """An answer is told from another by its number, of which there are 65,536; nobody can guess the next."""
    numbers = new_ids(20_000)
    assert len(set(numbers)) == 20_000
    assert set(numbers) <= set(range(1 << 16))
    assert numbers != sorted(numbers)
    assert (new_ids(0), len(set(new_ids(1 << 16)))) == ([], 1 << 16)


def test_no_zone_is_no_question() -> None:
    """And no socket: nobody is there."""
    assert soas(Server("127.0.0.1", 1, None), []) == {}


def test_a_server_that_isnt_there_tells_nothing() -> None:
    """Whoever needs the zone then meets the reason."""
    assert soas(Server("127.0.0.1", 1, KEY), ZONES) == {}
    assert soas(Server("no host", 1, KEY), ZONES) == {}


def test_many_zones_cost_one_datagram_each() -> None:
    """However many they are, they share one socket, and no connection is made."""
    with answering(lambda question, _: [soa(question)]) as (server, asked):
        assert soas(server, ZONES) == dict.fromkeys(ZONES, TOLD)
        assert asked == ["udp"] * len(ZONES)


def test_what_has_no_room_in_a_datagram_is_asked_over_tcp() -> None:
    """Only that, and on one connection."""

    def answers(question: bytes, over_tcp: bool) -> list[bytes]:
        is_cut = not over_tcp and b"\2z7" in question
        return [soa(question, flags=dns.flags.AA | (dns.flags.TC if is_cut else 0))]

    with answering(answers) as (server, asked):
        assert soas(server, ZONES[:20]) == dict.fromkeys(ZONES[:20], TOLD)
        assert (asked.count("udp"), asked.count("tcp")) == (20, 1)


def test_a_server_that_is_silent_over_udp_is_asked_over_tcp() -> None:
    """As through a tunnel; in batches, on one connection."""
    with answering(lambda question, over_tcp: [soa(question)] if over_tcp else []) as (server, asked):
        assert soas(server, ZONES) == dict.fromkeys(ZONES, TOLD)
        assert asked.count("tcp") == len(ZONES)


@pytest.mark.parametrize(
    "forged",
    [
        lambda question: soa(question, 8, Key("key.example.", "hmac-sha256", Secret("AAAB"))),
        lambda question: soa(question, 8, None),
        lambda question: b"",
        lambda question: question[:2] + b"nonsense",
        lambda question: soa(question, 8, None)[:40],
        lambda question: question[:2] + b"\x84\x09" + bytes(8),  # it doesn't know the key, it says
    ],
)
def test_who_puts_datagrams_in_between_is_not_heard(forged: Callable[[bytes], bytes]) -> None:
    """The server's own answer comes after, and counts."""
    with answering(lambda question, _: [forged(question), soa(question)]) as (server, _):
        assert soas(server, ZONES[:3]) == dict.fromkeys(ZONES[:3], TOLD)


def test_what_proves_nothing_tells_nothing() -> None:
    """Neither over UDP nor over TCP."""
    with answering(lambda question, _: [soa(question, key=None)]) as (server, _):
        assert soas(server, ZONES[:2]) == {}


def test_the_soa_of_another_zone_tells_nothing() -> None:
    """It is where an alias leads."""
    with answering(lambda question, _: [soa(question, owner="z1.test.")]) as (server, asked):
        assert soas(server, ZONES[:3]) == {"z1.test": TOLD}
        assert asked == ["udp"] * 3


@pytest.mark.parametrize("data", [b"\0", TOLD[:-1], TOLD + b"x", b"\xc0\xff" + TOLD, b"\x40" + TOLD])
def test_a_soa_that_cant_be_read_tells_nothing(data: bytes) -> None:
    """Whoever signed it: neither over UDP nor over TCP."""
    with answering(lambda question, _: [soa(question, data=data)], timeout=0.2) as (server, _):
        assert soas(server, ZONES[:2]) == {}


def test_a_server_without_authority_tells_no_serial() -> None:
    """It isn't asked again either: that was an answer."""
    with answering(lambda question, _: [soa(question, flags=0)]) as (server, asked):
        assert soas(server, ZONES[:2]) == {}
        assert asked == ["udp", "udp"]


def test_a_thousand_probes_of_a_real_server_are_all_proven(bind: Bind, zone: str) -> None:
    """Also where many are under way about the same zone."""
    bind.add_zone(zone)
    assert soas(ours(bind), [zone] * 1000) == {zone: transfer(ours(bind), zone).soa}
