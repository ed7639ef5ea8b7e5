"""Beside octoDNS: where its plan for the same account is another, in classes, with a word why; nothing is applied."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from inside import Inside
from nameservers import Bind
from program import Finished
from providers import faulty
from providers.bridged import key_of, settings_of
from providers.faulty import NS

ACCOUNT = """\
version: 1
account: K-104711
providers:
  default: {type: embedded, path: account.db}
  dns: {type: octodns, class: providers.faulty.Listing}
policy: {octodns_classes: [providers.faulty.*]}
"""
CONFIG = """\
providers:
  config: {class: octodns.provider.yaml.YamlProvider, directory: %s, enforce_order: false}
  live: {class: providers.faulty.Listing, token: env/TOKEN}
zones:
  z.test.: {sources: [config], targets: [live]}
"""
ZONE = "www: {type: A, ttl: 60, value: 192.0.2.1}\nt: {type: TXT, ttl: 60, value: 'v=DKIM1\\; p=a'}\n"
A = {"type": "A", "ttl": 60, "value": "192.0.2.1"}
TOKEN = "canary-of-octodns"


@dataclass
class Beside:
    """An account on a provider of octoDNS in this process, and octoDNS's own files for the same zone."""

    folder: Path
    octodns: Path
    run: Inside

    def ours(self, text: str, account: str = ACCOUNT) -> None:
        """Write our zone file."""
        (self.folder / "account.yaml").write_text(account)
        (self.folder / "zones" / "z.test.yaml").write_text(text)

    def theirs(self, text: str, config: str = CONFIG) -> None:
        """Write octoDNS's zone file and configuration."""
        (self.octodns / "config" / "z.test.yaml").write_text(text)
        (self.octodns / "production.yaml").write_text(config.replace("%s", str(self.octodns / "config")))

    def live(self, **records: dict[str, Any]) -> None:
        """Say what the account holds."""
        faulty.HELD["z.test."] = {**NS, **{(name, data["type"]): data for name, data in records.items()}}

    def plan(self, *more: str) -> Finished:
        """Plan beside octoDNS."""
        return self.run("plan", "--compare-octodns", str(self.octodns / "production.yaml"), *more, TOKEN=TOKEN)

    def shadow(self, *more: str) -> dict[str, Any]:
        """Return what JSON says of the comparison."""
        done = self.plan("--json", *more)
        assert done.out, done.err
        found: dict[str, Any] = json.loads(done.out)["octodns"]
        return found

    def found(self, *more: str) -> dict[str, tuple[str, str]]:
        """Return class and reason of each disagreement, by address."""
        rows = self.shadow(*more)["disagreements"]
        return {row["address"]: (row["class"], row["why"]) for row in rows}


@pytest.fixture
def beside(tmp_path: Path) -> Beside:
    """Both, in agreement, over a zone that holds nothing yet."""
    faulty.HELD.clear()
    faulty.APPLIED.clear()
    (tmp_path / "account" / "zones").mkdir(parents=True)
    (tmp_path / "octodns" / "config").mkdir(parents=True)
    made = Beside(tmp_path / "account", tmp_path / "octodns", Inside(tmp_path / "account"))
    made.ours(ZONE)
    made.theirs(ZONE)
    made.live()
    return made


def test_both_agree(beside: Beside) -> None:
    """Two plans that leave the same in the account are counted, and nothing else is said; nothing was applied."""
    done = beside.plan("--detailed-exitcode")
    assert done.out.endswith("Beside octoDNS (production.yaml): 2 changes the same, 0 disagreements.\n")
    assert beside.shadow() == {
        "config": str(beside.octodns / "production.yaml"),
        "agreed": 2,
        "disagreements": [],
        "remarks": {},
    }
    assert faulty.APPLIED == []
    assert faulty.HELD == {"z.test.": NS}


def test_only_ours(beside: Beside) -> None:
    """What only we would do."""
    beside.theirs("www: {type: A, ttl: 60, value: 192.0.2.1}\n")
    assert beside.found() == {"record/z.test/t/TXT": ("only ours", "octoDNS's files don't have it.")}


def test_only_octodns(beside: Beside) -> None:
    """What only octoDNS would do: it deletes what nobody declared, and we report it."""
    beside.live(hand=A, www=A)
    beside.theirs(ZONE + "more: {type: A, ttl: 60, value: 192.0.2.1}\n")
    found = beside.found()
    assert found["record/z.test/hand/A"][0] == "only octoDNS"
    assert found["record/z.test/hand/A"][1].startswith("Nobody declared it")
    assert found["record/z.test/more/A"] == ("only octoDNS", "Our files don't have it.")


def test_only_spelling(beside: Beside) -> None:
    """An update of octoDNS's after which everything is as before is told as one of spelling."""
    beside.live(c={"type": "CNAME", "ttl": 60, "value": "www.z.test."})
    config = CONFIG.replace("targets: [live]", "targets: [live], lenient: true")
    beside.ours(ZONE + "c: {type: CNAME, ttl: 60, value: www.z.test.}\n")
    beside.theirs(ZONE + "c: {type: CNAME, ttl: 60, value: www.z.test}\n", config)
    sort, why = beside.found()["record/z.test/c/CNAME"]
    assert (sort, "without its last dot" in why) == ("only octoDNS", True)


def test_other_values_and_ttl(beside: Beside) -> None:
    """Values differ, or only the TTL does; taking over is told."""
    beside.live(www={**A, "value": "192.0.2.9"})
    beside.theirs("www: {type: A, ttl: 61, value: 192.0.2.1}\nt: {type: TXT, ttl: 60, value: other}\n")
    assert beside.found() == {
        "record/z.test/www/A": ("other TTL", "Takes over what was there."),
        "record/z.test/t/TXT": ("other values", ""),
    }


def test_not_served(beside: Beside) -> None:
    """What we leave out, because our provider doesn't serve it, and octoDNS would write."""
    beside.ours(
        ZONE + "s: {type: MX, ttl: 60, value: {exchange: m.test., preference: 1}}\n",
        ACCOUNT.replace("Listing", "Narrow"),
    )
    beside.theirs(ZONE + "s: {type: MX, ttl: 60, value: {exchange: m.test., preference: 1}}\n")
    assert beside.found()["record/z.test/s/MX"][0] == "type-not-served"


def test_octodns_refuses(beside: Beside) -> None:
    """A zone that octoDNS can't plan is one row with its reason; other zones are compared all the same."""
    config = CONFIG + "  y.test.: {sources: [config], targets: [live]}\n"
    beside.theirs("www: {type: A, ttl: 60, value: 192.0.2.300}\n", config)
    faulty.HELD["y.test."] = dict(NS)
    (beside.octodns / "config" / "y.test.yaml").write_text(ZONE)
    (beside.folder / "zones" / "y.test.yaml").write_text(ZONE)
    shadow = beside.shadow()
    (row,) = shadow["disagreements"]
    assert (row["address"], row["class"], shadow["agreed"]) == ("zone/z.test", "octoDNS refused", 2)
    assert 'invalid IPv4 address "192.0.2.300"' in row["why"]


def test_octodns_own_limits(beside: Beside) -> None:
    """Where octoDNS would stop because of its own limits, that is said, and what it would do is compared."""
    beside.live(**{f"n{number}": A for number in range(12)})
    found = beside.found()
    assert found["zone/z.test"][0] == "octoDNS refused"
    assert "Too many deletes" in found["zone/z.test"][1]
    assert len([row for row in found.values() if row[0] == "only octoDNS"]) == 12


def test_drift_is_told(beside: Beside) -> None:
    """Drift that we hold and octoDNS reverts is no disagreement about values, and is told."""
    assert beside.run("apply", "--auto-approve").code == 0
    faulty.HELD["z.test."]["www", "A"] = {**A, "value": "192.0.2.66"}
    shadow = beside.shadow()
    assert (shadow["agreed"], shadow["disagreements"]) == (1, [])
    assert shadow["remarks"]["record/z.test/www/A"].startswith("Drift: changed by hand, held here")


def test_other_zones(beside: Beside) -> None:
    """A zone that only one of the two has is told as such."""
    config = CONFIG.replace("z.test.: ", "x.test.: ")
    beside.theirs(ZONE, config)
    (beside.octodns / "config" / "x.test.yaml").write_text(ZONE)
    faulty.HELD["x.test."] = dict(NS)
    found = beside.found()
    assert found["record/z.test/www/A"] == ("only ours", "octoDNS's configuration doesn't have the zone.")
    assert found["record/x.test/www/A"] == ("only octoDNS", "Our zone folder doesn't have the zone.")


def test_only_some(beside: Beside) -> None:
    """``--only`` narrows both."""
    beside.theirs("{}\n")
    assert list(beside.found("--only", "record/*/www/*")) == ["record/z.test/www/A"]


def test_exit_codes(beside: Beside) -> None:
    """A disagreement is no error; with ``--detailed-exitcode`` it exits 2, as changes do."""
    assert beside.run("apply", "--auto-approve").code == 0
    assert beside.plan("--detailed-exitcode").code == 0
    beside.theirs("www: {type: A, ttl: 60, value: 192.0.2.1}\n")
    done = beside.plan()
    assert (done.code, "CLASS" in done.out, "delete" in done.out) == (0, True, True)
    assert beside.plan("--detailed-exitcode").code == 2


@pytest.mark.parametrize("more", [["--markdown"], ["--offline", "a..b"], ["--merge-into", "main"]])
def test_what_it_goes_with(beside: Beside, more: list[str]) -> None:
    """Only the plan of what is checked out has something beside it."""
    assert beside.plan(*more).code == 64


@pytest.mark.parametrize(
    ("part", "text"),
    [
        ("providers", "  bad: {class: evil_module.Provider}\n"),
        ("processors", "  bad: {class: evil_module.Processor}\n"),
        ("secret_handlers", "  bad: {class: evil_module.Secrets}\n"),
        ("validators", "  bad: {class: evil_module.Validator}\n"),
        ("providers", "  bad: {class: octodns.source.envvar.EnvVarSource, variable: TOKEN, name: x}\n"),
    ],
)
def test_classes_need_policy(beside: Beside, part: str, text: str) -> None:
    """Whatever octoDNS would import has to be admitted; the refusal names it, and nothing is imported."""
    config = CONFIG.replace("zones:", f"{text}zones:") if part == "providers" else f"{part}:\n{text}{CONFIG}"
    beside.theirs(ZONE, config)
    done = beside.plan()
    assert (done.code, "Policy doesn't admit the class" in done.err) == (3, True)


def test_secrets_stay_inside(beside: Beside, capfd: pytest.CaptureFixture[str]) -> None:
    """What octoDNS reads from the environment stands in none of our words, whatever a provider says with it."""
    beside.theirs(ZONE, CONFIG.replace("faulty.Listing", "faulty.Chatty"))
    for done in (beside.plan(), beside.plan("--json")):
        assert "***" in done.out + done.err
        assert TOKEN not in done.out + done.err
    assert capfd.readouterr() == ("", "")


def test_a_missing_variable(beside: Beside) -> None:
    """A variable that isn't set is one error that names it."""
    done = beside.run("plan", "--compare-octodns", str(beside.octodns / "production.yaml"))
    assert (done.code, "needs the environment variable TOKEN" in done.err) == (1, True)


def test_a_broken_configuration(beside: Beside) -> None:
    """What octoDNS can't understand is its own word, in one line."""
    beside.theirs(ZONE, "zones: [")
    done = beside.plan()
    assert (done.code, "octoDNS can't use production.yaml" in done.err) == (1, True)


def test_includes(beside: Beside) -> None:
    """No file of octoDNS brings in another one."""
    secret = beside.folder / "secret"
    secret.write_text("a-file-of-the-runner")
    beside.theirs(f"www: {{type: TXT, ttl: 60, value: !include {secret}}}\n")
    done = beside.plan("--json")
    assert "a-file-of-the-runner" not in done.out + done.err
    assert beside.found()["zone/z.test"][0] == "octoDNS refused"


def test_several_targets(beside: Beside) -> None:
    """A zone that octoDNS writes to several targets can't be compared with one account."""
    config = CONFIG.replace("zones:", "  too: {class: providers.faulty.Held}\nzones:").replace("[live]", "[live, too]")
    beside.theirs(ZONE, config)
    assert "several targets" in beside.found()["zone/z.test"][1]


def test_on_bind(bind: Bind, zone: str, tmp_path: Path) -> None:
    """Over a real server, with octodns-bind beside our own provider: the same files, the same plan."""
    bind.add_zone(zone, "www 300 A 192.0.2.1\nold 300 CNAME www")
    at = bind.server
    tsig = {"name": at.key_name, "algorithm": at.algorithm, "key": {"secret": "env/KEY"}}
    dns = {"type": "rfc2136", "server": at.host, "port": at.port, "tsig": tsig}
    account = {
        "version": 1,
        "account": "K-1",
        "providers": {"default": {"type": "embedded", "path": "a.db"}, "dns": dns},
        "policy": {"octodns_classes": ["octodns_bind.*"]},
    }
    (tmp_path / "account.yaml").write_text(json.dumps(account))
    (tmp_path / "zones").mkdir()
    (tmp_path / "zones" / f"{zone}.yaml").write_text(
        "www: {type: A, ttl: 60, values: [192.0.2.1, 192.0.2.2]}\n"
        "m: {type: MX, ttl: 60, value: {exchange: m.test., preference: 1}}\n"
        "_s._tcp: {type: SRV, ttl: 60, value: {priority: 0, weight: 1, port: 443, target: m.test.}}\n"
        "t: {type: TXT, ttl: 60, values: ['v=DKIM1\\; p=a', plain]}\n"
    )
    settings = settings_of(bind)
    live = {**settings["options"], "port": at.port, "key_secret": "env/KEY", "class": settings["class"], "timeout": 5}
    source = {
        "class": "octodns.provider.yaml.YamlProvider",
        "directory": str(tmp_path / "zones"),
        "enforce_order": False,
    }
    zones = {f"{zone}.": {"sources": ["config"], "targets": ["live"]}}
    (tmp_path / ".octodns.yaml").write_text(json.dumps({"providers": {"config": source, "live": live}, "zones": zones}))
    done = Inside(tmp_path, {"KEY": key_of(bind)})(
        "plan", "--compare-octodns", str(tmp_path / ".octodns.yaml"), "--json"
    )
    found = json.loads(done.out)["octodns"]
    assert found["agreed"] == 4
    assert [(row["address"], row["class"]) for row in found["disagreements"]] == [
        (f"record/{zone}/old/CNAME", "only octoDNS")
    ]
