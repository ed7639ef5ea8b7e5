"""The servers of the tests do what tests of providers rest on."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from nameservers import NS, Bind, NameServer, Powerdns
from nameservers.process import free_port

RECORDS = """\
www 300 A 192.0.2.1
www 300 A 192.0.2.2
text TXT "two" "strings"
alias CNAME www
"""
APEX = {("@", "NS"): (3600, (NS,))}
HELD = {
    **APEX,
    ("www", "A"): (300, ("192.0.2.1", "192.0.2.2")),
    ("text", "TXT"): (3600, ('"two" "strings"',)),
}


def test_a_zone_is_made_changed_by_hand_and_removed(nameserver: NameServer, zone: str) -> None:
    """What it holds is seen by a transfer after each step."""
    nameserver.add_zone(zone, RECORDS)
    held = {**HELD, ("alias", "CNAME"): (3600, (f"www.{zone}.",))}
    assert nameserver.dump(zone) == nameserver.dug(zone) == held
    before = nameserver.serial(zone)
    nameserver.set(zone, "www", "A", 60, "192.0.2.9")
    nameserver.set(zone, "text", "TXT", 0)
    held.pop(("text", "TXT"))
    assert nameserver.dump(zone) == {**held, ("www", "A"): (60, ("192.0.2.9",))}
    assert nameserver.serial(zone) > before
    nameserver.remove_zone(zone)
    with pytest.raises(Exception, match=r"REFUSED|NOTAUTH"):
        nameserver.dump(zone)


def test_a_zone_may_be_made_again(nameserver: NameServer, zone: str) -> None:
    """What a removed zone held doesn't come back with its name."""
    nameserver.add_zone(zone, RECORDS)
    nameserver.set(zone, "www", "A", 60, "192.0.2.9")
    nameserver.remove_zone(zone)
    nameserver.add_zone(zone, (("@", "NS", 60, ("ns.example.net.",)),))
    assert nameserver.dump(zone) == {("@", "NS"): (60, ("ns.example.net.",))}


def test_what_a_server_holds_outlives_it(nameserver: NameServer, zone: str) -> None:
    """Neither a restart nor a sudden end loses an update that was confirmed."""
    nameserver.add_zone(zone, RECORDS)
    nameserver.set(zone, "www", "A", 60, "192.0.2.9")
    before = nameserver.dump(zone)
    nameserver.restart()
    assert nameserver.dump(zone) == before
    nameserver.set(zone, "text", "TXT", 0)
    nameserver.kill()
    nameserver.process.start()
    assert ("text", "TXT") not in nameserver.dump(zone)


def test_powerdns_without_updates_is_written_over_its_api(powerdns_api: Powerdns, zone: str) -> None:
    """It refuses what the other flavour takes."""
    powerdns_api.add_zone(zone, RECORDS)
    powerdns_api.set(zone, "www", "A", 60, "192.0.2.9")
    assert powerdns_api.dump(zone)["www", "A"] == (60, ("192.0.2.9",))
    message = powerdns_api.update(zone)
    message.add("www", 60, "A", "192.0.2.10")
    with pytest.raises(AssertionError, match="REFUSED"):
        powerdns_api.send(message)


def test_the_peer_is_another_server(bind: Bind, peer: Bind, zone: str) -> None:
    """They share nothing."""
    bind.add_zone(zone)
    with pytest.raises(Exception, match=r"REFUSED|NOTAUTH"):
        peer.dump(zone)
    assert bind.server.port != peer.server.port
    assert bind.server.secret != peer.server.secret


def test_ports_are_nobody_elses() -> None:
    """The same port isn't given twice, not even before anybody listens on it."""
    ports = [free_port() for _ in range(20)]
    assert len(set(ports)) == 20


@pytest.mark.needs_server("bind")
def test_a_server_dies_with_the_process_that_started_it(tmp_path: Path) -> None:
    """A test run that is killed leaves nothing running."""
    script = (
        "import os, sys; from pathlib import Path; from nameservers import Bind\n"
        "print(Bind(Path(sys.argv[1])).process.pid, flush=True); os.kill(os.getpid(), 9)"
    )
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    command = [sys.executable, "-c", script, str(tmp_path / "bind")]
    done = subprocess.run(command, capture_output=True, text=True, env=env, check=False)
    pid, until = int(done.stdout), time.monotonic() + 10
    while _runs(pid):
        assert time.monotonic() < until, f"{pid} still runs"
        time.sleep(0.02)


def _runs(pid: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False


def test_a_server_that_does_not_start_says_why(tmp_path: Path, bind: Bind) -> None:
    """Its own words stand in the failure."""
    folder = tmp_path / "broken"
    with Bind(folder) as server:
        server.stop()
        (folder / "named.conf").write_text("options { nonsense yes; };")
        with pytest.raises(AssertionError, match="unknown option 'nonsense'"):
            server.process.start()
