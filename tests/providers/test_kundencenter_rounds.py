"""How often an account service is asked: by page and kind at first, then once for each collection, by its mark."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace

import pytest

from reconciler.cache import age
from reconciler.cache.cache import NO_CACHE, Cache
from reconciler.kinds import KINDS
from reconciler.model.groups import Group, Groups
from reconciler.model.providers import KundencenterProvider
from reconciler.model.secret import Secret
from reconciler.model.state import Live
from reconciler.ports import Scope
from reconciler.providers._provider import Access
from reconciler.providers.kundencenter import PROVIDER
from reconciler.service.settings import Limits, Settings
from service.serving import Served, serving

ZONES = 6
PAGE = 10
SETTINGS = [kind.name for kind in KINDS.values() if not kind.is_request and kind.name != "record"]


@dataclass
class Runs:
    """Runs over an account that is served, each of which counts what it asks for; ``cache`` is what they leave."""

    served: Served
    folder: Path
    asked: list[str] = field(default_factory=list)

    def read(self, cache: Cache = NO_CACHE) -> Live:
        """Read the account in a run of its own."""
        given = {"type": "kundencenter", "url": self.served.url, "token": {"secret": "env/TOKEN"}}
        made = KundencenterProvider.model_validate(given)
        access = Access("K-104711", made, self.folder, {"token": Secret(self.served.token)}, cache=cache)
        self.served.lines.clear()
        live = PROVIDER.open_reader(access).read(Scope())
        cache.write()
        self.asked = [line.asked.removeprefix("GET /v1/") for line in self.served.lines]
        return live

    def kept(self, *, believed: bool = True) -> Cache:
        """Return what earlier runs left."""
        return Cache(self.folder / "cache", believed=believed)

    def put(self, zone: int, *hosts: int) -> None:
        """Put record sets into a zone, other than are there."""
        for host in hosts:
            address = f"record/zone{zone}.example/host{host}/A"
            self.served.account.done(self.served.account.create(address, ttl=60, values=[f"192.0.2.{host}"]))


@pytest.fixture
def runs(tmp_path: Path) -> Iterator[Runs]:
    """Six zones with four record sets each, in pages of ten."""
    with serving(tmp_path / "account.db", Settings(limits=Limits(page=PAGE))) as served:
        names = [f"zone{n}.example" for n in range(ZONES)]
        served.account.booked(*names)
        served.account.done(*(served.account.create(f"zone/{name}") for name in names))
        made = Runs(served, tmp_path)
        for zone in range(ZONES):
            made.put(zone, *range(4))
        yield made


def test_the_first_read_asks_once_for_each_page_of_each_kind(runs: Runs) -> None:
    """However many zones there are: beside that only who the account is, and what was asked of the company."""
    live = runs.read()
    assert len(live.state) == 24 + sum(len(runs.read().of_kinds(frozenset({kind})).state) for kind in SETTINGS)
    pages = ["account", "requests", *(f"settings/{kind}" for kind in SETTINGS), *["settings/record"] * 3]
    assert sorted(runs.asked) == sorted(pages)


def test_a_later_run_asks_once_for_each_collection(runs: Runs) -> None:
    """All record sets are proven together with the list of zones, and none is looked at."""
    whole = runs.read(runs.kept())
    live = runs.read(runs.kept())
    assert sorted(runs.asked) == sorted(["account", "requests", *(f"settings/{kind}" for kind in SETTINGS)])
    assert isinstance(live.state, Groups)
    assert isinstance(live.versions, Groups)
    zones = [group for name, group in live.state.groups.items() if name.startswith("record/")]
    assert [group.is_loaded for group in zones if isinstance(group, Group)] == [False] * ZONES
    assert live.proof == "6 of 6 zones unchanged by ETag"
    assert (live.state, live.versions, live.complete) == (whole.state, whole.versions, whole.complete)


@pytest.mark.parametrize("count", [1, 4])
def test_of_a_few_zones_that_changed_each_is_read_alone(runs: Runs, count: int) -> None:
    """And the others are what they were."""
    runs.read(runs.kept())
    for zone in range(count):
        runs.put(zone, 9)
    live = runs.read(runs.kept())
    assert sorted(path for path in runs.asked if "zone" in path or "record" in path) == sorted(
        ["settings/zone", *(f"zones/zone{zone}.example/records" for zone in range(count))]
    )
    assert live.proof == f"{ZONES - count} of {ZONES} zones unchanged by ETag"
    assert live.state == runs.read().state


def test_of_many_zones_that_changed_all_are_read_together(runs: Runs) -> None:
    """In as many pages as all record sets have."""
    runs.read(runs.kept())
    for zone in range(ZONES):
        runs.put(zone, 9)
    live = runs.read(runs.kept())
    assert runs.asked.count("settings/record") == 3
    assert not [path for path in runs.asked if path.startswith("zones/")]
    assert live.state == runs.read().state


def test_zones_come_and_go(runs: Runs) -> None:
    """A new one is read, one that went is gone."""
    runs.read(runs.kept())
    account = runs.served.account
    account.booked("new.example")
    account.done(account.create("zone/new.example"), account.create("record/new.example/@/TXT", ttl=60, values=["a"]))
    sets = [f"record/zone0.example/host{host}/A" for host in range(4)]
    account.done(*(account.delete(address, live) for address, live in _values(runs, sets)), _gone(runs, "zone0"))
    live = runs.read(runs.kept())
    assert "record/new.example" in live.complete
    assert "record/zone0.example" not in live.complete
    assert live.state == runs.read().state


def test_what_isnt_believed_is_read_in_full(runs: Runs) -> None:
    """And known to the next run."""
    runs.read(runs.kept())
    runs.read(runs.kept(believed=False))
    assert runs.asked.count("settings/record") == 3
    runs.read(runs.kept())
    assert "settings/record" not in runs.asked


def test_a_day_later_all_is_read(runs: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where the clock went back."""
    runs.read(runs.kept())
    now = time.time()
    for passed in (age.BELIEVED + 1, -10):
        monkeypatch.setattr(age, "time", SimpleNamespace(time=lambda passed=passed: now + passed))
        runs.read(Cache(runs.folder / "cache"))
        assert runs.asked.count("settings/record") == 3


def test_nothing_personal_is_kept(runs: Runs) -> None:
    """Only the DNS, and marks."""
    box = runs.served.account.create("contact/erika", name="Erika Kanarienvogel", email="canary@example.org")
    runs.served.account.done(box)
    assert any("contact" in address for address in runs.read(runs.kept()).state)
    kept = b"".join(path.read_bytes() for path in (runs.folder / "cache").rglob("*") if path.is_file())
    assert b"host1" in kept
    assert not [word for word in (b"Kanarienvogel", b"canary", runs.served.token.encode()) if word in kept]


def _values(runs: Runs, addresses: list[str]) -> list[tuple[str, object]]:
    state = runs.read().state
    return [(address, state[address]) for address in addresses]


def _gone(runs: Runs, name: str) -> object:
    address = f"zone/{name}.example"
    return runs.served.account.delete(address, runs.read().state[address])
