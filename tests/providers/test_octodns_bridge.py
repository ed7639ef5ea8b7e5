"""octoDNS's providers behind ours: what is read is proven, what is written is exact, and nothing gets out."""

import logging
import sys
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from pydantic import ValidationError

from inside import Inside
from nameservers import Bind, NameServer, Powerdns
from providers import faulty
from providers.bridged import access, access_of, account_of, key_of, read, settings_of, value, write
from reconciler.kinds.record import RecordValue
from reconciler.model.account import Policy
from reconciler.model.errors import (
    AccountError,
    AuthenticationError,
    IncompleteReadError,
    ReconcilerError,
    RefusedError,
)
from reconciler.model.outcome import Status
from reconciler.model.state import Live
from reconciler.ports import Scope
from reconciler.providers._provider import Access
from reconciler.providers.octodns_bridge import PROVIDER

A, B = value("A", 300, "192.0.2.1"), value("A", 300, "192.0.2.2")
TOKEN = "canary-of-the-provider"
#: Every type that octoDNS 1.22 has, with odd values; types without a name beside them stand below ``odd``.
EVERY = {
    "A": ("192.0.2.1", "192.0.2.255"),
    "AAAA": ("2001:db8::1", "2001:DB8:0:0:1::"),
    "CAA": ('0 issue "ca.example.net; policy=ev"', '128 iodef "mailto:x@example.org"'),
    "CNAME": ("*.example.org.",),
    "HTTPS": ("1 . alpn=h2,h3 ipv4hint=192.0.2.1", "0 svc.example.net."),
    "LOC": ("52 22 23.000 N 4 53 32.000 E -2.00m 0.00m 10000.00m 10.00m",),
    "MX": ("10 mail.example.org.", "65535 mail2.example.org."),
    "NAPTR": ('100 50 "S" "SIP+D2U" "" _sip._udp.example.org.', '10 10 "U" "E2U+sip" "!^.*$!sip:a@example.org!" .'),
    "NS": ("ns1.example.net.", "ns2.example.net."),
    "PTR": ("host.example.org.", "host2.example.org."),
    "SRV": ("0 5 5060 sip.example.org.", "65535 0 0 ."),
    "SSHFP": ("1 1 2BB183AF5F22588179A53B0A98631FAD1A292118", "4 2 " + "AB" * 32),
    "SVCB": ('1 svc.example.net. mandatory="alpn" alpn="h2"',),
    "TLSA": ("3 1 1 " + "0C" * 32,),
    "TXT": ("hello; world", "x" * 600, '"a quoted \\"word\\" inside"', "v=DKIM1\\; p=abc+/="),
}
#: Types that the fixtures can't put there: dnspython spells them otherwise than PowerDNS takes them, or not at all.
_NOT_BY_HAND = frozenset({"ALIAS", "HTTPS", "SPF", "SVCB", "TXT"})
OF_SERVER = {
    "bind": {"SPF": ("v=spf1 -all",)},
    "powerdns": {
        "ALIAS": ("target.example.org.",),
        "DS": ("60485 5 1 2BB183AF5F22588179A53B0A98631FAD1A292118",),
        "URI": ('10 1 "ftp://ftp.example.org/a%20b"',),
        "TXT": (*EVERY["TXT"], '"back\\\\slash \\195\\188"', '"\\"q\\""'),
    },
}


def every(server: NameServer) -> dict[str, RecordValue]:
    """Return a value of each type that a server's provider supports."""
    return {rtype: value(rtype, 300, *given) for rtype, given in {**EVERY, **OF_SERVER[server.kind]}.items()}


@pytest.fixture(params=["bind", "powerdns_api"])
def behind(request: pytest.FixtureRequest) -> NameServer:
    """The servers whose real providers are tested."""
    found: NameServer = request.getfixturevalue(request.param)
    return found


@pytest.fixture(autouse=True)
def held() -> Iterator[None]:
    """Nothing is left of the test before in what providers hold in this process."""
    faulty.HELD.clear()
    faulty.APPLIED.clear()
    yield


def held_by(cls: str, zone: str = "z.test.", **records: dict[str, object]) -> Access:
    """Return what a provider in this process is opened with, which holds a zone."""
    faulty.HELD[zone] = {**faulty.NS, **{(name, str(data["type"])): data for name, data in records.items()}}
    return access(
        {"type": "octodns", "class": f"providers.faulty.{cls}", "options": {"token": {"secret": "env/T"}}}, token=TOKEN
    )


def read_by(opened: Access, *zones: str) -> Live:
    """Return what a provider in this process reads."""
    return PROVIDER.open_reader(opened).read(Scope(zones=frozenset(zones or ("z.test",))))


class TestServers:
    """Real providers of octoDNS, real servers."""

    @pytest.mark.needs_server("bind", "powerdns")
    def test_every_type_both_ways(self, behind: NameServer, zone: str) -> None:
        """Each type is written, read back as exactly what was meant, changed, and deleted."""
        behind.add_zone(zone)
        values = every(behind)
        at = {(f"odd.{rtype.lower()}", rtype): found for rtype, found in values.items()}
        assert not failed(write(behind, zone, {key: (None, found) for key, found in at.items()}))
        live = read(behind, zone).state
        assert {key: live[f"record/{zone}/{key[0]}/{key[1]}"] for key in at} == at
        longer = {key: found._replace(ttl=2**31 - 1) for key, found in at.items()}
        assert not failed(write(behind, zone, {key: (at[key], longer[key]) for key in at}))
        assert not failed(write(behind, zone, {key: (found, None) for key, found in longer.items()}))
        left = {address for address in read(behind, zone).state if zone in address}
        assert left == {f"zone/{zone}", f"record/{zone}/@/NS"}

    @pytest.mark.needs_server("bind", "powerdns")
    def test_what_others_wrote(self, behind: NameServer, zone: str) -> None:
        """A zone that somebody else filled reads as our own reading of the same values."""
        values = {rtype: found for rtype, found in every(behind).items() if rtype not in _NOT_BY_HAND}
        lines = [
            f"odd.{rtype.lower()} 300 {rtype} {text}"
            for rtype in values
            for text in EVERY.get(rtype, OF_SERVER[behind.kind].get(rtype, ()))
        ]
        behind.add_zone(zone, "\n".join([*lines, 'odd.txt 300 TXT "a" "b; c"']))
        live = read(behind, zone).state
        assert {rtype: live[f"record/{zone}/odd.{rtype.lower()}/{rtype}"] for rtype in values} == values
        assert live[f"record/{zone}/odd.txt/TXT"] == value("TXT", 300, "ab; c")

    @pytest.mark.needs_server("bind", "powerdns")
    def test_names(self, behind: NameServer, zone: str) -> None:
        """Wildcards, underscores, A-labels and names below an empty one are written and read."""
        behind.add_zone(zone)
        names = ("*", "*.sub", "_dmarc", "xn--bcher-kva", "a.b.c.d")
        text = value("TXT", 300, "a")
        assert not failed(write(behind, zone, {(name, "TXT"): (None, text) for name in names}))
        assert {f"record/{zone}/{name}/TXT" for name in names} <= read(behind, zone).state.keys()

    @pytest.mark.needs_server("bind", "powerdns")
    def test_a_type_changes(self, behind: NameServer, zone: str) -> None:
        """A name that had addresses gets a CNAME in one step, and the other way round."""
        behind.add_zone(zone, "www 300 A 192.0.2.1")
        cname = value("CNAME", 300, "a.test.")
        assert not failed(write(behind, zone, {("www", "A"): (A, None), ("www", "CNAME"): (None, cname)}))
        assert not failed(write(behind, zone, {("www", "CNAME"): (cname, None), ("www", "A"): (None, A)}))

    @pytest.mark.needs_server("bind", "powerdns")
    def test_somebody_else_was_first(self, behind: NameServer, zone: str) -> None:
        """What is no longer as planned is a conflict, and nothing of its zone is written."""
        behind.add_zone(zone, "www 300 A 192.0.2.9")
        answers = write(behind, zone, {("www", "A"): (A, B), ("new", "A"): (None, A)})
        assert {answer.status for answer in answers.values()} == {Status.CONFLICT}
        assert "record/{zone}/new/A" not in read(behind, zone).state

    @pytest.mark.needs_server("bind", "powerdns")
    def test_twice(self, behind: NameServer, zone: str) -> None:
        """The same write twice has one effect, and both answers say that it is done."""
        behind.add_zone(zone)
        assert not failed(write(behind, zone, {("www", "A"): (None, A)}))
        assert not failed(write(behind, zone, {("www", "A"): (None, A)}))

    @pytest.mark.needs_server("bind", "powerdns")
    def test_apex_ns(self, behind: NameServer, zone: str) -> None:
        """The NS records of the zone itself are read and changed, some or all of them."""
        behind.add_zone(zone)
        sets = [value("NS", 3600, "ns.test."), value("NS", 60, "ns1.a.", "ns2.a."), value("NS", 60, "ns2.a.")]
        for before, after in pairwise(sets):
            assert not failed(write(behind, zone, {("@", "NS"): (before, after)}))
            assert read(behind, zone).state[f"record/{zone}/@/NS"] == after

    @pytest.mark.needs_server("bind", "powerdns")
    def test_a_wrong_key(self, behind: NameServer, zone: str) -> None:
        """A refused key is an authentication error, without the key."""
        behind.add_zone(zone)
        name = "api_key" if isinstance(behind, Powerdns) else "key_secret"
        wrong = access(settings_of(behind), **{name: "d3Jvbmctb25lLXdyb25nLW9uZS13cm9uZy1vbmU="})
        with pytest.raises(AuthenticationError) as caught:
            read(behind, zone, opened=wrong)
        assert "d3Jvbmct" not in told(caught.value)
        assert key_of(behind) not in told(caught.value)

    def test_bind_has_no_such_zone(self, bind: Bind, zone: str) -> None:
        """One that nobody owns isn't there, and never an empty one; those beside it are read."""
        bind.add_zone(zone)
        live = read(bind, zone, f"b.{zone}")
        assert live.state.keys() == {f"zone/{zone}", f"record/{zone}/@/NS"}
        assert live.complete == {"zone", f"record/{zone}", f"record/b.{zone}"}

    def test_powerdns_has_no_such_zone(self, powerdns_api: Powerdns, zone: str) -> None:
        """That a zone isn't there is proven by the list of zones, and by asking for it."""
        live = read(powerdns_api, zone)
        assert not [address for address in live.state if zone in address]
        assert {"zone", f"record/{zone}"} <= live.complete

    @pytest.mark.needs_server("powerdns")
    def test_unlisted_zones_of_powerdns(self, zone: str, tmp_path: Path) -> None:
        """Zones that nobody declared are told by name; without any that are declared, all are read."""
        with Powerdns(tmp_path / "alone", updates=False) as alone:
            alone.add_zone(zone, "www 300 A 192.0.2.1")
            other = read(alone, f"other-{zone}")
            assert f"zone/{zone}" in other.state
            assert f"record/{zone}" not in other.complete
            assert f"record/{zone}/www/A" in read(alone).state

    @pytest.mark.needs_server("bind", "powerdns")
    def test_nobody_answers(self, behind: NameServer, zone: str) -> None:
        """A server that isn't there is an error of the account, whoever has to be asked first."""
        settings = settings_of(behind)
        settings["options"] = {**settings["options"], "port": "9"}
        opened = replace(access_of(behind), settings=access(settings).settings)
        with pytest.raises(AccountError):
            read(behind, zone, opened=opened)

    def test_what_bind_ignores(self, bind: Bind, zone: str) -> None:
        """A CNAME beside other data is taken without an error and ignored by the server: reading back tells."""
        bind.add_zone(zone, "www 300 A 192.0.2.1")
        answer = write(bind, zone, {("www", "CNAME"): (None, value("CNAME", 300, "a.test."))})["www", "CNAME"]
        assert (answer.status, "holds something else" in answer.detail) == (Status.FAILED, True)

    @pytest.mark.parametrize("text", ['"\\"quotes\\""', '"back\\\\slash"', '"\\252"'])
    def test_what_octodns_cannot_say(self, bind: Bind, zone: str, text: str) -> None:
        """A text that octoDNS would write otherwise than it is meant is refused before anything is written."""
        bind.add_zone(zone)
        answer = write(bind, zone, {("t", "TXT"): (None, value("TXT", 300, text)), ("a", "A"): (None, A)})
        assert {found.status for found in answer.values()} == {Status.FAILED}
        assert "octoDNS can't hold" in answer["t", "TXT"].detail
        assert answer["a", "A"].detail.endswith(f"because record/{zone}/t/TXT can't be.")
        assert bind.dump(zone).keys() == {("@", "NS")}


class TestReading:
    """What providers do when they can't read is never taken for an empty zone."""

    @pytest.mark.parametrize(
        ("cls", "why"),
        [
            ("Swallowing", "HTTP 500"),
            ("Silent", "without any record"),
            ("Contradicting", "shows nothing of it"),
        ],
    )
    def test_empty_answers(self, cls: str, why: str) -> None:
        """An empty answer with a logged error, without any proof, or against the list of zones is no read."""
        opened = held_by(cls)
        if cls == "Contradicting":
            faulty.HELD.clear()
        with pytest.raises(IncompleteReadError, match=why) as caught:
            read_by(opened)
        assert TOKEN not in told(caught.value)

    def test_errors_are_heard_where_logging_is_switched_off(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """And it stays off for whoever switched it off."""
        monkeypatch.setattr(logging.root.manager, "disable", logging.CRITICAL)
        with pytest.raises(IncompleteReadError, match="HTTP 500"):
            read_by(held_by("Swallowing"))
        assert logging.root.manager.disable == logging.CRITICAL

    def test_a_second_look(self) -> None:
        """A zone without NS records of its own has to look the same twice."""
        opened = held_by("Forgetful", www={"type": "A", "ttl": 60, "value": "192.0.2.1"})
        del faulty.HELD["z.test."]["", "NS"]
        with pytest.raises(IncompleteReadError, match="otherwise each time"):
            read_by(opened)

    def test_an_empty_zone(self) -> None:
        """A zone that is listed, and empty at both looks, is empty."""
        live = read_by(held_by("SilentListing"))
        assert (dict(live.state).keys(), "record/z.test" in live.complete) == ({"zone/z.test"}, True)

    def test_absent(self) -> None:
        """A zone of which a provider says that it isn't there isn't there."""
        assert read_by(held_by("Held", zone="other.test.")).state == {}

    def test_whole_writers(self) -> None:
        """A provider that writes zones whole without reading them is found out, not trusted with one change."""
        with pytest.raises(IncompleteReadError, match="shows nothing of it"):
            read_by(held_by("Rewriting"))

    def test_nothing_gets_out(self, capfd: pytest.CaptureFixture[str]) -> None:
        """What a provider prints or logs doesn't reach us; its error is one neutral line without its token."""
        with pytest.raises(AuthenticationError) as caught:
            read_by(held_by("Chatty"))
        assert capfd.readouterr() == ("", "")
        assert str(caught.value).endswith("\\x1b[31m401 Unauthorized for token ***.")

    def test_options_of_records(self) -> None:
        """``dynamic`` and ``octodns`` are read as they are declared, where the class supports dynamic records."""
        dynamic = {"pools": {"one": {"values": [{"value": "192.0.2.7"}]}}, "rules": [{"pool": "one"}]}
        data = {
            "type": "A",
            "ttl": 60,
            "value": "192.0.2.1",
            "dynamic": dynamic,
            "octodns": {"healthcheck": {"port": 80}},
        }
        found = read_by(held_by("Held", www=data)).state["record/z.test/www/A"]
        assert isinstance(found, RecordValue)
        assert '"healthcheck":{"port":80}' in str(found.options)
        assert '"value":"192.0.2.7"' in str(found.options)

    def test_capabilities(self) -> None:
        """What a class supports is what can be declared: types, options, its own NS records."""
        held = PROVIDER.open_reader(held_by("Held")).capabilities
        assert held.data_types == {"A", "CNAME", "MX", "NS", "TXT"}
        assert (held.other_types, held.record_options) == ({"ALIAS"}, {"dynamic", "octodns"})
        assert (held.apex_ns, held.makes_zones) == (True, False)
        rootless = PROVIDER.open_reader(held_by("Rootless")).capabilities
        assert (rootless.apex_ns, rootless.record_options) == (False, False)
        assert "record/z.test/@/NS" not in read_by(held_by("Rootless")).state


class TestWriting:
    """Exactly what was approved is handed to octoDNS, and only what is there afterwards is done."""

    def test_only_our_changes(self) -> None:
        """octoDNS's plan holds our changes and nothing else; its own limits on changes don't apply."""
        names = [f"n{number}" for number in range(20)]
        opened = held_by("Held", **{name: {"type": "A", "ttl": 300, "value": "192.0.2.1"} for name in names})
        answers = write_by(opened, {(name, "A"): (A, None) for name in names})
        assert set(answers) == {Status.DONE}
        (plan,) = faulty.APPLIED
        assert sorted(change.existing.name for change in plan.changes) == sorted(names)

    def test_a_provider_that_remembers(self) -> None:
        """Between plan and write, and after it, zones are read anew, whatever a provider remembers."""
        opened = held_by("Remembering", www={"type": "A", "ttl": 300, "value": "192.0.2.1"})
        assert read_by(opened).state["record/z.test/www/A"] == A
        faulty.HELD["z.test."]["www", "A"] = {"type": "A", "ttl": 300, "value": "192.0.2.9"}
        assert write_by(opened, {("www", "A"): (A, B)}) == [Status.CONFLICT]
        assert write_by(opened, {("new", "A"): (None, A)}) == [Status.DONE]
        assert read_by(opened).state["record/z.test/new/A"] == A

    def test_a_provider_that_does_nothing(self) -> None:
        """What a provider takes and doesn't do has failed."""
        assert write_by(held_by("Ignoring"), {("www", "A"): (None, A)}) == [Status.FAILED]

    def test_dynamic_records(self) -> None:
        """A dynamic record set is written with its options, and read back."""
        pools = {"one": {"fallback": None, "values": [{"status": "obey", "value": "192.0.2.7", "weight": 1}]}}
        options = {"dynamic": {"pools": pools, "rules": [{"pool": "one"}]}}
        wanted = value("A", 60, "192.0.2.1", options=options)
        assert write_by(held_by("Held"), {("www", "A"): (None, wanted)}) == [Status.DONE]

    def test_a_zone_that_is_not_there(self) -> None:
        """Nothing is written to a zone that isn't there: some providers would make one, with that alone in it."""
        assert write_by(held_by("Held", zone="other.test."), {("www", "A"): (None, A)}) == [Status.FAILED]
        assert faulty.APPLIED == []


class TestOpening:
    """Which classes are made, and with what."""

    def test_not_admitted(self) -> None:
        """A class that policy doesn't name is refused with what to write, and isn't imported."""
        opened = replace(held_by("Held"), policy=Policy())
        with pytest.raises(RefusedError, match=r"doesn't admit the class providers\.faulty\.Held") as caught:
            PROVIDER.open_reader(opened)
        assert "octodns_classes: [providers.faulty.*]" in caught.value.help
        with pytest.raises(RefusedError):
            PROVIDER.open_writer(opened)

    @pytest.mark.parametrize(
        ("cls", "why", "remedy"),
        [
            ("octodns_nowhere.Provider", "can't be imported", "pip install octodns-nowhere"),
            ("providers.faulty.Missing", "is no provider", "Correct `class`"),
            ("providers.faulty.NoProvider", "is no provider", "Correct `class`"),
        ],
    )
    def test_no_such_class(self, cls: str, why: str, remedy: str) -> None:
        """A package that isn't installed, or a class that is none, is one error that says how to mend it."""
        opened = access({"type": "octodns", "class": cls}, Policy(octodns_classes=("*",)))
        with pytest.raises(AccountError, match=why) as caught:
            PROVIDER.open_reader(opened)
        assert remedy in caught.value.help

    def test_without_the_extra(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Where octoDNS isn't installed, one error says how to install it."""
        opened = held_by("Held")
        monkeypatch.setitem(sys.modules, "octodns", None)
        with pytest.raises(AccountError, match="octoDNS isn't installed") as caught:
            PROVIDER.open_reader(opened)
        assert "pip install 'reconciler[octodns]'" in caught.value.help

    def test_wrong_options(self) -> None:
        """An option that the class doesn't know is octoDNS's own word, without a secret."""
        settings = {"type": "octodns", "class": "providers.faulty.Held", "options": {"tokn": "x"}}
        with pytest.raises(AccountError, match="unexpected keyword argument 'tokn'"):
            PROVIDER.open_reader(access(settings))

    def test_options_are_typed(self) -> None:
        """Texts become what the class's defaults are; credentials are put in their places, however deep."""
        options = {
            "token": {"secret": "env/T"},
            "ttl": "60",
            "wait": "2",
            "deep": {"inner": {"secret": "env/U"}, "list": ["1", "true", "x"]},
            "delete_pcent_threshold": "0",
        }
        settings = {"type": "octodns", "class": "providers.faulty.Held", "options": options}
        opened = access(settings, **{"token": "12", "deep.inner": "s"})
        provider = vars(PROVIDER.open_reader(opened))["_source"].provider
        assert provider.given == ("12", 60, {"inner": "s", "list": [1, True, "x"]}, 2.0)
        assert provider.delete_pcent_threshold == 0.3

    @pytest.mark.parametrize(
        ("options", "why"),
        [
            ({"token": "plain text"}, "A secret is never written here"),
            ({"key_secret": "bm8="}, "A secret is never written here"),
            ({"host": "env/HOST"}, "Options aren't read from there"),
            ({"deep": {"a": ["file/x"]}}, "Options aren't read from there"),
            ({"token": {"secret": "nowhere/T"}}, "the place of a secret"),
        ],
    )
    def test_options_that_are_refused(self, options: dict[str, object], why: str) -> None:
        """Secrets stand nowhere in account.yaml, and octoDNS's own way to name them is told apart."""
        with pytest.raises(ValidationError, match=why):
            access({"type": "octodns", "class": "providers.faulty.Held", "options": options})

    @pytest.mark.parametrize("name", ["Held", "a/b.Held", "a..Held", ".Held", "a.Held; import os"])
    def test_what_is_no_class(self, name: str) -> None:
        """A class is named with its module."""
        with pytest.raises(ValidationError, match="not a class"):
            access({"type": "octodns", "class": name})

    def test_origin(self) -> None:
        """What seals hold says class and options, in one order, and no credential."""
        options = {"ttl": "60", "token": {"secret": "env/T"}, "deep": {"a": {"secret": "env/U"}, "b": ["1"]}}
        opened = access(
            {"type": "octodns", "class": "providers.faulty.Held", "options": options}, token="t", **{"deep.a": "u"}
        )
        assert PROVIDER.open_reader(opened).origin == 'octodns:providers.faulty.Held deep={"b": ["1"]} ttl=60'


class TestRuns:
    """The program with its zones behind octoDNS."""

    def test_a_story(self, bind: Bind, zone: str, tmp_path: Path) -> None:
        """Plan, apply, drift, repair, delete: every second plan is empty, and the server holds what is declared."""
        bind.add_zone(zone, "www 300 A 192.0.2.1\nhand 300 A 192.0.2.9")
        run = Inside(tmp_path, {"KEY": key_of(bind)})
        (tmp_path / "account.yaml").write_text(account_of(bind))
        (tmp_path / "zones").mkdir()
        file = tmp_path / "zones" / f"{zone}.yaml"
        www, text = "www: {type: A, ttl: 60, value: 192.0.2.1}\n", "t: {type: TXT, ttl: 60, value: text}\n"
        file.write_text(www + text + "v: {type: DNAME, value: other.test.}\n")
        planned = run("plan")
        assert planned.code == 0, planned.err
        assert "type-not-served" in planned.out
        assert run("apply", "--auto-approve").code == 0
        assert bind.dump(zone)["www", "A"] == (60, ("192.0.2.1",))
        assert "No changes." in run("plan").out
        bind.set(zone, "www", "A", 60, "192.0.2.66")
        assert run("drift").code == 2
        assert run("apply", "--auto-approve", "--include-drift").code == 0
        file.write_text(www)
        assert run("apply", "--auto-approve").code == 0
        assert bind.dump(zone).keys() == {("@", "NS"), ("www", "A"), ("hand", "A")}
        assert "No changes." in run("plan").out

    @pytest.mark.needs_server("bind", "powerdns")
    def test_init(self, behind: NameServer, zone: str, tmp_path: Path) -> None:
        """An account is begun from what is there: the zones that are named, and the first plan is empty."""
        behind.add_zone(zone, 'www 300 A 192.0.2.1\nt 300 TXT "a; b"')
        run = Inside(tmp_path, {"KEY": key_of(behind)})
        (tmp_path / "account.yaml").write_text(account_of(behind))
        done = run("init", "--only", "dns", "--zone", zone)
        assert (done.code, "No changes." in done.out) == (0, True), done.err
        assert "value: a\\; b" in (tmp_path / "zones" / f"{zone}.yaml").read_text()

    def test_a_zone_that_is_missing(self, powerdns_api: Powerdns, zone: str, tmp_path: Path) -> None:
        """A zone that the provider doesn't have is refused with what to do; nothing is written."""
        run = Inside(tmp_path, {"KEY": key_of(powerdns_api)})
        (tmp_path / "account.yaml").write_text(account_of(powerdns_api))
        (tmp_path / "zones").mkdir()
        (tmp_path / "zones" / f"{zone}.yaml").write_text("www: {type: A, value: 192.0.2.1}\n")
        planned = run("plan")
        assert (planned.code, "octoDNS makes no zones" in planned.out) == (3, True)


def write_by(
    opened: Access, changes: dict[tuple[str, str], tuple[RecordValue | None, RecordValue | None]]
) -> list[Status]:
    """Return how writes by a provider in this process end."""
    return [answer.status for answer in write(None, "z.test", changes, opened).values()]


def failed(answers: dict[tuple[str, str], object]) -> dict[tuple[str, str], object]:
    """Return the answers that aren't `done`."""
    return {key: answer for key, answer in answers.items() if getattr(answer, "status", None) is not Status.DONE}


def told(error: ReconcilerError) -> str:
    """Return all that an error says."""
    return f"{error!r} {error} {error.help} {error.lines}"
