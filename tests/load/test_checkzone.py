"""Master files mean what BIND's named-checkzone says they mean, and the same ones are refused."""

from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from load.checkzone import Found, checkzone, comparable
from load.written import load
from reconciler.kinds.record import RecordValue, texts
from reconciler.kinds.record_text import is_wire_type
from reconciler.model.address import decode_part
from reconciler.model.errors import DiagnosticsError
from reconciler.model.state import Desired, State

HEAD = "@ SOA ns.example.net. hostmaster 1 2 3 4 50\n@ NS ns.example.net.\n"

OWNERS = st.sampled_from(
    [
        "a",
        "b",
        "@",
        " ",
        " ",
        "A",
        "a.b",
        "B.example.org.",
        r"x\.y",
        r"x\032y",
        "*",
        "_sip._tcp",
        "www.example.org",
        '"a"',
    ]
)
TTLS = st.sampled_from(["", "", "", "100", "1h", "2d3m", "1H30M", "0"])
CLASSES = st.sampled_from(["", "", "", "IN", "in", "CLASS1"])
DATA = st.sampled_from(
    [
        "A 192.0.2.1", "A 192.0.2.2", r"A \# 4 c0 00 02 03", "TYPE1 192.0.2.4", r"type1 \# 4 C0000205", "a 192.0.2.6",
        "AAAA 2001:db8::1", "AAAA ::ffff:1.2.3.4", "MX 10 mail", "MX 010 Mail.Example.NET.", "MX 0 .", "MX 1 @",
        "MX 5 mail.example.org", "TXT a b", 'TXT "a b" c', r'TXT "q\"\065;" x\;y', 'TXT ""', 'TXT a"b"', "TXT k=v;w",
        'TXT "ü"', "SPF x", "SRV 1 2 3 a", "SRV 0 0 0 .", 'CAA 0 ISSUE "ca.example.net"', "CAA 128 iodef x", "PTR b",
        r"PTR x\.y", "HTTPS 1 . alpn=h2,h3 port=443", "SVCB 0 b",
        "LOC 52 22 23.000 N 4 53 32.000 E -2.00m", "LOC 52 N 4 E 0",
        "SSHFP 1 1 0123456789012345678901234567890123456789", 'NAPTR 1 1 "s" "x+y" "" b', 'URI 1 1 "http://x"',
        "HINFO a b", "RP a b", "AFSDB 1 a", r"TYPE65280 \# 2 abcd", r"TYPE65280 \# 0", "CERT 1 1 1 AAAA",
        "EUI48 00-00-5e-00-53-2a", "DNAME c", "TLSA 3 1 0 00 11",
    ]
)  # fmt: skip
WRONG = st.sampled_from(
    [
        "A 192.0.2", "A 192.0.2.1 192.0.2.2", 'A "192.0.2.1"', "AAAA x", "MX 10", "MX 1h a", "MX 65536 a", 'MX 10 "a"',
        "TXT", 'TXT "a', r'TXT "a\"', r"TXT \256", "TXT " + "x" * 256, "A )", "CNMAE a", "",
        "IN IN A 192.0.2.1", "OPT x",
        "5 5 A 192.0.2.1", "CH A 192.0.2.1", "CLASS3 A 192.0.2.1", '"A" 192.0.2.1', "ANY x", r"A \# 3 010203", "AXFR",
        r"MX \# 4 000a0000", "SSHFP 1 1 ABCD", "CAA 256 issue x", "HTTPS 1 . port=1 port=2", "PTR a..b", "CNAME b c",
        "PTR " + "x" * 64, "SOA a b 1 2 3 4 5", "1h30 A 192.0.2.1", "DS 1 8 2 00", r"TYPE65536 \# 0", "HINFO a",
    ]
)  # fmt: skip
LAYOUTS = st.sampled_from(
    ["{o} {t} {c} {d}", "{o}\t{c} {t}\t{d} ; a comment (", "{o} ( {t}\n {c} {d} ; x\n )", "{o} {c} {t} (\n\n{d}\n)",
     "\n{o} {t} {d}"]
)  # fmt: skip
DIRECTIVES = st.sampled_from(
    [
        "$TTL 77", "$ttl 1h", "$ORIGIN b", "$ORIGIN example.org.", "$ORIGIN @", "; nothing", "   ", " ; nothing",
        "$GENERATE 1-3 h$ A 192.0.2.$", "$GENERATE 1-9/4 h${1,3,x} 9 IN CNAME c${-1,0,d}",
        r"$GENERATE 1-2 p\$$ PTR q$$$",
        '$GENERATE 1-2 m$ MX "10 m$"', r'$GENERATE 1-2 t$ TXT "\"x $\""', "$GENERATE 0-17 ${0,3,n} PTR h${7,3,N}.x",
        "$GENERATE 8-9 o${0,2,o} A 192.0.2.$", "$GENERATE 1-2 g 300 A 192.0.2.$",
    ]
)  # fmt: skip
WRONG_DIRECTIVES = st.sampled_from(
    [
        "$TTL", "$TTL x", "$TTL 1 2", "$ORIGIN", "$ORIGIN a b", "$FOO", "$GENERATE 2-1 a$ A 192.0.2.$", "$GENERATE 1-2",
        "$GENERATE 1-2/0 a$ A 192.0.2.$", "$GENERATE 1-2 a$ A 192.0.2.$ x", "$GENERATE 1-2 m$ MX 10 m$", "$ORIGIN a..b",
        "$GENERATE 0-1 n PTR h${7,4,N}.x",
        "$GENERATE 1-2 a${1 A 192.0.2.1", "$GENERATE 1-2 a${1,2,q} A 192.0.2.1", "$GENERATE 1-2 a$ A 192.0.2.30$",
    ]
)  # fmt: skip


@st.composite
def lines(draw: st.DrawFn, data: st.SearchStrategy[str]) -> str:
    """Return one record in some layout."""
    parts = {"o": draw(OWNERS), "t": draw(TTLS), "c": draw(CLASSES), "d": draw(data)}
    return draw(LAYOUTS).format(**parts)


GOOD = lines(DATA) | DIRECTIVES
BAD = lines(WRONG) | WRONG_DIRECTIVES
TOPS = st.sampled_from(
    [HEAD, f"$TTL 1d\n{HEAD}", HEAD.replace("@ SOA", "@ 77 IN SOA"), HEAD.replace("SOA", "SOA (").replace("50", "50 )")]
)


def found_in(state: State) -> Found:
    """Return our record sets in the words of the second opinion."""
    found = {}
    for address, value in state.items():
        if isinstance(value, RecordValue) and is_wire_type(value.rtype):
            _, zone, name, rtype = map(decode_part, address.split("/"))
            owner = f"{zone}." if name == "@" else f"{name}.{zone}."
            found[owner, rtype] = (value.ttl, frozenset(comparable(rtype, text) for text in texts(value)))
    return found


def ours(text: str) -> Desired | None:
    """Return what we read, None for a file that is refused."""
    try:
        return load({"zones/example.org.zone": text})
    except DiagnosticsError:
        return None


def agree(text: str, folder: Path) -> None:
    """Both refuse a file, or read the same in it; a CNAME beside other data is a warning of ours."""
    theirs, said = checkzone(text, folder)
    desired = ours(text)
    if "CNAME and other data" in said and desired is not None:
        assert "cname-beside-others" in {finding.code for finding in desired.findings}
        return
    assert (theirs is None) == (desired is None), said
    if theirs is not None and desired is not None:
        assert found_in(desired.state) == theirs
        assert ("different-ttls" in {f.code for f in desired.findings}) >= ("TTL set to prior TTL" in said)


@given(st.tuples(TOPS, st.lists(GOOD, max_size=12)))
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_same_record_sets(tmp_path: Path, parts: tuple[str, list[str]]) -> None:
    """Whatever a file is made of, both read the same names, types, TTLs and data."""
    top, rest = parts
    agree(top + "\n".join(rest) + "\n", tmp_path)


@given(st.lists(GOOD, max_size=3), BAD, st.lists(GOOD, max_size=3))
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_same_files_are_refused(tmp_path: Path, before: list[str], bad: str, after: list[str]) -> None:
    """A line that is wrong for one is wrong for the other."""
    agree(HEAD + "\n".join([*before, bad, *after]) + "\n", tmp_path)
