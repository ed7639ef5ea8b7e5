"""What has changed in a zone leads from what was read to what is there, or nowhere."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

import dns.message
import dns.rrset
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.nameserver.incoming import Incoming
from reconciler.nameserver.message import MessageError, read_message
from reconciler.nameserver.owners import zone_wire
from reconciler.nameserver.steps import Steps
from reconciler.nameserver.zone import Spelling, Transfer

ZONE = "example.org"
#: Owner, type, and its TTL and values; values may be spelt otherwise than canonically.
Sets = dict[tuple[str, str], tuple[int, frozenset[str]]]
NS = {("@", "NS"): (60, frozenset({"ns.example.net."}))}
VALUES = {
    "A": ("192.0.2.1", "192.0.2.2", "192.0.2.3"),
    "MX": ("10 Mail.example.net.", "20 Mail.example.net.", "20 mx.example.org."),
    "TXT": ('"ab"', '"a" "b"', '"c"'),
    "RRSIG": ("A 13 2 60 20300101000000 20200101000000 1 example.org. AAAA",),
    "TYPE65400": (r"\# 1 00", r"\# 1 01"),
}


def _soa(serial: int) -> str:
    return f"@ 60 SOA primary.example.net. host.example.net. {serial} 1 2 3 4"


def _lines(sets: Sets) -> list[str]:
    return [f"{o} {ttl} {t} {value}" for (o, t), (ttl, values) in sorted(sets.items()) for value in sorted(values)]


def _row(versions: Sequence[Sets]) -> list[str]:
    """Return the records of an incremental transfer from the first version to the last."""
    said = [_soa(len(versions))]
    for serial, (old, new) in enumerate(pairwise(versions), 1):
        gone, come = _lines(old), _lines(new)
        said += [_soa(serial), *(line for line in gone if line not in come)]
        said += [_soa(serial + 1), *(line for line in come if line not in gone)]
    return [*said, _soa(len(versions))]


def _messages(lines: Sequence[str], size: int) -> Iterator[bytes]:
    for at in range(0, len(lines), size):
        message = dns.message.make_response(dns.message.make_query(f"{ZONE}.", "IXFR"))
        for line in lines[at : at + size]:
            owner, ttl, rtype, value = line.split(" ", 3)
            name = f"{ZONE}." if owner == "@" else owner if owner.endswith(".") else f"{owner}.{ZONE}."
            rclass = "CH" if rtype == "CHTXT" else "IN"
            message.answer.append(dns.rrset.from_text(name, int(ttl), rclass, rtype.removeprefix("CH"), value))
        yield message.to_wire(max_size=65535)


def _whole(serial: int, sets: Sets) -> Transfer:
    incoming = Incoming(ZONE, zone_wire(ZONE))
    for wire in _messages([_soa(serial), *_lines(sets), _soa(serial)], 50):
        read_message(wire, incoming.take)
    assert incoming.soa is not None
    return Transfer(ZONE, incoming.soa[1], incoming.soa[0], *incoming.finished(), at=serial)


def _led(before: Transfer, lines: Sequence[str], size: int = 50) -> Transfer:
    steps = Steps(before, zone_wire(ZONE))
    for wire in _messages(lines, size):
        steps.take(read_message(wire))
    assert steps.is_closed
    return steps.taken()


OWNERS = st.sampled_from(["@", "www", "a.b", "*"])
SETS = st.sampled_from(sorted(VALUES)).flatmap(
    lambda rtype: st.tuples(
        st.tuples(OWNERS, st.just(rtype)),
        st.tuples(st.sampled_from([60, 300]), st.frozensets(st.sampled_from(VALUES[rtype]), min_size=1)),
    )
)
VERSIONS = st.lists(st.lists(SETS, max_size=6).map(lambda found: NS | dict(found)), min_size=2, max_size=5)


@given(VERSIONS, st.integers(1, 9))
def test_steps_lead_to_what_a_whole_transfer_would_show(versions: list[Sets], size: int) -> None:
    """Over any history, however it is cut into messages: values, TTLs, spelling, SOA."""
    before, after = _whole(1, versions[0]), _whole(len(versions), versions[-1])
    found = _led(before, _row(versions), size)
    assert dict(found.records) == dict(after.records)
    assert (dict(found.sets), dict(found.spelt)) == (dict(after.sets), dict(after.spelt))
    assert (len(found.sets), found.soa, found.serial) == (len(after.sets), after.soa, after.serial)


def test_what_is_caught_up_is_no_younger_than_what_was_read() -> None:
    """What was believed of it before is believed no longer for that."""
    before = _whole(1, NS)
    assert _led(before, _row([NS, {**NS, ("www", "A"): (60, frozenset({"192.0.2.1"}))}])).at == before.at == 1


WWW = "www 60 A 192.0.2.1"


@pytest.mark.parametrize(
    ("why", "lines"),
    [
        ("a step doesn't begin with the version before it", [_soa(3), _soa(2), _soa(3), _soa(3)]),
        ("a step doesn't begin with the version before it", [_soa(3), _soa(1), _soa(2), WWW, _soa(3)]),
        ("a record goes that wasn't there", [_soa(2), _soa(1), WWW, _soa(2), _soa(2)]),
        ("a record goes that wasn't there", [_soa(2), _soa(1), "@ 61 NS ns.example.net.", _soa(2), _soa(2)]),
        ("a record goes that wasn't there", [_soa(2), _soa(1), "@ 60 NS NS.example.net.", _soa(2), _soa(2)]),
        ("or comes that was", [_soa(2), _soa(1), _soa(2), WWW, WWW, _soa(2)]),
        ("or comes that was", [_soa(2), _soa(1), _soa(2), "@ 60 NS ns.example.net.", _soa(2)]),
        ("or comes that was", [_soa(2), WWW]),
        ("or comes that was", [WWW]),
        ("it has a record of www.example.net., which isn't", [_soa(2), _soa(1), "www.example.net. 60 A 192.0.2.1"]),
        ("its SOA isn't the zone's", [_soa(2), _soa(1).replace("@", "www")]),
        ("a record stands in it that can't be there", [_soa(2), _soa(1), _soa(2), _soa(2), WWW]),
        ("a record stands in it that can't be there", [_soa(2), _soa(1), "www 60 CHTXT x"]),
    ],
)
def test_steps_that_lead_elsewhere_are_refused(why: str, lines: list[str]) -> None:
    """Another version, records that can't go or come, other zones, other classes, more after the end."""
    with pytest.raises(MessageError, match=why):
        _led(_whole(1, NS), lines)


def test_a_set_of_which_records_have_several_ttls_is_no_ground() -> None:
    """Nobody knows any more which record has which."""
    before = _whole(1, NS)
    mixed = replace(before, spelt={f"record/{ZONE}/@/NS": Spelling(ttls=(60, 61))})
    with pytest.raises(MessageError, match="which record had which TTL isn't known"):
        _led(mixed, [_soa(2), _soa(1), "@ 60 NS ns.example.net.", _soa(2), _soa(2)])
