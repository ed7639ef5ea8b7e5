"""Zones that an earlier run read: believed for a day, while their SOA is the same, never in place of an answer."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from nameservers import Bind, Powerdns
from providers.middle import PASS, Middle
from providers.onserver import access, how, through, value, writes
from reconciler.cache.age import BELIEVED
from reconciler.cache.cache import Cache
from reconciler.model.errors import AuthenticationError, IncompleteReadError
from reconciler.model.fields import Value
from reconciler.model.groups import Group, groups_of
from reconciler.model.outcome import Status
from reconciler.model.secret import Secret
from reconciler.model.state import Live
from reconciler.nameserver.server import Key, Server
from reconciler.nameserver.zone import Transfer
from reconciler.ports import Scope, Written
from reconciler.providers._kept_zones import KeptZones, minute
from reconciler.providers._provider import Access
from reconciler.providers._rfc2136_writing import Rfc2136Writer
from reconciler.providers.rfc2136 import Rfc2136Reader

RECORDS = "www 300 A 192.0.2.1\nold 300 TXT x\n"
BY_SERIAL, BY_TRANSFER = "0 zones transferred, 1 unchanged by serial", "1 zone transferred"
Changed = Callable[[Transfer], Transfer]


@pytest.fixture
def opened(bind: Bind, zone: str, tmp_path: Path) -> Access:
    """A provider on a server that has the zone, with a cache that an earlier run has filled."""
    bind.add_zone(zone, RECORDS)
    opened = access(bind)
    run(replace(opened, cache=Cache(tmp_path)), zone)
    return opened


def run(opened: Access, *zones: str, owned: tuple[str, ...] = ()) -> Live:
    """Read in a run of its own, which leaves its cache, however it ends."""
    try:
        return Rfc2136Reader(replace(opened, known={})).read(Scope(zones=frozenset(zones), owned=frozenset(owned)))
    finally:
        opened.cache.write()


def group_of(live: Live, zone: str) -> Group[Value]:
    """Return the record sets of a zone."""
    group = groups_of(live.state)[f"record/{zone}"]
    assert isinstance(group, Group)
    return group


def again(opened: Access, tmp_path: Path, believed: bool = True) -> Access:
    """Return the same provider in a later run."""
    return replace(opened, known={}, cache=Cache(tmp_path, believed=believed))


def kept(opened: Access) -> KeptZones:
    """Return what is kept of the zones of a provider."""
    at = opened.settings
    key = Key(at.tsig.name, at.tsig.algorithm, opened.secrets["tsig.key"])
    return KeptZones(opened.cache, Server(at.server, at.port, key))


def remembered(opened: Access, tmp_path: Path, zone: str, change: Changed) -> None:
    """Let the cache remember a zone otherwise than it was read."""
    later = again(opened, tmp_path)
    found = kept(later).find(zone)
    assert found is not None
    kept(later).keep(zone, change(found))
    later.cache.write()


def test_a_later_run_proves_a_zone_by_its_serial_and_looks_into_nothing(
    opened: Access, zone: str, tmp_path: Path
) -> None:
    """How many record sets it has is known; what is in it is made only when somebody asks, and is what is live."""
    live = run(again(opened, tmp_path), zone)
    assert how(live) == BY_SERIAL
    assert (group_of(live, zone).is_loaded, len(live.state)) == (False, 4)
    fresh = run(again(opened, tmp_path, believed=False), zone)
    assert (fresh.proof, fresh.state, fresh.soas) == (BY_TRANSFER, live.state, live.soas)


def test_equal_zones_have_equal_groups(opened: Access, zone: str, tmp_path: Path) -> None:
    """So two reads of it, and what is desired of it, are known to be the same without a look."""
    one, other = (
        run(again(opened, tmp_path, believed), zone).state.groups[f"record/{zone}"] for believed in (True, False)
    )
    assert isinstance(one, Group) and isinstance(other, Group)
    assert one.id == other.id != ""


def test_a_zone_whose_serial_is_another_is_transferred(opened: Access, bind: Bind, zone: str, tmp_path: Path) -> None:
    """And what is read then is what later runs go by."""
    bind.set(zone, "www", "A", 60, "192.0.2.9")
    changed = run(again(opened, tmp_path), zone)
    assert (changed.proof, changed.state[f"record/{zone}/www/A"]) == (BY_TRANSFER, value("A", "192.0.2.9", ttl=60))
    assert how(run(again(opened, tmp_path), zone)) == BY_SERIAL


@pytest.mark.parametrize(
    "change",
    [
        lambda read: replace(read, soa=read.soa[:-17] + b"\2" + read.soa[-16:]),  # it was set back to an older state
        lambda read: replace(read, soa=read.soa.upper()),
        lambda read: replace(read, soa=read.soa[:-1] + b"\0"),
        lambda read: replace(read, at=read.at - BELIEVED - 1),
        lambda read: replace(read, at=read.at + 3600),  # a clock went back
    ],
)
def test_what_isnt_proven_is_read_whole(change: Changed, opened: Access, zone: str, tmp_path: Path) -> None:
    """An SOA that isn't the same to the octet, what is a day old, and what is said to be of tomorrow."""
    remembered(opened, tmp_path, zone, change)
    assert how(run(again(opened, tmp_path), zone)) == BY_TRANSFER
    assert how(run(again(opened, tmp_path), zone)) == BY_SERIAL


def test_it_says_since_when_a_zone_is_only_believed(opened: Access, bind: Bind, zone: str, tmp_path: Path) -> None:
    """What the oldest of them was read at, with the day where that isn't today: nobody takes it for a look of now."""
    other = f"b-{zone}"
    bind.add_zone(other, RECORDS)
    run(again(opened, tmp_path), other)
    remembered(opened, tmp_path, zone, lambda read: replace(read, at=read.at - BELIEVED // 2))
    found = kept(again(opened, tmp_path)).find(zone)
    assert found is not None
    said = run(again(opened, tmp_path), zone, other).proof
    assert said == f"0 zones transferred, 2 unchanged by serial since {minute(found.at)}"


@pytest.mark.parametrize(
    ("at", "text"), [("2026-11-26 00:00:59", "00:00"), ("2026-11-25 23:59:59", "2026-11-25 23:59")]
)
def test_a_time_has_its_day_where_that_isnt_today(at: str, text: str) -> None:
    """In UTC, as all that is said."""
    found, now = (int(datetime.fromisoformat(f"{time}Z").timestamp()) for time in (at, "2026-11-26 09:00:00"))
    assert minute(found, now) == text


def test_another_soa_under_the_same_serial_is_read(opened: Access, bind: Bind, zone: str, tmp_path: Path) -> None:
    """Somebody has put another file in the zone's place, and its number happens to be the same."""
    bind.remove_zone(zone)
    bind.add_zone(zone, "www 300 A 192.0.2.66", person="somebody.test.")
    assert bind.serial(zone) == 1
    live = run(again(opened, tmp_path), zone)
    assert (how(live), live.state[f"record/{zone}/www/A"]) == (BY_TRANSFER, value("A", "192.0.2.66"))
    assert how(run(again(opened, tmp_path), zone)) == BY_SERIAL


def test_an_alias_in_the_place_of_a_zone_is_not_taken_for_it(bind: Bind, zone: str, tmp_path: Path) -> None:
    """BIND answers with the SOA of the zone that it leads to, which may be the very same."""
    opened, sub = access(bind), f"sub.{zone}"
    bind.add_zone(sub, RECORDS)
    run(again(opened, tmp_path), sub)
    bind.remove_zone(sub)
    bind.add_zone(zone, f"sub 300 CNAME {zone}.")
    assert run(again(opened, tmp_path), owned=(sub,)).withheld.keys() == {f"record/{sub}"}
    assert run(again(opened, tmp_path), sub).complete == {f"record/{sub}", "zone"}
    bind.add_zone(sub, "www 300 A 192.0.2.66")
    assert how(run(again(opened, tmp_path), sub)) == BY_TRANSFER


def test_what_a_full_read_could_not_read_is_not_believed_afterwards(
    opened: Access, bind: Bind, zone: str, tmp_path: Path
) -> None:
    """The server says that it has the zone, with the serial that was seen, and doesn't give it."""
    bind.close(zone)
    assert how(run(again(opened, tmp_path), zone)) == BY_SERIAL
    for believed in (False, True):
        with pytest.raises(IncompleteReadError, match="It has the zone"):
            run(again(opened, tmp_path, believed), zone)


def test_whatever_ends_a_transfer_ends_belief(opened: Access, zone: str, tmp_path: Path) -> None:
    """Here a secret that is wrong, once."""
    assert how(run(again(opened, tmp_path), zone)) == BY_SERIAL
    wrong = replace(again(opened, tmp_path), secrets={"tsig.key": Secret("AAAA" * 8)})
    with pytest.raises(AuthenticationError):
        run(wrong, zone)
    assert how(run(again(opened, tmp_path), zone)) == BY_TRANSFER


def test_who_does_not_say_what_it_is_may_be_a_powerdns(bind: Bind, zone: str, tmp_path: Path) -> None:
    """Then its zones are kept for no later run."""
    bind.add_zone(zone, RECORDS)
    is_heard = False

    def spoilt(answer: bytes) -> bytes:
        is_told = is_heard or b"\7version\4bind" not in answer
        return answer if is_told else b"\0\x0c" + answer[2:14]

    with Middle(bind.server.port, lambda _: PASS, spoilt) as middle:
        opened = through(access(bind), middle.port)
        assert [how(run(again(opened, tmp_path), zone)) for _ in range(2)] == [BY_TRANSFER, BY_TRANSFER]
        is_heard = True
        assert [how(run(again(opened, tmp_path), zone)) for _ in range(2)] == [BY_TRANSFER, BY_SERIAL]


def test_a_powerdns_is_not_believed(powerdns: Powerdns, zone: str, tmp_path: Path) -> None:
    """Whoever changes its zones over its interface or in its database leaves the serial as it was."""
    powerdns.add_zone(zone, RECORDS)
    opened = access(powerdns)
    assert [how(run(again(opened, tmp_path), zone)) for _ in range(2)] == [BY_TRANSFER, BY_TRANSFER]


def test_what_another_key_was_shown_is_not_believed(opened: Access, zone: str, tmp_path: Path) -> None:
    """A server may have several views, and the same serial in each."""
    later = kept(again(opened, tmp_path))
    other = Server(later.server.host, later.server.port, Key("other.", "hmac-sha256", Secret("")))
    assert later.find(zone) is not None
    assert KeptZones(later.cache, other).find(zone) is None
    assert KeptZones(later.cache, replace(later.server, port=1)).find(zone) is None


def test_a_zone_that_is_gone_is_not_taken_from_the_cache(opened: Access, bind: Bind, zone: str, tmp_path: Path) -> None:
    """It is withheld where it is ours, as without a cache."""
    bind.remove_zone(zone)
    live = run(again(opened, tmp_path), owned=(zone,))
    assert live.withheld.keys() == {f"record/{zone}"}
    assert not live.state


def test_an_entry_that_isnt_one_is_not_believed(opened: Access, zone: str, tmp_path: Path) -> None:
    """Whoever wrote it, the zone is read."""
    later = again(opened, tmp_path)
    later.cache.keep("zone", kept(later)._key(zone), ("7", b"", 0))
    assert how(run(later, zone)) == BY_TRANSFER


@pytest.mark.parametrize("is_lost", [False, True])
def test_a_write_knows_how_the_server_spells_what_was_proven(
    is_lost: bool, bind: Bind, zone: str, tmp_path: Path
) -> None:
    """What a change demands is exact: from the cache, or from the server where the cache has lost it."""
    bind.add_zone(zone, 'www 300 CNAME Target.Example.NET.\ntwo 300 TXT "a" "b"\n')
    opened = access(bind)
    run(again(opened, tmp_path), zone)
    later = again(opened, tmp_path)
    assert how(run(later, zone)) == BY_SERIAL
    later = again(opened, tmp_path)
    Rfc2136Reader(later).read(Scope(zones=frozenset({zone})))
    for blob in tmp_path.glob("?" * 64) if is_lost else ():
        blob.unlink()
    given = Rfc2136Writer(later).write(
        writes(
            zone,
            {
                "www/CNAME": (value("CNAME", "target.example.net."), value("CNAME", "other.example.net.")),
                "two/TXT": (value("TXT", '"ab"'), None),
            },
        )
    )
    assert given == (Written(Status.DONE), Written(Status.DONE))
    proof = how(Rfc2136Reader(later).read(Scope(zones=frozenset({zone}))))
    later.cache.write()
    assert (proof, how(run(again(opened, tmp_path), zone))) == (BY_SERIAL, BY_SERIAL)
