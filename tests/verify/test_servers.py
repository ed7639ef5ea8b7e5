"""Which servers are asked: those that are listed, else those of the NS records, by our own addresses first."""

import pytest
from pydantic import ValidationError

from reconciler.kinds import KINDS
from reconciler.model.fields import Value
from reconciler.model.verification import Place, Verification
from reconciler.verify.servers import Targets, has_route, resolved, targets

ZONE = "example.org"


def sets(**values: object) -> dict[str, Value]:
    """Return record sets by ``TYPE__name`` (of the zone; ``apex`` is its own name)."""
    found: dict[str, Value] = {}
    for key, value in values.items():
        rtype, _, name = key.partition("__")
        address = f"record/{ZONE}/{'@' if name == 'apex' else name}/{rtype}"
        given = {"values": value} if isinstance(value, list) else {"value": value}
        found[address] = KINDS["record"].parse(address, {"ttl": 60, **given})
    return found


def nobody(host: str) -> tuple[str, ...]:
    """Know no host."""
    raise OSError(host)


def of(*states: dict[str, Value], reach: str = "", **listed: list[str]) -> Targets:
    """Return the targets of the zone; ``reach`` is the beginning of what can be reached."""
    settings = Verification.model_validate({"servers": {key.replace("_", "."): v for key, v in listed.items()}})
    return targets([ZONE], settings, states or ({},), nobody, lambda address: address.startswith(reach))


def places(found: Targets) -> list[str]:
    """Return the places as text."""
    return [str(target.place) for target in found.zones[ZONE]]


def test_the_ns_records_name_the_servers() -> None:
    """Their addresses are looked for in our own zones, and what is declared weighs more than what is live."""
    declared = sets(NS__apex=["ns1.example.org.", "ns2.example.org."], A__ns1="192.0.2.1", AAAA__ns1="2001:db8::1")
    live = sets(NS__apex="old.example.org.", A__ns1="192.0.2.9", A__ns2="192.0.2.2")
    found = of(declared, live)
    assert places(found) == ["192.0.2.1", "2001:db8::1", "192.0.2.2"]
    assert [target.name for target in found.zones[ZONE]] == ["ns1.example.org", "ns1.example.org", "ns2.example.org"]


def test_undeclared_ns_records_are_taken_from_the_account() -> None:
    """The apex NS set is the server's own unless somebody declares it."""
    assert places(of({}, sets(NS__apex="ns1.example.org.", A__ns1="192.0.2.1"))) == ["192.0.2.1"]


def test_a_list_counts_instead() -> None:
    """That of the zone, else the default one."""
    live = sets(NS__apex="ns1.example.org.", A__ns1="192.0.2.1")
    assert places(of(live, default=["192.0.2.7:5353"])) == ["192.0.2.7:5353"]
    assert places(of(live, default=["192.0.2.7"], example_org=["[2001:db8::7]:5353", "ns1.example.org"])) == [
        "[2001:db8::7]:5353",
        "192.0.2.1",
    ]


def test_an_address_to_which_no_way_leads_is_left_out_if_another_does() -> None:
    """A machine without IPv6 isn't a broken name server; but an only address is asked in any case."""
    both = sets(NS__apex="ns1.example.org.", A__ns1="192.0.2.1", AAAA__ns1="2001:db8::1")
    assert places(of(both, reach="192")) == ["192.0.2.1"]
    assert places(of(both, reach="fe80")) == ["192.0.2.1", "2001:db8::1"]


def test_a_name_without_an_address_is_told() -> None:
    """The other servers are asked all the same."""
    found = of(sets(NS__apex=["ns1.example.org.", "ns.example.net."], A__ns1="192.0.2.1"))
    assert places(found) == ["192.0.2.1"]
    assert list(found.unknown) == ["example.org, ns.example.net"]


def test_a_name_that_no_host_can_have_is_one_without_an_address() -> None:
    """Whatever an NS record or the list holds; the resolver of Python raises an error of its own for it."""
    settings = Verification.model_validate({"servers": {"default": ["a..b", f"{'a' * 64}.example.org"]}})
    found = targets([ZONE], settings, ({},), resolved, has_route)
    assert list(found.unknown) == ["example.org, a..b", f"example.org, {'a' * 64}.example.org"]


def test_a_zone_without_servers_is_told() -> None:
    """Nothing is good there."""
    assert "dns.verify.servers" in of({}).unknown[ZONE]


def test_names_are_looked_up_as_this_machine_does() -> None:
    """Every address once; a way leads to our own."""
    assert "127.0.0.1" in resolved("localhost") or "::1" in resolved("localhost")
    assert has_route("127.0.0.1")


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("192.0.2.53", Place("192.0.2.53")),
        ("192.0.2.53:5353", Place("192.0.2.53", 5353)),
        ("2001:db8::53", Place("2001:db8::53")),
        ("[2001:db8::53]", Place("2001:db8::53")),
        ("[2001:db8::53]:5353", Place("2001:db8::53", 5353)),
        ("ns1.example.org", Place("ns1.example.org")),
        ("ns1.example.org:5353", Place("ns1.example.org", 5353)),
    ],
)
def test_a_server_is_an_address_or_a_name_with_a_port(text: str, place: Place) -> None:
    """Each spelling that people know is read, and shown in one."""
    settings = Verification.model_validate({"servers": {"default": [text]}})
    assert settings.listed("example.org") == (place,)
    assert Verification.model_validate({"servers": {"default": [str(place)]}}) == settings


@pytest.mark.parametrize(
    "wrong", ["", "ns1 example", "192.0.2.53:0", "192.0.2.53:65536", "http://192.0.2.53", "[ns1]:53"]
)
def test_anything_else_is_refused(wrong: str) -> None:
    """With the spellings that are read."""
    with pytest.raises(ValidationError, match="Expected a name server"):
        Verification.model_validate({"servers": {"default": [wrong]}})


@pytest.mark.parametrize(("text", "seconds"), [("0s", 0), ("60s", 60), ("2min", 120), ("90 s", 90)])
def test_a_deadline_has_a_unit(text: str, seconds: int) -> None:
    """Seconds or minutes."""
    assert Verification.model_validate({"deadline": text}).deadline == seconds


@pytest.mark.parametrize("wrong", ["", "60", "1h", "-1s", "1.5s", "01s", "999999s"])
def test_a_deadline_without_one_is_refused(wrong: str) -> None:
    """Nobody has to guess."""
    with pytest.raises(ValidationError, match="Expected a length of time"):
        Verification.model_validate({"deadline": wrong})
