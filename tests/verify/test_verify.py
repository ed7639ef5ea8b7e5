"""``reconciler verify``: every authoritative server is asked for everything, and what is wrong is named."""

import socket
from pathlib import Path

import pytest

from nameservers import Bind, NameServer, Powerdns
from verify.place import MASTER, YAML, Place, place_of


def test_servers_that_answer_as_declared(nameserver: NameServer, zone: str, tmp_path: Path) -> None:
    """Wildcards, aliases, delegations with glue, empty names, texts cut otherwise and other case: all is equal."""
    nameserver.add_zone(zone, MASTER)
    place = Place(tmp_path / "p", [place_of(nameserver)], **{zone: YAML})
    done = place("verify")
    assert (done.code, done.err) == (0, ""), done.out
    assert "Verified: 11 answers of 1 server for 1 zone as declared." in done.out
    assert f"record/{zone}/hidden.child/A: not asked, because it lies below a delegation" in done.out


def test_each_difference_is_shown_with_what_is_declared(bind: Bind, zone: str, tmp_path: Path) -> None:
    """Values, TTLs, another type at the name, names and types that aren't there: exit 2, a line for each."""
    bind.add_zone(
        zone, "same 300 IN A 192.0.2.1\nvalue 300 IN A 192.0.2.9\nttl 60 IN A 192.0.2.1\ntype 300 IN AAAA ::1\n"
    )
    bind.set(zone, "alias", "CNAME", 300, f"same.{zone}.")
    names = ("same", "value", "ttl", "type", "alias", "gone")
    text = "".join(f"{name}: {{type: A, ttl: 300, value: 192.0.2.1}}\n" for name in names)
    place = Place(tmp_path / "p", [place_of(bind)], **{zone: text})
    code, found = place.verified()
    (row,) = found["servers"]
    assert (code, row["standing"], row["equal"]) == (2, "differs", 1)
    served = {one["address"].split("/")[2]: one["served"] for one in row["differing"]}
    assert served == {
        "value": "192.0.2.9 (TTL 300)",
        "ttl": "192.0.2.1 (TTL 60)",
        "type": "no A there",
        "alias": f"CNAME same.{zone}. (TTL 300)",
        "gone": "no such name (NXDOMAIN)",
    }
    assert all(one["declared"] == "192.0.2.1 (TTL 300)" for one in row["differing"])
    assert "192.0.2.9 (TTL 300); declared: 192.0.2.1 (TTL 300)" in place("verify").out


@pytest.mark.parametrize(("name", "words"), [("bind", "REFUSED"), ("knot", "REFUSED"), ("powerdns", "REFUSED")])
def test_a_server_without_the_zone_is_named(
    name: str, words: str, request: pytest.FixtureRequest, zone: str, tmp_path: Path
) -> None:
    """It refuses: exit 2, and the table says so instead of counting answers."""
    server: NameServer = request.getfixturevalue(name)
    place = Place(tmp_path / "p", [place_of(server)], **{zone: YAML})
    code, found = place.verified()
    (row,) = found["servers"]
    assert (code, row["standing"]) == (2, "wrong")
    assert words in row["problem"]


def test_a_server_that_serves_only_the_zone_above_is_lame(nameserver: NameServer, zone: str, tmp_path: Path) -> None:
    """It answers for the parent, delegated or not: that isn't this zone."""
    nameserver.add_zone(zone, "sub 300 IN NS ns.example.net.\n")
    text = "www: {type: A, ttl: 300, value: 192.0.2.1}\n"
    place = Place(tmp_path / "p", [place_of(nameserver)], **{f"sub.{zone}": text, f"other.{zone}": text})
    code, found = place.verified()
    assert code == 2
    assert [row["standing"] for row in found["servers"]] == ["wrong", "wrong"]
    assert all("isn't authoritative for the zone (lame)" in row["problem"] for row in found["servers"])


def test_another_account_s_zone_is_suspected(bind: Bind, zone: str, tmp_path: Path) -> None:
    """A server that has the zone and nothing of what is declared may serve somebody else's."""
    bind.add_zone(zone, "www 300 IN A 198.51.100.1\n@ 300 IN A 198.51.100.1\n")
    text = "'': {type: A, ttl: 300, value: 192.0.2.1}\nwww: {type: A, ttl: 300, value: 192.0.2.1}\n"
    done = Place(tmp_path / "p", [place_of(bind)], **{zone: text})("verify")
    assert done.code == 2
    assert "it may serve another account's zone of this name" in done.out


def test_a_server_that_cant_be_reached_is_an_error(bind: Bind, zone: str, tmp_path: Path) -> None:
    """Exit 1, which weighs more than an answer that differs; the other server's result stands in the same table."""
    bind.add_zone(zone, MASTER)
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    place = Place(tmp_path / "p", [place_of(bind), f"127.0.0.1:{port}"], **{zone: YAML})
    code, found = place.verified()
    assert code == 1
    assert [row["standing"] for row in found["servers"]] == ["good", "unreachable"]
    assert "Not verified: 1 of 2 good." in place("verify").out
    assert "Connection refused" in found["servers"][1]["problem"]


def test_a_zone_whose_servers_nobody_knows(tmp_path: Path) -> None:
    """Without NS records and without a list nothing is verified: exit 1, and what to do."""
    place = Place(tmp_path / "p", [], **{"example.test": "www: {type: A, value: 192.0.2.1}\n"})
    done = place("verify")
    assert done.code == 1
    assert "dns.verify.servers" in done.out


def test_only_the_zones_that_are_named(bind: Bind, zone: str, tmp_path: Path) -> None:
    """Others aren't asked for; a name that no file has is a mistake of the caller."""
    bind.add_zone(zone, MASTER)
    place = Place(tmp_path / "p", [place_of(bind)], **{zone: YAML, "absent.test": YAML})
    assert place("verify", zone.upper()).code == 0
    assert place("verify").code == 2
    wrong = place("verify", "exampel.test")
    assert (wrong.code, "There is no zone exampel.test in the files." in wrong.err) == (64, True)
    assert place("verify", "--deadline", "soon").code == 64


def test_what_policy_leaves_alone_and_what_has_no_data_isnt_asked(
    powerdns: Powerdns, zone: str, tmp_path: Path
) -> None:
    """An ignored record set is nobody's business; an ALIAS has no answer of its own."""
    powerdns.add_zone(zone, "www 300 IN A 192.0.2.1\n")
    text = (
        "www: {type: A, ttl: 300, value: 192.0.2.1}\nacme: {type: TXT, ttl: 300, value: token}\n"
        "'': {type: ALIAS, ttl: 300, value: www.example.net.}\n"
    )
    place = Place(tmp_path / "p", [place_of(powerdns)], **{zone: text})
    config = place.folder / "account.yaml"
    config.write_text(config.read_text() + "policy: {ignore: [{match: record/*/acme/TXT, reason: ACME}]}\n")
    code, found = place.verified()
    assert (code, found["servers"][0]["equal"]) == (0, 1)
    assert [one["address"] for one in found["left_out"]] == [f"record/{zone}/@/ALIAS"]


def test_apply_verifies_what_it_has_changed(bind: Bind, zone: str, tmp_path: Path) -> None:
    """After an apply only what it changed is asked for, deletions too; a server that differs makes it exit 2."""
    bind.add_zone(zone, "www 300 IN A 192.0.2.1\nold 300 IN A 192.0.2.2\n")
    www, old = (f"{name}: {{type: A, ttl: 300, value: 192.0.2.{n}}}\n" for n, name in enumerate(("www", "old"), 1))
    place = Place(tmp_path / "p", [place_of(bind)], **{zone: www + old})
    first = place("apply", "--auto-approve", "--verify")
    assert first.code == 0, first.out + first.err
    assert "Verified: 2 answers of 1 server" in first.out
    assert "Nothing to verify" in place("apply", "--auto-approve", "--verify").out
    place.write(zone, www)
    gone = place("apply", "--auto-approve", "--verify", "--json")
    assert gone.code == 2
    assert f'"address": "record/{zone}/old/A"' in gone.out
    assert '"served": "192.0.2.2 (TTL 300)"' in gone.out
    assert '"declared": "nothing"' in gone.out
    assert place("apply", "--deadline", "1s").code == 64
    assert place("apply", "--resume", "--verify").code == 64


def test_a_second_server_that_lags_behind_the_primary(bind: Bind, peer: Bind, zone: str, tmp_path: Path) -> None:
    """The primary is the provider's server; its secondary is behind until it has the same serial."""
    www = "www: {type: A, ttl: 300, value: 192.0.2.1}\n"
    bind.add_zone(zone)
    peer.add_zone(zone)
    place = Place(tmp_path / "p", [place_of(bind), place_of(peer)], provider=bind, **{zone: www})
    done = place("apply", "--auto-approve", "--verify", "--deadline", "0s")
    assert done.code == 2, done.out + done.err
    code, found = place.verified()
    assert [(row["standing"], row["serial"], row["primary_serial"]) for row in found["servers"]] == [
        ("good", 2, 2),
        ("behind", 1, 2),
    ]
    assert "it has serial 1 and the primary 2" in done.out
    assert [row["problem"] for row in found["servers"]] == ["", "it has serial 1 and the primary 2"]
    peer.set(zone, "www", "A", 300, "192.0.2.1")
    assert (code, place("verify").code) == (2, 0)


def test_without_the_primary_the_others_are_still_asked(bind: Bind, peer: Bind, zone: str, tmp_path: Path) -> None:
    """That is when one wants to know: exit 1, the table of those that answer, and why no serials are compared."""
    www = "www: {type: A, ttl: 300, value: 192.0.2.1}\n"
    peer.add_zone(zone, "www 300 IN A 192.0.2.1\n")
    place = Place(tmp_path / "p", [place_of(peer)], provider=bind, **{zone: www})
    with socket.create_server(("127.0.0.1", 0)) as closed:
        gone = f"127.0.0.1:{closed.getsockname()[1]}"
    config = place.folder / "account.yaml"
    config.write_text(config.read_text().replace(f"port: {bind.server.port}", f"port: {gone.partition(':')[2]}"))
    code, found = place.verified()
    (row,), (primary,) = found["servers"], found["not_asked"]
    assert (code, row["standing"], row["equal"], row["primary_serial"]) == (1, "good", 1, None)
    assert primary["what"].endswith(gone)
    assert primary["reason"].startswith("The primary can't be read, so nobody knows the serials")
    assert "connection refused" in primary["reason"]
    peer.set(zone, "www", "A", 300, "192.0.2.2")
    assert "192.0.2.2 (TTL 300); declared: 192.0.2.1" in place("verify").out
    config.write_text(config.read_text().replace(f"[{place_of(peer)}]", "[]"))
    alone = place("verify")
    assert (alone.code, alone.out, "connection refused" in alone.err) == (1, "", True)


def test_a_primary_that_is_written_over_its_interface_tells_its_serial(
    powerdns_api: Powerdns, bind: Bind, zone: str, tmp_path: Path
) -> None:
    """It is the one that counts there, too."""
    www = "www: {type: A, ttl: 300, value: 192.0.2.1}\n"
    powerdns_api.add_zone(zone)
    bind.add_zone(zone, "www 300 IN A 192.0.2.1\n")
    place = Place(tmp_path / "p", [place_of(powerdns_api), place_of(bind)], provider=powerdns_api, **{zone: www})
    assert place("apply", "--auto-approve").code == 0
    code, found = place.verified()
    serial = powerdns_api.serial(zone)
    assert (code, serial > 1) == (2, True)
    assert [(row["standing"], row["primary_serial"]) for row in found["servers"]] == [
        ("good", serial),
        ("behind", serial),
    ]


def test_a_zone_of_a_name_server_is_adopted_by_its_name(bind: Bind, zone: str, tmp_path: Path) -> None:
    """init is told the first zone, adopt another one later, which neither files nor record knew."""
    bind.add_zone(zone, "www 300 IN A 192.0.2.1\n")
    bind.add_zone(f"second.{zone}", "www 300 IN A 192.0.2.2\n")
    place = Place(tmp_path / "p", [place_of(bind)], provider=bind)
    nameless = place("init", "--only", "dns")
    assert (nameless.code, "--zone" in nameless.err) == (64, True)
    assert place("init", "--only", "dns", "--zone", zone).code == 0
    assert place("adopt", f"zone/second.{zone}").code == 0
    assert place("apply", "--auto-approve").code == 0
    assert place("verify").code == 0
    assert place("adopt", f"zone/third.{zone}").code == 64
