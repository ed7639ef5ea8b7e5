"""The rules run at each plan, so they must cost next to nothing."""

from pathlib import Path

from check.measured import costs, zone_of

COUNT = 10_000


def test_the_rules_take_little_of_a_plan(tmp_path: Path) -> None:
    """10,000 record sets take less than half a second of CPU on a busy machine; ``measured.py`` runs the large form."""
    spent = costs(zone_of(COUNT, tmp_path / "account"))
    assert sum(spent.values()) < 0.5, spent
