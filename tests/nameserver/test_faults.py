"""A transfer that is harmed on its way is an error that says so; it never is a smaller zone."""

from collections.abc import Iterable
from dataclasses import replace
from random import Random

import pytest

from nameserver.ground import create, ours
from nameserver.proxies import Fault, between
from nameservers import NameServer
from reconciler.model.errors import AuthenticationError, IncompleteReadError
from reconciler.nameserver.cutting import cut
from reconciler.nameserver.errors import UnknownOutcomeError, UnreachableError
from reconciler.nameserver.server import Server
from reconciler.nameserver.transfer import Limits, Tally, transfer
from reconciler.nameserver.update import send
from reconciler.nameserver.zone import Transfer

SILENCE = 0.4
#: Enough for several messages on each server.
CHANGES = [create(f"n{n}", "TXT", 300, f'"{n}{"x" * 240}"') for n in range(300)]


def _only(place: int, harm: Fault) -> Fault:
    return lambda number, message: harm(number, message) if number == place else (message,)


def _rest(message: bytes) -> Iterable[bytes | None]:
    body = message[2:-40]
    return (len(body).to_bytes(2) + body,)


def _turned(message: bytes, at: int) -> Iterable[bytes]:
    return (message[:at] + bytes((message[at] ^ 1,)) + message[at + 1 :],)


def _swap() -> Fault:
    """Return what hands over each message after the next one, without an end."""
    held: list[bytes] = []

    def harm(_number: int, message: bytes) -> Iterable[bytes]:
        held.append(message)
        return (held.pop(), held.pop()) if len(held) == 2 else ()

    return harm


HARMS: dict[str, Fault] = {
    "cut before": lambda _, message: (None,),
    "cut in its length": lambda _, message: (message[:1], None),
    "cut in the middle": lambda _, message: (message[: len(message) // 2], None),
    "cut before its last octet": lambda _, message: (message[:-1], None),
    "held up": lambda _, message: (message[:100], SILENCE * 1.5, message[100:]),
    "left out": lambda _, message: (),
    "doubled": lambda _, message: (message, message),
    "shortened": lambda _, message: _rest(message),
    "said to be truncated": lambda _, message: (message[:4] + bytes((message[4] | 2,)) + message[5:],),
    "one bit turned": lambda _, message: _turned(message, len(message) // 2),
    "of another number": lambda _, message: (message[:2] + bytes((message[2] ^ 1,)) + message[3:],),
    "without its signature": lambda _, message: (message[:12] + b"\0\0" + message[14:],),
}


@pytest.fixture(scope="module")
def filled() -> dict[str, Transfer]:
    """What each server's zone holds, by the server's name."""
    return {}


def _ready(nameserver: NameServer, filled: dict[str, Transfer]) -> tuple[Server, Transfer, int]:
    """Return the server, its zone as it is, and of how many messages a transfer consists."""
    zone, server = f"faults-{nameserver.kind}.test", ours(nameserver)
    if nameserver.kind not in filled:
        nameserver.add_zone(zone)
        for part in cut(zone, CHANGES):
            assert send(server, zone, part, transfer(server, zone).soa) == 0
        filled[nameserver.kind] = transfer(server, zone)
    numbers: list[int] = []
    with between(server, lambda number, message: numbers.append(number) or (message,)) as counted:
        assert transfer(counted, zone) == filled[nameserver.kind]
    return server, filled[nameserver.kind], len(numbers)


@pytest.mark.parametrize("harm", HARMS)
def test_every_message_is_needed_as_it_is(nameserver: NameServer, filled: dict[str, Transfer], harm: str) -> None:
    """Whichever message is harmed, nothing is concluded; only what comes after the end makes no difference."""
    server, whole, messages = _ready(nameserver, filled)
    impatient = replace(server, timeout=SILENCE)
    assert messages > 2
    for place in range(messages):
        after_the_end = harm == "doubled" and place == messages - 1
        with between(server if after_the_end else impatient, _only(place, HARMS[harm])) as harmed:
            if after_the_end:
                assert transfer(harmed, f"faults-{nameserver.kind}.test") == whole
                continue
            with pytest.raises(IncompleteReadError) as caught:
                transfer(harmed, f"faults-{nameserver.kind}.test")
        assert "isn't proven complete: at message" in str(caught.value)
        assert "\n" not in str(caught.value)


def test_messages_in_another_order_are_refused(nameserver: NameServer, filled: dict[str, Transfer]) -> None:
    """Signatures are a chain."""
    server, _, _ = _ready(nameserver, filled)
    with between(server, _swap()) as harmed, pytest.raises(IncompleteReadError):
        transfer(harmed, f"faults-{nameserver.kind}.test")


def test_a_stream_cut_at_any_octet_is_refused(nameserver: NameServer, filled: dict[str, Transfer]) -> None:
    """Its first and last octets, and some in between."""
    server, whole, _ = _ready(nameserver, filled)
    sizes: list[int] = []
    zone = f"faults-{nameserver.kind}.test"
    with between(server, lambda _, message: sizes.append(len(message)) or (message,)) as counted:
        transfer(counted, zone)
    size = sum(sizes)
    for place in {*range(4), *(size - n for n in range(1, 4)), *Random(7).sample(range(size), 20)}:
        sent = 0

        def cut_there(_number: int, message: bytes, place: int = place) -> Iterable[bytes | None]:
            nonlocal sent
            sent += len(message)
            return (message,) if sent <= place else (message[: len(message) - (sent - place)], None)

        with between(server, cut_there) as harmed, pytest.raises(IncompleteReadError, match="closed the connection"):
            transfer(harmed, zone)
    assert transfer(server, zone) == whole


def test_a_transfer_that_never_ends_is_given_up(bind: NameServer, filled: dict[str, Transfer]) -> None:
    """Too slow in all, though each message comes in time; too many octets; too many records."""
    server, _, _ = _ready(bind, filled)
    with between(server, lambda _, message: (0.15, message)) as slow:
        with pytest.raises(IncompleteReadError, match="silent, or too slow"):
            transfer(slow, "faults-bind.test", Tally(Limits(seconds=0.3)))
        with pytest.raises(IncompleteReadError, match="larger than 30000 octets"):
            transfer(slow, "faults-bind.test", Tally(Limits(octets=30000)))
        with pytest.raises(IncompleteReadError, match="more than 100 records"):
            transfer(slow, "faults-bind.test", Tally(Limits(records=100)))


def test_the_transfers_of_one_read_have_one_limit(bind: NameServer, filled: dict[str, Transfer]) -> None:
    """A server with many zones can't exhaust the memory by all of them together."""
    server, whole, _ = _ready(bind, filled)
    tally = Tally(Limits(records=2 * sum(len(found.values) for found in whole.records.values())))
    assert transfer(server, "faults-bind.test", tally) == whole
    with pytest.raises(IncompleteReadError, match="with the zones read beside it, it has more than"):
        transfer(server, "faults-bind.test", tally)
        transfer(server, "faults-bind.test", tally)


def test_an_update_whose_answer_is_lost_has_an_unknown_outcome(nameserver: NameServer, zone: str) -> None:
    """It was done, and we say that only reading tells; without a connection it provably wasn't sent."""
    nameserver.add_zone(zone)
    (part,) = cut(zone, [create("www", "A", 300, "192.0.2.1")])
    for harm in ("cut before", "cut in the middle", "one bit turned", "of another number", "without its signature"):
        with between(ours(nameserver, SILENCE), HARMS[harm]) as harmed, pytest.raises(UnknownOutcomeError) as caught:
            send(harmed, zone, part)
        assert caught.value.help == "Read the zone again to see whether it was done."
        nameserver.set(zone, "www", "A", 300)
    with pytest.raises(UnreachableError):
        send(Server("127.0.0.1", 1, ours(nameserver).key), zone, part)


def test_a_key_that_is_refused_is_no_lost_answer(bind: NameServer, zone: str) -> None:
    """The server says so, and did nothing."""
    bind.add_zone(zone)
    (part,) = cut(zone, [create("www", "A", 300, "192.0.2.1")])
    with pytest.raises(AuthenticationError, match=r"doesn't know the key \(nobody\.\)"):
        send(ours(bind, name="nobody."), zone, part)
