"""The rules over DNS where an example can't show it all: what they find, and what they leave alone."""

from pathlib import Path

import pytest

from check.written import ACCOUNT, found, in_zone

NS = "[ns1.example.net., ns2.example.net.]"


def _escaped(text: str) -> str:
    return text.replace(";", "\\;")


class TestTargets:
    """A target is looked for as a resolver would look for it, in what is declared."""

    @pytest.mark.parametrize(
        "there",
        [
            "mail: {type: A, value: 192.0.2.25}",
            "mail: {type: AAAA, value: '2001:db8::25'}",
            "'*': {type: A, value: 192.0.2.25}",
            "mail: {type: ALIAS, value: host.example.net.}",
            "mail: {type: NS, values: " + NS + "}",
        ],
    )
    def test_what_counts_as_there(self, there: str, tmp_path: Path) -> None:
        """An address, a wildcard with one, ALIAS, and a delegation, below which others answer."""
        assert in_zone(tmp_path, f"'': {{type: MX, value: 10 mail.example.org.}}\n{there}\n") == []

    @pytest.mark.parametrize(
        "beside",
        [
            "www: {type: A, value: 192.0.2.80}",
            "mail: {type: TXT, value: no address}",
            "imap.mail: {type: A, value: 192.0.2.25}",
            "'*.mail': {type: A, value: 192.0.2.25}",
        ],
    )
    def test_what_does_not(self, beside: str, tmp_path: Path) -> None:
        """Another name, another type, a name that exists only for what is below it, and a wildcard below it."""
        assert in_zone(tmp_path, f"'': {{type: MX, value: 10 mail.example.org.}}\n{beside}\n") == ["missing-target"]

    def test_a_wildcard_stops_at_a_name_that_exists(self, tmp_path: Path) -> None:
        """`*` doesn't answer for `a.b` once `b` exists."""
        text = "'*': {type: A, value: 192.0.2.1}\nb: {type: A, value: 192.0.2.2}\n"
        text += "c: {type: CNAME, value: a.b.example.org.}\n"
        assert in_zone(tmp_path, text) == ["missing-target"]

    def test_a_cname_may_lead_to_any_type(self, tmp_path: Path) -> None:
        """What an alias leads to needs no address."""
        assert in_zone(tmp_path, "a: {type: CNAME, value: b.example.org.}\nb: {type: TXT, value: text}\n") == []

    def test_other_peoples_zones_are_never_asked(self, tmp_path: Path) -> None:
        """A target outside of the account is left alone."""
        assert in_zone(tmp_path, "'': {type: MX, value: 10 mail.example.net.}\n") == []

    def test_the_null_mx_has_no_target(self, tmp_path: Path) -> None:
        """`0 .` says that there is no mail (RFC 7505)."""
        assert in_zone(tmp_path, "'': {type: MX, value: 0 .}\n") == []

    def test_all_that_points_at_one_name_is_one_finding(self, tmp_path: Path) -> None:
        """The finding names the first and counts the others, whose places it has."""
        text = "'': {type: MX, value: 10 mx.example.org.}\na: {type: CNAME, value: mx.example.org.}\n"
        (one,) = found(tmp_path, {"zones/example.org.yaml": text})
        assert one.detail == (
            "MX of example.org points, and 1 more point, at mx.example.org, where nothing is declared."
        )
        assert [span.line for span in one.related] == [2]

    def test_the_nearest_zone_decides(self, tmp_path: Path) -> None:
        """A zone below another one of the account answers for its own names."""
        files = {
            "zones/example.org.yaml": f"sub: {{type: NS, values: {NS}}}\n"
            "www: {type: CNAME, value: x.sub.example.org.}\n",
            "zones/sub.example.org.yaml": "y: {type: A, value: 192.0.2.1}\n",
        }
        assert [one.code for one in found(tmp_path / "a", files)] == ["missing-target"]
        files["zones/sub.example.org.yaml"] = "x: {type: A, value: 192.0.2.1}\n"
        assert found(tmp_path / "b", files) == ()

    def test_what_policy_ignores_may_exist(self, tmp_path: Path) -> None:
        """Names that others keep in the account are left to them."""
        policy = "policy: {ignore: [{match: record/example.org/app-*/*, reason: kept by external-dns}]}\n"
        text = "www: {type: CNAME, value: app-1.example.org.}\n"
        assert found(tmp_path, {"account.yaml": ACCOUNT + policy, "zones/example.org.yaml": text}) == ()

    def test_a_circle_is_told_once(self, tmp_path: Path) -> None:
        """Three names in a circle, and one that leads into it."""
        names = {"c": "a", "a": "b", "b": "c", "d": "a"}
        text = "".join(f"{name}: {{type: CNAME, value: {to}.example.org.}}\n" for name, to in names.items())
        (one,) = found(tmp_path, {"zones/example.org.yaml": text})
        assert one.detail == "a.example.org -> b.example.org -> c.example.org -> a.example.org."

    def test_a_lenient_zone_may_hold_an_apex_alias(self, tmp_path: Path) -> None:
        """What octoDNS passes with `lenient` doesn't stop a plan here either."""
        files = {
            "zones.yaml": "zones: {example.org: {lenient: true}}\n",
            "zones/example.org.yaml": "'': {type: CNAME, value: example.net.}\n",
        }
        assert [(one.code, one.severity) for one in found(tmp_path, files)] == [("cname-at-apex", "warning")]


class TestDelegations:
    """At and below a delegation only what leads there is answered."""

    def test_glue_belongs_there(self, tmp_path: Path) -> None:
        """Addresses of the name servers that the delegation names, and DS."""
        text = (
            "sub:\n- {type: NS, values: [ns1.sub.example.org., ns2.sub.example.org.]}\n"
            "- {type: DS, value: 60485 13 2 2BB183AF5F22588179A53B0A98631FAD1A292118B8A5C1D7C6A3E1F5B7D9A0C1}\n"
            "ns1.sub: {type: A, value: 192.0.2.1}\nns2.sub: {type: AAAA, value: '2001:db8::1'}\n"
        )
        assert in_zone(tmp_path, text) == []

    def test_a_delegation_below_a_delegation(self, tmp_path: Path) -> None:
        """It is never reached from here."""
        assert in_zone(tmp_path, f"b: {{type: NS, values: {NS}}}\na.b: {{type: NS, values: {NS}}}\n") == [
            "below-delegation"
        ]


class TestMail:
    """What receivers of mail read."""

    @pytest.mark.parametrize(
        ("text", "codes"),
        [
            ("v=spf1 redirect=_spf.example.net", []),
            ("v=spf1 redirect=_spf.example.net -all", ["spf-syntax"]),
            ("v=spf1 -all include:spf.example.net", ["spf-syntax"]),
            ("v=spf1 ip4:192.0.2.0/33 -all", ["spf-syntax"]),
            ("v=spf1 ip6:2001:db8::/32 a/24//64 exists:%{i}._spf.%{d2r.-} -all", []),
            ("v=spf1 exists:%{x}.example.net -all", ["spf-syntax"]),
            ("v=spf1 a: -all", ["spf-syntax"]),
            ("V=SPF1 +ALL", ["spf-allows-all"]),
            ("v=spf10 all", []),
        ],
    )
    def test_spf(self, text: str, codes: list[str], tmp_path: Path) -> None:
        """Only what receivers stop at is found."""
        assert in_zone(tmp_path, f"'': {{type: TXT, value: '{text}'}}\n") == codes

    def test_included_records_of_ours_are_counted(self, tmp_path: Path) -> None:
        """Nine look-ups are too many when one of them leads to two more of ours; a circle ends."""
        terms = " ".join(f"include:{name}.example.net" for name in "abcdefgh")
        text = f"'': {{type: TXT, value: 'v=spf1 {terms} include:more.example.org -all'}}\n"
        assert in_zone(tmp_path / "a", f"{text}more: {{type: TXT, value: v=spf1 a mx -all}}\n") == ["spf-over-limit"]
        circle = "'': {type: TXT, value: 'v=spf1 include:example.org -all'}\n"
        assert in_zone(tmp_path / "b", circle) == ["spf-over-limit"]

    @pytest.mark.parametrize(
        ("text", "codes"),
        [
            ("v=DMARC1; p=none; rua=mailto:a@example.org!10m,mailto:b@mail.example.org", []),
            ("v=DMARC1; p=none; rua=a@example.org", ["dmarc-syntax"]),
            ("v=DMARC1; p=none; p=none", ["dmarc-syntax"]),
            ("v=DMARC1; p=none; pct=101", ["dmarc-syntax"]),
            ("v=DMARC1; p=none; fo=1:x", ["dmarc-syntax"]),
            ("v=DMARC1; sp=none", ["dmarc-syntax"]),
            ("v=DMARC1 p=none", ["dmarc-syntax"]),
            ("v=dmarc1; p=none", ["dmarc-syntax"]),
            ("v=DMARC1", ["dmarc-syntax"]),
            ("site-verification=1", []),
        ],
    )
    def test_dmarc(self, text: str, codes: list[str], tmp_path: Path) -> None:
        """A record is read as RFC 7489 does; other texts at the name are left alone."""
        assert in_zone(tmp_path, f"_dmarc: {{type: TXT, value: '{_escaped(text)}'}}\n") == codes

    @pytest.mark.parametrize(
        ("text", "codes"),
        [
            ("k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=", []),
            ("v=DKIM1; k=rsa; p=not base64!", ["dkim-syntax"]),
            ("v=DKIM1; k=rsa", ["dkim-syntax"]),
            ("k=rsa; v=DKIM1; p=AAAA", ["dkim-syntax"]),
            ('v=DKIM1; p=AAAA"" AAAA', ["dkim-syntax"]),
            ("o=~; t=y", []),
            ("v=DKIM1; p=AAAA", []),
        ],
    )
    def test_dkim(self, text: str, codes: list[str], tmp_path: Path) -> None:
        """A key is judged by its shape; what can't be read as RSA has no length."""
        assert in_zone(tmp_path, f"s1._domainkey: {{type: TXT, value: '{_escaped(text)}'}}\n") == codes

    def test_a_policy_may_stand_where_an_alias_leads(self, tmp_path: Path) -> None:
        """One record for many domains is kept at a name of its own."""
        policy = "policies: {type: TXT, value: v=DMARC1\\; p=reject}\n"
        assert in_zone(tmp_path / "a", policy) == ["mail-policy-misplaced"]
        assert in_zone(tmp_path / "b", policy + "_dmarc: {type: CNAME, value: policies.example.org.}\n") == []

    def test_a_doubled_name_is_misplaced(self, tmp_path: Path) -> None:
        """`_dmarc.example.org` inside of example.org has the zone's name twice."""
        text = "_dmarc.example.org: {type: TXT, value: v=DMARC1\\; p=reject}\n"
        assert in_zone(tmp_path, text) == ["mail-policy-misplaced"]


class TestOthers:
    """Names, addresses and values."""

    @pytest.mark.parametrize(
        ("value", "codes"),
        [
            ("issue, value: ';'", []),
            ("issue, value: 'ca.example.net; validationmethods=dns-01; accounturi=https://example.net/1'", []),
            ("issue, value: ''", []),
            ("issue, value: 'ca example'", ["caa-syntax"]),
            ("iodef, value: 'mailto:a@example.org'", []),
            ("iodef, value: a@example.org", ["caa-syntax"]),
        ],
    )
    def test_caa(self, value: str, codes: list[str], tmp_path: Path) -> None:
        """Values are read as RFC 8659 writes them."""
        assert in_zone(tmp_path, f"'': {{type: CAA, value: {{flags: 0, tag: {value}}}}}\n") == codes

    def test_an_unknown_critical_tag_forbids_everybody(self, tmp_path: Path) -> None:
        """That is worth more than a note."""
        text = "'': {type: CAA, value: {flags: 128, tag: isue, value: letsencrypt.org}}\n"
        assert in_zone(tmp_path, text) == ["caa-syntax"]

    @pytest.mark.parametrize(
        ("zone", "owner", "codes"),
        [
            ("2.0.192.in-addr.arpa", "1", []),
            ("0.192.in-addr.arpa", "1", ["reverse-name"]),
            ("0.192.in-addr.arpa", "1.2", []),
            ("2.0.192.in-addr.arpa", "256", ["reverse-name"]),
            ("0-63.2.0.192.in-addr.arpa", "1", []),
            ("2.0.192.in-addr.arpa", "1.0/26", []),
            ("8.b.d.0.1.0.0.2.ip6.arpa", ".".join("0" * 24), []),
            ("8.b.d.0.1.0.0.2.ip6.arpa", ".".join("0" * 23), ["reverse-name"]),
            ("example.org", "_http._tcp", []),
        ],
    )
    def test_reverse(self, zone: str, owner: str, codes: list[str], tmp_path: Path) -> None:
        """Whole addresses, and parts of a network that were delegated by RFC 2317; other zones have other PTRs."""
        text = f"'{owner}': {{type: PTR, value: host.example.net.}}\n"
        name = zone.replace("/", "%2F")
        assert in_zone(tmp_path, text, name) == codes

    @pytest.mark.parametrize("zone", ["example.org", "corp.example", "lab.test", "home.arpa", "acme.internal"])
    def test_zones_that_are_not_public(self, zone: str, tmp_path: Path) -> None:
        """They may hold any address."""
        assert in_zone(tmp_path, "a: {type: A, values: [10.0.0.1, 192.0.2.1]}\n", zone) == []

    @pytest.mark.parametrize(
        ("address", "code"),
        [
            ("127.0.0.1", "documentation-address"),
            ("198.51.100.255", "documentation-address"),
            ("198.51.101.0", None),
            ("255.255.255.255", "documentation-address"),
            ("172.31.255.255", "private-address"),
            ("172.32.0.0", None),
            ("100.64.0.1", "private-address"),
        ],
    )
    def test_addresses(self, address: str, code: str | None, tmp_path: Path) -> None:
        """Networks end where they end."""
        assert in_zone(tmp_path, f"a: {{type: A, value: {address}}}\n", "acme-widgets.com") == ([code] if code else [])

    @pytest.mark.parametrize(
        ("entry", "codes"),
        [
            ("gc._msdcs: {type: A, value: 192.0.2.1}", []),
            ("_x: {type: MX, value: 10 mail.example.net.}", ["underscore-host"]),
            ("_443._tcp.www: {type: TLSA, value: 3 1 1 " + "ab" * 32 + "}", []),
            ("www: {type: TLSA, value: 3 1 1 " + "ab" * 32 + "}", ["service-name"]),
            ("'*._tcp': {type: SRV, value: 0 1 443 www.example.net.}", []),
        ],
    )
    def test_names(self, entry: str, codes: list[str], tmp_path: Path) -> None:
        """Active Directory's global catalogue is let; services have two labels with an underscore."""
        assert in_zone(tmp_path, f"{entry}\n") == codes

    @pytest.mark.parametrize(
        ("value", "codes"),
        [
            (r"""'"\"quoted twice\""'""", ["txt-quotes"]),
            (r"""'"half a quote\""'""", ["txt-quotes"]),
            (r"""'"a \"word\" inside"'""", []),
            (r"""'"a 17\" screen"'""", []),
            (r"""'"v=x\\; y"'""", ["txt-quotes"]),
        ],
    )
    def test_quotes(self, value: str, codes: list[str], tmp_path: Path) -> None:
        """Quotation marks around the whole text, or one too many at its end, aren't meant; others may be."""
        assert in_zone(tmp_path, f"t: {{type: TXT, value: {value}}}\n") == codes

    def test_a_gap_is_explained(self, tmp_path: Path) -> None:
        """A wildcard's finding names what it doesn't answer for, and why."""
        text = (
            "'*': {type: A, value: 192.0.2.1}\na.b: {type: A, value: 192.0.2.2}\nc: {type: TXT, value: text}\n"
            "_x: {type: TXT, value: text}\nd: {type: CNAME, value: www.example.net.}\n"
        )
        (one,) = found(tmp_path, {"zones/example.org.yaml": text})
        assert one.detail == ("A of *.example.org doesn't answer for b (exists because of a.b); c (has only TXT).")
