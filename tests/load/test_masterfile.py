"""Zones as master files (RFC 1035): the same canonical record sets as from YAML, and where we differ from BIND."""

from pathlib import Path
from time import process_time

import pytest

from load.checkzone import accepts, checkzone
from load.test_zonefile import record
from load.written import account, codes, errors, load, the_error
from reconciler.kinds.record import texts
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.span import Span

FILE = "zones/example.org.zone"
HEAD = "$TTL 3600\n@ SOA ns.example.net. hostmaster 1 2 3 4 50\n@ NS ns.example.net.\n"


def master(text: str, options: str = "") -> dict[str, str]:
    """Return the master file of example.org, and options of the zone."""
    more = {"resources.yaml": f"zones:\n  example.org: {options}\n"} if options else {}
    return {FILE: text, **more}


def findings(text: str) -> list[Diagnostic]:
    """Return the findings about a master file."""
    return list(load(master(text)).findings)


class TestRecords:
    """A master file declares what YAML declares."""

    def test_both_formats_declare_the_same(self) -> None:
        """The canonical record sets are equal, whatever the spelling."""
        text = (
            f"{HEAD}www 300 IN CNAME @\n    ; a comment\nMail A 192.0.2.1\n     A 192.0.2.2\n"
            '@ MX ( 10 ; first\n mail )\n\tTXT "v=spf1 " "mx;" -all\n_sip._tcp SRV 0 5 5060 mail.example.org.\n'
        )
        yaml = (
            "'':\n- {type: NS, value: ns.example.net.}\n- {type: MX, value: 10 mail.example.org.}\n"
            "- {type: TXT, value: 'v=spf1 mx\\;-all'}\n"
            "www: {type: CNAME, ttl: 300, value: example.org.}\n"
            "mail: {type: A, values: [192.0.2.1, 192.0.2.2]}\n"
            "_sip._tcp: {type: SRV, value: 0 5 5060 mail.example.org.}\n"
        )
        assert load(master(text)).state == load({"zones/example.org.yaml": yaml}).state

    def test_a_record_set_has_the_place_of_its_first_record(self) -> None:
        """Line and column of the name, or of what stands first."""
        desired = load(master(f"{HEAD}a A 192.0.2.1\n  A 192.0.2.2\n  TXT x\n"))
        assert desired.places["record/example.org/a/A"] == Span(FILE, 4, 1)
        assert desired.places["record/example.org/a/TXT"] == Span(FILE, 6, 3)

    def test_the_soa_is_never_managed_and_the_apex_ns_is(self) -> None:
        """The SOA gives a TTL at most; the NS of the apex counts as declared."""
        state = load(master(HEAD)).state
        assert sorted(state) == ["record/example.org/@/NS", "zone/example.org"]

    @pytest.mark.parametrize(
        ("text", "ttl"),
        [
            ("a 5 A 192.0.2.1", 5),
            ("$TTL 1h\na A 192.0.2.1", 3600),
            ("@ SOA a b 1 2 3 4 50\na A 192.0.2.1", 50),
            ("@ 9 SOA a b 1 2 3 4 50\na A 192.0.2.1", 9),
            ("b 7 A 192.0.2.1\na A 192.0.2.1", 7),
            ("b 7 A 192.0.2.1\n$TTL 8\na A 192.0.2.1", 8),
            ("a A 192.0.2.1", 600),
        ],
    )
    def test_where_a_ttl_comes_from(self, text: str, ttl: int) -> None:
        """The record, `$TTL`, the SOA, the record before, and where the file says none the option `default_ttl`."""
        assert record(load(master(f"{text}\n", "{default_ttl: 600}")), "record/example.org/a/A").ttl == ttl

    @pytest.mark.parametrize(
        ("text", "ttl"),
        [("a 10 A 192.0.2.1\na 20 A 192.0.2.2\n", 10), ("a 10 A 192.0.2.1\nb A 192.0.2.1\na 20 A 192.0.2.2\n", 20)],
    )
    def test_different_ttls_are_a_finding_and_one_counts(self, text: str, ttl: int) -> None:
        """The first of neighbours, the last of others, as BIND takes them; both places are shown."""
        desired = load(master(HEAD + text))
        assert record(desired, "record/example.org/a/A").ttl == ttl
        (finding,) = desired.findings
        assert (finding.code, finding.related) == ("different-ttls", (Span(FILE, 4, 1),))

    @pytest.mark.parametrize(
        "line",
        ["a MX 10 mail.example.org", "www.example.org A 192.0.2.1", "a RP mail.EXAMPLE.org .", "a CNAME example.org"],
    )
    def test_the_classic_mistake(self, line: str) -> None:
        """A name that ends with the zone's name twice is a finding at the name."""
        (finding,) = findings(f"{HEAD}{line}\n")
        word = next(word for word in line.split() if word.lower().endswith("example.org"))
        assert (finding.code, finding.span) == ("doubled-zone", Span(FILE, 4, line.index(word) + 1))
        assert finding.detail == f"`{word}` has no trailing dot, so it stands for {word.lower()}.example.org."

    def test_names_that_only_look_doubled(self) -> None:
        """Absolute names, names below another origin and longer labels are none."""
        assert not findings(f"{HEAD}a CNAME mail.example.org.\nb CNAME myexample.org\n$ORIGIN net.\n@ CNAME x.\n"[:-15])

    def test_generated_records(self) -> None:
        """`$GENERATE` counts, with offset, width and base."""
        state = load(master(f"{HEAD}$GENERATE 9-11/2 h${{1,3,x}} 60 A 192.0.2.$\n")).state
        assert texts(record(load(master(f"{HEAD}$GENERATE 1-1 h A 192.0.2.$\n")), "record/example.org/h/A")) == [
            "192.0.2.1"
        ]
        assert {a for a in state if a.endswith("/A")} == {"record/example.org/h00a/A", "record/example.org/h00c/A"}

    def test_a_cname_beside_other_records_is_the_finding_that_it_is_in_yaml(self) -> None:
        """Rules over zones hold for both formats."""
        assert [f.code for f in findings(f"{HEAD}a CNAME b\na TXT x\n")] == ["cname-beside-others"]

    def test_records_below_a_managed_zone(self) -> None:
        """They belong into that zone's file, whichever format it has."""
        files = {**master(f"{HEAD}www.sub A 192.0.2.1\nsub NS ns.example.net.\n"), "zones/sub.example.org.yaml": "{}\n"}
        assert codes(files) == ["below-managed-zone"]
        assert codes({**files, "resources.yaml": "zones: {example.org: {lenient: true}}\n"}) == []


class TestFiles:
    """`ZONE.zone` in the zone folder."""

    def test_one_zone_in_both_formats(self) -> None:
        """Two files for one zone are an error that shows both."""
        found = the_error({**master(HEAD), "zones/example.org.yaml": "{}\n"})
        assert (found.code, found.span, found.related) == (
            "duplicate-address", Span(FILE, 1, 1), (Span("zones/example.org.yaml", 1, 1),),
        )  # fmt: skip

    def test_an_option_about_yaml_is_an_error(self) -> None:
        """`escaped_semicolons` has nothing to decide in a master file; as a default of all zones it may stand."""
        assert codes(master(HEAD, "{escaped_semicolons: false}")) == ["option-without-effect"]
        defaults = account("dns: {defaults: {escaped_semicolons: false}}\n")
        assert codes({**master(HEAD), "account.yaml": defaults}) == []

    def test_templates_are_none_in_a_master_file(self) -> None:
        """With `dns.templates` YAML is rendered, a master file never."""
        files = {**master(f'{HEAD}a TXT "{{{{ vars.x }}}}"\n'), "account.yaml": account("dns: {templates: true}\n")}
        assert texts(record(load(files), "record/example.org/a/TXT")) == ['"{{ vars.x }}"']

    def test_a_file_without_records(self) -> None:
        """An empty file is a finding, one with an SOA says that it is meant."""
        assert [f.code for f in findings("; nothing yet\n")] == ["empty-zone-file"]
        assert not findings("@ SOA a b 1 2 3 4 5\n")

    def test_other_files_are_still_a_finding(self) -> None:
        """A zone is `ZONE.yaml` or `ZONE.zone`."""
        assert [f.code for f in load({**master(HEAD), "zones/example.net.db": HEAD}).findings] == ["other-file"]


class TestErrors:
    """All of a file's errors at once, each at its place."""

    def test_reading_goes_on_after_an_error(self) -> None:
        """Every wrong line is named, and nothing else."""
        text = (
            f'{HEAD}a A 192.0.2\nb TXT "x\nc CNMAE b\nd MX ( 10 ;\n  "x" )\n$INCLUDE other\n e TXT\nf CH A 192.0.2.1\n'
            "g.example.net. A 192.0.2.1\nh A 192.0.2.1 )\n$GENERATE 1-99999 i A 192.0.2.1\n"
            "j A 192.0.2.1\nk A ( 192.0.2.1\n"
        )
        assert [(f.code, f.span and f.span[1:]) for f in errors(master(text))] == [
            ("wrong-value", (4, 5)), ("master-syntax", (5, 7)), ("unknown-type", (6, 3)), ("wrong-value", (8, 3)),
            ("master-directive", (9, 1)), ("unknown-type", (10, 2)), ("wrong-class", (11, 3)), ("out-of-zone", (12, 1)),
            ("master-syntax", (13, 15)), ("too-many-generated", (14, 11)), ("master-syntax", (16, 5)),
        ]  # fmt: skip

    @pytest.mark.parametrize(
        ("text", "code"),
        [
            (" A 192.0.2.1", "master-syntax"),
            ("a", "master-syntax"),
            ("$ORIGIN", "master-syntax"),
            ("$TTL x", "wrong-value"),
            ("$UNICODE x", "master-directive"),
            ("a SOA a b 1 2 3 4 5", "wrong-value"),
            ("@ SOA a b 1 2 3 4 5\n@ SOA a b 2 2 3 4 5", "wrong-value"),
            ("a CNAME b\na CNAME c", "wrong-value"),
            ("a 2147483648 A 192.0.2.1", "wrong-value"),
            ("ü A 192.0.2.1", "wrong-value"),
            ("a TXT " + "x" * 65_537, "scalar-too-long"),
            ("a TXT (" + "\n x" * 65_600, "too-many-nodes"),
            ("a TXT \u2028", "control-character"),
            ("$GENERATE 1-2 a${1 A 192.0.2.1", "wrong-value"),
            ("$GENERATE 0-1 a A 192.0.2.${-1,0,x}", "wrong-value"),
            ("$GENERATE 1-40000 a$ A 192.0.2.1\n$GENERATE 1-40000 b$ A 192.0.2.1", "too-many-generated"),
        ],
    )
    def test_what_is_refused(self, text: str, code: str) -> None:
        """One mistake is one error."""
        assert codes(master(f"{text}\n")) == [code]

    @pytest.mark.parametrize(
        "text",
        [
            "(" * 60 + "\n",
            "a X\n" * 2000,
            '"\n' * 2000,
            "$ORIGIN a\n" * 2000,
            "a A (\n" * 2000,
            "$GENERATE 1-60000 a A x\n" * 99,
        ],
        ids=["deep", "wrong", "quotes", "origins", "open", "generated"],
    )
    def test_what_is_hopeless_ends_fast(self, text: str) -> None:
        """After 500 wrong lines, or 50 open parentheses, nothing more is read."""
        began = process_time()
        found = codes(master(text))
        assert 0 < len(found) <= 502
        assert process_time() - began < 2

    def test_windows_line_ends(self) -> None:
        """They are line ends, and places stay right."""
        assert [f.span for f in errors(master("@ NS a.\r\n\r\nb A x\r\n"))] == [Span(FILE, 3, 5)]


#: Where we refuse what BIND takes: a text for each class, and why.
STRICTER = {
    "out of zone": "x.example.net. A 192.0.2.1",  # BIND skips it with a warning
    "TTL above the maximum": "a 2147483648 A 192.0.2.1",  # BIND takes 0
    "escaped line end": 'a TXT "x\\\ny"',  # an octet 10 that nobody sees
    "name that isn't ASCII": "ü A 192.0.2.1",  # BIND takes bytes, our YAML a U-label
    "negative number in base 16": "$GENERATE 0-0 a TXT ${-1,0,x}",  # BIND prints two's complement
    "data that the type forbids": "a HTTPS 0 . port=1",  # RFC 9460, section 2.4.2
    "digest of the wrong length": "a TLSA 3 1 1 00",
    "too many generated": "$GENERATE 1-65537 a$ A 192.0.2.1",
}
#: Where we take what BIND refuses.
LAXER = {
    "no SOA": "@ NS a.example.net.",  # the name server keeps it
    "no NS": "@ SOA a. b. 1 2 3 4 5",
    "CNAME beside other data": f"{HEAD}a CNAME b\na TXT x",  # a warning, as in YAML
    "URI without quotes": f"{HEAD}a URI 1 1 x",
    "X25 in quotes": f'{HEAD}a X25 "123"',
    "no TTL": "@ NS a.example.net.",  # `default_ttl`
}


@pytest.mark.parametrize("text", STRICTER.values(), ids=STRICTER)
def test_what_bind_takes_and_we_refuse(text: str, tmp_path: Path) -> None:
    """Each class in which we are stricter, on purpose."""
    assert accepts(f"{HEAD}{text}\n", tmp_path)
    assert codes(master(f"{HEAD}{text}\n"))


@pytest.mark.parametrize("text", LAXER.values(), ids=LAXER)
def test_what_bind_refuses_and_we_take(text: str, tmp_path: Path) -> None:
    """Each class in which we are more lenient, on purpose."""
    assert not accepts(f"{text}\n", tmp_path)
    assert codes(master(f"{text}\n")) == []


def test_another_file_is_never_read(tmp_path: Path) -> None:
    """`$INCLUDE` is refused before anything is opened, also for a file that exists."""
    other = tmp_path / "other"
    other.write_text("a A 192.0.2.1\n")
    assert accepts(f"{HEAD}$INCLUDE {other}\n", tmp_path)
    assert codes(master(f"{HEAD}$INCLUDE {other}\n")) == ["master-directive"]


def test_only_the_order_of_two_commits_differs(tmp_path: Path) -> None:
    """The one place where the TTL differs: a generated record for the name whose records stand right before it.

    BIND stores generated records before those that it has just read, so that the earlier line counts as the later.
    """
    text = f"{HEAD}b 50 A 192.0.2.1\n$GENERATE 2-2 b 300 A 192.0.2.$\n"
    theirs, _ = checkzone(text, tmp_path)
    assert theirs is not None
    assert theirs["b.example.org.", "A"][0] == 50
    assert record(load(master(text)), "record/example.org/b/A").ttl == 300
