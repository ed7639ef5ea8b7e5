"""The newest 200 commits of a public octoDNS repository, judged by octoDNS itself and by an oracle of the guards."""

import json
import re
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from reconciler.model.change import Origin
from reconciler.model.plan import Plan

from .harness import (
    COMMITS,
    RefusalError,
    Replay,
    deleted_zones,
    first_parents,
    key,
    record_changes,
    zone_files,
)
from .oracle import Data, Key, Oracle, difference, flat, git, judge

PROVIDER_ALIAS = "Route53Provider/ALIAS"
CLASSES = json.loads((Path(__file__).parent / "disagreements.json").read_text())


def dotless(one: Data, other: Data) -> bool:
    """Tell whether data differ only by a target's trailing dot, which our lenient reading takes as given."""
    bare, other_bare = ([re.sub(r"\.(?=[\"']|$)", "", value) for value in data[1]] for data in (one, other))
    return one[0] == other[0] and bare == other_bare


@dataclass
class Follower:
    """What the account must hold by the oracle's reckoning, and what differs from a plain difference, by class."""

    live: dict[Key, Data]
    held: set[Key] = field(default_factory=set)
    classes: Counter[str] = field(default_factory=Counter)

    def expect(self, wanted: dict[Key, Data], found: Plan) -> dict[Key, str]:
        """Return the changes that the plan must hold to make the account hold ``wanted``."""
        served = {where: data for where, data in wanted.items() if where[2] != PROVIDER_ALIAS}
        guarded = {where[:2] for where in wanted if where[2] == PROVIDER_ALIAS}
        changes = difference(self.live, served)
        updates = {where for where, action in changes.items() if action == "update" and where[2] not in ("TXT", "SPF")}
        dots = {where for where in updates if dotless(self.live[where], served[where])}
        self.live |= {where: served[where] for where in dots}
        self.classes["missing-dot"] += len(dots)
        changes = {where: action for where, action in changes.items() if where not in dots}
        held = {where for where, action in changes.items() if action == "delete" and where[:2] in guarded}
        assert held == {key(change.address) for change in found.refused}
        self.classes["deletion-beside-type-not-served"] += len(held - self.held)
        self.held = held
        return {where: action for where, action in changes.items() if where not in held}

    def follow(self, changes: dict[Key, str], wanted: dict[Key, Data], failed: set[Key]) -> None:
        """Learn what was done; what the account refused stays as it was and comes again."""
        self.classes["cname-beside-other-data"] += len(failed)
        for where in changes.keys() - failed:
            if where in wanted:
                self.live[where] = wanted[where]
            else:
                del self.live[where]

    def count_not_served(self, before: dict[Key, Data], after: dict[Key, Data]) -> None:
        """Count the changes of record sets that the account doesn't serve."""
        changed = [where for where in difference(before, after) if where[2] == PROVIDER_ALIAS]
        self.classes["type-not-served"] += len(changed)


def test_the_newest_commit_goes_into_an_empty_account(corpus: Path, tmp_path: Path) -> None:
    """Plan, apply, plan again: no changes."""
    replay = Replay(corpus, tmp_path / "account")
    replay.commit("HEAD")
    first = replay.plan()
    assert len(record_changes(first.plan)) + sum(f.code == "type-not-served" for f in first.plan.findings) == 4222
    assert not replay.apply(first)
    again = replay.plan().plan
    assert not again.changes
    assert not again.notes
    assert not again.drift


def test_every_plan_is_the_oracles_difference_and_guards_refuse_what_the_rules_refuse(
    corpus: Path, tmp_path: Path
) -> None:
    """Two hundred commits, with guards on; what differs from the oracle falls into few classes whose counts are pinned.

    A refused commit is noted, planned again and applied with guards off and a tombstone, and the next is judged from
    there.
    """
    oracle, replay = Oracle(corpus), Replay(corpus, tmp_path / "account")
    commits = first_parents(corpus)
    replay.commit(commits[0], "off")
    assert not replay.apply(replay.plan())
    last, before = commits[0], flat(oracle.zones(commits[0]))
    follower = Follower({where: data for where, data in before.items() if where[2] != PROVIDER_ALIAS})
    changes, ours, rules = 0, [], []
    for commit in commits[1:]:
        replay.commit(commit)
        planned = replay.plan_if_loadable()
        if planned is None:
            follower.classes["not-loadable"] += 1
            continue
        if judge(oracle.zones(last), oracle.zones(commit)).refused:
            rules.append(commit)
        try:
            failed = replay.apply(planned)
        except RefusalError:
            ours.append(commit)
            replay.commit(commit, "off", tuple(sorted(zone_files(corpus, last) - zone_files(corpus, commit))))
            planned = replay.plan()
            failed = replay.apply(planned)
        after = flat(oracle.zones(commit))
        expected = follower.expect(after, planned.plan)
        assert record_changes(planned.plan) == {
            where: action for where, action in expected.items() if where[0] not in deleted_zones(planned.plan)
        }
        assert all(change.origin is Origin.ASKED for change in planned.plan.changes)
        follower.follow(expected, after, failed)
        follower.count_not_served(before, after)
        changes, before, last = changes + len(difference(before, after)), after, commit
    sys.stdout.write(f"\nreplay: {COMMITS} commits, {changes} changes, classes {dict(follower.classes)}\n")
    sys.stdout.write(f"guards: refused {len(ours)}: {', '.join(commit[:8] for commit in ours)}\n")
    assert ours == rules
    assert dict(follower.classes) == {code: row["count"] for code, row in CLASSES.items()}
    assert len(CLASSES) <= 5


def test_a_hand_made_change_between_two_commits_has_its_own_origin(corpus: Path, tmp_path: Path) -> None:
    """What git asks, what a hand did, and what both did are told apart; drift alone is held."""
    replay = Replay(corpus, tmp_path / "account")
    replay.commit("HEAD")
    assert not replay.apply(replay.plan())
    zone = replay.folder / "hostedzones" / "justice.gov.uk.yaml"
    text = zone.read_text()
    asked, both = "'#civilmediation'", "4wlxo7xgsbccmlyejcjro4pldynv4jnc._domainkey.optic"
    assert asked in text
    assert both in text
    replay.by_hand("record/justice.gov.uk/_1b792c2153cf927328615e78010f7852.civilmediation/CNAME", ttl="77")
    replay.by_hand(f"record/justice.gov.uk/{both}/CNAME", ttl="77")
    zone.write_text(
        text.replace(f"{asked}:\n  ttl: 600", f"{asked}:\n  ttl: 601").replace(
            f"{both}:\n  ttl: 300", f"{both}:\n  ttl: 301"
        )
    )
    git(replay.folder, "commit", "-qam", "Change two records")
    found = replay.plan().plan
    origins = {key(change.address)[1]: change.origin for change in found.changes}
    assert origins == {"#civilmediation": Origin.ASKED, both: Origin.BOTH}
    assert [change.origin for change in found.drift] == [Origin.DRIFT]
    assert key(found.drift[0].address)[1] == "_1b792c2153cf927328615e78010f7852.civilmediation"
