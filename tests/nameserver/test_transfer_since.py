"""A zone that was read is caught up by what has changed since, on each server; else it is read whole."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from random import Random

import pytest

from nameserver.ground import ours
from nameserver.proxies import Fault, between
from nameserver.test_faults import HARMS, SILENCE
from nameservers import NameServer
from reconciler.nameserver import transfer as module
from reconciler.nameserver.server import Server
from reconciler.nameserver.transfer import transfer, transfer_since
from reconciler.nameserver.zone import Transfer

VALUES = {
    "A": ["192.0.2.1", "192.0.2.2"],
    "MX": ["10 mail.example.net.", "20 mx.example.net."],
    "TXT": ['"a" "b"', '"ab"', '"c"'],
}
#: The same names in other letters.
ODD = {**VALUES, "MX": [*VALUES["MX"], "10 Mail.Example.NET."]}
LINES = "\n".join(f"n{n} 300 TXT {n}-{'x' * 200}" for n in range(100))


def _edited(nameserver: NameServer, zone: str, rng: Random, values: Mapping[str, list[str]] = VALUES) -> None:
    """Change a few record sets in one to three updates."""
    for _ in range(rng.randint(1, 3)):
        message = nameserver.update(zone)
        for _ in range(rng.randint(1, 4)):
            owner, rtype = rng.choice(["www", "mail", "a.b", "*.wild"]), rng.choice(sorted(values))
            message.delete(owner, rtype)
            for value in rng.sample(values[rtype], rng.randint(0, 2)):
                message.add(owner, rng.choice([60, 300]), rtype, value)
        nameserver.send(message)


def _same(one: Transfer, other: Transfer) -> None:
    assert dict(one.records) == dict(other.records)
    assert (one.soa, one.serial, dict(one.spelt)) == (other.soa, other.serial, dict(other.spelt))


def _refuses(*_: object) -> Transfer:
    raise AssertionError("it was transferred whole")


def test_a_zone_is_caught_up_over_any_history(
    nameserver: NameServer, zone: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is what a whole transfer shows; BIND and Knot tell what has changed, so nothing else is asked."""
    nameserver.add_zone(zone, LINES)
    server, rng = ours(nameserver), Random(nameserver.kind)
    before = transfer(server, zone)
    for _ in range(12):
        _edited(nameserver, zone, rng)
        with monkeypatch.context() as patch:
            if nameserver.kind != "powerdns":
                patch.setattr(module, "transfer", _refuses)
            before = transfer_since(server, before)
        _same(before, transfer(server, zone))


def test_names_in_any_letters_are_caught_up(nameserver: NameServer, zone: str) -> None:
    """BIND points a name at one in other letters, so a transfer may spell it otherwise; the values are the same."""
    nameserver.add_zone(zone, LINES)
    server, rng = ours(nameserver), Random(nameserver.kind)
    before = transfer(server, zone)
    for _ in range(12):
        _edited(nameserver, zone, rng, ODD)
        before, whole = transfer_since(server, before), transfer(server, zone)
        assert (dict(before.sets), before.soa) == (dict(whole.sets), whole.soa)


def test_a_zone_in_which_nothing_has_changed_is_read_whole(nameserver: NameServer, zone: str) -> None:
    """That it has the same serial doesn't say everywhere that it is the same."""
    nameserver.add_zone(zone, LINES)
    now = transfer(ours(nameserver), zone)
    _same(transfer_since(ours(nameserver), replace(now, sets={})), now)


def test_a_zone_that_was_never_so_is_read_whole(nameserver: NameServer, zone: str) -> None:
    """A serial that the server never had, one that it will have, another zone's SOA, sets that were never there."""
    nameserver.add_zone(zone, LINES)
    server = ours(nameserver)
    now = transfer(server, zone)
    _edited(nameserver, zone, Random(1))
    after = transfer(server, zone)
    for serial in (now.serial - 1, now.serial + 1000):
        soa = now.soa[:-20] + serial.to_bytes(4) + now.soa[-16:]
        _same(transfer_since(server, Transfer(zone, serial, soa, now.sets, now.spelt)), after)
    message = nameserver.update(zone)
    message.delete("n1")
    nameserver.send(message)
    _same(transfer_since(server, Transfer(zone, after.serial, after.soa, {}, {})), transfer(server, zone))


def _badkey(_: int, message: bytes) -> Iterable[bytes]:
    """Return a message whose signature says that the server doesn't know the key: that needs no key to say."""
    return (message[:-4] + b"\0\x11" + message[-2:],)


@pytest.mark.parametrize("harm", [*HARMS.values(), _badkey], ids=[*HARMS, "said to have an unknown key"])
def test_what_is_harmed_on_its_way_is_read_whole(bind: NameServer, zone: str, harm: Fault) -> None:
    """The first connection is harmed, the second isn't; what comes of it is the zone."""
    bind.add_zone(zone, LINES)
    server = ours(bind, timeout=SILENCE)
    before = transfer(server, zone)
    _edited(bind, zone, Random(2))
    with between(server, _once(harm)) as place:
        _same(transfer_since(place, before), transfer(server, zone))


def _once(harm: Fault) -> Fault:
    """Return what harms the first message that comes, ends its connection, and harms none later."""
    left = [harm]
    return lambda number, message: (*left.pop()(number, message), None) if left else (message,)


def test_without_a_key_nothing_is_caught_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Steps that nobody has signed prove less than a zone that is whole in itself."""
    before = Transfer("example.org", 1, b"", {}, {})
    monkeypatch.setattr(module, "transfer", lambda *_: before)
    assert transfer_since(Server("127.0.0.1", 1, None), before) is before
