"""Whole runs on a name server: plan, apply, drift, zones that come and go, an apply that dies between two zones."""

import json
import os
import signal
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from anger.ground import applied, forked, session
from inside import Inside
from nameservers import Bind, NameServer
from program import Finished, Repository, environment
from providers.middle import PASS, Middle
from providers.onserver import settings, zones_of
from reconciler.model.points import watch_points
from reconciler.pipeline.resuming import resume
from reconciler.record.times import Times

TIMES = Times(renewal=0.05, silence=0.3, look=0.1, fresh=1.0)


@dataclass(frozen=True)
class Account:
    """An account in a repository whose DNS lies on a server; calling it runs ``reconciler``."""

    repository: Repository
    server: NameServer

    @classmethod
    def made(cls, folder: Path, server: NameServer, **more: Any) -> "Account":
        """Return an account without a zone."""
        folder.mkdir()
        repository = Repository(folder, environment(folder.parent / "home"))
        repository.git("init", "-q")
        one = cls(repository, server)
        one.write({}, **more)
        return one

    @property
    def secrets(self) -> dict[str, str]:
        """The environment with the key."""
        return {"TSIG_KEY": self.server.server.secret}

    def write(self, files: Mapping[str, str], **more: Any) -> None:
        """Write files and account.yaml, and commit them."""
        config = {"version": 1, "account": "K-104711", "providers": {"default": settings(self.server, **more)}}
        self.repository.commit("A change", {"account.yaml": json.dumps(config), **files})

    def __call__(self, *args: str, **env: str) -> Finished:
        """Run one command line."""
        return Inside(self.repository.path, {**self.repository.env, **self.secrets})(*args, **env)

    def applied(self, *args: str) -> str:
        """Apply, and return what was said; it must go well and leave nothing to do."""
        done = self("apply", "--auto-approve", *args)
        assert (done.code, done.err) == (0, ""), done.out + done.err
        again = self("plan", *args)
        assert "No changes." in again.out, again.out
        return done.out


@pytest.fixture
def account(nameserver: NameServer, tmp_path: Path) -> Account:
    """An account on each server."""
    return Account.made(tmp_path / "account", nameserver)


@pytest.fixture
def on_bind(bind: Bind, tmp_path: Path) -> Account:
    """An account on BIND."""
    return Account.made(tmp_path / "account", bind)


def test_from_the_first_plan_to_drift(account: Account, zone: str) -> None:
    """What is there is taken over, what is asked for is written, what somebody changes is drift."""
    account.server.add_zone(zone, "www 3600 A 192.0.2.1\nold 300 TXT x\n")
    account.write({f"zones/{zone}.yaml": "www: {type: A, value: 192.0.2.1}\nnew: {type: A, value: 192.0.2.2}\n"})
    planned = account("plan")
    assert "Plan: 1 to add, 0 to change, 0 to destroy." in planned.out
    assert "read completely: 4 resources in 2 groups (1 zone transferred)" in planned.out
    assert f"record/{zone}/new/A: created" in account.applied()
    assert account.server.dump(zone)["new", "A"] == (3600, ("192.0.2.2",))
    account.server.set(zone, "new", "A", 60, "192.0.2.2")
    drift = account("drift")
    assert (drift.code, f"record/{zone}/new/A" in drift.out) == (2, True)
    assert "0 added, 1 changed, 0 destroyed" in account.applied("--include-drift")
    assert account.server.dump(zone)["new", "A"] == (3600, ("192.0.2.2",))


def test_what_an_apply_asks_of_a_server(on_bind: Account, zone: str) -> None:
    """Each zone is transferred for the plan; one that changes costs an UPDATE and a transfer, then serials follow.

    Once it is asked what it is, because not every server's serials are kept for later runs.
    """
    zones = (f"a-{zone}", f"b-{zone}", f"c-{zone}")
    for name in zones:
        on_bind.server.add_zone(name, "www 3600 A 192.0.2.1\n")
        on_bind.write({f"zones/{name}.yaml": "www: {type: A, value: 192.0.2.1}\n"})
    on_bind.applied()
    with Middle(on_bind.server.server.port, lambda _: PASS) as middle:
        on_bind.write({f"zones/{zones[0]}.yaml": "www: {type: A, value: 192.0.2.2}\n"}, port=middle.port)
        assert "0 added, 1 changed, 0 destroyed" in on_bind("apply", "--auto-approve").out
        assert (middle.transfers, middle.updates, middle.questions) == (3 + 1 + 1, 1, 3)


def test_a_zone_that_isnt_there_is_made_first(on_bind: Account, zone: str) -> None:
    """The plan says how, and does nothing else with it; when it is there, the next plan goes on."""
    on_bind.write({f"zones/{zone}.yaml": "www: {type: A, value: 192.0.2.1}\n"})
    planned = on_bind("plan")
    assert f"! zone/{zone}" in planned.out
    assert "let the key reconciler. transfer and update it" in " ".join(planned.out.split())
    on_bind.server.add_zone(zone)
    assert f"record/{zone}/www/A: created" in on_bind.applied()


def test_a_zone_that_the_server_lost_is_never_taken_for_gone(on_bind: Account, zone: str) -> None:
    """Exit 1 with the server's words; who knows better says so, and then ``removed:`` or a new zone ends it."""
    on_bind.server.add_zone(zone)
    on_bind.write({f"zones/{zone}.yaml": "www: {type: A, value: 192.0.2.1}\n"})
    on_bind.applied()
    on_bind.server.remove_zone(zone)
    lost = on_bind("plan")
    assert lost.code == 1
    assert f"not read completely: record/{zone}, zone." in lost.err
    assert f"refuses the transfer of {zone} (NOTAUTH)" in lost.err
    assert "--accept-empty zone --reason TEXT" in lost.err
    (on_bind.repository.path / "zones" / f"{zone}.yaml").unlink()
    on_bind.write({"gone.yaml": f"removed: {{zone/{zone}: {{reason: moved}}}}\n"})
    assert on_bind("plan").code == 1
    done = on_bind("apply", "--auto-approve", "--accept-empty", "zone", "--reason", "moved")
    assert (done.code, done.err) == (0, "")
    assert on_bind("plan").out.count("No changes.") == 1


def test_a_zone_that_is_gone_is_not_believed_by_an_alias_in_its_place(on_bind: Account, zone: str) -> None:
    """Its last plan is kept, and the zone above it answers with its own SOA, which is the same: exit 1 all the same."""
    server, sub = on_bind.server, f"sub.{zone}"
    assert isinstance(server, Bind)
    server.add_zone(sub, "www 3600 A 192.0.2.1")
    on_bind.write({f"zones/{sub}.yaml": "www: {type: A, value: 192.0.2.1}\n"})
    on_bind.applied()
    assert "1 unchanged by serial" in on_bind("plan").out
    serial = server.serial(sub)
    server.remove_zone(sub)
    server.add_zone(zone, f"sub 300 CNAME {zone}.", serial)
    for _ in range(2):
        gone = on_bind("plan")
        assert (gone.code, gone.out) == (1, "")
        assert f"refuses the transfer of {sub} (NOTAUTH)" in gone.err


@pytest.mark.parametrize("kind", ["bind", "knot"])
@pytest.mark.needs_server("bind", "knot")
def test_zones_come_and_go_with_git(request: pytest.FixtureRequest, kind: str, zone: str, tmp_path: Path) -> None:
    """Made and filled in one apply; removed only when ``removed:`` names it, with all it holds."""
    server: NameServer = request.getfixturevalue(kind)
    makes = zones_of(server, f"ns1.{zone}.", "192.0.2.53")
    account = Account.made(tmp_path / "account", server, **makes)
    apex = f"'': {{type: NS, values: [ns1.{zone}., ns2.example.net.]}}\n"
    account.write({f"zones/{zone}.yaml": f"{apex}ns1: {{type: A, value: 192.0.2.54}}\n"}, **makes)
    said = account.applied()
    assert said.index(f"zone/{zone}: created") < said.index(f"record/{zone}/@/NS: created")
    assert server.dump(zone) == {
        ("@", "NS"): (3600, (f"ns1.{zone}.", "ns2.example.net.")),
        ("ns1", "A"): (3600, ("192.0.2.54",)),
    }
    (account.repository.path / "zones" / f"{zone}.yaml").unlink()
    account.write({}, **makes)
    refused = account("apply", "--auto-approve")
    assert refused.code == 3
    assert "tombstone-missing" in refused.out + refused.err
    account.write({"gone.yaml": f"removed: {{zone/{zone}: {{reason: no longer needed}}}}\n"}, **makes)
    assert f"zone/{zone}: destroyed" in account.applied()
    server.add_zone(zone)  # nothing is left of it


def test_a_zone_that_is_changed_in_parts_is_told_in_the_plan(on_bind: Account, zone: str) -> None:
    """Before anybody approves."""
    on_bind.server.add_zone(zone)
    texts = "".join(f"t{number}: {{type: TXT, value: '{number:0250}'}}\n" for number in range(320))
    on_bind.write({f"zones/{zone}.yaml": texts})
    planned = on_bind("plan")
    assert "zone-not-atomic" in planned.out
    assert f"The 320 changes in zone/{zone} are sent in 2 parts" in " ".join(planned.out.split())


def test_what_the_server_refuses_leaves_the_other_zones(on_bind: Account, zone: str) -> None:
    """Exit 6, with one sentence that names the record set; the zone stays as it was."""
    for name in (zone, f"b-{zone}"):
        on_bind.server.add_zone(name)
    good = "www: {type: A, value: 192.0.2.1}\n"
    on_bind.write({f"zones/{zone}.yaml": f"{good}bad_name: {{type: A, value: 192.0.2.1}}\n"})
    on_bind.write({f"zones/b-{zone}.yaml": good})
    done = on_bind("apply", "--auto-approve")
    said = " ".join((done.out + done.err).split())
    assert done.code == 6
    assert f"record/{zone}/bad_name/A: failed" in said
    assert "refuses this record set (REFUSED)" in said
    assert ("www", "A") not in on_bind.server.dump(zone)
    assert ("www", "A") in on_bind.server.dump(f"b-{zone}")


def test_an_apply_that_dies_between_two_zones_is_resumed(account: Account, zone: str) -> None:
    """What the first zone got stays and is sent no second time; the second zone is written."""
    zones = (f"a-{zone}", f"b-{zone}")
    for name in zones:
        account.server.add_zone(name)
        account.write({f"zones/{name}.yaml": "www: {type: A, value: 192.0.2.1}\n"})
    path, written = account.repository.path, 0

    def die(point: str) -> None:
        nonlocal written
        written += point == "batch written"
        if (point, written) == ("batch to be written", 1):
            os.kill(os.getpid(), signal.SIGKILL)

    def dying() -> int:
        watch_points(die)
        return applied(session(path, TIMES, **account.secrets))

    assert forked(dying) == -signal.SIGKILL
    serials = [account.server.serial(name) for name in zones]
    assert ("www", "A") in account.server.dump(zones[0])
    assert ("www", "A") not in account.server.dump(zones[1])

    def going_on() -> int:
        resumed = resume(session(path, TIMES, **account.secrets), "", lambda _: None, lambda _: None)
        return 0 if resumed and all(step.status == "done" for step in resumed.receipt.steps) else 71

    assert forked(going_on, host="another-machine") == 0
    assert account.server.serial(zones[0]) == serials[0]
    assert ("www", "A") in account.server.dump(zones[1])
    assert "No changes." in account("plan").out
