"""Presets: what ``use:`` adds to a zone, and what becomes of it beside the zone's file."""

from collections.abc import Mapping
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from load.written import account, codes, errors, load, the_error, zone
from reconciler.kinds import KINDS
from reconciler.kinds.record import RecordValue, texts
from reconciler.kinds.record_spf import is_spf
from reconciler.load.presets.preset import find_preset, preset_names, presets
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.fields import digest_of
from reconciler.model.span import Span
from reconciler.model.state import Desired

EMPTY = "{}\n"
MX, TXT, CAA = "record/example.org/@/MX", "record/example.org/@/TXT", "record/example.org/@/CAA"
DMARC = "record/example.org/_dmarc/TXT"
HOSTING = {
    MX: ["10 mail.example.org."],
    TXT: ['"v=spf1 mx ~all"'],
    DMARC: ['"v=DMARC1; p=none"'],
    "record/example.org/autoconfig/CNAME": ["mail.example.org."],
    "record/example.org/_autodiscover._tcp/SRV": ["0 1 443 mail.example.org."],
    "record/example.org/_imaps._tcp/SRV": ["0 1 993 mail.example.org."],
    "record/example.org/_pop3s._tcp/SRV": ["10 1 995 mail.example.org."],
    "record/example.org/_submissions._tcp/SRV": ["0 1 465 mail.example.org."],
}
PINNED = {
    "google-workspace@1": "5b5c693544804bbb",
    "hosting-mail@1": "594c63370b1f9cd6",
    "letsencrypt-caa@1": "8e46cf630f4aa1d4",
    "microsoft-365@1": "4511c3f65d63ff8b",
    "no-mail@1": "d767109e4413670e",
}
RECEIVING = [address for address in HOSTING if address not in (TXT, DMARC)]


def using(items: str, text: str = EMPTY, more: str = "") -> Desired:
    """Return what the zone example.org desires with these presets, this file, and more options."""
    return load(zone(text, f"{{use: [{items}]{more}}}"))


def refusing(items: str, text: str = EMPTY, more: str = "") -> list[Diagnostic]:
    """Return the errors of such a zone."""
    return errors(zone(text, f"{{use: [{items}]{more}}}"))


def records(desired: Desired) -> dict[str, list[str]]:
    """Return the record sets by address, their values as text."""
    return {address: texts(value) for address, value in desired.state.items() if isinstance(value, RecordValue)}


def record(desired: Desired, address: str) -> RecordValue:
    """Return one record set."""
    value = desired.state[address]
    assert isinstance(value, RecordValue)
    return value


class TestPresets:
    """A preset is data: records, senders, options."""

    def test_a_bare_preset_is_a_whole_set(self) -> None:
        """Where the mail server is the one that everybody guesses, nothing else needs saying."""
        assert records(using("hosting-mail")) == HOSTING

    def test_a_name_means_version_one(self) -> None:
        """With or without its version, in either form, so that a newer program plans nothing new."""
        first, *others = (using(item) for item in ("hosting-mail", "hosting-mail@1", "{hosting-mail: {}}"))
        assert all(other.state == first.state and other.presets == first.presets for other in others)
        assert find_preset("hosting-mail") is find_preset("hosting-mail@1")

    def test_a_record_set_names_its_preset_and_where_that_is_named(self) -> None:
        """The place is the item; the file holds nothing of it."""
        desired = using("letsencrypt-caa, hosting-mail")
        assert {desired.presets[address] for address in HOSTING} == {"hosting-mail@1"}
        assert {desired.places[address] for address in HOSTING} == {Span("resources.yaml", 2, 40)}
        assert desired.places[CAA] == Span("resources.yaml", 2, 23)
        assert not desired.related

    def test_a_zone_without_file_holds_what_its_presets_give(self) -> None:
        """It counts as declared, so that what leaves it is deleted and not forgotten as vanished."""
        desired = load("zones: {example.org: {records: none, use: [no-mail], default_ttl: 60}}")
        assert records(desired).keys() == {MX, TXT, DMARC, "record/example.org/*._domainkey/TXT"}
        assert {record(desired, address).ttl for address in records(desired)} == {60}
        assert "record/example.org" in desired.declared

    def test_all_senders_at_once(self) -> None:
        """One receives, the others only send; one SPF record names all."""
        items = "google-workspace, {microsoft-365: {receive: false}}, {hosting-mail: {receive: false}}, letsencrypt-caa"
        desired = using(items)
        assert records(desired)[MX] == ["1 smtp.google.com."]
        assert records(desired)[TXT] == [
            '"v=spf1 include:_spf.google.com a:mail.example.org include:spf.protection.outlook.com -all"'
        ]
        assert desired.presets[TXT] == "google-workspace@1, hosting-mail@1, microsoft-365@1"
        assert (len(desired.related[TXT]), len(desired.related[DMARC])) == (2, 2)

    @pytest.mark.parametrize("label", presets())
    def test_a_version_never_changes(self, label: str) -> None:
        """What a released version does is pinned for ever; what a service needs next is a new version and a new row."""
        content = presets()[label].content.model_dump(mode="json", exclude={"description", "example"})
        for option in content["options"].values():
            del option["description"]
        assert digest_of(content)[:16] == PINNED[label]

    @pytest.mark.parametrize("label", presets())
    def test_its_data_is_sound(self, label: str) -> None:
        """Every condition, exclusion and need names something that exists, and mechanisms know what they cost."""
        content = presets()[label].content
        terms = content.spf.mechanisms if content.spf else ()
        conditions = [c for part in (*content.records, *terms) for c in part.when]
        needs = [option.needs for option in content.options.values() if option.needs]
        assert {condition.removeprefix("not ") for condition in conditions} | set(needs) <= content.options.keys()
        assert set(content.excludes) <= set(preset_names())
        assert content.example.keys() <= content.options.keys()
        assert all(term.lookups >= 1 for term in terms)


class TestOptions:
    """An item may be a mapping of one name to its options."""

    def test_another_host(self) -> None:
        """It stands wherever the server is named, in canonical form."""
        desired = using("{hosting-mail: {host: Mail.Example.NET.}}")
        assert records(desired)[MX] == ["10 mail.example.net."]
        assert records(desired)["record/example.org/autoconfig/CNAME"] == ["mail.example.net."]

    def test_a_lenient_zone_takes_a_host_without_dot(self) -> None:
        """As it does in its file."""
        assert records(using("{hosting-mail: {host: mail.example.net}}", more=", lenient: true"))[MX] == [
            "10 mail.example.net."
        ]
        assert [e.code for e in refusing("{hosting-mail: {host: mail.example.net}}")] == ["missing-dot"]

    def test_what_only_sends_receives_nothing(self) -> None:
        """No MX, nothing for mail programs; its sender is named by its host, because the MX is somebody else's."""
        desired = using("{hosting-mail: {receive: false}}")
        assert not records(desired).keys() & set(RECEIVING)
        assert records(desired)[TXT] == ['"v=spf1 a:mail.example.org ~all"']

    def test_none_leaves_a_record_out(self) -> None:
        """So that the zone's file can have its own."""
        own = "_dmarc: {type: TXT, value: v=DMARC1\\; p=reject}\n"
        assert records(using("{hosting-mail: {dmarc: none}}", own))[DMARC] == ['"v=DMARC1; p=reject"']

    def test_keys_of_any_length_and_spelling(self) -> None:
        """A DKIM key is cut into strings, and octoDNS's backslashes before semicolons are understood."""
        key = "v=DKIM1\\; k=rsa\\; p=" + "A" * 400
        (value,) = record(
            using(f"{{google-workspace: {{dkim: '{key}', selector: S1}}}}"),
            "record/example.org/s1._domainkey/TXT",
        ).values
        assert value == b"\xffv=DKIM1; k=rsa; p=" + b"A" * 237 + b"\xa3" + b"A" * 163

    def test_domain_names_that_a_service_makes_itself(self) -> None:
        """What Microsoft 365 makes of a hyphen nobody can foretell, so it is asked for."""
        files = {"zones.yaml": "zones: {a-b.example: {use: [microsoft-365], records: none}}"}
        error = the_error(files)
        assert error.code == "missing-key"
        assert "the option `label`" in error.detail
        told = {"zones.yaml": "zones: {a-b.example: {use: [{microsoft-365: {label: ab-example01}}], records: none}}"}
        assert records(load(told))["record/a-b.example/@/MX"] == ["0 ab-example01.mail.protection.outlook.com."]
        silent = {"zones.yaml": "zones: {a-b.example: {use: [{microsoft-365: {receive: false}}], records: none}}"}
        assert codes(silent) == []

    @pytest.mark.parametrize(
        ("options", "target"),
        [
            ("tenant: contoso", "selector1-example-org._domainkey.contoso.onmicrosoft.com."),
            ("tenant: contoso, partition: n", "selector1-example-org._domainkey.contoso.n-v1.dkim.mail.microsoft."),
        ],
    )
    def test_both_generations_of_names(self, options: str, target: str) -> None:
        """Domains added before May 2025 keep their old names."""
        desired = using(f"{{microsoft-365: {{{options}}}}}")
        assert records(desired)["record/example.org/selector1._domainkey/CNAME"] == [target]

    def test_certificates(self) -> None:
        """One authority, no wildcards, unless they are asked for; reports and an account if wanted."""
        assert records(using("letsencrypt-caa"))[CAA] == ['0 issue "letsencrypt.org"', '0 issuewild ";"']
        options = "wildcards: true, iodef: security@example.org, account: https://acme.example/acct/1"
        assert records(using(f"{{letsencrypt-caa: {{{options}}}}}"))[CAA] == [
            '0 iodef "mailto:security@example.org"',
            '0 issue "letsencrypt.org; accounturi=https://acme.example/acct/1"',
            '0 issuewild "letsencrypt.org; accounturi=https://acme.example/acct/1"',
        ]

    def test_variables_stand_in_options(self) -> None:
        """As in every string value outside zone files; an undefined one is said once."""
        files = {
            "resources.yaml": 'zones: {example.org: {use: [{hosting-mail: {host: "{{ vars.mail }}"}}]}}\n',
            "zones/example.org.yaml": EMPTY,
        }
        assert codes(files) == ["undefined-variable"]
        assert records(load({**files, "vars.yaml": "vars: {mail: mx.example.net.}"}))[MX] == ["10 mx.example.net."]

    @pytest.mark.parametrize("item", ["~", "{hosting-mail: ~}", "{~: {}}", "{hosting-mail: {host: }}", "{<<: {a: b}}"])
    def test_what_is_broken_is_said_once(self, item: str) -> None:
        """An empty value is an empty value here, too, and nothing more is said about it."""
        assert len(refusing(item)) == 1


class TestMerging:
    """What the zone's file and its presets say together."""

    SPF = "'': {type: TXT, ttl: 60, values: [hello, v=spf1 ip4:192.0.2.1 mx -all]}\n"

    def test_spf_of_file_and_presets_is_one_record(self) -> None:
        """Beside the other texts, with the file's TTL and its own ``all``; both places are known."""
        desired = using("google-workspace, {hosting-mail: {receive: false}}", self.SPF)
        assert texts(record(desired, TXT)) == [
            '"hello"',
            '"v=spf1 ip4:192.0.2.1 mx include:_spf.google.com a:mail.example.org -all"',
        ]
        assert record(desired, TXT).ttl == 60
        assert desired.places[TXT] == Span("resources.yaml", 2, 23)
        assert desired.related[TXT] == (Span("resources.yaml", 2, 42), Span("zones/example.org.yaml", 1, 1))

    def test_presets_that_send_nothing_leave_the_files_spf_alone(self) -> None:
        """Even one that could not be merged."""
        desired = using("letsencrypt-caa", "'': {type: TXT, value: v=spf1 redirect=_spf.example.net}\n")
        assert records(desired)[TXT] == ['"v=spf1 redirect=_spf.example.net"']
        assert TXT not in desired.presets

    def test_texts_that_prove_a_domain_stand_beside_the_others(self) -> None:
        """Those of the file, those of presets, and the SPF record."""
        desired = using("{microsoft-365: {verification: MS=ms1}}, {google-workspace: {receive: false}}", self.SPF)
        assert '"MS=ms1"' in texts(record(desired, TXT))
        assert '"hello"' in texts(record(desired, TXT))
        assert len(texts(record(desired, TXT))) == 3

    def test_caa_is_put_together(self) -> None:
        """A further authority stands in the file."""
        own = "'': {type: CAA, ttl: 60, values: ['0 issue \"letsencrypt.org\"', '0 issue \"ca.example\"']}\n"
        desired = using("letsencrypt-caa", own)
        expected = ['0 issue "ca.example"', '0 issue "letsencrypt.org"', '0 issuewild ";"']
        assert sorted(texts(record(desired, CAA))) == expected
        assert record(desired, CAA).ttl == 60

    def test_the_same_values_may_stand_in_the_file(self) -> None:
        """Its TTL, options and metadata then hold; the record set comes from both."""
        more = "meta: {protect: true}, octodns: {healthcheck: {path: /}}"
        own = f"'': {{type: MX, ttl: 7200, value: 10 mail.example.org., {more}}}\n"
        desired = using("hosting-mail", own)
        assert record(desired, MX).ttl == 7200
        assert record(desired, MX).options == '{"octodns":{"healthcheck":{"path":"/"}}}'
        assert desired.metas[MX].protect
        assert desired.presets[MX] == "hosting-mail@1"
        assert desired.related[MX] == (Span("zones/example.org.yaml", 1, 1),)

    @pytest.mark.parametrize(
        ("items", "own", "address"),
        [
            ("hosting-mail", "'': {type: MX, value: 20 mail.example.org.}\n", MX),
            ("hosting-mail", "_dmarc: {type: TXT, value: v=DMARC1\\; p=reject}\n", DMARC),
            ("no-mail", "'': {type: TXT, value: v=spf1 mx -all}\n", TXT),
            ("no-mail", "'': {type: TXT, value: v=spf1 ~all}\n", TXT),
        ],
    )
    def test_other_values_are_an_error_that_names_both_places(self, items: str, own: str, address: str) -> None:
        """Nobody could say which of the two is meant."""
        (error,) = refusing(items, own)
        assert (error.code, error.address) == ("preset-conflict", address)
        assert error.span == Span("resources.yaml", 2, 23)
        assert error.related == (Span("zones/example.org.yaml", 1, 1),)

    def test_two_presets_that_receive_are_an_error(self) -> None:
        """Mail arrives in one place; the option that says so is named."""
        (error,) = refusing("hosting-mail, google-workspace")
        assert (error.code, error.address) == ("preset-conflict", MX)
        assert "`receive: false`" in error.help

    @pytest.mark.parametrize("mail", ["hosting-mail", "google-workspace", "microsoft-365"])
    def test_no_mail_excludes_every_preset_for_mail(self, mail: str) -> None:
        """One error that names both, whichever comes first."""
        for items in (f"no-mail, {mail}", f"{mail}, no-mail"):
            (error,) = refusing(items)
            assert error.code == "preset-conflict"
            assert f"{mail}@1" in error.detail
            assert "no-mail@1" in error.detail
            assert error.related == (Span("resources.yaml", 2, 23),)

    def test_no_mail_and_a_file_that_says_the_same(self) -> None:
        """A parked zone may keep what it has."""
        own = "'':\n- {type: MX, value: 0 .}\n- {type: TXT, value: v=spf1 -all}\n"
        assert records(using("no-mail", own))[TXT] == ['"v=spf1 -all"']

    def test_a_cname_beside_a_record_of_a_preset_is_a_finding(self) -> None:
        """As in a file, with both places."""
        desired = using("hosting-mail", "autoconfig: {type: A, value: 192.0.2.1}\n")
        (finding,) = desired.findings
        assert (finding.code, finding.span) == ("cname-beside-others", Span("resources.yaml", 2, 23))
        assert finding.related == (Span("zones/example.org.yaml", 1, 1),)

    def test_a_zone_below_answers_for_itself(self) -> None:
        """What a preset gives there is an error, in a lenient zone a finding; other record sets stay."""
        below = {"zones/autoconfig.example.org.yaml": EMPTY}
        (error,) = errors({**zone(EMPTY, "{use: [hosting-mail]}"), **below})
        assert (error.code, error.span) == ("below-managed-zone", Span("resources.yaml", 2, 23))
        assert "`discovery: false`" in error.help
        assert codes({**zone(EMPTY, "{use: [{hosting-mail: {discovery: false}}]}"), **below}) == []
        lenient = load({**zone(EMPTY, "{use: [hosting-mail], lenient: true}"), **below})
        assert [finding.code for finding in lenient.findings] == ["below-managed-zone"]
        assert records(lenient).keys() == HOSTING.keys()

    def test_a_master_file_is_a_zone_file(self) -> None:
        """In which notation the zone's own records stand doesn't matter."""
        master = '$TTL 60\n@ IN TXT "v=spf1 ip4:192.0.2.1 -all"\n@ IN TXT "hello"\nmail IN A 192.0.2.1\n'
        files = {"zones/example.org.zone": master, "zones.yaml": "zones: {example.org: {use: [hosting-mail]}}\n"}
        desired = load(files)
        assert texts(record(desired, TXT)) == ['"hello"', '"v=spf1 ip4:192.0.2.1 mx -all"']
        assert record(desired, TXT).ttl == 60
        assert desired.related[TXT] == (Span("zones/example.org.zone", 2, 1),)

    def test_templates_in_the_zone_file_come_first(self) -> None:
        """What a variable says is merged as if it stood there."""
        files = zone("'': {type: TXT, value: 'v=spf1 {{ vars.net }} -all'}\n", "{use: [hosting-mail]}")
        extra = {"account.yaml": account("dns: {templates: true}\nvars: {net: 'ip4:192.0.2.1'}\n")}
        assert records(load({**files, **extra}))[TXT] == ['"v=spf1 ip4:192.0.2.1 mx -all"']


class TestLaws:
    """Whatever is used, and in whatever order."""

    ITEMS: Mapping[str, Any] = {
        "hosting-mail": ["hosting-mail", "{hosting-mail: {receive: false, dkim: v=DKIM1; p=x}}"],
        "google-workspace": ["{google-workspace: {receive: false, verification: google-site-verification=x}}"],
        "microsoft-365": ["{microsoft-365: {receive: false, tenant: contoso, verification: MS=ms1}}"],
        "letsencrypt-caa": ["letsencrypt-caa", "{letsencrypt-caa: {wildcards: true}}"],
    }
    CHOSEN = st.sets(st.sampled_from(sorted(ITEMS)), min_size=1).flatmap(
        lambda names: st.tuples(*(st.sampled_from(TestLaws.ITEMS[name]) for name in sorted(names)))
    )
    FILES = st.sampled_from(
        [
            EMPTY,
            "'': {type: TXT, ttl: 60, values: [x, v=spf1 include:_spf.google.com a ~all]}\n",
            "'': [{type: CAA, value: '0 issue \"ca.example\"'}, {type: TXT, value: v=spf1 exp=x.example ?mx}]\n",
        ]
    )

    @given(items=CHOSEN, text=FILES)
    def test_the_order_of_use_does_not_matter(self, items: tuple[str, ...], text: str) -> None:
        """Values, TTLs and names of presets are the same; only places differ, because they are places."""
        first, *others = (using(", ".join(order), text) for order in permutations(items))
        for other in others:
            assert other.state == first.state
            assert other.presets == first.presets
            assert other.places.keys() == first.places.keys()

    @given(items=CHOSEN, text=FILES)
    def test_the_same_files_give_the_same(self, items: tuple[str, ...], text: str) -> None:
        """Nothing is remembered from one load to the next."""
        assert using(", ".join(items), text) == using(", ".join(items), text)

    @given(items=CHOSEN, text=FILES)
    def test_what_presets_gave_may_be_written_into_the_file(self, items: tuple[str, ...], text: str) -> None:
        """A zone whose file holds the whole expansion already stays as it is: expanding is done once and for all."""
        once = using(", ".join(items), text)
        again = load(zone(_as_file(once), f"{{use: [{', '.join(items)}]}}"))
        assert again.state == once.state
        assert again.presets == once.presets

    @given(items=CHOSEN, text=FILES)
    def test_there_is_at_most_one_spf_record(self, items: tuple[str, ...], text: str) -> None:
        """And it keeps the file's own mechanisms."""
        found = [value.strip('"') for value in records(using(", ".join(items), text)).get(TXT, [])]
        spf = [value for value in found if is_spf(value)]
        assert len(spf) <= 1
        if "include:_spf.google.com a" in text:
            assert spf[0].startswith("v=spf1 include:_spf.google.com a ")
            assert spf[0].endswith("~all")


def _as_file(desired: Desired) -> str:
    """Return the record sets of a zone as its file, in JSON, which is YAML."""
    import json

    names: dict[str, list[Any]] = {}
    for address, value in desired.state.items():
        if isinstance(value, RecordValue):
            name = KINDS["record"].keys(address)[1]
            names.setdefault("" if name == "@" else name, []).append(KINDS["record"].to_yaml(address, value))
    return json.dumps(names)
