"""The newest 200 commits of a public octoDNS repository: which of them the guards refuse."""

import sys
from pathlib import Path

from .harness import COMMITS, RefusalError, Replay, first_parents, zone_files
from .oracle import Oracle, judge


def test_with_guards_on_exactly_the_commits_are_refused_that_the_rules_refuse(corpus: Path, tmp_path: Path) -> None:
    """A refused commit is noted, applied with guards off and a tombstone, and the next is judged from there."""
    oracle, replay = Oracle(corpus), Replay(corpus, tmp_path / "account")
    commits = first_parents(corpus)
    replay.commit(commits[0], "off")
    assert not replay.apply(replay.plan())
    ours, rules, before = [], [], commits[0]
    for after in commits[1:]:
        replay.commit(after)
        planned = replay.plan_if_loadable()
        if planned is None:
            continue
        if judge(oracle.zones(before), oracle.zones(after)).refused:
            rules.append(after)
        try:
            replay.apply(planned)
        except RefusalError:
            ours.append(after)
            replay.commit(after, "off", tuple(sorted(zone_files(corpus, before) - zone_files(corpus, after))))
            replay.apply(replay.plan())
        before = after
    sys.stdout.write(f"\nguards: {COMMITS} commits, refused {len(ours)}: {', '.join(commit[:8] for commit in ours)}")
    assert ours == rules
