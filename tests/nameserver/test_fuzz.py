"""We read what dnspython reads, and write what dnspython reads as meant. ``make fuzz-wire`` does it 100,000 times."""

from random import Random

import dns.rdatatype
import pytest

from nameserver import fuzz
from nameserver.grammar import TYPES, rdata, zone_name
from nameserver.reading import answer, difference, mutated, ours, theirs
from nameserver.writing import Server, case
from reconciler.kinds.record_text import wire_value
from reconciler.nameserver.message import MessageError, read_message, read_name
from reconciler.nameserver.rdata import read_rdata, type_code, type_text


def test_some_hundred_messages_are_read_as_dnspython_reads_them() -> None:
    """Whole ones are read; changed ones are read the same or refused, and both happen."""
    went, wrong = fuzz.read("suite", 400)
    assert wrong == []
    assert min(went["read"], went["changed and read"], went["changed and refused"]) > 20


def test_some_hundred_updates_mean_what_was_asked_for() -> None:
    """Each does all of it, or nothing where somebody was faster, and fits."""
    went, wrong = fuzz.write("suite", 300)
    assert wrong == []
    assert went["written"] > went["zones"]


def test_some_hundred_exchanges_are_signed_as_dnspython_signs_them() -> None:
    """It proves what we sign; of what it signs, changed or not, of today or not, we say what it says."""
    went, wrong = fuzz.sign("suite", 300)
    assert wrong == []
    assert min(went["proven"], went["wrong"], went["not now"]) > 20


@pytest.mark.parametrize("rtype", sorted(TYPES))
def test_wire_and_text_lead_to_the_same_value(rtype: str) -> None:
    """What a server sends and what people write of it are one canonical value."""
    rng = Random(rtype)
    for _ in range(10):
        data = rdata(rng, rtype, zone_name(rng))
        wire = data.to_wire() or b""
        assert read_rdata(type_code(rtype), wire, 0, len(wire), {}) == (wire, wire_value(rtype, data.to_text()))


def test_a_message_cut_anywhere_is_refused() -> None:
    """There is no octet that may be missing."""
    wire = answer(Random(7))
    assert isinstance(ours(wire), list)
    assert all(isinstance(ours(wire[:end]), str) for end in range(len(wire)))
    assert isinstance(ours(wire + b"\0"), str)


@pytest.mark.parametrize(
    ("name", "why"),
    [
        (b"\xc0\x00", "doesn't lead backwards"),  # to itself
        (b"\xc0\x02\x00", "doesn't lead backwards"),  # forwards
        (b"\x01a\xc0\x00", "doesn't lead backwards"),  # round and round
        (b"\x3fx", "cut off"),
        (b"\xc0", "cut off"),
        (b"\x01a", "cut off"),
        (b"\x80", "unknown kind"),
        (b"\x40", "unknown kind"),
        ((b"\x3f" + b"x" * 63) * 4 + b"\0", "too long"),
    ],
)
def test_what_is_no_name_is_refused(name: bytes, why: str) -> None:
    """Whatever stands there, reading it ends, and inside the message."""
    with pytest.raises(MessageError, match=why):
        read_name(name, 0, len(name), {})


def test_a_long_chain_of_pointers_is_refused() -> None:
    """Each leads backwards, but nobody compresses like that; dnspython stops at the same one."""
    wire = b"\x01a\x00" + b"".join((0xC000 | max(3 + (n - 1) * 2, 0) if n else 0xC000).to_bytes(2) for n in range(40))
    known: dict[int, tuple[bytes, int]] = {}
    for number in range(16):
        assert read_name(wire, 3 + 2 * number, len(wire), known) == (b"\x01a\x00", 5 + 2 * number)
    with pytest.raises(MessageError, match="too long"):
        read_name(wire, 3 + 2 * 16, len(wire), known)


def test_types_have_one_name() -> None:
    """Both ways, also those that have none."""
    for code in (1, 16, 65, 257, 65280, 65534):
        assert type_code(type_text(code)) == code
    assert type_text(65280) == "TYPE65280"


def test_a_signature_in_the_middle_is_refused() -> None:
    """It would sign only what stands before it."""
    wire = bytearray(answer(Random(3), 1))
    tsig = b"\0" + dns.rdatatype.TSIG.to_bytes(2) + b"\x00\xff" + bytes(6)
    wire[10:12] = (2).to_bytes(2)
    with pytest.raises(MessageError, match="a signature doesn't stand at its end"):
        read_message(bytes(wire) + tsig + b"\0\x00\x01\x00\x01" + bytes(6))


def test_the_harness_sees_what_is_wrong() -> None:
    """A reader that reads something else, and a server that is too kind, would be noticed."""
    rng = Random(1)
    wire = answer(rng)
    changed = next(
        w for w in (mutated(rng, wire) for _ in range(500)) if isinstance(ours(w), list) and ours(w) != ours(wire)
    )
    assert difference(changed) == ""
    assert ours(changed) != theirs(wire)
    given = case(rng)
    assert Server(given).soa in given.held[given.apex, "SOA"][1]
