"""Each change names the commit that asks for it: the one that last gave the address its present value."""

import random
from collections.abc import Iterable, Mapping

import pytest

from program import Cli
from reconciler.audit.causes import committed_addresses, find_causes
from reconciler.audit.effects import Bytes, Reading
from reconciler.gitrepo.repo import GitRepo
from reconciler.load.desired import load_desired
from reconciler.load.memo import Memo
from reconciler.load.tree import ListedTree, WorkTree
from reconciler.model.state import Desired
from reconciler.report.ink import plain
from reconciler.report.plan_json import PlanFile, plan_json
from reconciler.report.terminal import plan_lines

from .world import MAX, World, address


def test_a_change_names_the_commit_that_last_gave_the_value(world: World) -> None:
    """Not the one that first named the address, nor the newest one of all."""
    world.commit("Begin", a=300, b=300)
    world.apply()
    world.commit("Slower", a=600)
    wanted = world.commit("Slower still", MAX, a=900)
    world.commit("Something else", c=60)
    causes = world.causes()
    assert causes["a"]
    assert (causes["a"].commit, causes["a"].author, causes["a"].subject) == (wanted, MAX, "Slower still")
    assert causes["c"]
    assert causes["c"].subject == "Something else"


def test_a_deletion_names_the_commit_that_removed(world: World) -> None:
    """For an address that git no longer says, the cause is who took it out."""
    world.commit(a=300, b=300, c=1, d=1)
    world.apply()
    world.commit("Change first", a=900)
    gone = world.commit("Take it out", MAX, a=None)
    world.commit("Later", b=1)
    assert (cause := world.causes()["a"])
    assert cause.commit == gone


def test_behind_a_merge_stands_the_commit_of_the_branch(world: World) -> None:
    """A merge commit brings what others made; what only the merge itself says is the merge's."""
    world.commit(a=300, b=300, c=300)
    world.apply()
    world.switch("feature", new=True)
    inner = world.commit("On the branch", MAX, a=600)
    world.commit("On the branch, too", MAX, b=600)
    world.switch("main")
    world.commit("On main", c=600)
    merge = world.merge("feature", "Merge it", a=600, b=700)
    causes = world.causes()
    assert causes["a"]
    assert (causes["a"].commit, causes["a"].author) == (inner, MAX)
    assert causes["b"]
    assert causes["b"].commit == merge
    assert causes["c"]
    assert causes["c"].subject == "On main"


def test_a_merge_that_takes_back_what_main_decided_is_the_cause(world: World) -> None:
    """A value that an older commit had, and that main had changed since, was brought back by the merge alone."""
    world.commit(a=300)
    world.switch("feature", new=True)
    world.commit("Beside", b=1)
    world.switch("main")
    world.commit("Main decides", a=600)
    world.apply()
    merge = world.merge("feature", "Merge it wrongly", MAX, a=300, b=1)
    assert (cause := world.causes()["a"])
    assert cause.commit == merge


def test_what_is_not_committed_has_no_cause(world: World) -> None:
    """Files that lie in the folder only: nobody has signed for them; what is committed keeps its cause."""
    world.commit(a=300, b=300)
    world.apply()
    asked = world.commit("Committed", a=600)
    world.write(b=600)
    causes = world.causes()
    assert causes["b"] is None
    assert causes["a"]
    assert causes["a"].commit == asked


def test_a_broken_commit_in_between_hides_nothing(world: World) -> None:
    """What a commit that can't be loaded brought counts for the one that mends it."""
    world.commit(a=300)
    world.apply()
    world.write(a=600)
    world.repo.commit("Broken", {"broken.yaml": "mail: ["})
    mended = world.repo.commit("Mended", {"broken.yaml": "{}\n"})
    assert (cause := world.causes()["a"])
    assert cause.commit == mended


def test_the_seal_is_the_same_with_and_without_a_cause(world: World) -> None:
    """The same change asked for by another commit keeps its approval."""
    world.commit(a=300)
    world.apply()
    world.write(a=600)
    before = world.plan().plan
    world.commit("Now committed", a=600)
    after = world.plan().plan
    assert before.changes[0].cause is None
    assert after.changes[0].cause
    assert before.seal == after.seal


def test_reports_show_the_cause(world: World) -> None:
    """The terminal says id, author and subject, made harmless; JSON says everything, by its schema."""
    world.commit(a=300)
    world.apply()
    commit = world.commit("Say \x1b[31mred", "Evil \u202e<evil@example.org>", a=600)
    plan = world.plan().plan
    text = plain(plan_lines(plan))
    assert f"commit: {commit[:12]} Evil \\u202e: Say \\x1b[31mred" in text
    shown = plan_json(plan)
    PlanFile.model_validate(shown)
    assert shown["changes"][0]["cause"]["commit"] == commit


def test_a_shallow_clone_says_only_what_it_knows(world: World, cli: Cli) -> None:
    """The oldest commit of a shallow clone may hold anything of its ancestors: it is nobody's cause."""
    world.commit("Begin", a=300, b=300)
    newest = world.commit("Newest", b=600)
    shallow = World(world.path.parent / "shallow", world.home)
    shallow.repo.git("fetch", "--quiet", "--depth", "1", world.path.as_uri(), "main")
    shallow.repo.git("reset", "--quiet", "--hard", "FETCH_HEAD")
    assert shallow.causes() == {"a": None, "b": None}
    shallow.repo.git("fetch", "--quiet", "--depth", "2", world.path.as_uri(), "main")
    causes = shallow.causes()
    assert causes["a"] is None
    assert causes["b"]
    assert causes["b"].commit == newest


@pytest.mark.parametrize("seed", range(4))
def test_on_any_history_the_cause_is_who_wrote_it_last(world: World, seed: int) -> None:
    """Commits, branches and merges by chance: the test keeps beside each value the commit that wrote it."""
    dice, names = random.Random(seed), "abcde"
    world.commit("Begin", **dict.fromkeys(names, 1))
    world.apply()
    writer: dict[str, str] = {}
    for number in range(2, 14):
        if dice.random() < 0.3:
            main, on_main = dict(world.records), dict(writer)
            world.switch(f"topic-{number}", new=True)
            mine = dict(writer)
            for step in range(dice.randint(1, 3)):
                name = dice.choice(names)
                mine[name] = world.commit("Topic", MAX, **{name: 1000 * number + step})
            theirs, theirs_by = dict(world.records), mine
            world.switch("main")
            other = dice.choice([n for n in names if theirs[n] == main[n]])
            on_main[other] = world.commit("Main meanwhile", **{other: number})
            world.merge(f"topic-{number}", "Merge", **{n: theirs[n] for n in names if theirs[n] != main[n]})
            writer = {**on_main, **{n: theirs_by[n] for n in names if theirs[n] != main[n]}}
        else:
            name = dice.choice(names)
            writer[name] = world.commit("Step", **{name: number})
    assert {name: cause and cause.commit for name, cause in world.causes().items()} == writer


def test_only_as_many_commits_are_looked_at_as_needed(world: World) -> None:
    """The newest are looked at first, and each is loaded once."""
    world.commit("Begin", a=1)
    for number in range(30):
        newest = world.commit("Step", a=number + 2)
    repo, loaded = GitRepo.find(world.path), []

    def load(commit: str, entries: Mapping[str, tuple[str, str]], blob: Bytes) -> Desired:
        loaded.append(commit)
        return load_desired(ListedTree(commit, entries, blob))

    assert repo is not None
    causes = find_causes(repo, Reading(repo, "", load, "salt"), newest, None, [address("a")], {})
    assert causes[address("a")].commit == newest
    assert len(loaded) <= 9


def test_a_change_costs_the_files_that_changed(world: World) -> None:
    """Of a commit and its parent nothing is read that the plan has read: only what the changed file said before."""
    world.repo.commit("Zones", {f"zones/z{n}.example.yaml": f"a: {{type: A, value: 192.0.2.{n}}}\n" for n in range(9)})
    world.commit("Begin", a=300)
    world.apply()
    commit = world.commit("Slower", a=600)
    repo, memo, read, loaded = GitRepo.find(world.path), Memo(), list[str](), list[str]()
    assert repo is not None
    before, entries = repo.entries(repo.commit(commit).parents[0]), repo.entries(commit)
    desired = load_desired(WorkTree(world.path), memo=memo)

    class Watched(GitRepo):
        """The repository, whose blobs are counted when they are read."""

        def read_blobs(self, ids: Iterable[str]) -> dict[str, bytes]:
            """Return the bytes of blobs."""
            read.extend(wanted := list(ids))
            return super().read_blobs(wanted)

    def load(commit: str, entries: Mapping[str, tuple[str, str]], blob: Bytes) -> Desired:
        loaded.append(commit)
        return load_desired(ListedTree(commit, entries, blob), memo=memo)

    watched = Watched(repo.git_dir, repo.common_dir, repo.root)
    reading = Reading(watched, "", load, "salt", memo.knows)
    asked = [change for change in world.plan().plan.changes if change.address == address("a")]
    addresses = committed_addresses(desired, reading, commit, asked, under_own_settings=True)
    causes = find_causes(watched, reading, commit, repo.commit(commit).parents[0], addresses, {})
    assert causes[address("a")].commit == commit
    assert loaded == [repo.commit(commit).parents[0]]
    changed = {path for path in entries if entries[path] != before.get(path)}
    assert len(changed) == 1
    assert set(read) <= {before[path][1] for path in before if path in changed or not path.startswith("zones/")}
