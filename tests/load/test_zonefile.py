"""Zone files: octoDNS's YAML, unchanged, to canonical record sets."""

from typing import ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st
from octodns.provider.yaml import YamlProvider
from octodns.zone import Zone

from load.written import account, codes, errors, load, the_error, zone
from reconciler.kinds.record import RecordValue, texts
from reconciler.model.span import Span
from reconciler.model.state import Desired

A = "record/example.org/www/A"


def record(desired: Desired, address: str = A) -> RecordValue:
    """Return a record set's value."""
    value = desired.state[address]
    assert isinstance(value, RecordValue)
    return value


class TestNames:
    """Every top-level key is a record name."""

    @pytest.mark.parametrize("name", ["''", '""', "'@'"])
    def test_the_apex(self, name: str) -> None:
        """The zone itself is the empty name, or `@`."""
        assert "record/example.org/@/A" in load(zone(f"{name}: {{type: A, value: 203.0.113.1}}")).state

    @pytest.mark.parametrize(
        "name", ["no", "on", "010", "12", "2026-01-01", "true", "null", "'*'", "_dmarc", "A.B", "ü"]
    )
    def test_a_name_is_text(self, name: str) -> None:
        """Names that YAML takes for something else are names; case and U-labels are canonical."""
        desired = load(zone(f"{name}: {{type: A, value: 203.0.113.1}}"))
        canonical = {"A.B": "a.b", "ü": "xn--tda", "'*'": "*"}.get(name, name)
        assert f"record/example.org/{canonical}/A" in desired.state

    @pytest.mark.parametrize("name", ["a..b", "www.", "'a b..'", "x" * 64, ".".join(["x" * 60] * 4)])
    def test_what_is_no_name(self, name: str) -> None:
        """A name that can't be in the zone is an error at the name."""
        found = the_error(zone(f"{name}: {{type: A, value: 203.0.113.1}}"))
        assert (found.code, found.span) == ("wrong-value", Span("zones/example.org.yaml", 1, 1))

    def test_the_same_name_and_type_twice(self) -> None:
        """Names are compared in canonical form; both places are shown."""
        found = the_error(zone("www: {type: A, value: 203.0.113.1}\nWWW: {type: A, value: 203.0.113.2}\n"))
        assert (found.code, found.address) == ("duplicate-address", A)
        assert found.related == (Span("zones/example.org.yaml", 1, 1),)

    def test_a_list_holds_each_type_once(self) -> None:
        """Two record sets of one type below one name are one error, at the second."""
        found = the_error(zone("www:\n- {type: A, value: 203.0.113.1}\n- {type: A, value: 203.0.113.2}\n"))
        assert (found.code, found.span) == ("duplicate-address", Span("zones/example.org.yaml", 3, 3))


class TestValues:
    """`value` or `values`, in presentation format or octoDNS's mapping."""

    @pytest.mark.parametrize(
        "text",
        ["value: 203.0.113.1", "values: [203.0.113.1]", "values: 203.0.113.1", "value: [203.0.113.1]"],
    )
    def test_one_value_however_written(self, text: str) -> None:
        """A single value and a list of one are the same."""
        assert texts(record(load(zone(f"www: {{type: A, {text}}}")))) == ["203.0.113.1"]

    @given(st.permutations(["203.0.113.1", "203.0.113.2", "203.0.113.3"]))
    def test_the_order_of_values_means_nothing(self, values: list[str]) -> None:
        """A record set is a set."""
        text = f"www: {{type: A, values: [{', '.join([*values, values[0]])}]}}"
        assert texts(record(load(zone(text)))) == ["203.0.113.1", "203.0.113.2", "203.0.113.3"]

    def test_a_mapping_is_octodns_s(self) -> None:
        """Structured types take both forms."""
        mapping = load(zone("www: {type: MX, value: {exchange: Mail.example.org., preference: 10}}")).state
        assert mapping == load(zone("www: {type: MX, value: 10 mail.example.org.}")).state

    @pytest.mark.parametrize(
        ("text", "code", "at"),
        [
            ("type: A, value: 203.0.113.1, values: [203.0.113.1]", "value-and-values", 36),
            ("type: A", "missing-key", 1),
            ("type: A, values: []", "wrong-value", 24),
            ("type: CNAME, values: [a., b.]", "wrong-value", 28),
            ("type: A, value: ~", "null-value", 23),
            ("type: TXT, values: [a, ~]", "null-value", 30),
            ("type: MX, value: {exchange: ~, preference: 10}", "null-value", 35),
            ("type: MX, value: {exchange: a., prefrence: 10}", "unknown-key", 39),
            ("type: MX, value: {exchange: a.}", "missing-key", 24),
            ("type: A, value: 203.0.113", "wrong-type", 23),
            ("type: A, values: [203.0.113.1, x]", "wrong-type", 38),
            ("type: A, value: {a: b}", "wrong-type", 23),
            ("value: 203.0.113.1", "missing-key", 1),
            ("tpye: A, value: 203.0.113.1", "unknown-key", 7),
            ("type: A, valeu: 203.0.113.1", "unknown-key", 16),
            ("type: [A], value: 203.0.113.1", "wrong-type", 13),
            ("type: ~, value: 203.0.113.1", "null-value", 13),
            ("type: a, value: 203.0.113.1", "unknown-type", 13),
            ("type: CNMAE, value: a.", "unknown-type", 13),
            ("type: SOA, value: x", "soa-record", 1),
            ("type: A, value: 203.0.113.1, ttl: 1h", "wrong-type", 41),
            ("type: A, value: 203.0.113.1, ttl: 010", "wrong-type", 41),
            ("type: A, value: 203.0.113.1, ttl: -1", "wrong-type", 41),
            ("type: A, value: 203.0.113.1, ttl: 2147483648", "wrong-value", 41),
            ("type: A, value: 203.0.113.1, ttl: ~", "null-value", 41),
        ],
    )
    def test_what_is_wrong_stands_at_its_place(self, text: str, code: str, at: int) -> None:
        """One mistake is one error, at the value or key itself."""
        found = the_error(zone(f"www: {{{text}}}"))
        assert (found.code, found.span) == (code, Span("zones/example.org.yaml", 1, at))

    def test_every_value_is_judged(self) -> None:
        """All wrong values of a file are reported at once."""
        text = "a: {type: A, values: [x, 203.0.113.1, y]}\nb: {type: A, value: z, ttl: z}\nc: x\n"
        assert codes(zone(text)) == ["wrong-type"] * 5


class TestDots:
    """A target ends with a dot, or is absolute when the zone is lenient."""

    TEXT = "www: {type: CNAME, value: web.example.net}"

    def test_a_missing_dot_is_an_error(self) -> None:
        """Some tools read such a name as relative, some as absolute."""
        found = the_error(zone(self.TEXT))
        assert (found.code, found.span) == ("missing-dot", Span("zones/example.org.yaml", 1, 27))
        assert "web.example.net." in found.help

    @pytest.mark.parametrize(
        "files",
        [
            zone(TEXT, "{lenient: true}"),
            zone("www: {type: CNAME, value: web.example.net, octodns: {lenient: true}}"),
            {**zone(TEXT), "account.yaml": "LENIENT"},
        ],
        ids=["zone", "record", "all zones"],
    )
    def test_lenient_takes_it_as_absolute(self, files: dict[str, str]) -> None:
        """Said for all zones, one zone or one record set; it is no option of the record set."""
        if "account.yaml" in files:
            files = {**files, "account.yaml": account("dns: {defaults: {lenient: true}}\n")}
        value = record(load(files), "record/example.org/www/CNAME")
        assert (texts(value), value.options) == (["web.example.net."], None)

    def test_a_zone_may_be_stricter_than_the_defaults(self) -> None:
        """A zone's own option stands before the defaults."""
        files = {**zone(self.TEXT, "{lenient: false}"), "account.yaml": account("dns: {defaults: {lenient: true}}\n")}
        assert codes(files) == ["missing-dot"]


class TestTtl:
    """The TTL, where a record set names none."""

    TEXT = "www: {type: A, value: 203.0.113.1}"

    @pytest.mark.parametrize(
        ("options", "defaults", "ttl"),
        [
            ("", "", 3600),
            ("{default_ttl: 60}", "", 60),
            ("", "{default_ttl: 90}", 90),
            ("{default_ttl: 60}", "{default_ttl: 90}", 60),
        ],
    )
    def test_defaults(self, options: str, defaults: str, ttl: int) -> None:
        """The zone's own, else that of all zones, else an hour."""
        files = dict(zone(self.TEXT, options))
        if defaults:
            files["account.yaml"] = account(f"dns: {{defaults: {defaults}}}\n")
        assert record(load(files)).ttl == ttl

    def test_its_own(self) -> None:
        """What a record set says stands before all defaults."""
        assert record(load(zone("www: {type: A, ttl: 5, value: 203.0.113.1}", "{default_ttl: 60}"))).ttl == 5


class TestOptions:
    """Blocks that aren't ours are kept; bare values are refused."""

    def test_blocks_are_kept_with_their_types(self) -> None:
        """Canonical numbers, true, false and null are what they say; quotes keep text."""
        block = "{lenient: true, healthcheck: {port: 443, path: '443', host: null}}"
        text = f"www: {{type: A, value: 203.0.113.1, octodns: {block}}}"
        assert record(load(zone(text))).options == '{"octodns":{"healthcheck":{"host":null,"path":"443","port":443}}}'

    def test_geo_dynamic_and_providers(self) -> None:
        """What other tools know stands beside the values."""
        text = "www: {type: A, value: 203.0.113.1, geo: {EU: [203.0.113.2]}, cloudflare: {proxied: true}}"
        assert record(load(zone(text))).options == '{"cloudflare":{"proxied":true},"geo":{"EU":["203.0.113.2"]}}'

    def test_meta_is_ours(self) -> None:
        """`meta` is no part of the value."""
        desired = load(zone("www: {type: A, value: 203.0.113.1, meta: {owner: erika}}"))
        assert (desired.metas[A].owner, record(desired).options) == ("erika", None)

    @pytest.mark.parametrize(
        ("text", "code"),
        [
            ("cloudflare: true", "unknown-key"),
            ("octodns: {foo: 1}", "unknown-key"),
            ("octodns: {lenient: yes}", "wrong-type"),
            ("octodns: 1", "wrong-type"),
            ("octodns: ~", "null-value"),
            ("geo: []", "wrong-type"),
            ("meta: {ownr: x}", "unknown-key"),
            ("meta: {owner: ~}", "null-value"),
        ],
    )
    def test_what_may_not_stand_there(self, text: str, code: str) -> None:
        """A bare value under a key that nobody knows is a mistyped key."""
        assert codes(zone(f"www: {{type: A, value: 203.0.113.1, {text}}}")) == [code]

    def test_types_without_rdata_keep_what_they_hold(self) -> None:
        """A provider's type is a tag and canonical JSON; even null stays."""
        text = "www: {type: Route53Provider/ALIAS, value: {type: A, name: x, hosted-zone-id: null, evaluate: false}}"
        value = record(load(zone(text)), "record/example.org/www/Route53Provider%2FALIAS")
        assert value.values == ('{"evaluate":false,"hosted-zone-id":null,"name":"x","type":"A"}',)


class TestNeighbours:
    """What a zone holds beside other zones, and a name beside other types."""

    FILES: ClassVar = {"zones/b.example.org.yaml": "{}\n"}

    @pytest.mark.parametrize(
        "text",
        [
            "b: {type: NS, value: ns.}",
            "b: {type: DS, value: 1 8 2 %s}" % ("ab" * 32),
            "ab: {type: A, value: 203.0.113.1}",
        ],
    )
    def test_the_cut_holds_ns_and_ds(self, text: str) -> None:
        """At a zone that is managed too, the delegation belongs to the parent."""
        assert not errors({**zone(text), **self.FILES})

    @pytest.mark.parametrize("name", ["b", "x.b", "y.x.b", "B"])
    def test_nothing_else_belongs_there(self, name: str) -> None:
        """At and below the cut this zone isn't asked."""
        found = the_error({**zone(f"{name}: {{type: A, value: 203.0.113.1}}"), **self.FILES})
        assert found.code == "below-managed-zone"
        assert "b.example.org" in found.detail

    def test_lenient_keeps_it_with_a_warning(self) -> None:
        """As octoDNS does."""
        desired = load({**zone("x.b: {type: A, value: 203.0.113.1}", "{lenient: true}"), **self.FILES})
        assert "record/example.org/x.b/A" in desired.state
        assert [found.code for found in desired.findings] == ["below-managed-zone"]

    def test_a_cname_stands_alone(self) -> None:
        """A CNAME beside other record sets is a finding."""
        desired = load(
            zone("www: [{type: CNAME, value: a.}, {type: A, value: 203.0.113.1}]\nx: {type: CNAME, value: a.}")
        )
        (found,) = desired.findings
        assert (found.code, found.address) == ("cname-beside-others", "record/example.org/www/CNAME")


class TestFiles:
    """What a file in the zone folder is."""

    def test_a_file_declares_its_zone(self) -> None:
        """The zone stands in the state, and its record sets are a group."""
        desired = load(zone("{}"))
        assert desired.state.keys() == {"zone/example.org"}
        assert desired.declared == {"zone", "record/example.org"}
        assert not desired.findings

    @pytest.mark.parametrize("text", ["", "# nothing\n", "---\n"])
    def test_an_empty_file_is_a_finding(self, text: str) -> None:
        """A zone that is emptied by accident should be seen; `{}` says that it is meant."""
        assert [found.code for found in load(zone(text)).findings] == ["empty-zone-file"]

    def test_a_u_label_is_its_a_label(self) -> None:
        """Both spellings are one zone, and one file of it is enough."""
        assert "zone/xn--bcher-kva.example" in load({"zones/bücher.example.yaml": "{}"}).state
        found = the_error({"zones/bücher.example.yaml": "{}", "zones/xn--bcher-kva.example.yaml": "{}"})
        assert found.code == "duplicate-address"

    @pytest.mark.parametrize("name", ["2.0.192.in-addr.arpa", "_msdcs.example.org", "lan"])
    def test_zones_that_no_mail_goes_to(self, name: str) -> None:
        """Reverse zones and internal ones are zones."""
        assert f"zone/{name}" in load({f"zones/{name}.yaml": "{}"}).state

    @pytest.mark.parametrize("name", ["README.md", "example.org", "example.org.db", "sub/example.org.yaml"])
    def test_another_file_is_a_finding(self, name: str) -> None:
        """Nothing in the folder is overlooked in silence, unless that is said."""
        (found,) = load({f"zones/{name}": "x"}).findings
        assert (found.code, found.span) == ("other-file", Span(f"zones/{name}", 1, 1))
        excluded = {"account.yaml": account("dns: {exclude: [README.md, 'example.*', sub]}\n"), f"zones/{name}": "x"}
        assert not load(excluded).findings

    def test_age_files_are_no_zones(self) -> None:
        """Encrypted secrets and the list of who may decrypt them may lie beside zones, and anywhere else."""
        names = ("secrets.age", "secrets.age.recipients", "zones/secrets.age", "zones/secrets.age.recipients")
        assert not load(dict.fromkeys(names, b"\xff: [")).findings

    @pytest.mark.parametrize("name", ["example.org.yml", "example.org.YAML"])
    def test_a_renamed_zone_never_vanishes(self, name: str) -> None:
        """The wrong suffix is an error here too."""
        assert codes({f"zones/{name}": "{}"}) == ["wrong-suffix"]

    def test_another_tool_s_settings_among_the_zones(self) -> None:
        """Each entry that isn't a record set says so, and how to leave the file out."""
        text = "manager: {max_workers: 2}\nproviders: {config: {class: x}}\nzones: {'*': {sources: [config]}}\n"
        found = errors({"zones/octodns.yaml": text})
        assert [f.code for f in found] == ["missing-key"] * 3
        assert all("exclude" in f.help for f in found)

    def test_another_folder(self) -> None:
        """The folder may have any name."""
        files = {"account.yaml": account("dns: {directory: dns/zones}\n"), "dns/zones/example.org.yaml": "{}"}
        assert load(files).state.keys() == {"zone/example.org"}

    @pytest.mark.parametrize("folder", ["/zones", "../zones", "zones/", ".", "a//b", "''", ".zones"])
    def test_a_folder_outside(self, folder: str) -> None:
        """The folder lies below the account folder and isn't hidden."""
        assert codes({"account.yaml": account(f"dns: {{directory: {folder}}}\n")}) == ["wrong-value"]

    def test_options_need_a_file(self) -> None:
        """An entry without a file is an error unless it says `records: none`."""
        assert codes("zones: {example.org: {}}") == ["zone-without-file"]
        assert load("zones: {example.org: {records: none}}").state.keys() == {"zone/example.org"}
        assert codes(zone("{}", "{records: none}")) == ["zone-with-file"]


NAMES = st.sampled_from(["", "www", "*", "_dmarc", "a.b", "Mixed"])
SETS = st.one_of(
    st.builds(lambda v: ("A", v), st.lists(st.ip_addresses(v=4).map(str), min_size=1, max_size=3, unique=True)),
    st.builds(lambda v: ("AAAA", v), st.lists(st.ip_addresses(v=6).map(str), min_size=1, max_size=3, unique=True)),
    st.builds(
        lambda v: ("TXT", v),
        st.lists(
            st.text("abc =\"'", min_size=1, max_size=8).map(lambda t: f"v{t}v"), min_size=1, max_size=2, unique=True
        ),
    ),
    st.just(("MX", [{"preference": 10, "exchange": "Mail.example.net."}])),
    st.just(("SRV", [{"priority": 1, "weight": 2, "port": 3, "target": "a.example.net."}])),
)


@given(content=st.dictionaries(NAMES, st.lists(SETS, min_size=1, max_size=2, unique_by=lambda s: s[0]), max_size=4))
def test_the_same_file_says_the_same_to_octodns(
    content: dict[str, list[tuple[str, list[object]]]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """octoDNS's own provider reads the same names, types, TTLs and numbers of values from the file."""
    import yaml

    data = {n: [{"type": t, "ttl": 60, "values": v} for t, v in sets] for n, sets in content.items()}
    text = yaml.safe_dump(data)
    folder = tmp_path_factory.mktemp("octodns")
    (folder / "example.org.yaml").write_text(text)
    theirs = Zone("example.org.", [])
    YamlProvider("x", str(folder), enforce_order=False, escaped_semicolons=True).populate(theirs, lenient=True)
    ours = {a: v for a, v in load(zone(text)).state.items() if isinstance(v, RecordValue)}
    expected = {
        f"record/example.org/{r.name or '@'}/{r._type}": (r.ttl, len(getattr(r, "values", [0]))) for r in theirs.records
    }
    assert {a: (v.ttl, len(v.values)) for a, v in ours.items()} == expected
