"""The direct way to read a zone's file of the index: the same as the general one, and most lines do go it."""

from random import Random

import pytest

from hand_made import records
from reconciler.kinds.record import RecordValue
from reconciler.model.fields import Json
from reconciler.model.state import Provenance
from reconciler.record import index, zone_lines
from reconciler.record.index import Kept, encode, to_json
from reconciler.record.zone_lines import read_lines
from record.lines import difference, file_of, mutated

ORIGIN = Provenance(3, "ab" * 20, "zones/example.org.yaml")


def test_it_reads_what_the_general_way_reads() -> None:
    """Of random files, as they are and changed at random, both ways find the same, or both refuse."""
    rng = Random("lines")
    for _ in range(300):
        whole = file_of(rng)
        assert not difference(whole)
        assert not difference(mutated(rng, whole))


@pytest.mark.parametrize(
    ("rtype", "values"),
    [
        ("A", ["192.0.2.1"]),
        ("A", ["192.0.2.1", "192.0.2.2", "192.0.2.3"]),
        ("AAAA", ["2001:db8::1"]),
        ("CAA", ['0 issue "ca.example.net"']),
        ("CNAME", ["www.example.net."]),
        ("MX", ["10 mx.example.org."]),
        ("NS", ["ns1.example.net.", "ns2.example.net."]),
        ("PTR", ["host.example.org."]),
        ("SRV", ["0 5 5060 sip.example.org."]),
        ("TXT", ['"v=spf1 -all"']),
        ("TXT", ['"a" "b"']),
    ],
)
def test_usual_lines_go_the_direct_way(rtype: str, values: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """What zones usually hold is never read as JSON but for its origin, which is read once."""
    address = f"record/example.org/www/{rtype}"
    kept = Kept(records(rtype, 300, *values), ORIGIN)
    data = encode({address: to_json(address, kept)})
    monkeypatch.setattr(index, "decode", lambda _: pytest.fail("the general way"))
    monkeypatch.setattr(index, "from_json", lambda *_: pytest.fail("JSON"))
    assert read_lines(data) == ({address: kept.value}, {address: ORIGIN})


@pytest.mark.parametrize(
    ("value", "more"),
    [
        ({"type": "A", "ttl": 60, "values": ["192.0.2.1"], "options": {"octodns": {"x": 1}}}, {}),
        ({"type": "ALIAS", "ttl": 60, "values": ["www.example.net."]}, {}),
        ({"type": "TXT", "ttl": 60, "values": ['"a\\"b"']}, {}),
        ({"type": "TXT", "ttl": 60, "values": ['"a"', '"b"']}, {}),
        ({"type": "NAPTR", "ttl": 60, "values": ['1 1 "U" "x" "" .']}, {}),
        ({"type": "A", "ttl": 60, "values": ["192.0.2.1"]}, {"live_id": "17"}),
        ({"type": "A", "ttl": 60, "values": ["192.0.2.1"]}, {"path": 'a"b.yaml'}),
    ],
)
def test_one_odd_line_is_read_alone(value: Json, more: Json, monkeypatch: pytest.MonkeyPatch) -> None:
    """A line of another form is read as JSON, and the others of its file are not."""
    odd = f"record/example.org/odd/{value['type']}"
    usual = {f"record/example.org/h{number}/A": Kept(records("A", 60, "192.0.2.1"), ORIGIN) for number in range(9)}
    entry = {"value": value, "receipt": 3, "commit": "ab" * 20, "path": "dns.yaml", **more}
    data = encode({odd: entry, **{address: to_json(address, kept) for address, kept in usual.items()}})
    general = index.from_json
    read = list[str]()
    monkeypatch.setattr(index, "decode", lambda _: pytest.fail("the general way"))
    monkeypatch.setattr(index, "from_json", lambda address, entry: read.append(address) or general(address, entry))
    values, origins = read_lines(data)
    assert read == [odd]
    assert Kept(values.pop(odd), origins.pop(odd)) == general(odd, entry)
    assert (values, origins) == ({a: k.value for a, k in usual.items()}, dict.fromkeys(usual, ORIGIN))


def test_values_and_origins_are_shared() -> None:
    """What is equal in many lines is one object: the origin and the type."""
    entry = to_json("record/x/y/A", Kept(records("A", 60, "192.0.2.1"), ORIGIN))
    data = encode({f"record/example.org/h{number}/A": entry for number in range(3)})
    values, origins = read_lines(data)
    assert len({id(origin) for origin in origins.values()}) == 1
    assert len({id(value.rtype) for value in values.values() if isinstance(value, RecordValue)}) == 1


@pytest.mark.parametrize("cut", [b"", b'{"$format":1\n', b'{"$format":2\n}\n', b"}\n", b"\n}\n"])
def test_a_cut_file_is_refused(cut: bytes) -> None:
    """A file without its first or last line, or of another format, is never taken for an empty one."""
    with pytest.raises(ValueError, match=r"format|Expecting|Extra data"):
        read_lines(cut)
    assert zone_lines.read_whole(b'{"$format":1\n}\n') == read_lines(b'{"$format":1\n}\n') == ({}, {})
