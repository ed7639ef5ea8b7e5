"""The verdict on each commit, against what the test itself did and saw."""

import random
from collections.abc import Mapping

import pytest

from program import Cli
from reconciler.model.history import Judged, Verdict
from reconciler.pipeline.auditing import timeline

from .world import MAX, World, address


def verdicts(world: World) -> Mapping[str, Judged]:
    """Return the verdicts by commit."""
    return {one.commit.id: one for one in timeline(world.session).judged}


def test_each_verdict_once(world: World) -> None:
    """Applied, without effect, broken, superseded, pending."""
    applied = world.commit("Begin", a=300, b=300)
    world.apply()
    nothing = world.repo.commit("Words only", {"README.md": "hello"})
    over = world.commit("Overtaken", a=600)
    broken = world.repo.commit("Broken", {"more.yaml": "mail: ["})
    world.repo.write({"more.yaml": "{}\n"})
    by = world.commit("Overtakes", a=900)
    world.apply()
    pending = world.commit("Waits", b=600)
    found = verdicts(world)
    assert {commit: found[commit].verdict for commit in (applied, nothing, over, broken, by, pending)} == {
        applied: Verdict.APPLIED,
        nothing: Verdict.NO_EFFECT,
        over: Verdict.SUPERSEDED,
        broken: Verdict.NOT_LOADABLE,
        by: Verdict.APPLIED,
        pending: Verdict.PENDING,
    }
    assert found[applied].receipt == 1
    assert found[by].receipt == 2
    assert found[over].by == by
    assert "more.yaml" in found[broken].detail
    assert found[pending].open == (address("b"),)


def test_what_an_apply_left_out_is_refused_until_it_is_done(world: World) -> None:
    """A deletion without tombstone isn't carried out although the commit was; once it is, the verdict changes."""
    world.commit("Begin", a=300)
    world.apply()
    world.repo.write({"mail.yaml": "mail: {example.org: {aliases: {sales: [a@example.net]}}}\n"})
    world.repo.write({"zones/example.net.yaml": "www: {type: A, value: 192.0.2.1}\n"})
    world.commit("A zone more")
    world.apply()
    (world.path / "zones/example.net.yaml").unlink()
    gone = world.commit("Its file vanishes", a=600)
    world.apply("record/example.org/*/*")
    found = verdicts(world)[gone]
    assert found.verdict is Verdict.REFUSED
    assert "zone/example.net" in found.open
    assert address("a") not in found.open
    world.repo.write({"removed.yaml": "removed: {zone/example.net: {reason: gone}}\n"})
    world.commit("Say so")
    world.apply()
    assert verdicts(world)[gone].verdict is Verdict.APPLIED


@pytest.mark.parametrize("seed", range(3))
def test_on_any_history_the_verdicts_are_those_of_a_simulation(world: World, seed: int) -> None:
    """Commits, reverts, empty and broken ones, changes by hand, applies now and then: a model in ten lines agrees."""
    dice, names = random.Random(seed), "abcd"
    world.commit("Begin", **dict.fromkeys(names, 1))
    expected: dict[str, str] = {}
    waiting: dict[str, dict[str, int]] = {}  # commit -> what it set

    def applied() -> None:
        world.apply()
        final = dict(world.records)
        order = list(waiting)
        for at, commit in enumerate(order):
            alive = [n for n in waiting[commit] if not any(n in waiting[later] for later in order[at + 1 :])]
            assert all(final[n] == waiting[commit][n] for n in alive)
            expected[commit] = "applied" if alive else "superseded"
        waiting.clear()

    applied()
    for number in range(2, 22):
        match dice.choice(["set", "set", "set", "two", "empty", "hand", "apply", "broken"]):
            case "set":
                name = dice.choice(names)
                waiting[world.commit("Set", **{name: number})] = {name: number}
            case "two":
                both = dict.fromkeys(dice.sample(names, 2), number)
                waiting[world.commit("Set two", MAX, **both)] = both
            case "empty":
                expected[world.commit("Nothing")] = "no effect"
            case "hand":
                world.by_hand(dice.choice(names), 5000 + number)
            case "broken":
                expected[world.repo.commit("Broken", {"broken.yaml": "["})] = "not loadable"
                expected[world.repo.commit("Mended", {"broken.yaml": "{}\n"})] = "no effect"
            case "apply":
                if not drifted(world):
                    applied()
    expected |= dict.fromkeys(waiting, "pending")
    found = {commit: one.verdict.value for commit, one in verdicts(world).items()}
    assert {commit: found[commit] for commit in expected} == expected


def drifted(world: World) -> bool:
    """Tell whether an apply would be refused because a hand changed what git changes, too."""
    return any(change.origin == "both" for change in world.plan().plan.changes)


def test_the_cache_saves_time_and_changes_nothing(world: World) -> None:
    """The same answer cold, warm, with a torn, an altered, and a foreign cache; no private value stands in it."""
    contact = "contacts: {erika: {name: Erika Mustermann, email: erika@example.org, phone: '+49 511 123456'}}\n"
    world.repo.write({"contacts.yaml": contact})
    world.commit("Begin", a=300)
    world.apply()
    world.commit("Change", a=600)
    cold = timeline(world.session).judged
    (cache,) = (world.path / ".git/reconciler").iterdir()
    whole = cache.read_bytes()
    assert b"123456" not in whole
    assert b"Erika" not in whole
    for damaged in (whole, whole[:-40], whole.replace(b"600", b"601"), b"\xff\n" + whole, b"", whole[:70]):
        cache.write_bytes(damaged)
        assert timeline(world.session).judged == cold
    cache.unlink()
    cache.mkdir()
    assert timeline(world.session).judged == cold


def test_verbs_show_it(world: World, cli: Cli) -> None:
    """Text and JSON, from the command line; texts of git can't act."""
    world.commit("Begin \x1b[31m", "Evil \u202e <evil@example.org>", a=300)
    world.apply()
    world.commit("Slower", MAX, a=600)
    for args in (("audit",), ("status",), ("history", address("a")), ("blame", "zones/example.org.yaml")):
        done = cli(*args, cwd=world.path)
        assert done.code == 0, done.err
        assert "\x1b" not in done.out
        assert "\u202e" not in done.out
        assert cli(*args, "--json", cwd=world.path).out.startswith("{")
    assert "1 pending" in cli("audit", cwd=world.path).out
    assert "1 commit not applied" in cli("status", cwd=world.path).out
    assert cli("history", "mailbox/*", cwd=world.path).code == 64
    assert cli("blame", "none.yaml", cwd=world.path).code == 64
