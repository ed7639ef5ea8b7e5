"""The corpus by pull requests: every verdict of the audit is the one that an independent reckoning gives."""

from pathlib import Path

from .harness import first_parents
from .team import Team, changing, work

COMMITS = 4


def test_a_team_brings_the_corpus_to_an_account_by_pull_requests(corpus: Path, tmp_path: Path) -> None:
    """Merges of all sorts, a cancelled job, hands in between, a mistake that is merged, and one commit left waiting."""
    commits = first_parents(corpus)[-COMMITS - 1 :]
    team = Team(tmp_path, corpus, changing(corpus, commits))
    team.begin(commits[0])
    work(team, commits[1:])
    zone = f"hostedzones/{min(team.zones)}.yaml"
    whole = (team.author.path / zone).read_text()
    record = "hand-made:\n  ttl: {}\n  type: A\n  value: 203.0.113.1\n"

    def merged(text: str, planned: int = 0) -> None:
        branch = team.branch()
        team.push(branch, "By hand", {zone: text})
        done = team.plan(branch)
        assert done.code == planned, done.out + done.err
        team.merge(branch, "merge")

    merged(f"# A remark\n{whole}")
    merged(f"{whole}{record.format(60)}")
    assert team.apply().code == 0
    team.by_hand(f"record/{min(team.zones)}/hand-made/A", "ttl=77")
    merged(f"{whole}{record.format(120)}")
    assert team.apply().code == 0
    team.by_hand(f"record/{min(team.zones)}/hand-made/A", "ttl=78")
    assert team.apply().code == 0
    merged(f"{whole}{record.format(180)}")
    merged(f"{whole}{record.format(240)}")
    assert team.apply().code == 0
    merged(f"{whole}hand-made: [\n", planned=1)
    merged(f"{whole}{record.format(300)}")
    verdicts = team.audit()
    assert verdicts == team.expected()
    assert set(verdicts.values()) == {"applied", "superseded", "no effect", "not loadable", "refused", "pending"}
