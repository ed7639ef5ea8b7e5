"""What a run does that finds the cache without what it promised: it begins anew, and nobody hears of it."""

import json
from pathlib import Path
from typing import Any

import pytest

from cache.histories import Life, told
from nameservers import Bind
from reconciler.model import points
from reconciler.model.errors import CacheLostError
from reconciler.model.receipt import Receipt
from reconciler.record.record import Record, RecordState

ANEW, BELIEVED = "2 zones transferred", "0 zones transferred, 2 unchanged by serial"


@pytest.fixture
def life(bind: Bind, tmp_path: Path) -> Life:
    """An account on BIND all of whose zones were applied, read again, and changed in a file since."""
    life = Life(tmp_path, bind)
    life.check()
    life.files["one"]["new"] = ("A", 60, "192.0.2.7")
    life.write()
    return life


def lose(life: Life) -> None:
    """Take everything from the cache but the index, which still promises it."""
    lost = list(life.cache.glob("?" * 64))
    assert lost
    for path in lost:
        path.unlink()


@pytest.mark.parametrize("is_lost", [False, True])
def test_a_plan_says_the_same_either_way(life: Life, is_lost: bool) -> None:
    """It says how it read: by what was kept, or anew."""
    full = life.full("plan", "--json")
    if is_lost:
        lose(life)
    done = life.run("plan", "--json")
    assert told(done) == told(full)
    assert (ANEW if is_lost else BELIEVED) in json.loads(done.out)["read"]


@pytest.mark.parametrize(
    "verb", [("drift",), ("adopt", "--drift", "--unmanaged", "--dry-run"), ("verify", "--deadline=1")]
)
def test_other_verbs_begin_anew_too(life: Life, verb: tuple[str, ...]) -> None:
    """Whatever a verb looks into is read anew, and it ends as if nothing had been kept."""
    life.bind.set(life.zones["two"], "hand", "A", 60, "192.0.2.8")
    lose(life)
    lost = life.run(*verb, "--json")
    without = life.run(*verb, "--json", RECONCILER_CACHE="off")
    assert (lost.code, lost.err) == (without.code, without.err)
    assert told(lost) == told(without)


def test_an_apply_needs_the_cache_no_more_once_it_began(life: Life, monkeypatch: pytest.MonkeyPatch) -> None:
    """All that its changes need is in hand before the first write; what proof needs besides is read anew."""
    sealed = json.loads(life.full("plan", "--json").out)["seal"]
    reached: list[str] = []

    def lose_once(point: str) -> None:
        if not reached:
            lose(life)
        reached.append(point)

    monkeypatch.setattr(points, "_WATCHERS", [lose_once])
    done = life.run("apply", "--json", "--seal", sealed)
    assert (done.code, done.err, bool(reached)) == (0, "", True), done.out
    assert json.loads(done.out)["complete"]
    life.check()


@pytest.mark.parametrize("is_drifted", [False, True])
def test_files_edited_after_an_apply_spoil_no_proof(
    life: Life, monkeypatch: pytest.MonkeyPatch, is_drifted: bool
) -> None:
    """It is proven by what was applied, also where the proof has to look into a zone that the apply didn't touch."""
    assert life.run("plan").code == 0
    finish = Record.finish

    def recorded(*args: Any) -> Receipt:
        receipt = finish(*args)
        lose(life)
        life.here.write({"account.yaml": "nonsense"})
        if is_drifted:
            life.bind.set(life.zones["two"], "hand", "A", 60, "192.0.2.8")
        return receipt

    monkeypatch.setattr(Record, "finish", recorded)
    done = life.run("apply", "--json", "--auto-approve")
    told = json.loads(done.out)
    assert (done.code, done.err, told["complete"], told["unproven"]) == (0, "", True, []), done.out
    monkeypatch.undo()
    life.write()
    life.check()


def test_a_cache_lost_for_good_fails_no_apply(life: Life, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the proof can't be made even anew, what was applied is told as done, and as not proven."""
    finish = Record.finish

    def lost(_: Record) -> RecordState:
        raise CacheLostError("The cache has lost it.")

    def recorded(*args: Any) -> Receipt:
        monkeypatch.setattr(Record, "read", lost)
        return finish(*args)

    monkeypatch.setattr(Record, "finish", recorded)
    done = life.run("apply", "--json", "--auto-approve")
    told = json.loads(done.out)
    assert (done.code, done.err, told["complete"]) == (6, "", False), done.out
    assert (told["outcomes"][0]["status"], "lost it" in str(told["unproven"])) == ("done", True)
    monkeypatch.undo()
    life.check()


def test_a_record_that_cannot_be_read_after_an_apply_fails_nothing(life: Life, monkeypatch: pytest.MonkeyPatch) -> None:
    """All is applied and recorded: what isn't proven is told as that, with why."""
    finish = Record.finish

    def recorded(*args: Any) -> Receipt:
        receipt = finish(*args)
        life.remote.bare.path.rename(life.root / "away.git")
        return receipt

    monkeypatch.setattr(Record, "finish", recorded)
    done = life.run("apply", "--json", "--auto-approve")
    (life.root / "away.git").rename(life.remote.bare.path)
    assert (done.code, done.err) == (6, ""), done.out
    assert not json.loads(done.out)["complete"]
    monkeypatch.undo()
    life.check()


def test_a_resumed_apply_believes_nothing(life: Life) -> None:
    """Nobody knows what an apply that died has done, so that all is read anew."""
    done = life.run("apply", "--resume", "--json")
    assert done.code == 0
