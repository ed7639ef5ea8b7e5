"""Whole runs on a PowerDNS: taken over, changed, drifting, and the key that is to be seen nowhere."""

import json
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from canaries.forms import leaks
from inside import Inside
from nameservers import Powerdns
from program import Finished, Repository, environment
from providers.powerdns_account import Between, Reply, between

pytestmark = pytest.mark.needs_server("powerdns")
MANY = "".join(f"n{i}: {{type: A, value: 192.0.2.{i}}}\n" for i in range(6))


@dataclass
class Account:
    """An account in a repository whose DNS lies on a PowerDNS; ``said`` is every word of every run."""

    repository: Repository
    server: Powerdns
    settings: dict[str, Any]
    said: list[str] = field(default_factory=list)

    def write(self, files: Mapping[str, str], **more: Any) -> None:
        """Write files and account.yaml, and commit them."""
        dns = {"type": "powerdns", "api_key": {"secret": "env/PDNS_KEY"}, **self.settings, **more}
        providers = {"default": {"type": "embedded", "path": "account.db"}, "dns": dns}
        config = {"version": 1, "account": "K-104711", "providers": providers}
        self.repository.commit("A change", {"account.yaml": json.dumps(config), **files})

    def __call__(self, *args: str, **env: str) -> Finished:
        """Run one command line."""
        secrets = {"PDNS_KEY": self.server.api_key, "TSIG_KEY": self.server.server.secret}
        done = Inside(self.repository.path, {**self.repository.env, **secrets})(*args, **env)
        self.said += [done.out, done.err]
        return done

    def applied(self, *args: str) -> str:
        """Apply, and return what was said; it must go well and leave nothing to do."""
        done = self("apply", "--auto-approve", *args)
        assert (done.code, done.err) == (0, ""), done.out + done.err
        assert "No changes." in self("plan").out
        return done.out

    def sinks(self) -> bytes:
        """Return every word, and every file of the repository, git's own objects unpacked."""
        files = (p for p in self.repository.path.rglob("*") if p.is_file() and ".git/objects" not in str(p))
        command = ["git", "cat-file", "--batch", "--batch-all-objects"]
        objects = subprocess.run(command, cwd=self.repository.path, capture_output=True, check=True).stdout
        return "\n".join(self.said).encode() + objects + b"".join(p.read_bytes() for p in files)


@pytest.fixture(params=["powerdns_api", "powerdns"])
def account(request: pytest.FixtureRequest, tmp_path: Path, zone: str) -> Iterator[Account]:
    """An account on a server without updates, and on one with them."""
    server: Powerdns = request.getfixturevalue(request.param)
    folder = tmp_path / "account"
    folder.mkdir()
    repository = Repository(folder, environment(tmp_path / "home"))
    repository.git("init", "-q")
    settings: dict[str, Any] = {"url": server.api_url, "nameservers": ["ns.test."]}
    if server.updates:
        to = server.server
        tsig = {"name": to.key_name, "algorithm": to.algorithm, "key": {"secret": "env/TSIG_KEY"}}
        settings["update"] = {"server": to.host, "port": to.port, "tsig": tsig}
    yield Account(repository, server, settings)
    for row in server.api("GET", "/zones"):
        server.remove_zone(row["name"].removesuffix("."))


def test_a_zone_from_its_creation_to_its_end(account: Account, zone: str) -> None:
    """Made, filled, drifted, put right, removed; the plan after each step is empty, and no key is left anywhere."""
    account.write({f"zones/{zone}.yaml": MANY + "www: {type: ALIAS, value: t.test., meta: {reason: the shop}}\n"})
    assert f"record/{zone}/www/ALIAS: created" in account.applied()
    assert {("@", "NS"), ("n0", "A"), ("n5", "A")} <= {
        (rrset["name"].removesuffix(f"{zone}.").rstrip(".") or "@", rrset["type"])
        for rrset in account.server.api("GET", f"/zones/{zone}.")["rrsets"]
    }
    assert account.server.comments(zone) == {("www", "ALIAS"): ("the shop",)}
    account.server.set(zone, "n1", "A", 300, "192.0.2.99")
    assert account("drift").code == 2
    account.applied("--include-drift")
    account.write({f"zones/{zone}.yaml": MANY + "www: {type: CNAME, value: n1.test.}\n"})
    account.applied()
    account.repository.git("rm", "-q", f"zones/{zone}.yaml")
    account.write({"removed.yaml": f"removed: {{zone/{zone}: {{reason: sold}}}}\n"})
    assert f"zone/{zone}: destroyed" in account.applied()
    assert f"{zone}." not in {row["name"] for row in account.server.api("GET", "/zones")}
    assert account("plan", PDNS_KEY="wr0ng-k4n4ry-key").code == 7
    assert leaks([account.server.api_key, account.server.server.secret, "wr0ng-k4n4ry-key"], account.sinks()) == []


def test_zones_of_others_are_reported_and_left_alone(account: Account, zone: str) -> None:
    """Also where an apply goes on beside them."""
    other = f"other.{zone}"
    account.server.add_zone(other, "www 300 A 192.0.2.1")
    there = account.server.dump(other)
    account.write({f"zones/{zone}.yaml": MANY})
    assert "Unmanaged" in account("plan").out
    assert other not in account.applied().replace("Unmanaged", "").split("Plan:")[1]
    assert account.server.dump(other) == there


def test_a_type_that_is_not_served_is_left_out(account: Account, zone: str) -> None:
    """LUA is a program; who declares it is told, and nothing at its name is deleted."""
    account.write({f"zones/{zone}.yaml": MANY + "lua: {type: PowerDnsProvider/LUA, value: \"A '192.0.2.1'\"}\n"})
    planned = account("plan")
    assert planned.code == 0 and "type-not-served" in planned.out and "7 to add" in planned.out


@pytest.mark.parametrize("account", ["powerdns_api"], indirect=True)
@pytest.mark.parametrize(("path", "said"), [("/zones?", b"[]"), ("/zones/", b'{"name": "')])
def test_a_lying_server_empties_nothing(account: Account, zone: str, path: str, said: bytes) -> None:
    """Every run that needs the account ends with exit 1, and nothing is sent but questions."""
    account.write({f"zones/{zone}.yaml": MANY})
    account.applied()
    there = account.server.api("GET", f"/zones/{zone}.")

    def lie(_: str, asked: str, reply: Reply) -> Reply:
        return Reply(200, said, {"Content-Type": "application/json"}) if asked.startswith(path) else reply

    with between(account.server) as middle:
        middle.spoil = lie
        account.write({f"zones/{zone}.yaml": MANY.partition("\n")[2]}, url=middle.url)
        codes = [account(*args).code for args in (["plan"], ["drift"], ["apply", "--auto-approve"])]
        assert codes == [1, 1, 1] and {method for method, _ in middle.asked} == {"GET"}
    assert account.server.api("GET", f"/zones/{zone}.") == there


def test_what_comes_in_between_the_plan_and_the_write(account: Account, zone: str) -> None:
    """Somebody else's change is left alone; with updates also one that comes in after comparing."""
    account.write({f"zones/{zone}.yaml": MANY})
    account.applied()
    with between(account.server) as middle:
        _interfere(account.server, middle, zone)
        account.write({f"zones/{zone}.yaml": MANY.replace("192.0.2.3}", "192.0.2.33}")}, url=middle.url)
        done = account("apply", "--auto-approve")
    live = account.server.api("GET", f"/zones/{zone}.?rrset_name=n3.{zone}.")["rrsets"]
    assert done.code == 6 and f"record/{zone}/n3/A: not done, because it has changed" in done.out
    assert [r["content"] for rrset in live for r in rrset["records"]] == ["192.0.2.66"]


def _interfere(server: Powerdns, middle: Between, zone: str) -> None:
    """Change a record set when the plan has been made and the writer begins to look."""
    seen: list[str] = []

    def second_look(method: str, path: str) -> None:
        seen.append(path)
        if seen.count(f"/zones/{zone}.") == 2 and path == f"/zones/{zone}.":
            server.set(zone, "n3", "A", 3600, "192.0.2.66")

    middle.before = second_look
