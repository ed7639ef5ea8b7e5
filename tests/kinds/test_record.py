"""Record sets: whatever the spelling, equal data is an equal canonical value."""

import json

import dns.rdata
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic_core import PydanticCustomError

from reconciler.kinds.record import RecordKind, record_value
from reconciler.kinds.record_names import canonical_owner, canonical_zone, name_to_wire, wire_to_name
from reconciler.kinds.record_show import txt_content, value_text
from reconciler.kinds.record_text import is_known_type, is_wire_type, opaque_value, record_address, wire_value

KIND = RecordKind()

SAME = [
    ("A", "203.0.113.10", "203.0.113.10"),
    ("AAAA", "2001:DB8:0:0::1", "2001:db8::1"),
    ("CNAME", "WWW.Example.ORG.", "www.example.org."),
    ("CNAME", "www.bücher.example.", "www.xn--bcher-kva.example."),
    ("MX", {"preference": "10", "exchange": "Mail.example.org."}, "10 mail.example.org."),
    ("MX", {"priority": 10, "value": "mail.example.org."}, "10 mail.example.org."),
    ("SRV", {"priority": "0", "weight": "5", "port": "443", "target": "a.example."}, "0 5 443 A.example."),
    ("CAA", {"tag": "ISSUE", "value": "ca.example.net"}, '0 issue "ca.example.net"'),
    ("CAA", {"flags": "128", "tag": "iodef", "value": "mailto:a@example.org"}, '128 IODEF "mailto:a@example.org"'),
    ("TXT", "v=DKIM1\\; k=rsa", '"v=DKIM1; k=rsa"'),
    ("TXT", "abc", '"a" "b" "c"'),
    ("TXT", "x" * 600, '"' + "x" * 600 + '"'),
    ("TXT", "x" * 600, f'"{"x" * 255}" "{"x" * 255}" "{"x" * 90}"'),
    ("TXT", "grün", '"gr\\195\\188n"'),
    ("SPF", "v=spf1 -all", '"v=spf1 -all"'),
    ("DS", {"key_tag": 1, "algorithm": 8, "digest_type": 2, "digest": "ab" * 32}, "1 8 2 " + "AB" * 32),
    ("DS", {"flags": 1, "protocol": 8, "algorithm": 2, "public_key": "ab" * 32}, "1 8 2 " + "AB" * 32),
    ("SSHFP", {"algorithm": 4, "fingerprint_type": 2, "fingerprint": "AB" * 32}, "4 2 " + "ab" * 32),
    ("TLSA", {"certificate_association_data": "ab" * 32}, "0 0 0 " + "AB" * 32),
    ("NAPTR", '10 20 "u" "SIP+D2U" "!a!b!" .', '10 20 "U" "SIP+D2U" "!a!b!" .'),
    (
        "NAPTR",
        {"order": 1, "preference": 2, "flags": "s", "service": "x", "regexp": 'a"\\', "replacement": "A.example."},
        '1 2 "S" "x" "a\\"\\\\" a.example.',
    ),
    ("URI", {"priority": 1, "weight": 2, "target": "https://example.org/"}, '1 2 "https://example.org/"'),
    (
        "HTTPS",
        {"svcpriority": 1, "targetname": ".", "svcparams": {"alpn": ["h2", "h3"], "port": 443}},
        '1 . port=443 alpn="h2,h3"',
    ),
    ("SVCB", {"svcpriority": 0, "targetname": "Svc.example."}, "0 svc.example."),
    (
        "LOC",
        {
            "lat_degrees": 52,
            "lat_minutes": 22,
            "lat_seconds": 1.5,
            "lat_direction": "N",
            "long_degrees": 9,
            "long_minutes": 43,
            "long_seconds": 0,
            "long_direction": "E",
            "altitude": 50,
            "size": 1,
            "precision_horz": 10000,
            "precision_vert": 10,
        },
        "52 22 1.500 N 9 43 0.000 E 50m",
    ),
    ("OPENPGPKEY", "AAEC", "AAEC"),
    ("TYPE65280", "\\# 4 0A000001", "\\# 4 0a 00 00 01"),
]


@pytest.mark.parametrize(("rtype", "one", "other"), SAME)
def test_two_spellings_of_the_same_data_are_one_value(rtype: str, one: object, other: object) -> None:
    """Case, mapping or text, quoting, chunks and IDN never make a difference."""
    assert wire_value(rtype, one) == wire_value(rtype, other)


@pytest.mark.parametrize(("rtype", "one", "_other"), SAME)
def test_json_and_yaml_give_back_the_value(rtype: str, one: object, _other: object) -> None:
    """What the record and `init` write is read back as the very same value."""
    value = record_value(rtype, 300, [wire_value(rtype, one)], {"octodns": {"x": "1"}})
    assert KIND.from_json(json.loads(json.dumps(KIND.to_json(value)))) == value
    written = KIND.to_yaml(f"record/example.org/@/{rtype}", value)
    written["options"] = {"octodns": written.pop("octodns")}
    assert KIND.parse(f"record/example.org/@/{rtype}", written) == value


REFUSED = [
    ("A", "203.0.113", "wrong_type"),
    ("A", "010.0.0.1", "wrong_type"),
    ("AAAA", "203.0.113.1", "wrong_type"),
    ("A", {"a": "b"}, "wrong_type"),
    ("CNAME", "www.example.org", "missing_dot"),
    ("MX", "10 mail", "missing_dot"),
    ("SVCB", "1 svc.example alpn=h2", "missing_dot"),
    ("SRV", {"priority": 0, "weight": 0, "port": 1, "target": "x"}, "missing_dot"),
    ("CNAME", "a..example.", "wrong_value"),
    ("CNAME", "x" * 64 + ".example.", "wrong_value"),
    ("CNAME", "two words.", "wrong_type"),
    ("MX", {"preference": "ten", "exchange": "a."}, "wrong_type"),
    ("MX", {"preference": "70000", "exchange": "a."}, "wrong_type"),
    ("MX", {"preferense": "10", "exchange": "a."}, "unknown_key"),
    ("MX", {"preference": "10"}, "missing_key"),
    ("MX", "mail.example.org.", "wrong_type"),
    ("CAA", {"tag": "a b", "value": "x"}, "wrong_type"),
    ("TXT", "x" * 65_001, "wrong_value"),
    ("TXT", '"a" b"', "wrong_value"),
    ("TXT", '"\\19"', "wrong_value"),
    ("TXT", '"\\256"', "wrong_value"),
    ("DS", "1 2", "wrong_value"),
    ("SSHFP", {"algorithm": "4 4", "fingerprint_type": 2, "fingerprint": "ab"}, "wrong_type"),
    ("OPENPGPKEY", {"a": "b"}, "wrong_type"),
]


@pytest.mark.parametrize(("rtype", "value", "code"), REFUSED)
def test_bad_data_is_refused_with_a_code(rtype: str, value: object, code: str) -> None:
    """Every refusal is an error of ours, never one of a library's."""
    with pytest.raises(PydanticCustomError) as caught:
        wire_value(rtype, value)
    assert caught.value.type == code


def test_lenient_takes_a_target_without_a_dot_as_absolute() -> None:
    """As octoDNS does."""
    assert wire_value("CNAME", "www.example.org", lenient=True) == wire_value("CNAME", "www.example.org.")
    assert wire_value("SVCB", "1 svc.example", lenient=True) == wire_value("SVCB", "1 svc.example.")


def test_semicolons_are_unescaped_only_where_octodns_does() -> None:
    """`escaped_semicolons: false` keeps a backslash before a semicolon."""
    assert wire_value("TXT", "a\\;b") == b"\x03a;b"
    assert wire_value("TXT", "a\\;b", escaped_semicolons=False) == b"\x04a\\;b"


def test_types_are_known_exactly_when_they_can_be_declared() -> None:
    """Wire types, octoDNS's types without RDATA and provider types; not query types, not nonsense."""
    assert all(is_wire_type(t) for t in ("A", "SVCB", "TYPE65280", "CERT", "NSEC3PARAM", "SOA"))
    assert not any(is_wire_type(t) for t in ("ALIAS", "ANY", "AXFR", "OPT", "TSIG", "NONE", "a", "NOPE", ""))
    assert is_known_type("ALIAS")
    assert is_known_type("Route53Provider/ALIAS")
    assert not is_known_type("NOPE")


def test_addresses_are_canonical() -> None:
    """Case, a trailing dot of the zone, IDN and the two names of the apex make no second address."""
    assert record_address("Example.ORG.", "WWW", "A") == "record/example.org/www/A"
    assert record_address("bücher.example", "", "MX") == record_address("xn--bcher-kva.example", "@", "MX")
    assert record_address("e.org", "a/b", "Route53Provider/ALIAS") == "record/e.org/a%2Fb/Route53Provider%2FALIAS"
    assert record_address("e.org", "a\\046b", "A") == record_address("e.org", "A\\.b", "A")


def test_a_label_that_is_an_at_sign_is_not_the_apex() -> None:
    """Some panels make such a name for who types ``@``; it is a name like any other."""
    wire = b"\x01@\x07example\x03org\0"
    assert wire_to_name(wire) == (r"\@.example.org.", len(wire))
    assert name_to_wire(r"\@.example.org.") == wire
    assert (canonical_owner("@"), canonical_owner(r"\@")) == ("@", r"\@")
    assert wire_to_name(b"\x03a@b\0")[0] == "a@b."


labels = st.binary(min_size=1, max_size=20)


@given(st.lists(labels, max_size=6))
def test_any_name_survives_wire_and_text(parts: list[bytes]) -> None:
    """A name read from the wire, shown as text and read again is the same name."""
    wire = b"".join(bytes((len(p),)) + p.lower() for p in parts) + b"\0"
    text, end = wire_to_name(wire)
    assert end == len(wire)
    assert name_to_wire(text) == wire


@given(st.binary(max_size=900))
def test_any_txt_octets_survive_text(data: bytes) -> None:
    """Quotes, backslashes, semicolons and octets outside ASCII come back as they were."""
    wire = wire_value("TXT", value_text("TXT", _chunked(data)))
    assert txt_content(wire) == data


def _chunked(data: bytes) -> bytes:
    parts = [data[i : i + 255] for i in range(0, len(data), 255)] or [b""]
    return b"".join(bytes((len(part),)) + part for part in parts)


@given(st.sampled_from(["A", "AAAA", "MX", "SRV", "CAA", "TXT", "NS"]), st.data())
def test_the_direct_paths_agree_with_dnspython(rtype: str, data: st.DataObject) -> None:
    """Text that dnspython reads gives the octets that dnspython gives."""
    host = data.draw(st.from_regex(r"\A[a-z0-9_-]{1,10}(\.[a-z0-9]{1,10}){0,3}\.\Z"))
    number = data.draw(st.integers(0, 65535))
    text = {
        "A": data.draw(st.ip_addresses(v=4).map(str)),
        "AAAA": data.draw(st.ip_addresses(v=6).map(str)),
        "MX": f"{number} {host}",
        "SRV": f"{number} 0 {number} {host}",
        "CAA": f'{number % 256} issue "{host}"',
        "TXT": f'"{host}" "{number}"',
        "NS": host,
    }[rtype]
    expected = dns.rdata.from_text("IN", rtype, text).to_wire()
    if rtype == "TXT":
        assert txt_content(wire_value(rtype, text)) == txt_content(expected)
    else:
        assert wire_value(rtype, text) == expected


def test_types_without_rdata_are_kept_as_canonical_json() -> None:
    """Their values compare by content, whatever the order of keys."""
    one, other = opaque_value({"a": "1", "b": "2"}), opaque_value({"b": "2", "a": "1"})
    assert record_value("URLFWD", 60, [one]) == record_value("URLFWD", 60, [other])


def test_the_order_and_number_of_equal_values_makes_no_difference() -> None:
    """A record set is a set."""
    a, b = wire_value("A", "192.0.2.1"), wire_value("A", "192.0.2.2")
    assert record_value("A", 60, [b, a, a]) == record_value("A", 60, [a, b])


def test_zone_and_owner_names_refuse_what_is_no_name() -> None:
    """An absolute owner name would be read twice as long as meant."""
    with pytest.raises(PydanticCustomError):
        canonical_owner("www.example.org.")
    with pytest.raises(PydanticCustomError):
        canonical_zone("a..b")
