"""Zones made and removed by the server's own program: no file of others is touched, and nothing comes back."""

from pathlib import Path

import pytest

from nameservers import Bind, Knot, NameServer
from nameservers.process import run
from nameservers.server import master_file
from providers.onserver import access, write, zones_of
from reconciler.model.change import Action
from reconciler.model.errors import AccountError
from reconciler.model.fields import Fields
from reconciler.model.outcome import Status
from reconciler.ports import Scope, Written
from reconciler.providers._rfc2136_writing import Rfc2136Writer
from reconciler.providers.rfc2136 import Rfc2136Reader

DONE = Written(Status.DONE)


def made(server: NameServer, zone: str, **more: str) -> tuple[Written, ...]:
    """Make a zone; ``more`` are further settings of rndc."""
    makes = zones_of(server)
    if more:
        makes["zones"]["rndc"] |= more
    return Rfc2136Writer(access(server, **makes)).write((write(f"zone/{zone}", None, Fields()),))


def removed(server: NameServer, zone: str) -> tuple[Written, ...]:
    """Remove a zone."""
    return Rfc2136Writer(access(server, **zones_of(server))).write((write(f"zone/{zone}", Fields(), None),))


def files(bind: Bind, zone: str) -> set[Path]:
    """Return the files of a zone."""
    return set(bind.folder.glob(f"{zone}*"))


def test_every_zone_that_is_made_has_a_file_of_its_own(bind: Bind, zone: str) -> None:
    """So the removal of one, which BIND finishes later, takes nothing from the next of that name."""
    found: set[Path] = set()
    for _ in range(3):
        assert made(bind, zone) == (DONE,)
        new = files(bind, zone) - found
        assert any(file.suffix == ".zone" for file in new)
        found |= new
        assert removed(bind, zone) == (DONE,)


@pytest.mark.parametrize("header", ["; by hand\n", "; Made by reconciler. BIND owns this file from now on.\n"])
def test_a_file_that_is_there_is_never_touched(bind: Bind, zone: str, header: str) -> None:
    """Whoever wrote it: neither when the zone is made, nor when BIND refuses it, nor when it is removed."""
    theirs = bind.folder / f"{zone}.zone"
    theirs.write_text(header)
    with pytest.raises(AccountError, match="BIND didn't add the zone"):
        made(bind, zone, options="no-such-option yes;")
    assert files(bind, zone) == {theirs}
    assert (made(bind, zone), removed(bind, zone)) == ((DONE,), (DONE,))
    assert theirs.read_text() == header


def test_the_file_of_a_living_zone_outlives_a_failure(bind: Bind, zone: str) -> None:
    """The zone is there already, though nobody serves it to us: what BIND refuses to add takes nothing from it."""
    assert made(bind, zone) == (DONE,)
    before = {file: file.read_bytes() for file in files(bind, zone)}
    opened = access(bind, **zones_of(bind))
    maker = Rfc2136Writer(opened)._maker
    assert maker is not None
    with pytest.raises(AccountError, match="already exists"):
        maker.make(zone)
    assert all(file.read_bytes() == text for file, text in before.items())
    assert bind.serial(zone)


def test_a_zone_that_stands_in_named_conf_stays(bind: Bind, zone: str) -> None:
    """It would be back when BIND starts again; the plan says so, and a writer does before anything is done."""
    (bind.folder / f"{zone}.db").write_text(master_file(zone, ""))
    config = bind.folder / "named.conf"
    before = config.read_text()
    key = bind.server.key_name
    config.write_text(
        f'{before}zone "{zone}" {{ type primary; file "{zone}.db"; allow-update {{ key "{key}"; }}; }};\n'
    )
    run([*bind.control, "reconfig"])
    opened = access(bind, **zones_of(bind))
    can = Rfc2136Reader(opened).capabilities
    assert "Take it out there, run `rndc reconfig`" in can.zone_hindrance(zone, Action.DELETE)
    assert can.zone_hindrance(zone, Action.CREATE) == ""
    (answer,) = removed(bind, zone)
    assert answer.status is Status.FAILED
    assert answer.detail.startswith("It stands in named.conf")
    assert bind.serial(zone)
    config.write_text(before)
    run([*bind.control, "reconfig"])
    live = Rfc2136Reader(opened).read(Scope(owned=frozenset({zone})))
    assert (live.state, live.withheld) == ({}, {})


def test_a_zone_that_was_made_at_run_time_may_go(bind: Bind, knot: Knot, zone: str) -> None:
    """Whoever made it; and one that isn't there hinders nobody."""
    for server in (bind, knot):
        server.add_zone(zone)
        can = Rfc2136Reader(access(server, **zones_of(server))).capabilities
        assert [can.zone_hindrance(name, Action.DELETE) for name in (zone, f"no-{zone}")] == ["", ""]


@pytest.mark.parametrize("name", ["-clean", "-x.example", "a b.example", "a;b.example", "a]b.example", "*.example"])
@pytest.mark.parametrize("kind", ["bind", "knot"])
@pytest.mark.needs_server("bind", "knot")
def test_a_name_that_could_be_more_than_a_name_reaches_no_program(
    request: pytest.FixtureRequest, kind: str, name: str
) -> None:
    """`-x.example` looks like an option, other signs have a meaning in settings: the plan and the writer refuse."""
    server: NameServer = request.getfixturevalue(kind)
    opened = access(server, **zones_of(server))
    for action in (Action.CREATE, Action.DELETE):
        said = Rfc2136Reader(opened).capabilities.zone_hindrance(name, action)
        assert said.startswith(f"No program of the server is told of a zone named {name}:")
        assert said.endswith("by hand, and plan again.")
    maker = Rfc2136Writer(opened)._maker
    assert maker is not None
    for tell in (maker.is_there, maker.make, maker.remove):
        with pytest.raises(AccountError, match="could take it for more than a name"):
            tell(name)
